//! Each row of the table holds, is named by pointer, and is not met by what is just within it.

use serde_json::{Value, json};

use super::check;

fn refused(body: &Value) -> Option<(String, String)> {
    let problem = check(body.to_string().as_bytes()).err()?;
    Some((problem.code, problem.errors[0].pointer.clone()))
}

#[track_caller]
fn is_refused(body: Value, code: &str, pointer: &str) {
    assert_eq!(refused(&body), Some((code.to_owned(), pointer.to_owned())), "{body}");
}

#[test]
fn texts_end_at_their_field_s_limit() {
    assert_eq!(refused(&json!({ "name": "x".repeat(200), "reason": "x".repeat(2_000) })), None);
    is_refused(json!({ "name": "x".repeat(201) }), "text-too-long", "/name");
    is_refused(json!({ "reason": "x".repeat(2_001) }), "text-too-long", "/reason");
    is_refused(json!({ "lines": [{}, { "item/number": "x".repeat(201) }] }), "text-too-long", "/lines/1/item~1number");
    is_refused(json!({ "notes": ["", "x".repeat(2_001)] }), "text-too-long", "/notes/1");
}

/// `ﷺ` is one character and eighteen when folded: 200 of them do not fit an index entry.
#[test]
fn a_text_that_unfolds_is_measured_unfolded() {
    is_refused(json!({ "sku": "\u{FDFA}".repeat(30) }), "text-too-long", "/sku");
    assert_eq!(refused(&json!({ "sku": "\u{FDFA}".repeat(20), "name": "é".repeat(200) })), None);
}

#[test]
fn numbers_end_where_products_and_sums_stay_exact() {
    for fine in ["9999999999999", "-9999999999999.9999999999", "0000000000000000001", "0"] {
        assert_eq!(refused(&json!({ "quantity": fine })), None, "{fine}");
    }
    for wrong in ["10000000000000", "-10000000000000.0", "0.00000000001", "1e5", "1E-5"] {
        is_refused(json!({ "quantity": { "value": wrong } }), "number-out-of-range", "/quantity/value");
    }
    // A place is called as a band's end is elsewhere.
    assert_eq!(refused(&json!({ "to": "Warehouse East", "from": "Entrance 2", "quantity": "1.0000000000" })), None);
    assert_eq!(refused(&json!({ "number": "40123450000090000000", "sku": "1e5" })), None, "a name of digits is a text");
}

#[test]
fn a_json_number_with_a_point_is_no_amount() {
    is_refused(json!({ "lines": [{ "unit_price": 12.5 }] }), "number-inexact", "/lines/0/unit_price");
    assert!(check(br#"{"amount":1e3}"#).is_err());
    assert_eq!(refused(&json!({ "payment_days": 30, "active": true, "text": "1.5" })), None);
}

#[test]
fn nul_is_refused_and_what_only_looks_like_it_is_not() {
    is_refused(json!({ "name": "a\0b" }), "text-invalid", "/name");
    assert!(check(br#"{"name":"a\\u0000b"}"#).is_ok());
}

#[test]
fn every_broken_field_is_named() {
    let body = json!({ "name": "x".repeat(201), "vat_id": "y".repeat(201) });
    assert_eq!(check(body.to_string().as_bytes()).unwrap_err().errors.len(), 2);
}

#[test]
fn what_is_not_json_is_left_to_the_reader() {
    for broken in [&b"{"[..], b"\"", b"\"\\", b"{\"a\":\"b", b"\xff\xfe\"", b""] {
        assert!(check(broken).is_ok());
    }
}
