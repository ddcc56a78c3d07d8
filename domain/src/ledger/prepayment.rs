//! What the application of a prepayment posts: the share of its own lines that an invoice has, given back in proportion,
//! so that the last application takes exactly what is left of each.
//!
//! The prepayment and its invoice meet on the clearing account, each at the rate of the same day: nothing stays there.
//! Where the invoice deducts it itself (BT-113), it has posted that to the account of prepayments at its own rate, and they
//! meet there at that one. What the prepayment cost more or less in the books' currency than where they meet is gained or lost.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::books::Books;
use super::entry::{Entry, Line, Reason};
use super::late_rate::Gone;
use super::payable::{PayableAccount, Posting, paid_in_base};
use crate::chart::{Code, PostingRole};
use crate::ids::InvoiceId;
use crate::invoice::{Against, Allocation};
use crate::money::{Currency, Money};

/// What invoices that deduct prepayments themselves have posted for each allocation, in the books' currency.
pub type Deductions = HashMap<Uuid, Decimal>;

/// An allocation's share of what an invoice deducts itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Stated {
    pub(super) by: Uuid,
    amount: Money,
    /// `None` as long as no exchange rate is known.
    base: Option<Decimal>,
}

/// What an invoice has of a prepayment, as posted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Application {
    by: Uuid,
    /// No invoice has it: the vendor paid it back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) refunded: bool,
    /// The invoice that deducts it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stated_by: Option<InvoiceId>,
    pub(super) value_date: NaiveDate,
    /// What goes to the account where it meets its invoice.
    cleared: Line,
    /// One for each line of the prepayment but its control account, in their order.
    given_back: Vec<Line>,
    exchange: Option<Line>,
}

impl Application {
    pub(super) fn is_untranslated(&self) -> bool {
        self.cleared.base.is_none()
    }

    fn lines(&self) -> Vec<Line> {
        let given_back = self.given_back.iter().filter(|line| !line.amount.is_zero() || line.base.is_some_and(|base| !base.is_zero()));
        std::iter::once(&self.cleared).chain(given_back).chain(&self.exchange).cloned().collect()
    }
}

impl PayableAccount {
    /// What the vendor paid back may be `kept` on an account of its own.
    pub(super) fn apply(&mut self, allocation: &Allocation, kept: Option<Code>, at: Posting<'_>) -> Vec<Entry> {
        let Allocation { allocation_id, amount, effective_date, against } = allocation;
        let stated_by = if let Against::StatedBy(id) = against { Some(*id) } else { None };
        let role = if stated_by.is_some() { PostingRole::Prepayments } else { PostingRole::BankClearing };
        let (on, refunded) = (kept.unwrap_or_else(|| at.books.account(role)), against.is_refund());
        let meeting = Meeting { by: allocation_id.0, refunded, stated_by, on, value_date: *effective_date };
        let application = self.application(meeting, *amount, at);
        let reason = if refunded { Reason::VendorRefunded } else { Reason::PrepaymentApplied };
        let entry = self.entry(*effective_date, reason, application.lines(), at.invoice, Some(allocation_id.0));
        self.applications.push(application);
        vec![entry]
    }

    /// What is applied of what its document deducts has its share of what was posted for that, in proportion to what is left.
    pub(super) fn state(&mut self, by: Uuid, amount: Money, books: &Books) {
        let base = self.stated_share(amount, books);
        self.stated.push(Stated { by, amount, base });
    }

    pub(super) fn state_again(&mut self, books: &Books) {
        for Stated { by, amount, .. } in std::mem::take(&mut self.stated) {
            self.state(by, amount, books);
        }
    }

    fn stated_share(&self, amount: Money, books: &Books) -> Option<Decimal> {
        // Another account may stand for prepayments by now.
        let account = books.account(PostingRole::Prepayments);
        let own = |line: &&Line| line.amount.amount() == -self.bill.prepaid && line.tax_code.is_none();
        let line =
            self.lines[1..].iter().rfind(|line| own(line) && line.account == account).or_else(|| self.lines[1..].iter().rfind(own))?;
        let gone: Decimal = self.stated.iter().map(|before| before.amount.amount()).sum();
        let gone_in_base = self.stated.iter().map(|before| before.base).sum::<Option<Decimal>>()?;
        let (left, left_in_base) = (self.bill.prepaid - gone, -line.base? - gone_in_base);
        let exact = amount.amount().checked_mul(left_in_base)?.checked_div(left)?;
        Some(Money::rounded(exact, books.base?).amount())
    }

    pub fn deducted(&self) -> impl Iterator<Item = (Uuid, Decimal)> {
        self.stated.iter().filter_map(|stated| Some((stated.by, stated.base?)))
    }

    /// The invoices that have to be known for its applications to be posted again.
    pub fn stated_by(&self) -> impl Iterator<Item = InvoiceId> {
        self.applications.iter().filter_map(|application| application.stated_by)
    }

    /// What moved it beside its own document: payments, and allocations.
    pub fn moved_by(&self) -> impl Iterator<Item = Uuid> {
        let standing = self.settlements.iter().map(|settled| settled.by).chain(self.applications.iter().map(|application| application.by));
        standing.chain(self.gone.iter().filter_map(Gone::by))
    }

    /// The stored numbers go back, whatever the rate is by now.
    pub(super) fn take_application_back(&mut self, by: Uuid, on: NaiveDate, at: Posting<'_>) -> Vec<Entry> {
        let Some(index) = self.applications.iter().position(|application| application.by == by) else { return vec![] };
        let taken_back = self.applications.remove(index);
        let reason = if taken_back.refunded { Reason::RefundReversed } else { Reason::PrepaymentTakenBack };
        let entry = self.entry(on, reason, Entry::reversed(&taken_back.lines()), at.invoice, Some(by));
        self.undone(by, taken_back.lines(), taken_back.value_date..on, at.invoice);
        vec![entry]
    }

    /// Posts them again with the rates that are known by now.
    pub(super) fn translate_applications(&mut self, at: Posting<'_>) -> Vec<Entry> {
        let mut entries = Vec::new();
        for before in std::mem::take(&mut self.applications) {
            let Application { by, refunded, stated_by, value_date, .. } = before;
            let meeting = Meeting { by, refunded, stated_by, on: before.cleared.account.clone(), value_date };
            let after = self.application(meeting, before.cleared.amount, at);
            entries.push(self.replaced(&before.lines(), &after.lines(), before.value_date, at, Some(before.by)));
            self.applications.push(after);
        }
        entries
    }

    fn application(&self, meeting: Meeting, amount: Money, at: Posting<'_>) -> Application {
        let Meeting { by, refunded, stated_by, on, value_date } = meeting;
        let mut given_back = self.given_back(amount);
        let mut cleared = Line::on(on, amount);
        let mut exchange = None;
        let cost = |base| match stated_by {
            Some(_) if amount.currency() != base => at.deducted.get(&by).copied(),
            _ => paid_in_base(amount, base, value_date, at),
        };
        let cost = at.books.base.and_then(|base| Some((base, cost(base)?)));
        if let Some((base, cost)) = cost
            && let Some(worth) = self.worth(&given_back, amount, base)
        {
            let carried: Decimal = worth.iter().sum();
            given_back.iter_mut().zip(&worth).for_each(|(line, base)| line.base = Some(*base));
            cleared.base = Some(cost);
            exchange = at.books.realised(-(cost + carried));
        }
        Application { by, refunded, stated_by, value_date, cleared, given_back, exchange }
    }

    /// The share of each line: what all applications have of it by then, less what those before had.
    fn given_back(&self, amount: Money) -> Vec<Line> {
        let ratio = self.applied_by_then(amount);
        let share = |(index, line): (usize, &Line)| {
            let due = ratio.and_then(|ratio| line.amount.amount().checked_mul(ratio)).unwrap_or(Decimal::ZERO);
            let gone: Decimal = self.applications.iter().map(|before| before.given_back[index].amount.amount()).sum();
            Line { amount: Money::rounded(-due - gone, amount.currency()), base: None, ..line.clone() }
        };
        let mut lines: Vec<Line> = self.lines[1..].iter().enumerate().map(share).collect();
        let given: Decimal = lines.iter().map(|line| line.amount.amount()).sum();
        let largest = (0..lines.len()).max_by_key(|&i| (self.lines[i + 1].amount.amount().abs(), std::cmp::Reverse(i)));
        if let Some(line) = largest.and_then(|index| lines.get_mut(index)) {
            line.amount = Money::rounded(line.amount.amount() - given - amount.amount(), amount.currency());
        }
        lines
    }

    /// The same in the books' currency, at what the prepayment itself was posted at; `None` where that is not known yet.
    fn worth(&self, given_back: &[Line], amount: Money, base: Currency) -> Option<Vec<Decimal>> {
        if amount.currency() == base {
            return Some(given_back.iter().map(|line| line.amount.amount()).collect());
        }
        let ratio = self.applied_by_then(amount)?;
        let share = |(index, line): (usize, &Line)| {
            let due = Money::rounded(line.base?.checked_mul(ratio)?, base).amount();
            let gone = self.applications.iter().map(|before| before.given_back[index].base).sum::<Option<Decimal>>()?;
            Some(-due - gone)
        };
        self.lines[1..].iter().enumerate().map(share).collect()
    }

    /// Which part of the prepayment invoices have, this amount included.
    fn applied_by_then(&self, amount: Money) -> Option<Decimal> {
        let owed = -self.lines.first()?.amount.amount();
        let applied: Decimal = self.applications.iter().map(|before| before.cleared.amount.amount()).sum();
        applied.checked_add(amount.amount())?.checked_div(owed)
    }
}

/// Where a prepayment meets the invoice that has it.
struct Meeting {
    by: Uuid,
    refunded: bool,
    stated_by: Option<InvoiceId>,
    on: Code,
    value_date: NaiveDate,
}
