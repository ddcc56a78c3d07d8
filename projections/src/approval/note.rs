//! What happened in a round beside its decisions: what people said, and what deadlines did.

use chrono::{DateTime, Utc};
use quittance_domain::approval::{ApprovalEvent, EscalationCause};
use quittance_domain::ids::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fact::Recorded;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Note {
    pub kind: NoteKind,
    /// Who said or did it; absent where a deadline did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// Whom it concerns: who is asked, reminded, or to decide from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    Comment,
    Question,
    Answer,
    Reassigned,
    Reminded,
    /// More people may decide, because nobody did in time.
    EscalatedOverdue,
    /// More people may decide, because too few were named.
    EscalatedStuck,
    Stuck,
    Reresolved,
    /// The rate that the round waited for is known.
    Appraised,
    Expired,
    /// The invoice changed immaterially, and what was decided counts for it as it is now.
    Rebound,
}

impl Note {
    pub(super) fn of(event: &ApprovalEvent, at: &Recorded) -> Option<Self> {
        let note = |kind, by: Option<UserId>, people: Vec<UserId>, text: Option<&String>| {
            Some(Self { kind, by, people, text: text.cloned(), at: at.recorded_at })
        };
        match event {
            ApprovalEvent::Commented { by, text } => note(NoteKind::Comment, Some(*by), vec![], Some(text)),
            ApprovalEvent::InformationAsked { by, of, text } => note(NoteKind::Question, Some(*by), vec![*of], Some(text)),
            ApprovalEvent::InformationGiven { by, text } => note(NoteKind::Answer, Some(*by), vec![], Some(text)),
            ApprovalEvent::Reassigned { from, to, by, reason, .. } => note(NoteKind::Reassigned, Some(*by), vec![*from, *to], Some(reason)),
            ApprovalEvent::Reminded { people, .. } => note(NoteKind::Reminded, None, people.clone(), None),
            ApprovalEvent::Escalated { stage, because, .. } => {
                let kind = match because {
                    EscalationCause::Overdue => NoteKind::EscalatedOverdue,
                    EscalationCause::Stuck => NoteKind::EscalatedStuck,
                };
                note(kind, None, stage.waiting_for(), None)
            }
            ApprovalEvent::Stuck { because, .. } => note(NoteKind::Stuck, None, vec![], Some(because)),
            ApprovalEvent::Reresolved { by, stage, .. } => note(NoteKind::Reresolved, Some(*by), stage.waiting_for(), None),
            ApprovalEvent::Appraised { .. } => note(NoteKind::Appraised, None, vec![], None),
            ApprovalEvent::Rebound { .. } => note(NoteKind::Rebound, None, vec![], None),
            ApprovalEvent::Expired { .. } => note(NoteKind::Expired, None, vec![], None),
            _ => None,
        }
    }
}
