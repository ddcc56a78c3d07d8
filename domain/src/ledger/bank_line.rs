//! What a line of a bank statement posts: the bank's account moves as the bank says, against what a payment had put on the clearing
//! account, or against the accounts that a person named. What nothing explains posts nothing.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::books::Books;
use super::entry::{Entry, Line, Reason};
use super::rate::RateTable;
use crate::bank_statement::{BankStatementEvent, Booking, Cleared, LinePosting, MatchTarget, StatementLine, entry};
use crate::chart::PostingRole;
use crate::money::{Currency, Money};

/// What the ledger keeps of one line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BankLine {
    /// Its id.
    line: Uuid,
    amount: Money,
    posted: Option<PostedLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PostedLine {
    effective_date: NaiveDate,
    /// The payment.
    related: Option<Uuid>,
    /// What was on the clearing account; nothing of a booking.
    clears: Vec<Cleared>,
    lines: Vec<Line>,
    reason: Reason,
}

#[derive(Clone, Copy)]
pub struct BankLinePosting<'a> {
    pub books: &'a Books,
    pub rates: &'a RateTable,
}

impl BankLine {
    pub fn imported(line: Uuid, told: &StatementLine) -> Self {
        Self { line, amount: told.amount, posted: None }
    }

    pub fn on(&mut self, event: &BankStatementEvent, at: BankLinePosting<'_>) -> Option<Entry> {
        match event {
            BankStatementEvent::Imported(_)
            | BankStatementEvent::BookingWithheld { .. }
            | BankStatementEvent::ChequeExceptionFound { .. } => None,
            BankStatementEvent::Matched { matching, .. } => self.matched(matching.posted.as_ref()?, &matching.target, at),
            BankStatementEvent::Booked { booking, .. } => Some(self.booked(booking, at)),
            BankStatementEvent::Unmatched { effective_date, .. } => self.taken_back(*effective_date),
            BankStatementEvent::BookingTakenBack { effective_date, .. } => self.taken_back(Some(*effective_date)),
        }
    }

    pub fn untranslated(&self) -> Option<Currency> {
        let waits = self.posted.as_ref().is_some_and(|posted| posted.lines.iter().any(|line| line.base.is_none()));
        waits.then(|| self.amount.currency())
    }

    /// The days whose exchange rates its amounts are posted at.
    pub fn rate_days(&self) -> Vec<(Currency, NaiveDate)> {
        let Some(posted) = &self.posted else { return vec![] };
        let cleared = posted.clears.iter().map(|cleared| cleared.on);
        cleared.chain([posted.effective_date]).map(|day| (self.amount.currency(), day)).collect()
    }

    /// Posts again, with the rates that are known by now, what was posted without one.
    pub fn translate(&mut self, at: BankLinePosting<'_>) -> Vec<Entry> {
        let Some(mut posted) = self.posted.clone() else { return vec![] };
        let before = posted.lines.clone();
        posted.translate(at);
        if posted.lines.iter().any(|line| line.base.is_none()) {
            return vec![];
        }
        let lines = Entry::reversed(&before).into_iter().chain(posted.lines.iter().cloned()).collect();
        let replaced = entry(self.line, posted.effective_date, Reason::Translated, lines, posted.related);
        self.posted = Some(posted);
        vec![replaced]
    }

    fn matched(&mut self, posting: &LinePosting, target: &MatchTarget, at: BankLinePosting<'_>) -> Option<Entry> {
        let MatchTarget::Payment { payment_id, .. } = target else { return None };
        let LinePosting { account_code, effective_date, clears } = posting.clone();
        let clearing = at.books.account(PostingRole::BankClearing);
        let lines = vec![Line::on(account_code, self.amount), Line::on(clearing, self.amount.negated())];
        let reason = Reason::StatementMatched;
        Some(self.post(PostedLine { effective_date, related: Some(payment_id.0), clears, lines, reason }, at))
    }

    fn booked(&mut self, booking: &Booking, at: BankLinePosting<'_>) -> Entry {
        let (effective_date, lines) = (booking.posted.effective_date, booking.ledger_lines(self.amount));
        self.post(PostedLine { effective_date, related: None, clears: vec![], lines, reason: Reason::StatementBooked }, at)
    }

    fn post(&mut self, mut posted: PostedLine, at: BankLinePosting<'_>) -> Entry {
        posted.translate(at);
        let entry = entry(self.line, posted.effective_date, posted.reason, posted.lines.clone(), posted.related);
        self.posted = Some(posted);
        entry
    }

    /// The stored numbers go back, whatever the rate is by now.
    fn taken_back(&mut self, on: Option<NaiveDate>) -> Option<Entry> {
        let PostedLine { effective_date, related, lines, reason, .. } = self.posted.take()?;
        let reason = if reason == Reason::StatementBooked { Reason::StatementBookingReversed } else { Reason::StatementUnmatched };
        Some(entry(self.line, on.unwrap_or(effective_date), reason, Entry::reversed(&lines), related))
    }
}

impl PostedLine {
    /// What a payment had put on the clearing account leaves it as it came there: nothing is gained or lost on the way to the bank.
    fn translate(&mut self, at: BankLinePosting<'_>) {
        if self.clears.is_empty() {
            return at.books.translate(&mut self.lines, at.rates, self.effective_date);
        }
        let cleared = |cleared: &Cleared| at.books.amount_in_base(cleared.amount, at.rates, cleared.on);
        let Some(base) = self.clears.iter().map(cleared).sum::<Option<Decimal>>() else { return };
        (self.lines[0].base, self.lines[1].base) = (Some(-base), Some(base));
    }
}
