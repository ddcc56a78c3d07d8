//! Tolerances: how far an invoice may lie from its order.

use quittance_application::Context;
use quittance_application::single::Single;
use quittance_application::tolerance::{AdoptTolerances, tolerances_id};
use quittance_domain::ids::TolerancesId;
use quittance_domain::tolerance::{ToleranceSet, Tolerances, TolerancesCommand};
use quittance_projections::tolerance::{self, TolerancesView};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use super::invoice::body::lines_within;
use crate::committed::{CommandAnswer, Committed, reacted};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::{Fresh, MinPosition, Reading};

/// The tolerances in force. Before any were adopted nothing is tolerated.
#[utoipa::path(get, path = "/v1/tolerances", tag = "matching", params(MinPosition), responses((status = 200, body = TolerancesView), Refusals))]
pub async fn get_tolerances(mut read: Reading) -> Result<Fresh<TolerancesView>, Problem> {
    let found = tolerance::get(&mut read.tx).await?;
    Ok(read.answer(found))
}

/// Every version of the tolerances, and who adopted it.
#[utoipa::path(get, path = "/v1/tolerances/versions", tag = "matching", params(MinPosition),
    responses((status = 200, body = Vec<TolerancesView>), Refusals))]
pub async fn list_tolerances_versions(mut read: Reading) -> Result<Fresh<Vec<TolerancesView>>, Problem> {
    let found = tolerance::versions(&mut read.tx).await?;
    Ok(read.answer(found))
}

/// Adopt other tolerances, in force at once: every invoice with an order is matched again by them. Who adopts them, or counts as one person
/// with who does, does not approve an invoice that was matched by them before somebody else confirms them: they are among the `excluded`
/// of its approval (`adopted_tolerances`) and refused (`tolerances-adopter`). Tolerances that were confirmed, and that the caller alone has
/// put others in the place of, are confirmed; so are none at all, if nobody else has adopted any.
#[utoipa::path(post, path = "/v1/tolerances", tag = "matching", request_body = ToleranceSet,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn adopt_tolerances(order: Order<ToleranceSet>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.on((), |(), set, ctx| adopt(set, ctx).map(|(_, adopt)| adopt)).await?).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TolerancesConfirmation {
    /// The version that was looked at.
    #[schema(example = 1)]
    tolerances_version: u32,
}

/// Confirm a version of the tolerances that somebody else has adopted: they approve what passes by it as anybody else. Refused to who
/// adopted it and to whom counts as one person with them. For who works alone the operator confirms it, on the command line. Confirming
/// twice changes nothing.
#[utoipa::path(post, path = "/v1/tolerances/confirm", tag = "matching", request_body = TolerancesConfirmation,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn confirm_tolerances(order: Order<TolerancesConfirmation>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| confirm(body, ctx).map(|(_, confirm)| confirm)).await
}

pub fn confirm(body: TolerancesConfirmation, ctx: &Context) -> Result<(TolerancesId, Single<Tolerances>), Problem> {
    let id = tolerances_id(ctx.tenant);
    Ok((id, Single::on(id, TolerancesCommand::Confirm { version: body.tolerances_version, by: Some(ctx.actor) })))
}

pub fn adopt(set: ToleranceSet, ctx: &Context) -> Result<(TolerancesId, AdoptTolerances), Problem> {
    lines_within("/rules", set.rules.len())?;
    Ok((tolerances_id(ctx.tenant), AdoptTolerances { set }))
}
