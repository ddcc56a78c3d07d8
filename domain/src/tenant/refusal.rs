//! What is refused of a company.

use super::BankChangeControl;
use crate::exception::{AnswerTimes, QueueKind};
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum TenantRefusal {
    #[error("there is no such tenant")]
    TenantUnknown,
    #[error("the tenant has already been created")]
    TenantExists,
    #[error("a company needs a name")]
    NameMissing,
    #[error("the VAT identifier has not the form of its country's")]
    VatIdInvalid,
    #[error("a country is named by its ISO 3166-1 code of two letters")]
    CountryUnknown,
    #[error("this account is already one of the company's")]
    AccountExists,
    #[error("there is no such account of the company")]
    CompanyAccountUnknown,
    #[error("ACH files leave from an American account: a routing number and an account number")]
    AccountNotAmerican,
    #[error("{field} must say something, in letters and digits, and fit the ACH file's header")]
    AchOriginationInvalid { field: &'static str },
    #[error("a changed bank account waits at most {} days", BankChangeControl::COOLING_OFF_DAYS_MAX)]
    CoolingOffTooLong,
    #[error("this is not the looser control that waits for a second person")]
    LooseningNotProposed,
    #[error("who proposed to loosen the control does not confirm it")]
    SelfLoosening,
    #[error("a time to answer is between an hour and {} hours", AnswerTimes::HOURS_MAX)]
    AnswerTimeOutlandish { kind: QueueKind },
    #[error("there is no such time zone: it is named as in the IANA database, such as Asia/Phnom_Penh")]
    TimeZoneUnknown,
}

impl Refusal for TenantRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::TenantUnknown => RefusalKind::Unknown,
            Self::NameMissing
            | Self::VatIdInvalid
            | Self::CountryUnknown
            | Self::CompanyAccountUnknown
            | Self::CoolingOffTooLong
            | Self::AccountNotAmerican
            | Self::AchOriginationInvalid { .. }
            | Self::AnswerTimeOutlandish { .. }
            | Self::TimeZoneUnknown => RefusalKind::Invalid,
            Self::SelfLoosening => RefusalKind::Person,
            _ => RefusalKind::State,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::NameMissing => Some("/name".to_owned()),
            Self::VatIdInvalid => Some("/vat_id".to_owned()),
            Self::CountryUnknown => Some("/address/country".to_owned()),
            Self::CompanyAccountUnknown | Self::AccountNotAmerican => Some("/bank_account_id".to_owned()),
            Self::AchOriginationInvalid { field } => Some(format!("/{field}")),
            Self::CoolingOffTooLong => Some("/cooling_off_days".to_owned()),
            Self::AnswerTimeOutlandish { kind } => Some(format!("/hours/{kind}")),
            Self::TimeZoneUnknown => Some("/time_zone".to_owned()),
            _ => None,
        }
    }
}
