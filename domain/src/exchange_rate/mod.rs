//! Exchange rates of one unit in one year: what it cost in other currencies on a day, and who says so.
//!
//! A later statement for the same day replaces the earlier one for what is posted after it; what was posted stays. Somebody else who
//! states the same confirms it: what hangs on a rate does not hang on one person's word.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::{Root, derived_id};
use crate::ids::{ExchangeRatesId, TenantId, UserId};
use crate::money::Currency;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExchangeRates {
    /// By day and currency code.
    pub rates: BTreeMap<NaiveDate, BTreeMap<String, Decimal>>,
    /// Who has stated each of them, the first one first.
    #[serde(default)]
    pub stated_by: BTreeMap<NaiveDate, BTreeMap<String, Vec<UserId>>>,
}

/// Which rates: of one unit, in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RateSheet {
    pub unit: Currency,
    pub year: i32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DayRate {
    pub currency: Currency,
    pub on: NaiveDate,
    /// What one unit cost.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "1.0812"))]
    pub rate: Decimal,
}

#[derive(Clone, Debug)]
pub struct RatesCommand {
    pub sheet: RateSheet,
    pub source: String,
    pub rates: Vec<DayRate>,
    pub by: UserId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RatesEvent {
    /// What is new, other than before, or now said by somebody else as well.
    Quoted { unit: Currency, source: String, rates: Vec<DayRate>, by: UserId },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum RatesRefusal {
    #[error("a rate says where it comes from")]
    SourceMissing,
    #[error("a currency has no rate in itself")]
    CurrenciesEqual,
    #[error("the rate of {on} is not above zero")]
    RateNotPositive { on: NaiveDate },
    #[error("the rate of {on} in {currency} is stated twice, as {first} and as {second}")]
    RateRepeated { on: NaiveDate, currency: Currency, first: Decimal, second: Decimal },
    #[error("{on} does not lie in the year {year}")]
    RateOutsideYear { on: NaiveDate, year: i32 },
}

impl Refusal for RatesRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
    fn pointer(&self) -> Option<String> {
        Some(if matches!(self, Self::SourceMissing) { "/source" } else { "/quotes" }.to_owned())
    }
}

aggregate!(ExchangeRates, "exchange_rates", "ExchangeRates", RatesCommand, RatesEvent, RatesRefusal, { Quoted = 1 });

impl Root for ExchangeRates {
    aggregate!(@names RatesEvent);

    fn decide(&self, command: RatesCommand) -> Result<Vec<RatesEvent>, RatesRefusal> {
        let RatesCommand { sheet: RateSheet { unit, year }, source, rates, by } = command;
        if source.trim().is_empty() {
            return Err(RatesRefusal::SourceMissing);
        }
        let mut stated = BTreeMap::new();
        for day in rates {
            let DayRate { currency, on, rate } = day;
            if unit == currency {
                return Err(RatesRefusal::CurrenciesEqual);
            }
            if rate <= Decimal::ZERO {
                return Err(RatesRefusal::RateNotPositive { on });
            }
            if on.year() != year {
                return Err(RatesRefusal::RateOutsideYear { on, year });
            }
            let before: Option<DayRate> = stated.insert((on, currency.code()), day);
            if let Some(before) = before.filter(|before| before.rate != rate) {
                return Err(RatesRefusal::RateRepeated { on, currency, first: before.rate, second: rate });
            }
        }
        let rates: Vec<DayRate> = stated.into_values().filter(|day| !self.has_stated(day, by)).collect();
        Ok(if rates.is_empty() { vec![] } else { vec![RatesEvent::Quoted { unit, source, rates, by }] })
    }
}

impl ExchangeRates {
    fn on(&mut self, event: RatesEvent) {
        let RatesEvent::Quoted { rates, by, .. } = event;
        for DayRate { currency, on, rate } in rates {
            let before = self.rates.entry(on).or_default().insert(currency.code().to_owned(), rate);
            let stated_by = self.stated_by.entry(on).or_default().entry(currency.code().to_owned()).or_default();
            if before != Some(rate) {
                stated_by.clear();
            }
            stated_by.push(by);
        }
    }

    fn has_stated(&self, day: &DayRate, by: UserId) -> bool {
        self.last(day.currency, day.on) == Some(day.rate) && self.staters(day.currency, day.on).contains(&by)
    }

    /// Who has stated what was stated last for this day.
    pub fn staters(&self, currency: Currency, on: NaiveDate) -> &[UserId] {
        self.stated_by.get(&on).and_then(|rates| rates.get(currency.code())).map_or(&[], Vec::as_slice)
    }

    /// The last rate not after a day, with its own day.
    pub fn last_until(&self, currency: Currency, day: NaiveDate) -> Option<(NaiveDate, Decimal)> {
        self.rates.range(..=day).rev().find_map(|(on, rates)| Some((*on, *rates.get(currency.code())?)))
    }

    /// What was stated last for this day.
    pub fn last(&self, currency: Currency, on: NaiveDate) -> Option<Decimal> {
        self.rates.get(&on)?.get(currency.code()).copied()
    }
}

impl RateSheet {
    /// The sheet that a day's rate stands on.
    pub fn of(unit: Currency, on: NaiveDate) -> Self {
        Self { unit, year: on.year() }
    }

    pub fn id(self, tenant: TenantId) -> ExchangeRatesId {
        let Self { unit, year } = self;
        ExchangeRatesId(derived_id(&[b"exchange-rates", tenant.0.as_bytes(), unit.code().as_bytes(), &year.to_be_bytes()]))
    }
}
