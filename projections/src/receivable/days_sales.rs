//! Days sales outstanding: how long we wait for customers, by balance and by what they paid.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ageing::through;
use super::explained::{Dated, explained_by};
use crate::invoice::first_entry_of;
use crate::report::days_payable::quotient;
use crate::word::Word;

#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DaysSalesFilter {
    pub from: NaiveDate,
    /// The last day of it.
    pub to: NaiveDate,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DaysSales {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log that is in it.
    pub through: i64,
    /// How many days the period has.
    pub days: i64,
    /// One a currency.
    pub lines: Vec<DaysSalesLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DaysSalesLine {
    /// What customers owed on the last day.
    pub owed: Money,
    /// What was issued less what was cancelled in the period.
    pub invoiced: Money,
    /// What customers paid less what was taken back in the period.
    pub received: Money,
    /// Owed ÷ invoiced × days of the period, to a tenth; absent where nothing was invoiced.
    #[schema(value_type = Option<String>, example = "41.3")]
    pub days_sales: Option<Decimal>,
    /// From a receivable's date to its payment's value date, weighed by what was paid, to a tenth; absent where nothing was.
    #[schema(value_type = Option<String>, example = "28.5")]
    pub days_to_payment: Option<Decimal>,
    /// The movements that add up to what is owed.
    pub explained_by: String,
}

const FIGURES: &str = "\
    select currency, sum(amount), \
           coalesce(sum(amount) filter (where effective_date >= $2 and kind in ('issued', 'credited', 'cancelled')), 0), \
           coalesce(sum(-amount) filter (where effective_date >= $2 and kind in ('paid', 'payment_taken_back')), 0), \
           coalesce(sum(-amount * (effective_date - document_date)) \
                    filter (where effective_date >= $2 and kind in ('paid', 'payment_taken_back')), 0) \
      from receivable_facts where tenant_id = $1 and effective_date <= $3 and entry < $4 \
     group by currency order by currency";

pub async fn days_sales(tx: &mut TenantTx, filter: &DaysSalesFilter) -> sqlx::Result<DaysSales> {
    let DaysSalesFilter { from, to, known_at } = *filter;
    let (through, tenant) = (through(tx, known_at).await?, tx.tenant());
    let days = ((to - from).num_days() + 1).max(0);
    let figures: Vec<(Word<Currency>, Decimal, Decimal, Decimal, Decimal)> =
        sqlx::query_as(FIGURES).bind(tenant.0).bind(from).bind(to).bind(first_entry_of(through + 1)).fetch_all(&mut **tx).await?;
    let line = |(Word(currency), owed, invoiced, received, paid_days): (Word<Currency>, _, _, _, _)| {
        let [owed, invoiced, received] = [owed, invoiced, received].map(|amount| Money::rounded(amount, currency));
        DaysSalesLine {
            days_sales: quotient(owed.amount().checked_mul(days.into()), invoiced),
            days_to_payment: quotient(Some(paid_days), received),
            explained_by: explained_by(to, through, None, Dated::Any, owed),
            owed,
            invoiced,
            received,
        }
    };
    Ok(DaysSales { from, to, known_at, through, days, lines: figures.into_iter().map(line).collect() })
}
