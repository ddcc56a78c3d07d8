//! What can be asked of an invoice.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::allocation::Allocation;
use super::assignment::ExceptionAssignment;
use super::coding::Split;
use super::dispute::{Dispute, DisputeOutcome};
use super::document::TaxSubtotal;
use super::duplicate::Lookalike;
use super::event::{Amendment, MaterialChange, Reception, ReleaseCause};
use super::exception::InvoiceException;
use super::placed_hold::PlacedHold;
use super::verdict::Verdict;
use crate::ids::{AllocationId, ApprovalId, HoldId, InvoiceId, PaymentId, UserId};
use crate::incoming::IncomingRecord;
use crate::matching::{CheckOf, Evaluation};
use crate::money::Money;
use crate::terms::AgreedTerms;
use crate::withholding::Withholding;

#[derive(Clone, Debug)]
pub enum InvoiceCommand {
    Receive {
        reception: Box<Reception>,
        exceptions: Vec<InvoiceException>,
    },
    /// Though another live invoice bears its number: `reception.namesake` says which.
    ReceiveBeside {
        reception: Box<Reception>,
        exceptions: Vec<InvoiceException>,
        reason: String,
    },
    Amend {
        amendment: Box<Amendment>,
        exceptions: Vec<InvoiceException>,
        /// By how much amounts may rise from what was submitted without being approved again; not even less, where absent.
        rise_max: Option<Decimal>,
    },
    ResolveExceptions {
        by: UserId,
        reason: String,
    },
    /// Says what lines were spent on; lines that are not named keep what they have.
    Code {
        splits: Vec<Split>,
        by: UserId,
        /// The day from which it counts, where the invoice's own is in a closed period.
        effective_date: Option<NaiveDate>,
    },
    Submit {
        approval_id: ApprovalId,
        by: UserId,
    },
    /// The approval of `round` was granted for exactly `version_hash`.
    Approve {
        approval_id: ApprovalId,
        version_hash: String,
    },
    /// The round ended without a decision: the invoice waits to be submitted again.
    Reopen {
        approval_id: ApprovalId,
        because: MaterialChange,
    },
    Reject {
        approval_id: ApprovalId,
        by: UserId,
        reason: String,
    },
    /// Says what the rules say of the original; changes nothing else.
    RecordVerdict {
        verdict: Box<Verdict>,
    },
    /// What matching found; nothing happens where it found the same before.
    RecordMatch {
        evaluation: Box<Evaluation>,
    },
    /// Lets one finding be that holds the invoice.
    ReleaseHold {
        check: CheckOf,
        by: UserId,
        reason: String,
    },
    /// Stops the invoice until it is let go.
    PutOnHold {
        hold: PlacedHold,
    },
    TakeOffHold {
        hold_id: HoldId,
        by: UserId,
        reason: String,
    },
    AssignException {
        assignment: ExceptionAssignment,
    },
    /// Keeps payments from the disputed amount.
    OpenDispute {
        dispute: Dispute,
    },
    ResolveDispute {
        outcome: DisputeOutcome,
        by: UserId,
        reason: String,
    },
    /// Everything else that the invoice looks like; nothing happens where that is known or dismissed.
    SuspectDuplicates {
        lookalikes: Vec<Lookalike>,
    },
    DismissDuplicate {
        other: InvoiceId,
        by: UserId,
        reason: String,
    },
    Claim {
        payment_id: PaymentId,
        amount: Money,
    },
    /// All that it bills of its order had come in on this day: its terms count from then.
    FixBaseDate {
        goods_in: NaiveDate,
    },
    AgreeTerms {
        terms: Box<AgreedTerms>,
    },
    /// Beside the payment's claim of money.
    ClaimDiscount {
        payment_id: PaymentId,
        amount: Money,
        value_date: NaiveDate,
    },
    /// Beside the payment's claim of money.
    Withhold {
        payment_id: PaymentId,
        withholding: Box<Withholding>,
    },
    /// Says which discounts nobody took by their last day.
    MissDiscounts {
        today: NaiveDate,
        /// The last payment run left it out because its limit was reached.
        short_of_cash: bool,
    },
    Release {
        payment_id: PaymentId,
        because: ReleaseCause,
    },
    Settle {
        payment_id: PaymentId,
        value_date: NaiveDate,
    },
    /// The payment had not settled it after all: its money, and its discount, are claimed as they were before.
    WithdrawSettlement {
        payment_id: PaymentId,
        effective_date: NaiveDate,
        reason: String,
    },
    Return {
        payment_id: PaymentId,
        value_date: NaiveDate,
        reason: String,
    },
    /// Settles part of the document by a credit note, an invoice or a write-off.
    Allocate {
        allocation: Allocation,
        by: UserId,
        reason: Option<String>,
        /// Of the credit note, as it states it.
        tax_breakdown: Vec<TaxSubtotal>,
    },
    /// On a prepayment: what an invoice has of it.
    ApplyPrepayment {
        allocation: Allocation,
        by: UserId,
    },
    /// Of a credit note or a prepayment.
    Refund {
        allocation: Allocation,
        record: Option<Box<IncomingRecord>>,
        by: Option<UserId>,
    },
    ReverseAllocation {
        allocation_id: AllocationId,
        effective_date: NaiveDate,
        by: UserId,
        reason: String,
    },
    /// What was kept back is payable.
    ReleaseRetention {
        allocation_id: AllocationId,
        effective_date: NaiveDate,
        by: UserId,
        reason: String,
    },
    Void {
        by: UserId,
        reason: String,
        effective_date: NaiveDate,
    },
}
