//! Why something cannot be done to an account at a provider.

use super::Account;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ProviderAccountRefusal {
    #[error("there is no such provider account")]
    ProviderAccountUnknown,
    #[error("the provider account has already been opened")]
    ProviderAccountExists,
    #[error("the provider account is closed")]
    ProviderAccountClosed,
    #[error("an account needs a name")]
    NameMissing,
    #[error("who opened a provider account cannot confirm it")]
    SelfConfirmation,
    #[error("an account has at most {} webhook secrets", Account::WEBHOOK_SECRETS_MAX)]
    TooManyWebhookSecrets,
    #[error("the account has no such webhook secret")]
    WebhookSecretUnknown,
    #[error("an account has at least one webhook secret")]
    LastWebhookSecret,
}

impl Refusal for ProviderAccountRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::ProviderAccountUnknown => RefusalKind::Unknown,
            Self::SelfConfirmation => RefusalKind::Person,
            Self::NameMissing => RefusalKind::Invalid,
            _ => RefusalKind::State,
        }
    }
    fn pointer(&self) -> Option<String> {
        matches!(self, Self::NameMissing).then(|| "/name".to_owned())
    }
}
