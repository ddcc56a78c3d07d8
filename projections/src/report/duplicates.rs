//! Invoices that looked like others, and what people said of them: how often the rule that keeps duplicates out was overridden, and by whom
//! (SEMANTICS 2).
//!
//! Facts of the process, as the cycle times: they count when they were recorded.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::exception::QueueKind;
use quittance_domain::ids::UserId;
use quittance_domain::money::round_half_up;
use quittance_domain::time_zone::TimeZone;
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::cycle_time::CycleTimeFilter;
use crate::exception::ExceptionStatus;
use crate::word::Word;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DuplicatesReport {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// Invoices that came in.
    pub received: i64,
    /// Times that one was held because it looks like another.
    pub held: i64,
    /// Warnings that somebody let be.
    pub dismissed: i64,
    /// Of those received, the ones that were let in though the exact rule keeps them out.
    pub overridden: i64,
    /// Of those received, in percent to a hundredth; absent where there were none.
    #[schema(value_type = Option<String>, example = "0.25")]
    pub overridden_percent: Option<Decimal>,
    /// Everybody who dismissed or overrode, who overrode most first.
    pub people: Vec<Dismisser>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Dismisser {
    pub user_id: UserId,
    pub overridden: i64,
    /// Of all that were overridden, in percent to a tenth; absent where none was.
    #[schema(value_type = Option<String>, example = "66.7")]
    pub share_percent: Option<Decimal>,
    pub dismissed: i64,
}

const OVERRIDDEN: &str = "\
    select entered_by, count(*), count(*) filter (where namesake_of is not null) from invoices \
     where tenant_id = $1 and received_at >= $2 and received_at < $3 group by entered_by";

const HELD: &str = "\
    select count(*) filter (where opened_at >= $2 and opened_at < $3) \
      from (select opened_at from exceptions where tenant_id = $1 and kind = $4 \
            union all \
            select s.opened_at from exceptions e, jsonb_to_recordset(e.earlier) as s (opened_at timestamptz) \
             where e.tenant_id = $1 and e.kind = $4 and e.earlier <> '[]') spells";

const DISMISSED: &str = "\
    select closed_by, count(*) from exceptions \
     where tenant_id = $1 and kind = $4 and status = $5 and closed_by is not null and closed_at >= $2 and closed_at < $3 group by closed_by";

pub async fn duplicates(tx: &mut TenantTx, filter: &CycleTimeFilter, zone: TimeZone) -> sqlx::Result<DuplicatesReport> {
    let CycleTimeFilter { from, to, known_at } = *filter;
    let (tenant, (since, end), kind) = (tx.tenant().0, filter.moments(zone), Word(QueueKind::Duplicate));
    let entered: Vec<(Uuid, i64, i64)> = sqlx::query_as(OVERRIDDEN).bind(tenant).bind(since).bind(end).fetch_all(&mut **tx).await?;
    let held: i64 = sqlx::query_scalar(HELD).bind(tenant).bind(since).bind(end).bind(kind).fetch_one(&mut **tx).await?;
    let released = Word(ExceptionStatus::Released);
    let dismissals = sqlx::query_as(DISMISSED).bind(tenant).bind(since).bind(end).bind(kind).bind(released);
    let dismissals: Vec<(Uuid, i64)> = dismissals.fetch_all(&mut **tx).await?;
    let (received, overridden) = entered.iter().fold((0, 0), |(all, over), (_, entered, by_them)| (all + entered, over + by_them));
    let dismissed = dismissals.iter().map(|(_, times)| times).sum();
    let people = people(&entered, &dismissals, overridden);
    let overridden_percent = percent(overridden, received, 2);
    Ok(DuplicatesReport { from, to, known_at, received, held, dismissed, overridden, overridden_percent, people })
}

fn people(entered: &[(Uuid, i64, i64)], dismissals: &[(Uuid, i64)], all: i64) -> Vec<Dismisser> {
    let mut counts: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
    for (person, _, overridden) in entered.iter().filter(|(.., overridden)| *overridden > 0) {
        counts.entry(*person).or_default().0 += overridden;
    }
    for (person, dismissed) in dismissals {
        counts.entry(*person).or_default().1 += dismissed;
    }
    let of_person = |(person, (overridden, dismissed))| Dismisser {
        user_id: UserId(person),
        overridden,
        share_percent: percent(overridden, all, 1),
        dismissed,
    };
    let mut people: Vec<Dismisser> = counts.into_iter().map(of_person).collect();
    people.sort_by_key(|person| std::cmp::Reverse(person.overridden));
    people
}

fn percent(part: i64, whole: i64, places: u32) -> Option<Decimal> {
    Decimal::from(part * 100).checked_div(whole.into()).map(|share| round_half_up(share, places))
}
