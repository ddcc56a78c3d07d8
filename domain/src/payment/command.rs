//! What can be asked of a payment. `items` of `None` means all that are still in flight.

use chrono::{DateTime, NaiveDate, Utc};

use super::advice::{AdviceOutcome, AdviceRequest};
use super::bank_status::BankStatusReport;
use super::cheque::Cheque;
use super::event::{ManualRecord, PaymentPlan, SentFile};
use super::found_outcome::OutcomeFinding;
use super::transfer::TransferReport;
use crate::ids::{AllocationId, RemittanceAdviceId, UserId};
use crate::invoice::Allocation;

#[derive(Clone, Debug)]
pub enum PaymentCommand {
    Plan(Box<PaymentPlan>),
    Authorise {
        by: UserId,
    },
    Start {
        by: UserId,
        at: DateTime<Utc>,
    },
    /// Of a payment that a provider makes.
    StartTransfer {
        by: UserId,
        at: DateTime<Utc>,
    },
    WriteCheque {
        by: UserId,
        at: DateTime<Utc>,
        cheque: Cheque,
    },
    RecordTransfer {
        report: TransferReport,
    },
    /// The bank's own word of the file, as it said it.
    ReportBankStatus {
        report: BankStatusReport,
    },
    RecordFile {
        file: SentFile,
    },
    RecordManually {
        by: UserId,
        at: DateTime<Utc>,
        record: ManualRecord,
    },
    /// Of a transfer whose provider says nothing any more.
    FindOutcome {
        finding: OutcomeFinding,
    },
    ConfirmOutcome {
        by: UserId,
    },
    /// A person says so.
    Settle {
        items: Option<Vec<u32>>,
        value_date: NaiveDate,
    },
    /// The bank's own word, which is also heard of an item that failed by somebody else's.
    SettleByBank {
        items: Vec<u32>,
        value_date: NaiveDate,
    },
    WithdrawSettlement {
        items: Vec<u32>,
        effective_date: NaiveDate,
        by: UserId,
        reason: String,
    },
    /// `by` is the person who says so; none where the bank does, or the engine lets nothing leave.
    Fail {
        items: Option<Vec<u32>>,
        reason: String,
        by: Option<UserId>,
    },
    Return {
        items: Option<Vec<u32>>,
        value_date: NaiveDate,
        reason: String,
        by: Option<UserId>,
    },
    /// An invoice has part of what is on account.
    ApplyCredit {
        item: Option<u32>,
        allocation: Allocation,
        by: UserId,
    },
    TakeCreditBack {
        allocation_id: AllocationId,
        effective_date: NaiveDate,
        by: UserId,
        reason: String,
    },
    Void {
        by: UserId,
        reason: String,
    },
    RequestAdvice {
        request: AdviceRequest,
    },
    RecordAdvice {
        id: RemittanceAdviceId,
        outcome: AdviceOutcome,
    },
}
