//! What a proof of payment says, and nothing else: it goes to vendors, so accounts stand masked in it and people by their ids.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::Money;
use quittance_domain::ids::{BankStatementId, InvoiceId, PaymentId, PurchaseOrderId, TenantId, UserId, VendorId};
use quittance_domain::payment::{ManualRecord, Method};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is known of a payment to one vendor, from the order's line to the bank statement's entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PaymentProof {
    /// When it was said, in seconds since 1970.
    pub iat: i64,
    pub issuer: ProofIssuer,
    /// The place in the issuer's log up to which it says everything; what came later it does not know.
    pub position: i64,
    pub payment_id: PaymentId,
    pub method: Method,
    pub payer: String,
    /// Masked, as all accounts here: enough to recognise it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "DE****2051")]
    pub payer_account: Option<String>,
    pub vendor_id: VendorId,
    pub payee: String,
    /// When the bank is asked to move the money.
    pub execution_date: NaiveDate,
    /// What the transfers below come to together.
    pub amount: Money,
    /// What is true of all transfers; `mixed` where they stand differently.
    pub state: ProofState,
    /// The file that the bank has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<ProvenFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cheque_number: Option<u64>,
    /// The provider's own id of the transfer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_reference: Option<String>,
    /// How somebody paid by other means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<ManualRecord>,
    pub transfers: Vec<ProvenTransfer>,
    /// Credits that were set off, so that less left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_off: Vec<ProvenSetOff>,
    /// What happened to the payment as a whole, in order.
    pub steps: Vec<ProofStep>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProofIssuer {
    pub tenant_id: TenantId,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProvenFile {
    pub format: String,
    pub message_id: String,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
}

/// How far a transfer has come, by what is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProofState {
    /// It has begun; whether it has left is not known.
    Started,
    /// It was handed over, and nobody has said what became of it.
    InTransit,
    /// The bank has said that it will carry it out.
    Accepted,
    /// The money has left: `proven_by` says who says so.
    Settled,
    /// A person said that the money has left. No bank or provider has.
    RecordedAsSettled,
    Failed,
    /// It went through after it was reported as failed: it stands to the payer's credit with the payee.
    OnAccount,
    /// The money came back.
    Returned,
    /// Of several transfers: each says its own.
    Mixed,
}

/// Who says that the money left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProvenBy {
    /// An entry of the payer's account, below.
    BankStatement,
    /// The bank's report on the file (pain.002).
    BankStatusReport,
    Provider,
}

/// What one invoice got: one transaction of the bank's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProvenTransfer {
    pub end_to_end_id: String,
    /// To where, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "DE****3000")]
    pub account: Option<String>,
    pub amount: Money,
    pub state: ProofState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proven_by: Option<ProvenBy>,
    pub invoice: ProvenInvoice,
    /// Of the payer's account: the money's leaving, and its coming back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statement_entries: Vec<StatementEntry>,
    /// What happened to this transfer, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<ProofStep>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProvenInvoice {
    pub invoice_id: InvoiceId,
    pub number: String,
    pub date: NaiveDate,
    pub amount: Money,
    /// Taken off for paying early, by this payment.
    pub discount: Money,
    /// Kept back by this payment, and owed to the tax authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<ProvenWithholding>,
    /// What it bills of an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<ProvenOrder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProvenWithholding {
    pub name: String,
    #[schema(value_type = String, example = "10")]
    pub percent: Decimal,
    pub base: Money,
    pub tax: Money,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProvenOrder {
    pub purchase_order_id: PurchaseOrderId,
    pub number: String,
    pub lines: Vec<ProvenOrderLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProvenOrderLine {
    pub line: u32,
    pub description: String,
    /// In the order's unit.
    #[schema(value_type = String, example = "10")]
    pub quantity: Decimal,
    #[schema(value_type = String, example = "125.00")]
    pub net: Decimal,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProvenSetOff {
    /// Absent of what a payment left on account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_note_id: Option<InvoiceId>,
    /// That left it on account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<PaymentId>,
    /// The credit note's number, or the id under which the vendor's bank told of the payment.
    pub credit_note_number: String,
    pub credit_note_date: NaiveDate,
    /// What it was set off against.
    pub invoice_id: InvoiceId,
    pub invoice_number: String,
    pub amount: Money,
}

/// An entry of a bank statement that tells of the transfer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatementEntry {
    pub bank_statement_id: BankStatementId,
    /// The bank's own id of the statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement_id: Option<String>,
    /// SHA-256 of the statement's file, hex.
    pub statement_sha256: String,
    pub line: u32,
    /// Below zero money left the payer's account.
    pub amount: Money,
    pub booked_on: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_date: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_reference: Option<String>,
    /// The bank states our id of the transfer; where not, it was found by other evidence or by a person.
    pub names_the_transfer: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_reason: Option<String>,
    /// Where the log says that the entry tells of the transfer.
    pub position: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum StepKind {
    Planned,
    Authorised,
    /// Money may be moving from here on.
    Executed,
    FileWritten,
    RecordedManually,
    ChequeWritten,
    TakenByProvider,
    /// The bank's report on the file, or its file of returns: `status` is its code.
    ReportedByBank,
    /// A person said what became of a transfer whose provider is gone, and another confirmed it.
    OutcomeFound,
    OutcomeConfirmed,
    Settled,
    SettlementWithdrawn,
    Failed,
    CreditedOnAccount,
    CreditReturned,
    Returned,
}

/// One event of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProofStep {
    pub step: StepKind,
    pub position: i64,
    pub recorded_at: DateTime<Utc>,
    /// Who did it, or whose doing led to it.
    pub by: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_date: Option<NaiveDate>,
    /// What the bank said: `ACSP`, `ACSC`, `RJCT`, …; `RETURNED` of an ACH entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// In the bank's or the provider's words, never in a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Of the bank's report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Of the bank's report, hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}
