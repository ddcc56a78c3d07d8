//! What single VAT categories ask of the rest of the invoice: supplies within the Union, outside VAT, split payment.

use super::tally::{UNTOLD, uses};
use crate::model::{Invoice, TaxCategory};
use crate::rules::judge::Judge;

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    within_the_union(invoice, judge);
    outside_vat(invoice, judge);
    split_payment(invoice, judge);
}

fn within_the_union(invoice: &Invoice<'_>, judge: &mut Judge) {
    let mut parts = invoice.tax_breakdown.iter().filter(|part| part.category.is_vat());
    let Some(part) = parts.find(|part| part.category.code.text() == Some("K")) else { return };
    let (period, delivery) = (&invoice.period, &invoice.delivery);
    let is_ubl = invoice.syntax.is_ubl();
    let dated = if is_ubl { delivery.date.text().is_some() } else { delivery.date.is_present() };
    let spanned = period.start.is_present() || period.end.is_present() || (is_ubl && period.tax_point_code.is_present());
    judge.fatal("BR-IC-11", part.at, dated || spanned, "neither a delivery date (BT-72) nor an invoicing period (BG-14) is given");
    let country = &delivery.place.address.country;
    let known = if is_ubl { country.text().is_some() } else { country.is_present() };
    judge.fatal("BR-IC-12", part.at, known, "the country of delivery (BT-80) is missing");
}

/// What is not subject to VAT stands alone.
fn outside_vat(invoice: &Invoice<'_>, judge: &mut Judge) {
    let is_outside = |category: &TaxCategory<'_>| category.code.text() == Some("O");
    let parts = || invoice.tax_breakdown.iter().map(|part| &part.category);
    if !parts().any(|category| is_outside(category) && category.is_vat()) {
        return;
    }
    let is_ubl = invoice.syntax.is_ubl();
    // To UBL a category without a code is another one, too; to CII one with two codes.
    let is_other = |category: &TaxCategory<'_>| match is_ubl {
        true => !is_outside(category),
        false => category.code.iter().any(|code| code.text() != "O"),
    };
    let mut others = [false; 4];
    others[0] = parts().any(|category| is_other(category) && (category.is_vat() || !is_ubl));
    for used in uses(invoice).filter(|used| used.kind != UNTOLD) {
        others[1 + used.kind] |= is_other(used.tax) && (used.tax.is_vat() || !is_ubl);
    }
    // CII looks at lines and breakdowns together, and at allowances and charges.
    if !is_ubl {
        others = [others[0] || others[1], others[0] || others[1], others[2] || others[3], others[2] || others[3]];
    }
    for (rule, other) in ["BR-O-11", "BR-O-12", "BR-O-13", "BR-O-14"].into_iter().zip(others) {
        judge.fatal(rule, invoice.outline.root(), !other, "another VAT category stands beside the one not subject to VAT");
    }
}

fn split_payment(invoice: &Invoice<'_>, judge: &mut Judge) {
    let parts = invoice.tax_breakdown.iter().map(|part| &part.category);
    let codes: Vec<_> = uses(invoice).map(|used| used.tax).chain(parts).filter_map(|tax| tax.code.text()).collect();
    if !codes.contains(&"B") {
        return;
    }
    let at = invoice.outline.root();
    judge.fatal("BR-B-01", at, is_italian(invoice), "split payment is for Italian invoices alone");
    judge.fatal("BR-B-02", at, !codes.contains(&"S"), "split payment and the standard rate exclude each other");
}

/// No address of the document, of whomever, is in another country.
fn is_italian(invoice: &Invoice<'_>) -> bool {
    let name = if invoice.syntax.is_ubl() { "cbc:IdentificationCode" } else { "ram:CountryID" };
    let mut countries = invoice.outline.elements().filter(|element| element.name() == name);
    countries.all(|country| country.text() == "IT")
}
