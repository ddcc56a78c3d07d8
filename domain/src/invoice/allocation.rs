//! Allocations: credit notes and prepayments set off against invoices, and small differences written off. Neither document changes by it;
//! each remembers what was taken of its open amount, and by what.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::document::{DocumentKind, TaxSubtotal};
use super::event::InvoiceEvent;
use super::payable::Payable;
use super::refusal::InvoiceRefusal;
use crate::ids::{AllocationId, InvoiceId, PaymentId, UserId};
use crate::incoming::IncomingChannel;
use crate::money::Money;

/// Part of a document's open amount, and what settled it other than money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Allocation {
    pub allocation_id: AllocationId,
    pub against: Against,
    pub amount: Money,
    pub effective_date: NaiveDate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// On the invoice: the credit note that reduces it.
    CreditNote(InvoiceId),
    /// On the credit note: the invoice that it reduces.
    Invoice(InvoiceId),
    /// On the invoice: the prepayment that was paid before. On the prepayment: [`Against::Invoice`].
    Prepayment(InvoiceId),
    /// On the invoice: the prepayment that the document deducts itself (BT-113). What is payable is less by it as stated, and is not
    /// reduced once more.
    StatedPrepayment(InvoiceId),
    /// On the prepayment: the invoice that deducts it itself.
    StatedBy(InvoiceId),
    /// On the invoice: what a payment left on account, of one item or of a provider's whole transfer. On the payment:
    /// [`Against::Invoice`].
    OnAccount {
        payment_id: PaymentId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
    },
    /// Kept back until somebody releases it, on this day or later.
    Retention { release_on: NaiveDate },
    /// What is too small to be paid.
    SmallDifference,
    /// On the credit note, or the prepayment: the vendor paid it back.
    Refund(IncomingChannel),
}

impl Against {
    /// Which kind of document is reduced by it.
    fn reduces(self) -> Option<DocumentKind> {
        match self {
            Self::CreditNote(_) | Self::Prepayment(_) | Self::StatedPrepayment(_) | Self::OnAccount { .. } | Self::Retention { .. } => {
                Some(DocumentKind::Invoice)
            }
            Self::Invoice(_) | Self::StatedBy(_) | Self::Refund(_) => Some(DocumentKind::CreditNote),
            Self::SmallDifference => None,
        }
    }

    pub fn is_retention(self) -> bool {
        self.release_on().is_some()
    }

    /// Until when it is kept back, where it is.
    pub fn release_on(self) -> Option<NaiveDate> {
        match self {
            Self::Retention { release_on } => Some(release_on),
            _ => None,
        }
    }

    /// Whether less is owed by it.
    pub fn settles(self) -> bool {
        !matches!(self, Self::StatedPrepayment(_))
    }

    fn of_prepayment(self) -> bool {
        matches!(self, Self::Prepayment(_) | Self::StatedPrepayment(_))
    }

    /// Whether it takes part of the discount with it.
    pub fn earns_no_discount(self) -> bool {
        self.settles() && self != Self::SmallDifference
    }

    /// The payment that left on account what settles it.
    pub fn on_account(self) -> Option<PaymentId> {
        if let Self::OnAccount { payment_id, .. } = self { Some(payment_id) } else { None }
    }

    /// The other document, where there is one.
    pub fn document(self) -> Option<InvoiceId> {
        match self {
            Self::CreditNote(id) | Self::Invoice(id) | Self::Prepayment(id) | Self::StatedPrepayment(id) | Self::StatedBy(id) => Some(id),
            Self::OnAccount { .. } | Self::Retention { .. } | Self::SmallDifference | Self::Refund(_) => None,
        }
    }
}

impl Payable {
    pub fn allocation(&self, id: AllocationId) -> Result<&Allocation, InvoiceRefusal> {
        let mut all = self.allocations.iter().chain(&self.applications);
        all.find(|a| a.allocation_id == id).ok_or(InvoiceRefusal::AllocationUnknown)
    }

    /// How many there ever were, those that were reversed as well.
    pub fn allocations_ever(&self) -> u64 {
        (self.allocations.len() + self.applications.len() + self.reversed_allocations.len()) as u64
    }

    pub(super) fn allocate(
        &self,
        allocation: Allocation,
        by: UserId,
        reason: Option<String>,
        stated: &[TaxSubtotal],
    ) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if self.allocations.contains(&allocation) {
            return Ok(vec![]);
        }
        self.approved_now("settle part of")?;
        let Allocation { against, amount, effective_date, .. } = allocation;
        if against.reduces().is_some_and(|kind| kind != self.document.kind) {
            return Err(InvoiceRefusal::NotSetOff);
        }
        if against.of_prepayment() && self.document.is_prepayment() {
            return Err(InvoiceRefusal::NotSetOff);
        }
        self.same_currency(amount)?;
        let available = if against.settles() { self.unclaimed() } else { self.stated_prepaid_left() };
        if amount.is_zero() && self.unclaimed().is_zero() {
            return Err(InvoiceRefusal::NothingOpen);
        }
        if !amount.is_positive() {
            return Err(InvoiceRefusal::AmountNotPositive);
        }
        if amount.amount() > available.amount() {
            let stated = InvoiceRefusal::ExceedsStatedPrepaid { wanted: amount, available };
            return Err(if against.settles() { InvoiceRefusal::ExceedsOpenAmount { wanted: amount, available } } else { stated });
        }
        if matches!(against, Against::Retention { release_on } if release_on <= effective_date) {
            return Err(InvoiceRefusal::RetentionOver);
        }
        let earliest = if against.settles() { self.free_from(amount.amount()) } else { self.effective_date };
        if effective_date < earliest {
            return Err(InvoiceRefusal::AllocationTooEarly { earliest });
        }
        let tax_breakdown = self.terms.as_ref().map_or_else(Vec::new, |terms| terms.credited(amount, stated));
        let ended = matches!(against, Against::CreditNote(_)).then(|| self.dispute_credited(amount, by)).flatten();
        Ok([InvoiceEvent::Allocated { allocation, by, reason, tax_breakdown }].into_iter().chain(ended).collect())
    }

    /// Whatever else happened since: the amount is open again.
    pub(super) fn reverse_allocation(
        &self,
        id: AllocationId,
        effective_date: NaiveDate,
        by: UserId,
        reason: String,
    ) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if self.reversed_allocations.contains(&id) {
            return Ok(vec![]);
        }
        let allocation = self.allocation(id)?;
        if effective_date < allocation.effective_date {
            return Err(InvoiceRefusal::AllocationTooEarly { earliest: allocation.effective_date });
        }
        let amount = allocation.amount;
        if allocation.against.is_refund() {
            return Ok(vec![self.refund_reversed(allocation, effective_date, by, reason)]);
        }
        if self.applications.contains(allocation) {
            return Ok(vec![InvoiceEvent::PrepaymentTakenBack { allocation_id: id, amount, effective_date, by, reason }]);
        }
        let amount = if allocation.against.settles() { amount } else { Money::zero(amount.currency()) };
        Ok(vec![InvoiceEvent::AllocationReversed { allocation_id: id, amount, effective_date, by, reason }])
    }

    pub(super) fn on_allocated(&mut self, allocation: Allocation, tax_breakdown: Vec<TaxSubtotal>) {
        if !tax_breakdown.is_empty() {
            self.credited_taxes.push((allocation.allocation_id, tax_breakdown));
        }
        if allocation.against.settles() {
            self.settled_on_day(allocation.amount, allocation.effective_date);
        }
        self.allocations.push(allocation);
    }

    pub(super) fn on_allocation_reversed(&mut self, id: AllocationId, amount: Money, effective_date: NaiveDate) {
        self.settled_on_day(amount.negated(), effective_date);
        self.allocations.retain(|a| a.allocation_id != id);
        self.credited_taxes.retain(|(by, _)| *by != id);
        self.reversed_allocations.push(id);
    }
}
