//! What a request may be: its media types, its texts, its numbers. What is wrong is named, and never our failure.

use reqwest::Method;
use serde_json::{Value, json};

use crate::rest_client::{Office, Reply, fresh_key, reply};

async fn sends(office: &Office, content_type: Option<&str>, body: &'static [u8]) -> Reply {
    let mut request = office.by("clerk").request(Method::POST, "/v1/items").header("Idempotency-Key", fresh_key()).body(body);
    if let Some(kind) = content_type {
        request = request.header("Content-Type", kind);
    }
    reply(request).await
}

#[tokio::test]
async fn a_body_of_another_kind_is_not_read() {
    let office = Office::open().await;
    let item = br#"{"sku":"A","name":"A","unit":"C62"}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/xml"] {
        sends(&office, Some(kind), item).await.refused(415, "content-type-unsupported");
    }
    sends(&office, Some("Application/JSON; charset=utf-8"), item).await.done();
    sends(&office, None, item).await.refused(409, "sku-taken");
    let json = office.by("clerk").request(Method::POST, "/v1/invoices/import").header("Idempotency-Key", "i").json(&json!({}));
    reply(json).await.refused(415, "content-type-unsupported");
    let coded = office.by("clerk").request(Method::POST, "/v1/items").header("Content-Encoding", "gzip").json(&json!({}));
    reply(coded).await.refused(415, "content-type-unsupported");
}

/// Where no key is needed a problem is told as everywhere else: as a page to a browser, as a document to a program.
#[tokio::test]
async fn a_form_and_a_message_that_cannot_be_read_are_problems_too() {
    let office = Office::open().await;
    let posts = |path: &str| office.by("clerk").request(Method::POST, path);
    let fills = |path: &str, form: String| posts(path).header("Content-Type", "application/x-www-form-urlencoded").body(form);
    for path in ["/decide/x", "/console/sign-in"] {
        let rows = [
            (fills(path, String::new()), 422, "missing field"),
            (posts(path).json(&json!({})), 415, "application/x-www-form-urlencoded"),
            (fills(path, format!("decision={}", "x".repeat(3 << 20))), 413, "larger than"),
        ];
        for (request, status, told) in rows {
            let answer = request.send().await.expect("an answer");
            assert_eq!(
                (answer.status().as_u16(), &answer.headers()["content-type"]),
                (status, &"text/html; charset=utf-8".parse().unwrap())
            );
            let page = answer.text().await.expect("a page");
            assert!(page.contains(told), "{path} {status}: {page}");
        }
    }
    let nobody = "018f0000-0000-7000-8000-000000000000";
    let message = posts(&format!("/webhooks/provider/{nobody}/{nobody}")).body(vec![b' '; (64 << 10) + 1]);
    reply(message).await.refused(413, "body-too-large");
}

#[tokio::test]
async fn a_query_that_cannot_be_read_names_its_parameter() {
    let office = Office::open().await;
    let rows = [
        ("/v1/invoices?limit=abc", "invalid-field", "limit"),
        ("/v1/invoices?limit=70000", "invalid-field", "limit"),
        ("/v1/invoices?vendor_id=7", "invalid-field", "vendor_id"),
        ("/v1/invoices?status=lost", "invalid-field", "status"),
        ("/v1/items?sku=%00", "text-invalid", "sku"),
        ("/v1/invoices?known_at=yesterday", "invalid-field", "known_at"),
        ("/v1/reports/ap-ageing?format=pdf", "invalid-field", "format"),
    ];
    for (path, code, pointer) in rows {
        office.by("owner").get(path).await.refused(422, code).at(pointer);
    }
}

/// What was read says the version that a change of it goes by.
#[tokio::test]
async fn one_thing_says_its_version_as_its_etag() {
    let office = Office::open().await;
    let clerk = office.by("clerk");
    let made = clerk.post("/v1/items", json!({ "sku": "A", "name": "A", "unit": "C62" })).await.done();
    let path = format!("/v1/items/{}", made.id());
    let tag = async |position: &Value| clerk.get(&format!("{path}?min_position={position}")).await.done().headers["etag"].clone();
    let seen = tag(&made.body["position"]).await;
    assert_eq!(seen, "\"1\"");
    let change = |name: &str| {
        clerk
            .request(Method::POST, &path)
            .header("If-Match", &seen)
            .header("Idempotency-Key", fresh_key())
            .json(&json!({ "sku": "A", "name": name, "unit": "C62" }))
    };
    let changed = reply(change("B")).await.done();
    reply(change("C")).await.refused(412, "version-mismatch");
    assert_eq!(tag(&changed.body["position"]).await, "\"2\"");
    assert!(!clerk.get("/v1/items").await.done().headers.contains_key("etag"), "a list has no version");
    let api = clerk.get("/openapi.json").await.done().body;
    let has_tag = |path: &str| api["paths"][path]["get"]["responses"]["200"]["headers"]["ETag"].is_object();
    assert_eq!(["/v1/items/{id}", "/v1/chart", "/v1/items"].map(has_tag), [true, true, false]);
}

#[tokio::test]
async fn a_key_ends_after_it_is_issued() {
    let office = Office::open().await;
    let admin = office.by("admin");
    let user = json!({ "email": "new@acme.example", "roles": ["viewer"], "key_expires_at": "2020-01-01T00:00:00Z" });
    admin.post("/v1/users", user).await.refused(422, "key-expired").at("/key_expires_at");
    let clerk = office.ids.iter().find(|(name, _)| name == "$clerk").expect("a clerk").1.clone();
    let key = json!({ "expires_at": "2020-01-01T00:00:00Z" });
    office.by("clerk").post(&format!("/v1/users/{clerk}/keys"), key).await.refused(422, "key-expired").at("/expires_at");
}

#[tokio::test]
async fn an_answer_of_another_kind_is_not_promised() {
    let office = Office::open().await;
    let get = |path: &'static str, accept: &'static str| reply(office.by("owner").request(Method::GET, path).header("Accept", accept));
    get("/v1/company", "text/csv").await.refused(406, "not-acceptable");
    get("/v1/items", "application/json;q=0").await.refused(406, "not-acceptable");
    get("/v1/items", "text/html, */*;q=0.1").await.done();
    let kind = async |accept| get("/v1/items", accept).await.done().headers["content-type"].clone();
    assert_eq!(kind("text/csv;q=0, application/json").await, "application/json");
    assert_eq!(kind("application/json;q=0.5, TEXT/CSV").await, "text/csv; charset=utf-8; header=present");
    get("/v1/events/stream", "text/event-stream").await.done();
    get("/v1/events/stream", "application/json").await.refused(406, "not-acceptable");
}

/// Each of these texts stands in a key of an index, which holds some 2,700 bytes.
#[tokio::test]
async fn a_text_too_long_for_its_field_or_unfolded_for_its_key_is_named() {
    let office = Office::open().await;
    let clerk = office.by("clerk");
    let vendor = clerk.post("/v1/vendors", json!({ "name": "Muster GmbH" })).await.done().id();
    let item = clerk.post("/v1/items", json!({ "sku": "A", "name": "A", "unit": "C62" })).await.done().id();
    let line = json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "10", "tax": { "code": "Z", "rate": "0" } });
    let order_line = json!({ "line": 1, "item_id": item, "description": "x", "quantity": "1", "unit_price": "1" });
    for text in ["x".repeat(4_000), "\u{FDFA}".repeat(200), "\u{FDFA}".repeat(100)] {
        let rows: Vec<(&str, Value, &str)> = vec![
            ("/v1/vendors", json!({ "name": text }), "/name"),
            ("/v1/vendors", json!({ "name": "B", "vat_id": text }), "/vat_id"),
            ("/v1/vendors", json!({ "name": "B", "tax_registration": text }), "/tax_registration"),
            ("/v1/vendors", json!({ "name": "B", "legal_id": text }), "/legal_id"),
            ("/v1/items", json!({ "sku": text, "name": "B", "unit": "C62" }), "/sku"),
            (
                "/v1/invoices",
                json!({ "vendor_id": vendor, "number": text, "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] }),
                "/number",
            ),
            ("/v1/purchase-orders", json!({ "vendor_id": vendor, "number": text, "currency": "EUR", "lines": [order_line] }), "/number"),
            ("/v1/stock/adjust", json!({ "item_id": item, "location": text, "difference": "1", "reason": "x" }), "/location"),
        ];
        for (path, body, pointer) in rows {
            clerk.post(path, body).await.refused(422, "text-too-long").at(pointer);
        }
        let user = json!({ "email": format!("{text}@acme.example"), "roles": ["viewer"] });
        office.by("admin").post("/v1/users", user).await.refused(422, "text-too-long").at("/email");
    }
}

/// The longest text that is let in is let in everywhere: the limit is no lie.
#[tokio::test]
async fn a_text_just_within_the_limit_is_taken() {
    let office = Office::open().await;
    let clerk = office.by("clerk");
    for text in ["x".repeat(200), "\u{FDFA}".repeat(24), "é".repeat(200), "ΐ".repeat(130)] {
        let vendor = json!({ "name": text, "vat_id": text, "tax_registration": text, "legal_id": text });
        let vendor = clerk.post("/v1/vendors", vendor).await.done().id();
        clerk.post("/v1/items", json!({ "sku": text, "name": text, "unit": "C62" })).await.done();
        let line =
            json!({ "name": text, "quantity": { "value": "1", "unit": "C62" }, "unit_price": "10", "tax": { "code": "Z", "rate": "0" } });
        let invoice = json!({ "vendor_id": vendor, "number": text, "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] });
        clerk.post("/v1/invoices", invoice).await.done();
    }
}

#[tokio::test]
async fn a_document_with_a_number_too_long_is_refused_by_its_term() {
    let office = Office::open().await;
    let sample = include_str!("../../api/samples/muster-2026-0117.ubl.xml");
    let number = sample.split("<cbc:ID>").nth(1).and_then(|rest| rest.split('<').next()).expect("a number");
    for long in ["9".repeat(3_000), "\u{FDFA}".repeat(150)] {
        let document = sample.replacen(&format!("<cbc:ID>{number}<"), &format!("<cbc:ID>{long}<"), 1);
        let request = office.by("clerk").request(Method::POST, "/v1/invoices/import").header("Idempotency-Key", fresh_key());
        reply(request.header("Content-Type", "application/xml").body(document)).await.refused(422, "text-too-long").at("BT-1");
    }
}

#[tokio::test]
async fn numbers_are_strings_and_within_reach() {
    let office = Office::open().await;
    let clerk = office.by("clerk");
    let item = clerk.post("/v1/items", json!({ "sku": "A", "name": "A", "unit": "C62" })).await.done().id();
    let count = |counted: Value| json!({ "item_id": item, "location": "main", "counted": counted });
    clerk.post("/v1/stock/count", count(json!(1.5))).await.refused(422, "number-inexact").at("/counted");
    for wrong in ["10000000000000", "0.00000000001", "1e3", "79228162514264337593543950335"] {
        clerk.post("/v1/stock/count", count(json!(wrong))).await.refused(422, "number-out-of-range").at("/counted");
    }
    clerk.post("/v1/stock/count", count(json!("9999999999999.9999999999"))).await.done();
    clerk.post("/v1/stock/count", count(json!("many"))).await.refused(422, "invalid-field").at("/counted");
}

/// One sheet of rates out of several rows: the row that does not hold is named, wherever it stands.
#[tokio::test]
async fn a_rate_that_does_not_hold_is_named_by_its_row() {
    let office = Office::open().await;
    let quote = |unit: &str, currency: &str, rate: &str| json!({ "unit": unit, "currency": currency, "on": "2026-03-02", "rate": rate });
    let good = || quote("EUR", "USD", "1.08");
    let table = [
        (quote("EUR", "EUR", "1"), "currencies-equal", "/quotes/2/currency"),
        (quote("GBP", "USD", "0"), "rate-not-positive", "/quotes/2/rate"),
        (quote("EUR", "USD", "1.09"), "rate-repeated", "/quotes/2/rate"),
    ];
    for (wrong, code, pointer) in table {
        let body = json!({ "source": "House bank", "quotes": [good(), quote("EUR", "CHF", "0.95"), wrong] });
        office.by("owner").post("/v1/exchange-rates", body).await.refused(422, code).at(pointer);
    }
}

/// The codes of the answers are those of the document and of the pages that explain them.
#[tokio::test]
async fn a_code_is_spelt_alike_wherever_it_stands() {
    let office = Office::open().await;
    let api = office.by("owner").get("/openapi.json").await.body;
    let told = |status: u16, code: &str| {
        let examples = &api["components"]["responses"][format!("Problem{status}")]["content"]["application/problem+json"]["examples"];
        examples[code]["value"]["code"] == code && examples[code]["value"]["type"] == format!("/problems/{code}")
    };
    let refused = office.by("clerk").post("/v1/items", json!({ "sku": " ", "name": "A", "unit": "C62" })).await;
    assert!(told(422, "sku-missing"), "{}", api["components"]["responses"]);
    assert_eq!((refused.body["code"].as_str(), refused.body["type"].as_str()), (Some("sku-missing"), Some("/problems/sku-missing")));
    office.by("owner").get("/problems/sku-missing").await.done();
    assert!(!api["components"]["responses"].to_string().contains("/problems/sku_missing"));
}

#[tokio::test]
async fn a_body_too_large_and_a_method_unknown_are_problems_too() {
    let office = Office::open().await;
    let big =
        office.by("clerk").request(Method::POST, "/v1/items").header("Content-Type", "application/json").body(vec![b' '; (2 << 20) + 1]);
    reply(big).await.refused(413, "body-too-large");
    reply(office.by("clerk").request(Method::DELETE, "/v1/items")).await.refused(405, "method-not-allowed");
    office.by("clerk").get("/v1/items?skuu=A").await.refused(400, "malformed-request");
    office.by("clerk").get("/v1/nothing").await.refused(404, "not-found");
}
