//! The rate in the breakdown.

use quittance_einvoice::canonical::CanonicalTax;
use quittance_einvoice::{CanonicalInvoice, Specification};
use rust_decimal::Decimal;

/// What is not subject to VAT has no rate (BR-O-05), and yet XRechnung wants one in the breakdown (BR-DE-14).
pub(super) fn breakdown_rate(tax: &CanonicalTax, invoice: &CanonicalInvoice) -> Option<Decimal> {
    let specification = invoice.specification.as_deref().map(Specification::of);
    let is_demanded = specification.is_some_and(Specification::is_xrechnung);
    tax.rate.or(is_demanded.then_some(Decimal::ZERO).filter(|_| tax.category.as_deref() == Some("O")))
}
