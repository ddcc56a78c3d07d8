//! Holds that people place: the invoice is neither approved nor paid until somebody lets each of them go.
//!
//! A hold does not end by itself: money must not leave because nobody looked. Its last day says when it is overdue.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::InvoiceEvent;
use super::payable::{Payable, Stage};
use super::refusal::InvoiceRefusal;
use crate::exception::{ExceptionOf, QueueKind};
use crate::ids::{HoldId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PlacedHold {
    pub hold_id: HoldId,
    pub kind: HoldKind,
    pub reason: String,
    /// The last day on which it is to be let go; it stands on all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    pub by: UserId,
}

/// What a person stopped an invoice for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum HoldKind {
    /// Something is wrong with what was delivered or done.
    Delivery,
    /// Something is wrong with what is asked for it.
    Price,
    /// The vendor is looked into.
    Vendor,
    Tax,
    Legal,
    /// The money is needed elsewhere first.
    Cash,
    #[default]
    Other,
}

impl From<&PlacedHold> for ExceptionOf {
    fn from(hold: &PlacedHold) -> Self {
        Self { hold_id: Some(hold.hold_id), ..Self::whole(QueueKind::OnHold) }
    }
}

impl Payable {
    /// Whether nobody has stopped it.
    pub fn not_on_hold(&self) -> Result<(), InvoiceRefusal> {
        if self.placed_holds.is_empty() { Ok(()) } else { Err(InvoiceRefusal::OnHold) }
    }

    /// How many holds people ever placed, those that were let go as well.
    pub fn holds_ever(&self) -> u64 {
        (self.placed_holds.len() + self.lifted_holds.len()) as u64
    }

    pub(super) fn put_on_hold(&self, hold: PlacedHold) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        let same = |standing: &PlacedHold| *standing == PlacedHold { hold_id: standing.hold_id, ..hold.clone() };
        if self.placed_holds.iter().any(same) {
            return Ok(vec![]);
        }
        if matches!(self.stage, Stage::Voided { .. }) || self.open().is_zero() && self.retained().is_zero() {
            return Err(self.wrong_state("hold", "neither voided nor paid"));
        }
        Ok(vec![InvoiceEvent::PutOnHold { hold }])
    }

    /// Let go by who placed it, or by somebody who neither entered nor changed the invoice.
    pub(super) fn take_off_hold(&self, hold_id: HoldId, by: UserId, reason: String) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if self.lifted_holds.contains(&hold_id) {
            return Ok(vec![]);
        }
        let standing = self.placed_holds.iter().find(|hold| hold.hold_id == hold_id).ok_or(InvoiceRefusal::HoldUnknown)?;
        if standing.by != by && self.editors.contains(&by) {
            return Err(InvoiceRefusal::SelfResolution);
        }
        Ok(vec![InvoiceEvent::TakenOffHold { hold_id, by, reason }])
    }

    pub(super) fn on_taken_off_hold(&mut self, hold_id: HoldId) {
        self.placed_holds.retain(|hold| hold.hold_id != hold_id);
        self.lifted_holds.push(hold_id);
    }
}
