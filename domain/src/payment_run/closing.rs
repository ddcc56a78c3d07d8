//! An invoice that is owed in parts may be paid whole at once, for the discount that only all of it earns (SEMANTICS 4, 9).
//!
//! Parts that are all paid anyway close the invoice. Where part payments earn nothing, what is not due yet is paid with the rest if some
//! of it is due, or the discount will be gone by the next run, and paying early earns the hurdle rate. Where each part earns its share,
//! each waits for its own day.

use std::collections::{HashMap, HashSet};

use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};

use super::candidate::Candidate;
use super::discount::Discount;
use super::proposal::{Excluded, Exclusion};
use super::timing::Timing;
use crate::ids::InvoiceId;
use crate::money::Money;

/// All that is open of an invoice in parts, and what paying it at once earns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closing {
    pub open: Money,
    pub discount: Discount,
}

/// What is paid now, and what waits.
#[derive(Default)]
pub(super) struct Timed {
    pub paid: Vec<Candidate>,
    pub waiting: Vec<Excluded>,
}

/// Judges candidates that nothing but their day speaks against. The invoices `apart` are paid part by part.
pub(super) fn timed(timing: Timing, candidates: Vec<&Candidate>, apart: &HashSet<InvoiceId>) -> Timed {
    let mut timed = Timed::default();
    let mut invoices: HashMap<InvoiceId, Vec<&Candidate>> = HashMap::new();
    for candidate in candidates {
        let invoice = candidate.instalment.invoice_id;
        if candidate.closing.is_some() && !apart.contains(&invoice) {
            invoices.entry(invoice).or_default().push(candidate);
        } else {
            timed.put(candidate, reason_against(timing, candidate));
        }
    }
    for mut parts in invoices.into_values() {
        parts.sort_by_key(|part| part.instalment);
        timed.judge(timing, &parts);
    }
    timed
}

fn reason_against(timing: Timing, one: &Candidate) -> Option<Exclusion> {
    if one.kind.is_credit() { None } else { timing.reason_against(one.open, one.due_date, one.discount) }
}

impl Timed {
    fn put(&mut self, candidate: &Candidate, reason: Option<Exclusion>) {
        match reason {
            Some(reason) => self.waiting.push(Excluded { instalment: candidate.instalment, reason }),
            None => self.paid.push(candidate.clone()),
        }
    }

    /// The parts of one invoice, in their order.
    fn judge(&mut self, timing: Timing, parts: &[&Candidate]) {
        let reasons: Vec<Option<Exclusion>> = parts.iter().map(|part| reason_against(timing, part)).collect();
        let (whole, worth) = match parts.first().and_then(|first| first.closing).filter(|closing| closes(timing, *closing, parts)) {
            Some(closing) if reasons.iter().all(Option::is_none) => (Some(closing), None),
            Some(closing) if parts.iter().all(|part| part.discount.is_none()) => match worth_closing(timing, closing, parts) {
                Some(true) => (Some(closing), None),
                Some(false) => (None, Some(Exclusion::DiscountNotWorthIt)),
                None => (None, None),
            },
            _ => (None, None),
        };
        match whole {
            Some(closing) => self.paid.extend(at_once(closing, parts)),
            None => parts.iter().zip(reasons).for_each(|(part, reason)| self.put(part, reason.map(|own| worth.clone().unwrap_or(own)))),
        }
    }
}

/// Whether these are all the parts, and the discount can be had.
fn closes(timing: Timing, closing: Closing, parts: &[&Candidate]) -> bool {
    let open: Decimal = parts.iter().map(|part| part.open.amount()).sum();
    open == closing.open.amount() && closing.discount.can_be_taken(timing.run_date, closing.open)
}

/// Whether paying now what is not due yet earns the hurdle rate; `None` where a later run can still close the invoice.
fn worth_closing(timing: Timing, closing: Closing, parts: &[&Candidate]) -> Option<bool> {
    let (due, later): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part.due_date <= timing.due_until);
    if due.is_empty() && !timing.is_last_chance(closing.discount) {
        return None;
    }
    let sum = |parts: &[&&Candidate]| parts.iter().map(|part| part.open.amount()).sum::<Decimal>();
    // What leaves earlier than it would, and for how long, on the average.
    let early = closing.open.amount() - closing.discount.amount.amount() - sum(&due);
    let days = |part: &Candidate| Decimal::from((part.due_date - closing.discount.until).num_days().max(0));
    let days_weighed = later.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(part.open.amount().checked_mul(days(part))?));
    let advanced = days_weighed.and_then(|weighed| weighed.checked_div(sum(&later)))?.checked_mul(early)?;
    if advanced <= Decimal::ZERO {
        return Some(true);
    }
    let gain = closing.discount.amount.amount().checked_mul(dec!(365))?;
    Some(gain.checked_div(advanced)? >= timing.hurdle_rate)
}

/// One payment for all parts, which stands for the first of them.
fn at_once(closing: Closing, parts: &[&Candidate]) -> Option<Candidate> {
    let (first, rest) = parts.split_first()?;
    let due_date = parts.iter().map(|part| part.due_date).min()?;
    let with_instalments = rest.iter().map(|part| part.instalment.number).collect();
    let discount = Some(closing.discount);
    Some(Candidate { open: closing.open, due_date, discount, with_instalments, ..Candidate::clone(first) })
}
