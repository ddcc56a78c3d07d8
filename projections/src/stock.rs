//! Stock by item and location, and every movement of it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::Aggregate;
use quittance_application::ports::Later;
use quittance_domain::Currency;
use quittance_domain::ids::{GoodsReceiptId, ItemId, StockId, UserId};
use quittance_domain::stock::{Stock, StockEvent, Valuation};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::aggregate_row::{begun_before, fold};
use crate::fact::{Fact, Recorded};
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct StockRow in "stock" {
        stock_id: Uuid,
        version: i64,
        position: i64,
        item_id: Uuid,
        location: String,
        on_hand: Decimal,
        reserved: Decimal,
        valuation: Word<Valuation>,
        reservations: Json<BTreeMap<String, Decimal>>,
        low: bool,
        reorder_level: Option<Decimal>,
        moved_at: DateTime<Utc>,
    }
}

aggregate_row!(StockRow, Stock, Stock);

impl StockRow {
    fn began(event: &StockEvent, at: &Recorded) -> Option<Self> {
        let StockEvent::Opened { item_id, location, valuation } = event else { return None };
        Some(Self {
            stock_id: at.aggregate_id,
            version: 0,
            position: 0,
            item_id: item_id.0,
            location: location.clone(),
            on_hand: Decimal::ZERO,
            reserved: Decimal::ZERO,
            valuation: Word(*valuation),
            reservations: Json(BTreeMap::new()),
            low: false,
            reorder_level: None,
            moved_at: at.recorded_at,
        })
    }

    fn on(&mut self, event: &StockEvent, at: &Recorded) {
        self.on_hand = event.on_hand(self.on_hand);
        match event {
            StockEvent::RanLow { reorder_level, .. } => (self.low, self.reorder_level) = (true, Some(*reorder_level)),
            StockEvent::Recovered { reorder_level, .. } => (self.low, self.reorder_level) = (false, Some(*reorder_level)),
            StockEvent::Reserved { reference, quantity, .. } => drop(self.reservations.insert(reference.clone(), *quantity)),
            StockEvent::ReservationReleased { reference, .. } => drop(self.reservations.remove(reference)),
            StockEvent::Issued { reference: Some(reference), quantity, .. } => {
                self.used(reference.trim(), *quantity);
                self.moved_at = at.recorded_at;
            }
            StockEvent::Revalued { .. } => {}
            _ => self.moved_at = at.recorded_at,
        }
        self.reserved = self.reservations.values().sum();
    }

    fn used(&mut self, reference: &str, quantity: Decimal) {
        let left = self.reservations.get(reference).map(|reserved| *reserved - quantity);
        match left.filter(|left| *left > Decimal::ZERO) {
            Some(left) => drop(self.reservations.insert(reference.to_owned(), left)),
            None => drop(self.reservations.remove(reference)),
        }
    }
}

row! {
    pub struct StockMovementRow in "stock_movements" {
        position: i64,
        stock_id: Uuid,
        item_id: Uuid,
        location: String,
        kind: Word<MovementKind>,
        difference: Decimal,
        on_hand: Decimal,
        unit_cost: Option<Decimal>,
        currency: Option<Word<Currency>>,
        reason: Option<String>,
        receipt_id: Option<Uuid>,
        receipt_line: Option<i64>,
        moved_by: Uuid,
        effective_date: NaiveDate,
        recorded_at: DateTime<Utc>,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MovementKind {
    Received,
    Issued,
    Returned,
    BroughtBack,
    Adjusted,
    Counted,
    SentAway,
    TakenIn,
}

/// Stock and its movements, which take item and place from it.
pub struct StockLevels;

impl Projector for StockLevels {
    fn name(&self) -> &'static str {
        "stock"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["stock", "stock_movements"]
    }

    fn folds(&self) -> &'static [&'static str] {
        const { &[Stock::TYPE] }
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let stock = memory.rows::<StockRow>();
            stock.fetch(tx, begun_before(events, |fact| matches!(fact, Fact::Stock(_)))).await?;
            let mut moved = Vec::new();
            for at in events {
                if let Fact::Stock(event) = &at.fact {
                    fold(stock, event, at)?;
                    moved.extend(stock.get(&at.aggregate_id).and_then(|row| StockMovementRow::of(event, row, at)));
                }
            }
            stock.flush(tx).await?;
            let movements = memory.rows::<StockMovementRow>();
            moved.into_iter().for_each(|row| movements.put(row));
            movements.flush_and_forget(tx).await
        })
    }
}

impl StockMovementRow {
    /// `stock` is what the event has made of it. What goes from place to place says the other place for a reason.
    fn of(event: &StockEvent, stock: &StockRow, at: &Recorded) -> Option<Self> {
        let still = |kind, difference, effective_date| Self {
            position: at.position,
            stock_id: stock.stock_id,
            item_id: stock.item_id,
            location: stock.location.clone(),
            kind: Word(kind),
            difference,
            on_hand: stock.on_hand,
            unit_cost: None,
            currency: None,
            reason: None,
            receipt_id: None,
            receipt_line: None,
            moved_by: at.actor,
            effective_date,
            recorded_at: at.recorded_at,
        };
        Some(match event {
            StockEvent::Received { receipt, quantity, unit_cost, currency, effective_date, .. } => Self {
                unit_cost: Some(*unit_cost),
                currency: Some(Word(*currency)),
                receipt_id: Some(receipt.receipt_id.0),
                receipt_line: Some(i64::from(receipt.line)),
                ..still(MovementKind::Received, *quantity, *effective_date)
            },
            StockEvent::Issued { quantity, reason, by, effective_date, .. } => {
                Self { reason: Some(reason.clone()), moved_by: by.0, ..still(MovementKind::Issued, -*quantity, *effective_date) }
            }
            StockEvent::Returned { receipt, quantity, unit_cost, currency, reason, by, effective_date, .. } => Self {
                unit_cost: Some(*unit_cost),
                currency: Some(Word(*currency)),
                reason: Some(reason.clone()),
                receipt_id: Some(receipt.receipt_id.0),
                receipt_line: Some(i64::from(receipt.line)),
                moved_by: by.0,
                ..still(MovementKind::Returned, -*quantity, *effective_date)
            },
            StockEvent::BroughtBack { quantity, reason, by, effective_date, .. } => {
                Self { reason: Some(reason.clone()), moved_by: by.0, ..still(MovementKind::BroughtBack, *quantity, *effective_date) }
            }
            StockEvent::Adjusted { difference, reason, by, effective_date, .. } => {
                Self { reason: Some(reason.clone()), moved_by: by.0, ..still(MovementKind::Adjusted, *difference, *effective_date) }
            }
            StockEvent::Counted { difference, by, effective_date, .. } => {
                Self { moved_by: by.0, ..still(MovementKind::Counted, *difference, *effective_date) }
            }
            StockEvent::SentAway { to, quantity, by, effective_date, .. } => {
                Self { reason: Some(to.clone()), moved_by: by.0, ..still(MovementKind::SentAway, -*quantity, *effective_date) }
            }
            StockEvent::TakenIn { from, quantity, by, effective_date, .. } => {
                Self { reason: Some(from.clone()), moved_by: by.0, ..still(MovementKind::TakenIn, *quantity, *effective_date) }
            }
            StockEvent::Opened { .. }
            | StockEvent::Reserved { .. }
            | StockEvent::ReservationReleased { .. }
            | StockEvent::Revalued { .. }
            | StockEvent::RanLow { .. }
            | StockEvent::Recovered { .. } => return None,
        })
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StockView {
    pub id: StockId,
    pub version: i64,
    pub item_id: ItemId,
    pub location: String,
    #[schema(value_type = String)]
    pub on_hand: Decimal,
    /// What is set aside, in all and by reference.
    #[schema(value_type = String)]
    pub reserved: Decimal,
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub reservations: BTreeMap<String, Decimal>,
    pub valuation: Valuation,
    /// At or below the reorder level since the last crossing.
    pub low: bool,
    #[schema(value_type = Option<String>)]
    pub reorder_level: Option<Decimal>,
    pub moved_at: DateTime<Utc>,
}

impl From<StockRow> for StockView {
    fn from(row: StockRow) -> Self {
        Self {
            id: StockId(row.stock_id),
            version: row.version,
            item_id: ItemId(row.item_id),
            location: row.location,
            on_hand: row.on_hand,
            reserved: row.reserved,
            reservations: row.reservations.0,
            valuation: row.valuation.0,
            low: row.low,
            reorder_level: row.reorder_level,
            moved_at: row.moved_at,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StockFilter {
    pub item_id: Option<ItemId>,
    pub location: Option<String>,
    pub low: Option<bool>,
}

const SORTS: &[Sort<StockRow>] = &[
    Sort { name: "id", column: "stock_id", cast: "uuid", key: |row| row.stock_id.to_string() },
    Sort { name: "location", column: "location", cast: "text", key: |row| row.location.clone() },
    Sort { name: "on_hand", column: "on_hand", cast: "numeric", key: |row| row.on_hand.to_string() },
];

pub async fn list(tx: &mut TenantTx, filter: &StockFilter, page: &Page) -> Result<PageOf<StockView>, QueryError> {
    let found = Listing::<StockRow>::of(tx)
        .when("item_id = ?", filter.item_id.map(Uuid::from))
        .when("location = ?", filter.location.as_deref())
        .when("low = ?", filter.low)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(StockView::from))
}

pub async fn get(tx: &mut TenantTx, id: StockId) -> sqlx::Result<Option<StockView>> {
    Ok(find::<StockRow>(tx, id.0).await?.map(StockView::from))
}

/// One movement: what it changed and what was there afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StockMovementView {
    pub position: i64,
    pub stock_id: StockId,
    pub item_id: ItemId,
    pub location: String,
    pub kind: MovementKind,
    #[schema(value_type = String)]
    pub difference: Decimal,
    #[schema(value_type = String)]
    pub on_hand: Decimal,
    #[schema(value_type = Option<String>)]
    pub unit_cost: Option<Decimal>,
    /// Of the cost.
    pub currency: Option<Currency>,
    pub reason: Option<String>,
    pub receipt: Option<ReceiptRef>,
    pub moved_by: UserId,
    pub effective_date: NaiveDate,
    pub recorded_at: DateTime<Utc>,
}

/// The line of the goods receipt that a movement came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceiptRef {
    pub goods_receipt_id: GoodsReceiptId,
    pub line: i64,
}

impl From<StockMovementRow> for StockMovementView {
    fn from(row: StockMovementRow) -> Self {
        let receipt = row.receipt_id.zip(row.receipt_line);
        Self {
            position: row.position,
            stock_id: StockId(row.stock_id),
            item_id: ItemId(row.item_id),
            location: row.location,
            kind: row.kind.0,
            difference: row.difference,
            on_hand: row.on_hand,
            unit_cost: row.unit_cost,
            currency: row.currency.map(|c| c.0),
            reason: row.reason,
            receipt: receipt.map(|(id, line)| ReceiptRef { goods_receipt_id: GoodsReceiptId(id), line }),
            moved_by: UserId(row.moved_by),
            effective_date: row.effective_date,
            recorded_at: row.recorded_at,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StockMovementFilter {
    pub item_id: Option<ItemId>,
    pub location: Option<String>,
    pub kind: Option<MovementKind>,
    pub effective_from: Option<NaiveDate>,
    /// Inclusive.
    pub effective_to: Option<NaiveDate>,
}

const MOVEMENT_SORTS: &[Sort<StockMovementRow>] =
    &[Sort { name: "position", column: "position", cast: "bigint", key: |row| row.position.to_string() }];

pub async fn movements(tx: &mut TenantTx, filter: &StockMovementFilter, page: &Page) -> Result<PageOf<StockMovementView>, QueryError> {
    let found = Listing::<StockMovementRow>::of(tx)
        .when("item_id = ?", filter.item_id.map(Uuid::from))
        .when("location = ?", filter.location.as_deref())
        .when("kind = ?", filter.kind.map(Word))
        .when("effective_date >= ?", filter.effective_from)
        .when("effective_date <= ?", filter.effective_to)
        .page(tx, MOVEMENT_SORTS, filter, page)
        .await?;
    Ok(found.map(StockMovementView::from))
}
