//! Items that are bought and kept in stock.

use quittance_domain::ids::ItemId;
use quittance_domain::invoice::Assignment;
use quittance_domain::item::{Item, ItemCard, ItemEvent, ListPrice};
use quittance_domain::matching::UnitConversion;
use quittance_domain::stock::Valuation;
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct ItemRow in "items" {
        item_id: Uuid,
        version: i64,
        position: i64,
        sku: String,
        name: String,
        unit: String,
        conversions: Json<Vec<UnitConversion>>,
        reorder_level: Option<Decimal>,
        valuation: Option<Word<Valuation>>,
        unit_weight: Option<Decimal>,
        coding: Option<Json<Assignment>>,
        item_group: Option<String>,
        unit_volume: Option<Decimal>,
        list_price: Option<Json<ListPrice>>,
    }
}

aggregate_row!(ItemRow, Item, Item);

impl ItemRow {
    fn began(event: &ItemEvent, at: &Recorded) -> Option<Self> {
        let ItemEvent::Created { card } = event else { return None };
        Some(Self::with(at.aggregate_id, card))
    }

    fn on(&mut self, event: &ItemEvent, _: &Recorded) {
        let (ItemEvent::Created { card } | ItemEvent::Changed { card }) = event;
        *self = Self { version: self.version, position: self.position, ..Self::with(self.item_id, card) };
    }

    fn with(item_id: Uuid, card: &ItemCard) -> Self {
        let ItemCard { sku, name, unit, conversions, reorder_level, valuation, unit_weight, unit_volume, coding, group, list_price } =
            card.clone();
        let (conversions, valuation, coding, list_price) = (Json(conversions), valuation.map(Word), coding.map(Json), list_price.map(Json));
        let (version, position) = (0, 0);
        Self {
            item_id,
            version,
            position,
            sku,
            name,
            unit,
            conversions,
            reorder_level,
            valuation,
            unit_weight,
            unit_volume,
            coding,
            item_group: group,
            list_price,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ItemView {
    pub id: ItemId,
    pub version: i64,
    #[serde(flatten)]
    pub card: ItemCard,
}

impl From<ItemRow> for ItemView {
    fn from(row: ItemRow) -> Self {
        let ItemRow { sku, name, unit, conversions: Json(conversions), reorder_level, unit_weight, unit_volume, item_group: group, .. } =
            row;
        let (valuation, coding) = (row.valuation.map(|method| method.0), row.coding.map(|coding| coding.0));
        let list_price = row.list_price.map(|price| price.0);
        let card = ItemCard { sku, name, unit, conversions, reorder_level, valuation, unit_weight, unit_volume, coding, group, list_price };
        Self { id: ItemId(row.item_id), version: row.version, card }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ItemFilter {
    pub sku: Option<String>,
    /// Part of the SKU or the name, in any case.
    pub search: Option<String>,
}

const SORTS: &[Sort<ItemRow>] = &[
    Sort { name: "sku", column: "sku", cast: "text", key: |row| row.sku.clone() },
    Sort { name: "name", column: "name", cast: "text", key: |row| row.name.clone() },
];

pub async fn list(tx: &mut TenantTx, filter: &ItemFilter, page: &Page) -> Result<PageOf<ItemView>, QueryError> {
    let found = Listing::<ItemRow>::of(tx)
        .when("sku = ?", filter.sku.as_deref())
        .when("strpos(lower(sku || ' ' || name), lower(?)) > 0", filter.search.as_deref())
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(ItemView::from))
}

pub async fn get(tx: &mut TenantTx, id: ItemId) -> sqlx::Result<Option<ItemView>> {
    Ok(find::<ItemRow>(tx, id.0).await?.map(ItemView::from))
}
