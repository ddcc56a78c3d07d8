//! What a payment posts that went through after it had failed: the vendor owes the money until it comes back or invoices have it.
//!
//! An invoice meets it on the clearing account, each at the rate of the same day, as it meets a credit note: nothing stays there.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::books::Books;
use super::entry::{Document, DocumentType, Entry, Line, Reason};
use super::late_rate::{Gone, replaced, translate_gone};
use super::rate::RateTable;
use crate::chart::PostingRole;
use crate::money::{Currency, Money};
use crate::payment::PaymentEvent;

/// What the ledger keeps of money that a vendor owes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnAccount {
    payment: Uuid,
    vendor_id: Uuid,
    value_date: NaiveDate,
    /// As posted, the control account first.
    lines: Vec<Line>,
    /// What invoices have of it, as posted, the control account first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    used: Vec<Used>,
    /// What was taken back before its rate was known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gone: Vec<Gone>,
    /// The day on which the money came back.
    returned_on: Option<NaiveDate>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Used {
    by: Uuid,
    value_date: NaiveDate,
    lines: Vec<Line>,
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
        let (payment, vendor_id, value_date) = (at.payment, vendor_id.0, *value_date);
        let account = Self { payment, vendor_id, value_date, lines: lines.clone(), used: vec![], gone: vec![], returned_on: None };
        let entry = account.entry(Reason::PaidOnAccount, value_date, lines, None);
        Some((account, entry))
    }

    /// What happened to it since. The stored numbers go back, whatever the rate is by now.
    pub fn on(&mut self, event: &PaymentEvent, at: OnAccountPosting<'_>) -> Option<Entry> {
        match event {
            PaymentEvent::CreditReturned { value_date, .. } => {
                self.returned_on = Some(*value_date);
                Some(self.entry(Reason::PaymentReturned, *value_date, Entry::reversed(&self.lines), None))
            }
            PaymentEvent::CreditApplied { allocation, .. } => {
                let (by, value_date) = (allocation.allocation_id.0, allocation.effective_date);
                let used = self.use_up(by, allocation.amount, value_date, at);
                let entry = self.entry(Reason::CreditApplied, value_date, used.lines.clone(), Some(by));
                self.used.push(used);
                Some(entry)
            }
            PaymentEvent::CreditTakenBack { allocation_id, effective_date, .. } => {
                let index = self.used.iter().position(|used| used.by == allocation_id.0)?;
                let Used { by, value_date, lines } = self.used.remove(index);
                let entry = self.entry(Reason::CreditReversed, *effective_date, Entry::reversed(&lines), Some(by));
                let (document, party, rate_of) = (entry.document, self.vendor_id, self.value_date);
                let gone = Gone { document, party, from: value_date, until: *effective_date, lines, rate_of, bill: None };
                self.gone.extend(gone.waiting());
                Some(entry)
            }
            _ => None,
        }
    }

    pub fn payment(&self) -> Uuid {
        self.payment
    }

    /// What moved it: its payment, and allocations.
    pub fn moved_by(&self) -> impl Iterator<Item = Uuid> {
        std::iter::once(self.payment).chain(self.used.iter().map(|used| used.by)).chain(self.gone.iter().filter_map(Gone::by))
    }

    pub fn untranslated(&self) -> Option<Currency> {
        let gone = self.gone.iter().flat_map(|gone| &gone.lines);
        let mut lines = self.lines.iter().chain(self.used.iter().flat_map(|used| &used.lines)).chain(gone);
        lines.find(|line| line.base.is_none()).map(|line| line.amount.currency())
    }

    /// The days whose exchange rates its amounts need.
    pub fn rate_days(&self) -> Vec<(Currency, NaiveDate)> {
        let days = std::iter::once(self.value_date).chain(self.used.iter().map(|used| used.value_date));
        self.untranslated().map_or_else(Vec::new, |currency| days.map(|day| (currency, day)).collect())
    }

    /// Posts again, with the rates that are known by now, what was posted without one.
    pub fn translate(&mut self, at: OnAccountPosting<'_>) -> Vec<Entry> {
        let untranslated = self.clone();
        at.books.translate(&mut self.lines, at.rates, self.value_date);
        let own = replaced(&untranslated.lines, &self.lines);
        let gone = self.returned_on.map(|day| self.entry(Reason::Translated, day, Entry::reversed(&own), None));
        let mut entries: Vec<Entry> = std::iter::once(self.entry(Reason::Translated, self.value_date, own, None)).chain(gone).collect();
        entries.extend(translate_gone(&mut self.gone, at.books, at.rates));
        for before in std::mem::take(&mut self.used) {
            let after = self.use_up(before.by, before.lines[0].amount.negated(), before.value_date, at);
            entries.push(self.entry(Reason::Translated, after.value_date, replaced(&before.lines, &after.lines), Some(after.by)));
            self.used.push(after);
        }
        if self.untranslated().is_some() {
            *self = untranslated;
            return vec![];
        }
        entries
    }

    /// SEMANTICS 6, the other way round: what an invoice has leaves the control account in proportion to what is left there, and meets the
    /// invoice at the rate of the day.
    fn use_up(&self, by: Uuid, amount: Money, value_date: NaiveDate, at: OnAccountPosting<'_>) -> Used {
        let relieved = Line { amount: amount.negated(), base: None, ..self.lines[0].clone() };
        let met = Line::on(at.books.account(PostingRole::BankClearing), amount);
        let based = self.share(amount, at).zip(at.books.amount_in_base(amount, at.rates, value_date));
        let lines = match based {
            None => vec![relieved, met],
            Some((share, worth)) => {
                let both = [Line { base: Some(-share), ..relieved }, Line { base: Some(worth), ..met }];
                both.into_iter().chain(at.books.realised(share - worth)).collect()
            }
        };
        Used { by, value_date, lines }
    }

    fn share(&self, amount: Money, at: OnAccountPosting<'_>) -> Option<Decimal> {
        let left = self.used.iter().fold(self.lines[0].amount.amount(), |left, used| left + used.lines[0].amount.amount());
        let used = self.used.iter().map(|used| used.lines[0].base).sum::<Option<Decimal>>()?;
        let exact = amount.amount().checked_mul(self.lines[0].base? + used)?.checked_div(left)?;
        Some(Money::rounded(exact, at.books.base?).amount())
    }

    fn entry(&self, reason: Reason, effective_date: NaiveDate, lines: Vec<Line>, related: Option<Uuid>) -> Entry {
        let document = Document { kind: DocumentType::Payment, id: self.payment, related };
        Entry { effective_date, reason, document, party: Some(self.vendor_id), lines }
    }
}
