//! What goods cost beside the price that they came in at: the first unit that came in is billed by the first unit that was billed.
//!
//! A pure function of the order's own history, so that any event changes it by exactly what it adds. Goods keep the price that was
//! agreed when they came in; whatever an invoice states beside it is a difference, also where the order has been amended since.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::event::{BilledSum, Billing, PurchaseOrderEvent};
use super::line::{JudgedLine, OrderLine, ReceivedLine};
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
pub struct Arrivals(Vec<Arrival>);

/// What of an order came in and what of it was billed, in turn.
#[derive(Default)]
struct Told<'e> {
    agreed: &'e [OrderLine],
    arrivals: Arrivals,
    billings: Vec<&'e Billing>,
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
        match event {
            PurchaseOrderEvent::Placed { lines, .. } | PurchaseOrderEvent::Amended { lines, .. } => self.agreed = lines,
            PurchaseOrderEvent::Received { receipt_id, lines } => self.arrivals.receive(*receipt_id, lines, self.agreed),
            PurchaseOrderEvent::Inspected { receipt_id, lines } => self.arrivals.judge(*receipt_id, lines),
            PurchaseOrderEvent::Billed(billing) => self.billings.push(billing),
            PurchaseOrderEvent::BillingWithdrawn(gone) => self.billings.retain(|billing| billing.invoice_id != gone.invoice_id),
            _ => {}
        }
    }

    fn differences(&self) -> BTreeMap<PricedGoods, PriceDifference> {
        let mut differences = BTreeMap::new();
        let mut billed: BTreeMap<u32, Decimal> = BTreeMap::new();
        for (billing, sum) in self.billings.iter().flat_map(|billing| billing.lines.iter().map(move |sum| (billing, sum))) {
            if sum.quantity > Decimal::ZERO {
                let from = billed.entry(sum.line).or_default();
                self.arrivals.price(*from, billing, sum, &mut differences);
                *from = from.saturating_add(sum.quantity);
            } else {
                let billed = billed.get(&sum.line).copied().unwrap_or_default();
                self.arrivals.credit(billed, billing, sum, &mut differences);
            }
        }
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

    pub(super) fn are_rounded(&self, currency: Currency) -> bool {
        self.0.iter().any(|arrival| is_rounded(arrival.quantity, arrival.unit_price, currency))
    }

    /// The price of so many units of a line from `from` on: what came in keeps its own, the rest has the one that is agreed.
    pub(super) fn price_of(&self, line: u32, from: Decimal, quantity: Decimal, agreed: Decimal) -> Option<Decimal> {
        let dearer = |part: Overlap<'_>| (part.end - part.start).checked_mul(part.arrival.unit_price.checked_sub(agreed)?);
        let dearer = self.overlaps(line, from, quantity).map(dearer).try_fold(Decimal::ZERO, |sum, more| sum.checked_add(more?))?;
        if dearer.is_zero() { Some(agreed) } else { agreed.checked_add(dearer.checked_div(quantity)?) }
    }

    fn overlaps(&self, line: u32, from: Decimal, quantity: Decimal) -> impl Iterator<Item = Overlap<'_>> {
        let to = from.saturating_add(quantity);
        let of_line = self.0.iter().filter(move |arrival| arrival.line == line);
        let parts = of_line.scan(Decimal::ZERO, move |came, arrival| {
            let before = *came;
            *came = came.saturating_add(arrival.quantity);
            Some(Overlap { arrival, before, start: before.max(from), end: (*came).min(to) })
        });
        parts.filter(|part| part.end > part.start)
    }

    /// The units from `from` on are billed by this invoice: each receipt's goods bear what it states beside what they came in at.
    fn price(&self, from: Decimal, billing: &Billing, sum: &BilledSum, differences: &mut BTreeMap<PricedGoods, PriceDifference>) {
        let billed = Money::rounded(sum.net, billing.currency);
        for Overlap { arrival, before, start, end } in self.overlaps(sum.line, from, sum.quantity) {
            let Some(worth) = arrival.worth(billing.currency) else { continue };
            let came = share(worth, end - before, arrival.quantity) - share(worth, start - before, arrival.quantity);
            let stated = share(billed, end - from, sum.quantity) - share(billed, start - from, sum.quantity);
            add(differences, (billing, Pricing::Billed), arrival, end - start, stated - came);
        }
    }

    /// Gives back some goods, and corrects the price of others.
    fn credit(&self, billed: Decimal, billing: &Billing, sum: &BilledSum, differences: &mut BTreeMap<PricedGoods, PriceDifference>) {
        let named = sum.repriced.saturating_sub(sum.quantity);
        let corrected = if named.is_zero() { Decimal::ZERO } else { share(Money::rounded(sum.net, billing.currency), sum.repriced, named) };
        self.price_last(billing, &BilledSum { net: sum.net - corrected, ..sum.clone() }, differences);
        self.correct(billed, billing, &BilledSum { net: corrected, ..sum.clone() }, differences);
    }

    /// The last of the goods that had been billed cost less. What came with them bears it alike: nobody can tell one from another.
    fn correct(&self, billed: Decimal, billing: &Billing, sum: &BilledSum, differences: &mut BTreeMap<PricedGoods, PriceDifference>) {
        let (quantity, from) = (sum.repriced, billed.saturating_sub(sum.repriced).max(Decimal::ZERO));
        let corrected = Money::rounded(sum.net, billing.currency);
        for Overlap { arrival, start, end, .. } in self.overlaps(sum.line, from, quantity) {
            let part = share(corrected, end - from, quantity) - share(corrected, start - from, quantity);
            add(differences, (billing, Pricing::Corrected), arrival, arrival.quantity, part);
        }
    }

    /// A credit note takes back of what came last.
    fn price_last(&self, billing: &Billing, sum: &BilledSum, differences: &mut BTreeMap<PricedGoods, PriceDifference>) {
        let Some(last) = self.0.iter().rfind(|arrival| arrival.line == sum.line && arrival.quantity > Decimal::ZERO) else { return };
        if let Some(dearer) = dearer_by(sum, last.unit_price, billing.currency) {
            add(differences, (billing, Pricing::GivenBack), last, Decimal::ZERO, dearer.amount());
        }
    }
}

impl Arrival {
    /// What the goods came in at, as stock and the account of goods not invoiced have it.
    fn worth(&self, currency: Currency) -> Option<Money> {
        Some(Money::rounded(self.quantity.checked_mul(self.unit_price)?, currency))
    }
}

/// The units from `start` to `end` of an order's line came in with an arrival that had `before` units before it.
struct Overlap<'a> {
    arrival: &'a Arrival,
    before: Decimal,
    start: Decimal,
    end: Decimal,
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
fn dearer_by(sum: &BilledSum, unit_price: Decimal, currency: Currency) -> Option<Money> {
    let ordered = Money::rounded(sum.quantity.checked_mul(unit_price)?, currency);
    Money::rounded(sum.net, currency).minus(ordered).ok()
}

/// Of the first `part` units, rounded: what lies between two parts adds up to the whole.
fn share(whole: Money, part: Decimal, quantity: Decimal) -> Decimal {
    let exact = whole.amount().checked_mul(part).and_then(|product| product.checked_div(quantity));
    Money::rounded(exact.unwrap_or_default(), whole.currency()).amount()
}

fn add(
    differences: &mut BTreeMap<PricedGoods, PriceDifference>,
    (billing, pricing): (&Billing, Pricing),
    arrival: &Arrival,
    quantity: Decimal,
    difference: Decimal,
) {
    let Billing { invoice_id, currency, effective_date, .. } = *billing;
    let goods = PricedGoods { invoice_id, receipt_id: arrival.receipt_id, line: arrival.line, pricing };
    let nothing = PriceDifference { quantity: Decimal::ZERO, difference: Money::zero(currency), effective_date };
    let priced = differences.entry(goods).or_insert(nothing);
    priced.quantity += quantity;
    priced.difference = Money::rounded(priced.difference.amount() + difference, currency);
}
