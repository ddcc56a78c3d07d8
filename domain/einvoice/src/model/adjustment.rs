//! Allowances and charges, on the document (BG-20, BG-21), on a line (BG-27, BG-28) or on a price.

use rust_decimal::Decimal;

use super::TaxCategory;
use crate::outline::Element;
use crate::term::Terms;
use crate::value::Text;

#[derive(Clone, Debug)]
pub struct AllowanceCharge<'d> {
    pub at: Element<'d>,
    /// True for a charge. May be absent or unreadable, then it is neither.
    pub is_charge: Terms<'d, bool>,
    /// BT-92, BT-99, BT-136, BT-141, BT-147.
    pub amount: Terms<'d, Decimal>,
    /// BT-93, BT-100, BT-137, BT-142, BT-148.
    pub base_amount: Terms<'d, Decimal>,
    /// BT-94, BT-101, BT-138, BT-143.
    pub percentage: Terms<'d, Decimal>,
    /// BT-95, BT-96, BT-102, BT-103.
    pub tax: TaxCategory<'d>,
    /// BT-97, BT-104, BT-139, BT-144.
    pub reason: Terms<'d, Text>,
    /// BT-98, BT-105, BT-140, BT-145.
    pub reason_code: Terms<'d, Text>,
    /// A logistics service charge of Factur-X: always a charge, without an indicator.
    pub is_logistics_service: bool,
}

impl<'d> AllowanceCharge<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self {
            at,
            is_charge: Terms::Absent,
            amount: Terms::Absent,
            base_amount: Terms::Absent,
            percentage: Terms::Absent,
            tax: TaxCategory::default(),
            reason: Terms::Absent,
            reason_code: Terms::Absent,
            is_logistics_service: false,
        }
    }

    pub fn is_charge(&self) -> bool {
        self.is_logistics_service || self.is_charge.value() == Some(&true)
    }

    pub fn is_allowance(&self) -> bool {
        !self.is_logistics_service && self.is_charge.value() == Some(&false)
    }
}
