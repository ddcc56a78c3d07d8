//! The state of a placed order and its decisions.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::event::{Billing, PurchaseOrderCommand, PurchaseOrderEvent};
use super::line::{AgreedCharge, JudgedLine, LineProgress, OrderLine, ReceivedLine, ReturnedLine, check_lines};
use super::pricing::{self, Arrivals};
use super::refusal::PurchaseOrderRefusal;
use crate::ids::{GoodsReceiptId, UserId, VendorId};
use crate::money::Currency;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    pub vendor_id: VendorId,
    pub number: String,
    pub currency: Currency,
    pub lines: Vec<OrderLine>,
    #[serde(default)]
    pub charges: Vec<AgreedCharge>,
    /// How often the lines were agreed; 1 as placed.
    pub revision: u32,
    /// Who agreed the revision in force, and who approved it.
    pub agreed_by: UserId,
    pub approved_by: Option<UserId>,
    /// Whether any revision was ever approved.
    #[serde(default)]
    pub was_approved: bool,
    /// Per line of the order: what came in and was accepted, rejected or returned.
    pub progress: Vec<LineProgress>,
    /// The receipts in it, so that none counts twice.
    pub receipts: Vec<GoodsReceiptId>,
    /// What invoices take, in the order in which they came.
    pub billings: Vec<Billing>,
    /// What came in at which price.
    #[serde(default)]
    pub(super) arrivals: Arrivals,
    /// Whether goods may have been billed at another price than they came in at: an invoice stated one, another was agreed, or cents
    /// were rounded.
    #[serde(default)]
    pub billed_at_other_prices: bool,
    /// What invoices took when it was closed: who closed it knew of them.
    #[serde(default)]
    pub(super) when_closed: Option<Vec<Billing>>,
    pub placed_by: UserId,
}

impl Order {
    pub fn line(&self, line: u32) -> Option<&OrderLine> {
        self.lines.iter().find(|l| l.line == line)
    }

    /// All that was agreed, without tax.
    pub(super) fn net(&self) -> Decimal {
        let lines = self.lines.iter().map(|line| line.net(self.currency));
        lines.chain(self.charges.iter().map(|charge| charge.amount)).fold(Decimal::ZERO, Decimal::saturating_add)
    }

    pub(super) fn progress(&self, line: u32) -> LineProgress {
        self.progress.iter().find(|p| p.line == line).cloned().unwrap_or_default()
    }

    /// What can be decided whatever has become of the order: goods and invoices do not ask.
    pub(super) fn decide_always(&self, command: PurchaseOrderCommand) -> Result<Vec<PurchaseOrderEvent>, PurchaseOrderRefusal> {
        match command {
            PurchaseOrderCommand::Bill { billing } => Ok(self.bill(billing)),
            PurchaseOrderCommand::Withdraw { invoice_id, effective_date } => Ok(self.withdraw(invoice_id, effective_date)),
            PurchaseOrderCommand::Inspect { receipt_id, lines } => Ok(vec![PurchaseOrderEvent::Inspected { receipt_id, lines }]),
            PurchaseOrderCommand::Return { receipt_id, lines } => Ok(vec![PurchaseOrderEvent::Returned { receipt_id, lines }]),
            _ => Err(PurchaseOrderRefusal::PurchaseOrderExists),
        }
    }

    pub(super) fn decide_open(&self, command: PurchaseOrderCommand) -> Result<Vec<PurchaseOrderEvent>, PurchaseOrderRefusal> {
        match command {
            PurchaseOrderCommand::Amend { lines, charges, reason, by } => self.amend(lines, charges, reason, by),
            PurchaseOrderCommand::Approve { by } => self.approve(by),
            PurchaseOrderCommand::Receive { receipt_id, .. } if self.receipts.contains(&receipt_id) => Ok(vec![]),
            PurchaseOrderCommand::Receive { receipt_id, lines, over_receipt_allowed, approval_needed } => {
                if approval_needed && self.approved_by.is_none() {
                    return Err(PurchaseOrderRefusal::PurchaseOrderNotApproved { revision: self.revision });
                }
                self.check_receipt(&lines, over_receipt_allowed)?;
                Ok(vec![PurchaseOrderEvent::Received { receipt_id, lines }])
            }
            PurchaseOrderCommand::Close { by } => Ok(vec![PurchaseOrderEvent::Closed { by }]),
            PurchaseOrderCommand::Cancel { .. } if self.progress.iter().any(|p| !p.kept().is_zero()) => {
                Err(PurchaseOrderRefusal::GoodsReceived)
            }
            PurchaseOrderCommand::Cancel { .. } if !self.billings.is_empty() => Err(PurchaseOrderRefusal::OrderInvoiced),
            PurchaseOrderCommand::Cancel { by, reason } => Ok(vec![PurchaseOrderEvent::Cancelled { by, reason }]),
            command => self.decide_always(command),
        }
    }

    fn amend(
        &self,
        lines: Vec<OrderLine>,
        charges: Vec<AgreedCharge>,
        reason: String,
        by: UserId,
    ) -> Result<Vec<PurchaseOrderEvent>, PurchaseOrderRefusal> {
        check_lines(&lines, &charges)?;
        if self.lines == lines && self.charges == charges {
            return Ok(vec![]);
        }
        self.lines.iter().try_for_each(|line| self.keeps(line, &lines))?;
        Ok(vec![PurchaseOrderEvent::Amended { revision: self.revision + 1, lines, charges, reason, by }])
    }

    /// A line that goods or invoices refer to stays what it is; how much may fall to what came in.
    fn keeps(&self, line: &OrderLine, amended: &[OrderLine]) -> Result<(), PurchaseOrderRefusal> {
        let progress = self.progress(line.line);
        let is_billed = self.billings.iter().any(|b| b.lines.iter().any(|sum| sum.line == line.line));
        if progress.is_untouched() && !is_billed {
            return Ok(());
        }
        let least = progress.kept().min(line.quantity);
        let kept = |next: &OrderLine| next.counts_like(line) && next.quantity >= least;
        match amended.iter().find(|next| next.line == line.line) {
            Some(next) if kept(next) => Ok(()),
            _ => Err(PurchaseOrderRefusal::LineInUse { line: line.line, kept: least }),
        }
    }

    fn approve(&self, by: UserId) -> Result<Vec<PurchaseOrderEvent>, PurchaseOrderRefusal> {
        match self.approved_by {
            Some(_) => Ok(vec![]),
            None if self.agreed_by == by => Err(PurchaseOrderRefusal::OwnOrder),
            None => Ok(vec![PurchaseOrderEvent::Approved { revision: self.revision, by }]),
        }
    }

    fn check_receipt(&self, lines: &[ReceivedLine], over_receipt_allowed: bool) -> Result<(), PurchaseOrderRefusal> {
        if lines.is_empty() {
            return Err(PurchaseOrderRefusal::NoLines);
        }
        for (index, received) in lines.iter().enumerate() {
            let line = received.line;
            let ordered = self.line(line).ok_or(PurchaseOrderRefusal::LineUnknown { line })?.quantity;
            if lines[..index].iter().any(|earlier| earlier.line == line) {
                return Err(PurchaseOrderRefusal::LineRepeated { line });
            }
            let total = self.total_with(received).ok_or(PurchaseOrderRefusal::LineAmounts { line })?;
            if total > ordered && !over_receipt_allowed {
                return Err(PurchaseOrderRefusal::QuantityExceedsOrder { line, received: total, ordered });
            }
        }
        Ok(())
    }

    /// What would be in the house with this receipt; `None` where its quantities are none.
    fn total_with(&self, received: &ReceivedLine) -> Option<Decimal> {
        let quantities = [received.accepted, received.rejected, received.to_inspect];
        if quantities.iter().any(|q| *q < Decimal::ZERO) || quantities.iter().all(Decimal::is_zero) {
            return None;
        }
        let progress = self.progress(received.line);
        progress.rejected.checked_add(received.rejected)?;
        progress.accepted.checked_add(received.accepted)?;
        progress.kept().checked_add(received.accepted)?.checked_add(received.to_inspect)
    }

    pub(super) fn on(&mut self, event: PurchaseOrderEvent) {
        match event {
            PurchaseOrderEvent::Amended { revision, lines, charges, by, .. } => {
                self.billed_at_other_prices |= self.lines.iter().any(|line| Self::agrees_another_price(line, &lines));
                (self.revision, self.lines, self.charges) = (revision, lines, charges);
                (self.agreed_by, self.approved_by) = (by, None);
                self.progress = self.lines.iter().map(|l| LineProgress { line: l.line, ..self.progress(l.line) }).collect();
            }
            PurchaseOrderEvent::Approved { by, .. } => (self.approved_by, self.was_approved) = (Some(by), true),
            PurchaseOrderEvent::Received { receipt_id, lines } => {
                self.receipts.push(receipt_id);
                self.arrivals.receive(receipt_id, &lines, &self.lines);
                lines.iter().for_each(|line| self.on_received(line));
                self.billed_at_other_prices |= self.arrivals.are_rounded(self.currency);
            }
            PurchaseOrderEvent::Inspected { receipt_id, lines } => {
                self.arrivals.judge(receipt_id, &lines);
                lines.iter().for_each(|line| self.on_judged(line));
                self.billed_at_other_prices |= self.arrivals.are_rounded(self.currency);
            }
            PurchaseOrderEvent::Returned { lines, .. } => lines.iter().for_each(|line| self.on_returned(line)),
            PurchaseOrderEvent::Billed(billing) => {
                self.billed_at_other_prices |= pricing::states_other_prices(&billing);
                self.billings.push(billing);
            }
            PurchaseOrderEvent::BillingWithdrawn(given_back) => self.billings.retain(|b| b.invoice_id != given_back.invoice_id),
            PurchaseOrderEvent::Placed { .. } | PurchaseOrderEvent::Closed { .. } | PurchaseOrderEvent::Cancelled { .. } => {}
        }
    }

    fn agrees_another_price(line: &OrderLine, amended: &[OrderLine]) -> bool {
        amended.iter().any(|next| next.line == line.line && next.unit_price != line.unit_price)
    }

    fn progress_mut(&mut self, line: u32) -> Option<&mut LineProgress> {
        self.progress.iter_mut().find(|p| p.line == line)
    }

    fn on_received(&mut self, received: &ReceivedLine) {
        if let Some(progress) = self.progress_mut(received.line) {
            progress.accepted += received.accepted;
            progress.rejected += received.rejected;
            progress.to_inspect += received.to_inspect;
        }
    }

    fn on_judged(&mut self, judged: &JudgedLine) {
        if let Some(progress) = self.progress_mut(judged.line) {
            progress.to_inspect -= judged.accepted + judged.rejected;
            progress.accepted += judged.accepted;
            progress.rejected += judged.rejected;
        }
    }

    fn on_returned(&mut self, returned: &ReturnedLine) {
        if let Some(progress) = self.progress_mut(returned.line) {
            progress.returned += returned.quantity;
        }
    }
}
