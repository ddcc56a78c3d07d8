//! Why a command to a vendor is refused, and why a vendor is not paid.

use chrono::{DateTime, Utc};

use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum VendorRefusal {
    #[error("there is no such vendor")]
    VendorUnknown,
    #[error("the vendor has already been registered")]
    VendorExists,
    #[error("a vendor needs a name")]
    NameMissing,
    #[error("the vendor already has this account")]
    BankAccountExists,
    #[error("the vendor has no such account")]
    BankAccountUnknown,
    #[error("the account to be replaced is not one of the vendor's")]
    ReplacedAccountUnknown,
    #[error("a second person has not approved this account yet")]
    BankAccountUnverified,
    #[error("the account has been changed; it may be paid to from {}", until.to_rfc3339())]
    BankAccountCoolingOff { until: DateTime<Utc> },
    #[error("another account has replaced this one")]
    BankAccountReplaced,
    #[error("the account is not waiting for a decision")]
    BankAccountNotProposed,
    #[error("who registered or changed a vendor or its bank accounts cannot verify it")]
    SelfVerification,
    #[error("who has changed the vendor's bank accounts does not let its payments go")]
    BankAccountEditor,
    #[error("the vendor is blocked: {0}")]
    VendorBlocked(String),
    #[error("nobody has verified this vendor yet")]
    VendorUnverified,
    #[error("a second person has not confirmed the last change of this vendor yet")]
    VendorChangeUnconfirmed,
    #[error("the vendor has been merged into another one")]
    VendorMerged,
    #[error("a vendor is not merged into itself")]
    MergedIntoItself,
    #[error("this cannot be a VAT identifier of its country")]
    VatIdInvalid,
    #[error("a vendor's number has at least one letter or digit")]
    VendorNumberInvalid,
    #[error("this is said with a reason")]
    ReasonMissing { of: &'static str },
}

impl Refusal for VendorRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::VendorUnknown | Self::BankAccountUnknown => RefusalKind::Unknown,
            Self::NameMissing
            | Self::ReplacedAccountUnknown
            | Self::VatIdInvalid
            | Self::VendorNumberInvalid
            | Self::MergedIntoItself
            | Self::ReasonMissing { .. } => RefusalKind::Invalid,
            Self::SelfVerification | Self::BankAccountEditor => RefusalKind::Person,
            _ => RefusalKind::State,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::NameMissing => Some("/name".to_owned()),
            Self::VatIdInvalid => Some("/vat_id".to_owned()),
            Self::VendorNumberInvalid => Some("/number".to_owned()),
            Self::MergedIntoItself => Some("/into".to_owned()),
            Self::ReasonMissing { of } => Some(format!("/{of}/reason")),
            Self::ReplacedAccountUnknown => Some("/replaces".to_owned()),
            _ => None,
        }
    }
}
