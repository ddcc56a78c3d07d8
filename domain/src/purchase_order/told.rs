//! One line of an order: what came of it, what went back, and which bill says what which of its goods cost.
//!
//! Goods that went back before anybody billed them cost nobody anything: the next bill is of others. What a credit note takes back of
//! goods that are here still is a difference of prices until they are billed anew: then that bill alone says what they cost.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::event::{BilledSum, Billing};
use super::pricing::{Arrivals, Overlap, PriceDifference, PricedGoods, Pricing, add, dearer_by, share};
use crate::ids::GoodsReceiptId;
use crate::money::{Currency, Money, round_half_up};

#[derive(Default)]
pub(super) struct LineTold<'e> {
    /// Without what went back before it was billed.
    pub arrivals: Arrivals,
    billed: Vec<Part<'e>>,
    credits: Vec<Credit<'e>>,
    /// A price that was corrected, of the last of so many units that were billed then.
    corrections: Vec<(&'e Billing, BilledSum, Decimal)>,
    /// Went back after they were billed, and no credit note has said so.
    uncredited: Decimal,
}

/// Units of one bill that stand, counted within it.
struct Part<'e> {
    billing: &'e Billing,
    sum: &'e BilledSum,
    from: Decimal,
    to: Decimal,
}

/// What a credit note gives back.
struct Credit<'e> {
    billing: &'e Billing,
    sum: BilledSum,
    /// Of goods that are here still, and that nobody has billed anew.
    open: Decimal,
    /// So many were taken out of the bills that had asked so much for them.
    undone: Decimal,
    undone_net: Decimal,
}

impl<'e> LineTold<'e> {
    pub fn went(&mut self, receipt_id: GoodsReceiptId, quantity: Decimal) {
        let billed = self.units_billed();
        let (mut left, mut came) = (quantity, Decimal::ZERO);
        for arrival in &mut self.arrivals.0 {
            let start = came;
            came = came.saturating_add(arrival.quantity);
            if arrival.receipt_id == receipt_id {
                let unbilled = (came - billed.max(start)).max(Decimal::ZERO).min(left);
                arrival.quantity -= unbilled;
                left -= unbilled;
            }
        }
        for credit in self.credits.iter_mut().rev() {
            let known = credit.open.min(left);
            credit.open -= known;
            left -= known;
        }
        self.uncredited = self.uncredited.saturating_add(left);
    }

    pub fn billed(&mut self, billing: &'e Billing, sum: &'e BilledSum) {
        if sum.quantity <= Decimal::ZERO {
            return self.credited(billing, sum);
        }
        let mut anew = sum.quantity;
        for index in (0..self.credits.len()).rev() {
            let part = self.credits[index].open.min(anew);
            self.credits[index].open -= part;
            self.undo(index, part);
            anew -= part;
        }
        self.billed.push(Part { billing, sum, from: Decimal::ZERO, to: sum.quantity });
    }

    fn credited(&mut self, billing: &'e Billing, sum: &BilledSum) {
        let named = sum.repriced.saturating_sub(sum.quantity);
        let corrected = if named.is_zero() { Decimal::ZERO } else { share(Money::rounded(sum.net, billing.currency), sum.repriced, named) };
        self.corrections.push((billing, BilledSum { net: corrected, ..sum.clone() }, self.units_billed()));
        let back = -sum.quantity;
        let went = back.min(self.uncredited);
        self.uncredited -= went;
        let waiting = self.units_billed().saturating_sub(self.arrivals.units()).max(Decimal::ZERO).min(back - went);
        let sum = BilledSum { net: sum.net - corrected, ..sum.clone() };
        let (undone, undone_net) = (Decimal::ZERO, Decimal::ZERO);
        self.credits.push(Credit { billing, sum, open: back - went - waiting, undone, undone_net });
        self.undo(self.credits.len() - 1, waiting);
    }

    /// Takes so many units out of the bills again: of the last one at the credit note's price, or of the last.
    fn undo(&mut self, credit: usize, quantity: Decimal) {
        let mut left = quantity;
        while left > Decimal::ZERO {
            let Credit { billing, sum, .. } = &self.credits[credit];
            let (currency, asked) = (billing.currency, price(sum, billing.currency));
            let same = self.billed.iter().rposition(|part| price(part.sum, currency) == asked);
            let Some(place) = same.or(self.billed.len().checked_sub(1)) else { return };
            let part = &mut self.billed[place];
            let taken = left.min(part.to - part.from);
            let net = part.net(part.to - taken, part.to);
            part.to -= taken;
            if part.to == part.from {
                self.billed.remove(place);
            }
            let credit = &mut self.credits[credit];
            (credit.undone, credit.undone_net) = (credit.undone + taken, credit.undone_net + net);
            left -= taken;
        }
    }

    fn units_billed(&self) -> Decimal {
        self.billed.iter().map(|part| part.to - part.from).fold(Decimal::ZERO, Decimal::saturating_add)
    }

    pub fn differences(&self, differences: &mut BTreeMap<PricedGoods, PriceDifference>) {
        let mut from = Decimal::ZERO;
        for part in &self.billed {
            self.price(from, part, differences);
            from = from.saturating_add(part.to - part.from);
        }
        for credit in &self.credits {
            self.give_back(credit, differences);
        }
        for (billing, sum, billed) in &self.corrections {
            self.correct(*billed, billing, sum, differences);
        }
    }

    /// The units from `from` on are billed by this part: each receipt's goods bear what it states beside what they came in at.
    fn price(&self, from: Decimal, part: &Part<'_>, differences: &mut BTreeMap<PricedGoods, PriceDifference>) {
        let line = part.sum.line;
        for Overlap { arrival, before, start, end } in self.arrivals.overlaps(line, from, part.to - part.from) {
            let Some(worth) = arrival.worth(part.billing.currency) else { continue };
            let came = share(worth, end - before, arrival.quantity) - share(worth, start - before, arrival.quantity);
            let stated = part.net(part.from + (start - from), part.from + (end - from));
            add(differences, (part.billing, Pricing::Billed), arrival, end - start, stated - came);
        }
    }

    /// A credit note takes back of what came last; of what was taken out of the bills, only what it states beside them.
    fn give_back(&self, credit: &Credit<'_>, differences: &mut BTreeMap<PricedGoods, PriceDifference>) {
        let Credit { billing, sum, undone, undone_net, .. } = credit;
        let Some(last) = self.arrivals.0.iter().rfind(|arrival| arrival.quantity > Decimal::ZERO) else { return };
        let of_undone = share(Money::rounded(sum.net, billing.currency), *undone, -sum.quantity);
        let kept = BilledSum { quantity: sum.quantity + undone, net: sum.net - of_undone, ..sum.clone() };
        if let Some(dearer) = dearer_by(&kept, last.unit_price, billing.currency) {
            add(differences, (billing, Pricing::GivenBack), last, Decimal::ZERO, dearer.amount() + of_undone + undone_net);
        }
    }

    /// The last of the goods that had been billed cost less. What came with them bears it alike: nobody can tell one from another.
    fn correct(&self, billed: Decimal, billing: &Billing, sum: &BilledSum, differences: &mut BTreeMap<PricedGoods, PriceDifference>) {
        let (quantity, from) = (sum.repriced, billed.saturating_sub(sum.repriced).max(Decimal::ZERO));
        let corrected = Money::rounded(sum.net, billing.currency);
        for Overlap { arrival, start, end, .. } in self.arrivals.overlaps(sum.line, from, quantity) {
            let part = share(corrected, end - from, quantity) - share(corrected, start - from, quantity);
            add(differences, (billing, Pricing::Corrected), arrival, arrival.quantity, part);
        }
    }
}

impl Part<'_> {
    /// What the bill asks for its units between two of them.
    fn net(&self, from: Decimal, to: Decimal) -> Decimal {
        let billed = Money::rounded(self.sum.net, self.billing.currency);
        share(billed, to, self.sum.quantity) - share(billed, from, self.sum.quantity)
    }
}

/// Of one unit, to the minor one.
fn price(sum: &BilledSum, currency: Currency) -> Option<Decimal> {
    Some(round_half_up(sum.net.checked_div(sum.quantity)?, currency.exponent()))
}
