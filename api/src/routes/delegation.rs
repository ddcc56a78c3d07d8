//! Delegations: letting another decide in one's place, for a while and up to an amount.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use quittance_application::delegation::{GrantDelegation, RevokeDelegation, delegations_id};
use quittance_domain::aggregate::derived_id;
use quittance_domain::delegation::Scope;
use quittance_domain::ids::{DelegationId, UserId};
use quittance_domain::role::Role;
use quittance_projections::delegation::{self, DelegationFilter, DelegationView};
use quittance_projections::{Page, PageOf};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Refusals;
use crate::auth::Caller;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

const ADMINS: &[Role] = &[Role::Owner, Role::Admin];

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DelegationBody {
    /// In whose place; the caller's where absent. Only an administrator names another, and never in favour of themselves.
    delegator_id: Option<UserId>,
    /// Who decides.
    delegate_id: UserId,
    /// From this moment on.
    starts_at: DateTime<Utc>,
    /// Before this moment.
    ends_at: DateTime<Utc>,
    #[serde(default)]
    scope: Scope,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DelegationGranted {
    /// `id` and `version` are those of the tenant's register of delegations.
    #[serde(flatten)]
    answer: CommandAnswer,
    delegation_id: DelegationId,
}

/// Let another decide in one's place. What excludes one of both excludes both; chains have at most three links, circles none.
#[utoipa::path(post, path = "/v1/delegations", tag = "approvals", request_body = DelegationBody,
    responses((status = 200, body = DelegationGranted), Refusals))]
pub async fn grant_delegation(order: Order<DelegationBody>) -> Result<Committed<DelegationGranted>, Problem> {
    let caller = order.caller.clone();
    let delegation_id = id_of(&order.body, &caller);
    let committed = order.on((), |(), body, _| grant(body, &caller).map(|(_, grant)| grant)).await?;
    Ok(committed.with(|answer| DelegationGranted { answer, delegation_id }))
}

pub fn grant(body: DelegationBody, caller: &Caller) -> Result<(Uuid, GrantDelegation), Problem> {
    let delegator = body.delegator_id.unwrap_or(caller.user);
    if delegator != caller.user && !caller.is_one_of(ADMINS) {
        let detail = "only an administrator grants a delegation in another's name";
        return Err(Problem::new(StatusCode::FORBIDDEN, "delegation_of_another", "Segregation of duties", detail).at("/delegator_id"));
    }
    let (id, delegate, starts_at, ends_at) = (id_of(&body, caller), body.delegate_id, body.starts_at, body.ends_at);
    let grant = GrantDelegation { id, delegator, delegate, starts_at, ends_at, scope: body.scope };
    Ok((delegations_id(caller.tenant).0, grant))
}

/// One delegation between two people for one time has one id, so that a repeat answers as the first time did.
fn id_of(body: &DelegationBody, caller: &Caller) -> DelegationId {
    let delegator = body.delegator_id.unwrap_or(caller.user);
    let (starts_at, ends_at) = (body.starts_at.to_rfc3339(), body.ends_at.to_rfc3339());
    let parts: [&[u8]; 5] =
        [b"delegation", delegator.0.as_bytes(), body.delegate_id.0.as_bytes(), starts_at.as_bytes(), ends_at.as_bytes()];
    DelegationId(derived_id(&parts))
}

/// End a delegation at once: one's own, or as an administrator anybody's. Ending it twice changes nothing.
#[utoipa::path(post, path = "/v1/delegations/{id}/revoke", tag = "approvals", request_body = Nothing,
    params(("id" = DelegationId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn revoke_delegation(Id(id): Id<DelegationId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    let caller = order.caller.clone();
    order.on(id, |id, body, _| revoke(id, body, &caller)).await
}

pub fn revoke(id: DelegationId, _: Nothing, caller: &Caller) -> Result<RevokeDelegation, Problem> {
    Ok(RevokeDelegation { id, of_anybody: caller.is_one_of(ADMINS) })
}

/// Delegations, also those that are over.
#[utoipa::path(get, path = "/v1/delegations", tag = "approvals", params(DelegationFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<DelegationView>), Refusals))]
pub async fn list_delegations(
    mut read: Reading,
    Filter(filter): Filter<DelegationFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<DelegationView>>, Problem> {
    let found = delegation::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}
