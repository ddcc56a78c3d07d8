//! Delegations: who lets whom decide, from when to when, also those that are over.

use chrono::{DateTime, Utc};
use quittance_application::ports::Later;
use quittance_domain::delegation::{Delegation, DelegationEvent, Delegations, Matter, Scope};
use quittance_domain::ids::{DelegationId, UserId};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::aggregate_row::poison;
use crate::fact::{Fact, Recorded};
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::row;
use crate::rows::Rows;

row! {
    pub struct DelegationRow in "delegations" {
        delegation_id: Uuid,
        position: i64,
        delegator_id: Uuid,
        delegate_id: Uuid,
        starts_at: DateTime<Utc>,
        ends_at: DateTime<Utc>,
        scope: Json<Scope>,
        granted_by: Uuid,
        granted_at: DateTime<Utc>,
        revoked_by: Option<Uuid>,
        revoked_at: Option<DateTime<Utc>>,
    }
}

pub struct DelegationList;

impl Projector for DelegationList {
    fn name(&self) -> &'static str {
        "delegations"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["delegations"]
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let rows = memory.rows::<DelegationRow>();
            rows.fetch(tx, events.iter().filter_map(revoked)).await?;
            for at in events {
                fold(rows, at)?;
            }
            rows.flush(tx).await
        })
    }
}

fn revoked(at: &Recorded) -> Option<Uuid> {
    match &at.fact {
        Fact::Delegation(DelegationEvent::Revoked { id, .. }) => Some(id.0),
        _ => None,
    }
}

fn fold(rows: &mut Rows<DelegationRow>, at: &Recorded) -> Result<(), ProjectionError> {
    match &at.fact {
        Fact::Delegation(DelegationEvent::Granted { delegation, by }) => rows.put(granted(delegation, *by, at)),
        Fact::Delegation(DelegationEvent::Revoked { id, by }) => {
            let row = rows.change(&id.0).ok_or_else(|| poison(at, "a delegation was revoked that was not granted"))?;
            (row.position, row.revoked_by, row.revoked_at) = (at.position, Some(by.0), Some(at.recorded_at));
        }
        _ => {}
    }
    Ok(())
}

fn granted(delegation: &Delegation, by: UserId, at: &Recorded) -> DelegationRow {
    DelegationRow {
        delegation_id: delegation.id.0,
        position: at.position,
        delegator_id: delegation.delegator.0,
        delegate_id: delegation.delegate.0,
        starts_at: delegation.starts_at,
        ends_at: delegation.ends_at,
        scope: Json(delegation.scope.clone()),
        granted_by: by.0,
        granted_at: at.recorded_at,
        revoked_by: None,
        revoked_at: None,
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DelegationView {
    pub id: DelegationId,
    /// In whose place.
    pub delegator_id: UserId,
    pub delegate_id: UserId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub scope: Scope,
    pub granted_by: UserId,
    pub granted_at: DateTime<Utc>,
    pub revoked_by: Option<UserId>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl From<DelegationRow> for DelegationView {
    fn from(row: DelegationRow) -> Self {
        Self {
            id: DelegationId(row.delegation_id),
            delegator_id: UserId(row.delegator_id),
            delegate_id: UserId(row.delegate_id),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            scope: row.scope.0,
            granted_by: UserId(row.granted_by),
            granted_at: row.granted_at,
            revoked_by: row.revoked_by.map(UserId),
            revoked_at: row.revoked_at,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DelegationFilter {
    pub delegator_id: Option<UserId>,
    pub delegate_id: Option<UserId>,
    /// In force at this moment: begun, not over, not revoked before it.
    pub at: Option<DateTime<Utc>>,
}

const SORTS: &[Sort<DelegationRow>] =
    &[Sort { name: "starts_at", column: "starts_at", cast: "timestamptz", key: |row| row.starts_at.to_rfc3339() }];

pub async fn list(tx: &mut TenantTx, filter: &DelegationFilter, page: &Page) -> Result<PageOf<DelegationView>, QueryError> {
    let found = Listing::<DelegationRow>::of(tx)
        .when("delegator_id = ?", filter.delegator_id.map(Uuid::from))
        .when("delegate_id = ?", filter.delegate_id.map(Uuid::from))
        .when("starts_at <= ?", filter.at)
        .when("ends_at > ?", filter.at)
        .when("coalesce(revoked_at, 'infinity') > ?", filter.at)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(DelegationView::from))
}

/// In whose places a person may decide at this moment, whatever the amount and the category; the person's own place comes first.
pub async fn places_of(tx: &mut TenantTx, person: UserId, at: DateTime<Utc>) -> sqlx::Result<Vec<UserId>> {
    let query = "select delegation_id, position, delegator_id, delegate_id, starts_at, ends_at, scope, granted_by, granted_at, \
                 revoked_by, revoked_at from delegations where tenant_id = $1 and starts_at <= $2 and ends_at > $2 and revoked_at is null";
    let tenant = tx.tenant();
    let rows: Vec<DelegationRow> = sqlx::query_as(query).bind(tenant.0).bind(at).fetch_all(&mut **tx).await?;
    let of_any_amount = |row: DelegationRow| Delegation {
        id: DelegationId(row.delegation_id),
        delegator: UserId(row.delegator_id),
        delegate: UserId(row.delegate_id),
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        scope: Scope::default(),
    };
    let standing = Delegations { standing: rows.into_iter().map(of_any_amount).collect() };
    let others = standing.paths(person, at, Matter::default(), true).into_iter().map(|path| path.principal);
    Ok(std::iter::once(person).chain(others).collect())
}
