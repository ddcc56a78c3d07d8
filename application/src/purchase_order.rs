//! Placing and amending an order, with a vendor that exists, for items that exist.

use quittance_domain::ids::{PurchaseOrderId, VendorId};
use quittance_domain::item::{Item, ItemCard};
use quittance_domain::matching::{UnitConversion, Units};
use quittance_domain::purchase_order::{AgreedCharge, OrderLine, PurchaseOrder, PurchaseOrderCommand, WantedLine};
use quittance_domain::quantity::Quantity;
use quittance_domain::vendor::Vendor;
use quittance_domain::{Currency, RefusalKind};
use rust_decimal::Decimal;

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::vendor::survivor;
use crate::work::Work;

pub struct PlaceOrder {
    pub id: PurchaseOrderId,
    pub vendor_id: VendorId,
    pub number: String,
    pub currency: Currency,
    pub lines: Vec<WantedLine>,
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
        let lines = ordered(work, &self.lines, self.currency, &[]).await?;
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
    pub lines: Vec<WantedLine>,
    pub charges: Vec<AgreedCharge>,
    pub reason: String,
}

impl UseCase for AmendOrder {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let order = work.take::<PurchaseOrder>(self.id).await?;
        let before = order.order()?;
        let lines = ordered(work, &self.lines, before.currency, &before.lines).await?;
        let (charges, reason, by) = (self.charges.clone(), self.reason.clone(), work.ctx.actor);
        work.decide::<PurchaseOrder>(self.id, PurchaseOrderCommand::Amend { lines, charges, reason, by }).await.map(drop)
    }
}

/// The lines of items that exist, each in a unit that its item can be counted in: its item's where it names none. Lines that were agreed
/// before keep what they said of it, and their price where they state no other; any other line that states none takes its item's.
async fn ordered(work: &mut Work<'_>, lines: &[WantedLine], currency: Currency, agreed: &[OrderLine]) -> Result<Vec<OrderLine>, Failure> {
    let mut stated = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let item = work.load::<Item>(line.item_id).await?;
        let Ok(card) = item.card() else {
            let pointer = format!("/lines/{index}/item_id");
            return Err(Refused::new("item_unknown", RefusalKind::Invalid, "there is no such item").at(pointer).into());
        };
        let unit = Some(line.unit.clone().unwrap_or_else(|| card.unit.clone()));
        let known = agreed.iter().find(|known| known.line == line.line && known.item_id == line.item_id && known.unit == unit);
        let contains = line.contains.clone().or_else(|| known.and_then(|known| known.contains.clone()));
        let mut line = WantedLine { unit, contains, ..line.clone() };
        line.contains = contents(line.line, line.units(), card).map_err(|refused| refused.at(format!("/lines/{index}/unit")))?;
        line.conversions.extend(more_conversions(line.units(), card));
        let unpriced = |refusal| Refused::from(refusal).at(format!("/lines/{index}/unit_price"));
        let price = line.price(known, card, currency).map_err(unpriced)?;
        stated.push(line.at(price));
    }
    Ok(stated)
}

/// How many of the item's unit one of the line's is, where that is another. Boxes are never taken for pieces.
pub(crate) fn contents(line: u32, units: Units<'_>, card: &ItemCard) -> Result<Option<Quantity>, Refused> {
    let unit = units.own.unwrap_or(&card.unit);
    match units.contains {
        None if unit == card.unit => Ok(None),
        None => match card.factor_of(unit) {
            Some(value) => Ok(Some(Quantity { value, unit: card.unit.clone() })),
            None => Err(not_convertible(line, unit, card)),
        },
        Some(stated) if stated.unit == card.unit && unit != card.unit => Ok(Some(stated.clone())),
        Some(stated) => Err(not_convertible(line, &stated.unit, card)),
    }
}

fn not_convertible(line: u32, unit: &str, card: &ItemCard) -> Refused {
    let own = &card.unit;
    let detail = format!(
        "line {line} is in {unit}, the item is counted in {own}: state how many {own} one {unit} is, on the item (conversions) or here (contains)"
    );
    Refused::new("unit_not_convertible", RefusalKind::Invalid, detail)
}

/// The item's other units that the line does not speak of: whoever bills in them is understood, as long as they are exactly so many of the
/// line's.
fn more_conversions(units: Units<'_>, card: &ItemCard) -> Vec<UnitConversion> {
    let of_line = units.contains.map_or(Decimal::ONE, |contains| contains.value);
    let spoken_of = |unit: &str| units.own == Some(unit) || units.conversions.iter().any(|stated| stated.unit == unit);
    let others = card.conversions.iter().filter(|other| !spoken_of(&other.unit));
    let converted = others.filter_map(|other| {
        let factor = other.factor.checked_div(of_line)?.normalize();
        (factor.checked_mul(of_line)? == other.factor).then(|| UnitConversion { unit: other.unit.clone(), factor })
    });
    converted.collect()
}
