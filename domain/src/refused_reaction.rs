//! What should have followed from an event and was refused: a person may say that it need not follow any more.
//!
//! Refusals themselves are no events, for they change nothing and go away when what was refused is done after all. That
//! somebody dismisses one is: from then on it is not tried again.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::UserId;
use crate::refusal::{Refusal, RefusalKind};

/// One thing that was refused. Its id is that of the command, which would be the same however often it is tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedReaction {
    #[default]
    Open,
    Dismissed,
}

#[derive(Clone, Debug)]
pub enum RefusedReactionCommand {
    Dismiss(Dismissal),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RefusedReactionEvent {
    Dismissed(Dismissal),
}

/// What need not follow, and why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissal {
    /// Who wanted to do it.
    pub process_manager: String,
    /// Of the event that asked for it.
    pub asked_at_position: i64,
    /// Where that event concerns many things, the one that refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concerned_id: Option<Uuid>,
    /// Why it was refused when it was tried last.
    pub refused_as: String,
    pub reason: String,
    pub by: UserId,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum RefusedReactionRefusal {
    #[error("a reason is needed")]
    ReasonMissing,
}

impl Refusal for RefusedReactionRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
    fn pointer(&self) -> Option<String> {
        Some("/reason".to_owned())
    }
}

aggregate!(RefusedReaction, "refused_reaction", "RefusedReaction", RefusedReactionCommand, RefusedReactionEvent, RefusedReactionRefusal, {
    Dismissed = 1
});

impl Root for RefusedReaction {
    aggregate!(@names RefusedReactionEvent);

    fn decide(&self, command: RefusedReactionCommand) -> Result<Vec<RefusedReactionEvent>, RefusedReactionRefusal> {
        let RefusedReactionCommand::Dismiss(dismissal) = command;
        match self {
            Self::Dismissed => Ok(vec![]),
            Self::Open if dismissal.reason.trim().is_empty() => Err(RefusedReactionRefusal::ReasonMissing),
            Self::Open => Ok(vec![RefusedReactionEvent::Dismissed(dismissal)]),
        }
    }
}

impl RefusedReaction {
    fn on(&mut self, event: RefusedReactionEvent) {
        let RefusedReactionEvent::Dismissed(_) = event;
        *self = Self::Dismissed;
    }
}
