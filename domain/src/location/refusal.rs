//! Why the register of locations refuses a command, or a place.

use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum LocationRefusal {
    #[error("there is no such location")]
    LocationUnknown,
    #[error("a location of this code has already been registered")]
    LocationExists,
    #[error("a location needs a code with at least one letter or digit")]
    LocationCodeMissing,
    #[error("a location needs a name")]
    NameMissing,
    #[error("a country is named by its ISO 3166-1 code of two letters")]
    CountryUnknown,
    #[error("the code of a location never changes: receipts and movements name it")]
    LocationCodeFixed,
    #[error("this company registers its locations, and none of them is called {called}")]
    LocationNotRegistered { called: String },
    #[error("the location {called} is closed")]
    LocationClosed { called: String },
}

impl Refusal for LocationRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::LocationUnknown => RefusalKind::Unknown,
            Self::LocationExists | Self::LocationClosed { .. } => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        Some(match self {
            Self::LocationUnknown => return None,
            Self::LocationExists | Self::LocationCodeMissing | Self::LocationCodeFixed => "/code".to_owned(),
            Self::NameMissing => "/name".to_owned(),
            Self::CountryUnknown => "/address/country".to_owned(),
            Self::LocationNotRegistered { .. } | Self::LocationClosed { .. } => "/location".to_owned(),
        })
    }
}
