//! Tolerances: how far an invoice may lie from its order.

use quittance_application::Context;
use quittance_application::tolerance::tolerances_id;
use quittance_domain::ids::TolerancesId;
use quittance_domain::tolerance::{ToleranceSet, Tolerances, TolerancesCommand};
use quittance_projections::tolerance::{self, TolerancesView};

use super::Refusals;
use super::invoice::body::lines_within;
use crate::command::Single;
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

/// Adopt other tolerances. Every invoice with an order is matched again by them.
#[utoipa::path(post, path = "/v1/tolerances", tag = "matching", request_body = ToleranceSet,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn adopt_tolerances(order: Order<ToleranceSet>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.on((), |(), set, ctx| adopt(set, ctx).map(|(_, adopt)| adopt)).await?).await
}

pub fn adopt(set: ToleranceSet, ctx: &Context) -> Result<(TolerancesId, Single<Tolerances>), Problem> {
    lines_within("/rules", set.rules.len())?;
    let id = tolerances_id(ctx.tenant);
    Ok((id, Single::on(id, TolerancesCommand::Adopt { set, by: ctx.actor })))
}
