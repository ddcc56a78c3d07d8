//! An invoice's way through approval: submitted, decided in rounds, and payable exactly as it was approved.

use super::document::DocumentKind;
use super::event::{InvoiceEvent, MaterialChange};
use super::payable::{Payable, Stage};
use super::refusal::InvoiceRefusal;
use crate::ids::{ApprovalId, UserId};

impl Payable {
    pub(super) fn submit(&self, approval_id: ApprovalId, by: UserId) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        match &self.stage {
            Stage::PendingApproval { approval_id: running, .. } if *running == approval_id => Ok(vec![]),
            Stage::Received | Stage::Rejected { .. } if !self.placed_holds.is_empty() => Err(InvoiceRefusal::OnHold),
            Stage::Received | Stage::Rejected { .. } if self.is_held() => Err(InvoiceRefusal::InException),
            Stage::Received | Stage::Rejected { .. } => {
                Ok(vec![InvoiceEvent::Submitted { round: self.round + 1, approval_id, by, version_hash: self.version_hash() }])
            }
            _ => Err(self.wrong_state("submit", "received or rejected")),
        }
    }

    pub(super) fn approve(&self, approval_id: ApprovalId, version_hash: String) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        match &self.stage {
            Stage::Approved { approval_id: granted, .. } if *granted == approval_id => Ok(vec![]),
            Stage::PendingApproval { approval_id: running, .. } if *running == approval_id => {
                if self.version_hash() != version_hash {
                    return Err(InvoiceRefusal::VersionChanged);
                }
                let approved = InvoiceEvent::Approved { round: self.round, approval_id, version_hash };
                Ok(std::iter::once(approved).chain(self.await_no_goods()).collect())
            }
            _ => Err(self.wrong_state("approve", "pending approval in this round")),
        }
    }

    pub(super) fn reopen(&self, approval_id: ApprovalId, because: MaterialChange) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        match &self.stage {
            Stage::PendingApproval { approval_id: running, .. } if *running == approval_id => {
                Ok(vec![InvoiceEvent::ApprovalReset { round: self.round, approval_id, because: vec![because] }])
            }
            Stage::Received => Ok(vec![]),
            _ => Err(self.wrong_state("reopen", "pending approval in this round")),
        }
    }

    pub(super) fn reject(&self, approval_id: ApprovalId, by: UserId, reason: String) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        match &self.stage {
            Stage::PendingApproval { approval_id: running, .. } if *running == approval_id => {
                Ok(vec![InvoiceEvent::Rejected { round: self.round, approval_id, by, reason }])
            }
            Stage::Rejected { .. } => Ok(vec![]),
            _ => Err(self.wrong_state("reject", "pending approval in this round")),
        }
    }

    /// Only what was approved, exactly as it was approved, is paid.
    pub(super) fn payable_now(&self) -> Result<(), InvoiceRefusal> {
        self.approved_now("pay")?;
        if self.document.kind == DocumentKind::CreditNote {
            return Err(InvoiceRefusal::CreditNoteNotPayable);
        }
        Ok(())
    }

    /// Whether a payment could be planned of it, had nothing been planned or paid.
    pub fn may_be_paid(&self) -> bool {
        self.payable_now().is_ok()
    }

    /// Asked again when a payment leaves: what has come up since it was planned stops it as it would have stopped the plan.
    pub fn may_leave(&self, planned: &str) -> Result<(), InvoiceRefusal> {
        let approved = matches!(&self.stage, Stage::Approved { version_hash, .. } if version_hash == planned);
        if !approved {
            return Err(InvoiceRefusal::VersionChanged);
        }
        self.approved_now("pay")
    }

    /// Whether its last round was asked for after it had been rejected: what came in meanwhile was not compared with it.
    pub fn is_resubmitted(&self) -> bool {
        self.was_rejected
    }

    pub(super) fn approved_now(&self, action: &'static str) -> Result<(), InvoiceRefusal> {
        let Stage::Approved { version_hash, .. } = &self.stage else {
            return Err(self.wrong_state(action, "approved"));
        };
        if *version_hash != self.version_hash() {
            return Err(InvoiceRefusal::VersionChanged);
        }
        self.not_on_hold()?;
        if !self.lookalikes.is_empty() || self.holds().next().is_some() {
            return Err(InvoiceRefusal::InException);
        }
        Ok(())
    }
}
