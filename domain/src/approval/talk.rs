//! What people say to each other about a round: comments, questions and answers. None of it decides anything.

use serde::{Deserialize, Serialize};

use super::{ApprovalEvent, ApprovalRefusal, Running};
use crate::ids::UserId;

/// Something that a person was asked and has not answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Question {
    pub by: UserId,
    pub of: UserId,
    pub text: String,
}

impl Running {
    pub(super) fn comment(by: UserId, text: String) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        Ok(vec![ApprovalEvent::Commented { by, text: stated(text)? }])
    }

    /// Only who is to decide asks; asking again what is open changes nothing.
    pub(super) fn ask(&self, by: UserId, of: UserId, text: String) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        let question = Question { by, of, text: stated(text)? };
        if self.questions.contains(&question) {
            return Ok(vec![]);
        }
        let open = self.open_stage()?;
        if !open.is_eligible(by) {
            return Err(ApprovalRefusal::NotEligible);
        }
        Ok(vec![ApprovalEvent::InformationAsked { by, of, text: question.text }])
    }

    pub(super) fn answer(&self, by: UserId, text: String) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        if !self.questions.iter().any(|q| q.of == by) {
            return Err(ApprovalRefusal::NothingAsked);
        }
        Ok(vec![ApprovalEvent::InformationGiven { by, text: stated(text)? }])
    }
}

fn stated(text: String) -> Result<String, ApprovalRefusal> {
    if text.trim().is_empty() { Err(ApprovalRefusal::TextMissing) } else { Ok(text) }
}
