//! Placing an order with a vendor that exists, for items that exist.

use quittance_domain::ids::{PurchaseOrderId, VendorId};
use quittance_domain::item::Item;
use quittance_domain::purchase_order::{OrderLine, PurchaseOrder, PurchaseOrderCommand};
use quittance_domain::vendor::Vendor;
use quittance_domain::{Currency, RefusalKind};

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::work::Work;

pub struct PlaceOrder {
    pub id: PurchaseOrderId,
    pub vendor_id: VendorId,
    pub number: String,
    pub currency: Currency,
    pub lines: Vec<OrderLine>,
}

impl UseCase for PlaceOrder {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.reserve_primary::<PurchaseOrder>(self.id);
        if work.load::<Vendor>(self.vendor_id).await?.profile().is_err() {
            return Err(Refused::new("vendor_unknown", RefusalKind::Invalid, "there is no such vendor").at("/vendor_id").into());
        }
        for (index, line) in self.lines.iter().enumerate() {
            if work.load::<Item>(line.item_id).await?.card().is_err() {
                let pointer = format!("/lines/{index}/item_id");
                return Err(Refused::new("item_unknown", RefusalKind::Invalid, "there is no such item").at(pointer).into());
            }
        }
        let place = PurchaseOrderCommand::Place {
            vendor_id: self.vendor_id,
            number: self.number.clone(),
            currency: self.currency,
            lines: self.lines.clone(),
            by: work.ctx.actor,
        };
        work.create::<PurchaseOrder>(self.id, place)?;
        Ok(())
    }
}
