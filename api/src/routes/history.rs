//! History: the audit trail, and any aggregate at any version or time. All of it comes from the events.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use quittance_projections::audit::{self, AuditDetail, AuditEntry, AuditFilter, AuditTotals, TOTALS_MAX};
use quittance_projections::history::{self, Change, Version};
use quittance_projections::{Page, PageOf};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WithTotals {
    /// Whether to count all that the filter finds, by action and by actor: half a million entries at most.
    totals: Option<bool>,
}

/// Part of the audit trail, and what all of it counts to.
#[derive(Serialize, ToSchema)]
pub struct AuditTrail {
    /// Absent where they were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    totals: Option<AuditTotals>,
    #[serde(flatten)]
    page: PageOf<AuditEntry>,
}

/// Who did what, when, from where and why. It is the log: what was refused has changed nothing and stands nowhere in it, so every entry is
/// one that was carried out.
#[utoipa::path(get, path = "/v1/audit-trail", tag = "history", params(AuditFilter, WithTotals, Page, MinPosition),
    responses((status = 200, body = AuditTrail), Refusals))]
pub async fn list_audit_trail(
    mut read: Reading,
    Filter(filter): Filter<AuditFilter>,
    Filter(asked): Filter<WithTotals>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<AuditTrail>, Problem> {
    let totals = match asked.totals {
        Some(true) => Some(audit::totals(&mut read.tx, &filter).await?.ok_or_else(too_many)?),
        _ => None,
    };
    let page = audit::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(AuditTrail { totals, page }))
}

fn too_many() -> Problem {
    Problem::invalid("totals", format!("more than {TOTALS_MAX} entries would be counted: narrow the time with from and to"))
}

/// One entry of the audit trail, with what was before and after.
#[utoipa::path(get, path = "/v1/audit-trail/{position}", tag = "history", params(("position" = i64, Path), MinPosition),
    responses((status = 200, body = AuditDetail), Refusals))]
pub async fn get_audit_entry(Id(position): Id<i64>, mut read: Reading) -> Result<Fresh<AuditDetail>, Problem> {
    let found = audit::get(&mut read.tx, position).await?;
    read.found(found)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AtWhat {
    /// The version to show.
    version: Option<i64>,
    /// Or: as it was recorded at this time.
    at: Option<DateTime<Utc>>,
}

/// Any aggregate (invoice, payment, vendor, …) as it was at a version or time; as it is now where neither is given.
#[utoipa::path(get, path = "/v1/aggregates/{id}", tag = "history", params(("id" = Uuid, Path), AtWhat, MinPosition),
    responses((status = 200, body = Version), Refusals))]
pub async fn get_aggregate(Id(id): Id<Uuid>, mut read: Reading, Filter(what): Filter<AtWhat>) -> Result<Fresh<Version>, Problem> {
    let found = match (what.version, what.at) {
        (Some(version), None) => history::at_version(&mut read.tx, id, version).await?,
        (None, Some(at)) => history::at_time(&mut read.tx, id, at).await?,
        (None, None) => history::latest(&mut read.tx, id).await?,
        (Some(_), Some(_)) => {
            let detail = "a version or a time, not both";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", "Invalid field", detail).at("at"));
        }
    };
    read.found(found)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Versions {
    /// 0 is before it began.
    from: i64,
    to: i64,
}

/// What changed between two versions of an aggregate.
#[utoipa::path(get, path = "/v1/aggregates/{id}/diff", tag = "history", params(("id" = Uuid, Path), Versions, MinPosition),
    responses((status = 200, body = Vec<Change>), Refusals))]
pub async fn diff_aggregate(Id(id): Id<Uuid>, mut read: Reading, Filter(v): Filter<Versions>) -> Result<Fresh<Vec<Change>>, Problem> {
    let found = history::diff(&mut read.tx, id, v.from, v.to).await?;
    read.found(found)
}
