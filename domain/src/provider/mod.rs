//! An account at a provider that moves money over HTTP: opened by one person, confirmed by another, used by payments until
//! it is closed.
//!
//! Where it is reached never changes: a transfer that is under way is asked about where it was sent. Secrets are named
//! here and kept elsewhere.

mod event;
mod refusal;

use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::{SecretId, UserId};

pub use event::{ProviderAccountEvent, ProviderSettings};
pub use refusal::ProviderAccountRefusal;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderAccount {
    #[default]
    NotOpened,
    Opened(Account),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub name: String,
    pub endpoint: String,
    /// What we sign in with.
    pub credential: SecretId,
    /// What the provider signs its messages with: several while one replaces another.
    pub webhook_secrets: Vec<SecretId>,
    pub opened_by: UserId,
    pub state: AccountState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AccountState {
    /// Nobody but who opened it has looked at it yet.
    Opened,
    Active,
    /// Nothing new is sent; what is under way is still asked about.
    Closed,
}

#[derive(Clone, Debug)]
pub enum ProviderAccountCommand {
    Open { settings: ProviderSettings, by: UserId },
    Confirm { by: UserId },
    ReplaceCredential { credential: SecretId, by: UserId },
    AddWebhookSecret { secret: SecretId, by: UserId },
    RetireWebhookSecret { secret: SecretId, by: UserId },
    Close { by: UserId, reason: String },
}

aggregate!(ProviderAccount, "provider_account", "ProviderAccount", ProviderAccountCommand, ProviderAccountEvent, ProviderAccountRefusal, {
    Opened = 1, Confirmed = 1, CredentialReplaced = 1, WebhookSecretAdded = 1, WebhookSecretRetired = 1, Closed = 1,
});

impl Root for ProviderAccount {
    aggregate!(@names ProviderAccountEvent);

    fn second_person(command: &mut ProviderAccountCommand) -> Option<&mut UserId> {
        match command {
            ProviderAccountCommand::Confirm { by } => Some(by),
            _ => None,
        }
    }

    fn decide(&self, command: ProviderAccountCommand) -> Result<Vec<ProviderAccountEvent>, ProviderAccountRefusal> {
        let account = match (self, command) {
            (Self::NotOpened, ProviderAccountCommand::Open { settings, by }) => return settings.opened(by),
            (Self::Opened(_), ProviderAccountCommand::Open { .. }) => return Err(ProviderAccountRefusal::ProviderAccountExists),
            (_, command) => (self.account()?, command),
        };
        match account {
            (_, ProviderAccountCommand::Open { .. }) => Err(ProviderAccountRefusal::ProviderAccountExists),
            (account, ProviderAccountCommand::Confirm { by }) => account.confirm(by),
            (account, ProviderAccountCommand::ReplaceCredential { credential, by }) => account.replace_credential(credential, by),
            (account, ProviderAccountCommand::AddWebhookSecret { secret, by }) => account.add_secret(secret, by),
            (account, ProviderAccountCommand::RetireWebhookSecret { secret, by }) => account.retire_secret(secret, by),
            (account, ProviderAccountCommand::Close { by, reason }) => Ok(account.close(by, reason)),
        }
    }
}

impl ProviderAccount {
    pub fn account(&self) -> Result<&Account, ProviderAccountRefusal> {
        match self {
            Self::NotOpened => Err(ProviderAccountRefusal::ProviderAccountUnknown),
            Self::Opened(account) => Ok(account),
        }
    }

    /// The account, if transfers may be sent through it now.
    pub fn active(&self) -> Option<&Account> {
        self.account().ok().filter(|account| account.state == AccountState::Active)
    }

    fn on(&mut self, event: ProviderAccountEvent) {
        match (&mut *self, event) {
            (_, ProviderAccountEvent::Opened { settings, by }) => *self = Self::Opened(Account::of(settings, by)),
            (Self::Opened(account), event) => account.on(event),
            (Self::NotOpened, _) => {}
        }
    }
}

impl Account {
    /// While one secret replaces another there are two; a third leaves room for a mistake.
    pub const WEBHOOK_SECRETS_MAX: usize = 3;

    fn of(settings: ProviderSettings, opened_by: UserId) -> Self {
        let ProviderSettings { name, endpoint, credential, webhook_secrets } = settings;
        Self { name, endpoint, credential, webhook_secrets, opened_by, state: AccountState::Opened }
    }

    fn confirm(&self, by: UserId) -> Result<Vec<ProviderAccountEvent>, ProviderAccountRefusal> {
        match self.state {
            AccountState::Active => Ok(vec![]),
            AccountState::Closed => Err(ProviderAccountRefusal::ProviderAccountClosed),
            AccountState::Opened if self.opened_by == by => Err(ProviderAccountRefusal::SelfConfirmation),
            AccountState::Opened => Ok(vec![ProviderAccountEvent::Confirmed { by }]),
        }
    }

    /// Also of a closed account: what is under way is still asked about.
    fn replace_credential(&self, credential: SecretId, by: UserId) -> Result<Vec<ProviderAccountEvent>, ProviderAccountRefusal> {
        let same = self.credential == credential;
        Ok(if same { vec![] } else { vec![ProviderAccountEvent::CredentialReplaced { credential, by }] })
    }

    fn add_secret(&self, secret: SecretId, by: UserId) -> Result<Vec<ProviderAccountEvent>, ProviderAccountRefusal> {
        if self.webhook_secrets.contains(&secret) {
            return Ok(vec![]);
        }
        if self.webhook_secrets.len() >= Self::WEBHOOK_SECRETS_MAX {
            return Err(ProviderAccountRefusal::TooManyWebhookSecrets);
        }
        Ok(vec![ProviderAccountEvent::WebhookSecretAdded { secret, by }])
    }

    fn retire_secret(&self, secret: SecretId, by: UserId) -> Result<Vec<ProviderAccountEvent>, ProviderAccountRefusal> {
        match self.webhook_secrets.as_slice() {
            held if !held.contains(&secret) => Err(ProviderAccountRefusal::WebhookSecretUnknown),
            [_] => Err(ProviderAccountRefusal::LastWebhookSecret),
            _ => Ok(vec![ProviderAccountEvent::WebhookSecretRetired { secret, by }]),
        }
    }

    fn close(&self, by: UserId, reason: String) -> Vec<ProviderAccountEvent> {
        if self.state == AccountState::Closed { vec![] } else { vec![ProviderAccountEvent::Closed { by, reason }] }
    }

    fn on(&mut self, event: ProviderAccountEvent) {
        match event {
            ProviderAccountEvent::Opened { .. } => {}
            ProviderAccountEvent::Confirmed { .. } => self.state = AccountState::Active,
            ProviderAccountEvent::CredentialReplaced { credential, .. } => self.credential = credential,
            ProviderAccountEvent::WebhookSecretAdded { secret, .. } => self.webhook_secrets.push(secret),
            ProviderAccountEvent::WebhookSecretRetired { secret, .. } => self.webhook_secrets.retain(|held| *held != secret),
            ProviderAccountEvent::Closed { .. } => self.state = AccountState::Closed,
        }
    }
}
