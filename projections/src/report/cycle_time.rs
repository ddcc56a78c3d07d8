//! How long things took: exceptions from opening to answer, approvals from request to decision, and how much went through untouched.
//!
//! These are facts of the process, not of the books: they count when they were recorded, so there is one date and not two.
//! Nothing is averaged: a median and the time that nine in ten took say more.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::exception::QueueKind;
use quittance_domain::money::round_half_up;
use quittance_domain::time_zone::TimeZone;
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ageing::END_OF_TIME;
use crate::approval::ApprovalStatus;
use crate::word::Word;

#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CycleTimeFilter {
    pub from: NaiveDate,
    /// The last day of it.
    pub to: NaiveDate,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
}

impl CycleTimeFilter {
    /// From the first moment to the first that is no longer in it.
    pub(super) fn moments(&self, zone: TimeZone) -> (DateTime<Utc>, DateTime<Utc>) {
        let end = zone.end_of(self.to).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let known = self.known_at.and_then(|at| at.checked_add_signed(chrono::TimeDelta::microseconds(1)));
        (zone.beginning_of(self.from), known.map_or(end, |known| known.min(end)))
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CycleTimes {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    pub exceptions: Vec<ExceptionTimes>,
    pub approvals: Vec<ApprovalTimes>,
    pub touchless: Touchless,
}

/// One kind of exception, each time that it was open. Times are of those that were closed in the period.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExceptionTimes {
    pub kind: QueueKind,
    pub opened: i64,
    pub closed: i64,
    /// Closed after they were due.
    pub late: i64,
    /// Opened and not closed by the end of it.
    pub open_at_end: i64,
    pub median_seconds: Option<i64>,
    /// Nine in ten took no longer.
    pub ninth_decile_seconds: Option<i64>,
    pub longest_seconds: Option<i64>,
}

/// Rounds of approval that ended in the period, by how they ended first: what is withdrawn after it was granted was granted.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ApprovalTimes {
    pub status: ApprovalStatus,
    pub ended: i64,
    pub median_seconds: Option<i64>,
    pub ninth_decile_seconds: Option<i64>,
    pub longest_seconds: Option<i64>,
}

/// Invoices that were received in the period.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Touchless {
    pub received: i64,
    /// As an electronic document.
    pub electronic: i64,
    /// Nothing was ever wrong with them.
    pub without_exception: i64,
    /// Nobody corrected them.
    pub unamended: i64,
    /// Neither an exception nor a correction, and never rejected or voided.
    pub touchless: i64,
    /// Of those received, in percent to a tenth; absent where there were none.
    #[schema(value_type = Option<String>, example = "87.5")]
    pub percent: Option<Decimal>,
}

pub async fn cycle_times(tx: &mut TenantTx, filter: &CycleTimeFilter, zone: TimeZone) -> sqlx::Result<CycleTimes> {
    let CycleTimeFilter { from, to, known_at } = *filter;
    let period = filter.moments(zone);
    let exceptions = exceptions(tx, period).await?;
    let approvals = approvals(tx, period).await?;
    Ok(CycleTimes { from, to, known_at, exceptions, approvals, touchless: touchless(tx, period, known_at).await? })
}

type Period = (DateTime<Utc>, DateTime<Utc>);

const EXCEPTIONS: &str = "\
    select kind, count(*) filter (where opened_at >= $2), count(*) filter (where ended), count(*) filter (where ended and closed_at > due_at), \
           count(*) filter (where closed_at is null or closed_at >= $3), \
           percentile_disc(0.5) within group (order by took) filter (where ended), \
           percentile_disc(0.9) within group (order by took) filter (where ended), max(took) filter (where ended) \
      from (select kind, opened_at, closed_at, due_at, coalesce(closed_at >= $2 and closed_at < $3, false) as ended, \
                   extract(epoch from closed_at - opened_at)::bigint as took \
              from (select kind, opened_at, closed_at, due_at from exceptions where tenant_id = $1 \
                    union all \
                    select e.kind, s.opened_at, s.closed_at, s.due_at \
                      from exceptions e, jsonb_to_recordset(e.earlier) as s (opened_at timestamptz, closed_at timestamptz, due_at timestamptz) \
                     where e.tenant_id = $1 and e.earlier <> '[]') spells \
             where opened_at < $3 and (closed_at is null or closed_at >= $2)) e \
     group by kind order by kind";

async fn exceptions(tx: &mut TenantTx, (from, end): Period) -> sqlx::Result<Vec<ExceptionTimes>> {
    type Found = (Word<QueueKind>, i64, i64, i64, i64, Option<i64>, Option<i64>, Option<i64>);
    let tenant = tx.tenant();
    let found: Vec<Found> = sqlx::query_as(EXCEPTIONS).bind(tenant.0).bind(from).bind(end).fetch_all(&mut **tx).await?;
    let times = |(kind, opened, closed, late, open_at_end, median_seconds, ninth_decile_seconds, longest_seconds): Found| ExceptionTimes {
        kind: kind.0,
        opened,
        closed,
        late,
        open_at_end,
        median_seconds,
        ninth_decile_seconds,
        longest_seconds,
    };
    Ok(found.into_iter().map(times).collect())
}

const APPROVALS: &str = "\
    select status, count(*), percentile_disc(0.5) within group (order by took), percentile_disc(0.9) within group (order by took), max(took) \
      from (select first_ended_as as status, extract(epoch from first_ended_at - requested_at)::bigint as took from approvals \
             where tenant_id = $1 and first_ended_at >= $2 and first_ended_at < $3) a \
     group by status order by status";

async fn approvals(tx: &mut TenantTx, (from, end): Period) -> sqlx::Result<Vec<ApprovalTimes>> {
    type Found = (Word<ApprovalStatus>, i64, Option<i64>, Option<i64>, Option<i64>);
    let tenant = tx.tenant();
    let found: Vec<Found> = sqlx::query_as(APPROVALS).bind(tenant.0).bind(from).bind(end).fetch_all(&mut **tx).await?;
    let times = |(status, ended, median_seconds, ninth_decile_seconds, longest_seconds): Found| ApprovalTimes {
        status: status.0,
        ended,
        median_seconds,
        ninth_decile_seconds,
        longest_seconds,
    };
    Ok(found.into_iter().map(times).collect())
}

/// What came after the moment that is asked about does not count yet.
const TOUCHLESS: &str = "\
    select count(*), count(*) filter (where electronic), count(*) filter (where not exceptional), count(*) filter (where not amended), \
           count(*) filter (where not exceptional and not amended and not turned_down) \
      from (select original_sha256 is not null as electronic, coalesce(first_amended_at <= $4, false) as amended, \
                   coalesce(first_in_exception_at <= $4, false) as exceptional, coalesce(first_turned_down_at <= $4, false) as turned_down \
              from invoices where tenant_id = $1 and received_at >= $2 and received_at < $3) r";

async fn touchless(tx: &mut TenantTx, (from, end): Period, known_at: Option<DateTime<Utc>>) -> sqlx::Result<Touchless> {
    let (tenant, known) = (tx.tenant(), known_at.unwrap_or(END_OF_TIME));
    let (received, electronic, without_exception, unamended, touchless): (i64, i64, i64, i64, i64) =
        sqlx::query_as(TOUCHLESS).bind(tenant.0).bind(from).bind(end).bind(known).fetch_one(&mut **tx).await?;
    let share = Decimal::from(touchless * 100).checked_div(received.into());
    let percent = share.map(|share| round_half_up(share, 1));
    Ok(Touchless { received, electronic, without_exception, unamended, touchless, percent })
}
