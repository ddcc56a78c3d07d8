//! Who vouches that a user is a person of their own.

use quittance_application::Context;
use quittance_application::vouching::{VouchForUser, vouching_id};
use quittance_domain::ids::UserId;
use quittance_domain::vouching::{HandedKey, Vouching};

use super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Fresh, Id, MinPosition, Reading};

/// Vouch that a user is another person than whoever has had a key of theirs in hand: who added them, or issued a key for them. Until
/// then the two count as one wherever a second person is needed. The caller is neither; and no key that another has had in hand is in
/// force any more: the user has issued their own with it, and it was revoked. Vouching twice changes nothing.
#[utoipa::path(post, path = "/v1/users/{id}/vouch", tag = "users", request_body = Nothing, params(("id" = UserId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn vouch_for_user(Id(id): Id<UserId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    order.on(id, vouch).await
}

pub fn vouch(user_id: UserId, _: Nothing, _: &Context) -> Result<VouchForUser, Problem> {
    Ok(VouchForUser { user_id, by_operator: false })
}

/// Users for whom nobody has vouched yet: which key of theirs somebody else has had in hand, who, and since when.
#[utoipa::path(get, path = "/v1/unvouched-users", tag = "users", params(MinPosition),
    responses((status = 200, body = Vec<HandedKey>), Refusals))]
pub async fn list_unvouched_users(read: Reading) -> Result<Fresh<Vec<HandedKey>>, Problem> {
    let tenant = read.caller.tenant;
    let (register, _) = read.app.system.commands.state_of::<Vouching>(tenant, vouching_id(tenant).0).await?;
    Ok(read.answer(register.handed.clone()))
}
