//! Electronic invoices and the rules of their standards, over HTTP: looked at, taken in with a verdict, judged again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quittance_application::invoice::RecordVerdict;
use quittance_domain::ids::{InvoiceId, UserId};
use quittance_domain::invoice::{RuleSetRelease, Verdict};
use quittance_tests::app::{Company, Person, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

const SAMPLE: &str = include_str!("../../api/samples/muster-2026-0117.ubl.xml");
const VALIDATE: &str = "/v1/einvoices/validate";
const CONVERT: &str = "/v1/einvoices/convert";

fn changed(from: &str, to: &str) -> Vec<u8> {
    assert!(SAMPLE.contains(from), "{from}");
    SAMPLE.replace(from, to).into_bytes()
}

/// Complete, its sums hold, and one fatal rule is broken: nobody says which standard it follows (BR-01).
fn without_specification() -> Vec<u8> {
    changed("<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>", "")
}

async fn looked_at(person: &Person, document: Vec<u8>) -> Value {
    let (status, text) = person.shows(VALIDATE, document, "application/json").await;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_held_against_its_rules_and_nothing_is_kept() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let owner = &company.owner;

    let valid = looked_at(owner, SAMPLE.into()).await;
    assert_eq!((&valid["valid"], &valid["syntax"], &valid["number"]), (&json!(true), &json!("ubl_invoice"), &json!("2026-0117")));
    assert!(valid["rule_sets"].as_array().is_some_and(|sets| sets.iter().any(|s| s["name"] == "en16931_ubl")), "{valid}");

    let wrong = changed(">892.50</cbc:PayableAmount>", ">892.59</cbc:PayableAmount>");
    let report = looked_at(owner, wrong.clone()).await;
    assert_eq!(report["valid"], json!(false));
    let sum = report["findings"].as_array().and_then(|all| all.iter().find(|f| f["rule"] == "BR-CO-16")).expect("BR-CO-16 is reported");
    assert_eq!((&sum["severity"], &sum["difference"]), (&json!("fatal"), &json!("0.09")));
    assert!(sum["location"].as_str().is_some_and(|at| at.contains("LegalMonetaryTotal")), "{sum}");

    let (status, svrl) = owner.shows(VALIDATE, wrong, "application/xml").await;
    assert_eq!(status, 200);
    assert!(svrl.contains("http://purl.oclc.org/dsdl/svrl") && svrl.contains("id=\"BR-CO-16\" flag=\"fatal\""), "{svrl}");

    let (status, problem) = owner.shows(VALIDATE, b"<a".to_vec(), "application/json").await;
    assert_eq!(status, 422, "{problem}");
    assert!(problem.contains("\"malformed\""), "{problem}");
    assert_eq!(owner.gets("/v1/invoices").await.body["data"], json!([]));
}

/// An XML document may state any number; what the log could not give back is not taken into it.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_beyond_what_is_reckoned_with_is_refused_and_stops_nobody() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let owner = &company.owner;
    for (place, large) in [
        (">892.50</cbc:PayableAmount>", ">79228162514264337593543950335</cbc:PayableAmount>"),
        (">892.50</cbc:PayableAmount>", ">999999999999999999999999999.50</cbc:PayableAmount>"),
        (">60</cbc:InvoicedQuantity>", ">79228162514264337593543950335</cbc:InvoicedQuantity>"),
        (">12.50</cbc:PriceAmount>", ">10000000000000</cbc:PriceAmount>"),
    ] {
        owner.uploads("/v1/invoices/import", changed(place, large), large).await.is_refused_as("number-out-of-range");
    }
    let long = "x".repeat(5_000);
    for (place, term) in [("Muster Metallbau GmbH", "BT-27"), ("2026-0117", "BT-1")] {
        let refused = owner.uploads("/v1/invoices/import", changed(place, &long), term).await;
        assert_eq!(refused.body["errors"][0]["pointer"], json!(term), "{}", refused.body);
        refused.is_refused_as("text-too-long");
    }
    let taken = owner.uploads("/v1/invoices/import", SAMPLE.into(), "the same with its own numbers").await.succeeds();
    owner.gets(&format!("/v1/invoices/{}?min_position={}", taken.id(), taken.position())).await.succeeds();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_rule_is_an_exception_with_a_verdict_that_can_be_given_again() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let owner = &company.owner;

    let imported = owner.uploads("/v1/invoices/import", without_specification(), "one").await.succeeds();
    let id = imported.id();
    assert_eq!(imported.body["status"], "in_exception");
    assert_eq!(imported.body["exceptions"][0]["kind"], "rule");
    assert_eq!(imported.body["exceptions"][0]["findings"][0]["rule"], "BR-01");

    let at = imported.position();
    let verdict = owner.gets(&format!("/v1/invoices/{id}/verdict?min_position={at}")).await.succeeds().body;
    assert_eq!((&verdict["valid"], &verdict["fatal"]), (&json!(false), &json!(1)));
    for (query, found) in [("rule=BR-01&valid=false", 1), ("rule=BR-02", 0), ("valid=true", 0)] {
        let listed = owner.gets(&format!("/v1/einvoices/verdicts?{query}")).await.succeeds();
        assert_eq!(listed.body["data"].as_array().map(Vec::len), Some(found), "{query}");
    }

    // An older release did not know the rule: then it was valid, and now it would not be.
    let older = RuleSetRelease { name: "en16931_ubl".to_owned(), version: "1.0.0".to_owned() };
    record(&app, &company, &id, Verdict::of(vec![older], vec![])).await;
    let changes = owner.gets("/v1/einvoices/verdict-changes").await.succeeds().body;
    assert_eq!(changes["examined"], 1);
    let change = &changes["changed"][0];
    assert_eq!((&change["invoice_id"], &change["was_valid"], &change["would_be_valid"]), (&json!(id), &json!(true), &json!(false)));
    assert_eq!(change["newly_broken"], json!(["BR-01"]));

    let again = owner.posts(&format!("/v1/invoices/{id}/revalidate"), json!({})).await.succeeds();
    assert_eq!(again.body["valid"], json!(false));
    let at = again.position();
    assert_eq!(owner.gets(&format!("/v1/einvoices/verdict-changes?min_position={at}")).await.body["changed"], json!([]));

    // Its exception is resolved by a person, never by a verdict.
    assert_eq!(owner.gets(&format!("/v1/invoices/{id}")).await.body["status"], "in_exception");
}

async fn record(app: &TestApp, company: &Company, id: &str, verdict: Verdict) {
    let ctx = app.system.context(company.tenant, UserId(Uuid::from_u128(1))).await.expect("a context");
    let id = InvoiceId(id.parse().expect("an id"));
    let done = app.system.commands.run(&ctx, &RecordVerdict { id, verdict }).await.expect("recorded");
    app.system.settled(company.tenant, done.receipt.position).await.expect("readable");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_written_in_another_syntax_and_says_what_it_lost() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let owner = &company.owner;

    let (status, cii) = owner.shows(&format!("{CONVERT}?to=cii"), SAMPLE.into(), "*/*").await;
    assert_eq!(status, 200, "{cii}");
    let written = looked_at(owner, cii.clone().into_bytes()).await;
    assert_eq!((&written["syntax"], &written["number"], &written["valid"]), (&json!("cii"), &json!("2026-0117"), &json!(true)));

    let (_, back) = owner.shows(&format!("{CONVERT}?to=ubl"), cii.into_bytes(), "application/json").await;
    let back: Value = serde_json::from_str(&back).expect("JSON");
    assert_eq!((&back["media_type"], &back["valid"], &back["not_carried"]), (&json!("application/xml"), &json!(true), &json!([])));

    let (_, paper) = owner.shows(&format!("{CONVERT}?to=facturx"), SAMPLE.into(), "application/json").await;
    let paper: Value = serde_json::from_str(&paper).expect("JSON");
    let pdf = STANDARD.decode(paper["document"].as_str().expect("a document")).expect("base64");
    let read = looked_at(owner, pdf).await;
    assert_eq!((&read["attachment"], &read["number"]), (&json!("factur-x.xml"), &json!("2026-0117")));

    // A colour has no place in EN 16931: it is named, not silently dropped.
    let coloured = changed(
        "</cac:Item>",
        "<cac:AdditionalItemIdentification><cbc:ID>crimson-7</cbc:ID></cac:AdditionalItemIdentification></cac:Item>",
    );
    let (_, report) = owner.shows(&format!("{CONVERT}?to=cii"), coloured, "application/json").await;
    assert!(report.contains("crimson-7"), "{report}");

    let (status, problem) = owner.shows(&format!("{CONVERT}?to=ubl"), b"<a".to_vec(), "*/*").await;
    assert_eq!((status, problem.contains("\"malformed\"")), (422, true), "{problem}");
    let (status, _) = owner.shows(&format!("{CONVERT}?to=edifact"), SAMPLE.into(), "*/*").await;
    assert_eq!(status, 422);
    assert_eq!(owner.gets("/v1/invoices").await.body["data"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_in_has_no_document_to_judge() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let vendor = json!({ "name": "Muster", "vat_id": "DE136695976", "address": { "country": "DE" } });
    let vendor = owner.posts("/v1/vendors", vendor).await.succeeds().id();
    let line =
        json!({ "name": "Desk", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "100.00", "tax": { "code": "S", "rate": "0" } });
    let invoice = json!({ "vendor_id": vendor, "number": "1", "issue_date": "2026-11-02", "currency": "EUR", "lines": [line] });
    let id = owner.posts("/v1/invoices", invoice).await.succeeds().id();
    owner.posts(&format!("/v1/invoices/{id}/revalidate"), json!({})).await.is_refused_as("no-document");
    owner.gets(&format!("/v1/invoices/{id}/verdict")).await.is_refused_as("not-found");
    let unknown = Uuid::from_u128(7);
    owner.posts(&format!("/v1/invoices/{unknown}/revalidate"), json!({})).await.is_refused_as("not-found");
}
