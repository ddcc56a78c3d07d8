//! What a credit note says of the goods on its order: that they are not billed any more, or that they cost less.
//!
//! At the price that they were billed at, a line is taken back: goods that nobody has to pay for were returned, or are billed anew. At
//! any other price it gives back the goods that went back to the vendor, as the order knows; what has not gone back is here still, and
//! costs less.

use rust_decimal::Decimal;

use super::event::{BilledSum, Billing};
use super::order::Order;
use crate::money::{Currency, round_half_up};

impl Order {
    /// `billing` with what each of its lines gives back and what it only prices anew; `before` is what the same document took until now.
    /// Goods that go back later are given back then: what was given back once stays so.
    pub(super) fn credited(&self, mut billing: Billing, before: Option<&Billing>, others: &[Billing]) -> Billing {
        for sum in billing.lines.iter_mut().filter(|sum| sum.quantity < Decimal::ZERO) {
            let named = -sum.quantity;
            let known = before.and_then(|before| before.lines.iter().find(|known| known.says_the_same_as(sum)));
            let back = match known {
                Some(known) => self.went_back(sum.line, others).min(named).max(-known.quantity),
                None if self.is_at_billed_price(sum, billing.currency, others) => named,
                None => self.went_back(sum.line, others).min(named),
            };
            (sum.quantity, sum.repriced) = (-back, named - back);
        }
        billing
    }

    /// To the minor unit. Where nothing was billed yet, the agreed price is the one that it will be.
    fn is_at_billed_price(&self, sum: &BilledSum, currency: Currency, others: &[Billing]) -> bool {
        let cents = |amount: Decimal| round_half_up(amount, currency.exponent());
        let at = |price: Decimal| cents(sum.quantity.saturating_mul(price)) == cents(sum.net);
        let mut billed = others.iter().flat_map(|billing| billing.of(sum.line)).filter(|other| other.quantity > Decimal::ZERO).peekable();
        match billed.peek() {
            None => at(sum.unit_price),
            Some(_) => billed.any(|other| other.net.checked_div(other.quantity).is_some_and(at)),
        }
    }

    /// How many of a line's billed goods have gone back to the vendor and no other credit note has given back.
    fn went_back(&self, line: u32, others: &[Billing]) -> Decimal {
        let progress = self.progress(line);
        let billed = others.iter().map(|billing| billing.of_line(line)).fold(Decimal::ZERO, Decimal::saturating_add);
        billed.saturating_sub(progress.kept()).min(progress.returned).max(Decimal::ZERO)
    }
}

impl BilledSum {
    fn says_the_same_as(&self, told: &Self) -> bool {
        self.line == told.line && self.net == told.net && self.quantity - self.repriced == told.quantity
    }
}
