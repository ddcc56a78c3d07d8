//! Suspected duplicates of an invoice: they hold it until a person who did not enter it has looked.

use super::duplicate::Lookalike;
use super::event::{InvoiceEvent, MaterialChange};
use super::payable::{Payable, Stage};
use super::refusal::InvoiceRefusal;
use crate::ids::{InvoiceId, UserId};

impl Payable {
    /// Whether something keeps it from being submitted.
    pub(super) fn is_held(&self) -> bool {
        !self.exceptions.is_empty() || !self.lookalikes.is_empty() || !self.placed_holds.is_empty() || self.holds().next().is_some()
    }

    /// A new suspicion ends an approval that runs or stands, unless a payment is already under way.
    pub(super) fn suspect(&self, mut lookalikes: Vec<Lookalike>) -> Vec<InvoiceEvent> {
        lookalikes.retain(|found| !self.dismissed.contains(&found.invoice_id));
        if lookalikes == self.lookalikes || matches!(self.stage, Stage::Voided { .. }) {
            return vec![];
        }
        let reset = match &self.stage {
            Stage::PendingApproval { approval_id, .. } | Stage::Approved { approval_id, .. }
                if !lookalikes.is_empty() && self.untouched_by_payments().is_ok() =>
            {
                let because = vec![MaterialChange::Duplicates];
                Some(InvoiceEvent::ApprovalReset { round: self.round, approval_id: *approval_id, because })
            }
            _ => None,
        };
        std::iter::once(InvoiceEvent::DuplicatesSuspected { lookalikes }).chain(reset).collect()
    }

    pub(super) fn dismiss(&self, other: InvoiceId, by: UserId, reason: String) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if self.dismissed.contains(&other) {
            return Ok(vec![]);
        }
        if !self.lookalikes.iter().any(|found| found.invoice_id == other) {
            return Err(InvoiceRefusal::DuplicateNotSuspected);
        }
        if self.editors.contains(&by) {
            return Err(InvoiceRefusal::SelfResolution);
        }
        Ok(vec![InvoiceEvent::DuplicateDismissed { other, by, reason }])
    }

    pub(super) fn on_dismissed(&mut self, other: InvoiceId) {
        self.lookalikes.retain(|found| found.invoice_id != other);
        self.dismissed.push(other);
    }
}
