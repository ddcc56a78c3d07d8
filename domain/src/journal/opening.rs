//! An entry that opens a bank account: in another currency it says what the balance of before cost, and takes part in what the account is
//! carried at like any line of it.

use chrono::NaiveDate;

use super::{JournalEntry, JournalEvent, ManualEntry};
use crate::chart::Code;
use crate::ledger::{Books, Document, DocumentType, Entry, Holdings, Moving, adjusted};
use crate::money::Currency;

impl ManualEntry {
    /// The bank's account in the books, whose line is the first, its currency and the day.
    pub fn opened(&self) -> Option<(&Code, Currency, NaiveDate)> {
        self.opening_of?;
        self.lines.first().map(|line| (&line.account, line.amount.currency(), self.effective_date))
    }
}

impl JournalEntry {
    pub fn opened(&self) -> Option<(&Code, Currency, NaiveDate)> {
        self.entry().ok()?.opened()
    }

    /// What an event changes of what the bank account is carried at, beside its own lines; `self` is the state before it.
    pub fn opens(&self, event: &JournalEvent, id: uuid::Uuid, books: &Books, holdings: &mut Holdings) -> Vec<Entry> {
        let (entry, back) = match (self, event) {
            (_, JournalEvent::Posted(entry)) => (entry, None),
            (Self::Posted(entry), JournalEvent::Reversed(reversal)) => (entry, Some(reversal.effective_date)),
            _ => return vec![],
        };
        let bank = entry.opening_of.and_then(|_| entry.lines.first());
        let Some((line, base)) = bank.zip(books.base).filter(|(line, base)| line.amount.currency() != *base) else { return vec![] };
        let on = back.unwrap_or(entry.effective_date);
        let moving = Moving { account: &line.account, on, amount: line.amount, worth: line.base.amount() };
        let (mut carried, posted) = match back {
            None => (holdings.moves(moving, base), moving.worth),
            Some(day) if day == entry.effective_date => (holdings.takes_back(moving, base), -moving.worth),
            Some(_) => {
                let back = Moving { amount: moving.amount.negated(), worth: -moving.worth, ..moving };
                (holdings.moves(back, base), back.worth)
            }
        };
        let own = carried.remove(&on).unwrap_or_default() - posted;
        if !own.is_zero() {
            carried.insert(on, own);
        }
        let document = Document { kind: DocumentType::JournalEntry, id, related: None };
        adjusted(&line.account, line.amount.currency(), carried, document, books)
    }
}
