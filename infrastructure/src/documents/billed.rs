//! What a document bills, each amount once: the lines that count, or the whole where it states none.
//!
//! UBL's lines below a line detail it, and BT-106 is the sum of the outermost; among Factur-X EXTENDED's lines stand groups and remarks.
//! Factur-X MINIMUM and BASIC WL state no lines by design: what they bill becomes a line for each part of the tax breakdown, so that it
//! is matched, coded and booked as any other.

use quittance_domain::invoice::{InvoiceDocument, InvoiceLine, TaxCategory, TaxSubtotal};
use quittance_domain::quantity::Quantity;
use quittance_einvoice::Syntax;
use quittance_einvoice::canonical::CanonicalLine;
use rust_decimal::Decimal;

/// The name of a line that stands for what a document states no lines of.
const WHOLE: &str = "What the document bills, which states no lines";

pub(super) fn counts(line: &CanonicalLine, syntax: Syntax) -> bool {
    match syntax {
        Syntax::UblInvoice | Syntax::UblCreditNote => line.parent_id.is_none(),
        Syntax::Cii | Syntax::Zugferd1 => matches!(line.status_reason.as_deref(), None | Some("DETAIL")),
    }
}

/// Gives a document without lines those that it comes to.
pub(super) fn as_a_whole(mut document: InvoiceDocument) -> InvoiceDocument {
    if !document.lines.is_empty() {
        return document;
    }
    if document.tax_breakdown.is_empty() {
        document.tax_breakdown = vec![of_totals(&document)];
        let totals = &mut document.totals;
        // The smallest profile does not say either what has been paid.
        if totals.prepaid.is_zero() && totals.rounding.is_zero() && totals.payable >= Decimal::ZERO && totals.payable < totals.gross {
            totals.prepaid = totals.gross - totals.payable;
        }
    }
    let lines = document.tax_breakdown.iter().enumerate().map(|(index, part)| line(index, part, &document)).collect();
    document.lines = lines;
    document
}

/// The rate is the one that the tax comes to: a mixed one is none that is in force, and is looked at.
fn of_totals(document: &InvoiceDocument) -> TaxSubtotal {
    let totals = &document.totals;
    let rate = totals.tax.checked_mul(Decimal::ONE_HUNDRED).and_then(|tax| tax.checked_div(totals.net)).unwrap_or_default();
    let code = if totals.tax.is_zero() { "Z" } else { "S" };
    let category = TaxCategory { code: code.to_owned(), rate: rate.round_dp(1).normalize() };
    TaxSubtotal { category, taxable: totals.net, tax: totals.tax }
}

/// What was taxed, before the document's own allowances and charges of the category.
fn line(index: usize, part: &TaxSubtotal, document: &InvoiceDocument) -> InvoiceLine {
    let of_category = document.adjustments.iter().filter(|adjustment| adjustment.tax.as_ref() == Some(&part.category));
    let signed = |is_charge: bool, amount: Decimal| if is_charge { amount } else { -amount };
    let net = of_category.fold(part.taxable, |net, adjustment| net - signed(adjustment.is_charge, adjustment.amount));
    InvoiceLine {
        id: (index + 1).to_string(),
        name: WHOLE.to_owned(),
        item_number: None,
        quantity: Quantity { value: Decimal::ONE, unit: "C62".to_owned() },
        unit_price: net,
        base_quantity: None,
        adjustments: vec![],
        net,
        tax: part.category.clone(),
        order_line: None,
    }
}
