//! Users and their API keys. A key's secret is answered once and stored as a hash.

use chrono::{DateTime, Utc};
use quittance_application::Context;
use quittance_application::user::{AddUser, ChangeRoles, DeactivateUser, IssueKey, RevokeKey, SetAuthority};
use quittance_domain::Money;
use quittance_domain::ids::{KeyId, TenantId, UserId};
use quittance_domain::role::Role;
use quittance_infrastructure::identity::new_key;
use quittance_projections::api_key::{self, ApiKeyView};
use quittance_projections::user::{self, UserFilter, UserView};
use quittance_projections::{Page, PageOf};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusals;
use crate::auth::Caller;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserBody {
    #[schema(example = "anna@acme.example")]
    email: String,
    name: Option<String>,
    roles: Vec<Role>,
    /// When the first key expires; never where absent.
    key_expires_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RolesBody {
    roles: Vec<Role>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorityBody {
    /// Who is asked where the policy asks this person's manager; nobody where absent.
    manager_id: Option<UserId>,
    /// The largest amount that this person may approve; any where absent.
    approval_limit: Option<Money>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyBody {
    expires_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct KeyIssued {
    #[serde(flatten)]
    answer: CommandAnswer,
    /// Absent when the request was a repeat: a secret is shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    tenant_id: TenantId,
    user_id: UserId,
    roles: Vec<Role>,
}

/// Add a user; answers their first API key. Nobody gives rights that they lack: what moves or audits money is an owner's to give.
#[utoipa::path(post, path = "/v1/users", tag = "users", request_body = UserBody, responses((status = 201, body = KeyIssued), Refusals))]
pub async fn add_user(order: Order<UserBody>) -> Result<Committed<KeyIssued>, Problem> {
    let commands = &order.app.system.commands;
    let body = order.body;
    let key = new_key(KeyId(commands.ports().edge.new_id()), body.key_expires_at)?;
    let name = body.name.unwrap_or_else(|| body.email.clone());
    let add = AddUser { id: UserId(commands.ports().edge.new_id()), email: body.email, name, roles: body.roles, key: key.key };
    let receipt = commands.run(&order.ctx, &add).await?.receipt;
    let api_key = (!receipt.replayed).then_some(key.secret);
    Ok(Committed::created("/v1/users", receipt).with(|answer| KeyIssued { answer, api_key }))
}

/// Change a user's roles; never one's own, and never to rights that the caller lacks. Only an owner takes the role from an owner.
#[utoipa::path(post, path = "/v1/users/{id}/roles", tag = "users", request_body = RolesBody, params(("id" = UserId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn change_user_roles(Id(id): Id<UserId>, order: Order<RolesBody>) -> Result<Committed, Problem> {
    order.on(id, change_roles).await
}

pub fn change_roles(id: UserId, body: RolesBody, _: &Context) -> Result<ChangeRoles, Problem> {
    Ok(ChangeRoles { id, roles: body.roles })
}

/// Say under whom a user works and up to which amount they approve; never one's own. What is absent is taken away.
#[utoipa::path(post, path = "/v1/users/{id}/authority", tag = "users", request_body = AuthorityBody, params(("id" = UserId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn set_user_authority(Id(id): Id<UserId>, order: Order<AuthorityBody>) -> Result<Committed, Problem> {
    order.on(id, set_authority).await
}

pub fn set_authority(id: UserId, body: AuthorityBody, _: &Context) -> Result<SetAuthority, Problem> {
    Ok(SetAuthority { id, manager: body.manager_id, approval_limit: body.approval_limit })
}

/// Deactivate a user: their keys stop working. An owner is deactivated by another owner, so that one is always left.
#[utoipa::path(post, path = "/v1/users/{id}/deactivate", tag = "users", request_body = Nothing, params(("id" = UserId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn deactivate_user(Id(id): Id<UserId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    order.on(id, deactivate).await
}

pub fn deactivate(id: UserId, _: Nothing, _: &Context) -> Result<DeactivateUser, Problem> {
    Ok(DeactivateUser { id })
}

/// Issue a key: another one of one's own, which works no longer than the key that asks for it; or, by an administrator who
/// may do all that the person may, one for somebody who has none in force.
#[utoipa::path(post, path = "/v1/users/{id}/keys", tag = "users", request_body = KeyBody, params(("id" = UserId, Path)),
    responses((status = 200, body = KeyIssued), Refusals))]
pub async fn issue_key(Id(id): Id<UserId>, order: Order<KeyBody>) -> Result<Committed<KeyIssued>, Problem> {
    let commands = &order.app.system.commands;
    let expires_at = [order.body.expires_at, order.caller.until].into_iter().flatten().min();
    let key = new_key(KeyId(commands.ports().edge.new_id()), expires_at)?;
    let receipt = commands.run(&order.ctx, &IssueKey { id, key: key.key }).await?.receipt;
    let api_key = (!receipt.replayed).then_some(key.secret);
    Ok(Committed::done(receipt).with(|answer| KeyIssued { answer, api_key }))
}

/// Revoke a key: it stops working within a second, everywhere. Revoking it twice changes nothing.
#[utoipa::path(post, path = "/v1/users/{id}/keys/{key_id}/revoke", tag = "users", request_body = Nothing,
    params(("id" = UserId, Path), ("key_id" = KeyId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn revoke_key(Id((id, key_id)): Id<(UserId, KeyId)>, order: Order<Nothing>) -> Result<Committed, Problem> {
    order.on(id, |id, Nothing {}, ctx| revoke(id, KeyToRevoke { key_id }, ctx)).await
}

/// In a batch the key is named in the body.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyToRevoke {
    key_id: KeyId,
}

pub fn revoke(id: UserId, body: KeyToRevoke, _: &Context) -> Result<RevokeKey, Problem> {
    Ok(RevokeKey { user_id: id, key_id: body.key_id })
}

/// Users.
#[utoipa::path(get, path = "/v1/users", tag = "users", params(UserFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<UserView>), Refusals))]
pub async fn list_users(
    mut read: Reading,
    Filter(filter): Filter<UserFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<UserView>>, Problem> {
    let found = user::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One user.
#[utoipa::path(get, path = "/v1/users/{id}", tag = "users", params(("id" = UserId, Path), MinPosition),
    responses((status = 200, body = UserView), Refusals))]
pub async fn get_user(Id(id): Id<UserId>, mut read: Reading) -> Result<Fresh<UserView>, Problem> {
    let found = user::get(&mut read.tx, id).await?;
    read.found(found)
}

/// A user's keys, without their secrets.
#[utoipa::path(get, path = "/v1/users/{id}/keys", tag = "users", params(("id" = UserId, Path), MinPosition),
    responses((status = 200, body = Vec<ApiKeyView>), Refusals))]
pub async fn list_keys(Id(id): Id<UserId>, mut read: Reading) -> Result<Fresh<Vec<ApiKeyView>>, Problem> {
    if user::get(&mut read.tx, id).await?.is_none() {
        return Err(Problem::not_found());
    }
    let found = api_key::of_user(&mut read.tx, id).await?;
    Ok(read.answer(found))
}

/// Whose key this is.
#[utoipa::path(get, path = "/v1/me", tag = "users", responses((status = 200, body = Me), Refusals))]
pub async fn who_am_i(caller: Caller) -> axum::Json<Me> {
    axum::Json(Me { tenant_id: caller.tenant, user_id: caller.user, roles: caller.roles.to_vec() })
}
