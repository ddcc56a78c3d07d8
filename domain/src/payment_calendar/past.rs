//! What payments have settled of an invoice, part by part, and what they would have had to.

use std::collections::VecDeque;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::invoice::{DocumentKind, Payable, Stage};
use crate::money::Money;
use crate::payment_run::Discount;
use crate::terms::{Instalment, Standing};

/// A part of an invoice with the payments that settled it. What credit notes and other documents settled of it is no longer in it.
#[derive(Clone, Debug, PartialEq)]
pub struct PastInstalment {
    /// From 1.
    pub number: u32,
    pub amount: Money,
    pub due_date: NaiveDate,
    /// What follows it in the same invoice: a dispute is about the last parts first.
    pub after: Money,
    pub payments: Vec<PastPayment>,
}

/// What one payment settled of one part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PastPayment {
    pub on: NaiveDate,
    /// In money, discount and tax that was kept back.
    pub amount: Money,
    /// Stands with the last part that the payment settles.
    pub discount: Money,
}

impl PastInstalment {
    /// When the last of it was paid; nothing where part of it is open.
    pub fn paid_on(&self) -> Option<NaiveDate> {
        let paid: Decimal = self.payments.iter().map(|payment| payment.amount.amount()).sum();
        if paid < self.amount.amount() { None } else { self.payments.iter().map(|payment| payment.on).max() }
    }

    pub fn discount_taken(&self) -> Money {
        let taken: Decimal = self.payments.iter().map(|payment| payment.discount.amount()).sum();
        Money::rounded(taken, self.amount.currency())
    }

    /// The days by which each amount would have left later had all of it left on `day`, times the amount.
    pub fn amount_days(&self, day: NaiveDate) -> Option<Decimal> {
        self.paid_on()?;
        self.payments.iter().try_fold(Decimal::ZERO, |sum, payment| {
            let days = Decimal::from((day - payment.on).num_days());
            sum.checked_add(payment.amount.amount().checked_mul(days)?)
        })
    }
}

/// What settled part of an invoice.
struct Settled {
    on: NaiveDate,
    by_document: bool,
    amount: Decimal,
    discount: Decimal,
}

impl Payable {
    /// Its parts as they were settled, the first part first; none of what is not paid: credit notes, what was rejected or voided.
    pub fn past_instalments(&self) -> Vec<PastInstalment> {
        if self.document.kind != DocumentKind::Invoice || matches!(self.stage, Stage::Rejected { .. } | Stage::Voided { .. }) {
            return vec![];
        }
        let mut settled: VecDeque<Settled> = self.settled_in_order().into();
        let parts = self.parts();
        let mut after: Decimal = parts.iter().map(|(_, part)| part.amount.amount()).sum();
        let mut past = Vec::with_capacity(parts.len());
        for (number, part) in parts {
            after -= part.amount.amount();
            past.push(self.past_instalment(number, part, after, &mut settled));
        }
        past
    }

    fn parts(&self) -> Vec<(u32, Instalment)> {
        match &self.terms {
            Some(terms) if terms.instalments.len() > 1 => (1..).zip(terms.instalments.iter().copied()).collect(),
            _ => vec![(1, Instalment { due_date: self.due_date, amount: self.payable })],
        }
    }

    /// By the days from which they count; of one day, what documents settled first.
    fn settled_in_order(&self) -> Vec<Settled> {
        let documents = self.allocations.iter().filter(|allocation| allocation.against.settles());
        let documents =
            documents.map(|a| Settled { on: a.effective_date, by_document: true, amount: a.amount.amount(), discount: Decimal::ZERO });
        let payments = self.settled_by().into_iter().map(|(payment_id, amount)| Settled {
            on: self.settled_on(payment_id).unwrap_or(self.effective_date),
            by_document: false,
            amount: amount.amount(),
            discount: self.discount_of(payment_id).amount(),
        });
        let mut settled: Vec<Settled> = documents.chain(payments).collect();
        settled.sort_by_key(|settled| (settled.on, !settled.by_document));
        settled
    }

    /// Takes from what was settled what this part was settled by.
    fn past_instalment(&self, number: u32, part: Instalment, after: Decimal, settled: &mut VecDeque<Settled>) -> PastInstalment {
        let money = |amount| Money::rounded(amount, self.payable.currency());
        let (mut left, mut amount, mut payments) = (part.amount.amount(), part.amount.amount(), Vec::new());
        while let Some(mut next) = settled.pop_front() {
            let taken = next.amount.min(left);
            (left, next.amount) = (left - taken, next.amount - taken);
            let whole = next.amount <= Decimal::ZERO;
            if next.by_document {
                amount -= taken;
            } else if taken > Decimal::ZERO {
                let discount = money(if whole { next.discount } else { Decimal::ZERO });
                payments.push(PastPayment { on: next.on, amount: money(taken), discount });
            }
            if !whole {
                settled.push_front(next);
                break;
            }
        }
        PastInstalment { number, amount: money(amount), due_date: part.due_date, after: money(after), payments }
    }

    /// What a payment of this value date takes off if it pays the whole invoice at once, less what other documents settle; a run takes
    /// none of an invoice that is owed in parts.
    pub fn discount_if_paid_whole(&self, on: NaiveDate) -> Option<Discount> {
        let terms = self.terms.as_ref().filter(|terms| terms.instalments.len() < 2)?;
        let sum = |allocations: &mut dyn Iterator<Item = Decimal>| Money::rounded(allocations.sum(), self.payable.currency());
        let documents = || self.allocations.iter().filter(|allocation| allocation.against.settles());
        let credited = sum(&mut documents().filter(|a| a.against.earns_no_discount()).map(|a| a.amount.amount()));
        let open = self.payable.minus(sum(&mut documents().map(|a| a.amount.amount()))).ok()?;
        let standing = Standing { payable: self.payable, open, taken: Money::zero(self.payable.currency()), credited };
        let until = terms.available(on)?.last_day;
        let amount = terms.settlement(standing, None, on).discount;
        amount.is_positive().then_some(Discount { amount, until })
    }

    /// Whether nothing about the invoice itself keeps a payment from this part now: it is approved, nothing holds it, it is not disputed.
    pub fn is_free_to_pay(&self, part: &PastInstalment) -> bool {
        self.may_be_paid() && self.disputed().amount() <= part.after.amount()
    }
}
