//! What an invoice posts: the liability when it counts, its reversal when it no longer does, and the money that settles it.
//!
//! The control account moves by exactly what the payable facts move by, on the same dates: ageing ties to it always.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::bill::Bill;
use super::books::Books;
use super::coding::{lines_of, translate};
use super::entry::{Document, DocumentType, Entry, Line, Reason};
use super::prepayment::{Application, Deductions, Stated};
use super::rate::RateTable;
use super::settlement::{Means, Settlement};
use crate::chart::{Code, PostingRole};
use crate::ids::PurchaseOrderId;
use crate::invoice::{Allocation, Amendment, Coding, DocumentKind, InvoiceDocument, InvoiceEvent, Rebooking, Reception};
use crate::matching::Evaluation;
use crate::money::{Currency, Money};

/// What the ledger keeps of one invoice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PayableAccount {
    pub vendor_id: Uuid,
    pub effective_date: NaiveDate,
    /// Exchange rates and tax rates are those of this day.
    issue_date: NaiveDate,
    order: Option<PurchaseOrderId>,
    pub(super) bill: Bill,
    /// As posted, the control account first.
    pub(super) lines: Vec<Line>,
    /// As somebody said, or as a vendor or an item usually is.
    #[serde(default)]
    pub(super) coding: Coding,
    /// Whether it counts now: neither rejected nor voided.
    counts: bool,
    /// What the control account still holds of it in the books' currency.
    base_open: Option<Decimal>,
    pub(super) settlements: Vec<Settlement>,
    /// Of a prepayment: what invoices have of it, as posted.
    #[serde(default)]
    pub(super) applications: Vec<Application>,
    /// What is applied of what the document deducts itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) stated: Vec<Stated>,
}

/// What an event of an invoice is posted with.
#[derive(Clone, Copy)]
pub struct Posting<'a> {
    pub books: &'a Books,
    pub rates: &'a RateTable,
    pub invoice: Uuid,
    /// The day on which the event was recorded: what a decision changes counts from then.
    pub recorded_on: NaiveDate,
    /// The order of ours that the document names, where it names one.
    pub order: Option<PurchaseOrderId>,
    /// What invoices that deduct a prepayment themselves have posted for it.
    pub deducted: &'a Deductions,
}

impl PayableAccount {
    /// An invoice that came in.
    pub fn received(reception: &Reception, at: Posting<'_>) -> (Self, Vec<Entry>) {
        let Reception { vendor_id, document, payable, effective_date, .. } = reception;
        let account = Self::of(vendor_id.0, document, *payable, *effective_date, at);
        let entry = account.entry(account.effective_date, Reason::InvoiceReceived, account.lines.clone(), at.invoice, None);
        (account, vec![entry])
    }

    /// What happened to it since.
    pub fn on(&mut self, event: &InvoiceEvent, at: Posting<'_>) -> Vec<Entry> {
        match event {
            InvoiceEvent::Amended(amendment) => self.amend(amendment, at),
            InvoiceEvent::Coded { coding, effective_date, .. } => {
                self.coding = (**coding).clone();
                self.code(effective_date.unwrap_or(self.effective_date), at)
            }
            InvoiceEvent::MatchEvaluated { evaluation } => self.matched(evaluation, at),
            InvoiceEvent::Submitted { .. } => self.count(true, at.recorded_on, Reason::InvoiceResubmitted, at),
            InvoiceEvent::Rejected { .. } => self.count(false, at.recorded_on, Reason::InvoiceRejected, at),
            InvoiceEvent::Voided { effective_date, .. } => self.count(false, *effective_date, Reason::InvoiceVoided, at),
            InvoiceEvent::PaymentSettled { payment_id, amount, value_date } => {
                self.settle(payment_id.0, Means::Money, *amount, *value_date, at)
            }
            InvoiceEvent::PaymentReturned { payment_id, value_date, .. } => {
                self.take_back(payment_id.0, |means| *means == Means::Money, *value_date, at)
            }
            InvoiceEvent::DiscountTaken { payment_id, amount, value_date, tax_breakdown } => {
                let means = Means::Discount { tax_breakdown: tax_breakdown.clone() };
                self.settle(payment_id.0, means, *amount, *value_date, at)
            }
            InvoiceEvent::DiscountReversed { payment_id, value_date, .. } => {
                self.take_back(payment_id.0, |means| matches!(means, Means::Discount { .. }), *value_date, at)
            }
            // Of so little that its tax rounds to nothing.
            InvoiceEvent::TaxWithheld { withholding, .. } if withholding.tax.is_zero() => vec![],
            InvoiceEvent::TaxWithheld { payment_id, withholding, value_date } => {
                let means = Means::Withholding { account: withholding.account_code.clone() };
                self.settle(payment_id.0, means, withholding.tax, *value_date, at)
            }
            InvoiceEvent::WithholdingReversed { payment_id, value_date, .. } => {
                self.take_back(payment_id.0, |means| matches!(means, Means::Withholding { .. }), *value_date, at)
            }
            // What the document deducts was posted with it.
            InvoiceEvent::Allocated { allocation, .. } if !allocation.against.settles() => {
                self.state(allocation.allocation_id.0, allocation.amount, at.books);
                vec![]
            }
            InvoiceEvent::Allocated { allocation, .. } => self.allocate(allocation, at),
            InvoiceEvent::AllocationReversed { allocation_id, effective_date, .. } => {
                self.stated.retain(|stated| stated.by != allocation_id.0);
                self.take_back(allocation_id.0, |_| true, *effective_date, at)
            }
            InvoiceEvent::PrepaymentApplied { allocation, .. } => self.apply(allocation, None, at),
            InvoiceEvent::PrepaymentTakenBack { allocation_id, effective_date, .. } => {
                self.take_application_back(allocation_id.0, *effective_date, at)
            }
            InvoiceEvent::Refunded { allocation, record, .. } => {
                self.refund(allocation, record.as_ref().and_then(|record| record.account_code.clone()), at)
            }
            InvoiceEvent::RefundReversed { allocation_id, effective_date, .. } => {
                self.take_refund_back(allocation_id.0, *effective_date, at)
            }
            InvoiceEvent::Received(_)
            | InvoiceEvent::ExceptionRaised { .. }
            | InvoiceEvent::ExceptionResolved { .. }
            | InvoiceEvent::ApprovalReset { .. }
            | InvoiceEvent::ApprovalKept { .. }
            | InvoiceEvent::Approved { .. }
            | InvoiceEvent::Validated { .. }
            | InvoiceEvent::HoldReleased { .. }
            | InvoiceEvent::PutOnHold { .. }
            | InvoiceEvent::TakenOffHold { .. }
            | InvoiceEvent::ExceptionAssigned { .. }
            | InvoiceEvent::DisputeOpened { .. }
            | InvoiceEvent::DisputeResolved { .. }
            | InvoiceEvent::DuplicatesSuspected { .. }
            | InvoiceEvent::DuplicateDismissed { .. }
            | InvoiceEvent::DuplicateOverridden { .. }
            | InvoiceEvent::TermsAgreed { .. }
            | InvoiceEvent::DiscountClaimed { .. }
            | InvoiceEvent::DiscountMissed { .. }
            | InvoiceEvent::WithholdingClaimed { .. }
            | InvoiceEvent::PaymentClaimed { .. }
            | InvoiceEvent::ClaimReleased { .. } => vec![],
        }
    }

    /// The currency whose exchange rate it waits for.
    pub fn untranslated(&self) -> Option<Currency> {
        let untranslated = self.base_open.is_none() || self.applications.iter().any(Application::is_untranslated);
        let waits = (self.counts && untranslated).then(|| self.lines.first().map(|control| control.amount.currency()));
        waits.flatten()
    }

    /// The order that it names or bills.
    pub fn order(&self) -> Option<PurchaseOrderId> {
        self.order
    }

    pub fn currency(&self) -> Currency {
        self.bill.payable.currency()
    }

    /// Its currency and the days whose exchange rates its amounts are posted at.
    pub fn rate_days(&self) -> Vec<(Currency, NaiveDate)> {
        let settled = self.settlements.iter().map(|s| s.value_date);
        let days = std::iter::once(self.issue_date).chain(settled).chain(self.applications.iter().map(|a| a.value_date));
        self.lines.first().map_or_else(Vec::new, |control| days.map(|day| (control.amount.currency(), day)).collect())
    }

    /// Posts again, with the rates that are known by now, what was posted without one; nothing as long as one is missing.
    pub fn translate(&mut self, at: Posting<'_>) -> Vec<Entry> {
        let untranslated = self.clone();
        translate(&self.bill, &self.coding, &mut self.lines, at.books, at.rates);
        self.base_open = self.lines.first().and_then(|control| control.base).map(|base| -base);
        if self.base_open.is_none() {
            return vec![];
        }
        self.state_again(at.books);
        let mut entries = vec![self.replaced(&untranslated.lines, &self.lines, self.effective_date, at, None)];
        for Settlement { by, means, value_date, lines: before } in std::mem::take(&mut self.settlements) {
            let lines = self.settled_by(&means, before[0].amount, value_date, at);
            entries.push(self.replaced(&before, &lines, value_date, at, Some(by)));
            self.relieve(Settlement { by, means, value_date, lines });
        }
        entries.extend(self.translate_applications(at));
        if self.untranslated().is_some() {
            // The rate of a payment's day is still missing: all of it waits.
            *self = untranslated;
            return vec![];
        }
        entries
    }

    fn of(vendor_id: Uuid, document: &InvoiceDocument, payable: Money, effective_date: NaiveDate, at: Posting<'_>) -> Self {
        let bill = Bill::of(document, payable, at.order.is_some());
        let mut lines = lines_of(&bill, &Coding::default(), at.books);
        translate(&bill, &Coding::default(), &mut lines, at.books, at.rates);
        let base_open = lines.first().and_then(|control| control.base).map(|base| -base);
        let issue_date = document.issue_date;
        Self {
            vendor_id,
            effective_date,
            issue_date,
            order: at.order,
            bill,
            lines,
            coding: Coding::default(),
            counts: true,
            base_open,
            settlements: vec![],
            applications: vec![],
            stated: vec![],
        }
    }

    /// An amendment may change any place in the books: everything is taken back and posted anew.
    fn amend(&mut self, amendment: &Amendment, at: Posting<'_>) -> Vec<Entry> {
        let Amendment { vendor_id, document, payable, effective_date, rebooking, .. } = amendment;
        if *rebooking == Rebooking::Stands {
            return vec![];
        }
        let before = self.clone();
        *self = Self { counts: self.counts, ..Self::of(vendor_id.0, document, *payable, *effective_date, at) };
        if self.order == before.order {
            self.stays_found(&before.bill, at);
        }
        if !self.counts {
            return vec![];
        }
        let reversed = Entry::reversed(&before.lines);
        let reversed_on = rebooking.reversed_on().unwrap_or(before.effective_date);
        vec![
            before.entry(reversed_on, Reason::InvoiceReversed, reversed, at.invoice, None),
            self.entry(self.effective_date, Reason::InvoiceAmended, self.lines.clone(), at.invoice, None),
        ]
    }

    /// It was held against its order: only what bills it clears what receipts posted.
    fn matched(&mut self, evaluation: &Evaluation, at: Posting<'_>) -> Vec<Entry> {
        self.order = evaluation.purchase_order_id.or(self.order);
        let before = self.bill.clone();
        self.bill.lines.iter_mut().for_each(|line| line.bills_order = evaluation.bills_order(&line.id));
        if self.bill == before { vec![] } else { self.code(self.effective_date, at) }
    }

    /// An amended document is held against its order again, which says only what comes out otherwise.
    fn stays_found(&mut self, before: &Bill, at: Posting<'_>) {
        if self.bill.keeps_found(before) {
            self.post_anew(at);
        }
    }

    fn post_anew(&mut self, at: Posting<'_>) {
        self.lines = lines_of(&self.bill, &self.coding, at.books);
        translate(&self.bill, &self.coding, &mut self.lines, at.books, at.rates);
        self.base_open = self.lines.first().and_then(|control| control.base).map(|base| -base);
    }

    /// What was spent goes elsewhere; what is owed stays as it is.
    fn code(&mut self, on: NaiveDate, at: Posting<'_>) -> Vec<Entry> {
        let before = self.lines.clone();
        self.post_anew(at);
        if !self.counts || before == self.lines {
            return vec![];
        }
        let same = usize::from(before.first() == self.lines.first());
        let lines = Entry::reversed(&before[same..]).into_iter().chain(self.lines[same..].iter().cloned()).collect();
        vec![self.entry(on, Reason::InvoiceCoded, lines, at.invoice, None)]
    }

    /// Begins or ends to count. What counts already, or does not, posts nothing.
    fn count(&mut self, counts: bool, on: NaiveDate, reason: Reason, at: Posting<'_>) -> Vec<Entry> {
        if self.counts == counts {
            return vec![];
        }
        self.counts = counts;
        let lines = if counts { self.lines.clone() } else { Entry::reversed(&self.lines) };
        vec![self.entry(on, reason, lines, at.invoice, None)]
    }

    /// A credit note is settled the other way round.
    fn allocate(&mut self, allocation: &Allocation, at: Posting<'_>) -> Vec<Entry> {
        let Allocation { allocation_id, amount, effective_date, .. } = allocation;
        let signed = if self.bill.kind == DocumentKind::CreditNote { amount.negated() } else { *amount };
        self.settle(allocation_id.0, allocation.into(), signed, *effective_date, at)
    }

    pub(super) fn settle(&mut self, by: Uuid, means: Means, amount: Money, value_date: NaiveDate, at: Posting<'_>) -> Vec<Entry> {
        let lines = self.settled_by(&means, amount, value_date, at);
        let entry = self.entry(value_date, means.reason(), lines.clone(), at.invoice, Some(by));
        self.relieve(Settlement { by, means, value_date, lines });
        vec![entry]
    }

    /// The stored numbers go back, whatever the rate is by now.
    pub(super) fn take_back(&mut self, by: Uuid, means: impl Fn(&Means) -> bool, value_date: NaiveDate, at: Posting<'_>) -> Vec<Entry> {
        let this = |s: &Settlement| s.by == by && means(&s.means);
        let Some(index) = self.settlements.iter().position(this) else { return vec![] };
        let settled = self.settlements.remove(index);
        let lines = Entry::reversed(&settled.lines);
        self.base_open = self.base_open.zip(settled.lines[0].base).map(|(open, relieved)| open + relieved);
        vec![self.entry(value_date, settled.means.reversal(), lines, at.invoice, Some(by))]
    }

    /// A credit note and its invoice meet on the clearing account, each at the rate of the same day: nothing stays there.
    fn settled_by(&self, means: &Means, amount: Money, value_date: NaiveDate, at: Posting<'_>) -> Vec<Line> {
        match means {
            Means::Money | Means::SetOff => self.settlement(amount, at.books.account(PostingRole::BankClearing), value_date, at),
            Means::Refund { account } => {
                let kept = account.clone().unwrap_or_else(|| at.books.account(PostingRole::BankClearing));
                self.settlement(amount, kept, value_date, at)
            }
            // Owed to the authority from the day of the payment on, at the rate of that day.
            Means::Withholding { account } => self.settlement(amount, account.clone(), value_date, at),
            Means::Discount { tax_breakdown } => self.discount(amount, tax_breakdown, at),
            Means::WriteOff => self.let_go(amount, PostingRole::SmallDifferences, at),
            Means::Retention => self.let_go(amount, PostingRole::Retentions, at),
        }
    }

    /// What is not paid relieves the liability at the invoice's own rate: nothing is gained or lost by exchange (SEMANTICS 6).
    pub(super) fn let_go(&self, amount: Money, role: PostingRole, at: Posting<'_>) -> Vec<Line> {
        let control = self.lines.first().map_or_else(|| at.books.account(PostingRole::PayablesControl), |line| line.account.clone());
        let relieved = Line::on(control, amount);
        let kept = Line::on(at.books.account(role), amount.negated());
        match at.books.base.and_then(|base| self.share(amount, base)) {
            Some(share) => vec![Line { base: Some(share), ..relieved }, Line { base: Some(-share), ..kept }],
            None => vec![relieved, kept],
        }
    }

    /// SEMANTICS 6: what is relieved is in proportion to what is left, so the last settlement takes the rest exactly; what
    /// was paid is at the rate of its day; the difference is gained or lost.
    fn settlement(&self, amount: Money, by: Code, value_date: NaiveDate, at: Posting<'_>) -> Vec<Line> {
        let control = self.lines.first().map_or_else(|| at.books.account(PostingRole::PayablesControl), |line| line.account.clone());
        let relieved = Line::on(control, amount);
        let paid = Line::on(by, amount.negated());
        let based = at.books.base.and_then(|base| Some((self.share(amount, base)?, paid_in_base(amount, base, value_date, at)?)));
        let Some((share, cost)) = based else { return vec![relieved, paid] };
        let mut lines = vec![Line { base: Some(share), ..relieved }, Line { base: Some(-cost), ..paid }];
        lines.extend(at.books.realised(cost - share));
        lines
    }

    fn share(&self, amount: Money, base: Currency) -> Option<Decimal> {
        let exact = amount.amount().checked_mul(self.base_open?)?.checked_div(self.open())?;
        Some(Money::rounded(exact, base).amount())
    }

    /// What is owed and not settled, in the invoice's currency.
    fn open(&self) -> Decimal {
        let owed = self.lines.first().map_or(Decimal::ZERO, |control| -control.amount.amount());
        owed - self.settlements.iter().map(|s| s.lines[0].amount.amount()).sum::<Decimal>()
    }

    fn relieve(&mut self, settlement: Settlement) {
        self.base_open = self.base_open.zip(settlement.lines[0].base).map(|(open, relieved)| open - relieved);
        self.settlements.push(settlement);
    }

    pub(super) fn replaced(&self, before: &[Line], after: &[Line], on: NaiveDate, at: Posting<'_>, related: Option<Uuid>) -> Entry {
        let lines = Entry::reversed(before).into_iter().chain(after.iter().cloned()).collect();
        self.entry(on, Reason::Translated, lines, at.invoice, related)
    }

    pub(super) fn entry(&self, effective_date: NaiveDate, reason: Reason, lines: Vec<Line>, invoice: Uuid, related: Option<Uuid>) -> Entry {
        let related = related.or(self.order.map(Uuid::from));
        let document = Document { kind: DocumentType::Invoice, id: invoice, related };
        Entry { effective_date, reason, document, party: Some(self.vendor_id), lines }
    }
}

pub(super) fn paid_in_base(amount: Money, base: Currency, value_date: NaiveDate, at: Posting<'_>) -> Option<Decimal> {
    if amount.currency() == base {
        return Some(amount.amount());
    }
    at.rates.translation(amount.currency(), base, value_date)?.of(amount.amount(), base)
}
