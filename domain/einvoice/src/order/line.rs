//! What is ordered, line by line.

use rust_decimal::Decimal;

use crate::model::{AllowanceCharge, Item, Period, Price, TaxCategory};
use crate::outline::Element;
use crate::term::Terms;
use crate::value::Text;

#[derive(Clone, Debug)]
pub struct OrderLine<'d> {
    pub at: Element<'d>,
    pub id: Terms<'d, Text>,
    /// Order-X nests lines by naming the one above.
    pub parent_id: Terms<'d, Text>,
    /// UNTDID 1229: what a change or a response does to the line.
    pub status: Terms<'d, Text>,
    pub note: Terms<'d, Text>,
    /// With `unitCode`.
    pub quantity: Terms<'d, Decimal>,
    /// What the seller agreed to, in a response.
    pub agreed_quantity: Terms<'d, Decimal>,
    pub net_amount: Terms<'d, Decimal>,
    pub partial_delivery_allowed: Terms<'d, bool>,
    pub buyer_accounting: Terms<'d, Text>,
    /// When the buyer wants these goods.
    pub requested: Period<'d>,
    pub allowance_charges: Vec<AllowanceCharge<'d>>,
    pub price: Price<'d>,
    pub taxes: Vec<TaxCategory<'d>>,
    pub item: Item<'d>,
}

impl<'d> OrderLine<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self {
            at,
            id: Terms::Absent,
            parent_id: Terms::Absent,
            status: Terms::Absent,
            note: Terms::Absent,
            quantity: Terms::Absent,
            agreed_quantity: Terms::Absent,
            net_amount: Terms::Absent,
            partial_delivery_allowed: Terms::Absent,
            buyer_accounting: Terms::Absent,
            requested: Period::default(),
            allowance_charges: Vec::new(),
            price: Price::default(),
            taxes: Vec::new(),
            item: Item::default(),
        }
    }
}
