//! The state of a received invoice and its decisions.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::allocation::Allocation;
use super::amendment::Submitted;
use super::coding::Coding;
use super::command::InvoiceCommand;
use super::dispute::Dispute;
use super::document::{InvoiceDocument, TaxSubtotal};
use super::duplicate::{Fingerprint, Lookalike};
use super::event::{InvoiceEvent, PayTo, Reception};
use super::exception::{ExceptionKind, InvoiceException};
use super::namesake::Namesake;
use super::placed_hold::PlacedHold;
use super::refusal::InvoiceRefusal;
use super::source::Source;
use super::verdict::Verdict;
use super::version::version_hash;
use super::withholding::WithheldBy;
use crate::day_balance::DayBalance;
use crate::ids::{AllocationId, ApprovalId, HoldId, InvoiceId, PaymentId, UserId, VendorId};
use crate::matching::{Evaluation, MatchFinding};
use crate::money::Money;
use crate::terms::AgreedTerms;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Payable {
    pub vendor_id: VendorId,
    pub vendor_keys: Vec<String>,
    pub document: Arc<InvoiceDocument>,
    pub payable: Money,
    pub due_date: NaiveDate,
    pub effective_date: NaiveDate,
    pub pay_to: Option<PayTo>,
    /// Who entered it and everybody who changed it since: none of them may approve it.
    pub editors: Vec<UserId>,
    pub source: Source,
    pub stage: Stage,
    pub exceptions: Vec<InvoiceException>,
    /// What other documents, or a write-off, have settled of it.
    #[serde(default)]
    pub allocations: Vec<Allocation>,
    /// Of a prepayment: which invoices have what of it.
    #[serde(default)]
    pub applications: Vec<Allocation>,
    #[serde(default)]
    pub(super) reversed_allocations: Vec<AllocationId>,
    /// As it was last said; of an earlier document where it is stale.
    #[serde(default)]
    pub(super) coding: Option<Arc<Coding>>,
    #[serde(default)]
    pub(super) coding_is_stale: bool,
    /// What matching with the order last found.
    #[serde(default)]
    pub matching: Option<Arc<Evaluation>>,
    /// Findings that somebody let be.
    #[serde(default)]
    pub(super) releases: Vec<MatchFinding>,
    /// What people stopped it for, and nobody has let go.
    #[serde(default)]
    pub placed_holds: Vec<PlacedHold>,
    #[serde(default)]
    pub(super) lifted_holds: Vec<HoldId>,
    #[serde(default)]
    pub dispute: Option<Dispute>,
    #[serde(default)]
    pub(super) disputes_ended: u64,
    /// What else it looks like, as long as nobody has dismissed it.
    #[serde(default)]
    pub lookalikes: Vec<Lookalike>,
    /// The others that it was found not to duplicate.
    #[serde(default)]
    pub(super) dismissed: Vec<InvoiceId>,
    /// Whose number it bears as well.
    #[serde(default)]
    pub namesake: Option<Namesake>,
    /// The number of the last approval round; 0 before the first.
    pub round: u32,
    /// What the last round was asked about.
    #[serde(default)]
    pub(super) submitted: Option<Arc<Submitted>>,
    /// The last round was asked for after the one before it had been denied.
    #[serde(default)]
    pub(super) was_rejected: bool,
    pub claims: Vec<Claimed>,
    /// What is paid, or settled otherwise, by the days from which it counts.
    pub(super) settled_by_day: DayBalance,
    /// What invoices have of a prepayment, by day.
    pub(super) applied_by_day: DayBalance,
    pub(super) settlements: Vec<Claimed>,
    /// The days from which those count.
    #[serde(default)]
    pub(super) settled_on: Vec<(PaymentId, NaiveDate)>,
    /// What the vendor's terms came to on this document; as the document says where there are none.
    #[serde(default)]
    pub terms: Option<AgreedTerms>,
    /// Discounts that planned payments will take.
    #[serde(default)]
    pub discount_claims: Vec<ClaimedDiscount>,
    #[serde(default)]
    pub(super) discounts_taken: Vec<Claimed>,
    /// Which parts of those were tax.
    #[serde(default)]
    pub(super) discount_taxes: Vec<(PaymentId, Vec<TaxSubtotal>)>,
    /// What credit notes have taken away of each tax category.
    #[serde(default)]
    pub(super) credited_taxes: Vec<(AllocationId, Vec<TaxSubtotal>)>,
    /// The last days of those that were missed.
    #[serde(default)]
    pub(super) discounts_missed: Vec<NaiveDate>,
    /// Tax that planned payments will keep back.
    #[serde(default)]
    pub(super) withholding_claims: Vec<WithheldBy>,
    #[serde(default)]
    pub(super) withheld: Vec<WithheldBy>,
}

/// Part of the open amount that one planned payment has taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claimed {
    pub payment_id: PaymentId,
    pub amount: Money,
}

/// A discount that a planned payment takes if it leaves by the last day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimedDiscount {
    pub payment_id: PaymentId,
    pub amount: Money,
    pub until: NaiveDate,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Received,
    PendingApproval { approval_id: ApprovalId, version_hash: String },
    Approved { approval_id: ApprovalId, version_hash: String },
    Rejected { reason: String },
    Voided { reason: String },
}

impl From<Reception> for Payable {
    fn from(r: Reception) -> Self {
        Self {
            vendor_id: r.vendor_id,
            vendor_keys: r.vendor_keys,
            document: Arc::new(r.document),
            payable: r.payable,
            due_date: r.due_date,
            effective_date: r.effective_date,
            pay_to: r.pay_to,
            editors: vec![r.entered_by],
            source: r.source,
            stage: Stage::Received,
            exceptions: Vec::new(),
            allocations: Vec::new(),
            applications: Vec::new(),
            reversed_allocations: Vec::new(),
            coding: None,
            coding_is_stale: false,
            matching: None,
            releases: Vec::new(),
            placed_holds: Vec::new(),
            lifted_holds: Vec::new(),
            dispute: None,
            disputes_ended: 0,
            lookalikes: Vec::new(),
            dismissed: Vec::new(),
            namesake: r.namesake,
            round: 0,
            submitted: None,
            was_rejected: false,
            claims: Vec::new(),
            settled_by_day: DayBalance::default(),
            applied_by_day: DayBalance::default(),
            settlements: Vec::new(),
            settled_on: Vec::new(),
            terms: None,
            discount_claims: Vec::new(),
            discounts_taken: Vec::new(),
            discount_taxes: Vec::new(),
            credited_taxes: Vec::new(),
            discounts_missed: Vec::new(),
            withholding_claims: Vec::new(),
            withheld: Vec::new(),
        }
    }
}

impl Payable {
    /// What is paid, or settled otherwise.
    pub fn settled(&self) -> Money {
        Money::rounded(self.settled_by_day.total(), self.payable.currency())
    }

    /// What is owed and not settled.
    pub fn open(&self) -> Money {
        self.payable.less(self.settled())
    }

    /// What is owed, not settled, and not claimed by a planned payment, its discount or the tax that it keeps back.
    pub fn unclaimed(&self) -> Money {
        let left = self.open().less(self.to_be_withheld());
        let claimed = self.claims.iter().map(|c| c.amount).chain(self.discount_claims.iter().map(|c| c.amount));
        claimed.fold(left, |left, amount| left.less(amount))
    }

    /// The first day from which on this much of it is open: nothing else settles it then, or later.
    pub(super) fn free_from(&self, amount: Decimal) -> NaiveDate {
        let room = self.settled_by_day.at_most_from(self.payable.amount() - amount);
        room.map_or(self.effective_date, |day| day.max(self.effective_date))
    }

    /// The first day from which on it counts and nothing has settled any of it: what was settled, and came back, was settled meanwhile.
    pub fn untouched_from(&self) -> NaiveDate {
        self.free_from(self.payable.amount())
    }

    /// A hash of exactly what an approver approves: vendor, number, amount, bank account, lines.
    pub fn version_hash(&self) -> String {
        version_hash(self.vendor_id, &self.document, self.payable, self.pay_to.as_ref())
    }

    /// What other invoices are compared with.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.vendor_keys, &self.document, &self.source)
    }

    pub(super) fn decide(&self, command: InvoiceCommand) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        match command {
            InvoiceCommand::Receive { .. } | InvoiceCommand::ReceiveBeside { .. } => Err(InvoiceRefusal::AlreadyReceived),
            InvoiceCommand::Amend { amendment, exceptions, rise_max } => self.amend(amendment, exceptions, rise_max),
            InvoiceCommand::ResolveExceptions { by, reason } => self.resolve(by, &reason),
            InvoiceCommand::Code { splits, by, effective_date } => self.code(&splits, by, effective_date),
            InvoiceCommand::Submit { approval_id, by } => self.submit(approval_id, by),
            InvoiceCommand::Approve { approval_id, version_hash } => self.approve(approval_id, version_hash),
            InvoiceCommand::Reopen { approval_id, because } => self.reopen(approval_id, because),
            InvoiceCommand::Reject { approval_id, by, reason } => self.reject(approval_id, by, reason),
            InvoiceCommand::RecordVerdict { verdict } => self.record_verdict(verdict),
            InvoiceCommand::RecordMatch { evaluation } => Ok(self.record_match(evaluation)),
            InvoiceCommand::ReleaseHold { check, by, reason } => self.release_hold(&check, by, reason),
            InvoiceCommand::PutOnHold { hold } => self.put_on_hold(hold),
            InvoiceCommand::TakeOffHold { hold_id, by, reason } => self.take_off_hold(hold_id, by, reason),
            InvoiceCommand::AssignException { assignment } => self.assign_exception(assignment),
            InvoiceCommand::OpenDispute { dispute } => self.open_dispute(dispute),
            InvoiceCommand::ResolveDispute { outcome, by, reason } => self.resolve_dispute(outcome, by, reason),
            InvoiceCommand::SuspectDuplicates { lookalikes } => Ok(self.suspect(lookalikes)),
            InvoiceCommand::DismissDuplicate { other, by, reason } => self.dismiss(other, by, reason),
            InvoiceCommand::Claim { payment_id, amount } => self.claim(payment_id, amount),
            InvoiceCommand::AgreeTerms { terms } => self.agree(*terms),
            InvoiceCommand::FixBaseDate { goods_in } => Ok(self.fix_base_date(goods_in)),
            InvoiceCommand::ClaimDiscount { payment_id, amount, value_date } => self.claim_discount(payment_id, amount, value_date),
            InvoiceCommand::Withhold { payment_id, withholding } => self.withhold(payment_id, withholding),
            InvoiceCommand::MissDiscounts { today, short_of_cash } => Ok(self.miss_discounts(today, short_of_cash)),
            InvoiceCommand::Release { payment_id, because } => Ok(self.release(payment_id, because)),
            InvoiceCommand::Settle { payment_id, value_date } => Ok(self.settle(payment_id, value_date)),
            InvoiceCommand::WithdrawSettlement { payment_id, effective_date, reason } => {
                Ok(self.withdraw_settlement(payment_id, effective_date, &reason))
            }
            InvoiceCommand::Return { payment_id, value_date, reason } => Ok(self.take_back(payment_id, value_date, &reason)),
            InvoiceCommand::Allocate { allocation, by, reason, tax_breakdown } => self.allocate(allocation, by, reason, &tax_breakdown),
            InvoiceCommand::ApplyPrepayment { allocation, by } => self.apply_prepayment(allocation, by),
            InvoiceCommand::Refund { allocation, record, by } => self.refund(allocation, record, by),
            InvoiceCommand::ReverseAllocation { allocation_id, effective_date, by, reason } => {
                self.reverse_allocation(allocation_id, effective_date, by, reason)
            }
            InvoiceCommand::ReleaseRetention { allocation_id, effective_date, by, reason } => {
                self.release_retention(allocation_id, effective_date, by, reason)
            }
            InvoiceCommand::Void { by, reason, effective_date } => self.void(by, reason, effective_date),
        }
    }

    fn resolve(&self, by: UserId, reason: &str) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if matches!(self.stage, Stage::Voided { .. }) {
            return Err(self.wrong_state("resolve", "not voided"));
        }
        if !self.exceptions.is_empty() && self.editors.contains(&by) {
            return Err(InvoiceRefusal::SelfResolution);
        }
        let resolved = |e: &InvoiceException| InvoiceEvent::ExceptionResolved { kind: e.kind, by, reason: reason.to_owned() };
        Ok(self.exceptions.iter().map(resolved).collect())
    }

    fn void(&self, by: UserId, reason: String, effective_date: NaiveDate) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if matches!(self.stage, Stage::Voided { .. }) {
            return Ok(vec![]);
        }
        self.untouched_by_payments()?;
        let effective_date = effective_date.max(self.untouched_from());
        Ok(vec![InvoiceEvent::Voided { by, reason, effective_date }])
    }

    fn record_verdict(&self, verdict: Box<Verdict>) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        match self.source {
            Source::Document { .. } => Ok(vec![InvoiceEvent::Validated { verdict }]),
            Source::Json | Source::Sheet { .. } | Source::Recurring { .. } => Err(InvoiceRefusal::NoDocument),
        }
    }

    /// What invoices have of a prepayment they have, also where its own payment came back.
    pub(super) fn untouched_by_payments(&self) -> Result<(), InvoiceRefusal> {
        let stands_for = self.allocations.iter().any(|allocation| !allocation.against.settles());
        let untouched = self.claims.is_empty() && self.settled().is_zero() && self.applications.is_empty() && !stands_for;
        if untouched { Ok(()) } else { Err(InvoiceRefusal::PaymentInProgress) }
    }

    pub(super) fn wrong_state(&self, action: &'static str, needed: &'static str) -> InvoiceRefusal {
        InvoiceRefusal::WrongState { state: self.status().to_string(), action, needed }
    }

    pub(super) fn on(&mut self, event: InvoiceEvent) {
        match event {
            InvoiceEvent::Received(_) | InvoiceEvent::Validated { .. } | InvoiceEvent::ExceptionAssigned { .. } => {}
            InvoiceEvent::Amended(amendment) => self.on_amended(*amendment),
            InvoiceEvent::Coded { coding, by, .. } => self.on_coded(coding, by),
            InvoiceEvent::MatchEvaluated { evaluation } => self.matching = Some(Arc::from(evaluation)),
            InvoiceEvent::HoldReleased { finding, .. } => self.releases.push(*finding),
            InvoiceEvent::PutOnHold { hold } => self.placed_holds.push(hold),
            InvoiceEvent::DisputeOpened { dispute } => self.dispute = Some(dispute),
            InvoiceEvent::DisputeResolved { .. } => self.on_dispute_resolved(),
            InvoiceEvent::TakenOffHold { hold_id, .. } => self.on_taken_off_hold(hold_id),
            InvoiceEvent::ExceptionRaised { exception } => self.exceptions.push(exception),
            InvoiceEvent::ExceptionResolved { kind, .. } => self.drop_exception(kind),
            InvoiceEvent::DuplicatesSuspected { lookalikes } => self.lookalikes = lookalikes,
            InvoiceEvent::DuplicateDismissed { other, .. } | InvoiceEvent::DuplicateOverridden { other, .. } => self.on_dismissed(other),
            InvoiceEvent::Submitted { round, approval_id, version_hash, .. } => {
                self.round = round;
                self.was_rejected = matches!(self.stage, Stage::Rejected { .. });
                self.submitted = Some(Arc::new(Submitted { document: self.document.clone(), payable: self.payable }));
                self.stage = Stage::PendingApproval { approval_id, version_hash };
            }
            InvoiceEvent::ApprovalKept { version_hash, .. } => self.on_approval_kept(version_hash),
            InvoiceEvent::ApprovalReset { .. } => self.stage = Stage::Received,
            InvoiceEvent::Approved { approval_id, version_hash, .. } => self.stage = Stage::Approved { approval_id, version_hash },
            InvoiceEvent::Rejected { reason, .. } => self.stage = Stage::Rejected { reason },
            InvoiceEvent::PaymentClaimed { payment_id, amount } => self.claims.push(Claimed { payment_id, amount }),
            InvoiceEvent::ClaimReleased { payment_id, .. } => {
                self.claims.retain(|c| c.payment_id != payment_id);
                self.discount_claims.retain(|c| c.payment_id != payment_id);
                self.withholding_claims.retain(|by| by.payment_id != payment_id);
            }
            InvoiceEvent::TermsAgreed { terms } => self.on_terms(terms),
            InvoiceEvent::DiscountClaimed { payment_id, amount, until } => {
                self.discount_claims.push(ClaimedDiscount { payment_id, amount, until });
            }
            InvoiceEvent::DiscountTaken { payment_id, amount, value_date, tax_breakdown } => {
                self.on_discount_taken(payment_id, amount, value_date, tax_breakdown);
            }
            InvoiceEvent::DiscountMissed { last_day, .. } => self.discounts_missed.push(last_day),
            InvoiceEvent::DiscountReversed { payment_id, amount, value_date } => self.on_discount_reversed(payment_id, amount, value_date),
            InvoiceEvent::WithholdingClaimed { payment_id, withholding } => {
                self.withholding_claims.push(WithheldBy { payment_id, withholding: *withholding });
            }
            InvoiceEvent::TaxWithheld { payment_id, withholding, value_date } => self.on_withheld(payment_id, *withholding, value_date),
            InvoiceEvent::WithholdingReversed { payment_id, withholding, value_date } => {
                self.on_withholding_reversed(payment_id, withholding.tax, value_date);
            }
            InvoiceEvent::PaymentSettled { payment_id, amount, value_date } => self.on_settled(payment_id, amount, value_date),
            InvoiceEvent::PaymentReturned { payment_id, amount, value_date, .. } => self.on_returned(payment_id, amount, value_date),
            InvoiceEvent::Allocated { allocation, tax_breakdown, .. } => self.on_allocated(allocation, tax_breakdown),
            InvoiceEvent::AllocationReversed { allocation_id, amount, effective_date, .. } => {
                self.on_allocation_reversed(allocation_id, amount, effective_date);
            }
            InvoiceEvent::PrepaymentApplied { allocation, .. } => self.on_prepayment_applied(allocation),
            InvoiceEvent::PrepaymentTakenBack { allocation_id, effective_date, .. } => {
                self.on_prepayment_taken_back(allocation_id, effective_date)
            }
            InvoiceEvent::Refunded { allocation, .. } => self.on_refunded(allocation),
            InvoiceEvent::RefundReversed { allocation_id, amount, effective_date, .. } => {
                self.on_refund_reversed(allocation_id, amount, effective_date);
            }
            InvoiceEvent::Voided { reason, .. } => self.stage = Stage::Voided { reason },
        }
    }

    fn drop_exception(&mut self, kind: ExceptionKind) {
        if let Some(index) = self.exceptions.iter().position(|e| e.kind == kind) {
            self.exceptions.remove(index);
        }
    }
}
