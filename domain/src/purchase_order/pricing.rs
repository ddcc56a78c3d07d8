//! What goods cost beside the price that they came in at: the first unit that came in is billed by the first unit that was billed.
//!
//! A pure function of the order's own history, so that any event changes it by exactly what it adds. Goods keep the price that was
//! agreed when they came in; whatever an invoice states beside it is a difference, also where the order has been amended since.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::event::{BilledSum, Billing, PurchaseOrderEvent};
use super::line::{JudgedLine, OrderLine, ReceivedLine, ReturnedLine};
use super::told::LineTold;
use crate::ids::{GoodsReceiptId, InvoiceId};
use crate::money::{Currency, Money};

/// Which goods, by which invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PricedGoods {
    pub invoice_id: InvoiceId,
    pub receipt_id: GoodsReceiptId,
    pub line: u32,
    pub pricing: Pricing,
}

/// What an invoice does to the goods' cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pricing {
    /// States it, once for each of them.
    Billed,
    /// Gives them back: they have left.
    GivenBack,
    /// Corrects what was billed: all that came with the receipt bear it, whether they are here or have left.
    Corrected,
}

/// How much dearer (or cheaper) they are than they came in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriceDifference {
    /// Zero for what a credit note gives back of goods that have left; all of the receipt's where their price is corrected.
    pub quantity: Decimal,
    pub difference: Money,
    /// The invoice's day in the books.
    pub effective_date: NaiveDate,
    /// The day whose rates say what it is worth.
    pub rate_day: NaiveDate,
}

/// Goods of one line that came in with one receipt, at the order's price then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    pub line: u32,
    pub receipt_id: GoodsReceiptId,
    /// Zero for what was not accepted yet: the price is known already.
    pub quantity: Decimal,
    pub unit_price: Decimal,
}

/// What of an order came in, in turn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Arrivals(pub(super) Vec<Arrival>);

/// What became of an order, in turn.
#[derive(Default)]
struct Told<'e> {
    agreed: &'e [OrderLine],
    arrivals: Arrivals,
    happened: Vec<Step<'e>>,
}

enum Step<'e> {
    Came(Arrival),
    Went(GoodsReceiptId, &'e ReturnedLine),
    Billed(&'e Billing),
}

pub fn price_differences<'e>(events: impl IntoIterator<Item = &'e PurchaseOrderEvent>) -> BTreeMap<PricedGoods, PriceDifference> {
    let mut told = Told::default();
    events.into_iter().for_each(|event| told.learn(event));
    let mut differences = told.differences();
    differences.retain(|_, priced: &mut PriceDifference| !priced.difference.is_zero());
    differences
}

impl<'e> Told<'e> {
    fn learn(&mut self, event: &'e PurchaseOrderEvent) {
        let known = self.arrivals.0.len();
        match event {
            PurchaseOrderEvent::Placed { lines, .. } | PurchaseOrderEvent::Amended { lines, .. } => self.agreed = lines,
            PurchaseOrderEvent::Received { receipt_id, lines } => self.arrivals.receive(*receipt_id, lines, self.agreed),
            PurchaseOrderEvent::Inspected { receipt_id, lines } => self.arrivals.judge(*receipt_id, lines),
            PurchaseOrderEvent::Returned { receipt_id, lines } => {
                self.happened.extend(lines.iter().map(|line| Step::Went(*receipt_id, line)));
            }
            PurchaseOrderEvent::Billed(billing) => self.happened.push(Step::Billed(billing)),
            PurchaseOrderEvent::BillingWithdrawn(gone) => {
                self.happened.retain(|step| !matches!(step, Step::Billed(billing) if billing.invoice_id == gone.invoice_id));
            }
            _ => {}
        }
        self.happened.extend(self.arrivals.0[known..].iter().copied().map(Step::Came));
    }

    fn differences(&self) -> BTreeMap<PricedGoods, PriceDifference> {
        let mut lines: BTreeMap<u32, LineTold<'_>> = BTreeMap::new();
        for step in &self.happened {
            match step {
                Step::Came(arrival) => lines.entry(arrival.line).or_default().arrivals.0.push(*arrival),
                Step::Went(receipt_id, gone) => lines.entry(gone.line).or_default().went(*receipt_id, gone.quantity),
                Step::Billed(billing) => {
                    billing.lines.iter().for_each(|sum| lines.entry(sum.line).or_default().billed(billing, sum));
                }
            }
        }
        let mut differences = BTreeMap::new();
        lines.values().for_each(|line| line.differences(&mut differences));
        differences
    }
}

impl Arrivals {
    pub(super) fn receive(&mut self, receipt_id: GoodsReceiptId, received: &[ReceivedLine], agreed: &[OrderLine]) {
        for ReceivedLine { line, accepted, .. } in received {
            let unit_price = agreed.iter().find(|own| own.line == *line).map(|own| own.unit_price).unwrap_or_default();
            self.0.push(Arrival { line: *line, receipt_id, quantity: *accepted, unit_price });
        }
    }

    /// What was left for inspection came in at its receipt's price.
    pub(super) fn judge(&mut self, receipt_id: GoodsReceiptId, judged: &[JudgedLine]) {
        for JudgedLine { line, accepted, .. } in judged {
            let receipt = self.0.iter().find(|arrival| (arrival.receipt_id, arrival.line) == (receipt_id, *line)).copied();
            self.0.extend(receipt.map(|receipt| Arrival { quantity: *accepted, ..receipt }));
        }
    }

    /// All that came.
    pub(super) fn units(&self) -> Decimal {
        self.0.iter().map(|arrival| arrival.quantity).fold(Decimal::ZERO, Decimal::saturating_add)
    }

    pub(super) fn are_rounded(&self, currency: Currency) -> bool {
        self.0.iter().any(|arrival| is_rounded(arrival.quantity, arrival.unit_price, currency))
    }

    /// The price of so many units of a line from `from` on: what came in keeps its own, the rest has the one that is agreed.
    pub(super) fn price_of(&self, line: u32, from: Decimal, quantity: Decimal, agreed: Decimal) -> Option<Decimal> {
        let dearer = |part: Overlap<'_>| (part.end - part.start).checked_mul(part.arrival.unit_price.checked_sub(agreed)?);
        let dearer = self.overlaps(line, from, quantity).map(dearer).try_fold(Decimal::ZERO, |sum, more| sum.checked_add(more?))?;
        if dearer.is_zero() { Some(agreed) } else { agreed.checked_add(dearer.checked_div(quantity)?) }
    }

    pub(super) fn overlaps(&self, line: u32, from: Decimal, quantity: Decimal) -> impl Iterator<Item = Overlap<'_>> {
        let to = from.saturating_add(quantity);
        let of_line = self.0.iter().filter(move |arrival| arrival.line == line);
        let parts = of_line.scan(Decimal::ZERO, move |came, arrival| {
            let before = *came;
            *came = came.saturating_add(arrival.quantity);
            Some(Overlap { arrival, before, start: before.max(from), end: (*came).min(to) })
        });
        parts.filter(|part| part.end > part.start)
    }
}

impl Arrival {
    /// What the goods came in at, as stock and the account of goods not invoiced have it.
    pub(super) fn worth(&self, currency: Currency) -> Option<Money> {
        Some(Money::rounded(self.quantity.checked_mul(self.unit_price)?, currency))
    }
}

/// The units from `start` to `end` of an order's line came in with an arrival that had `before` units before it.
pub(super) struct Overlap<'a> {
    pub arrival: &'a Arrival,
    pub before: Decimal,
    pub start: Decimal,
    pub end: Decimal,
}

/// Whether goods may cost something else than they came in at, be it by cents of which each part was rounded alone.
pub(super) fn states_other_prices(billing: &Billing) -> bool {
    let differs = |sum: &BilledSum| dearer_by(sum, sum.unit_price, billing.currency).is_some_and(|dearer| !dearer.is_zero());
    billing.lines.iter().any(|sum| differs(sum) || is_rounded(sum.quantity, sum.unit_price, billing.currency))
}

fn is_rounded(quantity: Decimal, unit_price: Decimal, currency: Currency) -> bool {
    quantity.checked_mul(unit_price).is_none_or(|exact| Money::rounded(exact, currency).amount() != exact)
}

/// What the invoice states beside a price; `None` where the numbers are too large to compare.
pub(super) fn dearer_by(sum: &BilledSum, unit_price: Decimal, currency: Currency) -> Option<Money> {
    let ordered = Money::rounded(sum.quantity.checked_mul(unit_price)?, currency);
    Money::rounded(sum.net, currency).minus(ordered).ok()
}

/// Of the first `part` units, rounded: what lies between two parts adds up to the whole.
pub(super) fn share(whole: Money, part: Decimal, quantity: Decimal) -> Decimal {
    let exact = whole.amount().checked_mul(part).and_then(|product| product.checked_div(quantity));
    Money::rounded(exact.unwrap_or_default(), whole.currency()).amount()
}

pub(super) fn add(
    differences: &mut BTreeMap<PricedGoods, PriceDifference>,
    (billing, pricing): (&Billing, Pricing),
    arrival: &Arrival,
    quantity: Decimal,
    difference: Decimal,
) {
    let Billing { invoice_id, currency, effective_date, .. } = *billing;
    let goods = PricedGoods { invoice_id, receipt_id: arrival.receipt_id, line: arrival.line, pricing };
    let rate_day = billing.issue_date.unwrap_or(effective_date);
    let nothing = PriceDifference { quantity: Decimal::ZERO, difference: Money::zero(currency), effective_date, rate_day };
    let priced = differences.entry(goods).or_insert(nothing);
    priced.quantity += quantity;
    priced.difference = Money::rounded(priced.difference.amount() + difference, currency);
}
