//! The terms of whole examples, as a person reads them.

use quittance_einvoice::order::{CanonicalDespatchAdvice, CanonicalOrder};
use quittance_einvoice::{capture_despatch_advice, capture_order};
use quittance_einvoice_formats::{read_despatch_advice, read_order};
use rust_decimal::Decimal;

use crate::data;

fn order(text: &str) -> CanonicalOrder {
    capture_order(&read_order(text.as_bytes()).expect("an order").order()).expect("complete")
}

fn advice(text: &str) -> CanonicalDespatchAdvice {
    capture_despatch_advice(&read_despatch_advice(text.as_bytes()).expect("an advice").advice()).expect("complete")
}

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

#[test]
fn a_peppol_order() {
    let order = order(&data::text("peppol-poacc/examples/Order_Example.xml"));
    assert_eq!((order.number.as_str(), order.currency.as_str(), order.issue_date.to_string().as_str()), ("34", "NOK", "2018-09-01"));
    assert_eq!((order.buyer.name.as_str(), order.seller.name.as_str()), ("Helseforetak AS", "Medical AS"));
    assert_eq!(order.buyer.vat_id.as_deref(), Some("NO9311867455MVA"));
    assert_eq!(order.seller.legal_registration.as_ref().map(|id| id.id.as_str()), Some("123456789"));
    let references = &order.references;
    assert_eq!((references.buyer.as_deref(), references.contract.as_deref()), (Some("9000012345"), Some("34322")));
    assert_eq!((references.quotation.as_deref(), references.sales_order.as_deref()), (Some("QuoteID123"), Some("112233")));
    let requested = order.requested.as_ref().expect("a period");
    assert_eq!(requested.end.map(|day| day.to_string()).as_deref(), Some("2012-10-20"));
    assert_eq!((order.totals.payable, order.totals.vat), (Some(number("6363")), Some(number("100"))));
    assert_eq!((order.allowances.len(), order.charges.len(), order.lines.len()), (1, 1, 2));
    let line = &order.lines[0];
    let price = line.price.as_ref().expect("a price");
    assert_eq!((line.id.as_str(), line.quantity, line.unit.as_deref()), ("1", number("120"), Some("EA")));
    assert_eq!((price.net, price.base_quantity, price.discount), (number("50"), Decimal::ONE, Some(number("10"))));
    assert_eq!((line.item.seller_id.as_deref(), line.item.buyer_id.as_deref()), (Some("121212"), Some("123456")));
    assert_eq!(line.net_amount, Some(number("6300")));
}

#[test]
fn an_order_x_order() {
    let folder = "orderx-1.0-examples/_ORDER-x_EXAMPLES_COMFORT/_XML for direct access";
    let order = order(&data::text(&format!("{folder}/ORDER-X_EX01_ORDER_FULL_DATA-COMFORT.xml")));
    assert_eq!(
        (order.number.as_str(), order.currency.as_str(), order.issue_date.to_string().as_str()),
        ("PO123456789", "EUR", "2020-03-31")
    );
    assert_eq!((order.buyer.name.as_str(), order.seller.name.as_str()), ("BUYER_NAME", "SELLER_NAME"));
    assert_eq!(order.seller.vat_id.as_deref(), Some("FR 32 123 456 789"));
    let references = &order.references;
    assert_eq!((references.buyer.as_deref(), references.blanket_order.as_deref()), (Some("BUYER_REF_BU123"), Some("BLANKET_ORDER_ID")));
    assert_eq!((references.requisition.as_deref(), references.project.as_deref()), (Some("REQ_875498"), Some("PROJECT_ID")));
    let requested = order.requested.as_ref().expect("a period");
    assert_eq!(requested.start.map(|day| day.to_string()).as_deref(), Some("2020-04-15"));
    assert_eq!((order.totals.lines, order.totals.with_vat), (Some(number("310")), Some(number("360"))));
    assert_eq!((order.allowances.len(), order.charges.len()), (1, 1));
    let line = &order.lines[0];
    let price = line.price.as_ref().expect("a price");
    assert_eq!((line.id.as_str(), line.quantity, line.unit.as_deref()), ("1", number("6"), Some("C62")));
    assert_eq!((price.net, price.gross, price.discount), (number("10"), Some(number("10.5")), Some(number("0.5"))));
    assert_eq!(line.item.seller_id.as_deref(), Some("987654321"));
    assert_eq!((line.tax_category.as_deref(), line.tax_rate), (Some("S"), Some(number("20"))));
}

#[test]
fn a_response_says_what_the_seller_agreed_to() {
    let folder = "orderx-1.0-examples/_ORDER-x_EXAMPLES_COMFORT/_XML for direct access";
    let response = order(&data::text(&format!("{folder}/ORDER-X_EX09_RESPONSE_MULTIPLE_DEL-COMFORT.xml")));
    let lines: Vec<_> = response.lines.iter().map(|line| (line.quantity, line.agreed_quantity)).collect();
    assert_eq!(lines, [(number("5"), Some(number("4"))), (number("5"), Some(number("1")))]);
}

#[test]
fn a_despatch_advice() {
    let advice = advice(&data::text("peppol-poacc/examples/DespatchAdvice_Example.xml"));
    assert_eq!((advice.number.as_str(), advice.order.as_deref()), ("565899", Some("AEG012345")));
    assert_eq!(advice.supplier.as_ref().map(|party| party.name.as_str()), Some("Consortial"));
    assert_eq!(advice.despatch_date.map(|day| day.to_string()).as_deref(), Some("2018-09-25"));
    assert_eq!(advice.tracking.as_deref(), Some("456789"));
    let line = &advice.lines[0];
    assert_eq!((line.quantity, line.outstanding), (number("10"), Some(number("2"))));
    assert_eq!((line.order.as_deref(), line.order_line.as_deref()), (Some("AEG012345"), Some("1")));
}

/// Strict where it counts: a quantity that cannot be read is named with its place, not guessed.
#[test]
fn what_keeps_an_order_from_being_one_is_named() {
    let text = data::text("peppol-poacc/examples/Order_Example.xml");
    let cases = [
        (text.replace("<cbc:ID>34</cbc:ID>", ""), "order number is missing", "/order:Order[1]"),
        (text.replace(">120<", ">hundred<"), "line quantity cannot be read: hundred", "/cbc:Quantity[1]"),
        (text.replace("<cbc:Quantity unitCode=\"EA\">120</cbc:Quantity>", ""), "line quantity is missing", "/cac:OrderLine[1]"),
        (
            text.replace("currencyID=\"NOK\">6363", "currencyID=\"SEK\">6363"),
            "BT-115 is in SEK, not in the currency of the document",
            "/cbc:PayableAmount[1]",
        ),
        (
            text.split("<cac:OrderLine>").next().map(|head| format!("{head}</Order>")).unwrap_or_default(),
            "line is missing",
            "/order:Order[1]",
        ),
    ];
    for (text, reason, place) in &cases {
        let missing = capture_order(&read_order(text.as_bytes()).expect("an order").order()).expect_err(reason);
        assert_eq!(missing[0].to_string(), *reason);
        assert!(missing[0].location.ends_with(place), "{}", missing[0].location);
    }
}
