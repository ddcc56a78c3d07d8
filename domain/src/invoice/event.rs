//! What happened to an invoice. Stored for ever: change only by a new version and an upcaster.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::allocation::Allocation;
use super::assignment::ExceptionAssignment;
use super::coding::Coding;
use super::dispute::{Dispute, DisputeOutcome};
use super::document::{InvoiceDocument, TaxSubtotal};
use super::duplicate::{Likeness, Lookalike};
use super::exception::{ExceptionKind, InvoiceException};
use super::namesake::Namesake;
use super::placed_hold::PlacedHold;
use super::rebooking::Rebooking;
use super::source::Source;
use super::verdict::Verdict;
use crate::bank_account::BankAccount;
use crate::ids::{AllocationId, ApprovalId, BankAccountId, DisputeId, HoldId, InvoiceId, PaymentId, UserId, VendorId};
use crate::incoming::IncomingRecord;
use crate::matching::{Evaluation, MatchFinding};
use crate::money::Money;
use crate::terms::AgreedTerms;
use crate::withholding::Withholding;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum InvoiceEvent {
    Received(Box<Reception>),
    /// The document, its vendor or its bank account was corrected.
    Amended(Box<Amendment>),
    ExceptionRaised {
        exception: InvoiceException,
    },
    ExceptionResolved {
        kind: ExceptionKind,
        by: UserId,
        reason: String,
    },
    /// What the lines were spent on; replaces what was said before. An amendment takes it back.
    Coded {
        coding: Box<Coding>,
        by: UserId,
        /// The day from which it counts, where the period in which the invoice counts is closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_date: Option<NaiveDate>,
    },
    Submitted {
        round: u32,
        approval_id: ApprovalId,
        by: UserId,
        version_hash: String,
    },
    /// Something material changed while an approval ran or stood: it counts no longer.
    ApprovalReset {
        round: u32,
        approval_id: ApprovalId,
        because: Vec<MaterialChange>,
    },
    /// The change was immaterial: an approval that runs or stands is bound to what the invoice says now.
    ApprovalKept {
        round: u32,
        approval_id: ApprovalId,
        version_hash: String,
    },
    Approved {
        round: u32,
        approval_id: ApprovalId,
        version_hash: String,
    },
    Rejected {
        round: u32,
        approval_id: ApprovalId,
        by: UserId,
        reason: String,
    },
    /// The original was held against the rules of its standard; each time by the release of them that was in force.
    Validated {
        verdict: Box<Verdict>,
    },
    /// The invoice was held against its order, and something came out otherwise than before.
    MatchEvaluated {
        evaluation: Box<Evaluation>,
    },
    /// Somebody let one finding be, exactly as it was found: a worse one holds again.
    HoldReleased {
        finding: Box<MatchFinding>,
        by: UserId,
        reason: String,
    },
    /// A person stopped the invoice: it is neither approved nor paid before this hold is let go.
    PutOnHold {
        hold: PlacedHold,
    },
    TakenOffHold {
        hold_id: HoldId,
        by: UserId,
        reason: String,
    },
    /// Who is to see to one of the things that keep it from going on.
    ExceptionAssigned {
        assignment: ExceptionAssignment,
    },
    /// The vendor and we do not agree: so much of it is not paid before we do.
    DisputeOpened {
        dispute: Dispute,
    },
    DisputeResolved {
        dispute_id: DisputeId,
        outcome: DisputeOutcome,
        by: UserId,
        reason: String,
    },
    /// What else it looks like now, all that nobody has dismissed; replaces what was said before. Empty when it looks like nothing else any more.
    DuplicatesSuspected {
        lookalikes: Vec<Lookalike>,
    },
    /// A person has looked at both: they are two invoices, whatever they have in common.
    DuplicateDismissed {
        other: InvoiceId,
        by: UserId,
        reason: String,
    },
    /// The rule that keeps duplicates out was overridden: it looks like the other one, and a person with the right let it in.
    DuplicateOverridden {
        rule: Likeness,
        other: InvoiceId,
        by: UserId,
        reason: String,
    },
    /// Part of the open amount is taken by a planned payment and by nobody else.
    PaymentClaimed {
        payment_id: PaymentId,
        amount: Money,
    },
    ClaimReleased {
        payment_id: PaymentId,
        amount: Money,
        because: ReleaseCause,
    },
    PaymentSettled {
        payment_id: PaymentId,
        amount: Money,
        value_date: NaiveDate,
    },
    /// Money that had been settled came back: the amount is open again.
    PaymentReturned {
        payment_id: PaymentId,
        amount: Money,
        value_date: NaiveDate,
        reason: String,
    },
    /// What the vendor's terms came to on this document: due dates and discounts, reckoned once.
    TermsAgreed {
        terms: AgreedTerms,
    },
    /// A planned payment will take this discount with its money; the last day on which it may leave.
    DiscountClaimed {
        payment_id: PaymentId,
        amount: Money,
        until: NaiveDate,
    },
    /// The part of the invoice that is settled because it was paid early.
    DiscountTaken {
        payment_id: PaymentId,
        amount: Money,
        value_date: NaiveDate,
        /// The same by tax category, where it reduces the tax that we deduct: these parts add up to the amount.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tax_breakdown: Vec<TaxSubtotal>,
    },
    /// A discount's last day went by and no payment took it: what the next discount does not grant as well is lost.
    DiscountMissed {
        last_day: NaiveDate,
        amount: Money,
        cause: MissedCause,
    },
    /// The money that took it came back, and so the discount.
    DiscountReversed {
        payment_id: PaymentId,
        amount: Money,
        value_date: NaiveDate,
    },
    /// A planned payment will keep this tax back beside its transfer.
    WithholdingClaimed {
        payment_id: PaymentId,
        withholding: Box<Withholding>,
    },
    /// The part of the invoice that is settled because we owe it to the tax authority in the vendor's place.
    TaxWithheld {
        payment_id: PaymentId,
        withholding: Box<Withholding>,
        value_date: NaiveDate,
    },
    /// The transfer that it was kept back from came back, and so the tax.
    WithholdingReversed {
        payment_id: PaymentId,
        withholding: Box<Withholding>,
        value_date: NaiveDate,
    },
    /// Part of the open amount was settled by another document, or written off. A credit note and its invoice say so in one
    /// write.
    Allocated {
        allocation: Allocation,
        by: UserId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// What a credit note takes away of each tax category, where discounts of what is left correct the tax.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tax_breakdown: Vec<TaxSubtotal>,
    },
    AllocationReversed {
        allocation_id: AllocationId,
        amount: Money,
        effective_date: NaiveDate,
        by: UserId,
        reason: String,
    },
    /// An invoice has part of what was paid before it; it says so in the same write.
    PrepaymentApplied {
        allocation: Allocation,
        by: UserId,
    },
    PrepaymentTakenBack {
        allocation_id: AllocationId,
        amount: Money,
        effective_date: NaiveDate,
        by: UserId,
        reason: String,
    },
    /// The vendor paid back what a credit note, or the rest of a prepayment, comes to.
    Refunded {
        allocation: Allocation,
        /// How it came back, where a person says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        record: Option<Box<IncomingRecord>>,
        /// None where the engine matched the line of a statement by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
    RefundReversed {
        allocation_id: AllocationId,
        amount: Money,
        effective_date: NaiveDate,
        by: UserId,
        reason: String,
    },
    Voided {
        by: UserId,
        reason: String,
        effective_date: NaiveDate,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reception {
    pub vendor_id: VendorId,
    /// The keys of the vendor's group when the invoice came in: what a duplicate is looked for by.
    pub vendor_keys: Vec<String>,
    pub document: InvoiceDocument,
    /// What is owed: BT-115 as stated.
    pub payable: Money,
    pub due_date: NaiveDate,
    /// When the liability counts in the books.
    pub effective_date: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_to: Option<PayTo>,
    pub entered_by: UserId,
    pub source: Source,
    /// Of one that bears another live invoice's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namesake: Option<Namesake>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Amendment {
    pub vendor_id: VendorId,
    pub vendor_keys: Vec<String>,
    pub document: InvoiceDocument,
    pub payable: Money,
    pub due_date: NaiveDate,
    pub effective_date: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_to: Option<PayTo>,
    pub by: UserId,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Rebooking::is_in_place")]
    pub rebooking: Rebooking,
}

/// The vendor's account that this invoice is to be paid to, as it stood then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PayTo {
    pub bank_account_id: BankAccountId,
    pub account: BankAccount,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialChange {
    Amount,
    Vendor,
    BankAccount,
    Currency,
    Lines,
    Number,
    DocumentKind,
    /// It bills another order, or none any more.
    OrderReference,
    /// Its own day, which rates, discounts and duplicates hang on, or an earlier one to pay it by.
    Dates,
    /// What the vendor's bank is told it is paid for.
    Remittance,
    /// Money is sent that was not to be, or the other way round.
    PaymentMeans,
    /// Something was spent on something else than what was approved.
    Coding,
    /// The document as it is now has something wrong with it.
    Exceptions,
    /// The invoice looks like another one.
    Duplicates,
    /// Nothing changed but the time: nobody decided before the last deadline.
    Expired,
    /// Nothing changed but the policy: under the one before, nobody was left to decide.
    Policy,
}

/// What kept an invoice from being paid before its discount ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MissedCause {
    /// Something was wrong with it, or a person stopped or disputed it.
    Held,
    ApprovalLate,
    /// The last payment run reached its limit before it.
    Cash,
    /// Approved in time, and no payment run was executed in time.
    RunNotExecuted,
    /// Paid, or to be paid, without it.
    NotTaken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseCause {
    PaymentFailed,
    PaymentVoided,
}
