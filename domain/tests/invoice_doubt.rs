//! What is doubted of a document: rounding, what is said to be prepaid, and tax that nobody asks for.

mod fixtures;

use fixtures::*;
use quittance_domain::chart::{Chart, ChartEvent, ChartPlan, TaxCode};
use quittance_domain::invoice::{ExceptionKind, InvoiceDocument, InvoiceLine, TaxCategory, addressed_elsewhere, doubts};
use quittance_domain::party::Party;
use quittance_domain::tenant::{Tenant, TenantEvent};
use quittance_domain::{Currency, Root};
use rust_decimal::{Decimal, dec};

fn chart() -> Chart {
    Chart::replay([ChartEvent::Adopted { plan: Box::new(ChartPlan::standard(Some("DE"))), by: DORA }])
}

fn raised(document: &InvoiceDocument, home: Option<&str>) -> Vec<(ExceptionKind, String)> {
    let of = |exception: &quittance_domain::invoice::InvoiceException| {
        let rules =
            exception.findings.iter().map(|finding| format!("{} {}", finding.rule, finding.expected.as_deref().unwrap_or_default()));
        (exception.kind, rules.collect::<Vec<_>>().join("; "))
    };
    doubts(document, &chart(), home).iter().map(of).collect()
}

/// Rounding and what is prepaid, of an invoice over 1,190.00.
#[test]
fn rounding_stays_below_one_unit_and_what_is_prepaid_below_the_whole() {
    let table: &[(Decimal, Decimal, &str)] = &[
        (dec!(0), dec!(0), ""),
        (dec!(0.99), dec!(0), ""),
        (dec!(-0.99), dec!(0), ""),
        (dec!(1.00), dec!(0), "rounding 0"),
        (dec!(-4000), dec!(0), "rounding 0"),
        (dec!(0), dec!(1190.00), ""),
        (dec!(0), dec!(1190.01), "prepaid 0 to 1190.00"),
        (dec!(0), dec!(-0.01), "prepaid 0 to 1190.00"),
        (dec!(4000), dec!(-4000), "rounding 0; prepaid 0 to 1190.00"),
    ];
    for (rounding, prepaid, expected) in table {
        let mut stated = document();
        (stated.totals.rounding, stated.totals.prepaid) = (*rounding, *prepaid);
        stated.totals.payable = stated.totals.gross - prepaid + rounding;
        let found: Vec<String> = raised(&stated, Some("DE")).into_iter().map(|(_, rules)| rules).collect();
        assert_eq!(found.join("|"), *expected, "rounding {rounding}, prepaid {prepaid}");
    }
    let mut negative = document();
    (negative.totals.gross, negative.totals.prepaid) = (dec!(-1190.00), dec!(-1000));
    (negative.totals.net, negative.totals.tax, negative.totals.payable) = (dec!(-1000.00), dec!(-190.00), dec!(-190.00));
    negative.lines.iter_mut().for_each(InvoiceLine::turn);
    negative.tax_breakdown[0].tax = dec!(-190.00);
    let found = raised(&negative, Some("DE"));
    assert_eq!(found, [(ExceptionKind::Totals, "below_zero 0 or more".to_owned())], "what was taken back has the sign of the whole");
}

/// Whatever profile it says it keeps: what is off, of an invoice over 1,000.00 and 190.00 of tax in one line, and what it should be.
#[test]
fn what_does_not_add_up_is_looked_at() {
    type Change = fn(&mut InvoiceDocument);
    let table: &[(Change, &str)] = &[
        (|_| {}, ""),
        (|d| d.totals.payable = dec!(9190), "sum_payable 1190.00"),
        (|d| d.totals.payable = dec!(1190.01), ""),
        (|d| d.totals.payable = dec!(1190.02), "sum_payable 1190.00"),
        (|d| d.lines[0].net = dec!(1000.01), ""),
        (|d| d.lines[0].net = dec!(1000.02), "sum_net 1000.02"),
        (|d| d.lines.clear(), "sum_net 0"),
        (|d| (d.totals.gross, d.totals.payable) = (dec!(1200), dec!(1200)), "sum_gross 1190.00"),
        (|d| d.tax_breakdown[0].tax = dec!(180), "sum_tax 180"),
    ];
    for (change, expected) in table {
        let mut stated = document();
        change(&mut stated);
        let found: Vec<String> = raised(&stated, Some("DE")).into_iter().map(|(_, rules)| rules).collect();
        assert_eq!(found.join("|"), *expected);
    }
}

/// Category and rate, the seller's country, the day, what the rate should be.
#[test]
fn tax_is_asked_for_at_a_rate_that_is_in_force() {
    let table: &[(&str, Decimal, Option<&str>, &str, &str)] = &[
        ("S", dec!(19), Some("DE"), "2026-03-01", ""),
        ("S", dec!(19.00), None, "2026-03-01", ""),
        ("S", dec!(7), Some("DE"), "2026-03-01", ""),
        ("S", dec!(16), Some("DE"), "2026-03-01", "7, 19"),
        ("S", dec!(16), Some("DE"), "2020-08-01", ""),
        ("S", dec!(99), Some("DE"), "2026-03-01", "0 to 50"),
        ("S", dec!(20), None, "2026-03-01", "7, 19"),
        ("S", dec!(99), None, "2026-03-01", "0 to 50"),
        ("S", dec!(-19), Some("FR"), "2026-03-01", "0 to 50"),
        // Nothing is asked for.
        ("S", dec!(0), Some("DE"), "2026-03-01", ""),
        ("Z", dec!(0), Some("DE"), "2026-03-01", ""),
        ("Z", dec!(1), Some("FR"), "2026-03-01", "0"),
        ("E", dec!(19), Some("DE"), "2026-03-01", "0"),
        ("AE", dec!(19), Some("DE"), "2026-03-01", "0"),
        ("K", dec!(19), Some("DE"), "2026-03-01", "0"),
        ("G", dec!(19), Some("DE"), "2026-03-01", "0"),
        ("O", dec!(19), Some("DE"), "2026-03-01", "0"),
        // The chart has the category and no rates.
        ("L", dec!(7), None, "2026-03-01", ""),
        // No tax code is for these.
        ("Q", dec!(50), Some("DE"), "2026-03-01", "0"),
        ("s", dec!(19), Some("DE"), "2026-03-01", "0"),
        ("AB", dec!(19), None, "2026-03-01", "0"),
        ("", dec!(19), None, "2026-03-01", "0"),
        ("Q", dec!(0), Some("DE"), "2026-03-01", ""),
    ];
    for (category, rate, country, on, expected) in table {
        let mut stated = document();
        stated.seller.vat_id = None;
        stated.issue_date = day(on);
        stated.seller.address.country = country.map(str::to_owned);
        stated.tax_breakdown.clear();
        stated.lines[0].tax = TaxCategory { code: (*category).to_owned(), rate: *rate };
        let found: Vec<String> = raised(&stated, Some("DE")).into_iter().map(|(_, rules)| rules).collect();
        let expected = if expected.is_empty() { String::new() } else { format!("tax_rate {expected}") };
        assert_eq!(found.join("|"), expected, "{category} {rate} {country:?} {on}");
    }
}

/// The seller's number and country, and whether its tax is one that a German company deducts.
#[test]
fn another_countrys_tax_is_no_input_tax() {
    let table: &[(Option<&str>, Option<&str>, bool)] = &[
        (None, Some("FR"), false),
        (Some("FR83404833048"), None, false),
        (Some("EL123456789"), Some("GR"), false),
        (Some("DE136695976"), Some("FR"), true),
        (Some("DE136695976"), Some("DE"), true),
        (Some("12/345/67890"), Some("DE"), true),
        (None, None, true),
    ];
    for (number, country, deducted) in table {
        let mut stated = document();
        stated.seller.vat_id = number.map(str::to_owned);
        stated.seller.address.country = country.map(str::to_owned);
        let found = raised(&stated, Some("DE"));
        let expected = if *deducted { vec![] } else { vec![(ExceptionKind::Tax, "foreign_tax 0".to_owned())] };
        assert_eq!(found, expected, "{number:?} {country:?}");
        assert!(raised(&stated, None).is_empty(), "nobody knows where we are");
        stated.tax_breakdown.clear();
        stated.lines[0].tax = TaxCategory { code: "AE".to_owned(), rate: dec!(0) };
        assert!(raised(&stated, Some("DE")).is_empty(), "nothing is asked for");
    }
}

/// The buyer's VAT id and registration on the document of a company that is DE136695976 and HRB 7, and what is found.
#[test]
fn what_is_addressed_to_somebody_else_is_not_ours() {
    let table: &[(Option<&str>, Option<&str>, &[&str])] = &[
        (Some("DE136695976"), None, &[]),
        (Some("de 136 695 976"), Some("HRB 9"), &[]),
        (Some("DE999999999"), None, &["BT-48"]),
        (Some("DE999999999"), Some("HRB 7"), &[]),
        (Some("DE999999999"), Some("HRB 9"), &["BT-48", "BT-47"]),
        // We may be registered there as well.
        (Some("ATU12345678"), None, &[]),
        (None, None, &[]),
    ];
    let created = TenantEvent::Created { name: "Acme".to_owned(), base_currency: Currency::EUR, address: address() };
    let Tenant::Created(mut company) = Tenant::replay([created]) else { panic!("it is there") };
    (company.vat_id, company.legal_id) = (Some("DE136695976".to_owned()), Some("HRB 7".to_owned()));
    for (vat_id, legal_id, expected) in table {
        let ids = (vat_id.map(str::to_owned), legal_id.map(str::to_owned));
        let buyer = Party { name: "Whoever".to_owned(), vat_id: ids.0, legal_id: ids.1, ..Party::default() };
        let found = addressed_elsewhere(&InvoiceDocument { buyer: Some(buyer), ..document() }, &company);
        let told: Vec<String> = found.iter().flat_map(|found| &found.findings).map(|finding| finding.message.clone()).collect();
        assert_eq!(told.len(), expected.len(), "{vat_id:?} {legal_id:?}: {told:?}");
        assert!(told.iter().zip(*expected).all(|(told, term)| told.contains(term)), "{told:?}");
        assert!(found.is_none_or(|found| found.kind == ExceptionKind::Buyer));
    }
    assert_eq!(addressed_elsewhere(&InvoiceDocument { buyer: None, ..document() }, &company), None);
}

#[test]
fn what_is_no_invoice_is_not_owed() {
    let of_type = |code: &str| raised(&InvoiceDocument { type_code: code.to_owned(), ..document() }, Some("DE"));
    for code in ["71", "325", "870", "935"] {
        assert_eq!(of_type(code), [(ExceptionKind::DocumentType, "type_code ".to_owned())]);
    }
    for code in ["380", "384", "386", "389", "326", "751"] {
        assert!(of_type(code).is_empty(), "{code}");
    }
}

#[test]
fn a_rate_is_doubted_once_however_often_it_stands_there() {
    let mut stated = document();
    stated.lines.push(InvoiceLine { net: dec!(0), ..stated.lines[0].clone() });
    let wrong = TaxCategory { rate: dec!(18), ..standard_rate() };
    stated.lines.iter_mut().for_each(|line| line.tax = wrong.clone());
    stated.tax_breakdown[0].category = wrong;
    assert_eq!(raised(&stated, Some("DE")), [(ExceptionKind::Tax, "tax_rate 7, 19".to_owned())]);
}

#[test]
fn a_chart_without_rates_says_nothing_of_them() {
    let chart = Chart::replay([ChartEvent::Adopted { plan: Box::new(ChartPlan::standard(None)), by: DORA }]);
    let mut stated = document();
    stated.lines[0].tax.rate = dec!(18);
    assert!(doubts(&stated, &chart, None).is_empty());
    assert!(chart.tax_codes.values().all(|code: &TaxCode| code.rates.is_empty()));
}
