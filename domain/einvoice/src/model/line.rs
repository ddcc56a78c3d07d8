//! Invoice lines (BG-25) with price (BG-29), tax (BG-30) and item (BG-31, BG-32).

use rust_decimal::Decimal;

use super::{AllowanceCharge, Period, TaxCategory};
use crate::outline::Element;
use crate::term::Terms;
use crate::value::Text;

/// BG-25. Where an extension nests lines, `lines` holds them; in CII they stand flat and name their parent.
#[derive(Clone, Debug)]
pub struct Line<'d> {
    pub at: Element<'d>,
    /// BT-126.
    pub id: Terms<'d, Text>,
    /// Factur-X EXTENDED and XRechnung extension: the line this one details.
    pub parent_id: Terms<'d, Text>,
    /// Factur-X EXTENDED: `DETAIL`, `GROUP` or `INFORMATION`.
    pub status_reason: Terms<'d, Text>,
    /// BT-127.
    pub note: Terms<'d, Text>,
    /// BT-128.
    pub object: Terms<'d, Text>,
    /// BT-128-1 where it is an element.
    pub object_scheme: Terms<'d, Text>,
    /// BT-129; `unitCode` is BT-130.
    pub quantity: Terms<'d, Decimal>,
    /// BT-131.
    pub net_amount: Terms<'d, Decimal>,
    /// The purchase order where a line names it (no term of the standard).
    pub order: Terms<'d, Text>,
    /// BT-132.
    pub order_line: Terms<'d, Text>,
    /// BT-133.
    pub buyer_accounting: Terms<'d, Text>,
    /// BG-26.
    pub period: Period<'d>,
    /// BG-27 and BG-28.
    pub allowance_charges: Vec<AllowanceCharge<'d>>,
    /// BG-29.
    pub price: Price<'d>,
    /// BG-30, in Factur-X EXTENDED several.
    pub taxes: Vec<TaxCategory<'d>>,
    /// BG-31.
    pub item: Item<'d>,
    /// BG-DEX-01.
    pub lines: Vec<Line<'d>>,
}

/// BG-29.
#[derive(Clone, Debug, Default)]
pub struct Price<'d> {
    pub at: Option<Element<'d>>,
    /// BT-146.
    pub net: Terms<'d, Decimal>,
    /// BT-149; `unitCode` is BT-150.
    pub base_quantity: Terms<'d, Decimal>,
    /// BT-148 in CII; in UBL it is the base amount of the discount.
    pub gross: Terms<'d, Decimal>,
    /// The base quantity of the gross price, which only CII can tell apart.
    pub gross_base_quantity: Terms<'d, Decimal>,
    /// BT-147.
    pub discounts: Vec<AllowanceCharge<'d>>,
}

/// BG-31.
#[derive(Clone, Debug, Default)]
pub struct Item<'d> {
    pub at: Option<Element<'d>>,
    /// BT-153.
    pub name: Terms<'d, Text>,
    /// BT-154.
    pub description: Terms<'d, Text>,
    /// BT-155.
    pub seller_id: Terms<'d, Text>,
    /// BT-156.
    pub buyer_id: Terms<'d, Text>,
    /// BT-157, with `schemeID`.
    pub standard_id: Terms<'d, Text>,
    /// BT-158, with `listID` and `listVersionID`.
    pub classifications: Vec<Classification<'d>>,
    /// BT-159.
    pub origin_country: Terms<'d, Text>,
    /// BG-32.
    pub attributes: Vec<ItemAttribute<'d>>,
}

#[derive(Clone, Debug)]
pub struct Classification<'d> {
    pub at: Element<'d>,
    pub code: Terms<'d, Text>,
}

/// BG-32.
#[derive(Clone, Debug)]
pub struct ItemAttribute<'d> {
    pub at: Element<'d>,
    /// BT-160.
    pub name: Terms<'d, Text>,
    /// BT-161.
    pub value: Terms<'d, Text>,
}

impl<'d> Line<'d> {
    /// Whether it is a line of its own: in Factur-X EXTENDED groups and remarks stand among them.
    pub fn counts(&self) -> bool {
        matches!(self.status_reason.text(), None | Some("DETAIL"))
    }

    /// The line, and each one below it behind the line that it details.
    pub fn with_all_below(&self) -> impl Iterator<Item = &Self> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let line = waiting.pop()?;
            waiting.extend(line.lines.iter().rev());
            Some(line)
        })
    }

    pub fn new(at: Element<'d>) -> Self {
        Self {
            at,
            id: Terms::Absent,
            parent_id: Terms::Absent,
            status_reason: Terms::Absent,
            note: Terms::Absent,
            object: Terms::Absent,
            object_scheme: Terms::Absent,
            quantity: Terms::Absent,
            net_amount: Terms::Absent,
            order: Terms::Absent,
            order_line: Terms::Absent,
            buyer_accounting: Terms::Absent,
            period: Period::default(),
            allowance_charges: Vec::new(),
            price: Price::default(),
            taxes: Vec::new(),
            item: Item::default(),
            lines: Vec::new(),
        }
    }

    /// BG-30.
    pub fn tax(&self) -> Option<&TaxCategory<'d>> {
        self.taxes.first()
    }
}

impl<'d> Classification<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self { at, code: Terms::Absent }
    }
}

impl<'d> ItemAttribute<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self { at, name: Terms::Absent, value: Terms::Absent }
    }
}
