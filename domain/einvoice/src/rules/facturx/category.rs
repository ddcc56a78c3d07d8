//! A VAT category is broken down if, and only if, something of the invoice has it.

use std::collections::BTreeSet;

use crate::model::{Invoice, Line};
use crate::rules::judge::Judge;

/// Code and the middle of the rule's id.
const CATEGORIES: [(&str, &str); 9] =
    [("S", "S"), ("Z", "Z"), ("E", "E"), ("AE", "AE"), ("K", "IC"), ("G", "G"), ("O", "O"), ("L", "AF"), ("M", "AG")];

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let used = used(invoice);
    let broken_down: BTreeSet<_> = invoice.tax_breakdown.iter().filter_map(|part| part.category.code.text()).collect();
    for (code, family) in CATEGORIES {
        let text = match (used.contains(code), broken_down.contains(code)) {
            (true, false) => format!("the VAT category {code} is used and has no breakdown (BG-23)"),
            (false, true) => format!("the VAT category {code} has a breakdown (BG-23) and nothing that uses it"),
            _ => continue,
        };
        judge.fatal(&format!("BR-FXEXT-{family}-01"), invoice.outline.root(), false, &text);
    }
}

/// The categories of lines that count, and of allowances, charges and logistics services of any place.
fn used<'d>(invoice: &Invoice<'d>) -> BTreeSet<&'d str> {
    let lines = invoice.lines.iter().filter(|line| Line::counts(line)).flat_map(|line| &line.taxes);
    let of_lines = lines.filter_map(|tax| tax.code.text());
    let taxes = invoice.outline.elements().filter(|element| matches!(element.name(), "ram:CategoryTradeTax" | "ram:AppliedTradeTax"));
    of_lines.chain(taxes.filter_map(|tax| Some(tax.child("ram:CategoryCode")?.text()))).collect()
}
