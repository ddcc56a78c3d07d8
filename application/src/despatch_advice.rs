//! Announcing what a vendor says is on its way, and receiving it once people have counted it.

use chrono::NaiveDate;
use quittance_domain::RefusalKind;
use quittance_domain::despatch_advice::{AnnouncedLine, Announcement, DespatchAdvice, DespatchAdviceCommand};
use quittance_domain::ids::{DespatchAdviceId, GoodsReceiptId, PurchaseOrderId, VendorId};
use quittance_domain::invoice::Source;
use quittance_domain::order_document::{OrderDocument, StatedOrder, order_key};
use quittance_domain::party::Party;
use quittance_domain::purchase_order::{Order, OrderLine, PurchaseOrder, ReceivedLine, number_key};
use rust_decimal::Decimal;

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::goods_receipt::PostReceipt;
use crate::order_document::unit_differs;
use crate::ports::Original;
use crate::vendor::{known_vendor, survivor};
use crate::work::Work;

/// An advice as its document states it, before its order is known.
#[derive(Clone, Debug)]
pub struct AdviceCapture {
    pub number: String,
    pub issue_date: NaiveDate,
    pub despatch_date: Option<NaiveDate>,
    pub expected_date: Option<NaiveDate>,
    pub tracking: Option<String>,
    /// The number of the order that all of it answers to.
    pub order_number: String,
    /// Who sold the goods, where that is said: who sends them may be a carrier.
    pub seller: Option<Party>,
    pub lines: Vec<DespatchedLine>,
    pub source: Source,
    pub original: Original,
}

#[derive(Clone, Debug)]
pub struct DespatchedLine {
    /// As the order's document calls its line.
    pub order_line: String,
    pub quantity: Decimal,
    pub unit: Option<String>,
}

/// Takes an advice in. The same number of the same vendor is one advice.
pub struct AnnounceDespatch {
    pub id: DespatchAdviceId,
    pub capture: AdviceCapture,
}

impl UseCase for AnnounceDespatch {
    type Output = PurchaseOrderId;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<PurchaseOrderId, Failure> {
        let capture = &self.capture;
        work.reserve_primary::<DespatchAdvice>(self.id);
        let purchase_order_id = ordered_as(work, &capture.order_number).await?;
        let order = work.load::<PurchaseOrder>(purchase_order_id).await?;
        let order = order.order()?;
        check_seller(work, capture.seller.as_ref(), order.vendor_id).await?;
        let announcement = Announcement {
            purchase_order_id,
            vendor_id: order.vendor_id,
            number: capture.number.clone(),
            issue_date: capture.issue_date,
            despatch_date: capture.despatch_date,
            expected_date: capture.expected_date,
            tracking: capture.tracking.clone(),
            lines: lines(work, &capture.lines, purchase_order_id, order).await?,
            source: capture.source.clone(),
            announced_by: work.ctx.actor,
        };
        work.keep(capture.original.clone());
        work.create::<DespatchAdvice>(self.id, DespatchAdviceCommand::Announce(Box::new(announcement)))?;
        Ok(purchase_order_id)
    }
}

async fn ordered_as(work: &Work<'_>, number: &str) -> Result<PurchaseOrderId, Failure> {
    let order = work.holder(&number_key(number)).await?;
    let unknown = || Refused::new("purchase_order_unknown", RefusalKind::Invalid, format!("there is no purchase order {number}"));
    Ok(PurchaseOrderId(order.ok_or_else(unknown)?))
}

/// A seller that we know must be the order's; one that we do not know proves nothing.
async fn check_seller(work: &mut Work<'_>, seller: Option<&Party>, of_order: VendorId) -> Result<(), Failure> {
    let Some(seller) = seller else { return Ok(()) };
    match known_vendor(work, seller).await? {
        Some(known) if known != survivor(work, of_order).await? => {
            let detail = format!("{} is another vendor than the order's", seller.name);
            Err(Refused::new("other_vendor", RefusalKind::Invalid, detail).into())
        }
        _ => Ok(()),
    }
}

/// What is announced of each line of the order; a vendor may send one line in several parcels.
async fn lines(
    work: &mut Work<'_>,
    despatched: &[DespatchedLine],
    order_id: PurchaseOrderId,
    order: &Order,
) -> Result<Vec<AnnouncedLine>, Failure> {
    let document = match work.holder(&order_key(order_id)).await? {
        Some(document) => Some(work.load::<OrderDocument>(document).await?),
        None => None,
    };
    let stated = document.as_ref().and_then(|document| document.stated());
    let mut announced: Vec<AnnouncedLine> = Vec::with_capacity(despatched.len());
    for part in despatched.iter().filter(|part| !part.quantity.is_zero()) {
        let ordered = line_of(part, stated).and_then(|line| order.line(line)).ok_or_else(|| unknown_line(part))?;
        add(&mut announced, ordered.line, in_its_unit(part, ordered)?, part)?;
    }
    Ok(announced)
}

/// The order's own document says what it calls its lines; an order without one calls them by their numbers.
fn line_of(part: &DespatchedLine, stated: Option<&StatedOrder>) -> Option<u32> {
    match stated {
        Some(stated) => stated.line_called(&part.order_line),
        None => part.order_line.parse().ok(),
    }
}

fn unknown_line(part: &DespatchedLine) -> Refused {
    Refused::new("line_unknown", RefusalKind::Invalid, format!("the order has no line {}", part.order_line)).at("/lines")
}

/// As the order counts its line.
fn in_its_unit(part: &DespatchedLine, ordered: &OrderLine) -> Result<Decimal, Refused> {
    let Some(unit) = &part.unit else { return Ok(part.quantity) };
    let counted = ordered.units().counted(part.quantity, unit);
    counted.ok_or_else(|| unit_differs(&part.order_line, unit, ordered.unit.as_deref().unwrap_or_default()))
}

fn add(announced: &mut Vec<AnnouncedLine>, line: u32, quantity: Decimal, part: &DespatchedLine) -> Result<(), Refused> {
    let Some(so_far) = announced.iter_mut().find(|earlier| earlier.line == line) else {
        announced.push(AnnouncedLine { line, quantity });
        return Ok(());
    };
    let too_much = || Refused::new("quantity_too_large", RefusalKind::Invalid, format!("line {}", part.order_line)).at("/lines");
    so_far.quantity = so_far.quantity.checked_add(quantity).ok_or_else(too_much)?;
    Ok(())
}

/// The goods of an advice are here: posts their receipt against the order, as counted.
pub struct ReceiveDespatch {
    pub id: GoodsReceiptId,
    pub advice_id: DespatchAdviceId,
    pub location: String,
    pub effective_date: NaiveDate,
    /// What was counted; all of it as announced where absent.
    pub lines: Option<Vec<ReceivedLine>>,
    pub over_receipt_allowed: bool,
}

impl UseCase for ReceiveDespatch {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let advice = work.take::<DespatchAdvice>(self.advice_id).await?;
        let announcement = advice.announcement()?;
        let receive = DespatchAdviceCommand::Receive { goods_receipt_id: self.id, by: work.ctx.actor };
        work.decide::<DespatchAdvice>(self.advice_id, receive).await?;
        let receipt = PostReceipt {
            id: self.id,
            purchase_order_id: announcement.purchase_order_id,
            location: self.location.clone(),
            effective_date: self.effective_date,
            delivery_note: Some(announcement.number.clone()),
            lines: self.lines.clone().unwrap_or_else(|| as_announced(announcement)),
            over_receipt_allowed: self.over_receipt_allowed,
        };
        receipt.attempt(work).await
    }
}

fn as_announced(announcement: &Announcement) -> Vec<ReceivedLine> {
    let accepted = |line: &AnnouncedLine| ReceivedLine::of(line.line, line.quantity, Decimal::ZERO);
    announcement.lines.iter().map(accepted).collect()
}
