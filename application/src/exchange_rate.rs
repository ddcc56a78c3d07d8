//! Exchange rates: stated by somebody, any number of currencies and years in one write; and looked up by what decides on them.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use quittance_domain::exchange_rate::{DayRate, ExchangeRates, RateSheet, RatesCommand};
use quittance_domain::ids::{ExchangeRatesId, UserId};
use quittance_domain::ledger::{MissingRate, Quote, RateTable, Translation};
use quittance_domain::{Currency, Money};
use rust_decimal::Decimal;

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::work::Work;

pub struct QuoteRates {
    /// Who says so.
    pub source: String,
    pub quotes: Vec<Quote>,
}

impl UseCase for QuoteRates {
    /// How many sheets have something new.
    type Output = usize;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<usize, Failure> {
        let mut changed = 0;
        for (id, (sheet, rates)) in self.sheets(work) {
            let (source, by) = (self.source.clone(), work.ctx.actor);
            let quoted = work.decide::<ExchangeRates>(id, RatesCommand { sheet, source, rates, by }).await;
            changed += quoted.map_err(|failure| failure.told(|refused| self.at_its_row(refused)))?;
        }
        Ok(changed)
    }
}

impl QuoteRates {
    /// A sheet does not know in which row of the request a rate stood.
    fn at_its_row(&self, refused: Refused) -> Refused {
        let found = match refused.code {
            "currencies_equal" => self.row(|_, quote| quote.unit == quote.currency, "currency"),
            "rate_not_positive" => self.row(|_, quote| quote.rate <= Decimal::ZERO, "rate"),
            "rate_repeated" => self.row(|index, quote| self.quotes[..index].iter().any(|before| contradicts(before, quote)), "rate"),
            _ => None,
        };
        match found {
            Some(pointer) => refused.at(pointer),
            None => refused,
        }
    }

    fn row(&self, is_wrong: impl Fn(usize, &Quote) -> bool, field: &str) -> Option<String> {
        let wrong = self.quotes.iter().enumerate().find(|(index, quote)| is_wrong(*index, quote));
        wrong.map(|(index, _)| format!("/quotes/{index}/{field}"))
    }

    fn sheets(&self, work: &Work<'_>) -> BTreeMap<ExchangeRatesId, (RateSheet, Vec<DayRate>)> {
        let mut sheets: BTreeMap<ExchangeRatesId, (RateSheet, Vec<DayRate>)> = BTreeMap::new();
        for quote in &self.quotes {
            let sheet = RateSheet::of(quote.unit, quote.on);
            let (_, rates) = sheets.entry(sheet.id(work.tenant())).or_insert_with(|| (sheet, vec![]));
            rates.push(DayRate { currency: quote.currency, on: quote.on, rate: quote.rate });
        }
        sheets
    }
}

fn contradicts(before: &Quote, quote: &Quote) -> bool {
    (before.unit, before.currency, before.on) == (quote.unit, quote.currency, quote.on) && before.rate != quote.rate
}

/// An amount in another currency, and what it was reckoned by where there was anything to reckon; or the rate that is missing.
pub(crate) type Converted = Result<(Money, Option<Translation>), MissingRate>;

/// At the last rate not after a day. What this reads is read with the work: where a rate is stated meanwhile, the work is
/// done again.
pub(crate) async fn convert(work: &mut Work<'_>, amount: Money, to: Currency, on: NaiveDate) -> Result<Converted, Failure> {
    let from = amount.currency();
    if from == to {
        return Ok(Ok((amount, None)));
    }
    let found = translation(work, from, to, on).await?;
    let converted = found.and_then(|rate| Some((Money::rounded(rate.of(amount.amount(), to)?, to), Some(rate))));
    Ok(converted.ok_or(MissingRate { from, to, on }))
}

/// Directly, the other way round, or through the euro, as the books find it. A rate that is older than the year before is
/// none: what an invoice came to then says nothing about it now.
async fn translation(work: &mut Work<'_>, from: Currency, to: Currency, on: NaiveDate) -> Result<Option<Translation>, Failure> {
    let mut table = RateTable::default();
    for (unit, currency) in [(from, to), (to, from), (Currency::EUR, to), (Currency::EUR, from)] {
        if let Some(stated) = last_until(work, unit, currency, on).await? {
            table.quote(stated.quote);
        }
    }
    Ok(table.translation(from, to, on))
}

struct Stated {
    quote: Quote,
    by: Vec<UserId>,
}

async fn last_until(work: &mut Work<'_>, unit: Currency, currency: Currency, day: NaiveDate) -> Result<Option<Stated>, Failure> {
    for year in [day.year(), day.year() - 1] {
        let rates = work.load::<ExchangeRates>(RateSheet { unit, year }.id(work.tenant())).await?;
        if let Some((on, rate)) = rates.last_until(currency, day) {
            let by = rates.staters(currency, on).to_vec();
            return Ok(Some(Stated { quote: Quote { unit, currency, on, rate }, by }));
        }
    }
    Ok(None)
}

/// Who has stated each of the rates that [`convert`] reckons by.
pub(crate) async fn staters(work: &mut Work<'_>, from: Currency, to: Currency, on: NaiveDate) -> Result<Vec<Vec<UserId>>, Failure> {
    if from == to {
        return Ok(vec![]);
    }
    for (unit, currency) in [(from, to), (to, from)] {
        if let Some(stated) = last_until(work, unit, currency, on).await? {
            return Ok(vec![stated.by]);
        }
    }
    let mut through_euro = Vec::new();
    for currency in [to, from] {
        through_euro.extend(last_until(work, Currency::EUR, currency, on).await?.map(|stated| stated.by));
    }
    Ok(through_euro)
}
