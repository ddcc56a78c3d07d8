//! A goods receipt: what came in for a purchase order, where, and when. Posted once and never changed; what was left
//! for inspection is judged later, and what goes back to the vendor goes back from here.

mod delivery;
mod refusal;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use delivery::{DeliveredLine, Delivery, InspectedLine, SentBackLine};
pub use refusal::GoodsReceiptRefusal;

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::{PurchaseOrderId, UserId};
use crate::purchase_order::{JudgedLine, ReturnedLine};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoodsReceipt {
    #[default]
    NotPosted,
    Posted(Posted),
}

/// A posted receipt and what became of its lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Posted {
    pub delivery: Delivery,
    pub inspections: Vec<Vec<InspectedLine>>,
    pub returned: Vec<SentBackLine>,
}

#[derive(Clone, Debug)]
pub enum GoodsReceiptCommand {
    Post(Delivery),
    Inspect { lines: Vec<JudgedLine>, effective_date: NaiveDate, by: UserId },
    Return { lines: Vec<ReturnedLine>, effective_date: NaiveDate, by: UserId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum GoodsReceiptEvent {
    Posted(Delivery),
    /// What had been left for inspection was judged; `inspection` counts from 1.
    Inspected {
        purchase_order_id: PurchaseOrderId,
        inspection: u32,
        lines: Vec<InspectedLine>,
        effective_date: NaiveDate,
        by: UserId,
    },
    /// Accepted goods went back to the vendor.
    Returned {
        purchase_order_id: PurchaseOrderId,
        location: String,
        lines: Vec<SentBackLine>,
        effective_date: NaiveDate,
        by: UserId,
    },
}

aggregate!(GoodsReceipt, "goods_receipt", "GoodsReceipt", GoodsReceiptCommand, GoodsReceiptEvent, GoodsReceiptRefusal, {
    Posted = 1, Inspected = 1, Returned = 1,
});

impl Root for GoodsReceipt {
    aggregate!(@names GoodsReceiptEvent);

    fn decide(&self, command: GoodsReceiptCommand) -> Result<Vec<GoodsReceiptEvent>, GoodsReceiptRefusal> {
        match (self, command) {
            (Self::Posted(posted), GoodsReceiptCommand::Post(delivery)) if posted.delivery == delivery => Ok(vec![]),
            (Self::Posted(_), GoodsReceiptCommand::Post(_)) => Err(GoodsReceiptRefusal::GoodsReceiptExists),
            (Self::NotPosted, GoodsReceiptCommand::Post(delivery)) if delivery.location.trim().is_empty() => {
                Err(GoodsReceiptRefusal::LocationMissing)
            }
            (Self::NotPosted, GoodsReceiptCommand::Post(delivery)) => Ok(vec![GoodsReceiptEvent::Posted(delivery)]),
            (Self::NotPosted, _) => Err(GoodsReceiptRefusal::GoodsReceiptUnknown),
            (Self::Posted(posted), GoodsReceiptCommand::Inspect { lines, effective_date, by }) => {
                posted.not_before(effective_date)?;
                let (lines, inspection) = (posted.judged(&lines)?, posted.inspections.len() as u32 + 1);
                let purchase_order_id = posted.delivery.purchase_order_id;
                Ok(vec![GoodsReceiptEvent::Inspected { purchase_order_id, inspection, lines, effective_date, by }])
            }
            (Self::Posted(posted), GoodsReceiptCommand::Return { lines, effective_date, by }) => {
                posted.not_before(effective_date)?;
                let Delivery { purchase_order_id, ref location, .. } = posted.delivery;
                let (lines, location) = (posted.sent_back(&lines)?, location.clone());
                Ok(vec![GoodsReceiptEvent::Returned { purchase_order_id, location, lines, effective_date, by }])
            }
        }
    }
}

impl GoodsReceipt {
    pub fn posted(&self) -> Result<&Posted, GoodsReceiptRefusal> {
        match self {
            Self::NotPosted => Err(GoodsReceiptRefusal::GoodsReceiptUnknown),
            Self::Posted(posted) => Ok(posted),
        }
    }

    fn on(&mut self, event: GoodsReceiptEvent) {
        match (&mut *self, event) {
            (_, GoodsReceiptEvent::Posted(delivery)) => {
                *self = Self::Posted(Posted { delivery, inspections: vec![], returned: vec![] });
            }
            (Self::Posted(posted), GoodsReceiptEvent::Inspected { lines, .. }) => posted.inspections.push(lines),
            (Self::Posted(posted), GoodsReceiptEvent::Returned { lines, .. }) => posted.returned.extend(lines),
            (Self::NotPosted, _) => {}
        }
    }
}

impl Posted {
    /// What of a line is in the house: accepted at once or by inspection, and not sent back.
    pub fn kept(&self, line: u32) -> Decimal {
        let at_once = self.delivery.lines.iter().filter(|l| l.line == line).map(|l| l.accepted);
        let inspected = self.inspections.iter().flatten().filter(|l| l.line == line).map(|l| l.accepted);
        let returned = self.returned.iter().filter(|l| l.line == line).map(|l| l.quantity);
        at_once.chain(inspected).sum::<Decimal>() - returned.sum::<Decimal>()
    }

    /// What of a line still waits for inspection.
    pub fn to_inspect(&self, line: u32) -> Decimal {
        let came = self.delivery.lines.iter().filter(|l| l.line == line).map(|l| l.to_inspect);
        let judged = self.inspections.iter().flatten().filter(|l| l.line == line).map(|l| l.accepted + l.rejected);
        came.sum::<Decimal>() - judged.sum::<Decimal>()
    }

    /// Nothing becomes of goods before they came.
    pub fn not_before(&self, day: NaiveDate) -> Result<(), GoodsReceiptRefusal> {
        let came_on = self.delivery.effective_date;
        if day < came_on { Err(GoodsReceiptRefusal::BeforeReceipt { came_on }) } else { Ok(()) }
    }

    fn delivered(&self, line: u32) -> Result<&DeliveredLine, GoodsReceiptRefusal> {
        self.delivery.lines.iter().find(|l| l.line == line).ok_or(GoodsReceiptRefusal::ReceiptLineUnknown { line })
    }

    fn judged(&self, lines: &[JudgedLine]) -> Result<Vec<InspectedLine>, GoodsReceiptRefusal> {
        each_once(lines.iter().map(|l| l.line))?;
        lines.iter().map(|judged| self.judged_line(judged)).collect()
    }

    fn judged_line(&self, judged: &JudgedLine) -> Result<InspectedLine, GoodsReceiptRefusal> {
        let JudgedLine { line, accepted, rejected } = *judged;
        let DeliveredLine { item_id, unit_cost, currency, .. } = *self.delivered(line)?;
        let waiting = self.to_inspect(line);
        let total = accepted.checked_add(rejected).ok_or(GoodsReceiptRefusal::QuantityNotPositive { line })?;
        if accepted < Decimal::ZERO || rejected < Decimal::ZERO || total.is_zero() {
            return Err(GoodsReceiptRefusal::QuantityNotPositive { line });
        }
        if total > waiting {
            return Err(GoodsReceiptRefusal::NotWaitingForInspection { line, wanted: total, waiting });
        }
        Ok(InspectedLine { line, item_id, accepted, rejected, unit_cost, currency })
    }

    fn sent_back(&self, lines: &[ReturnedLine]) -> Result<Vec<SentBackLine>, GoodsReceiptRefusal> {
        each_once(lines.iter().map(|l| l.line))?;
        lines.iter().map(|returned| self.sent_back_line(returned)).collect()
    }

    fn sent_back_line(&self, returned: &ReturnedLine) -> Result<SentBackLine, GoodsReceiptRefusal> {
        let ReturnedLine { line, quantity, ref reason } = *returned;
        let DeliveredLine { item_id, unit_cost, currency, .. } = *self.delivered(line)?;
        let kept = self.kept(line);
        if quantity <= Decimal::ZERO {
            return Err(GoodsReceiptRefusal::QuantityNotPositive { line });
        }
        if quantity > kept {
            return Err(GoodsReceiptRefusal::ReturnExceedsReceipt { line, wanted: quantity, kept });
        }
        Ok(SentBackLine { line, item_id, quantity, reason: reason.clone(), unit_cost, currency })
    }
}

fn each_once(lines: impl Iterator<Item = u32>) -> Result<(), GoodsReceiptRefusal> {
    let mut seen = Vec::new();
    for line in lines {
        if seen.contains(&line) {
            return Err(GoodsReceiptRefusal::LineRepeated { line });
        }
        seen.push(line);
    }
    if seen.is_empty() { Err(GoodsReceiptRefusal::NoLines) } else { Ok(()) }
}
