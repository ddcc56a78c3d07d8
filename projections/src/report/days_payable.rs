//! Days payable outstanding: how long vendors wait, by balance and by what was paid.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::money::round_half_up;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ageing::query_through;
use crate::invoice::first_entry_of;
use crate::invoice::sums::{block_of, first_position_of};
use crate::word::Word;

#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DaysPayableFilter {
    pub from: NaiveDate,
    /// The last day of it.
    pub to: NaiveDate,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DaysPayable {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log that is in it.
    pub through: i64,
    /// How many days the period has.
    pub days: i64,
    /// One a currency.
    pub lines: Vec<DaysPayableLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DaysPayableLine {
    /// What was owed on the last day.
    pub owed: Money,
    /// What invoices less credit notes added in the period.
    pub purchased: Money,
    /// What was settled less what came back in the period, with the tax that was kept back.
    pub paid: Money,
    /// Owed ÷ purchased × days of the period, to a tenth; absent where nothing was purchased.
    #[schema(value_type = Option<String>, example = "41.3")]
    pub days_payable: Option<Decimal>,
    /// From an invoice's date to its payment's value date, weighed by what was paid, to a tenth; absent where nothing was.
    #[schema(value_type = Option<String>, example = "28.5")]
    pub days_to_pay: Option<Decimal>,
    /// The movements that add up to what is owed.
    pub explained_by: String,
}

const FIGURES: &str = "\
    select currency, sum(owed), sum(purchased), sum(paid), sum(paid_days) from \
      (select currency, amount as owed, 0::numeric as purchased, 0::numeric as paid, 0::numeric as paid_days from payable_sums \
        where tenant_id = $1 and block < $4 and effective_date <= $3 \
        union all \
       select currency, amount, 0, 0, 0 from payable_facts where tenant_id = $1 and entry >= $5 and entry < $6 and effective_date <= $3 \
        union all \
       select currency, 0, case when kind in ('settled', 'returned', 'withheld', 'withholding_reversed', 'discounted', 'discount_reversed', 'refunded', 'refund_reversed') then 0 else amount end, \
              case when kind in ('settled', 'returned', 'withheld', 'withholding_reversed', 'refunded', 'refund_reversed') then -amount else 0 end, \
              case when kind in ('settled', 'returned', 'withheld', 'withholding_reversed', 'refunded', 'refund_reversed') then -amount * (effective_date - document_date) else 0 end \
         from payable_facts where tenant_id = $1 and effective_date between $2 and $3 and entry < $6) moved \
     group by currency order by currency";

pub async fn days_payable(tx: &mut TenantTx, filter: &DaysPayableFilter) -> sqlx::Result<DaysPayable> {
    let DaysPayableFilter { from, to, known_at } = *filter;
    let through = query_through(tx, known_at).await?;
    let (tenant, block) = (tx.tenant(), block_of(through));
    let days = ((to - from).num_days() + 1).max(0);
    let figures: Vec<(Word<Currency>, Decimal, Decimal, Decimal, Decimal)> = sqlx::query_as(FIGURES)
        .bind(tenant.0)
        .bind(from)
        .bind(to)
        .bind(block)
        .bind(first_entry_of(first_position_of(block)))
        .bind(first_entry_of(through + 1))
        .fetch_all(&mut **tx)
        .await?;
    let line = |(Word(currency), owed, purchased, paid, paid_days): (Word<Currency>, _, _, _, _)| {
        let [owed, purchased, paid] = [owed, purchased, paid].map(|amount| Money::rounded(amount, currency));
        DaysPayableLine {
            days_payable: quotient(owed.amount().checked_mul(days.into()), purchased),
            days_to_pay: quotient(Some(paid_days), paid),
            explained_by: format!("/v1/reports/payable-facts?as_of={to}&through={through}&currency={currency}&figure={}", owed.amount()),
            owed,
            purchased,
            paid,
        }
    };
    Ok(DaysPayable { from, to, known_at, through, days, lines: figures.into_iter().map(line).collect() })
}

/// To a tenth; absent where there is nothing to divide by.
pub(crate) fn quotient(dividend: Option<Decimal>, divisor: Money) -> Option<Decimal> {
    let divisor = Some(divisor.amount()).filter(|amount| *amount > Decimal::ZERO)?;
    dividend?.checked_div(divisor).map(|days| round_half_up(days, 1))
}
