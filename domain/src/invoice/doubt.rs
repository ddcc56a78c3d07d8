//! What is doubted of a document, whoever sent it and however well it adds up: a person looks at it before it goes on.
//!
//! Matching compares lines and charges, and copies are known by what they come to: rounding, what is said to be paid
//! already and tax would carry any amount past both. That tax amounts follow from their rates the standard's own rules say.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, dec};

use super::document::{InvoiceDocument, TaxCategory};
use super::event::{ExceptionKind, Finding, InvoiceException};
use crate::chart::Chart;

/// Rounding goes to the next coin that people pay with.
const ROUNDING_BELOW: Decimal = Decimal::ONE;
/// No state's tax on sales takes as much. Which rates are in force the tax codes of the chart say.
const TAX_PERCENT_MAX: Decimal = dec!(50);
/// Zero rate, exempt, reverse charge, intra-community, export, outside (BR-Z-05, BR-E-05, BR-AE-05, BR-IC-05, BR-G-05, BR-O-05).
const UNTAXED: [&str; 6] = ["Z", "E", "AE", "K", "G", "O"];

/// `home` is the company's country: of what is taxed elsewhere its chart does not know the rates.
pub fn doubts(document: &InvoiceDocument, chart: &Chart, home: Option<&str>) -> Vec<InvoiceException> {
    let raised = [(ExceptionKind::Totals, of_totals(document)), (ExceptionKind::Tax, of_tax(document, chart, home))];
    raised.into_iter().filter(|(_, findings)| !findings.is_empty()).map(|(kind, findings)| InvoiceException { kind, findings }).collect()
}

fn of_totals(document: &InvoiceDocument) -> Vec<Finding> {
    let totals = &document.totals;
    let paid_at_most = (totals.gross.min(Decimal::ZERO), totals.gross.max(Decimal::ZERO));
    let rounding = (totals.rounding.abs() >= ROUNDING_BELOW)
        .then(|| finding("rounding", "rounding moves less than one unit of the currency", totals.rounding, "0".to_owned()));
    let prepaid = (totals.prepaid < paid_at_most.0 || totals.prepaid > paid_at_most.1).then(|| {
        let expected = format!("{} to {}", paid_at_most.0, paid_at_most.1);
        finding("prepaid", "what is paid already lies between nothing and the gross amount", totals.prepaid, expected)
    });
    rounding.into_iter().chain(prepaid).collect()
}

/// A standard rate of zero is left to the standard's rules: it asks for no tax.
fn of_tax(document: &InvoiceDocument, chart: &Chart, home: Option<&str>) -> Vec<Finding> {
    let elsewhere = home.zip(document.seller.address.country.as_deref()).is_some_and(|(home, seller)| home != seller);
    let stated = document.lines.iter().map(|line| &line.tax).chain(document.adjustments.iter().filter_map(|a| a.tax.as_ref()));
    let stated = stated.chain(document.tax_breakdown.iter().map(|part| &part.category));
    let once: BTreeMap<(&str, Decimal), &TaxCategory> = stated.map(|tax| ((tax.code.as_str(), tax.rate), tax)).collect();
    let doubted = |tax: &&TaxCategory| {
        let known = if elsewhere { vec![] } else { chart.percents_on(&tax.code, document.issue_date) };
        let expected = expected(tax, &known)?;
        let message = format!("tax of category {} is not asked for at this rate", tax.code);
        Some(finding("tax_rate", &message, tax.rate, expected))
    };
    once.values().filter_map(doubted).collect()
}

/// What the rate should be, where it is not believed.
fn expected(tax: &TaxCategory, known: &[Decimal]) -> Option<String> {
    match () {
        () if tax.rate.is_zero() => None,
        () if UNTAXED.contains(&tax.code.as_str()) => Some("0".to_owned()),
        () if tax.rate < Decimal::ZERO || tax.rate > TAX_PERCENT_MAX => Some(format!("0 to {TAX_PERCENT_MAX}")),
        () if known.is_empty() || known.contains(&tax.rate) => None,
        () => Some(known.iter().map(|percent| percent.normalize().to_string()).collect::<Vec<_>>().join(", ")),
    }
}

fn finding(rule: &str, message: &str, stated: Decimal, expected: String) -> Finding {
    Finding { rule: rule.to_owned(), message: message.to_owned(), stated: Some(stated.to_string()), expected: Some(expected) }
}
