//! Two-, three- and four-way matching of an invoice with its order (SEMANTICS 1): a pure function from the invoice's
//! lines, the order's running sums and the tolerances to findings.
//!
//! Sums count every invoice that was entered before this one and is not void, in review or not: two clerks cannot each
//! pass alone. One pass over the lines; an order line is found by its number.

mod charge;
mod finding;
mod line;
mod unit;

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use finding::{Check, CheckOf, Evaluation, Inputs, MatchFinding, Outcome};
pub use unit::{UnitConversion, Units, rounds_up};

use crate::ids::{ItemId, VendorId};
use crate::money::Currency;
use crate::tolerance::{LimitSource, Subject, ToleranceSet};

/// Against what a line of an order is matched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MatchingMode {
    /// The order alone: services.
    TwoWay,
    /// The order and what came in.
    #[default]
    ThreeWay,
    /// The order and what was inspected and accepted.
    FourWay,
}

/// An order as matching sees it.
#[derive(Clone, Debug)]
pub struct Ordered<'a> {
    pub vendor_id: VendorId,
    pub vendor_group: Option<&'a str>,
    pub currency: Currency,
    /// Why it cannot be invoiced at all, where that is so: `cancelled`, `not_approved`.
    pub shut: Option<&'static str>,
    pub lines: Vec<OrderedLine<'a>>,
    pub charges: Vec<OrderedCharge<'a>>,
    /// All that was agreed, without tax.
    pub net: Decimal,
    /// What prepayments before this document ask for.
    pub prepaid: Decimal,
    /// Of a closed order what this document asked for ahead when it was closed: nothing more is expected, so nothing more is paid ahead.
    pub prepayable: Option<Decimal>,
}

/// A line of the order with its running sums. All quantities are in the order's unit.
#[derive(Clone, Debug)]
pub struct OrderedLine<'a> {
    pub line: u32,
    pub item_id: ItemId,
    pub item_group: Option<&'a str>,
    pub units: Units<'a>,
    pub quantity: Decimal,
    pub unit_price: Decimal,
    pub due_date: Option<NaiveDate>,
    pub mode: MatchingMode,
    /// Accepted without inspection, or waiting for it.
    pub received: Decimal,
    pub accepted: Decimal,
    pub returned: Decimal,
    /// By invoices before this one.
    pub invoiced_quantity: Decimal,
    pub invoiced_net: Decimal,
    /// Of a closed order how far it may be billed with this invoice: what came in, and what had been billed when it was closed.
    pub billable: Option<Decimal>,
}

/// A charge that was agreed, and how much of it earlier invoices took.
#[derive(Clone, Debug)]
pub struct OrderedCharge<'a> {
    pub code: &'a str,
    pub agreed: Decimal,
    pub invoiced: Decimal,
}

/// An invoice as matching sees it.
#[derive(Clone, Debug)]
pub struct Billed<'a> {
    pub vendor_id: VendorId,
    pub currency: Currency,
    pub issue_date: NaiveDate,
    /// A credit note only lowers what was invoiced: it is held against its order, not against limits.
    pub is_credit: bool,
    /// Only then does what it gives back count for others.
    pub is_approved: bool,
    pub lines: Vec<BilledLine<'a>>,
    pub charges: Vec<BilledCharge<'a>>,
    /// Of a prepayment what it asks for without tax: it bills no line yet.
    pub prepayment: Option<Decimal>,
}

#[derive(Clone, Debug)]
pub struct BilledLine<'a> {
    pub id: &'a str,
    /// The order's line, where the invoice says which or the item does.
    pub order_line: Option<u32>,
    pub quantity: Decimal,
    pub unit: &'a str,
    pub net: Decimal,
}

#[derive(Clone, Debug)]
pub struct BilledCharge<'a> {
    pub code: &'a str,
    pub amount: Decimal,
}

/// Everything that can be found, checks that pass included.
pub fn evaluate(bill: &Billed<'_>, order: &Ordered<'_>, tolerances: &ToleranceSet) -> Vec<MatchFinding> {
    // Nothing of another vendor or currency is compared: the numbers would mean nothing.
    if let Some(stop) = not_comparable(bill, order) {
        return vec![stop];
    }
    let mut findings: Vec<MatchFinding> =
        order.shut.map(|state| MatchFinding::mismatch(Check::OrderState, None, "open", state)).into_iter().collect();
    if let Some(asked) = bill.prepayment {
        findings.extend(
            order.prepayable.filter(|known| asked > *known).map(|_| MatchFinding::mismatch(Check::OrderState, None, "open", "closed")),
        );
        findings.push(prepayment(asked, order));
        return findings;
    }
    let by_number: HashMap<u32, &OrderedLine<'_>> = order.lines.iter().map(|line| (line.line, line)).collect();
    let mut sums = line::Sums::default();
    for billed in &bill.lines {
        let ordered = billed.order_line.and_then(|line| by_number.get(&line).copied());
        findings.extend(line::check(bill, billed, order, ordered, &mut sums, tolerances));
    }
    if !bill.is_credit {
        findings.extend(charge::check(bill, order, tolerances));
    }
    findings
}

/// Nothing has come and no price is stated yet: all prepayments of an order together ask for no more than it comes to, and none for what
/// invoices have billed already. Of two that ask for too much the later one does.
fn prepayment(asked: Decimal, order: &Ordered<'_>) -> MatchFinding {
    let lines = order.lines.iter().map(|line| line.invoiced_net);
    let invoiced = lines.chain(order.charges.iter().map(|charge| charge.invoiced)).fold(Decimal::ZERO, Decimal::saturating_add);
    let all = order.prepaid.max(invoiced).saturating_add(asked);
    let finding = MatchFinding::passed(Check::Prepayment, None, order.net, all);
    if all <= order.net { finding } else { finding.beyond(Some(order.net), LimitSource::Strict, false) }
}

fn not_comparable(bill: &Billed<'_>, order: &Ordered<'_>) -> Option<MatchFinding> {
    if bill.vendor_id != order.vendor_id {
        return Some(MatchFinding::mismatch(Check::Vendor, None, order.vendor_id, bill.vendor_id));
    }
    let differs = bill.currency != order.currency;
    differs.then(|| MatchFinding::mismatch(Check::Currency, None, order.currency, bill.currency))
}

impl<'a> Ordered<'a> {
    /// With the groups that the vendor and the items are in, which tolerances may be for.
    pub fn grouped(mut self, vendor: Option<&'a str>, item: impl Fn(ItemId) -> Option<&'a str>) -> Self {
        self.vendor_group = vendor;
        self.lines.iter_mut().for_each(|line| line.item_group = item(line.item_id));
        self
    }

    fn subject(&self, line: Option<&OrderedLine<'a>>) -> Subject<'a> {
        Subject {
            vendor_id: self.vendor_id,
            vendor_group: self.vendor_group,
            item_id: line.map(|l| l.item_id),
            item_group: line.and_then(|l| l.item_group),
        }
    }
}
