//! A comment: what somebody of the tenant says about a document or a party, and to whom. It decides nothing and never changes;
//! those whom it mentions have it to read until they say that they did.

mod mention;

use serde::{Deserialize, Serialize};

pub use mention::addresses_in;

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::UserId;
use crate::refusal::{Refusal, RefusalKind};
use crate::subject::Subject;

/// People that one comment may call.
pub const MENTIONS_MAX: usize = 50;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comment {
    #[default]
    NotWritten,
    Written {
        remark: Box<Remark>,
        read_by: Vec<UserId>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    pub subject: Subject,
    pub text: String,
    /// Whom it calls, each once, in the order in which they are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
    pub by: UserId,
}

#[derive(Clone, Debug)]
pub enum CommentCommand {
    Write(Box<Remark>),
    MarkRead { by: UserId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CommentEvent {
    Written(Box<Remark>),
    /// One of those whom it mentions has read it.
    Read {
        by: UserId,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum CommentRefusal {
    #[error("there is no such comment")]
    CommentUnknown,
    #[error("the comment has been written before, otherwise")]
    CommentExists,
    #[error("a comment needs a text")]
    TextMissing,
    #[error("a comment mentions at most {MENTIONS_MAX} people")]
    TooManyMentions,
    #[error("the comment mentions other people: only they have it to read")]
    NotMentioned,
}

impl Refusal for CommentRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::CommentUnknown => RefusalKind::Unknown,
            Self::CommentExists => RefusalKind::State,
            Self::TextMissing | Self::TooManyMentions => RefusalKind::Invalid,
            Self::NotMentioned => RefusalKind::Person,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::TextMissing => Some("/text".to_owned()),
            Self::TooManyMentions => Some("/mentions".to_owned()),
            _ => None,
        }
    }
}

aggregate!(Comment, "comment", "Comment", CommentCommand, CommentEvent, CommentRefusal, { Written = 1, Read = 1 });

impl Root for Comment {
    aggregate!(@names CommentEvent);

    fn decide(&self, command: CommentCommand) -> Result<Vec<CommentEvent>, CommentRefusal> {
        match (self, command) {
            (Self::NotWritten, CommentCommand::Write(remark)) => remark.checked().map(|remark| vec![CommentEvent::Written(remark)]),
            (Self::Written { remark: known, .. }, CommentCommand::Write(remark)) if *known == remark => Ok(vec![]),
            (Self::Written { .. }, CommentCommand::Write(_)) => Err(CommentRefusal::CommentExists),
            (Self::NotWritten, CommentCommand::MarkRead { .. }) => Err(CommentRefusal::CommentUnknown),
            (Self::Written { read_by, .. }, CommentCommand::MarkRead { by }) if read_by.contains(&by) => Ok(vec![]),
            (Self::Written { remark, .. }, CommentCommand::MarkRead { by }) if remark.mentions.contains(&by) => {
                Ok(vec![CommentEvent::Read { by }])
            }
            (Self::Written { .. }, CommentCommand::MarkRead { .. }) => Err(CommentRefusal::NotMentioned),
        }
    }
}

impl Comment {
    fn on(&mut self, event: CommentEvent) {
        match (self, event) {
            (state @ Self::NotWritten, CommentEvent::Written(remark)) => *state = Self::Written { remark, read_by: vec![] },
            (Self::Written { read_by, .. }, CommentEvent::Read { by }) => read_by.push(by),
            _ => {}
        }
    }
}

impl Remark {
    fn checked(self: Box<Self>) -> Result<Box<Self>, CommentRefusal> {
        match &*self {
            remark if remark.text.trim().is_empty() => Err(CommentRefusal::TextMissing),
            remark if remark.mentions.len() > MENTIONS_MAX => Err(CommentRefusal::TooManyMentions),
            _ => Ok(self),
        }
    }
}
