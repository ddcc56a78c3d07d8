//! The approval policy: who must approve what.

use quittance_application::Context;
use quittance_application::approval::AdoptPolicy;
use quittance_application::single::Single;
use quittance_application::tenant::policy_id;
use quittance_domain::ids::PolicyId;
use quittance_domain::policy::{ApprovalPolicy, PolicyCommand, PolicyRules};
use quittance_projections::approval_policy::{self, PolicyView};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::{Fresh, MinPosition, Reading};

/// The policy in force.
#[utoipa::path(get, path = "/v1/approval-policy", tag = "approvals", params(MinPosition), responses((status = 200, body = PolicyView), Refusals))]
pub async fn get_approval_policy(mut read: Reading) -> Result<Fresh<PolicyView>, Problem> {
    let found = approval_policy::get(&mut read.tx).await?;
    read.found(found)
}

/// Every version of the policy, and who adopted it.
#[utoipa::path(get, path = "/v1/approval-policy/versions", tag = "approvals", params(MinPosition),
    responses((status = 200, body = Vec<PolicyView>), Refusals))]
pub async fn list_approval_policy_versions(mut read: Reading) -> Result<Fresh<Vec<PolicyView>>, Problem> {
    let found = approval_policy::versions(&mut read.tx).await?;
    Ok(read.answer(found))
}

/// Adopt a new version, in force at once. Who adopts it, or counts as one person with who does, does not decide under it before somebody
/// else confirms it: they are among the `excluded` of its approvals (`adopted_policy`) and refused (`policy-adopter`). Rules that were
/// confirmed, and that the caller alone has put others in the place of, are confirmed. Rounds that run keep the version that they started under.
#[utoipa::path(post, path = "/v1/approval-policy", tag = "approvals", request_body = PolicyRules,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn adopt_approval_policy(order: Order<PolicyRules>) -> Result<Committed, Problem> {
    order.on((), |(), rules, ctx| adopt(rules, ctx).map(|(_, adopt)| adopt)).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyConfirmation {
    /// The version that was looked at.
    #[schema(example = 2)]
    policy_version: u32,
}

/// Confirm a version of the policy that somebody else has adopted: they decide under it as anybody else. It may be one that is no longer in
/// force, for approvals that started under it; of a running one the approvers are resolved again. Refused to who adopted it and to whom
/// counts as one person with them. For who works alone the operator confirms it, on the command line. Confirming twice changes nothing.
#[utoipa::path(post, path = "/v1/approval-policy/confirm", tag = "approvals", request_body = PolicyConfirmation,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn confirm_approval_policy(order: Order<PolicyConfirmation>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| confirm(body, ctx).map(|(_, confirm)| confirm)).await
}

pub fn confirm(body: PolicyConfirmation, ctx: &Context) -> Result<(PolicyId, Single<ApprovalPolicy>), Problem> {
    let id = policy_id(ctx.tenant);
    Ok((id, Single::on(id, PolicyCommand::Confirm { version: body.policy_version, by: Some(ctx.actor) })))
}

pub fn adopt(rules: PolicyRules, ctx: &Context) -> Result<(PolicyId, AdoptPolicy), Problem> {
    Ok((policy_id(ctx.tenant), AdoptPolicy { rules }))
}
