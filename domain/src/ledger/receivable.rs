//! What an invoice of ours posts: what the customer owes when it is issued, and the money, the credit note or the loss that ends it.
//!
//! The control account moves by exactly what the receivable facts move by, on the same dates: ageing ties to it always. As with what
//! is owed to vendors, what is relieved is in proportion to what is left, and what was received is at the rate of its day (SEMANTICS 6).
//! What is credited was never sold: it goes back at the receivable's own rate, also where the customer has paid it and is owed.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::books::Books;
use super::discount::worth_beside;
use super::entry::{Document, DocumentType, Entry, Line, Reason};
use super::rate::RateTable;
use super::sale::{credited, lines_of, lines_of_discount};
use crate::chart::{Code, PostingRole};
use crate::ids::CustomerId;
use crate::incoming::IncomingRecord;
use crate::money::{Currency, Money};
use crate::receivable::{CreditNote, GrantedDiscount, ReceivableDocument, ReceivableEvent};

/// What the ledger keeps of one receivable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceivableAccount {
    customer_id: CustomerId,
    document: ReceivableDocument,
    issued: Option<Issued>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Issued {
    /// Exchange rates are those of this day.
    on: NaiveDate,
    /// As posted, the control account first.
    lines: Vec<Line>,
    /// What the control account still holds of it in the books' currency.
    base_open: Option<Decimal>,
    endings: Vec<Ending>,
    /// What was taken back before its rate was known: its days wait for it all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gone: Vec<Gone>,
    /// Since when nothing of it is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cancelled_on: Option<NaiveDate>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Gone {
    ending: Ending,
    back_on: NaiveDate,
}

/// What ended part of it, as posted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Ending {
    /// The payment, or the refund; absent of what is credited or written off.
    by: Option<Uuid>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_credit: bool,
    on: NaiveDate,
    /// The control account first.
    lines: Vec<Line>,
}

#[derive(Clone, Copy)]
pub struct ReceivablePosting<'a> {
    pub books: &'a Books,
    pub rates: &'a RateTable,
    pub receivable: Uuid,
}

impl ReceivableAccount {
    /// A draft posts nothing.
    pub fn drafted(customer_id: CustomerId, document: &ReceivableDocument) -> Self {
        Self { customer_id, document: document.clone(), issued: None }
    }

    /// What happened to it since.
    pub fn on(&mut self, event: &ReceivableEvent, at: ReceivablePosting<'_>) -> Option<Entry> {
        match event {
            ReceivableEvent::Drafted { customer_id, document, .. } | ReceivableEvent::Revised { customer_id, document, .. } => {
                *self = Self::drafted(*customer_id, document);
                None
            }
            ReceivableEvent::Issued { issue_date, .. } => Some(self.issue(*issue_date, at)),
            ReceivableEvent::PaymentReceived { payment, record, .. } => {
                let ending = self.money(payment.incoming_payment_id.0, payment.value_date, payment.amount, record.as_deref(), at);
                self.end(Reason::ReceivablePaid, ending, at)
            }
            ReceivableEvent::Refunded { refund, record, .. } => {
                let ending = self.money(refund.refund_id.0, refund.value_date, refund.amount.negated(), record.as_deref(), at);
                self.end(Reason::CustomerRefunded, ending, at)
            }
            ReceivableEvent::DiscountGranted { discount, value_date } => {
                let ending = self.discount(discount, *value_date, at)?;
                self.end(Reason::DiscountGranted, ending, at)
            }
            ReceivableEvent::DiscountTakenBack { discount, effective_date } => {
                let granted = self.discount(discount, *effective_date, at)?;
                let lines = Entry::reversed(&granted.lines);
                self.end(Reason::DiscountGrantedTakenBack, Ending { lines, ..granted }, at)
            }
            ReceivableEvent::Credited { credit_note, .. } => {
                let ending = self.credit(credit_note, at)?;
                self.end(Reason::ReceivableCredited, ending, at)
            }
            ReceivableEvent::RefundTakenBack { refund_id, effective_date, .. } => {
                self.take_back(Reason::CustomerRefundTakenBack, Some(refund_id.0), *effective_date, at)
            }
            ReceivableEvent::PaymentTakenBack { incoming_payment_id, effective_date, .. } => {
                self.take_back(Reason::ReceivablePaymentTakenBack, Some(incoming_payment_id.0), *effective_date, at)
            }
            ReceivableEvent::WrittenOff { amount, effective_date, .. } => {
                let lines = self.moving(*amount, at.books.account(PostingRole::BadDebts), at);
                self.end(Reason::ReceivableWrittenOff, Ending { by: None, is_credit: false, on: *effective_date, lines }, at)
            }
            ReceivableEvent::Reinstated { effective_date, .. } => self.take_back(Reason::ReceivableReinstated, None, *effective_date, at),
            ReceivableEvent::Cancelled { effective_date, .. } => self.cancel(*effective_date, at),
            ReceivableEvent::GoodsHandedOver { .. } => None,
        }
    }

    /// The currency whose exchange rate it waits for.
    pub fn untranslated(&self) -> Option<Currency> {
        let issued = self.issued.as_ref()?;
        let waits = issued.base_open.is_none() || issued.endings.iter().any(Ending::is_untranslated) || !issued.gone.is_empty();
        waits.then_some(self.document.currency)
    }

    /// Its currency and the days whose exchange rates its amounts are posted at.
    pub fn rate_days(&self) -> Vec<(Currency, NaiveDate)> {
        let days = self.issued.iter().flat_map(|issued| std::iter::once(issued.on).chain(issued.endings.iter().map(|ending| ending.on)));
        days.map(|day| (self.document.currency, day)).collect()
    }

    /// The payments that it is posted with.
    pub fn moved_by(&self) -> impl Iterator<Item = Uuid> {
        let gone = self.issued.iter().flat_map(|issued| &issued.gone).map(|gone| &gone.ending);
        self.issued.iter().flat_map(|issued| &issued.endings).chain(gone).filter_map(|ending| ending.by)
    }

    /// Posts again, with the rates that are known by now, what was posted without one; nothing as long as one is missing.
    pub fn translate(&mut self, at: ReceivablePosting<'_>) -> Vec<Entry> {
        let Some(before) = self.issued.clone() else { return vec![] };
        let mut lines = before.lines.clone();
        at.books.translate(&mut lines, at.rates, before.on);
        let base_open = lines.first().and_then(|control| control.base);
        if base_open.is_none() {
            return vec![];
        }
        let mut entries = vec![self.replaced(&before.lines, &lines, before.on, None, at)];
        if let Some(day) = before.cancelled_on {
            entries.push(self.entry(day, Reason::Translated, Entry::reversed(&entries[0].lines), None, at));
        }
        for Gone { ending, back_on } in &before.gone {
            let own = self.replaced(&ending.lines, &ending.at_the_rate_of(&lines[0], at.books), ending.on, ending.by, at);
            let back = self.entry(*back_on, Reason::Translated, Entry::reversed(&own.lines), ending.by, at);
            entries.extend([own, back]);
        }
        self.issued = Some(Issued { lines, base_open, endings: vec![], gone: vec![], ..before.clone() });
        for posted in &before.endings {
            let ended = self.valued(posted.clone(), at);
            entries.push(self.replaced(&posted.lines, &ended.lines, ended.on, ended.by, at));
            self.relieve(ended);
        }
        if self.untranslated().is_some() {
            // The rate of a payment's day is still missing: all of it waits.
            self.issued = Some(before);
            return vec![];
        }
        self.issued.take_if(|issued| issued.cancelled_on.is_some());
        entries
    }

    fn issue(&mut self, on: NaiveDate, at: ReceivablePosting<'_>) -> Entry {
        let mut lines = lines_of(&self.document, at.books, on);
        at.books.translate(&mut lines, at.rates, on);
        let base_open = lines.first().and_then(|control| control.base);
        let entry = self.entry(on, Reason::ReceivableIssued, lines.clone(), None, at);
        self.issued = Some(Issued { on, lines, base_open, endings: vec![], gone: vec![], cancelled_on: None });
        entry
    }

    fn end(&mut self, reason: Reason, ending: Ending, at: ReceivablePosting<'_>) -> Option<Entry> {
        self.issued.as_ref()?;
        let ended = self.valued(ending, at);
        let entry = self.entry(ended.on, reason, ended.lines.clone(), ended.by, at);
        self.relieve(ended);
        Some(entry)
    }

    /// Money that came in, or went back where it is below zero.
    fn money(&self, by: Uuid, on: NaiveDate, amount: Money, record: Option<&IncomingRecord>, at: ReceivablePosting<'_>) -> Ending {
        let kept = record.and_then(|record| record.account_code.clone());
        let lines = self.moving(amount, kept.unwrap_or_else(|| at.books.account(PostingRole::BankClearing)), at);
        Ending { by: Some(by), is_credit: false, on, lines }
    }

    fn moving(&self, amount: Money, account: Code, at: ReceivablePosting<'_>) -> Vec<Line> {
        vec![Line::on(self.control(at.books), amount.negated()), Line::on(account, amount)]
    }

    fn discount(&self, discount: &GrantedDiscount, on: NaiveDate, at: ReceivablePosting<'_>) -> Option<Ending> {
        let issued = self.issued.as_ref()?;
        let control = Line::on(self.control(at.books), discount.amount.negated());
        let kept = lines_of_discount(discount, at.books, issued.on);
        Some(Ending { by: None, is_credit: true, on, lines: std::iter::once(control).chain(kept).collect() })
    }

    /// What it says is posted as the receivable was, the other way round.
    fn credit(&self, note: &CreditNote, at: ReceivablePosting<'_>) -> Option<Ending> {
        let issued = self.issued.as_ref()?;
        let mut lines = Entry::reversed(&lines_of(&credited(&self.document, note), at.books, issued.on));
        lines[0].account = self.control(at.books);
        Some(Ending { by: None, is_credit: true, on: note.issue_date, lines })
    }

    /// The stored numbers go back, whatever the rate is by now.
    fn take_back(&mut self, reason: Reason, by: Option<Uuid>, on: NaiveDate, at: ReceivablePosting<'_>) -> Option<Entry> {
        let issued = self.issued.as_mut()?;
        let index = issued.endings.iter().position(|ending| ending.by == by && !ending.is_credit)?;
        let ended = issued.endings.remove(index);
        let mut lines = Entry::reversed(&ended.lines);
        issued.base_open = issued.base_open.zip(lines[0].base).map(|(open, back)| open + back);
        if let Some((left, base)) = issued.base_open.zip(at.books.base).filter(|(left, _)| issued.open().is_zero() && !left.is_zero()) {
            // What was rounded here and there is not owed by anybody.
            lines.push(Line::in_base(lines[0].account.clone(), -left, base));
            lines.extend(at.books.realised(left));
            issued.base_open = Some(Decimal::ZERO);
        }
        if ended.is_untranslated() {
            issued.gone.push(Gone { ending: ended, back_on: on });
        }
        Some(self.entry(on, reason, lines, by, at))
    }

    /// A draft posted nothing that could go back.
    fn cancel(&mut self, on: NaiveDate, at: ReceivablePosting<'_>) -> Option<Entry> {
        let issued = self.issued.as_mut()?;
        issued.cancelled_on = Some(on);
        let lines = Entry::reversed(&issued.lines);
        if self.untranslated().is_none() {
            self.issued = None;
        }
        Some(self.entry(on, Reason::ReceivableCancelled, lines, None, at))
    }

    /// With its amounts in the books' currency, as far as rates are known. What is credited or lost is so at the receivable's own rate;
    /// money is worth what the rate of its day says, and the difference is gained or lost by exchange.
    fn valued(&self, mut ending: Ending, at: ReceivablePosting<'_>) -> Ending {
        let Some(base) = at.books.base else { return ending };
        if !ending.is_credit {
            ending.lines.truncate(2);
        }
        let relieved = ending.lines[0].amount.negated();
        let share = self.share(relieved, base);
        let worth = match ending.by {
            Some(_) => at.books.amount_in_base(relieved, at.rates, ending.on).map(|worth| vec![worth]),
            None => share.and_then(|share| worth_beside(&ending.lines[1..], relieved.negated(), -share, base)),
        };
        let valued = share.zip(worth);
        ending.lines[0].base = valued.as_ref().map(|(share, _)| -share);
        for (index, line) in ending.lines.iter_mut().enumerate().skip(1) {
            line.base = valued.as_ref().map(|(_, worth)| worth[index - 1]);
        }
        let left: Option<Decimal> = ending.lines.iter().map(|line| line.base).sum();
        ending.lines.extend(left.and_then(|left| at.books.realised(-left)));
        ending
    }

    /// In proportion to what is left, so that the last takes the rest exactly; beyond that at the receivable's own rate.
    fn share(&self, amount: Money, base: Currency) -> Option<Decimal> {
        let issued = self.issued.as_ref()?;
        let (open, base_open) = (issued.open(), issued.base_open?);
        let left = amount.amount().clamp(open.min(Decimal::ZERO), open.max(Decimal::ZERO));
        let of_left = if left.is_zero() { Decimal::ZERO } else { left.checked_mul(base_open)?.checked_div(open)? };
        let (owed, worth) = issued.lines.first().and_then(|control| Some((control.amount.amount(), control.base?)))?;
        let beyond = (amount.amount() - left).checked_mul(worth)?.checked_div(owed)?;
        Some(Money::rounded(of_left + beyond, base).amount())
    }

    fn relieve(&mut self, ending: Ending) {
        if let Some(issued) = &mut self.issued {
            issued.base_open = issued.base_open.zip(ending.lines[0].base).map(|(open, relieved)| open + relieved);
            issued.endings.push(ending);
        }
    }

    /// Where it was posted, whatever the control account is by now.
    fn control(&self, books: &Books) -> Code {
        let posted = self.issued.as_ref().and_then(|issued| issued.lines.first());
        posted.map_or_else(|| books.account(PostingRole::ReceivablesControl), |line| line.account.clone())
    }

    fn replaced(&self, before: &[Line], after: &[Line], on: NaiveDate, by: Option<Uuid>, at: ReceivablePosting<'_>) -> Entry {
        let lines = Entry::reversed(before).into_iter().chain(after.iter().cloned()).collect();
        self.entry(on, Reason::Translated, lines, by, at)
    }

    fn entry(
        &self,
        effective_date: NaiveDate,
        reason: Reason,
        lines: Vec<Line>,
        related: Option<Uuid>,
        at: ReceivablePosting<'_>,
    ) -> Entry {
        let document = Document { kind: DocumentType::Receivable, id: at.receivable, related };
        Entry { effective_date, reason, document, party: Some(self.customer_id.0), lines }
    }
}

impl Issued {
    /// What is owed and not ended, in the receivable's currency.
    fn open(&self) -> Decimal {
        let owed = self.lines.first().map_or(Decimal::ZERO, |control| control.amount.amount());
        owed + self.endings.iter().map(|ending| ending.lines[0].amount.amount()).sum::<Decimal>()
    }
}

impl Ending {
    fn is_untranslated(&self) -> bool {
        self.lines.iter().any(|line| line.base.is_none())
    }

    /// What was undone gained and lost nothing: for as long as it stood it was worth what the receivable was.
    fn at_the_rate_of(&self, control: &Line, books: &Books) -> Vec<Line> {
        let worth = |amount: Decimal| {
            let exact = amount.checked_mul(control.base?)?.checked_div(control.amount.amount())?;
            Some(Money::rounded(exact, books.base?).amount())
        };
        self.lines.iter().map(|line| Line { base: worth(line.amount.amount()), ..line.clone() }).collect()
    }
}
