//! Posting a goods receipt against its order, in one write; stock follows by the process manager.

use chrono::NaiveDate;
use quittance_domain::RefusalKind;
use quittance_domain::calendar::Posting;
use quittance_domain::goods_receipt::{DeliveredLine, Delivery, GoodsReceipt, GoodsReceiptCommand};
use quittance_domain::ids::{GoodsReceiptId, PurchaseOrderId};
use quittance_domain::purchase_order::{Order, PurchaseOrder, PurchaseOrderCommand, PurchaseOrderRefusal, ReceivedLine};

use crate::calendar::admit;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
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
        admit(work, [self.effective_date], Posting::Document).await?;
        let order = work.take::<PurchaseOrder>(self.purchase_order_id).await?;
        let Ok(order) = order.order() else {
            let detail = "there is no such purchase order";
            return Err(Refused::new("purchase_order_unknown", RefusalKind::Invalid, detail).at("/purchase_order_id").into());
        };
        let receive = PurchaseOrderCommand::Receive {
            receipt_id: self.id,
            lines: self.lines.clone(),
            over_receipt_allowed: self.over_receipt_allowed,
        };
        work.decide::<PurchaseOrder>(self.purchase_order_id, receive).await?;
        let delivery = Delivery {
            purchase_order_id: self.purchase_order_id,
            location: self.location.clone(),
            effective_date: self.effective_date,
            delivery_note: self.delivery_note.clone(),
            lines: self.lines.iter().map(|line| delivered(order, line)).collect::<Result<_, _>>()?,
            received_by: work.ctx.actor,
        };
        work.create::<GoodsReceipt>(self.id, GoodsReceiptCommand::Post(delivery))?;
        Ok(())
    }
}

fn delivered(order: &Order, received: &ReceivedLine) -> Result<DeliveredLine, PurchaseOrderRefusal> {
    let ordered = order.line(received.line).ok_or(PurchaseOrderRefusal::LineUnknown { line: received.line })?;
    Ok(DeliveredLine {
        line: received.line,
        item_id: ordered.item_id,
        accepted: received.accepted,
        rejected: received.rejected,
        unit_cost: ordered.unit_price,
        currency: order.currency,
    })
}
