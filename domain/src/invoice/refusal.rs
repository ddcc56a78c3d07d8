//! Why an invoice refuses a command.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::money::Money;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum InvoiceRefusal {
    #[error("there is no such invoice")]
    InvoiceUnknown,
    #[error("the invoice has already been received")]
    AlreadyReceived,
    #[error("the invoice is {state}; to {action} it, it must be {needed}")]
    WrongState { state: String, action: &'static str, needed: &'static str },
    #[error("the invoice's exceptions must be resolved first")]
    InException,
    #[error(
        "an invoice of which a payment or an allocation has taken something cannot be changed: void or return the payment, or reverse the allocation, first"
    )]
    PaymentInProgress,
    #[error("the person who entered or last changed this invoice cannot resolve its exceptions")]
    SelfResolution,
    #[error("what was approved is not what the invoice says now")]
    VersionChanged,
    #[error("{wanted} is more than the open amount that no payment has claimed, {available}")]
    ExceedsOpenAmount { wanted: Money, available: Money },
    #[error("nothing of it is open: all of it is paid or settled otherwise, or payments have claimed it")]
    NothingOpen,
    #[error("an amount must be above zero")]
    AmountNotPositive,
    #[error("the payment is in {payment}, the invoice in {invoice}")]
    CurrencyMismatch { payment: String, invoice: String },
    #[error("a credit note is not paid; it reduces what is owed")]
    CreditNoteNotPayable,
    #[error("the invoice did not come in as an electronic document")]
    NoDocument,
    #[error("nothing of this kind holds the invoice")]
    HoldUnknown,
    #[error("a person has put the invoice on hold")]
    OnHold,
    #[error("nothing of this kind is open on the invoice")]
    ExceptionUnknown,
    #[error("the invoice is disputed already")]
    AlreadyDisputed,
    #[error("{disputed} of it is disputed; {available} may be paid")]
    Disputed { disputed: Money, available: Money },
    #[error("the invoice is not disputed")]
    NotDisputed,
    #[error("the invoice is not suspected of duplicating that one")]
    DuplicateNotSuspected,
    #[error("that invoice does not keep this one out: it bears another number, is void or rejected, or is older than 366 days")]
    NotANamesake,
    #[error("the invoice has no such line, or the line is named twice")]
    CodingLineUnknown { index: usize },
    #[error("the parts do not come to the line's net amount of {net}: amounts are taken off first, percents of what is left come to 100")]
    CodingUnbalanced { index: usize, net: Decimal },
    #[error("the invoice bills an order: what it is spent on follows from what was ordered")]
    CodedByOrder,
    #[error("credit notes are set off against invoices, and nothing else against each other")]
    NotSetOff,
    #[error("what is kept back is kept back beyond the day on which that begins")]
    RetentionOver,
    #[error("it is kept back until {release_on}")]
    RetentionNotDue { release_on: NaiveDate },
    #[error("the document named is no prepayment")]
    NotAPrepayment,
    #[error("a prepayment is spent on nothing yet: the invoices that it is applied to are coded")]
    PrepaymentNotCoded,
    #[error("{wanted} is more than what was paid of the prepayment and not applied yet, {available}")]
    ExceedsPrepaid { wanted: Money, available: Money },
    #[error(
        "{wanted} is more than what the invoice deducts itself and no prepayment stands for yet, {available}: apply the rest by itself"
    )]
    ExceedsStatedPrepaid { wanted: Money, available: Money },
    #[error("a vendor pays back a credit note, or the rest of a prepayment that was paid, and nothing else")]
    NotRefundable,
    #[error("{wanted} is more than what the vendor has still to pay back, {available}")]
    ExceedsRefundable { wanted: Money, available: Money },
    #[error("the two documents are not of one vendor, nor of vendors that are one party")]
    OtherVendorsDocument,
    #[error("it counts from {earliest} on at the earliest: nothing is settled before it is open, nor undone before it was settled")]
    AllocationTooEarly { earliest: NaiveDate },
    #[error("the document has no such allocation")]
    AllocationUnknown,
    #[error("{open} is still open; at most {limit} may be written off")]
    WriteOffTooLarge { open: Money, limit: Money },
    #[error("the invoice has no bank account to pay to")]
    BankAccountMissing,
    #[error(
        "the document says that its vendor takes the money or has it already (BT-81): record how it was paid, or amend that it is to be sent"
    )]
    PaidOtherwise,
    #[error("the last day of the discount has passed")]
    DiscountExpired,
    #[error("{wanted} is not a discount that the terms grant; {available} is left of it")]
    ExceedsDiscount { wanted: Money, available: Money },
}

impl Refusal for InvoiceRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::InvoiceUnknown => RefusalKind::Unknown,
            Self::SelfResolution => RefusalKind::Person,
            Self::CodingLineUnknown { .. }
            | Self::CodingUnbalanced { .. }
            | Self::NotSetOff
            | Self::NotANamesake
            | Self::NotAPrepayment
            | Self::NotRefundable
            | Self::OtherVendorsDocument => RefusalKind::Invalid,
            Self::AllocationTooEarly { .. } | Self::AllocationUnknown | Self::RetentionOver => RefusalKind::Invalid,
            Self::AmountNotPositive | Self::CurrencyMismatch { .. } | Self::CreditNoteNotPayable => RefusalKind::Invalid,
            _ => RefusalKind::State,
        }
    }

    fn pointer(&self) -> Option<String> {
        match self {
            Self::CodingLineUnknown { index } => Some(format!("/lines/{index}/line")),
            Self::AllocationTooEarly { .. } => Some("/effective_date".to_owned()),
            Self::RetentionOver => Some("/release_on".to_owned()),
            Self::AllocationUnknown => Some("/allocation_id".to_owned()),
            Self::CodingUnbalanced { index, .. } => Some(format!("/lines/{index}/parts")),
            _ => None,
        }
    }
}
