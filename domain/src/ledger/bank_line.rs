//! What a line of a bank statement posts: the bank's account moves as the bank says, against what a payment had put on the clearing
//! account, or against the accounts that a person named. What nothing explains posts nothing.
//!
//! In another currency than the books' the bank's account moves by what its balance cost ([`super::holding`]); what the line is worth
//! more or less than that is gained or lost by exchange.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::books::Books;
use super::entry::{Document, DocumentType, Entry, Line, Reason};
use super::holding::{Carried, Holdings, Moving, adjusted};
use super::late_rate::is_untranslated;
use super::rate::RateTable;
use crate::bank_statement::{BankStatementEvent, Booking, Cleared, LinePosting, MatchTarget, StatementLine, entry};
use crate::chart::{Code, PostingRole};
use crate::money::{Currency, Money};

/// What the ledger keeps of one line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BankLine {
    /// Its id.
    line: Uuid,
    amount: Money,
    posted: Option<PostedLine>,
    /// Taken back on a later day, before its rate was known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gone: Vec<GoneLine>,
}

/// It stood from its own day until then, and waits for its rate all the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct GoneLine {
    posted: PostedLine,
    until: NaiveDate,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PostedLine {
    effective_date: NaiveDate,
    /// The payment, or the refund.
    related: Option<Uuid>,
    /// What was on the clearing account; nothing of a booking.
    clears: Vec<Cleared>,
    /// The bank's first.
    lines: Vec<Line>,
    /// Gained or lost, where the bank's balance cost something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    exchange: Vec<Line>,
    reason: Reason,
}

#[derive(Clone, Copy)]
pub struct BankLinePosting<'a> {
    pub books: &'a Books,
    pub rates: &'a RateTable,
}

impl BankLine {
    pub fn imported(line: Uuid, told: &StatementLine) -> Self {
        Self { line, amount: told.amount, posted: None, gone: vec![] }
    }

    pub fn on(&mut self, event: &BankStatementEvent, at: BankLinePosting<'_>, holdings: &mut Holdings) -> Vec<Entry> {
        match event {
            BankStatementEvent::Imported(_)
            | BankStatementEvent::Divided { .. }
            | BankStatementEvent::BookingWithheld { .. }
            | BankStatementEvent::ChequeExceptionFound { .. }
            | BankStatementEvent::Withdrawn { .. } => vec![],
            BankStatementEvent::Matched { matching, .. } => match &matching.posted {
                Some(posted) => self.matched(posted, &matching.target, at, holdings),
                None => vec![],
            },
            BankStatementEvent::Booked { booking, .. } => self.booked(booking, at, holdings),
            BankStatementEvent::Unmatched { effective_date, .. } => self.taken_back(*effective_date, at, holdings),
            BankStatementEvent::BookingTakenBack { effective_date, .. } => self.taken_back(Some(*effective_date), at, holdings),
        }
    }

    pub fn currency(&self) -> Currency {
        self.amount.currency()
    }

    /// The bank's accounts in the books that it moves, each with the day from which it does.
    pub fn moves(&self) -> impl Iterator<Item = (&Code, NaiveDate)> {
        self.all().filter_map(|posted| Some((&posted.lines.first()?.account, posted.effective_date)))
    }

    /// The payments, or the refunds, that it is matched to, or was before its rate was known.
    pub fn matched_to(&self) -> impl Iterator<Item = Uuid> {
        self.all().filter_map(|posted| posted.related)
    }

    pub fn untranslated(&self) -> Option<Currency> {
        self.all().any(|posted| is_untranslated(&posted.lines)).then(|| self.amount.currency())
    }

    /// The days whose exchange rates its amounts are posted at.
    pub fn rate_days(&self) -> Vec<(Currency, NaiveDate)> {
        let days = self.all().flat_map(|posted| posted.clears.iter().map(|cleared| cleared.on).chain([posted.effective_date]));
        days.map(|day| (self.amount.currency(), day)).collect()
    }

    fn all(&self) -> impl Iterator<Item = &PostedLine> {
        self.gone.iter().map(|gone| &gone.posted).chain(&self.posted)
    }

    /// Posts again, with the rates that are known by now, what was posted without one.
    pub fn translate(&mut self, at: BankLinePosting<'_>, holdings: &mut Holdings) -> Vec<Entry> {
        let mut entries = Vec::new();
        for gone in std::mem::take(&mut self.gone) {
            match self.translated(&gone.posted, at, holdings) {
                Some((known, posted)) => {
                    entries.extend(posted);
                    let went_back = Entry::reversed(&gone.posted.lines);
                    entries.extend(self.back(&known, &went_back, (gone.until, Reason::Translated), at, holdings));
                }
                None => self.gone.push(gone),
            }
        }
        if let Some((known, posted)) = self.posted.as_ref().and_then(|before| self.translated(before, at, holdings)) {
            entries.extend(posted);
            self.posted = Some(known);
        }
        entries
    }

    /// `None` where nothing waits, or the rate is still missing.
    fn translated(&self, before: &PostedLine, at: BankLinePosting<'_>, holdings: &mut Holdings) -> Option<(PostedLine, Vec<Entry>)> {
        let mut known = before.clone();
        known.translate(at);
        if !is_untranslated(&before.lines) || is_untranslated(&known.lines) {
            return None;
        }
        let carried = known.carry(self.amount, at, holdings);
        let lines = Entry::reversed(&before.lines).into_iter().chain(known.all_lines()).collect();
        let own = entry(self.line, known.effective_date, Reason::Translated, lines, known.related);
        let entries = self.with_others(own, &known, carried, at);
        Some((known, entries))
    }

    fn matched(&mut self, posting: &LinePosting, target: &MatchTarget, at: BankLinePosting<'_>, holdings: &mut Holdings) -> Vec<Entry> {
        let related = match target {
            MatchTarget::Payment { payment_id, .. } => payment_id.0,
            MatchTarget::Refund { allocation_id, .. } => allocation_id.0,
            MatchTarget::Receivable { incoming_payment_id, .. } | MatchTarget::IncomingReturned { incoming_payment_id, .. } => {
                incoming_payment_id.0
            }
            MatchTarget::CustomerRefund { refund_id, .. } => refund_id.0,
            MatchTarget::Explained { .. } => return vec![],
        };
        let LinePosting { account_code, effective_date, clears } = posting.clone();
        let clearing = at.books.account(PostingRole::BankClearing);
        let lines = vec![Line::on(account_code, self.amount), Line::on(clearing, self.amount.negated())];
        let (related, reason) = (Some(related), Reason::StatementMatched);
        self.post(PostedLine { effective_date, related, clears, lines, exchange: vec![], reason }, at, holdings)
    }

    fn booked(&mut self, booking: &Booking, at: BankLinePosting<'_>, holdings: &mut Holdings) -> Vec<Entry> {
        let (effective_date, lines) = (booking.posted.effective_date, booking.ledger_lines(self.amount));
        let reason = Reason::StatementBooked;
        self.post(PostedLine { effective_date, related: None, clears: vec![], lines, exchange: vec![], reason }, at, holdings)
    }

    fn post(&mut self, mut posted: PostedLine, at: BankLinePosting<'_>, holdings: &mut Holdings) -> Vec<Entry> {
        posted.translate(at);
        let carried = posted.carry(self.amount, at, holdings);
        let own = entry(self.line, posted.effective_date, posted.reason, posted.all_lines().collect(), posted.related);
        let entries = self.with_others(own, &posted, carried, at);
        self.posted = Some(posted);
        entries
    }

    /// What it was worth goes back, whatever the rate is by now.
    fn taken_back(&mut self, on: Option<NaiveDate>, at: BankLinePosting<'_>, holdings: &mut Holdings) -> Vec<Entry> {
        let Some(posted) = self.posted.take() else { return vec![] };
        let until = on.unwrap_or(posted.effective_date);
        let reason = if posted.reason == Reason::StatementBooked { Reason::StatementBookingReversed } else { Reason::StatementUnmatched };
        let entries = self.back(&posted, &[], (until, reason), at, holdings);
        if is_untranslated(&posted.lines) && until != posted.effective_date {
            self.gone.push(GoneLine { posted, until });
        }
        entries
    }

    /// What goes back, in the place of what did so before.
    fn back(
        &self,
        before: &PostedLine,
        replaces: &[Line],
        (on, reason): (NaiveDate, Reason),
        at: BankLinePosting<'_>,
        holdings: &mut Holdings,
    ) -> Vec<Entry> {
        let (lines, exchange) = (Entry::reversed(&before.lines), Entry::reversed(&before.exchange));
        let mut back = PostedLine { effective_date: on, lines, exchange, reason, ..before.clone() };
        let carried = back.carry_back(before, self.amount, at, holdings);
        let lines = Entry::reversed(replaces).into_iter().chain(back.all_lines()).collect();
        let own = entry(self.line, on, reason, lines, back.related);
        self.with_others(own, &back, carried, at)
    }

    /// With what it changes of other days.
    fn with_others(&self, own: Entry, posted: &PostedLine, carried: Carried, at: BankLinePosting<'_>) -> Vec<Entry> {
        let document = Document { kind: DocumentType::BankLine, id: self.line, related: None };
        let others = adjusted(&posted.lines[0].account, self.amount.currency(), carried, document, at.books);
        std::iter::once(own).chain(others).collect()
    }
}

impl PostedLine {
    fn all_lines(&self) -> impl Iterator<Item = Line> {
        self.lines.iter().chain(&self.exchange).cloned()
    }

    /// At what it is worth: what a payment had put on the clearing account leaves it as it came there.
    fn translate(&mut self, at: BankLinePosting<'_>) {
        if self.clears.is_empty() {
            return at.books.translate(&mut self.lines, at.rates, self.effective_date);
        }
        let cleared = |cleared: &Cleared| at.books.amount_in_base(cleared.amount, at.rates, cleared.on);
        let Some(base) = self.clears.iter().map(cleared).sum::<Option<Decimal>>() else { return };
        (self.lines[0].base, self.lines[1].base) = (Some(-base), Some(base));
    }

    /// Moves the bank's account by what its balance cost, where that is not the line's own worth; what it changes of other days.
    fn carry(&mut self, amount: Money, at: BankLinePosting<'_>, holdings: &mut Holdings) -> Carried {
        let Some((base, worth)) = self.foreign(amount, at) else { return Carried::new() };
        let carried = holdings.moves(Moving { account: &self.lines[0].account, on: self.effective_date, amount, worth }, base);
        self.carried(worth, carried, at)
    }

    /// The same of a line that takes `before` back.
    fn carry_back(&mut self, before: &Self, amount: Money, at: BankLinePosting<'_>, holdings: &mut Holdings) -> Carried {
        let Some((base, cost)) = before.foreign(amount, at) else { return Carried::new() };
        let worth = cost + before.exchange.iter().filter_map(|line| line.base).sum::<Decimal>();
        let (account, on) = (&before.lines[0].account, self.effective_date);
        let carried = if on == before.effective_date {
            holdings.takes_back(Moving { account, on, amount, worth }, base)
        } else {
            let back = if amount.is_positive() { worth } else { cost };
            holdings.moves(Moving { account, on, amount: amount.negated(), worth: -back }, base)
        };
        self.carried(-worth, carried, at)
    }

    fn carried(&mut self, worth: Decimal, mut carried: Carried, at: BankLinePosting<'_>) -> Carried {
        let own = carried.remove(&self.effective_date).unwrap_or_default();
        self.lines[0].base = Some(own);
        let known: Decimal = self.exchange.iter().filter_map(|line| line.base).sum();
        self.exchange.extend(at.books.realised(worth - own - known));
        carried
    }

    /// The books' currency and what the bank's line has in it, where that is another than its own.
    fn foreign(&self, amount: Money, at: BankLinePosting<'_>) -> Option<(Currency, Decimal)> {
        let base = at.books.base.filter(|base| *base != amount.currency())?;
        Some((base, self.lines[0].base?))
    }
}
