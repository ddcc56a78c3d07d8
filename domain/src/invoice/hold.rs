//! What matching holds of an invoice, and letting it go.
//!
//! A hold is a failed finding that nobody has let be. When the check passes again the hold is gone by itself, and no
//! other with it; a release covers the finding exactly as it was seen.

use super::event::InvoiceEvent;
use super::payable::{Payable, Stage};
use super::refusal::InvoiceRefusal;
use crate::ids::UserId;
use crate::matching::{Check, CheckOf, Evaluation, MatchFinding};

impl Payable {
    /// What keeps the invoice from being approved and paid.
    pub fn holds(&self) -> impl Iterator<Item = &MatchFinding> {
        let found = self.matching.iter().flat_map(|evaluation| evaluation.holds());
        found.filter(|finding| !self.releases.contains(finding))
    }

    /// Whether it waits for goods, or for what would say which.
    pub fn awaits_arrival(&self) -> bool {
        use Check::{Currency, Order, OrderLine, OrderState, QuantityReceived, Unit, Vendor};
        let says_which = |check| matches!(check, Order | Vendor | Currency | OrderState | OrderLine | Unit | QuantityReceived);
        self.holds().any(|finding| says_which(finding.check))
    }

    pub(super) fn record_match(&self, evaluation: Box<Evaluation>) -> Vec<InvoiceEvent> {
        let nothing = Evaluation::default();
        if matches!(self.stage, Stage::Voided { .. }) || !evaluation.differs_from(self.matching.as_deref().unwrap_or(&nothing)) {
            return vec![];
        }
        vec![InvoiceEvent::MatchEvaluated { evaluation }]
    }

    pub(super) fn release_hold(&self, check: &CheckOf, by: UserId, reason: String) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if matches!(self.stage, Stage::Voided { .. }) {
            return Err(self.wrong_state("release", "not voided"));
        }
        let failed = self.matching.iter().flat_map(|evaluation| evaluation.holds()).find(|finding| finding.of() == *check);
        let finding = failed.ok_or(InvoiceRefusal::HoldUnknown)?;
        if self.releases.contains(finding) {
            return Ok(vec![]);
        }
        if self.editors.contains(&by) {
            return Err(InvoiceRefusal::SelfResolution);
        }
        Ok(vec![InvoiceEvent::HoldReleased { finding: Box::new(finding.clone()), by, reason }])
    }
}
