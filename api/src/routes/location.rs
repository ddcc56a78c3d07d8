//! Locations: the places where a company's goods lie, once it registers them.

use quittance_application::Context;
use quittance_application::location::{location_id, locations_id};
use quittance_application::single::Single;
use quittance_domain::ids::{LocationId, LocationsId};
use quittance_domain::location::{LocationCard, LocationCommand, Locations};
use quittance_projections::location::{self, LocationFilter, LocationView};
use quittance_projections::{Page, PageOf};
use serde::Serialize;
use utoipa::ToSchema;

use super::Refusals;
use super::vendor::ReasonBody;
use crate::committed::{CommandAnswer, Committed};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

#[derive(Debug, Serialize, ToSchema)]
pub struct LocationRegistered {
    /// `id` and `version` are those of the company's register of locations.
    #[serde(flatten)]
    answer: CommandAnswer,
    location_id: LocationId,
}

/// Register a place where goods lie. From the first one on, goods come in, move and leave only where one is registered and open; what lies
/// elsewhere stays there until that place is registered too.
#[utoipa::path(post, path = "/v1/locations", tag = "stock", request_body = LocationCard,
    responses((status = 200, body = LocationRegistered), Refusals))]
pub async fn register_location(order: Order<LocationCard>) -> Result<Committed<LocationRegistered>, Problem> {
    let location_id = location_id(order.caller.tenant, &order.body.code);
    let committed = order.on((), |(), body, ctx| register(body, ctx).map(|(_, register)| register)).await?;
    Ok(committed.with(|answer| LocationRegistered { answer, location_id }))
}

pub fn register(card: LocationCard, ctx: &Context) -> Result<(LocationsId, Single<Locations>), Problem> {
    let (id, location_id) = (locations_id(ctx.tenant), location_id(ctx.tenant, &card.code));
    Ok((id, Single::on(id, LocationCommand::Register { location_id, card, by: ctx.actor })))
}

/// Change a location; its code stays.
#[utoipa::path(post, path = "/v1/locations/{id}", tag = "stock", request_body = LocationCard, params(("id" = LocationId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn change_location(Id(id): Id<LocationId>, order: Order<LocationCard>) -> Result<Committed, Problem> {
    order.on(id, change).await
}

pub fn change(location_id: LocationId, card: LocationCard, ctx: &Context) -> Result<Single<Locations>, Problem> {
    Ok(Single::on(locations_id(ctx.tenant), LocationCommand::Change { location_id, card, by: ctx.actor }))
}

/// Close a location: nothing comes in, moves or leaves there any more, until it is reopened.
#[utoipa::path(post, path = "/v1/locations/{id}/close", tag = "stock", request_body = ReasonBody, params(("id" = LocationId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn close_location(Id(id): Id<LocationId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    order.on(id, close).await
}

pub fn close(location_id: LocationId, body: ReasonBody, ctx: &Context) -> Result<Single<Locations>, Problem> {
    let (reason, by) = (body.given()?, ctx.actor);
    Ok(Single::on(locations_id(ctx.tenant), LocationCommand::Close { location_id, reason, by }))
}

/// Reopen a location that was closed.
#[utoipa::path(post, path = "/v1/locations/{id}/reopen", tag = "stock", request_body = ReasonBody, params(("id" = LocationId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn reopen_location(Id(id): Id<LocationId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    order.on(id, reopen).await
}

pub fn reopen(location_id: LocationId, body: ReasonBody, ctx: &Context) -> Result<Single<Locations>, Problem> {
    let (reason, by) = (body.given()?, ctx.actor);
    Ok(Single::on(locations_id(ctx.tenant), LocationCommand::Reopen { location_id, reason, by }))
}

/// Locations, also those that are closed; none where the company names its places freely.
#[utoipa::path(get, path = "/v1/locations", tag = "stock", params(LocationFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<LocationView>), Refusals))]
pub async fn list_locations(
    mut read: Reading,
    Filter(filter): Filter<LocationFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<LocationView>>, Problem> {
    let found = location::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One location.
#[utoipa::path(get, path = "/v1/locations/{id}", tag = "stock", params(("id" = LocationId, Path), MinPosition),
    responses((status = 200, body = LocationView), Refusals))]
pub async fn get_location(Id(id): Id<LocationId>, mut read: Reading) -> Result<Fresh<LocationView>, Problem> {
    let found = location::get(&mut read.tx, id).await?;
    read.found(found)
}
