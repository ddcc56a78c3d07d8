//! Disputes: what we will not pay of an invoice before its vendor and we agree. The rest of it goes on its way.
//!
//! A dispute changes nothing of what is owed; it keeps payments from the disputed amount. A credit note may settle it.

use serde::{Deserialize, Serialize};

use super::event::InvoiceEvent;
use super::payable::{Payable, Stage};
use super::refusal::InvoiceRefusal;
use crate::exception::{ExceptionOf, QueueKind};
use crate::ids::{DisputeId, UserId};
use crate::money::Money;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Dispute {
    pub dispute_id: DisputeId,
    /// What of the open amount is disputed.
    pub amount: Money,
    pub reason: String,
    pub by: UserId,
}

/// How a dispute ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DisputeOutcome {
    /// The vendor was right: it is paid.
    VendorRight,
    /// We were right: the vendor credits it.
    Credited,
    /// Each gave way: the vendor credits part of it.
    Compromise,
    /// It should not have been disputed.
    Withdrawn,
}

impl From<&Dispute> for ExceptionOf {
    fn from(dispute: &Dispute) -> Self {
        Self { dispute_id: Some(dispute.dispute_id), ..Self::whole(QueueKind::Dispute) }
    }
}

impl Payable {
    /// What of the open amount is disputed now: never more than is open.
    pub fn disputed(&self) -> Money {
        match &self.dispute {
            None => Money::zero(self.payable.currency()),
            // An amendment stated another currency since: all of it.
            Some(dispute) if dispute.amount.currency() != self.payable.currency() => self.open(),
            Some(dispute) => dispute.amount.smaller(self.open()),
        }
    }

    /// What a payment may still take: neither settled, claimed nor disputed.
    pub fn payable_now_at_most(&self) -> Money {
        let unclaimed = self.unclaimed();
        unclaimed.less(self.disputed().smaller(unclaimed))
    }

    /// How many disputes there ever were.
    pub fn disputes_ever(&self) -> u64 {
        self.disputes_ended + u64::from(self.dispute.is_some())
    }

    pub(super) fn open_dispute(&self, dispute: Dispute) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        match &self.dispute {
            Some(standing) if *standing == Dispute { dispute_id: standing.dispute_id, ..dispute.clone() } => return Ok(vec![]),
            Some(_) => return Err(InvoiceRefusal::AlreadyDisputed),
            None => {}
        }
        if matches!(self.stage, Stage::Voided { .. } | Stage::Rejected { .. }) || self.open().is_zero() {
            return Err(self.wrong_state("dispute", "neither rejected, voided nor paid"));
        }
        self.same_currency(dispute.amount)?;
        if !dispute.amount.is_positive() {
            return Err(InvoiceRefusal::AmountNotPositive);
        }
        let available = self.unclaimed();
        if dispute.amount.amount() > available.amount() {
            return Err(InvoiceRefusal::ExceedsOpenAmount { wanted: dispute.amount, available });
        }
        Ok(vec![InvoiceEvent::DisputeOpened { dispute }])
    }

    /// By who opened it, or by somebody who neither entered nor changed the invoice.
    pub(super) fn resolve_dispute(&self, outcome: DisputeOutcome, by: UserId, reason: String) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        let standing = self.dispute.as_ref().ok_or(InvoiceRefusal::NotDisputed)?;
        if standing.by != by && self.editors.contains(&by) {
            return Err(InvoiceRefusal::SelfResolution);
        }
        Ok(vec![InvoiceEvent::DisputeResolved { dispute_id: standing.dispute_id, outcome, by, reason }])
    }

    /// What the vendor has credited is disputed no more.
    pub(super) fn dispute_credited(&self, amount: Money, by: UserId) -> Option<InvoiceEvent> {
        let Dispute { dispute_id, amount: disputed, .. } = self.dispute.as_ref().filter(|standing| standing.amount.is_within(amount))?;
        let reason = format!("credited with {} of {} disputed", amount.amount(), disputed.amount());
        Some(InvoiceEvent::DisputeResolved { dispute_id: *dispute_id, outcome: DisputeOutcome::Credited, by, reason })
    }

    pub(super) fn on_dispute_resolved(&mut self) {
        self.dispute = None;
        self.disputes_ended += 1;
    }
}
