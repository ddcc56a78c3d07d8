//! Corrections: what is material starts approval over, what the policy calls immaterial is bound to it (SEMANTICS 3.7).

use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::document::{InvoiceDocument, InvoiceLine};
use super::event::{Amendment, InvoiceEvent, MaterialChange};
use super::exception::InvoiceException;
use super::payable::{Payable, Stage};
use super::rebooking::Rebooking;
use super::refusal::InvoiceRefusal;
use super::version::version_hash;
use crate::money::Money;

/// An invoice as approvers were asked about it. Small changes are measured from here, so that many of them are not a large one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Submitted {
    pub document: Arc<InvoiceDocument>,
    pub payable: Money,
}

impl Payable {
    pub(super) fn amend(
        &self,
        amendment: Box<Amendment>,
        exceptions: Vec<InvoiceException>,
        rise_max: Option<Decimal>,
    ) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if matches!(self.stage, Stage::Voided { .. }) {
            return Err(self.wrong_state("amend", "not voided"));
        }
        self.untouched_by_payments()?;
        let mut changes = self.material_changes(&amendment, rise_max);
        if !exceptions.is_empty() {
            changes.push(MaterialChange::Exceptions);
        }
        let follows = self.approval_after(&amendment, changes);
        let raised = exceptions.into_iter().map(|exception| InvoiceEvent::ExceptionRaised { exception });
        Ok(std::iter::once(InvoiceEvent::Amended(amendment)).chain(follows).chain(raised).collect())
    }

    /// What becomes of an approval that runs or stands.
    fn approval_after(&self, amendment: &Amendment, because: Vec<MaterialChange>) -> Option<InvoiceEvent> {
        let (Stage::PendingApproval { approval_id, version_hash: bound } | Stage::Approved { approval_id, version_hash: bound }) =
            &self.stage
        else {
            return None;
        };
        let (round, approval_id) = (self.round, *approval_id);
        if !because.is_empty() {
            return Some(InvoiceEvent::ApprovalReset { round, approval_id, because });
        }
        let version_hash = version_hash(amendment.vendor_id, &amendment.document, amendment.payable, amendment.pay_to.as_ref());
        (version_hash != *bound).then_some(InvoiceEvent::ApprovalKept { round, approval_id, version_hash })
    }

    fn material_changes(&self, amendment: &Amendment, rise_max: Option<Decimal>) -> Vec<MaterialChange> {
        let immaterial = rise_max.is_some_and(|most| self.rises_at_most(amendment, most));
        let differences = [
            (!immaterial && self.comes_to_other_amounts(amendment), MaterialChange::Amount),
            (self.vendor_id != amendment.vendor_id, MaterialChange::Vendor),
            (self.pay_to != amendment.pay_to, MaterialChange::BankAccount),
            (self.payable.currency() != amendment.payable.currency(), MaterialChange::Currency),
            (!immaterial && self.document.lines != amendment.document.lines, MaterialChange::Lines),
            (self.document.number != amendment.document.number, MaterialChange::Number),
            (self.document.kind != amendment.document.kind, MaterialChange::DocumentKind),
            (self.document.is_prepayment() != amendment.document.is_prepayment(), MaterialChange::DocumentKind),
            (self.document.references.purchase_order != amendment.document.references.purchase_order, MaterialChange::OrderReference),
            (self.has_other_dates(amendment), MaterialChange::Dates),
            (self.document.payment.settles_otherwise() != amendment.document.payment.settles_otherwise(), MaterialChange::PaymentMeans),
            (self.document.payment.remittance != amendment.document.payment.remittance, MaterialChange::Remittance),
        ];
        differences.into_iter().filter_map(|(differs, change)| differs.then_some(change)).collect()
    }

    /// What was paid before may hide that the total rose: both count.
    fn comes_to_other_amounts(&self, amendment: &Amendment) -> bool {
        self.payable.amount() != amendment.payable.amount() || self.document.totals.gross != amendment.document.totals.gross
    }

    /// To be paid later harms nobody who approved it.
    fn has_other_dates(&self, amendment: &Amendment) -> bool {
        self.document.issue_date != amendment.document.issue_date || amendment.due_date < self.due_date
    }

    /// The lines that were submitted, and above them by no more than `most`: what is owed, the total, and the lines that rose
    /// together. One line up and another down is not nothing: it may be another cost centre that pays.
    fn rises_at_most(&self, amendment: &Amendment, most: Decimal) -> bool {
        let Some(submitted) = &self.submitted else { return false };
        let (before, after) = (&submitted.document, &amendment.document);
        let pairs = || before.lines.iter().zip(&after.lines);
        let owed = rise(submitted.payable.amount(), amendment.payable.amount());
        let total = rise(before.totals.gross, after.totals.gross);
        let lines: Decimal = pairs().map(|(before, after)| rise(before.net, after.net)).sum();
        before.lines.len() == after.lines.len()
            && pairs().all(|(before, after)| is_line(before, after))
            && [owed, total, lines].into_iter().all(|rise| rise <= most)
    }

    pub(super) fn on_approval_kept(&mut self, kept: String) {
        if let Stage::PendingApproval { version_hash, .. } | Stage::Approved { version_hash, .. } = &mut self.stage {
            *version_hash = kept;
        }
    }

    pub(super) fn on_amended(&mut self, amendment: Amendment) {
        self.namesake = self.namesake_as(&amendment.document).cloned();
        self.vendor_id = amendment.vendor_id;
        self.vendor_keys = amendment.vendor_keys;
        self.document = Arc::new(amendment.document);
        self.payable = amendment.payable;
        self.due_date = amendment.due_date;
        self.effective_date = amendment.effective_date;
        self.pay_to = amendment.pay_to;
        self.terms = None;
        self.exceptions.clear();
        // What stands in the books goes on as it was coded.
        self.coding_is_stale = self.coding.is_some() && (self.coding_is_stale || amendment.rebooking != Rebooking::Stands);
        // What the corrected document looks like is found out anew; what was dismissed stays so.
        self.lookalikes.clear();
        if !self.editors.contains(&amendment.by) {
            self.editors.push(amendment.by);
        }
    }
}

fn rise(before: Decimal, after: Decimal) -> Decimal {
    (after.abs() - before.abs()).max(Decimal::ZERO)
}

/// The same line but for what it comes to.
fn is_line(before: &InvoiceLine, after: &InvoiceLine) -> bool {
    let mut same = after.clone();
    same.quantity.value = before.quantity.value;
    same.unit_price = before.unit_price;
    same.adjustments.clone_from(&before.adjustments);
    same.net = before.net;
    same == *before
}
