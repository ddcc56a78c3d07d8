//! Placing an order that comes as a document: its vendor and items are found by their numbers, or registered as it names them.

use chrono::NaiveDate;
use quittance_domain::ids::{ItemId, OrderDocumentId, PurchaseOrderId, VendorId};
use quittance_domain::invoice::Source;
use quittance_domain::item::{Item, ItemCard, ItemCommand, sku_key};
use quittance_domain::matching::MatchingMode;
use quittance_domain::order_document::{OrderDocument, OrderDocumentCommand, StatedAdjustment, StatedLine, StatedOrder, file_key};
use quittance_domain::party::Party;
use quittance_domain::purchase_order::{WantedLine, number_key};
use quittance_domain::{Currency, RefusalKind};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::ports::Original;
use crate::purchase_order::PlaceOrder;
use crate::vendor::{known_vendor, register_seller};
use crate::work::Work;

/// What an item is counted in where nobody says: one.
const UNIT_DEFAULT: &str = "C62";

/// An order as its document states it, before vendor and items are known.
#[derive(Clone, Debug)]
pub struct OrderCapture {
    pub number: String,
    pub currency: Currency,
    pub issue_date: NaiveDate,
    pub buyer: Party,
    pub seller: Party,
    pub quotation: Option<String>,
    pub contract: Option<String>,
    pub payment_terms: Option<String>,
    pub requested_from: Option<NaiveDate>,
    pub requested_until: Option<NaiveDate>,
    pub adjustments: Vec<StatedAdjustment>,
    pub payable: Option<Decimal>,
    pub lines: Vec<CapturedLine>,
    pub notes: Vec<String>,
    pub source: Source,
    pub original: Original,
}

#[derive(Clone, Debug)]
pub struct CapturedLine {
    pub stated: StatedLine,
    pub name: Option<String>,
    pub quantity: Decimal,
    /// Absent where the document leaves it to what was agreed.
    pub unit_price: Option<Decimal>,
    /// The buyer's number of the item: our SKU.
    pub buyer_number: Option<String>,
    /// A number that everybody uses, such as a GTIN.
    pub standard_number: Option<String>,
    pub seller_number: Option<String>,
}

pub struct ImportOrder {
    pub id: PurchaseOrderId,
    pub document_id: OrderDocumentId,
    /// Used if the seller is unknown.
    pub new_vendor: VendorId,
    /// One for each line, used if its item is unknown.
    pub new_items: Vec<ItemId>,
    pub capture: OrderCapture,
}

impl UseCase for ImportOrder {
    type Output = VendorId;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<VendorId, Failure> {
        let capture = &self.capture;
        self.refuse_repeats(work).await?;
        let vendor_id = match known_vendor(work, &capture.seller).await? {
            Some(known) => known,
            None => register_seller(work, self.new_vendor, &capture.seller, capture.currency)?,
        };
        let mut lines = Vec::with_capacity(capture.lines.len());
        for (line, new_item) in capture.lines.iter().zip(&self.new_items) {
            let (item_id, name) = item(work, line, &capture.seller, *new_item).await?;
            lines.push(order_line(line, item_id, name));
        }
        let (number, currency, charges) = (capture.number.clone(), capture.currency, vec![]);
        PlaceOrder { id: self.id, vendor_id, number, currency, lines, charges }.attempt(work).await?;
        work.keep(capture.original.clone());
        let stated = Box::new(capture.stated(self.id, work));
        work.create::<OrderDocument>(self.document_id, OrderDocumentCommand::Keep(stated))?;
        Ok(vendor_id)
    }

    /// Somebody else was faster: the vendor or item is known now, or this is a repeat.
    fn looks_again(&self, taken: &'static str) -> bool {
        matches!(taken, "vendor_exists" | "sku_taken" | "number_taken" | "duplicate_order")
    }
}

impl ImportOrder {
    /// The same file twice is one order, and so is the same number. Both are taken in one transaction: the number is
    /// asked first, so that whoever finds it taken by this very file finds the file as well.
    async fn refuse_repeats(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let numbered = work.holder(&number_key(&self.capture.number)).await?;
        if let Some(document) = work.holder(&file_key(self.capture.source.sha256().unwrap_or_default())).await? {
            let kept = work.load::<OrderDocument>(document).await?;
            let order = kept.stated().map(|stated| stated.purchase_order_id.0);
            return Err(repeated("duplicate_order", "an order was made of this document", order));
        }
        match numbered {
            Some(order) => Err(repeated("number_taken", "another purchase order has this number", Some(order))),
            None => Ok(()),
        }
    }
}

fn repeated(code: &'static str, detail: &str, existing_id: Option<Uuid>) -> Failure {
    Failure::from(Refused { existing_id, ..Refused::new(code, RefusalKind::State, detail) })
}

/// The item of a line by the numbers that name it, and what the line calls it.
async fn item(work: &mut Work<'_>, line: &CapturedLine, seller: &Party, new_item: ItemId) -> Result<(ItemId, String), Failure> {
    let skus = line.skus(seller);
    for sku in &skus {
        if let Some(known) = work.holder(&sku_key(sku)).await?.map(ItemId) {
            let item = work.load::<Item>(known).await?;
            let card = item.card()?;
            line.check_unit(card)?;
            return Ok((known, line.name.clone().unwrap_or_else(|| card.name.clone())));
        }
    }
    let Some(sku) = skus.into_iter().next() else {
        let detail = format!("line {} does not say by any number what is ordered", line.stated.stated_id);
        return Err(Refused::new("item_unidentified", RefusalKind::Invalid, detail).at("/lines").into());
    };
    let name = line.name.clone().unwrap_or_else(|| sku.clone());
    let unit = line.stated.unit.clone().unwrap_or_else(|| UNIT_DEFAULT.to_owned());
    work.create::<Item>(new_item, ItemCommand::Create { card: ItemCard::of(sku, name.clone(), unit) })?;
    Ok((new_item, name))
}

fn order_line(line: &CapturedLine, item_id: ItemId, description: String) -> WantedLine {
    let (unit, contains, matching) = (line.stated.unit.clone(), None, MatchingMode::default());
    let CapturedLine { stated: StatedLine { line, .. }, quantity, unit_price, .. } = *line;
    WantedLine { line, item_id, description, quantity, unit_price, unit, contains, conversions: vec![], due_date: None, matching }
}

impl CapturedLine {
    /// Under what the item may be known, best first. A seller's number says something only together with the seller.
    pub fn skus(&self, seller: &Party) -> Vec<String> {
        let of_seller = self.seller_number.as_ref().map(|number| {
            let keys = seller.identity_keys();
            format!("{}/{number}", keys.first().cloned().unwrap_or_else(|| seller.name_key()))
        });
        [self.buyer_number.clone(), self.standard_number.clone(), of_seller].into_iter().flatten().collect()
    }

    fn check_unit(&self, card: &ItemCard) -> Result<(), Refused> {
        match &self.stated.unit {
            Some(unit) if *unit != card.unit && card.factor_of(unit).is_none() => {
                Err(unit_differs(&self.stated.stated_id, unit, &card.unit))
            }
            _ => Ok(()),
        }
    }
}

/// Quantities of different units are never added, unless somebody says how many of the one the other is.
pub(crate) fn unit_differs(line: &str, stated: &str, counted_in: &str) -> Refused {
    let detail = format!("line {line} is in {stated}, and nobody says how many {counted_in} that is");
    Refused::new("unit_differs", RefusalKind::Invalid, detail).at("/lines")
}

impl OrderCapture {
    fn stated(&self, purchase_order_id: PurchaseOrderId, work: &Work<'_>) -> StatedOrder {
        StatedOrder {
            purchase_order_id,
            issue_date: self.issue_date,
            buyer: self.buyer.clone(),
            seller: self.seller.clone(),
            quotation: self.quotation.clone(),
            contract: self.contract.clone(),
            payment_terms: self.payment_terms.clone(),
            requested_from: self.requested_from,
            requested_until: self.requested_until,
            adjustments: self.adjustments.clone(),
            payable: self.payable,
            lines: self.lines.iter().map(|line| line.stated.clone()).collect(),
            notes: self.notes.clone(),
            source: self.source.clone(),
            kept_by: work.ctx.actor,
        }
    }
}
