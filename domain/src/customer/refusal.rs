//! Why a command to a customer is refused.

use crate::ids::CustomerId;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum CustomerRefusal {
    #[error("there is no such customer")]
    CustomerUnknown,
    #[error("the customer has already been registered")]
    CustomerExists,
    #[error("a customer needs a name")]
    NameMissing,
    #[error("another name has at least one letter")]
    OtherNameMissing { index: usize },
    #[error("a contact needs a name")]
    ContactNameMissing { index: usize },
    #[error("this cannot be a VAT identifier of its country")]
    VatIdInvalid,
    #[error("an electronic address is scheme:value, the scheme as the code list EAS has it, such as 9930:DE123456789")]
    ElectronicAddressInvalid,
    #[error("a country is two capital letters, as ISO 3166-1 has them")]
    CountryInvalid,
    #[error("a customer's number has at least one letter or digit")]
    CustomerNumberInvalid,
    #[error("the customer is blocked: {0}")]
    CustomerBlocked(String),
    #[error("the customer has been merged into {into}")]
    CustomerMerged { into: CustomerId },
    #[error("a customer is not merged into itself")]
    MergedIntoItself,
}

impl Refusal for CustomerRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::CustomerUnknown => RefusalKind::Unknown,
            Self::CustomerExists | Self::CustomerBlocked(_) | Self::CustomerMerged { .. } => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::NameMissing => Some("/party/name".to_owned()),
            Self::OtherNameMissing { index } => Some(format!("/other_names/{index}")),
            Self::ContactNameMissing { index } => Some(format!("/contacts/{index}/name")),
            Self::VatIdInvalid => Some("/party/vat_id".to_owned()),
            Self::ElectronicAddressInvalid => Some("/party/electronic_address".to_owned()),
            Self::CountryInvalid => Some("/party/address/country".to_owned()),
            Self::CustomerNumberInvalid => Some("/number".to_owned()),
            Self::MergedIntoItself => Some("/into".to_owned()),
            Self::CustomerUnknown | Self::CustomerExists | Self::CustomerBlocked(_) | Self::CustomerMerged { .. } => None,
        }
    }
}
