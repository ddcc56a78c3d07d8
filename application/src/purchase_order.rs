//! Placing and amending an order, with a vendor that exists, for items that exist.

use quittance_domain::ids::{PurchaseOrderId, VendorId};
use quittance_domain::item::Item;
use quittance_domain::purchase_order::{AgreedCharge, OrderLine, PurchaseOrder, PurchaseOrderCommand};
use quittance_domain::vendor::Vendor;
use quittance_domain::{Currency, RefusalKind};

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::vendor::survivor;
use crate::work::Work;

pub struct PlaceOrder {
    pub id: PurchaseOrderId,
    pub vendor_id: VendorId,
    pub number: String,
    pub currency: Currency,
    pub lines: Vec<OrderLine>,
    pub charges: Vec<AgreedCharge>,
}

impl UseCase for PlaceOrder {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.reserve_primary::<PurchaseOrder>(self.id);
        let vendor_id = survivor(work, self.vendor_id).await?;
        if work.load::<Vendor>(vendor_id).await?.profile().is_err() {
            return Err(Refused::new("vendor_unknown", RefusalKind::Invalid, "there is no such vendor").at("/vendor_id").into());
        }
        let lines = in_units(work, &self.lines).await?;
        let place = PurchaseOrderCommand::Place {
            vendor_id,
            number: self.number.clone(),
            currency: self.currency,
            lines,
            charges: self.charges.clone(),
            by: work.ctx.actor,
        };
        work.create::<PurchaseOrder>(self.id, place)?;
        Ok(())
    }
}

/// Other lines for an order: its next revision.
pub struct AmendOrder {
    pub id: PurchaseOrderId,
    pub lines: Vec<OrderLine>,
    pub charges: Vec<AgreedCharge>,
    pub reason: String,
}

impl UseCase for AmendOrder {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.take::<PurchaseOrder>(self.id).await?.order()?;
        let lines = in_units(work, &self.lines).await?;
        let (charges, reason, by) = (self.charges.clone(), self.reason.clone(), work.ctx.actor);
        work.decide::<PurchaseOrder>(self.id, PurchaseOrderCommand::Amend { lines, charges, reason, by }).await.map(drop)
    }
}

/// The lines of items that exist, each in a unit: its item's where it names none.
async fn in_units(work: &mut Work<'_>, lines: &[OrderLine]) -> Result<Vec<OrderLine>, Failure> {
    let mut stated = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let item = work.load::<Item>(line.item_id).await?;
        let Ok(card) = item.card() else {
            let pointer = format!("/lines/{index}/item_id");
            return Err(Refused::new("item_unknown", RefusalKind::Invalid, "there is no such item").at(pointer).into());
        };
        stated.push(OrderLine { unit: Some(line.unit.clone().unwrap_or_else(|| card.unit.clone())), ..line.clone() });
    }
    Ok(stated)
}
