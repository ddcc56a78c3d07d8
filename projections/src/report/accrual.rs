//! Accruals: what months cost that nobody had invoiced, where it was owed meanwhile, and when it was taken back.
//!
//! What stands on a day is what was accrued on it: an accrual is posted on its month's last day and taken back on the day after.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Months, NaiveDate, Utc};
use quittance_application::commands::read_event;
use quittance_application::ports::StoredEvent;
use quittance_domain::calendar::Period;
use quittance_domain::chart::Code;
use quittance_domain::ids::{JournalEntryId, UserId};
use quittance_domain::journal::{JournalEntry, JournalEvent, ManualEntry};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::why_not_paid::NamedUser;
use crate::ageing::END_OF_TIME;
use crate::ledger::{JournalLineRow, TrialBalanceFilter, TrialBalanceLine, first_line_of, trial_balance};
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::user;
use crate::word::Word;

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccrualFilter {
    /// The last day in the books; today where absent.
    pub as_of: Option<NaiveDate>,
    /// What was accrued from this day on; from a month before `as_of` where absent, so that what was taken back last is there.
    pub from: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Accruals {
    pub as_of: NaiveDate,
    pub from: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// What stands on the day, one an account that owes it and a currency.
    pub totals: Vec<AccrualTotal>,
    #[serde(flatten)]
    pub page: PageOf<AccrualLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AccrualTotal {
    pub accrued_to: Code,
    /// Credit is below zero, as in the trial balance.
    pub owed: Money,
    #[schema(value_type = String)]
    pub base_owed: Decimal,
    /// What the account holds on the same day.
    pub balance: Money,
    /// What of that was not accrued: posted to the account otherwise.
    pub beside: Money,
    /// The lines whose amounts add up to the balance.
    #[schema(example = "/v1/journal?account=2300&currency=EUR&as_of=2026-03-31&through=4711")]
    pub explained_by: String,
}

/// One cost of an accrual.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AccrualLine {
    pub journal_entry_id: JournalEntryId,
    #[schema(value_type = String, example = "2026-03")]
    pub period: Period,
    pub posted_on: NaiveDate,
    pub taken_back_on: NaiveDate,
    /// Whether it is owed on the day that was asked for.
    pub stands: bool,
    /// What it was spent on.
    pub account: Code,
    pub cost_centre: Option<Code>,
    pub project: Option<Code>,
    /// The account that owes it meanwhile.
    pub accrued_to: Code,
    pub amount: Money,
    /// In the books' currency.
    #[schema(value_type = Option<String>)]
    pub base_amount: Option<Decimal>,
    pub reason: String,
    pub accrued_by: NamedUser,
    pub position: i64,
    pub recorded_at: DateTime<Utc>,
    /// What the entry posted and took back.
    #[schema(example = "/v1/journal?document_id=0190a9a0-0000-7000-8000-000000000001")]
    pub explained_by: String,
}

const SORTS: &[Sort<JournalLineRow>] = &[Sort { name: "line", column: "line_id", cast: "bigint", key: |row| row.line_id.to_string() }];

/// What an accrual owes stands beside what it cost, line by line: the second one of two.
const OWED: &str = "\
    select account, currency, sum(amount), coalesce(sum(base), 0) from journal_lines \
     where tenant_id = $1 and reason = 'accrued' and effective_date = $2 and recorded_at <= $3 and line_id % 2 = 1 \
     group by account, currency order by account, currency";

/// Four round trips, and one for each account that owes something; `today` is used where the filter names no day.
pub async fn accruals(tx: &mut TenantTx, filter: &AccrualFilter, page: &Page, today: NaiveDate) -> Result<Accruals, QueryError> {
    let as_of = filter.as_of.unwrap_or(today);
    let from = filter.from.or_else(|| as_of.checked_sub_months(Months::new(1))).unwrap_or(as_of);
    let totals = totals(tx, filter.known_at, as_of).await?;
    let found = Listing::<JournalLineRow>::of(tx)
        .when("reason = 'accrued' and line_id % 2 = 0 and effective_date >= ?", Some(from))
        .when("effective_date <= ?", Some(as_of))
        .when("recorded_at <= ?", filter.known_at)
        .page(tx, SORTS, filter, page)
        .await?;
    let entries = entries(tx, found.rows.iter().map(|row| row.document_id).collect()).await?;
    let people: Vec<UserId> = entries.values().map(|entry| entry.by).collect();
    let names = user::names(tx, &people).await?;
    let rows = found.rows.into_iter().map(|row| {
        let entry = entries.get(&row.document_id).ok_or_else(|| QueryError::Corrupt(format!("no entry {}", row.document_id)))?;
        line(row, entry, &names, as_of)
    });
    let data = rows.collect::<Result<Vec<AccrualLine>, QueryError>>()?;
    Ok(Accruals { as_of, from, known_at: filter.known_at, totals, page: PageOf { data, next_cursor: found.next_cursor } })
}

async fn totals(tx: &mut TenantTx, known_at: Option<DateTime<Utc>>, as_of: NaiveDate) -> Result<Vec<AccrualTotal>, QueryError> {
    let tenant = tx.tenant();
    let query = sqlx::query_as(OWED).bind(tenant.0).bind(as_of).bind(known_at.unwrap_or(END_OF_TIME));
    let owed: Vec<(Word<Code>, Word<Currency>, Decimal, Decimal)> = query.fetch_all(&mut **tx).await?;
    let mut held: BTreeMap<(Code, &str), TrialBalanceLine> = BTreeMap::new();
    for account in owed.iter().map(|(account, ..)| account.0.clone()).collect::<BTreeSet<_>>() {
        let asked = TrialBalanceFilter { as_of: Some(as_of), known_at, account: Some(account) };
        let lines = trial_balance(tx, &asked, as_of).await?.lines;
        held.extend(lines.into_iter().map(|line| ((line.account.clone(), line.currency.code()), line)));
    }
    let total = |(Word(accrued_to), Word(currency), owed, base_owed): (Word<Code>, Word<Currency>, Decimal, Decimal)| {
        let held = held.remove(&(accrued_to.clone(), currency.code()));
        let held = held.ok_or_else(|| QueryError::Corrupt(format!("what is accrued to {accrued_to} is not in its balance")))?;
        let owed = Money::rounded(owed, currency);
        let beside = Money::rounded(held.balance.amount() - owed.amount(), currency);
        Ok(AccrualTotal { accrued_to, owed, base_owed, balance: held.balance, beside, explained_by: held.explained_by })
    };
    owed.into_iter().map(total).collect()
}

/// The entries as they were made: who accrued, of which month, and why.
async fn entries(tx: &mut TenantTx, ids: BTreeSet<Uuid>) -> Result<HashMap<Uuid, ManualEntry>, QueryError> {
    let query = "select aggregate_id, sequence, position, event_type, event_version, payload::text from es.events \
                 where tenant_id = $1 and aggregate_id = any ($2) and sequence = 1";
    let (tenant, ids) = (tx.tenant(), ids.into_iter().collect::<Vec<Uuid>>());
    let rows: Vec<(Uuid, i64, i64, String, i16, String)> = sqlx::query_as(query).bind(tenant.0).bind(ids).fetch_all(&mut **tx).await?;
    let mut entries = HashMap::new();
    for (id, sequence, position, event_type, event_version, payload) in rows {
        let stored = StoredEvent { sequence, position, event_type, event_version, payload };
        let event = read_event::<JournalEntry>(&stored).map_err(|error| QueryError::Corrupt(error.to_string()))?;
        if let JournalEvent::Posted(entry) = event {
            entries.insert(id, *entry);
        }
    }
    Ok(entries)
}

fn line(row: JournalLineRow, entry: &ManualEntry, names: &HashMap<UserId, String>, as_of: NaiveDate) -> Result<AccrualLine, QueryError> {
    let of_entry = usize::try_from(row.line_id - first_line_of(row.position)).ok();
    let owed = of_entry.and_then(|index| entry.lines.get(index + 1));
    let (Some(accrual), Some(owed)) = (entry.accrual, owed) else {
        return Err(QueryError::Corrupt(format!("the entry {} accrues nothing", row.document_id)));
    };
    Ok(AccrualLine {
        journal_entry_id: JournalEntryId(row.document_id),
        period: accrual.period,
        posted_on: accrual.posted_on(),
        taken_back_on: accrual.taken_back_on(),
        stands: (accrual.posted_on()..accrual.taken_back_on()).contains(&as_of),
        account: row.account.0,
        cost_centre: row.cost_centre.map(|code| code.0),
        project: row.project.map(|code| code.0),
        accrued_to: owed.account.clone(),
        amount: Money::rounded(row.amount, row.currency.0),
        base_amount: row.base,
        reason: entry.reason.clone(),
        accrued_by: NamedUser { id: entry.by, name: names.get(&entry.by).cloned().unwrap_or_default() },
        position: row.position,
        recorded_at: row.recorded_at,
        explained_by: format!("/v1/journal?document_id={}", row.document_id),
    })
}
