//! A message to or from a vendor: who said what, and whether the side that it is for has read it. What was said stays said.

use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::{UserId, VendorId};
use crate::refusal::{Refusal, RefusalKind};
use crate::subject::Subject;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    #[default]
    NotWritten,
    Unread(Box<Letter>),
    Read(Box<Letter>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub vendor_id: VendorId,
    /// What it is about, where it is about one thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    pub direction: Direction,
    pub author: Correspondent,
    pub text: String,
    /// Who brought it in: the author themselves, or who wrote down what the vendor said.
    pub by: UserId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Direction {
    /// From us to the vendor.
    Outbound,
    /// From the vendor to us.
    Inbound,
}

/// One of us, or somebody at the vendor's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Correspondent {
    User(UserId),
    Email(String),
}

#[derive(Clone, Debug)]
pub enum MessageCommand {
    Write(Box<Letter>),
    MarkRead { by: Correspondent },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MessageEvent {
    Written(Box<Letter>),
    /// By the first of the side that it is for.
    Read {
        by: Correspondent,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum MessageRefusal {
    #[error("there is no such message")]
    MessageUnknown,
    #[error("the message has been written before, otherwise")]
    MessageExists,
    #[error("a message needs a text")]
    TextMissing,
    #[error("{0:?} is no e-mail address of the vendor's author")]
    AuthorInvalid(String),
    #[error("who wrote the message does not have it to read: the other side does")]
    MessageOfReader,
}

impl Refusal for MessageRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::MessageUnknown => RefusalKind::Unknown,
            Self::MessageExists | Self::MessageOfReader => RefusalKind::State,
            Self::TextMissing | Self::AuthorInvalid(_) => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::TextMissing => Some("/text".to_owned()),
            Self::AuthorInvalid(_) => Some("/from_email".to_owned()),
            _ => None,
        }
    }
}

aggregate!(Message, "message", "Message", MessageCommand, MessageEvent, MessageRefusal, { Written = 1, Read = 1 });

impl Root for Message {
    aggregate!(@names MessageEvent);

    fn decide(&self, command: MessageCommand) -> Result<Vec<MessageEvent>, MessageRefusal> {
        match (self, command) {
            (Self::NotWritten, MessageCommand::Write(letter)) => letter.checked().map(|letter| vec![MessageEvent::Written(letter)]),
            (Self::Unread(known) | Self::Read(known), MessageCommand::Write(letter)) if *known == letter => Ok(vec![]),
            (_, MessageCommand::Write(_)) => Err(MessageRefusal::MessageExists),
            (Self::NotWritten, MessageCommand::MarkRead { .. }) => Err(MessageRefusal::MessageUnknown),
            (Self::Unread(letter) | Self::Read(letter), MessageCommand::MarkRead { by }) if !letter.is_for(&by) => {
                Err(MessageRefusal::MessageOfReader)
            }
            (Self::Unread(_), MessageCommand::MarkRead { by }) => Ok(vec![MessageEvent::Read { by }]),
            (Self::Read(_), MessageCommand::MarkRead { .. }) => Ok(vec![]),
        }
    }
}

impl Message {
    fn on(&mut self, event: MessageEvent) {
        *self = match (std::mem::take(self), event) {
            (Self::NotWritten, MessageEvent::Written(letter)) => Self::Unread(letter),
            (Self::Unread(letter), MessageEvent::Read { .. }) => Self::Read(letter),
            (state, _) => state,
        };
    }
}

impl Letter {
    fn checked(self: Box<Self>) -> Result<Box<Self>, MessageRefusal> {
        if self.text.trim().is_empty() {
            return Err(MessageRefusal::TextMissing);
        }
        match &self.author {
            Correspondent::Email(email) if !is_address(email) => Err(MessageRefusal::AuthorInvalid(email.clone())),
            _ => Ok(self),
        }
    }

    fn is_for(&self, reader: &Correspondent) -> bool {
        match (self.direction, reader) {
            (Direction::Inbound, Correspondent::User(_)) | (Direction::Outbound, Correspondent::Email(_)) => true,
            (Direction::Inbound, Correspondent::Email(_)) | (Direction::Outbound, Correspondent::User(_)) => false,
        }
    }
}

fn is_address(email: &str) -> bool {
    let plausible = email.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !host.ends_with('.'));
    plausible && !email.contains(char::is_whitespace)
}
