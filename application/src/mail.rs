//! Mail that leaves: what is sent, and what a mail server may say to it.

use chrono::{DateTime, Utc};

use crate::ports::Later;

/// One mail to one recipient.
#[derive(Clone, Debug, PartialEq)]
pub struct Mail {
    /// What tells a repeat from another mail, without the sender's domain; the same for as long as its cause is the same.
    pub id: String,
    pub written_at: DateTime<Utc>,
    /// In whose name; the address is the server's own.
    pub from: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    /// File name and bytes.
    pub pdf: (String, Vec<u8>),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailTrouble {
    /// The server will not take this mail, however often it is asked.
    #[error("{0}")]
    Refused(String),
    /// Not now; whether it was taken is not known.
    #[error("{0}")]
    NotNow(String),
}

/// Hands a mail to a server. At least once: what is not known to have been taken is handed over again under the same Message-ID.
pub trait Mailer: Send + Sync {
    /// Answers the Message-ID.
    fn send<'a>(&'a self, mail: &'a Mail) -> Later<'a, Result<String, MailTrouble>>;
    /// Whether a server answers that would take mail.
    fn reaches(&self) -> Later<'_, Result<(), MailTrouble>>;
}
