//! What was posted before its exchange rate was known, and is posted again once it is: what stands on its own day, what was undone
//! meanwhile on the day on which it stood first, and back on the day on which it was undone.
//!
//! What was undone gained and lost nothing by exchange: for as long as it stood it was worth what the rate of its document says.

use std::ops::Range;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::bill::Bill;
use super::books::Books;
use super::coding::translate;
use super::entry::{Document, DocumentType, Entry, Line, Reason};
use super::payable::{PayableAccount, Posting};
use super::prepayment::Application;
use super::rate::RateTable;
use super::settlement::Settlement;
use crate::invoice::Coding;
use crate::money::Currency;

/// What was undone before its rate was known: its days wait for it all the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Gone {
    pub(super) document: Document,
    pub(super) party: Uuid,
    pub(super) from: NaiveDate,
    pub(super) until: NaiveDate,
    /// As posted, the control account first.
    pub(super) lines: Vec<Line>,
    /// The day whose exchange rate its document is posted at.
    pub(super) rate_of: NaiveDate,
    /// What the document itself posted states its tax as it did then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bill: Option<Box<(Bill, Coding)>>,
}

impl Gone {
    /// Nothing waits of what had its rate, or was undone on its own day.
    pub(super) fn waiting(self) -> Option<Self> {
        (is_untranslated(&self.lines) && self.from != self.until).then_some(self)
    }

    pub(super) fn rate_day(&self) -> (Currency, NaiveDate) {
        (self.currency(), self.rate_of)
    }

    pub(super) fn currency(&self) -> Currency {
        self.lines[0].amount.currency()
    }

    /// The payment, or the allocation, that was taken back.
    pub(super) fn by(&self) -> Option<Uuid> {
        self.document.related.filter(|_| self.bill.is_none())
    }

    fn order(&self) -> Option<Uuid> {
        self.document.related.filter(|_| self.bill.is_some())
    }

    /// `None` as long as the rate is missing.
    fn translated(&self, books: &Books, rates: &RateTable) -> Option<[Entry; 2]> {
        let mut lines = self.lines.clone();
        match self.bill.as_deref() {
            Some((bill, coding)) => translate(bill, coding, &mut lines, books, rates),
            None => books.translate(&mut lines, rates, self.rate_of),
        }
        let own = replaced(&self.lines, &lines);
        let back = Entry::reversed(&own);
        (!is_untranslated(&lines)).then(|| [self.entry(self.from, own), self.entry(self.until, back)])
    }

    fn entry(&self, effective_date: NaiveDate, lines: Vec<Line>) -> Entry {
        Entry { effective_date, reason: Reason::Translated, document: self.document, party: Some(self.party), lines }
    }
}

/// Posts those again whose rate is known by now, and keeps the others.
pub(super) fn translate_gone(all: &mut Vec<Gone>, books: &Books, rates: &RateTable) -> Vec<Entry> {
    let mut entries = Vec::new();
    all.retain(|gone| match gone.translated(books, rates) {
        Some(posted) => {
            entries.extend(posted);
            false
        }
        None => true,
    });
    entries
}

pub(super) fn is_untranslated(lines: &[Line]) -> bool {
    lines.iter().any(|line| line.base.is_none())
}

pub(super) fn replaced(before: &[Line], after: &[Line]) -> Vec<Line> {
    Entry::reversed(before).into_iter().chain(after.iter().cloned()).collect()
}

impl PayableAccount {
    /// The currency whose exchange rate it waits for.
    pub fn untranslated(&self) -> Option<Currency> {
        let standing = self.stands_untranslated().then(|| self.currency());
        standing.or_else(|| self.gone.first().map(Gone::currency))
    }

    fn stands_untranslated(&self) -> bool {
        let own = self.counts && is_untranslated(&self.lines);
        let settled = self.settlements.iter().any(|settlement| is_untranslated(&settlement.lines));
        own || settled || self.applications.iter().any(Application::is_untranslated)
    }

    /// The currencies and the days whose exchange rates its amounts are posted at.
    pub fn rate_days(&self) -> Vec<(Currency, NaiveDate)> {
        let settled = self.settlements.iter().map(|s| s.value_date);
        let days = std::iter::once(self.issue_date).chain(settled).chain(self.applications.iter().map(|a| a.value_date));
        days.map(|day| (self.currency(), day)).chain(self.gone.iter().map(Gone::rate_day)).collect()
    }

    /// Posts again, with the rates that are known by now, what was posted without one.
    pub fn translate(&mut self, at: Posting<'_>) -> Vec<Entry> {
        let mut entries = translate_gone(&mut self.gone, at.books, at.rates);
        entries.extend(self.translate_standing(at));
        entries
    }

    /// Nothing as long as a rate is missing.
    fn translate_standing(&mut self, at: Posting<'_>) -> Vec<Entry> {
        if !self.stands_untranslated() {
            return vec![];
        }
        let before = self.clone();
        self.translate_lines(at);
        if is_untranslated(&self.lines) {
            return vec![];
        }
        let mut entries = Vec::new();
        if self.counts && before.lines != self.lines {
            entries.push(self.replaced(&before.lines, &self.lines, self.since(), at, None));
        }
        for Settlement { by, means, value_date, lines: before } in std::mem::take(&mut self.settlements) {
            let lines = self.settled_by(&means, before[0].amount, value_date, at);
            entries.push(self.replaced(&before, &lines, value_date, at, Some(by)));
            self.settlements.push(Settlement { by, means, value_date, lines });
        }
        entries.extend(self.translate_applications(at));
        if self.stands_untranslated() {
            // The rate of a payment's day is still missing: all of it waits.
            *self = before;
            return vec![];
        }
        entries
    }

    /// What was posted with a rate keeps it.
    pub(super) fn translate_lines(&mut self, at: Posting<'_>) {
        if !is_untranslated(&self.lines) {
            return;
        }
        translate(&self.bill, &self.coding, &mut self.lines, at.books, at.rates);
        self.state_again(at.books);
    }

    /// What the document itself posts is undone, or posted otherwise.
    pub(super) fn stood_until(&self, until: NaiveDate, invoice: Uuid) -> Option<Gone> {
        let gone = self.gone(self.lines.clone(), self.since()..until, invoice, self.order.map(Uuid::from));
        let waiting = gone.waiting().filter(|_| self.counts)?;
        Some(Gone { bill: Some(Box::new((self.bill.clone(), self.coding.clone()))), ..waiting })
    }

    /// A payment, or what invoices had of it, is taken back.
    pub(super) fn undone(&mut self, by: Uuid, lines: Vec<Line>, stood: Range<NaiveDate>, invoice: Uuid) {
        let gone = self.gone(lines, stood, invoice, Some(by));
        self.gone.extend(gone.waiting());
    }

    fn gone(&self, lines: Vec<Line>, stood: Range<NaiveDate>, invoice: Uuid, related: Option<Uuid>) -> Gone {
        let document = Document { kind: DocumentType::Invoice, id: invoice, related };
        Gone { document, party: self.vendor_id, from: stood.start, until: stood.end, lines, rate_of: self.issue_date, bill: None }
    }

    fn since(&self) -> NaiveDate {
        self.since.unwrap_or(self.effective_date)
    }

    /// The orders that it names or bills, and those that it did before its rate was known.
    pub fn orders(&self) -> impl Iterator<Item = Uuid> {
        self.order.map(Uuid::from).into_iter().chain(self.gone.iter().filter_map(Gone::order))
    }
}
