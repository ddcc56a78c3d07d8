//! Accounts at providers.

use quittance_domain::provider::{ProviderAccountEvent, ProviderSettings};

use super::Sample;
use crate::fixtures::*;

pub fn provider_accounts() -> Vec<Sample<ProviderAccountEvent>> {
    let settings = ProviderSettings {
        name: "Nordbank transfers".to_owned(),
        endpoint: "https://api.nordbank.example/v2".to_owned(),
        credential: SECRET,
        webhook_secrets: vec![OTHER_SECRET],
    };
    vec![
        ("", ProviderAccountEvent::Opened { settings, by: DORA }),
        ("", ProviderAccountEvent::Confirmed { by: ERIN }),
        ("", ProviderAccountEvent::CredentialReplaced { credential: OTHER_SECRET, by: DORA }),
        ("", ProviderAccountEvent::WebhookSecretAdded { secret: SECRET, by: DORA }),
        ("", ProviderAccountEvent::WebhookSecretRetired { secret: OTHER_SECRET, by: DORA }),
        ("", ProviderAccountEvent::Closed { by: DORA, reason: "another provider".to_owned() }),
    ]
}
