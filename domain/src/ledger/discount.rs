//! What an early-payment discount posts: the liability that was never paid, against discounts received and, where the law reduces
//! it, against the input tax by rate.

use rust_decimal::Decimal;

use super::coding::lines_of_discount;
use super::entry::Line;
use super::payable::{PayableAccount, Posting};
use crate::chart::PostingRole;
use crate::invoice::TaxSubtotal;
use crate::money::{Currency, Money};

impl PayableAccount {
    /// At the invoice's own rate: nothing is gained or lost by exchange (SEMANTICS 6).
    pub(super) fn discount(&self, amount: Money, tax_breakdown: &[TaxSubtotal], at: Posting<'_>) -> Vec<Line> {
        let whole = self.let_go(amount, PostingRole::DiscountsReceived, at);
        let corrected = lines_of_discount(&self.bill, &self.coding, tax_breakdown, at.books);
        let Some(mut lines) = corrected.filter(|lines| !lines.is_empty()) else { return whole };
        lines.insert(0, whole[0].clone());
        if let Some((base, relieved)) = at.books.base.zip(whole[0].base)
            && let Some(worth) = worth_beside(&lines[1..], amount, relieved, base)
        {
            lines[1..].iter_mut().zip(worth).for_each(|(line, worth)| line.base = Some(worth));
        } else {
            lines[0].base = None;
        }
        lines
    }
}

/// Each line's share of what is relieved; what rounding leaves goes to the largest.
pub(super) fn worth_beside(lines: &[Line], amount: Money, relieved: Decimal, base: Currency) -> Option<Vec<Decimal>> {
    let share =
        |line: &Line| Some(Money::rounded(line.amount.amount().checked_mul(relieved)?.checked_div(amount.amount())?, base).amount());
    let mut worth = lines.iter().map(share).collect::<Option<Vec<_>>>()?;
    let left = relieved + worth.iter().sum::<Decimal>();
    let largest = (0..lines.len()).max_by_key(|&i| (lines[i].amount.amount().abs(), std::cmp::Reverse(i)))?;
    worth[largest] -= left;
    Some(worth)
}
