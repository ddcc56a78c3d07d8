//! What keeps an invoice from going on, one by one, and who is to see to it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::event::InvoiceEvent;
use super::payable::{Payable, Stage};
use super::refusal::InvoiceRefusal;
use crate::exception::{ExceptionOf, QueueKind};
use crate::ids::UserId;
use crate::matching::MatchFinding;

/// Somebody is to see to one exception.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionAssignment {
    pub exception: ExceptionOf,
    pub owner: UserId,
    /// As it was where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
    pub by: UserId,
}

impl Payable {
    /// Everything that keeps it from going on now.
    pub fn open_exceptions(&self) -> Vec<ExceptionOf> {
        if matches!(self.stage, Stage::Voided { .. }) {
            return vec![];
        }
        let stated = self.exceptions.iter().map(|exception| ExceptionOf::whole(exception.kind.into()));
        let alike = (!self.lookalikes.is_empty()).then(|| ExceptionOf::whole(QueueKind::Duplicate));
        let placed = self.placed_holds.iter().map(ExceptionOf::from);
        let disputed = self.dispute.iter().map(ExceptionOf::from);
        stated.chain(alike).chain(self.holds().map(ExceptionOf::from)).chain(placed).chain(disputed).collect()
    }

    pub(super) fn assign_exception(&self, assignment: ExceptionAssignment) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if !self.open_exceptions().contains(&assignment.exception) {
            return Err(InvoiceRefusal::ExceptionUnknown);
        }
        Ok(vec![InvoiceEvent::ExceptionAssigned { assignment }])
    }
}

impl From<&MatchFinding> for ExceptionOf {
    fn from(finding: &MatchFinding) -> Self {
        Self { line: finding.line.clone(), code: finding.code.clone(), ..Self::whole(finding.check.into()) }
    }
}
