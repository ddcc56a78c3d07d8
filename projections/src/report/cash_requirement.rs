//! The cash that open items will take: by the day, week or month in which they fall due.
//!
//! Sums of whole blocks of the log and the movements of the last one, as in an ageing: bounded by days, not by invoices.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::cash_withholding::{KeptBack, Known, kept_back};
use super::payable_fact::{Dated, explained_by};
use crate::ageing::query_through;
use crate::invoice::first_entry_of;
use crate::invoice::sums::{block_of, first_position_of};
use crate::page::QueryError;
use crate::word::Word;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    Day,
    /// From Monday to Sunday.
    #[default]
    Week,
    Month,
}

impl Span {
    /// The span that a day lies in.
    fn around(self, day: NaiveDate) -> (NaiveDate, NaiveDate) {
        match self {
            Self::Day => (day, day),
            Self::Week => {
                let monday = day.week(chrono::Weekday::Mon);
                (monday.checked_first_day().unwrap_or(day), monday.checked_last_day().unwrap_or(day))
            }
            Self::Month => {
                let first = day.with_day(1).unwrap_or(day);
                (first, first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(day))
            }
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CashRequirementFilter {
    /// The date in the books; today where absent. What was due before it is overdue.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
    /// Due on this day or before; everything where absent.
    pub until: Option<NaiveDate>,
    /// A week where absent.
    #[param(inline)]
    pub by: Option<Span>,
    pub currency: Option<Currency>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CashRequirements {
    pub as_of: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log that is in it.
    pub through: i64,
    /// In the order of time within each currency; what is overdue comes first.
    pub lines: Vec<CashRequirement>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CashRequirement {
    pub currency: Currency,
    /// Absent where it is overdue.
    pub from: Option<NaiveDate>,
    pub to: NaiveDate,
    /// Credit notes count negative.
    pub due: Money,
    /// The part of it that nobody has approved.
    pub held: Money,
    /// Tax that will be kept back of it.
    pub withheld: Money,
    /// What leaves for it: what is due less the tax.
    pub cash: Money,
    /// The cash of this line and of all before it.
    pub running: Money,
    /// The movements that add up to what is due.
    pub explained_by: String,
}

const DUE: &str = "\
    select currency, due_date, sum(open), sum(held) from \
      (select currency, due_date, amount as open, unapproved as held from payable_sums \
        where tenant_id = $1 and block < $3 and effective_date <= $2 and ($6::text is null or currency = $6) and ($7::date is null or due_date <= $7) \
        union all \
       select currency, due_date, amount, unapproved from payable_facts \
        where tenant_id = $1 and entry >= $4 and entry < $5 and effective_date <= $2 \
          and ($6::text is null or currency = $6) and ($7::date is null or due_date <= $7)) moved \
     group by currency, due_date having sum(open) <> 0 or sum(held) <> 0 order by currency, due_date";

/// `today` is used where the filter names no date.
pub async fn cash_requirements(
    tx: &mut TenantTx,
    filter: &CashRequirementFilter,
    today: NaiveDate,
) -> Result<CashRequirements, QueryError> {
    let as_of = filter.as_of.unwrap_or(today);
    let through = query_through(tx, filter.known_at).await?;
    let (tenant, block) = (tx.tenant(), block_of(through));
    let due: Vec<DueOn> = sqlx::query_as(DUE)
        .bind(tenant.0)
        .bind(as_of)
        .bind(block)
        .bind(first_entry_of(first_position_of(block)))
        .bind(first_entry_of(through + 1))
        .bind(filter.currency.map(Word))
        .bind(filter.until)
        .fetch_all(&mut **tx)
        .await?;
    let kept = kept_back(tx, as_of, Known { through, at: filter.known_at }).await?;
    let lines = lines(&due, &kept, as_of, through, filter.by.unwrap_or_default());
    Ok(CashRequirements { as_of, known_at: filter.known_at, through, lines })
}

type DueOn = (Word<Currency>, NaiveDate, Decimal, Decimal);

/// Days of one currency and span follow each other.
fn lines(due: &[DueOn], kept: &KeptBack, as_of: NaiveDate, through: i64, by: Span) -> Vec<CashRequirement> {
    let mut lines: Vec<CashRequirement> = Vec::new();
    for (Word(currency), day, open, held) in due {
        let (from, to) = placed(*day, as_of, by);
        let withheld = kept.get(&(currency.code(), *day)).copied().unwrap_or_default();
        let before = lines.last().filter(|line| line.currency == *currency).map(|line| line.running);
        if lines.last().is_none_or(|line| (line.currency, line.from, line.to) != (*currency, from, to)) {
            lines.push(CashRequirement::of(*currency, from, to, before));
        }
        if let Some(line) = lines.last_mut() {
            line.add(*open, *held, withheld);
        }
    }
    for line in &mut lines {
        line.explained_by = explained_by(as_of, through, None, Dated::Due(line.from, Some(line.to)), line.due);
    }
    lines
}

impl CashRequirement {
    fn of(currency: Currency, from: Option<NaiveDate>, to: NaiveDate, before: Option<Money>) -> Self {
        let none = Money::zero(currency);
        let running = before.unwrap_or(none);
        Self { currency, from, to, due: none, held: none, withheld: none, cash: none, running, explained_by: String::new() }
    }

    fn add(&mut self, due: Decimal, held: Decimal, withheld: Decimal) {
        let more = |sum: Money, by: Decimal| Money::rounded(sum.amount() + by, sum.currency());
        (self.due, self.held, self.withheld) = (more(self.due, due), more(self.held, held), more(self.withheld, withheld));
        (self.cash, self.running) = (more(self.cash, due - withheld), more(self.running, due - withheld));
    }
}

/// The span that a due date counts in: the first one begins on the day asked for, and what lies before it is overdue.
fn placed(due: NaiveDate, as_of: NaiveDate, by: Span) -> (Option<NaiveDate>, NaiveDate) {
    if due < as_of {
        return (None, as_of.checked_sub_days(Days::new(1)).unwrap_or(as_of));
    }
    let (first, last) = by.around(due);
    (Some(first.max(as_of)), last)
}
