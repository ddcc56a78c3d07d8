//! Items that are bought and kept in stock.

use quittance_application::Context;
use quittance_application::item::{ChangeItem, CreateItem};
use quittance_domain::ids::ItemId;
use quittance_domain::item::ItemCard;
use quittance_projections::item::{self, ItemFilter, ItemView};
use quittance_projections::{Page, PageOf};

use super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

/// Create an item.
#[utoipa::path(post, path = "/v1/items", tag = "items", request_body = ItemCard, responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn create_item(order: Order<ItemCard>) -> Result<Committed, Problem> {
    order.create("/v1/items", create).await
}

pub fn create(id: ItemId, card: ItemCard, _: &Context) -> Result<CreateItem, Problem> {
    Ok(CreateItem { id, card })
}

/// Change an item; its unit stays.
#[utoipa::path(post, path = "/v1/items/{id}", tag = "items", request_body = ItemCard, params(("id" = ItemId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn change_item(Id(id): Id<ItemId>, order: Order<ItemCard>) -> Result<Committed, Problem> {
    order.on(id, change).await
}

pub fn change(id: ItemId, card: ItemCard, _: &Context) -> Result<ChangeItem, Problem> {
    Ok(ChangeItem { id, card })
}

/// Items, by SKU.
#[utoipa::path(get, path = "/v1/items", tag = "items", params(ItemFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<ItemView>), Refusals))]
pub async fn list_items(
    mut read: Reading,
    Filter(filter): Filter<ItemFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<ItemView>>, Problem> {
    let found = item::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One item.
#[utoipa::path(get, path = "/v1/items/{id}", tag = "items", params(("id" = ItemId, Path), MinPosition),
    responses((status = 200, body = ItemView), Refusals))]
pub async fn get_item(Id(id): Id<ItemId>, mut read: Reading) -> Result<Fresh<ItemView>, Problem> {
    let found = item::get(&mut read.tx, id).await?;
    read.found(found)
}
