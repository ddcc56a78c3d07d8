//! Two live invoices of one vendor that bear one number, because somebody with the right has said that they are two (SEMANTICS 2:
//! the override of rule D1).
//!
//! The second claims the number behind the first: from where the first one's claim ends. So every day is guarded by one of them, and of
//! two that come in at once beside the same invoice one finds the other there.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::document::InvoiceDocument;
use super::duplicate::Likeness;
use super::event::{InvoiceEvent, Reception};
use super::exception::InvoiceException;
use super::number::{are_one, duplicate_claims};
use super::payable::{Payable, Stage};
use super::refusal::InvoiceRefusal;
use crate::aggregate::Claim;
use crate::ids::InvoiceId;

/// The invoice that came first, and where the claim of the one beside it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Namesake {
    pub invoice_id: InvoiceId,
    /// What both vendors' groups are known by: under each of these the number is the first one's already.
    pub vendor_keys: Vec<String>,
    pub claimed_on: NaiveDate,
}

impl Namesake {
    /// Refused where the number is free: then nothing is to be overridden.
    pub fn of(invoice_id: InvoiceId, first: &Payable, vendor_keys: &[String], document: &InvoiceDocument) -> Result<Self, InvoiceRefusal> {
        let wanted = claims_of(vendor_keys, document, None);
        let lives = !matches!(first.stage, Stage::Voided { .. } | Stage::Rejected { .. });
        // One that is beside another itself stands on its own day as well as where it claims the number.
        let stated = claims_of(&first.vendor_keys, &first.document, None);
        let held = first.duplicate_claims().into_iter().filter(|_| lives);
        let is_near = |(held, stated): &(Claim, Claim)| wanted.iter().any(|wanted| wanted.collides(held) || wanted.collides(stated));
        let last = held.zip(stated).filter(is_near).filter_map(|(held, _)| held.on).max().ok_or(InvoiceRefusal::NotANamesake)?;
        let behind = Days::new(u64::from(Claim::WINDOW_DAYS.unsigned_abs()) + 1);
        let claimed_on = last.checked_add_days(behind).ok_or(InvoiceRefusal::NotANamesake)?;
        let shared = vendor_keys.iter().filter(|key| first.vendor_keys.contains(key)).cloned().collect();
        Ok(Self { invoice_id, vendor_keys: shared, claimed_on })
    }
}

/// What an invoice claims of its number, by each key that its vendor's group is known by.
pub(super) fn claims_of(vendor_keys: &[String], document: &InvoiceDocument, namesake: Option<&Namesake>) -> Vec<Claim> {
    let mut claims = duplicate_claims(vendor_keys, document.kind, &document.number, document.issue_date);
    if let Some(namesake) = namesake {
        let shared = claims.iter_mut().zip(vendor_keys.iter().cycle()).filter(|(_, key)| namesake.vendor_keys.contains(key));
        shared.for_each(|(claim, _)| claim.on = Some(namesake.claimed_on));
    }
    claims
}

/// As [`InvoiceEvent::Received`], and whose word it is that it is no duplicate.
pub(super) fn received_beside(
    reception: Box<Reception>,
    exceptions: Vec<InvoiceException>,
    reason: String,
) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
    let other = reception.namesake.as_ref().ok_or(InvoiceRefusal::NotANamesake)?.invoice_id;
    let overridden = InvoiceEvent::DuplicateOverridden { rule: Likeness::SameNumber, other, by: reception.entered_by, reason };
    let raised = exceptions.into_iter().map(|exception| InvoiceEvent::ExceptionRaised { exception });
    Ok([InvoiceEvent::Received(reception), overridden].into_iter().chain(raised).collect())
}

impl Payable {
    pub fn duplicate_claims(&self) -> Vec<Claim> {
        claims_of(&self.vendor_keys, &self.document, self.namesake.as_ref())
    }

    /// As long as it bears that number.
    pub(super) fn namesake_as(&self, document: &InvoiceDocument) -> Option<&Namesake> {
        let same = self.document.kind == document.kind && are_one(&self.document.number, &document.number);
        self.namesake.as_ref().filter(|_| same)
    }
}
