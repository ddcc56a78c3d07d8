//! Why a chequebook is not written in: stable codes.

use super::Book;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ChequebookRefusal {
    #[error("the account has no chequebook")]
    ChequebookUnknown,
    #[error("the account has a chequebook, which began with another number")]
    ChequebookOpened,
    #[error("a cheque's number is between 1 and {}", Book::NUMBER_MAX)]
    ChequeNumberInvalid,
    #[error("numbers are used in order: the next is {next}")]
    ChequeNumberNotNext { next: u64 },
    #[error("the chequebook's numbers are used up")]
    ChequeNumbersUsedUp,
    #[error("{rule}")]
    PositivePayLayoutInvalid { pointer: String, rule: &'static str },
}

impl Refusal for ChequebookRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::ChequebookUnknown => RefusalKind::Unknown,
            Self::ChequeNumberInvalid | Self::PositivePayLayoutInvalid { .. } => RefusalKind::Invalid,
            _ => RefusalKind::State,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::ChequeNumberInvalid => Some("/first_number".to_owned()),
            Self::PositivePayLayoutInvalid { pointer, .. } => Some(pointer.clone()),
            Self::ChequeNumberNotNext { .. } => Some("/number".to_owned()),
            _ => None,
        }
    }
}
