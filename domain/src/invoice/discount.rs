//! Terms and early-payment discounts of an invoice: what was agreed is reckoned once and kept; a payment claims its
//! discount with its money, and takes it when it settles.

use chrono::NaiveDate;

use super::document::{DocumentKind, TaxSubtotal};
use super::event::{InvoiceEvent, MissedCause};
use super::payable::{Claimed, Payable, Stage};
use super::refusal::InvoiceRefusal;
use crate::ids::PaymentId;
use crate::money::Money;
use crate::terms::{AgreedTerms, Settlement, Standing};

impl Payable {
    /// What a payment of `cash` (or of all that is open) settles, if it is executed on `value_date`. As long as part of it is
    /// disputed, nobody knows what the discount would be of: none is taken.
    pub fn settlement(&self, cash: Option<Money>, value_date: NaiveDate) -> Settlement {
        let open = self.payable_now_at_most();
        let paid = cash.unwrap_or(open);
        match &self.terms {
            Some(terms) if paid.currency() == open.currency() && self.dispute.is_none() => {
                terms.settlement(self.standing(), cash, value_date)
            }
            _ => Settlement { cash: paid, discount: Money::zero(paid.currency()) },
        }
    }

    /// Whether this money may still take the discount with it that a run proposed: what is left of it, beside any part where part
    /// payments earn their share, and otherwise with what closes the invoice.
    pub fn grants(&self, proposed: Settlement, value_date: NaiveDate) -> bool {
        let Settlement { cash, discount } = proposed;
        let Some(terms) = self.terms.as_ref().filter(|_| discount.is_positive() && self.dispute.is_none()) else {
            return discount.is_zero();
        };
        let standing = self.standing();
        match terms.discount_on_partials {
            true => discount.amount() <= terms.left(standing, value_date).amount(),
            false => discount == terms.settlement(standing, Some(cash), value_date).discount,
        }
    }

    fn standing(&self) -> Standing {
        let taken = self.discount_claims.iter().map(|c| c.amount).chain(self.discounts_taken.iter().map(|c| c.amount));
        let taken = taken.fold(Money::zero(self.payable.currency()), |sum, amount| self.sum(sum, amount));
        let credits = self.allocations.iter().filter(|a| a.against.earns_no_discount());
        let credited = credits.fold(Money::zero(self.payable.currency()), |sum, a| self.sum(sum, a.amount));
        Standing { payable: self.payable, open: self.unclaimed(), taken, credited }
    }

    /// Discounts whose last day went by before `today` without a payment that takes them, each said once.
    pub(super) fn miss_discounts(&self, today: NaiveDate, short_of_cash: bool) -> Vec<InvoiceEvent> {
        let (DocumentKind::Invoice, Some(terms), Some(cause)) = (self.document.kind, &self.terms, self.missed_because(short_of_cash))
        else {
            return vec![];
        };
        let standing = self.standing();
        let passed = terms.last_days().into_iter().filter(|day| *day < today && !self.discounts_missed.contains(day));
        let lost = passed.map(|last_day| (last_day, terms.lost_after(standing, last_day))).filter(|(_, amount)| amount.is_positive());
        lost.map(|(last_day, amount)| InvoiceEvent::DiscountMissed { last_day, amount, cause }).collect()
    }

    /// What kept it from being paid; nothing is lost on what is not owed.
    fn missed_because(&self, short_of_cash: bool) -> Option<MissedCause> {
        match self.stage {
            Stage::Rejected { .. } | Stage::Voided { .. } => None,
            _ if self.is_held() || self.dispute.is_some() => Some(MissedCause::Held),
            Stage::Received | Stage::PendingApproval { .. } => Some(MissedCause::ApprovalLate),
            Stage::Approved { .. } if self.unclaimed().is_zero() => Some(MissedCause::NotTaken),
            Stage::Approved { .. } if short_of_cash => Some(MissedCause::Cash),
            Stage::Approved { .. } => Some(MissedCause::RunNotExecuted),
        }
    }

    pub(super) fn agree(&self, terms: AgreedTerms) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if matches!(self.stage, Stage::Voided { .. }) {
            return Err(self.wrong_state("agree terms of", "not voided"));
        }
        self.untouched_by_payments()?;
        let same = self.terms.as_ref() == Some(&terms);
        Ok(if same { vec![] } else { vec![InvoiceEvent::TermsAgreed { terms }] })
    }

    /// Also where part of it is paid: what is left falls due by these days. A day that the document states stays.
    pub(super) fn fix_base_date(&self, goods_in: NaiveDate) -> Vec<InvoiceEvent> {
        let open = self.terms.as_ref().filter(|terms| terms.awaiting_goods.is_some() && !matches!(self.stage, Stage::Voided { .. }));
        let fixed = open.map(|terms| terms.clone().counted_from(goods_in));
        let fixed = fixed.map(|terms| self.document.due_date.map_or(terms.clone(), |stated| terms.due_on(stated)));
        fixed.into_iter().map(|terms| InvoiceEvent::TermsAgreed { terms }).collect()
    }

    /// What is approved is paid without what has not come in: its days count from the day on which it came in itself, so that no
    /// discount is granted without end.
    pub(super) fn await_no_goods(&self) -> Vec<InvoiceEvent> {
        self.terms.as_ref().map_or_else(Vec::new, |terms| self.fix_base_date(terms.received_on))
    }

    /// The first part's day is the invoice's.
    pub(super) fn on_terms(&mut self, terms: AgreedTerms) {
        self.due_date = terms.due_date().unwrap_or(self.due_date);
        self.terms = Some(terms);
    }

    /// Only beside the money of the same payment, and only what its terms still grant on the value date.
    pub(super) fn claim_discount(
        &self,
        payment_id: PaymentId,
        amount: Money,
        value_date: NaiveDate,
    ) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if self.discount_claims.iter().any(|c| c.payment_id == payment_id && c.amount == amount) {
            return Ok(vec![]);
        }
        self.payable_now()?;
        if !self.claims.iter().any(|c| c.payment_id == payment_id) {
            return Err(self.wrong_state("take a discount on", "claimed by the same payment"));
        }
        let terms = self.terms.as_ref().ok_or(InvoiceRefusal::DiscountExpired)?;
        let granted = terms.available(value_date).ok_or(InvoiceRefusal::DiscountExpired)?;
        let left = terms.left(self.standing(), value_date);
        let fits = amount.currency() == left.currency() && amount.amount() <= left.amount().min(self.unclaimed().amount());
        if !fits || !amount.is_positive() {
            return Err(InvoiceRefusal::ExceedsDiscount { wanted: amount, available: left });
        }
        Ok(vec![InvoiceEvent::DiscountClaimed { payment_id, amount, until: granted.last_day }])
    }

    /// A payment that leaves after the last day of the discount it claims would be short by it, also where a lower one is granted still.
    pub fn discount_still_granted(&self, payment_id: PaymentId, value_date: NaiveDate) -> Result<(), InvoiceRefusal> {
        let late = self.discount_claims.iter().any(|c| c.payment_id == payment_id && c.until < value_date);
        if late { Err(InvoiceRefusal::DiscountExpired) } else { Ok(()) }
    }

    /// The discount that a payment takes, or has taken.
    pub fn discount_of(&self, payment_id: PaymentId) -> Money {
        let claimed = self.discount_claims.iter().map(|c| (c.payment_id, c.amount));
        let of_payment = claimed.chain(self.discounts_taken.iter().map(|c| (c.payment_id, c.amount))).filter(|(id, _)| *id == payment_id);
        of_payment.fold(Money::zero(self.payable.currency()), |sum, (_, amount)| self.sum(sum, amount))
    }

    pub(super) fn take_discounts(&self, payment_id: PaymentId, value_date: NaiveDate) -> impl Iterator<Item = InvoiceEvent> {
        let claims = self.discount_claims.iter().filter(move |c| c.payment_id == payment_id);
        claims.map(move |c| {
            let credited: Vec<TaxSubtotal> = self.credited_taxes.iter().flat_map(|(_, parts)| parts.clone()).collect();
            let left = self.terms.as_ref().map(|terms| terms.without(&credited));
            let tax_breakdown = left.map_or_else(Vec::new, |terms| terms.tax_in(c.amount, &self.discount_taxes_taken()));
            InvoiceEvent::DiscountTaken { payment_id, amount: c.amount, value_date, tax_breakdown }
        })
    }

    fn discount_taxes_taken(&self) -> Vec<TaxSubtotal> {
        self.discount_taxes.iter().flat_map(|(_, parts)| parts.clone()).collect()
    }

    pub(super) fn reverse_discounts(&self, payment_id: PaymentId, value_date: NaiveDate) -> impl Iterator<Item = InvoiceEvent> {
        let taken = self.discounts_taken.iter().filter(move |c| c.payment_id == payment_id);
        taken.map(move |c| InvoiceEvent::DiscountReversed { payment_id, amount: c.amount, value_date })
    }

    /// The payment keeps the discount that it had taken in time.
    pub(super) fn claim_discounts_again(&self, payment_id: PaymentId, effective_date: NaiveDate) -> impl Iterator<Item = InvoiceEvent> {
        let until = self.terms.as_ref().and_then(|terms| terms.last_days().last().copied()).unwrap_or(effective_date);
        let taken = self.discounts_taken.iter().filter(move |c| c.payment_id == payment_id);
        taken.map(move |c| InvoiceEvent::DiscountClaimed { payment_id, amount: c.amount, until })
    }

    pub(super) fn on_discount_taken(
        &mut self,
        payment_id: PaymentId,
        amount: Money,
        value_date: NaiveDate,
        tax_breakdown: Vec<TaxSubtotal>,
    ) {
        self.discount_claims.retain(|c| c.payment_id != payment_id);
        self.discounts_taken.push(Claimed { payment_id, amount });
        self.discount_taxes.push((payment_id, tax_breakdown));
        // It was paid in time, whatever was said before; what is lost of it all the same is said anew.
        self.discounts_missed.retain(|last_day| *last_day < value_date);
        self.settled_on_day(amount, value_date);
    }

    pub(super) fn on_discount_reversed(&mut self, payment_id: PaymentId, amount: Money, value_date: NaiveDate) {
        self.discounts_taken.retain(|c| c.payment_id != payment_id);
        self.discount_taxes.retain(|(by, _)| *by != payment_id);
        self.settled_on_day(amount.negated(), value_date);
    }

    // All amounts of one invoice are in its currency by construction.
    pub(super) fn sum(&self, a: Money, b: Money) -> Money {
        Money::rounded(a.amount() + b.amount(), self.payable.currency())
    }
}
