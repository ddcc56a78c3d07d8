//! The approval policy: who must approve what.

use quittance_application::Context;
use quittance_application::tenant::policy_id;
use quittance_domain::ids::PolicyId;
use quittance_domain::policy::{ApprovalPolicy, PolicyCommand, PolicyRules};
use quittance_projections::approval_policy::{self, PolicyView};

use super::Refusals;
use crate::command::Single;
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

/// Adopt a new version. Rounds that run keep the version that they started under.
#[utoipa::path(post, path = "/v1/approval-policy", tag = "approvals", request_body = PolicyRules,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn adopt_approval_policy(order: Order<PolicyRules>) -> Result<Committed, Problem> {
    order.on((), |(), rules, ctx| adopt(rules, ctx).map(|(_, adopt)| adopt)).await
}

pub fn adopt(rules: PolicyRules, ctx: &Context) -> Result<(PolicyId, Single<ApprovalPolicy>), Problem> {
    let id = policy_id(ctx.tenant);
    Ok((id, Single::on(id, PolicyCommand::Adopt { rules, by: ctx.actor })))
}
