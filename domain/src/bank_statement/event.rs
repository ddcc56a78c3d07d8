//! What happened to a statement. Stored for ever: change only by a new version and an upcaster.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::booking::{Booking, LinePosting, Withheld};
use super::cheque::ChequeException;
use super::code::TransactionCode;
use super::division::DivisionSource;
use super::format::Retold;
use super::matching::Evidence;
use crate::ids::{AllocationId, BankAccountId, CustomerRefundId, IncomingPaymentId, InvoiceId, PaymentId, ReceivableId, UserId};
use crate::money::{Currency, Money};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BankStatementEvent {
    Imported(Box<Import>),
    Matched {
        line: u32,
        matching: Matching,
    },
    Unmatched {
        line: u32,
        by: UserId,
        reason: String,
        /// From when the bank's side of the books no longer has it, where they had it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_date: Option<NaiveDate>,
    },
    /// A sum is told one by one: the parts, together worth what the line was, are in its place; the first has its number.
    Divided {
        line: u32,
        parts: Vec<StatementLine>,
        told: DivisionSource,
        by: UserId,
    },
    /// A person or a rule said to which accounts belongs what no payment explains.
    Booked {
        line: u32,
        booking: Box<Booking>,
    },
    BookingTakenBack {
        line: u32,
        effective_date: NaiveDate,
        by: UserId,
        reason: String,
    },
    /// A rule fits the line, and does not book it.
    BookingWithheld {
        line: u32,
        withheld: Withheld,
    },
    /// The line names a cheque of ours that does not fit it.
    ChequeExceptionFound {
        line: u32,
        exception: ChequeException,
    },
    /// The file was of another account, or was read wrongly: these lines, all that the statement has, are none of the account's.
    Withdrawn {
        lines: Vec<u32>,
        by: UserId,
        reason: String,
    },
}

impl BankStatementEvent {
    /// The line that it is about.
    pub fn line(&self) -> Option<u32> {
        match self {
            Self::Imported(_) | Self::Withdrawn { .. } => None,
            Self::Matched { line, .. }
            | Self::Unmatched { line, .. }
            | Self::Divided { line, .. }
            | Self::Booked { line, .. }
            | Self::BookingTakenBack { line, .. }
            | Self::BookingWithheld { line, .. }
            | Self::ChequeExceptionFound { line, .. } => Some(*line),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Import {
    pub bank_account_id: BankAccountId,
    /// `camt.053`, `mt940`, `bai2`, `ofx`, …
    pub format: String,
    pub kind: StatementKind,
    /// The bank's id and running number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
    /// Of a statement that comes in several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    pub currency: Currency,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<StatedBalance>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<StatedBalance>,
    pub proof: BalanceProof,
    /// Booked lines that no earlier statement of the account brought.
    pub lines: Vec<StatementLine>,
    /// Booked entries that an earlier statement brought.
    pub repeated: u32,
    /// Those of them that a statement of another format brought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retold: Vec<Retold>,
    /// Entries that are not booked yet; they come again when they are.
    pub pending: u32,
    /// Another statement of the day had told the same between the same balances before: out, in and out again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub goes_round: bool,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    pub imported_by: UserId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum StatementKind {
    EndOfPeriod,
    Intraday,
    Notification,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StatedBalance {
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub amount: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
}

/// Whether opening balance and booked entries give the closing balance that the bank states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BalanceProof {
    Proved,
    DiffersBy(Decimal),
    /// Why it cannot be told, such as `opening_balance_missing`.
    NotProvable(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StatementLine {
    /// From 1, in the order of the statement.
    pub line: u32,
    /// Of the entry that the line belongs to; lines of one batch share it.
    pub identity: String,
    pub booked_on: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_date: Option<NaiveDate>,
    /// Above zero the account grew.
    pub amount: Money,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_id: Option<String>,
    /// Other ids that may be ours: message, block, instruction, customer reference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_account: Option<String>,
    /// Remittance, or the bank's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The bank says that this is money coming back.
    #[serde(default)]
    pub is_return: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_reason: Option<String>,
    /// What kind of transaction the bank says it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transaction_codes: Vec<TransactionCode>,
    /// Of the cheque that was paid, as the bank writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cheque_number: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Matching {
    pub target: MatchTarget,
    /// 0 to 100; 100 where a person decided.
    pub score: u8,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// None where the engine matched by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// Absent where the books kept no account of the bank account then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted: Option<LinePosting>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MatchTarget {
    Payment {
        payment_id: PaymentId,
        /// Lines of its plan.
        items: Vec<u32>,
        effect: PaymentEffect,
        /// The day on which it counts: the line's own, or the first one after it in a period that is open.
        value_date: NaiveDate,
    },
    /// The vendor paid back what a credit note, or the rest of a prepayment, comes to.
    Refund {
        invoice_id: InvoiceId,
        /// As the document names it.
        allocation_id: AllocationId,
        /// The day on which it counts there.
        value_date: NaiveDate,
    },
    /// A customer paid of an invoice of ours.
    Receivable {
        receivable_id: ReceivableId,
        /// As the receivable names it.
        incoming_payment_id: IncomingPaymentId,
        /// The day on which it counts there.
        value_date: NaiveDate,
    },
    /// A customer has money back.
    CustomerRefund {
        receivable_id: ReceivableId,
        /// As the receivable names it.
        refund_id: CustomerRefundId,
        /// The day on which it counts there.
        value_date: NaiveDate,
    },
    /// What a customer had paid of an invoice of ours went back: a direct debit that was returned, a transfer that was recalled.
    IncomingReturned {
        receivable_id: ReceivableId,
        /// As the receivable named it while it stood.
        incoming_payment_id: IncomingPaymentId,
        /// From when on it had counted.
        paid_on: NaiveDate,
        /// The day from which it counts no more.
        value_date: NaiveDate,
    },
    /// No payment of ours, with the words of who decided; it is in no account of the books.
    Explained { explanation: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentEffect {
    /// The money left.
    Settles,
    /// The money came back.
    Returns { reason: String },
}
