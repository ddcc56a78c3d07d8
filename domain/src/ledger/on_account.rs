//! What a payment posts that went through after it had failed: the vendor owes the money until it comes back or is used.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::books::Books;
use super::entry::{Document, DocumentType, Entry, Line, Reason};
use super::rate::RateTable;
use crate::chart::PostingRole;
use crate::money::Currency;
use crate::payment::PaymentEvent;

/// What the ledger keeps of money that a vendor owes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnAccount {
    payment: Uuid,
    vendor_id: Uuid,
    value_date: NaiveDate,
    /// As posted.
    lines: Vec<Line>,
    /// The day on which the money came back.
    returned_on: Option<NaiveDate>,
}

#[derive(Clone, Copy)]
pub struct OnAccountPosting<'a> {
    pub books: &'a Books,
    pub rates: &'a RateTable,
    pub payment: Uuid,
}

impl OnAccount {
    /// Begins with the event that credits; `None` for every other.
    pub fn credited(event: &PaymentEvent, at: OnAccountPosting<'_>) -> Option<(Self, Entry)> {
        let PaymentEvent::CreditedOnAccount { vendor_id, amount, value_date, .. } = event else { return None };
        let owed = Line::on(at.books.account(PostingRole::PayablesControl), *amount);
        let mut lines = vec![owed, Line::on(at.books.account(PostingRole::BankClearing), amount.negated())];
        at.books.translate(&mut lines, at.rates, *value_date);
        let account =
            Self { payment: at.payment, vendor_id: vendor_id.0, value_date: *value_date, lines: lines.clone(), returned_on: None };
        let entry = account.entry(Reason::PaidOnAccount, *value_date, lines);
        Some((account, entry))
    }

    /// The stored numbers go back, whatever the rate is by now.
    pub fn returned(&mut self, event: &PaymentEvent) -> Option<Entry> {
        let PaymentEvent::CreditReturned { value_date, .. } = event else { return None };
        self.returned_on = Some(*value_date);
        Some(self.entry(Reason::PaymentReturned, *value_date, Entry::reversed(&self.lines)))
    }

    pub fn payment(&self) -> Uuid {
        self.payment
    }

    pub fn untranslated(&self) -> Option<Currency> {
        self.lines.iter().find(|line| line.base.is_none()).map(|line| line.amount.currency())
    }

    /// The day whose exchange rate its amount needs.
    pub fn rate_day(&self) -> NaiveDate {
        self.value_date
    }

    /// Posts again, with the rate that is known by now, what was posted without one.
    pub fn translate(&mut self, at: OnAccountPosting<'_>) -> Vec<Entry> {
        let before = self.lines.clone();
        at.books.translate(&mut self.lines, at.rates, self.value_date);
        if self.untranslated().is_some() {
            return vec![];
        }
        let replaced: Vec<Line> = Entry::reversed(&before).into_iter().chain(self.lines.clone()).collect();
        let gone = self.returned_on.map(|day| self.entry(Reason::Translated, day, Entry::reversed(&replaced)));
        std::iter::once(self.entry(Reason::Translated, self.value_date, replaced)).chain(gone).collect()
    }

    fn entry(&self, reason: Reason, effective_date: NaiveDate, lines: Vec<Line>) -> Entry {
        let document = Document { kind: DocumentType::Payment, id: self.payment, related: None };
        Entry { effective_date, reason, document, party: Some(self.vendor_id), lines }
    }
}
