//! Moving stock by hand: issue, adjust, count, reserve, release; and from place to place, both in one write.

use chrono::NaiveDate;
use quittance_domain::RefusalKind;
use quittance_domain::calendar::Posting;
use quittance_domain::ids::{ItemId, StockId};
use quittance_domain::item::Item;
use quittance_domain::stock::{Stock, StockAction, StockCommand, StockPlace};
use quittance_domain::tenant::Tenant;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::calendar::admit;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::location::admit_place;
use crate::value_date::no_day_to_come;
use crate::work::Work;

pub struct MoveStock {
    pub item_id: ItemId,
    pub location: String,
    pub effective_date: NaiveDate,
    pub action: StockAction,
}

impl UseCase for MoveStock {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        no_day_to_come("/effective_date", self.effective_date, work.ctx.today())?;
        admit_place(work, &self.location, "/location").await?;
        let moved = move_stock(work, self.item_id, &self.location, self.effective_date, self.action.clone()).await;
        let field = match self.action {
            StockAction::Adjust { .. } => "/difference",
            StockAction::Count { .. } => "/counted",
            _ => return moved,
        };
        moved.map_err(quantity_at(field))
    }
}

/// A quantity that a stock refuses has another name in some requests.
pub(crate) fn quantity_at(pointer: &'static str) -> impl Fn(Failure) -> Failure {
    move |failure| failure.told(|refused| if refused.pointer.as_deref() == Some("/quantity") { refused.at(pointer) } else { refused })
}

/// Takes goods from one place to another, as they are and at what they cost.
pub struct TransferStock {
    pub transfer: Uuid,
    pub item_id: ItemId,
    pub from: String,
    pub to: String,
    pub quantity: Decimal,
    pub effective_date: NaiveDate,
}

impl UseCase for TransferStock {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let Self { transfer, item_id, from, to, quantity, effective_date } = self;
        no_day_to_come("/effective_date", *effective_date, work.ctx.today())?;
        admit_place(work, from, "/location").await?;
        admit_place(work, to, "/to").await?;
        let by = work.ctx.actor;
        let send = StockAction::SendAway { transfer: *transfer, to: to.clone(), quantity: *quantity, by };
        move_stock(work, *item_id, from, *effective_date, send).await?;
        let take = StockAction::TakeIn { transfer: *transfer, from: from.clone(), quantity: *quantity, by };
        move_stock(work, *item_id, to, *effective_date, take).await
    }
}

/// The item must exist; its reorder level goes along with the movement.
pub async fn move_stock(
    work: &mut Work<'_>,
    item_id: ItemId,
    location: &str,
    effective_date: NaiveDate,
    action: StockAction,
) -> Result<(), Failure> {
    let item = work.load::<Item>(item_id).await?;
    let card = item.card().map_err(|_| Refused::new("item_unknown", RefusalKind::Invalid, "there is no such item").at("/item_id"))?;
    let below_zero_allowed =
        work.load::<Tenant>(work.tenant()).await?.company().is_ok_and(|company| company.stock_rules.below_zero_allowed);
    let place = StockPlace {
        item_id,
        location: location.to_owned(),
        reorder_level: card.reorder_level,
        valuation: card.valuation.unwrap_or_default(),
        below_zero_allowed,
    };
    let id = StockId::of(item_id, location);
    let counted_after = match action {
        StockAction::Count { .. } => work.take::<Stock>(id).await?.counted_after(effective_date),
        _ => None,
    };
    match work.decide::<Stock>(id, StockCommand { place, effective_date, action }).await? {
        0 => Ok(()),
        _ => admit(work, std::iter::once(effective_date).chain(counted_after), Posting::Document).await,
    }
}
