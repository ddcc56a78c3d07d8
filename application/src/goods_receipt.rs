//! Posting a goods receipt against its order, judging what was left for inspection, sending goods back: each in one write.
//! Stock that comes in follows by the process manager; what goes back leaves it in the same write, for it must be there.

use chrono::NaiveDate;
use quittance_domain::RefusalKind;
use quittance_domain::calendar::Posting;
use quittance_domain::goods_receipt::{DeliveredLine, Delivery, GoodsReceipt, GoodsReceiptCommand};
use quittance_domain::ids::{GoodsReceiptId, PurchaseOrderId};
use quittance_domain::item::Item;
use quittance_domain::purchase_order::{
    JudgedLine, Order, PurchaseOrder, PurchaseOrderCommand, PurchaseOrderRefusal, ReceivedLine, ReturnedLine,
};
use quittance_domain::stock::{ReceiptLine, StockAction, StockRefusal};
use quittance_domain::tolerance::Tolerances;
use rust_decimal::Decimal;

use crate::calendar::admit;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::location::admit_place;
use crate::purchase_order::contents;
use crate::stock::{move_stock, quantity_at};
use crate::tolerance::tolerances_id;
use crate::value_date::no_day_to_come;
use crate::work::Work;

pub struct PostReceipt {
    pub id: GoodsReceiptId,
    pub purchase_order_id: PurchaseOrderId,
    pub location: String,
    pub effective_date: NaiveDate,
    pub delivery_note: Option<String>,
    pub lines: Vec<ReceivedLine>,
    pub over_receipt_allowed: bool,
}

impl UseCase for PostReceipt {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.reserve_primary::<GoodsReceipt>(self.id);
        no_day_to_come("/effective_date", self.effective_date, work.ctx.today())?;
        admit(work, [self.effective_date], Posting::Document).await?;
        admit_place(work, &self.location, "/location").await?;
        let order = work.take::<PurchaseOrder>(self.purchase_order_id).await?;
        let Ok(order) = order.order() else {
            let detail = "there is no such purchase order";
            return Err(Refused::new("purchase_order_unknown", RefusalKind::Invalid, detail).at("/purchase_order_id").into());
        };
        let receive = PurchaseOrderCommand::Receive {
            receipt_id: self.id,
            lines: self.lines.clone(),
            over_receipt_allowed: self.over_receipt_allowed,
            approval_needed: work.load::<Tolerances>(tolerances_id(work.tenant())).await?.set.orders_need_approval,
        };
        work.decide::<PurchaseOrder>(self.purchase_order_id, receive).await?;
        let mut lines = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            lines.push(delivered(work, order, line).await?);
        }
        let delivery = Delivery {
            purchase_order_id: self.purchase_order_id,
            location: self.location.clone(),
            effective_date: self.effective_date,
            delivery_note: self.delivery_note.clone(),
            lines,
            received_by: work.ctx.actor,
        };
        work.create::<GoodsReceipt>(self.id, GoodsReceiptCommand::Post(delivery))?;
        Ok(())
    }
}

/// The line of a receipt, in the order's unit, with how many of the item's that is.
async fn delivered(work: &mut Work<'_>, order: &Order, received: &ReceivedLine) -> Result<DeliveredLine, Failure> {
    let ordered = order.line(received.line).ok_or(PurchaseOrderRefusal::LineUnknown { line: received.line })?;
    let delivered = DeliveredLine {
        line: received.line,
        item_id: ordered.item_id,
        accepted: received.accepted,
        rejected: received.rejected,
        to_inspect: received.to_inspect,
        unit_cost: ordered.unit_price,
        currency: order.currency,
        contains: contents(ordered.line, ordered.units(), work.load::<Item>(ordered.item_id).await?.card()?)
            .map_err(|refused| refused.at("/lines"))?,
    };
    let quantities = [delivered.accepted, delivered.rejected, delivered.to_inspect];
    let all = quantities.into_iter().try_fold(Decimal::ZERO, |sum, quantity| sum.checked_add(quantity));
    stocked(&delivered, all.ok_or(StockRefusal::QuantityTooLarge)?)?;
    Ok(delivered)
}

/// So many of a receipt's line as its stock counts them, and what one costs.
pub(crate) fn stocked(delivered: &DeliveredLine, quantity: Decimal) -> Result<(Decimal, Decimal), StockRefusal> {
    delivered.stocked(quantity).zip(delivered.stocked_cost()).ok_or(StockRefusal::QuantityTooLarge)
}

/// Says of goods that wait for inspection which are accepted.
pub struct InspectReceipt {
    pub id: GoodsReceiptId,
    pub lines: Vec<JudgedLine>,
    pub effective_date: NaiveDate,
}

impl UseCase for InspectReceipt {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let receipt = work.take::<GoodsReceipt>(self.id).await?;
        let order = receipt.posted()?.delivery.purchase_order_id;
        let (lines, effective_date, by) = (self.lines.clone(), self.effective_date, work.ctx.actor);
        no_day_to_come("/effective_date", effective_date, work.ctx.today())?;
        admit(work, [effective_date], Posting::Document).await?;
        work.decide::<GoodsReceipt>(self.id, GoodsReceiptCommand::Inspect { lines: lines.clone(), effective_date, by }).await?;
        work.decide::<PurchaseOrder>(order, PurchaseOrderCommand::Inspect { receipt_id: self.id, lines }).await.map(drop)
    }
}

/// Sends accepted goods back to the vendor.
pub struct ReturnGoods {
    pub id: GoodsReceiptId,
    pub lines: Vec<ReturnedLine>,
    pub effective_date: NaiveDate,
}

impl UseCase for ReturnGoods {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let receipt = work.take::<GoodsReceipt>(self.id).await?;
        let delivery = &receipt.posted()?.delivery;
        let (lines, effective_date, by) = (self.lines.clone(), self.effective_date, work.ctx.actor);
        no_day_to_come("/effective_date", effective_date, work.ctx.today())?;
        admit(work, [effective_date], Posting::Document).await?;
        work.decide::<GoodsReceipt>(self.id, GoodsReceiptCommand::Return { lines: lines.clone(), effective_date, by }).await?;
        for line in &self.lines {
            self.take_from_stock(work, delivery, line).await?;
        }
        let back = PurchaseOrderCommand::Return { receipt_id: self.id, lines };
        work.decide::<PurchaseOrder>(delivery.purchase_order_id, back).await.map(drop)
    }
}

impl ReturnGoods {
    async fn take_from_stock(&self, work: &mut Work<'_>, delivery: &Delivery, returned: &ReturnedLine) -> Result<(), Failure> {
        let ReturnedLine { line, quantity, ref reason } = *returned;
        let Some(delivered) = delivery.lines.iter().find(|l| l.line == line) else { return Ok(()) };
        let receipt = ReceiptLine { receipt_id: self.id, line, inspection: 0 };
        let (quantity, unit_cost) = stocked(delivered, quantity)?;
        let (currency, by) = (delivered.currency, work.ctx.actor);
        let (received_on, reason) = (delivery.effective_date, reason.clone());
        let action = StockAction::Return { receipt, quantity, unit_cost, currency, received_on, reason, by };
        move_stock(work, delivered.item_id, &delivery.location, self.effective_date, action).await.map_err(quantity_at("/lines"))
    }
}
