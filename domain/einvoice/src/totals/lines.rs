//! Line net amounts, and allowances that state how they were calculated.
//!
//! The standard itself has no rule here; Peppol and XRechnung have, with a slack of two cents. For other documents these
//! comparisons are strict findings only.

use rust_decimal::{Decimal, dec};

use super::RuleBook;
use super::exact::{cents, percent_of, sum};
use super::finding::{Comparison, Findings, Slack};
use crate::model::{AllowanceCharge, Invoice, Line};
use crate::specification::Specification;

const TWO_CENTS: Decimal = dec!(0.02);

pub(super) fn check(invoice: &Invoice<'_>, book: RuleBook, findings: &mut Findings) {
    let slack = if has_line_rules(invoice.follows()) { Slack::UpTo(TWO_CENTS) } else { Slack::Any };
    for adjustment in &invoice.allowance_charges {
        percentage(adjustment, slack, findings);
    }
    for line in invoice.all_lines().filter(|line| book.counts(line)) {
        line.allowance_charges.iter().for_each(|adjustment| percentage(adjustment, slack, findings));
        net_price(line, slack, findings);
        // A line that others detail is their sum, not a quantity times a price.
        if line.lines.is_empty() {
            net_amount(line, slack, findings);
        }
    }
}

fn has_line_rules(specification: Specification) -> bool {
    matches!(specification, Specification::PeppolBis3 | Specification::PeppolSelfBilling) || specification.is_xrechnung()
}

/// Each part is rounded for itself, as one writes a line; the official rule compares with the unrounded whole.
fn net_amount(line: &Line<'_>, slack: Slack, findings: &mut Findings) {
    let (Some(price), Some(stated)) = (line.price.net.value(), line.net_amount.value()) else { return };
    let quantity = line.quantity.value().copied().unwrap_or(Decimal::ONE);
    let base = line.price.base_quantity.value().copied().filter(|base| !base.is_zero()).unwrap_or(Decimal::ONE);
    let goods = quantity.checked_mul(*price).and_then(|goods| goods.checked_div(base));
    let computed = goods.and_then(|goods| with_adjustments(cents(goods), line));
    let unrounded = goods.and_then(|goods| with_adjustments(goods, line));
    let difference = unrounded.and_then(|unrounded| stated.checked_sub(unrounded));
    let comparison = Comparison { rule: "PEPPOL-EN16931-R120", term: "BT-131", at: line.at, stated: Some(*stated), computed };
    findings.judge(comparison, difference.is_some_and(|difference| slack.allows(difference)));
}

fn with_adjustments(goods: Decimal, line: &Line<'_>) -> Option<Decimal> {
    let signed = line.allowance_charges.iter().filter_map(|adjustment| {
        let amount = adjustment.amount.value()?;
        if adjustment.is_charge() { Some(*amount) } else { adjustment.is_allowance().then_some(-*amount) }
    });
    sum(std::iter::once(goods).chain(signed))
}

/// Amount = base × percentage, where both are given.
fn percentage(adjustment: &AllowanceCharge<'_>, slack: Slack, findings: &mut Findings) {
    let (Some(base), Some(percent)) = (adjustment.base_amount.value(), adjustment.percentage.value()) else { return };
    let comparison = Comparison {
        rule: "PEPPOL-EN16931-R040",
        term: if adjustment.is_charge() { "BT-99" } else { "BT-92" },
        at: adjustment.at,
        stated: adjustment.amount.value().copied(),
        computed: percent_of(*base, *percent).map(cents),
    };
    findings.compare(comparison, slack);
}

/// Net price = gross price less discount. Without a discount many write the price with VAT as the gross one.
fn net_price(line: &Line<'_>, slack: Slack, findings: &mut Findings) {
    if line.price.discounts.is_empty() {
        return;
    }
    let (Some(gross), Some(at)) = (line.price.gross.value(), line.price.at) else { return };
    let discounts = line.price.discounts.iter().filter_map(|discount| {
        let amount = discount.amount.value()?;
        Some(if discount.is_charge() { *amount } else { -*amount })
    });
    let comparison = Comparison {
        rule: "PEPPOL-EN16931-R046",
        term: "BT-146",
        at,
        stated: line.price.net.value().copied(),
        computed: sum(std::iter::once(*gross).chain(discounts)),
    };
    findings.compare(comparison, if matches!(slack, Slack::Any) { Slack::Any } else { Slack::None });
}
