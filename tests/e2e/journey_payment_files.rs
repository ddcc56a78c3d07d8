//! Bank files as a treasurer fetches them, judged by the official schemas.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use quittance_domain::role::Role;
use quittance_tests::app::{Company, Person, TestApp};
use quittance_tests::data::{data, xmllint};
use serde_json::json;

use crate::approval_deadlines::Ahead;

const DEBTOR: &str = "DE02120300000000202051";

/// Two vendors' invoices, approved; one of the names needs more than ASCII.
async fn approved_invoices(app: &TestApp, company: &Company) -> Vec<String> {
    let clerk = app.user(company, "clerk", Role::ApClerk).await;
    let approver = app.user(company, "approver", Role::Approver).await;
    let mut invoices = Vec::new();
    for (name, vat, iban, price) in [
        ("Müller & Söhne <GmbH>", "DE136695976", "DE89370400440532013000", "1200.10"),
        ("Atelier Ñandú", "FR40303265045", "FR1420041010050500013M02606", "0.35"),
    ] {
        let vendor = json!({ "name": name, "vat_id": vat, "address": { "city": "Köln", "country": &vat[..2] } });
        let vendor = clerk.posts("/v1/vendors", vendor).await.succeeds().id();
        let account = json!({ "account": { "kind": "iban", "iban": iban } });
        clerk.opens_account(&approver, &vendor, account).await;
        let line = json!({ "name": "Goods", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "S", "rate": "0" } });
        let invoice =
            json!({ "vendor_id": vendor, "number": format!("R/{vat}"), "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] });
        let invoice = clerk.posts("/v1/invoices", invoice).await.succeeds().id();
        clerk.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
        approver.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
        invoices.push(invoice);
    }
    invoices
}

/// Plans, authorises by another person, executes in a format, and fetches the file.
async fn bank_file(tess: &Person, theo: &Person, invoices: &[String], format: &str) -> Vec<u8> {
    bank_file_of(tess, theo, invoices, format, None).await
}

async fn bank_file_of(tess: &Person, theo: &Person, invoices: &[String], format: &str, day: Option<&str>) -> Vec<u8> {
    let payment = planned(tess, theo, invoices, format, day).await;
    executed(tess, &payment, format).await
}

async fn planned(tess: &Person, theo: &Person, invoices: &[String], format: &str, day: Option<&str>) -> String {
    let account = json!({ "name": format, "currency": "EUR", "account": { "kind": "iban", "iban": DEBTOR } });
    let account = tess.posts("/v1/company/bank-accounts", account).await.succeeds().body["bank_account_id"].clone();
    let items: Vec<_> = invoices.iter().map(|id| json!({ "invoice_id": id })).collect();
    let plan = json!({ "method": "sepa_credit_transfer", "debtor_account_id": account, "items": items, "execution_date": day });
    let payment = tess.posts("/v1/payments", plan).await.succeeds().id();
    theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
    payment
}

async fn executed(tess: &Person, payment: &str, format: &str) -> Vec<u8> {
    tess.posts(&format!("/v1/payments/{payment}/execute"), json!({ "format": format })).await.succeeds();
    let (status, file) = tess.downloads(&format!("/v1/payments/{payment}/file")).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&file));
    file
}

async fn validates(format: &str) {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let invoices = approved_invoices(&app, &company).await;
    let (tess, theo) = (app.user(&company, "tess", Role::Treasurer).await, app.user(&company, "theo", Role::Treasurer).await);
    let file = bank_file(&tess, &theo, &invoices, format).await;

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file.xml");
    std::fs::write(&path, &file).expect("room");
    let schema = data(&format!("iso20022-xsd/pain.001/{format}.xsd"));
    let schema = schema.to_str().expect("a plain path");
    xmllint(&["--noout", "--schema", schema], &path).unwrap_or_else(|complaints| panic!("{format}: {complaints}"));
    for (place, expected) in [("CtrlSum", "1200.45"), ("NbOfTxs", "2")] {
        let stated = xmllint(&["--xpath", &format!("string(//*[local-name()='GrpHdr']/*[local-name()='{place}'])")], &path);
        assert_eq!(stated.map(|text| text.trim().to_owned()), Ok(expected.to_owned()), "{format}: {place}");
    }

    // The schema is one that refuses: the same file without its payments does not validate.
    let text = String::from_utf8(file).expect("UTF-8");
    std::fs::write(&path, text.replace("<PmtMtd>TRF</PmtMtd>", "")).expect("room");
    xmllint(&["--noout", "--schema", schema], &path).expect_err("a payment method is required");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetched_pain_001_001_09_validates() {
    validates("pain.001.001.09").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetched_pain_001_001_03_validates() {
    validates("pain.001.001.03").await;
}

/// A bank refuses a day that has passed.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_planned_for_a_day_that_has_passed_is_asked_for_today() {
    let clock = Arc::new(Ahead(AtomicI64::new(0)));
    let app = TestApp::by_the_time_of(clock.clone()).await;
    let company = app.company("Acme").await;
    let invoices = approved_invoices(&app, &company).await;
    let (tess, theo) = (app.user(&company, "tess", Role::Treasurer).await, app.user(&company, "theo", Role::Treasurer).await);
    let day_of = |file: Vec<u8>| {
        let text = String::from_utf8(file).expect("UTF-8");
        let (_, asked) = text.split_once("<ReqdExctnDt>").expect("a day");
        asked.trim_start().trim_start_matches("<Dt>")[..10].to_owned()
    };
    let payment = planned(&tess, &theo, &invoices[..1], "pain.001.001.09", None).await;
    clock.0.store(48, Ordering::Relaxed);
    let late = executed(&tess, &payment, "pain.001.001.09").await;
    let today = || app.system.commands.ports().edge.now().date_naive().to_string();
    let before = today();
    assert!([before, today()].contains(&day_of(late)), "{}", today());
    let early = bank_file_of(&tess, &theo, &invoices[1..], "pain.001.001.09", Some("2099-12-31")).await;
    assert_eq!(day_of(early), "2099-12-31");
}
