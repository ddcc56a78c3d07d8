//! What happened to an account at a provider. Stored for ever: change only by a new version and an upcaster.

use serde::{Deserialize, Serialize};

use super::{Account, ProviderAccountRefusal};
use crate::ids::{SecretId, UserId};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ProviderAccountEvent {
    Opened {
        settings: ProviderSettings,
        by: UserId,
    },
    /// A second person has looked at where the money will be sent from.
    Confirmed {
        by: UserId,
    },
    CredentialReplaced {
        credential: SecretId,
        by: UserId,
    },
    WebhookSecretAdded {
        secret: SecretId,
        by: UserId,
    },
    WebhookSecretRetired {
        secret: SecretId,
        by: UserId,
    },
    Closed {
        by: UserId,
        reason: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProviderSettings {
    pub name: String,
    /// Below this address the provider's operations are found.
    pub endpoint: String,
    pub credential: SecretId,
    pub webhook_secrets: Vec<SecretId>,
}

impl ProviderSettings {
    pub(super) fn opened(self, by: UserId) -> Result<Vec<ProviderAccountEvent>, ProviderAccountRefusal> {
        if self.name.trim().is_empty() {
            return Err(ProviderAccountRefusal::NameMissing);
        }
        match self.webhook_secrets.len() {
            0 => Err(ProviderAccountRefusal::LastWebhookSecret),
            1..=Account::WEBHOOK_SECRETS_MAX => Ok(vec![ProviderAccountEvent::Opened { settings: self, by }]),
            _ => Err(ProviderAccountRefusal::TooManyWebhookSecrets),
        }
    }
}
