//! Exchange rates as the ledger finds them: exactly those that a batch of events can need, and what is told of them.

use std::collections::HashSet;

use chrono::NaiveDate;
use quittance_domain::aggregate::derived_id;
use quittance_domain::exchange_rate::{DayRate, RatesEvent};
use quittance_domain::invoice::InvoiceEvent;
use quittance_domain::ledger::{Quote, RateTable, Translation};
use quittance_domain::payment::PaymentEvent;
use quittance_domain::receivable::ReceivableEvent;
use quittance_domain::stock::StockEvent;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::{Fact, Recorded};
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::row;
use crate::word::Word;

row! {
    pub struct ExchangeRateRow in "exchange_rates" {
        rate_id: Uuid,
        unit: Word<Currency>,
        currency: Word<Currency>,
        quoted_on: NaiveDate,
        rate: Decimal,
        source: String,
        position: i64,
    }
}

pub(super) fn rows_of(event: &RatesEvent, at: &Recorded) -> Vec<ExchangeRateRow> {
    let RatesEvent::Quoted { unit, source, rates, .. } = event;
    let row = |DayRate { currency, on, rate }: &DayRate| ExchangeRateRow {
        rate_id: derived_id(&[b"exchange rate", unit.code().as_bytes(), currency.code().as_bytes(), on.to_string().as_bytes()]),
        unit: Word(*unit),
        currency: Word(*currency),
        quoted_on: *on,
        rate: *rate,
        source: source.clone(),
        position: at.position,
    };
    rates.iter().map(row).collect()
}

/// An amount of a currency on a day: what a rate may be needed for.
pub(super) type Wanted = HashSet<(Currency, NaiveDate)>;

/// What an event's amounts are translated by. An arm that is forgotten here is a day that the table misses
/// ([`RateTable::missed`]), which stops the ledger.
pub(super) fn wanted(fact: &Fact) -> Option<(Currency, NaiveDate)> {
    match fact {
        Fact::Invoice(event) => wanted_of_invoice(event),
        Fact::Stock(StockEvent::Received { currency, effective_date, .. }) => Some((*currency, *effective_date)),
        Fact::Stock(StockEvent::Returned { currency, received_on, effective_date, .. }) => {
            Some((*currency, received_on.unwrap_or(*effective_date)))
        }
        Fact::Stock(StockEvent::Revalued { difference, effective_date, rate_day, .. }) => {
            Some((difference.currency(), rate_day.unwrap_or(*effective_date)))
        }
        Fact::Payment(PaymentEvent::CreditedOnAccount { amount, value_date, .. }) => Some((amount.currency(), *value_date)),
        Fact::Payment(PaymentEvent::CreditApplied { allocation, .. }) => Some((allocation.amount.currency(), allocation.effective_date)),
        Fact::Receivable(ReceivableEvent::Issued { amount, issue_date, .. }) => Some((amount.currency(), *issue_date)),
        Fact::Receivable(ReceivableEvent::PaymentReceived { payment, .. }) => Some((payment.amount.currency(), payment.value_date)),
        Fact::Receivable(ReceivableEvent::Refunded { refund, .. }) => Some((refund.amount.currency(), refund.value_date)),
        _ => None,
    }
}

fn wanted_of_invoice(event: &InvoiceEvent) -> Option<(Currency, NaiveDate)> {
    match event {
        InvoiceEvent::Received(r) => Some((r.payable.currency(), r.document.issue_date)),
        InvoiceEvent::Amended(a) => Some((a.payable.currency(), a.document.issue_date)),
        InvoiceEvent::PaymentSettled { amount, value_date, .. } => Some((amount.currency(), *value_date)),
        InvoiceEvent::TaxWithheld { withholding, value_date, .. } => Some((withholding.tax.currency(), *value_date)),
        InvoiceEvent::Allocated { allocation, .. }
        | InvoiceEvent::PrepaymentApplied { allocation, .. }
        | InvoiceEvent::Refunded { allocation, .. } => Some((allocation.amount.currency(), allocation.effective_date)),
        _ => None,
    }
}

const LAST_BEFORE: &str = "\
    select q.unit, q.currency, q.quoted_on, q.rate from unnest($2, $3, $4) w(unit, currency, day) cross join lateral \
        (select unit, currency, quoted_on, rate from exchange_rates e \
          where e.tenant_id = $1 and e.unit = w.unit and e.currency = w.currency and e.quoted_on <= w.day order by quoted_on desc limit 1) q";

/// A table with the last rate not after each day: directly, the other way round, and through the euro.
pub(super) async fn load(tx: &mut TenantTx, wanted: Wanted, base: Option<Currency>) -> sqlx::Result<RateTable> {
    let (mut units, mut currencies, mut days) = (vec![], vec![], vec![]);
    for (currency, day, base) in wanted.iter().filter_map(|(currency, day)| Some((*currency, *day, base?))).filter(|(c, _, b)| c != b) {
        for (unit, other) in [(currency, base), (base, currency), (Currency::EUR, base), (Currency::EUR, currency)] {
            units.push(Word(unit));
            currencies.push(Word(other));
            days.push(day);
        }
    }
    let mut table = RateTable::filled_for(wanted);
    if units.is_empty() {
        return Ok(table);
    }
    let tenant = tx.tenant();
    let found: Vec<(Word<Currency>, Word<Currency>, NaiveDate, Decimal)> =
        sqlx::query_as(LAST_BEFORE).bind(tenant.0).bind(units).bind(currencies).bind(days).fetch_all(&mut **tx).await?;
    for (unit, currency, on, rate) in found {
        table.quote(Quote { unit: unit.0, currency: currency.0, on, rate });
    }
    Ok(table)
}

/// The last rate not after a day, and who said so.
pub async fn closing_rate(tx: &mut TenantTx, from: Currency, to: Currency, on: NaiveDate) -> sqlx::Result<Option<(Translation, String)>> {
    let table = load(tx, Wanted::from([(from, on)]), Some(to)).await?;
    let Some(found) = table.translation(from, to, on) else { return Ok(None) };
    let tenant = tx.tenant();
    let query =
        "select source from exchange_rates where tenant_id = $1 and quoted_on = $2 and currency = any ($3) order by position desc limit 1";
    let source = sqlx::query_scalar(query).bind(tenant.0).bind(found.quoted_on).bind(vec![Word(from), Word(to)]);
    Ok(Some((found, source.fetch_optional(&mut **tx).await?.unwrap_or_default())))
}

/// An amount in the books' currency at the last rate not after a day; `None` where there are no books or no rate.
pub async fn in_base(tx: &mut TenantTx, amount: Money, on: NaiveDate) -> sqlx::Result<Option<Decimal>> {
    let Some(base) = super::books_now(tx).await?.base else { return Ok(None) };
    if amount.currency() == base {
        return Ok(Some(amount.amount()));
    }
    let table = load(tx, Wanted::from([(amount.currency(), on)]), Some(base)).await?;
    Ok(table.translation(amount.currency(), base, on).and_then(|found| found.of(amount.amount(), base)))
}

/// What one unit of a currency cost on a day, and who said so.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExchangeRateView {
    pub unit: Currency,
    pub currency: Currency,
    pub quoted_on: NaiveDate,
    #[schema(value_type = String, example = "1.0812")]
    pub rate: Decimal,
    pub source: String,
}

impl From<ExchangeRateRow> for ExchangeRateView {
    fn from(row: ExchangeRateRow) -> Self {
        Self { unit: row.unit.0, currency: row.currency.0, quoted_on: row.quoted_on, rate: row.rate, source: row.source }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExchangeRateFilter {
    pub unit: Option<Currency>,
    pub currency: Option<Currency>,
    pub quoted_from: Option<NaiveDate>,
    /// The last day.
    pub quoted_to: Option<NaiveDate>,
}

const SORTS: &[Sort<ExchangeRateRow>] =
    &[Sort { name: "quoted_on", column: "quoted_on", cast: "date", key: |row| row.quoted_on.to_string() }];

pub async fn list(tx: &mut TenantTx, filter: &ExchangeRateFilter, page: &Page) -> Result<PageOf<ExchangeRateView>, QueryError> {
    let found = Listing::<ExchangeRateRow>::of(tx)
        .when("unit = ?", filter.unit.map(Word))
        .when("currency = ?", filter.currency.map(Word))
        .when("quoted_on >= ?", filter.quoted_from)
        .when("quoted_on <= ?", filter.quoted_to)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(ExchangeRateView::from))
}

#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConversionFilter {
    pub from: Currency,
    pub to: Currency,
    pub on: NaiveDate,
}

/// How an amount becomes one of another currency on a day: `amount × numerator ÷ denominator`, rounded half up.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Conversion {
    pub from: Currency,
    pub to: Currency,
    /// The day that was asked for.
    pub on: NaiveDate,
    /// The day of the rate: the last one not after it.
    pub quoted_on: NaiveDate,
    /// How old the rate is on that day.
    pub days_old: i64,
    #[schema(value_type = String)]
    pub numerator: Decimal,
    #[schema(value_type = String)]
    pub denominator: Decimal,
}

pub async fn conversion(tx: &mut TenantTx, asked: &ConversionFilter) -> sqlx::Result<Option<Conversion>> {
    let ConversionFilter { from, to, on } = *asked;
    if from == to {
        // A currency is worth itself on any day.
        let (quoted_on, days_old) = (on, 0);
        return Ok(Some(Conversion { from, to, on, quoted_on, days_old, numerator: Decimal::ONE, denominator: Decimal::ONE }));
    }
    let table = load(tx, Wanted::from([(from, on)]), Some(to)).await?;
    Ok(table.translation(from, to, on).map(|found| Conversion {
        from,
        to,
        on,
        quoted_on: found.quoted_on,
        days_old: (on - found.quoted_on).num_days(),
        numerator: found.numerator,
        denominator: found.denominator,
    }))
}
