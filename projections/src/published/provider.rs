//! What others may know of accounts at providers: neither where they are reached nor what opens them.

use quittance_domain::provider::{ProviderAccountEvent as Event, ProviderSettings};
use serde_json::Value;

use super::data;

pub fn account(event: &Event) -> Value {
    match event {
        Event::Opened { settings: ProviderSettings { name, endpoint: _, credential: _, webhook_secrets: _ }, by } => {
            data! { settings: data! { name }, by }
        }
        Event::Confirmed { by } => data! { by },
        Event::CredentialReplaced { credential: _, by } => data! { by },
        Event::WebhookSecretAdded { secret: _, by } | Event::WebhookSecretRetired { secret: _, by } => data! { by },
        Event::Closed { by, reason: _ } => data! { by },
    }
}
