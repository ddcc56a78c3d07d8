//! The row of an invoice: folded so that its status is the one that the domain gives it.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::PaymentId;
use quittance_domain::invoice::{
    Against, Allocation, Amendment, Claimed, Dispute, DocumentKind, Invoice, InvoiceDocument, InvoiceEvent, InvoiceException,
    InvoiceStatus, Lookalike, PlacedHold, Rebooking, Reception, Source, Totals, WithheldBy,
};
use quittance_domain::matching::MatchFinding;
use quittance_domain::terms::AgreedTerms;
use quittance_domain::withholding::Withholding;
use quittance_domain::{Currency, Money};
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use crate::exception::open_of;
use crate::fact::Recorded;
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct InvoiceRow in "invoices" {
        invoice_id: Uuid,
        version: i64,
        position: i64,
        /// The sequence of the event that holds the current document.
        document_version: i64,
        status: Word<InvoiceStatus>,
        stage: Word<Stage>,
        kind: Word<DocumentKind>,
        /// Asked for before anything is delivered.
        prepayment: bool,
        number: String,
        vendor_id: Uuid,
        vendor_name: String,
        currency: Word<Currency>,
        gross: Decimal,
        payable: Decimal,
        settled: Decimal,
        claimed: Decimal,
        open: Decimal,
        /// What the vendor can pay back of it; of an invoice nothing.
        refundable: Decimal,
        /// A person said that it paid something back, which a line of a statement tells of later.
        refund_recorded: bool,
        /// What of it is disputed.
        disputed: Decimal,
        issue_date: NaiveDate,
        due_date: NaiveDate,
        effective_date: NaiveDate,
        received_at: DateTime<Utc>,
        entered_by: Uuid,
        /// When each of these first happened: a document that was not touched by then is told by them for ever.
        first_amended_at: Option<DateTime<Utc>>,
        first_in_exception_at: Option<DateTime<Utc>>,
        /// Rejected or voided.
        first_turned_down_at: Option<DateTime<Utc>>,
        round: i32,
        approval_id: Option<Uuid>,
        /// Why it was rejected or voided.
        reason: Option<String>,
        purchase_order: Option<String>,
        /// The vendor's account that it is to be paid to.
        pay_to: Option<Uuid>,
        /// The document says that its vendor takes the money, or has it already.
        paid_otherwise: bool,
        source: Json<Source>,
        original_sha256: Option<String>,
        /// A payment's money and its discount, one entry each.
        claims: Json<Vec<Claimed>>,
        terms: Json<Option<AgreedTerms>>,
        /// Discounts that payments have claimed or taken.
        discounts: Json<Vec<Claimed>>,
        /// The last days of those that were missed.
        discounts_missed: Json<Vec<NaiveDate>>,
        allocations: Json<Vec<Allocation>>,
        /// Of a prepayment: which invoices have what of it.
        applications: Json<Vec<Allocation>>,
        exceptions: Json<Vec<InvoiceException>>,
        /// The sequence of the event that says what the lines are coded to; 0 where nothing does.
        coding_version: i64,
        /// The sequence of the event that says what matching found last; 0 before the first.
        match_version: i64,
        purchase_order_id: Option<Uuid>,
        buyer: Option<Uuid>,
        /// Failed findings of that event, those that somebody let be, and what is left of them.
        failed: Json<Vec<MatchFinding>>,
        releases: Json<Vec<MatchFinding>>,
        holds: Json<Vec<MatchFinding>>,
        placed_holds: Json<Vec<PlacedHold>>,
        dispute: Json<Option<Dispute>>,
        lookalikes: Json<Vec<Lookalike>>,
        /// The invoice whose number it bears as well, by somebody's word.
        namesake_of: Option<Uuid>,
        /// Of the document, as far as tax is kept back of it: with and without value added tax.
        without_vat: Decimal,
        with_vat: Decimal,
        /// What payments keep back, or have kept back.
        withholdings: Json<Vec<WithheldBy>>,
    }
}

aggregate_row!(InvoiceRow, Invoice, Invoice);

/// The part of the status that does not follow from amounts, exceptions and disputes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Stage {
    Received,
    PendingApproval,
    Approved,
    Rejected,
    Voided,
}

impl InvoiceRow {
    pub(super) fn began(event: &InvoiceEvent, at: &Recorded) -> Option<Self> {
        let InvoiceEvent::Received(reception) = event else { return None };
        let Reception { vendor_id, document, payable, due_date, effective_date, pay_to, entered_by, source, .. } = &**reception;
        Some(Self {
            invoice_id: at.aggregate_id,
            version: 0,
            position: 0,
            document_version: at.sequence,
            status: Word(InvoiceStatus::Received),
            stage: Word(Stage::Received),
            kind: Word(document.kind),
            prepayment: document.is_prepayment(),
            number: document.number.clone(),
            vendor_id: vendor_id.0,
            vendor_name: document.seller.name.clone(),
            currency: Word(payable.currency()),
            gross: document.totals.gross,
            payable: payable.amount(),
            settled: Decimal::ZERO,
            claimed: Decimal::ZERO,
            open: payable.amount(),
            refundable: Decimal::ZERO,
            refund_recorded: false,
            disputed: Decimal::ZERO,
            issue_date: document.issue_date,
            due_date: *due_date,
            effective_date: *effective_date,
            received_at: at.recorded_at,
            entered_by: entered_by.0,
            first_amended_at: None,
            first_in_exception_at: None,
            first_turned_down_at: None,
            round: 0,
            approval_id: None,
            reason: None,
            purchase_order: document.references.purchase_order.clone(),
            pay_to: pay_to.as_ref().map(|p| p.bank_account_id.0),
            paid_otherwise: document.payment.settles_otherwise(),
            original_sha256: match source {
                Source::Document { sha256, .. } => Some(sha256.clone()),
                Source::Json | Source::Sheet { .. } | Source::Recurring { .. } => None,
            },
            source: Json(source.clone()),
            claims: Json(vec![]),
            terms: Json(None),
            discounts: Json(vec![]),
            discounts_missed: Json(vec![]),
            allocations: Json(vec![]),
            applications: Json(vec![]),
            exceptions: Json(vec![]),
            coding_version: 0,
            match_version: 0,
            purchase_order_id: None,
            buyer: None,
            failed: Json(vec![]),
            releases: Json(vec![]),
            holds: Json(vec![]),
            placed_holds: Json(vec![]),
            dispute: Json(None),
            lookalikes: Json(vec![]),
            namesake_of: None,
            without_vat: document.totals.net,
            with_vat: with_vat(&document.totals),
            withholdings: Json(vec![]),
        })
    }

    pub(super) fn on(&mut self, event: &InvoiceEvent, at: &Recorded) {
        let before = self.stage.0;
        let stage = self.apply(event, at).unwrap_or(before);
        if stage != before {
            self.reason = reason(event);
        }
        self.claimed = self.claims.iter().map(|c| c.amount.amount()).sum();
        let given_up = matches!(stage, Stage::Rejected | Stage::Voided);
        self.open = if given_up { Decimal::ZERO } else { self.payable - self.settled };
        self.refundable = self.refundable();
        self.refund_recorded = self.allocations.iter().chain(self.applications.iter()).any(|own| own.against == Against::RECORDED_REFUND);
        self.holds = Json(self.failed.iter().filter(|failed| !self.releases.contains(failed)).cloned().collect());
        self.disputed = self.dispute.0.as_ref().map_or(Decimal::ZERO, |dispute| self.disputed_by(dispute));
        self.stage = Word(stage);
        self.status = Word(self.status_in(stage));
        self.tell_first_times(event, at.recorded_at);
    }

    fn tell_first_times(&mut self, event: &InvoiceEvent, now: DateTime<Utc>) {
        if matches!(event, InvoiceEvent::Amended(_)) {
            self.first_amended_at.get_or_insert(now);
        }
        if matches!(self.stage.0, Stage::Rejected | Stage::Voided) {
            self.first_turned_down_at.get_or_insert(now);
        }
        if self.first_in_exception_at.is_none() && !open_of(self).is_empty() {
            self.first_in_exception_at = Some(now);
        }
    }

    /// Changes what the event changes; answers the stage that it leads to, if it leads to one.
    fn apply(&mut self, event: &InvoiceEvent, at: &Recorded) -> Option<Stage> {
        match event {
            InvoiceEvent::Received(_) => {}
            InvoiceEvent::Amended(amendment) => self.amend(amendment, at),
            InvoiceEvent::ExceptionRaised { exception } => self.exceptions.push(exception.clone()),
            InvoiceEvent::ExceptionResolved { kind, .. } => {
                if let Some(index) = self.exceptions.iter().position(|e| e.kind == *kind) {
                    self.exceptions.remove(index);
                }
            }
            InvoiceEvent::Coded { coding, .. } => self.coding_version = if coding.lines.is_empty() { 0 } else { at.sequence },
            InvoiceEvent::MatchEvaluated { evaluation } => {
                self.match_version = at.sequence;
                self.purchase_order_id = evaluation.purchase_order_id.map(Uuid::from);
                self.buyer = evaluation.buyer.map(Uuid::from);
                self.failed = Json(evaluation.holds().cloned().collect());
            }
            InvoiceEvent::HoldReleased { finding, .. } => self.releases.push(MatchFinding::clone(finding)),
            InvoiceEvent::PutOnHold { hold } => self.placed_holds.push(hold.clone()),
            InvoiceEvent::DisputeOpened { dispute } => self.dispute = Json(Some(dispute.clone())),
            InvoiceEvent::DisputeResolved { .. } => self.dispute = Json(None),
            InvoiceEvent::TakenOffHold { hold_id, .. } => self.placed_holds.retain(|hold| hold.hold_id != *hold_id),
            InvoiceEvent::DuplicatesSuspected { lookalikes } => self.lookalikes = Json(lookalikes.clone()),
            InvoiceEvent::DuplicateOverridden { other, .. } => self.namesake_of = Some(other.0),
            InvoiceEvent::DuplicateDismissed { other, .. } => self.lookalikes.retain(|found| found.invoice_id != *other),
            InvoiceEvent::Submitted { round, approval_id, .. } => {
                (self.round, self.approval_id) = (i32::try_from(*round).unwrap_or(i32::MAX), Some(approval_id.0));
                return Some(Stage::PendingApproval);
            }
            InvoiceEvent::ApprovalReset { .. } => return Some(Stage::Received),
            InvoiceEvent::Approved { .. } => return Some(Stage::Approved),
            InvoiceEvent::Rejected { .. } => return Some(Stage::Rejected),
            InvoiceEvent::TermsAgreed { terms } => {
                self.due_date = terms.due_date().unwrap_or(self.due_date);
                self.terms = Json(Some(terms.clone()));
            }
            InvoiceEvent::DiscountTaken { amount, value_date, .. } => self.on_discount_taken(amount.amount(), *value_date),
            InvoiceEvent::DiscountReversed { payment_id, amount, .. } => {
                self.settled -= amount.amount();
                self.forgo(*payment_id);
            }
            InvoiceEvent::WithholdingClaimed { payment_id, withholding } => {
                self.claim(*payment_id, withholding.tax);
                self.withholdings.push(WithheldBy { payment_id: *payment_id, withholding: Withholding::clone(withholding) });
            }
            InvoiceEvent::TaxWithheld { withholding, .. } => self.settled += withholding.tax.amount(),
            InvoiceEvent::WithholdingReversed { payment_id, withholding, .. } => {
                self.settled -= withholding.tax.amount();
                self.withholdings.retain(|by| by.payment_id != *payment_id);
            }
            InvoiceEvent::DiscountMissed { last_day, .. } => self.discounts_missed.push(*last_day),
            InvoiceEvent::PaymentClaimed { payment_id, amount } => self.claim(*payment_id, *amount),
            InvoiceEvent::DiscountClaimed { payment_id, amount, .. } => {
                self.claim(*payment_id, *amount);
                self.discounts.push(Claimed { payment_id: *payment_id, amount: *amount });
            }
            InvoiceEvent::ClaimReleased { payment_id, .. } => {
                self.unclaim(*payment_id);
                self.forgo(*payment_id);
                self.withholdings.retain(|by| by.payment_id != *payment_id);
            }
            InvoiceEvent::PaymentSettled { payment_id, amount, .. } => {
                self.unclaim(*payment_id);
                self.settled += amount.amount();
            }
            InvoiceEvent::PaymentReturned { amount, .. } => self.settled -= amount.amount(),
            InvoiceEvent::Allocated { allocation, .. } => self.settled_by(allocation),
            InvoiceEvent::Refunded { allocation, .. } if self.kind.0 == DocumentKind::CreditNote => self.settled_by(allocation),
            InvoiceEvent::PrepaymentApplied { allocation, .. } | InvoiceEvent::Refunded { allocation, .. } => {
                self.applications.push(allocation.clone());
            }
            InvoiceEvent::AllocationReversed { allocation_id, amount, .. } | InvoiceEvent::RefundReversed { allocation_id, amount, .. } => {
                let standing = self.allocations.iter().any(|a| a.allocation_id == *allocation_id);
                self.settled -= if standing { amount.amount() } else { Decimal::ZERO };
                self.allocations.retain(|a| a.allocation_id != *allocation_id);
                self.applications.retain(|a| a.allocation_id != *allocation_id);
            }
            InvoiceEvent::PrepaymentTakenBack { allocation_id, .. } => self.applications.retain(|a| a.allocation_id != *allocation_id),
            InvoiceEvent::Validated { .. } | InvoiceEvent::ExceptionAssigned { .. } | InvoiceEvent::ApprovalKept { .. } => {}
            InvoiceEvent::Voided { .. } => return Some(Stage::Voided),
        }
        None
    }

    fn amend(&mut self, amendment: &Amendment, at: &Recorded) {
        let InvoiceDocument { kind, number, seller, totals, issue_date, references, payment, .. } = &amendment.document;
        self.document_version = at.sequence;
        self.kind = Word(*kind);
        self.prepayment = amendment.document.is_prepayment();
        self.number.clone_from(number);
        self.vendor_id = amendment.vendor_id.0;
        self.vendor_name.clone_from(&seller.name);
        self.currency = Word(amendment.payable.currency());
        self.gross = totals.gross;
        self.payable = amendment.payable.amount();
        (self.without_vat, self.with_vat) = (totals.net, with_vat(totals));
        self.settled = Decimal::ZERO;
        self.issue_date = *issue_date;
        self.due_date = amendment.due_date;
        self.effective_date = amendment.effective_date;
        self.purchase_order.clone_from(&references.purchase_order);
        self.pay_to = amendment.pay_to.as_ref().map(|p| p.bank_account_id.0);
        self.paid_otherwise = payment.settles_otherwise();
        if amendment.rebooking != Rebooking::Stands {
            self.coding_version = 0;
        }
        self.terms = Json(None);
        self.exceptions.clear();
        self.lookalikes.clear();
    }

    fn claim(&mut self, payment_id: PaymentId, amount: Money) {
        self.claims.push(Claimed { payment_id, amount });
    }

    fn forgo(&mut self, payment: PaymentId) {
        self.discounts.retain(|c| c.payment_id != payment);
    }

    fn unclaim(&mut self, payment: PaymentId) {
        self.claims.retain(|c| c.payment_id != payment);
    }

    /// The same rule as `Payable::status`; `tests/agreement.rs` holds them together.
    fn status_in(&self, stage: Stage) -> InvoiceStatus {
        match stage {
            Stage::Rejected => InvoiceStatus::Rejected,
            Stage::Voided => InvoiceStatus::Voided,
            Stage::Received if self.is_held() => InvoiceStatus::InException,
            Stage::Approved if self.open.is_zero() && self.retained().is_zero() => InvoiceStatus::Paid,
            _ if self.dispute.is_some() => InvoiceStatus::Disputed,
            Stage::Received => InvoiceStatus::Received,
            Stage::PendingApproval => InvoiceStatus::PendingApproval,
            Stage::Approved if self.settled > self.retained() => InvoiceStatus::PartiallyPaid,
            Stage::Approved if !self.claims.is_empty() => InvoiceStatus::Scheduled,
            Stage::Approved => InvoiceStatus::Approved,
        }
    }

    fn settled_by(&mut self, allocation: &Allocation) {
        if allocation.against.settles() {
            self.settled += allocation.amount.amount();
        }
        self.allocations.push(allocation.clone());
    }

    /// As `Payable::refundable`.
    fn refundable(&self) -> Decimal {
        let sum = |all: &[Allocation]| all.iter().map(|own| own.amount.amount()).sum::<Decimal>();
        match self.kind.0 {
            DocumentKind::CreditNote => self.payable - self.settled - self.claimed,
            DocumentKind::Invoice if self.prepayment => {
                (self.settled - sum(&self.allocations) - sum(&self.applications)).max(Decimal::ZERO)
            }
            DocumentKind::Invoice => Decimal::ZERO,
        }
    }

    /// As `Payable::disputed`.
    fn disputed_by(&self, dispute: &Dispute) -> Decimal {
        if dispute.amount.currency() == self.currency.0 { dispute.amount.amount().min(self.open) } else { self.open }
    }

    /// As `Payable::retained`.
    pub fn retained(&self) -> Decimal {
        self.allocations.iter().filter(|allocation| allocation.against.is_retention()).map(|allocation| allocation.amount.amount()).sum()
    }

    fn is_held(&self) -> bool {
        !(self.exceptions.is_empty() && self.holds.is_empty() && self.placed_holds.is_empty() && self.lookalikes.is_empty())
    }
}

/// Nothing of amounts without end, and so no tax is kept back of them.
fn with_vat(totals: &Totals) -> Decimal {
    totals.payable.checked_add(totals.prepaid).unwrap_or_default()
}

fn reason(event: &InvoiceEvent) -> Option<String> {
    match event {
        InvoiceEvent::Rejected { reason, .. } | InvoiceEvent::Voided { reason, .. } => Some(reason.clone()),
        _ => None,
    }
}
