//! Why a payment is not moved: stable codes.

use chrono::NaiveDate;

use super::method::Method;
use super::state::ItemState;
use super::status::PaymentStatus;
use crate::money::{Currency, Money};
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum PaymentRefusal {
    #[error("there is no such payment")]
    PaymentUnknown,
    #[error("the payment has already been planned")]
    AlreadyPlanned,
    #[error("the payment is {state}; to {action} it, it must be {needed}")]
    WrongState { state: PaymentStatus, action: &'static str, needed: &'static str },
    #[error("who planned a payment cannot authorise it")]
    SelfAuthorisation,
    #[error(
        "who planned a payment does not say that it failed or came back once the bank has it in a file: another person does, or the bank"
    )]
    OwnPayment,
    #[error("a payment needs at least one item")]
    NoItems,
    #[error("item {line}: a line and an invoice stand once in a payment")]
    ItemRepeated { line: u32 },
    #[error("item {line}: a payment's amount must be above zero")]
    AmountNotPositive { line: u32 },
    #[error("the total must be the sum of the items, in their one currency")]
    TotalMismatch,
    #[error("this payment leaves by {method}")]
    WrongMethod { method: Method },
    #[error("one transfer goes to one bank account of one vendor")]
    SeveralCreditors,
    #[error("a provider payment names the account that it leaves through")]
    ProviderAccountMissing,
    #[error("a cheque is made out to one vendor, on one of the company's accounts")]
    ChequeUndrawable,
    #[error("a cheque is cashed or voided whole")]
    ChequeIsWhole,
    #[error("only the provider knows whether this transfer went through")]
    TransferUndecided,
    #[error("a provider's transfer is under way: its word settles it, the bank's statement, or what two people find out")]
    TransferUnderWay,
    #[error("nobody has said what became of this transfer")]
    OutcomeNotFound,
    #[error("who found out what became of a transfer cannot confirm it")]
    OwnFinding,
    #[error("money that left has a reference at the bank")]
    OutcomeReferenceMissing,
    #[error("what became of a transfer is said with a reason")]
    OutcomeReasonMissing,
    #[error("what became of a transfer is shown by at least one attachment of the payment")]
    OutcomeEvidenceMissing,
    #[error("the provider account is open: close it first, so that nothing is sent any more")]
    ProviderAccountOpen,
    #[error("the payment pays this vendor nothing")]
    VendorNotPaid,
    #[error("a transfer to the vendor failed or came back: there is nothing that the vendor was paid")]
    NothingToAdvise,
    #[error("a mail goes to one e-mail address")]
    RecipientInvalid,
    #[error("there is no such remittance advice")]
    AdviceUnknown,
    #[error("the payment left nothing on account, or it came back")]
    NothingOnAccount,
    #[error("what is on account is in {currency}")]
    CreditInOtherCurrency { currency: Currency },
    #[error("what is applied of a credit must be above zero")]
    CreditNotPositive,
    #[error("{wanted} is more than what is left on account, {available}")]
    ExceedsCredit { wanted: Money, available: Money },
    #[error("the money is on account and no invoice has it from {earliest} on: nothing is settled with it before that day")]
    CreditTooEarly { earliest: NaiveDate },
    #[error("the payment has no item {line}")]
    NoSuchItem { line: u32 },
    #[error("item {line} is {state:?} and cannot {action}")]
    ItemNotInFlight { line: u32, state: ItemState, action: &'static str },
}

impl Refusal for PaymentRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::PaymentUnknown => RefusalKind::Unknown,
            Self::SelfAuthorisation | Self::OwnPayment | Self::OwnFinding => RefusalKind::Person,
            Self::OutcomeReferenceMissing
            | Self::OutcomeReasonMissing
            | Self::OutcomeEvidenceMissing
            | Self::RecipientInvalid
            | Self::CreditInOtherCurrency { .. }
            | Self::CreditNotPositive
            | Self::CreditTooEarly { .. }
            | Self::NoItems
            | Self::NoSuchItem { .. }
            | Self::ItemRepeated { .. }
            | Self::AmountNotPositive { .. }
            | Self::TotalMismatch
            | Self::ChequeUndrawable
            | Self::SeveralCreditors => RefusalKind::Invalid,
            _ => RefusalKind::State,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::NoItems | Self::NoSuchItem { .. } | Self::ItemRepeated { .. } | Self::AmountNotPositive { .. } => {
                Some("/items".to_owned())
            }
            Self::SeveralCreditors => Some("/items".to_owned()),
            Self::OutcomeReferenceMissing => Some("/outcome/left/reference".to_owned()),
            Self::OutcomeReasonMissing => Some("/reason".to_owned()),
            Self::OutcomeEvidenceMissing => Some("/evidence".to_owned()),
            Self::ProviderAccountMissing => Some("/provider_account_id".to_owned()),
            Self::RecipientInvalid => Some("/to".to_owned()),
            Self::VendorNotPaid => Some("/vendor_id".to_owned()),
            Self::TotalMismatch => Some("/total".to_owned()),
            _ => None,
        }
    }
}
