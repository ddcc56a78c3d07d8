//! Lines that stand below others: each names a line that is there, and a subtotal is the sum of what it groups.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::model::{Invoice, Line};
use crate::rules::judge::{Judge, Sum};
use crate::totals::exact::{cents_as_xpath, sum};

/// Lines by the line that they stand below.
type Below<'a, 'd> = HashMap<&'d str, Vec<&'a Line<'d>>>;

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let below = below(invoice);
    if below.is_empty() && !invoice.lines.iter().any(is_group) {
        return;
    }
    let known: std::collections::HashSet<_> = invoice.lines.iter().filter_map(|line| line.id.text()).collect();
    for line in &invoice.lines {
        if let Some(parent) = line.parent_id.text() {
            judge.fatal("BR-FXEXT-06", line.at, line.status_reason.text().is_some(), "a line below another does not say its kind (BT-X-8)");
            judge.fatal("BR-FXEXT-11", line.at, known.contains(parent), "the line that this one stands below (BT-X-304) is not there");
        }
        if is_group(line) && line.net_amount.is_present() {
            subtotal(line, &below, judge);
        }
    }
}

fn below<'a, 'd>(invoice: &'a Invoice<'d>) -> Below<'a, 'd> {
    let mut below = Below::new();
    for line in &invoice.lines {
        if let Some(parent) = line.parent_id.text() {
            below.entry(parent).or_default().push(line);
        }
    }
    below
}

fn is_group(line: &Line<'_>) -> bool {
    line.status_reason.text() == Some("GROUP")
}

fn subtotal<'d>(group: &Line<'d>, below: &Below<'_, 'd>, judge: &mut Judge) {
    let grouped = group.id.text().and_then(|id| below.get(id)).map_or(&[][..], Vec::as_slice);
    let mut groups = grouped.iter().filter(|line| is_group(line));
    let whole = groups.all(|line| line.net_amount.is_present());
    judge.fatal("BR-FXEXT-12", group.at, whole, "a subtotal (BT-131) has groups below it that state none");
    let parts = grouped.iter().filter(|line| matches!(line.status_reason.text(), Some("DETAIL" | "GROUP")));
    let amounts: Option<Vec<Decimal>> = parts.map(|line| line.net_amount.value().copied()).collect();
    let computed = amounts.and_then(sum).map(cents_as_xpath);
    judge.sum("BR-FXEXT-08", Sum { at: group.at, term: "BT-131", stated: group.net_amount.value().copied(), computed }, Decimal::ZERO);
}
