//! The end of a transfer whose provider is gone: one person says what became of it and shows why, another confirms it.
//!
//! People only say what the provider did. Money that was paid by other means instead is another payment, which the claims that
//! a transfer frees that never left make possible; and should the provider's word come after all, it is heard as ever: what
//! goes through then is the vendor's credit.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::PaymentEvent;
use super::refusal::PaymentRefusal;
use super::state::Payment;
use crate::ids::{AttachmentId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FoundOutcome {
    /// The provider sent it: the bank or the vendor shows the money under this reference.
    Left { reference: String, value_date: NaiveDate },
    /// It was not sent, and will not be.
    NeverLeft,
}

/// What somebody found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OutcomeFinding {
    pub outcome: FoundOutcome,
    pub reason: String,
    /// Papers that show it.
    pub evidence: Vec<AttachmentId>,
    pub by: UserId,
}

impl OutcomeFinding {
    fn checked(self) -> Result<Self, PaymentRefusal> {
        let blank = |text: &str| text.trim().is_empty();
        match &self.outcome {
            FoundOutcome::Left { reference, .. } if blank(reference) => Err(PaymentRefusal::OutcomeReferenceMissing),
            _ if blank(&self.reason) => Err(PaymentRefusal::OutcomeReasonMissing),
            _ if self.evidence.is_empty() => Err(PaymentRefusal::OutcomeEvidenceMissing),
            _ => Ok(self),
        }
    }
}

impl Payment {
    /// What was found out last, until somebody confirms it or the provider says something.
    pub fn finding(&self) -> Option<&OutcomeFinding> {
        match self {
            Self::Started { finding, .. } => finding.as_deref(),
            Self::Sent(in_flight) => in_flight.finding.as_deref(),
            _ => None,
        }
    }

    /// A later finding takes the place of an earlier one.
    pub(super) fn find_outcome(&self, finding: OutcomeFinding) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        if self.awaits_provider().is_none() {
            return self.refuse("say what became of", "a provider's transfer under way");
        }
        let finding = finding.checked()?;
        let known = self.finding() == Some(&finding);
        Ok(if known { vec![] } else { vec![PaymentEvent::OutcomeFound { finding }] })
    }

    pub(super) fn confirm_outcome(&self, by: UserId) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let Some(plan) = self.awaits_provider() else {
            return self.refuse("confirm what became of", "a provider's transfer under way");
        };
        let finding = self.finding().ok_or(PaymentRefusal::OutcomeNotFound)?;
        if finding.by == by {
            return Err(PaymentRefusal::OwnFinding);
        }
        let items = plan.lines();
        let end = match &finding.outcome {
            FoundOutcome::Left { value_date, .. } => PaymentEvent::Settled { items, value_date: *value_date },
            FoundOutcome::NeverLeft => PaymentEvent::Failed { items, reason: finding.reason.clone() },
        };
        Ok(vec![PaymentEvent::OutcomeConfirmed { by }, end])
    }

    pub(super) fn on_found(&mut self, found: OutcomeFinding) {
        match self {
            Self::Started { finding, .. } => *finding = Some(Box::new(found)),
            Self::Sent(in_flight) => in_flight.finding = Some(Box::new(found)),
            _ => {}
        }
    }
}
