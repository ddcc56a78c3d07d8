//! What happened to a payment. Stored for ever: change only by a new version and an upcaster.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::ach::AchControl;
use super::advice::AdviceRequest;
use super::bank_status::BankStatusReport;
use super::cheque::Cheque;
use super::found_outcome::OutcomeFinding;
use super::international::International;
use super::method::Method;
use super::transfer::Transfer;
use crate::bank_account::BankAccount;
use crate::ids::{
    AllocationId, BankAccountId, InvoiceId, PaymentId, PaymentRunId, ProviderAccountId, RemittanceAdviceId, UserId, VendorId,
};
use crate::invoice::{Against, Allocation};
use crate::money::{Currency, Money};
use crate::party::Address;
use crate::withholding::Withholding;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PaymentEvent {
    Planned(Box<PaymentPlan>),
    Authorised {
        by: UserId,
    },
    /// Recorded before anything leaves: from here on money may be moving.
    Started {
        by: UserId,
        at: DateTime<Utc>,
    },
    /// The bank file was written; a pain.001's bytes follow from the plan and `Started`, and must hash to this; others are kept.
    FileSent {
        file: SentFile,
    },
    /// Somebody paid by other means and says how.
    RecordedManually {
        record: ManualRecord,
    },
    /// It leaves as this cheque.
    ChequeWritten {
        cheque: Cheque,
    },
    /// The provider has the transfer.
    TransferSent {
        transfer: Transfer,
    },
    /// The bank said how transfers of the file stand.
    BankStatusReported {
        report: BankStatusReport,
    },
    /// The provider says nothing any more: somebody found out what became of the transfer.
    OutcomeFound {
        finding: OutcomeFinding,
    },
    /// A second person has looked at it; what it comes to follows.
    OutcomeConfirmed {
        by: UserId,
    },
    Settled {
        items: Vec<u32>,
        value_date: NaiveDate,
    },
    /// A line of a bank statement had been taken for the payment's leaving by mistake: it is under way as before.
    SettlementWithdrawn {
        items: Vec<u32>,
        effective_date: NaiveDate,
        by: UserId,
        reason: String,
    },
    Failed {
        items: Vec<u32>,
        reason: String,
    },
    /// What had failed went through after all. What it was for may be settled by now: the vendor owes it.
    CreditedOnAccount {
        vendor_id: VendorId,
        amount: Money,
        value_date: NaiveDate,
        /// The one item that went through; the whole of a provider's transfer where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
    },
    /// Money came back that the vendor owed.
    CreditReturned {
        vendor_id: VendorId,
        amount: Money,
        value_date: NaiveDate,
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
    },
    /// An invoice of the vendor has part of what it owes; it says so in the same write.
    CreditApplied {
        /// Who owes it, whichever vendor of its party the invoice is of.
        vendor_id: VendorId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// The day from which the vendor owes it.
        credited_on: NaiveDate,
        allocation: Allocation,
        by: UserId,
    },
    CreditTakenBack {
        vendor_id: VendorId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        credited_on: NaiveDate,
        allocation_id: AllocationId,
        /// The invoice that had it.
        against: Against,
        amount: Money,
        effective_date: NaiveDate,
        /// None where the money itself came back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
        reason: String,
    },
    /// Money came back after settlement.
    Returned {
        items: Vec<u32>,
        value_date: NaiveDate,
        reason: String,
    },
    Voided {
        by: UserId,
        reason: String,
    },
    /// Recorded before it is sent to the vendor.
    RemittanceAdviceRequested(AdviceRequest),
    /// A mail server has taken it on.
    RemittanceAdviceSent {
        id: RemittanceAdviceId,
        message_id: String,
    },
    RemittanceAdviceFailed {
        id: RemittanceAdviceId,
        reason: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaymentPlan {
    pub method: Method,
    pub currency: Currency,
    pub total: Money,
    pub execution_date: NaiveDate,
    pub debtor_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debtor_account_id: Option<BankAccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debtor_account: Option<BankAccount>,
    /// Where the provider is reached that makes the transfer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_account_id: Option<ProviderAccountId>,
    pub items: Vec<CreditorItem>,
    pub planned_by: UserId,
    /// The run that it is part of: its bank file is the run's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_run_id: Option<PaymentRunId>,
    /// Credits that its run has set off against invoices of the vendor, so that less leaves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_off: Vec<CreditSetOff>,
    /// Of an international credit transfer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub international: Option<Box<International>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreditSetOff {
    /// Absent of what a payment left on account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_note_id: Option<InvoiceId>,
    /// That left it on account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<PaymentId>,
    /// The credit note's number, or the id under which the vendor's bank told of the payment; and its day.
    pub credit_note_number: String,
    pub credit_note_date: NaiveDate,
    pub invoice_id: InvoiceId,
    pub invoice_number: String,
    pub amount: Money,
}

/// What one invoice gets out of a payment: one transaction in the bank file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreditorItem {
    /// From 1, in the order of the plan.
    pub line: u32,
    pub invoice_id: InvoiceId,
    pub invoice_number: String,
    pub vendor_id: VendorId,
    pub creditor_name: String,
    #[serde(default)]
    pub creditor_address: Address,
    /// The account that was approved with the invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_account: Option<BankAccount>,
    pub amount: Money,
    /// At most 35 characters of the SEPA set; derived from the payment and the line.
    pub end_to_end_id: String,
    pub remittance: String,
    /// The hash of what was approved; compared again when the payment starts.
    pub version_hash: String,
    /// American banks tell payments to people from those to companies.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub creditor_is_person: bool,
    /// Kept back from the vendor beside what leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withholding>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SentFile {
    /// `pain.001.001.09`, `pain.001.001.03`, or one of their national forms, as in `pain.001.001.09.ch.03`; or `nacha`, `positive_pay`
    /// or `positive_pay_fixed`.
    pub format: String,
    pub message_id: String,
    pub transactions: u32,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub control_sum: Decimal,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// What the last record of an ACH file says of the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ach_control: Option<AchControl>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ManualRecord {
    /// A word of [`RecordedMethod`](super::RecordedMethod); whatever somebody wrote before there was such a list.
    pub method: String,
    /// The bank's or the cheque's number.
    pub reference: String,
    pub paid_on: NaiveDate,
}
