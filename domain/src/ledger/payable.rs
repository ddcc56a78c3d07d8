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
use super::late_rate::{Gone, replaced};
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
    pub(super) issue_date: NaiveDate,
    pub(super) order: Option<PurchaseOrderId>,
    pub(super) bill: Bill,
    /// As posted, the control account first.
    pub(super) lines: Vec<Line>,
    /// As somebody said, or as a vendor or an item usually is.
    #[serde(default)]
    pub(super) coding: Coding,
    /// Whether it counts now: neither rejected nor voided.
    pub(super) counts: bool,
    /// Since when its lines stand, where that is not since it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<NaiveDate>,
    pub(super) settlements: Vec<Settlement>,
    /// Of a prepayment: what invoices have of it, as posted.
    #[serde(default)]
    pub(super) applications: Vec<Application>,
    /// What is applied of what the document deducts itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) stated: Vec<Stated>,
    /// What was undone before its rate was known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) gone: Vec<Gone>,
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
                self.code(effective_date.unwrap_or(self.effective_date), at, |own| own.coding = (**coding).clone())
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

    pub fn currency(&self) -> Currency {
        self.bill.payable.currency()
    }

    fn of(vendor_id: Uuid, document: &InvoiceDocument, payable: Money, effective_date: NaiveDate, at: Posting<'_>) -> Self {
        let bill = Bill::of(document, payable, at.order.is_some());
        let mut lines = lines_of(&bill, &Coding::default(), at.books);
        translate(&bill, &Coding::default(), &mut lines, at.books, at.rates);
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
            since: None,
            settlements: vec![],
            applications: vec![],
            stated: vec![],
            gone: vec![],
        }
    }

    /// An amendment may change any place in the books: everything is taken back and posted anew.
    fn amend(&mut self, amendment: &Amendment, at: Posting<'_>) -> Vec<Entry> {
        let Amendment { vendor_id, document, payable, effective_date, rebooking, .. } = amendment;
        if *rebooking == Rebooking::Stands {
            return vec![];
        }
        let anew = Self { counts: self.counts, ..Self::of(vendor_id.0, document, *payable, *effective_date, at) };
        let before = std::mem::replace(self, anew);
        let reversed_on = rebooking.reversed_on().unwrap_or(before.effective_date);
        self.gone = before.gone.iter().cloned().chain(before.stood_until(reversed_on, at.invoice)).collect();
        if self.order == before.order {
            self.stays_found(&before.bill, at);
        }
        if !self.counts {
            return vec![];
        }
        let reversed = Entry::reversed(&before.lines);
        vec![
            before.entry(reversed_on, Reason::InvoiceReversed, reversed, at.invoice, None),
            self.entry(self.effective_date, Reason::InvoiceAmended, self.lines.clone(), at.invoice, None),
        ]
    }

    /// It was held against its order: only what bills it clears what receipts posted.
    fn matched(&mut self, evaluation: &Evaluation, at: Posting<'_>) -> Vec<Entry> {
        self.order = evaluation.purchase_order_id.or(self.order);
        let mut bill = self.bill.clone();
        bill.lines.iter_mut().for_each(|line| line.bills_order = evaluation.bills_order(&line.id));
        if bill == self.bill { vec![] } else { self.code(self.effective_date, at, |own| own.bill = bill) }
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
    }

    /// What was spent goes elsewhere; what is owed stays as it is.
    fn code(&mut self, on: NaiveDate, at: Posting<'_>, change: impl FnOnce(&mut Self)) -> Vec<Entry> {
        let (before, stood) = (self.lines.clone(), self.stood_until(on, at.invoice));
        change(self);
        self.post_anew(at);
        if !self.counts || before == self.lines {
            return vec![];
        }
        self.gone.extend(stood);
        self.since = Some(on);
        let same = usize::from(before.first() == self.lines.first());
        let lines = Entry::reversed(&before[same..]).into_iter().chain(self.lines[same..].iter().cloned()).collect();
        vec![self.entry(on, Reason::InvoiceCoded, lines, at.invoice, None)]
    }

    /// Begins or ends to count. What counts already, or does not, posts nothing.
    fn count(&mut self, counts: bool, on: NaiveDate, reason: Reason, at: Posting<'_>) -> Vec<Entry> {
        if self.counts == counts {
            return vec![];
        }
        if counts {
            self.translate_lines(at);
            self.since = Some(on);
        } else {
            self.gone.extend(self.stood_until(on, at.invoice));
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
        self.settlements.push(Settlement { by, means, value_date, lines });
        vec![entry]
    }

    /// The stored numbers go back, whatever the rate is by now.
    pub(super) fn take_back(&mut self, by: Uuid, means: impl Fn(&Means) -> bool, value_date: NaiveDate, at: Posting<'_>) -> Vec<Entry> {
        let this = |s: &Settlement| s.by == by && means(&s.means);
        let Some(index) = self.settlements.iter().position(this) else { return vec![] };
        let Settlement { means, value_date: settled_on, lines, .. } = self.settlements.remove(index);
        let entry = self.entry(value_date, means.reversal(), Entry::reversed(&lines), at.invoice, Some(by));
        self.undone(by, lines, settled_on..value_date, at.invoice);
        vec![entry]
    }

    /// A credit note and its invoice meet on the clearing account, each at the rate of the same day: nothing stays there.
    pub(super) fn settled_by(&self, means: &Means, amount: Money, value_date: NaiveDate, at: Posting<'_>) -> Vec<Line> {
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
        let exact = amount.amount().checked_mul(self.base_open()?)?.checked_div(self.open())?;
        Some(Money::rounded(exact, base).amount())
    }

    /// What is owed and not settled, in the invoice's currency.
    fn open(&self) -> Decimal {
        let owed = self.lines.first().map_or(Decimal::ZERO, |control| -control.amount.amount());
        owed - self.settlements.iter().map(|s| s.lines[0].amount.amount()).sum::<Decimal>()
    }

    /// What the control account still holds of it in the books' currency; `None` as long as a rate is missing.
    fn base_open(&self) -> Option<Decimal> {
        let owed = -self.lines.first()?.base?;
        self.settlements.iter().try_fold(owed, |open, settled| Some(open - settled.lines[0].base?))
    }

    pub(super) fn replaced(&self, before: &[Line], after: &[Line], on: NaiveDate, at: Posting<'_>, related: Option<Uuid>) -> Entry {
        self.entry(on, Reason::Translated, replaced(before, after), at.invoice, related)
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
