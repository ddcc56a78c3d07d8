//! An attachment: a file that belongs to a document or a party. Its event holds the fingerprint; the bytes lie outside of the
//! log and are never removed, so that what was once seen can be shown for ever.

mod media_type;

use serde::{Deserialize, Serialize};

pub use media_type::is_media_type;

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::UserId;
use crate::refusal::{Refusal, RefusalKind};
use crate::subject::Subject;

/// Bytes of a file.
pub const SIZE_BYTES_MAX: u64 = 20 << 20;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attachment {
    #[default]
    NotAdded,
    Added(Box<AttachedFile>),
    Detached(Box<AttachedFile>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedFile {
    pub subject: Subject,
    pub file_name: String,
    /// As the sender declared it: nobody looked whether it is true.
    pub media_type: String,
    pub size_bytes: u64,
    /// Of the bytes, hex.
    pub sha256: String,
    pub by: UserId,
}

#[derive(Clone, Debug)]
pub enum AttachmentCommand {
    Add(Box<AttachedFile>),
    Detach { reason: String, by: UserId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AttachmentEvent {
    Added(Box<AttachedFile>),
    Detached { reason: String, by: UserId },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum AttachmentRefusal {
    #[error("there is no such attachment")]
    AttachmentUnknown,
    #[error("the attachment has been added before, as another file")]
    AttachmentExists,
    #[error("the file has no bytes")]
    FileEmpty,
    #[error("a file has at most {SIZE_BYTES_MAX} bytes")]
    FileTooLarge,
    #[error("an attachment needs the name of its file")]
    FileNameMissing,
    #[error("{0} is no media type, such as application/pdf")]
    MediaTypeInvalid(String),
    #[error("detaching a file needs a reason")]
    ReasonMissing,
}

impl Refusal for AttachmentRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::AttachmentUnknown => RefusalKind::Unknown,
            Self::AttachmentExists => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::FileNameMissing => Some("file_name".to_owned()),
            Self::ReasonMissing => Some("/reason".to_owned()),
            _ => None,
        }
    }
}

aggregate!(Attachment, "attachment", "Attachment", AttachmentCommand, AttachmentEvent, AttachmentRefusal, { Added = 1, Detached = 1 });

impl Root for Attachment {
    aggregate!(@names AttachmentEvent);

    fn decide(&self, command: AttachmentCommand) -> Result<Vec<AttachmentEvent>, AttachmentRefusal> {
        match (self, command) {
            (Self::NotAdded, AttachmentCommand::Add(file)) => file.checked().map(|file| vec![AttachmentEvent::Added(file)]),
            (Self::Added(known), AttachmentCommand::Add(file)) if *known == file => Ok(vec![]),
            (_, AttachmentCommand::Add(_)) => Err(AttachmentRefusal::AttachmentExists),
            (Self::NotAdded, AttachmentCommand::Detach { .. }) => Err(AttachmentRefusal::AttachmentUnknown),
            (_, AttachmentCommand::Detach { reason, .. }) if reason.trim().is_empty() => Err(AttachmentRefusal::ReasonMissing),
            (Self::Added(_), AttachmentCommand::Detach { reason, by }) => Ok(vec![AttachmentEvent::Detached { reason, by }]),
            (Self::Detached(_), AttachmentCommand::Detach { .. }) => Ok(vec![]),
        }
    }
}

impl Attachment {
    fn on(&mut self, event: AttachmentEvent) {
        *self = match (std::mem::take(self), event) {
            (Self::NotAdded, AttachmentEvent::Added(file)) => Self::Added(file),
            (Self::Added(file), AttachmentEvent::Detached { .. }) => Self::Detached(file),
            (state, _) => state,
        };
    }
}

impl AttachedFile {
    fn checked(self: Box<Self>) -> Result<Box<Self>, AttachmentRefusal> {
        match self.size_bytes {
            0 => Err(AttachmentRefusal::FileEmpty),
            size if size > SIZE_BYTES_MAX => Err(AttachmentRefusal::FileTooLarge),
            _ if self.file_name.trim().is_empty() => Err(AttachmentRefusal::FileNameMissing),
            _ if !is_media_type(&self.media_type) => Err(AttachmentRefusal::MediaTypeInvalid(self.media_type)),
            _ => Ok(self),
        }
    }
}
