//! What is doubted of a document, whoever sent it and however well it adds up: a person looks at it before it goes on.
//!
//! Matching compares lines and charges, and copies are known by what they come to: rounding, what is said to be paid
//! already and tax would carry any amount past both. That tax amounts follow from their rates the standard's own rules say.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, dec};

use super::document::{InvoiceDocument, TaxCategory};
use super::exception::{ExceptionKind, Finding, InvoiceException};
use crate::chart::Chart;
use crate::party::normalised_id;
use crate::tenant::Company;

/// Rounding goes to the next coin that people pay with.
const ROUNDING_BELOW: Decimal = Decimal::ONE;
/// No state's tax on sales takes as much. Which rates are in force the tax codes of the chart say.
const TAX_PERCENT_MAX: Decimal = dec!(50);
/// UNTDID 1001: what EN 16931 lets pass as an invoice and nobody owes money or deducts tax by.
const NOT_OWED: [(&str, &str); 4] =
    [("71", "request for payment"), ("325", "proforma invoice"), ("870", "consular invoice"), ("935", "customs invoice")];
/// Zero rate, exempt, reverse charge, intra-community, export, outside (BR-Z-05, BR-E-05, BR-AE-05, BR-IC-05, BR-G-05, BR-O-05).
const UNTAXED: [&str; 6] = ["Z", "E", "AE", "K", "G", "O"];

/// `home` is the company's country: another one's tax is none that it deducts.
pub fn doubts(document: &InvoiceDocument, chart: &Chart, home: Option<&str>) -> Vec<InvoiceException> {
    let raised = [
        (ExceptionKind::DocumentType, of_type(document)),
        (ExceptionKind::Totals, of_totals(document)),
        (ExceptionKind::Tax, of_tax(document, chart, home)),
    ];
    raised.into_iter().filter(|(_, findings)| !findings.is_empty()).map(|(kind, findings)| InvoiceException { kind, findings }).collect()
}

/// By the ids that both sides state, in the same country: what is invoiced to somebody else is not ours to pay, nor its tax to deduct (Article
/// 226 (5) of the VAT Directive). Names are written in too many ways to be held against each other.
pub fn addressed_elsewhere(document: &InvoiceDocument, company: &Company) -> Option<InvoiceException> {
    let buyer = document.buyer.as_ref()?;
    let ids = [("BT-48", &buyer.vat_id, &company.vat_id), ("BT-47", &buyer.legal_id, &company.legal_id)];
    let stated =
        ids.iter().filter_map(|(term, theirs, ours)| Some((term, normalised_id(theirs.as_deref()?), normalised_id(ours.as_deref()?))));
    let comparable = |theirs: &str, ours: &str| !theirs.is_empty() && theirs.chars().take(2).eq(ours.chars().take(2));
    let (same, others): (Vec<_>, Vec<_>) =
        stated.filter(|(_, theirs, ours)| comparable(theirs, ours)).partition(|(_, theirs, ours)| theirs == ours);
    let finding = |(term, theirs, ours): (&&str, String, String)| Finding {
        rule: "buyer".to_owned(),
        message: format!("the invoice is addressed to somebody else ({term})"),
        stated: Some(theirs),
        expected: Some(ours),
    };
    let findings: Vec<Finding> = if same.is_empty() { others.into_iter().map(finding).collect() } else { vec![] };
    (!findings.is_empty()).then_some(InvoiceException { kind: ExceptionKind::Buyer, findings })
}

fn of_type(document: &InvoiceDocument) -> Vec<Finding> {
    let (_, name) = match NOT_OWED.iter().find(|(code, _)| *code == document.type_code) {
        Some(known) => known,
        None => return vec![],
    };
    let message = format!("a {name} (BT-3 {}) is not owed: the invoice is still to come", document.type_code);
    vec![Finding { rule: "type_code".to_owned(), message, stated: Some(document.type_code.clone()), expected: None }]
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
    let below = (totals.gross < Decimal::ZERO).then(|| {
        finding(
            "below_zero",
            "what a document comes to is above zero: below it, nobody knows who owes whom",
            totals.gross,
            "0 or more".to_owned(),
        )
    });
    rounding.into_iter().chain(prepaid).chain(below).chain(of_sums(document)).collect()
}

/// What the document states of its sums, held against its own parts by whatever rules it says it keeps: what does not add up would be
/// owed, or spent, without anything behind it. Each amount that is added may be rounded by a minor unit (Factur-X BR-FXEXT-CO-10).
fn of_sums(document: &InvoiceDocument) -> Vec<Finding> {
    let (totals, unit) = (&document.totals, Decimal::new(1, document.currency.exponent()));
    let sum = |amounts: &mut dyn Iterator<Item = Decimal>| amounts.fold(Decimal::ZERO, Decimal::saturating_add);
    let signed = document.adjustments.iter().map(|part| if part.is_charge { part.amount } else { -part.amount });
    let net = sum(&mut document.lines.iter().map(|line| line.net).chain(signed));
    let tax = if document.tax_breakdown.is_empty() { totals.tax } else { sum(&mut document.tax_breakdown.iter().map(|part| part.tax)) };
    let gross = totals.net.saturating_add(totals.tax);
    let payable = totals.gross.saturating_sub(totals.prepaid).saturating_add(totals.rounding);
    let sums = [
        (
            "sum_net",
            "lines, allowances and charges do not come to the net amount (BT-109)",
            totals.net,
            net,
            document.lines.len() + document.adjustments.len(),
        ),
        ("sum_tax", "the tax breakdown does not come to the tax (BT-110)", totals.tax, tax, document.tax_breakdown.len()),
        ("sum_gross", "net amount and tax do not come to the gross amount (BT-112)", totals.gross, gross, 1),
        ("sum_payable", "the amount due (BT-115) is not what is left of the gross amount", totals.payable, payable, 1),
    ];
    let is_off = |stated: Decimal, computed: Decimal, parts: usize| {
        stated.saturating_sub(computed).abs() > unit.saturating_mul(Decimal::from(parts))
    };
    let wrong = sums.into_iter().filter(|(_, _, stated, computed, parts)| is_off(*stated, *computed, *parts));
    wrong.map(|(rule, message, stated, computed, _)| finding(rule, message, stated, computed.to_string())).collect()
}

/// A standard rate of zero is left to the standard's rules: it asks for no tax.
fn of_tax(document: &InvoiceDocument, chart: &Chart, home: Option<&str>) -> Vec<Finding> {
    let elsewhere = home.zip(taxed_in(document)).is_some_and(|(home, taxed)| home != taxed);
    let stated = document.lines.iter().map(|line| &line.tax).chain(document.adjustments.iter().filter_map(|a| a.tax.as_ref()));
    let stated = stated.chain(document.tax_breakdown.iter().map(|part| &part.category));
    let once: BTreeMap<(&str, Decimal), &TaxCategory> = stated.map(|tax| ((tax.code.as_str(), tax.rate), tax)).collect();
    let doubted = |tax: &&TaxCategory| {
        if elsewhere && tax.rate > Decimal::ZERO && !UNTAXED.contains(&tax.code.as_str()) {
            let message = "another country's tax is no input tax here: it is cost, or claimed back over there";
            return Some(finding("foreign_tax", message, tax.rate, "0".to_owned()));
        }
        let expected = expected(tax, &chart.percents_on(&tax.code, document.issue_date), chart.foresees_tax_of(&tax.code))?;
        let message = format!("tax of category {} is not asked for at this rate", tax.code);
        Some(finding("tax_rate", &message, tax.rate, expected))
    };
    once.values().filter_map(doubted).collect()
}

/// The country whose tax is asked for: that of the number under which the seller asks for it, else where the seller is.
fn taxed_in(document: &InvoiceDocument) -> Option<&str> {
    let by_number =
        document.seller.vat_id.as_deref().and_then(|id| id.trim().get(..2)).filter(|prefix| prefix.bytes().all(|b| b.is_ascii_uppercase()));
    let country = by_number.or(document.seller.address.country.as_deref())?;
    // The Commission calls Greece EL, and Northern Ireland XI.
    Some(match country {
        "EL" => "GR",
        "XI" => "GB",
        country => country,
    })
}

/// What the rate should be, where it is not believed. A category that no tax code is for asks for no tax.
fn expected(tax: &TaxCategory, known: &[Decimal], is_foreseen: bool) -> Option<String> {
    match () {
        () if tax.rate.is_zero() => None,
        () if UNTAXED.contains(&tax.code.as_str()) => Some("0".to_owned()),
        () if tax.rate < Decimal::ZERO || tax.rate > TAX_PERCENT_MAX => Some(format!("0 to {TAX_PERCENT_MAX}")),
        () if known.contains(&tax.rate) => None,
        () if known.is_empty() => (!is_foreseen).then(|| "0".to_owned()),
        () => Some(known.iter().map(|percent| percent.normalize().to_string()).collect::<Vec<_>>().join(", ")),
    }
}

fn finding(rule: &str, message: &str, stated: Decimal, expected: String) -> Finding {
    Finding { rule: rule.to_owned(), message: message.to_owned(), stated: Some(stated.to_string()), expected: Some(expected) }
}
