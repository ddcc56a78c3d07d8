//! What goods cost beside their order's price: the first unit that came in is billed by the first unit that was billed.
//!
//! A pure function of the order's own history, so that any event changes it by exactly what it adds.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::event::{BilledSum, Billing, PurchaseOrderEvent};
use crate::ids::{GoodsReceiptId, InvoiceId};
use crate::money::{Currency, Money};

/// Which goods, by which invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PricedGoods {
    pub invoice_id: InvoiceId,
    pub receipt_id: GoodsReceiptId,
    pub line: u32,
}

/// How much dearer (or cheaper) they are than they came in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriceDifference {
    /// Zero for what a credit note gives back of goods that have left.
    pub quantity: Decimal,
    pub difference: Money,
    /// The invoice's day in the books.
    pub effective_date: NaiveDate,
}

/// Of one line: what came in and what was billed, in turn.
#[derive(Default)]
struct Line<'e> {
    arrived: Vec<(GoodsReceiptId, Decimal)>,
    billed: Vec<(&'e Billing, &'e BilledSum)>,
}

pub fn price_differences<'e>(events: impl IntoIterator<Item = &'e PurchaseOrderEvent>) -> BTreeMap<PricedGoods, PriceDifference> {
    let mut lines: BTreeMap<u32, Line<'e>> = BTreeMap::new();
    for event in events {
        learn(&mut lines, event);
    }
    let mut differences = BTreeMap::new();
    for (number, line) in &lines {
        line.price(*number, &mut differences);
    }
    differences.retain(|_, priced: &mut PriceDifference| !priced.difference.is_zero());
    differences
}

fn learn<'e>(lines: &mut BTreeMap<u32, Line<'e>>, event: &'e PurchaseOrderEvent) {
    match event {
        PurchaseOrderEvent::Received { receipt_id, lines: received } => {
            received.iter().for_each(|line| lines.entry(line.line).or_default().arrive(*receipt_id, line.accepted));
        }
        PurchaseOrderEvent::Inspected { receipt_id, lines: judged } => {
            judged.iter().for_each(|line| lines.entry(line.line).or_default().arrive(*receipt_id, line.accepted));
        }
        PurchaseOrderEvent::Billed(billing) => {
            billing.lines.iter().for_each(|sum| lines.entry(sum.line).or_default().billed.push((billing, sum)));
        }
        PurchaseOrderEvent::BillingWithdrawn(gone) => {
            lines.values_mut().for_each(|line| line.billed.retain(|(billing, _)| billing.invoice_id != gone.invoice_id));
        }
        _ => {}
    }
}

impl Line<'_> {
    fn arrive(&mut self, receipt_id: GoodsReceiptId, accepted: Decimal) {
        if accepted > Decimal::ZERO {
            self.arrived.push((receipt_id, accepted));
        }
    }

    fn price(&self, line: u32, differences: &mut BTreeMap<PricedGoods, PriceDifference>) {
        let mut from = Decimal::ZERO;
        for (billing, sum) in &self.billed {
            let Some(dearer) = dearer_by(sum, billing.currency) else { continue };
            if sum.quantity > Decimal::ZERO {
                self.pair(line, from, billing, sum.quantity, dearer, differences);
                from += sum.quantity;
            } else if let Some((receipt_id, _)) = self.arrived.last() {
                let goods = PricedGoods { invoice_id: billing.invoice_id, receipt_id: *receipt_id, line };
                add(differences, goods, Decimal::ZERO, dearer, billing.effective_date);
            }
        }
    }

    /// The units from `from` on are billed by this invoice: those that came in take their share of the difference.
    fn pair(
        &self,
        line: u32,
        from: Decimal,
        billing: &Billing,
        quantity: Decimal,
        dearer: Money,
        differences: &mut BTreeMap<PricedGoods, PriceDifference>,
    ) {
        let mut arrived = Decimal::ZERO;
        for (receipt_id, accepted) in &self.arrived {
            let (start, end) = ((arrived - from).max(Decimal::ZERO), (arrived + accepted - from).min(quantity));
            arrived += accepted;
            if end > start {
                let goods = PricedGoods { invoice_id: billing.invoice_id, receipt_id: *receipt_id, line };
                let share = share(dearer, end, quantity) - share(dearer, start, quantity);
                add(differences, goods, end - start, Money::rounded(share, dearer.currency()), billing.effective_date);
            }
        }
    }
}

pub(super) fn states_other_prices(billing: &Billing) -> bool {
    billing.lines.iter().any(|sum| dearer_by(sum, billing.currency).is_some_and(|dearer| !dearer.is_zero()))
}

/// What the invoice states beside the order's price; `None` where the numbers are too large to compare.
fn dearer_by(sum: &BilledSum, currency: Currency) -> Option<Money> {
    let ordered = Money::rounded(sum.quantity.checked_mul(sum.unit_price)?, currency);
    Money::rounded(sum.net, currency).minus(ordered).ok()
}

/// Of the first `part` units, rounded: what lies between two parts adds up to the whole.
fn share(difference: Money, part: Decimal, whole: Decimal) -> Decimal {
    let exact = difference.amount().checked_mul(part).and_then(|product| product.checked_div(whole));
    Money::rounded(exact.unwrap_or_default(), difference.currency()).amount()
}

fn add(
    differences: &mut BTreeMap<PricedGoods, PriceDifference>,
    goods: PricedGoods,
    quantity: Decimal,
    difference: Money,
    effective_date: NaiveDate,
) {
    let nothing = PriceDifference { quantity: Decimal::ZERO, difference: Money::zero(difference.currency()), effective_date };
    let priced = differences.entry(goods).or_insert(nothing);
    priced.quantity += quantity;
    priced.difference = Money::rounded(priced.difference.amount() + difference.amount(), difference.currency());
}
