//! Payments beyond the SEPA by bank file: any currency, to an account that a BIC or a clearing number finds (P5).

use quittance_tests::app::Answer;
use quittance_tests::data::{data, xmllint};
use quittance_tests::day;
use serde_json::{Value, json};

use crate::payment_runs::{MUELLER, Office};

/// A vendor in Cambodia, with an account at a bank there, and an approved invoice in dollars.
pub async fn abroad(office: &Office, name: &str, address: Value, account: Value) -> (String, String) {
    let vendor = office.anna.posts("/v1/vendors", json!({ "name": name, "address": address })).await.succeeds().id();
    office.anna.opens_account(&office.bob, &vendor, json!({ "account": account })).await;
    let invoice = in_dollars(office, &vendor, &format!("{name}-1")).await;
    (vendor, invoice)
}

async fn in_dollars(office: &Office, vendor: &str, number: &str) -> String {
    let quote = json!({ "unit": "EUR", "currency": "USD", "on": day(-60), "rate": "1.10" });
    office.tess.posts("/v1/exchange-rates", json!({ "source": "House bank", "quotes": [quote] })).await.succeeds();
    let line =
        json!({ "name": number, "quantity": { "value": "1", "unit": "C62" }, "unit_price": "815.50", "tax": { "code": "S", "rate": "0" } });
    let invoice =
        json!({ "vendor_id": vendor, "number": number, "issue_date": day(-50), "due_date": day(-2), "currency": "USD", "lines": [line] });
    let invoice = office.anna.posts("/v1/invoices", invoice).await.succeeds().id();
    office.approves(&invoice).await;
    invoice
}

pub fn phnom_penh() -> Value {
    json!({ "lines": ["Street 51"], "city": "Phnom Penh", "country": "KH" })
}

pub fn at_aba(number: &str) -> Value {
    let bank = json!({ "name": "Advanced Bank of Asia", "town": "Phnom Penh", "country": "KH" });
    json!({ "kind": "other", "account": number, "bic": "ABAAKHPP", "bank": bank })
}

pub async fn plans(office: &Office, invoice: &str, instructions: Value) -> Answer {
    let mut plan =
        json!({ "method": "international_credit_transfer", "debtor_account_id": office.account, "items": [{ "invoice_id": invoice }] });
    if !instructions.is_null() {
        plan["instructions"] = instructions;
    }
    office.tess.posts("/v1/payments", plan).await
}

pub fn is_valid(file: &[u8], schema: &str) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("file.xml");
    std::fs::write(&path, file).expect("room for a file");
    let schema = data(&format!("iso20022-xsd/{schema}"));
    let judged = xmllint(&["--noout", "--schema", &schema.to_string_lossy()], &path);
    judged.unwrap_or_else(|complaints| panic!("{complaints}"));
    String::from_utf8_lossy(file).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_abroad_leaves_by_file_with_what_the_banks_between_ask_for() {
    let office = Office::open().await;
    let (_, invoice) = abroad(&office, "Mekong", phnom_penh(), at_aba("000 123 456")).await;
    let instructions = json!({ "charges": "debtor", "urgent": true, "purpose": "GDDS", "category_purpose": "SUPP" });
    let payment = plans(&office, &invoice, instructions).await.succeeds().id();
    office.theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
    let only_sepa = json!({ "format": "pain.001.003.03" });
    office.tess.posts(&format!("/v1/payments/{payment}/execute"), only_sepa).await.is_refused_as("file-not-expressible");
    office.tess.posts(&format!("/v1/payments/{payment}/execute"), json!({})).await.succeeds();
    let mut files = Vec::new();
    for _ in 0..2 {
        files.push(office.tess.downloads(&format!("/v1/payments/{payment}/file")).await.1);
    }
    assert_eq!(files[0], files[1], "the same bytes each time");
    let xml = is_valid(&files[0], "pain.001/pain.001.001.09.xsd");
    for part in [
        "<ChrgBr>DEBT</ChrgBr>",
        "<Cd>URGP</Cd>",
        "<BICFI>ABAAKHPP</BICFI>",
        "<Id>000 123 456</Id>",
        "Ccy=\"USD\">815.50<",
        "<Cd>GDDS</Cd>",
    ] {
        assert!(xml.contains(part), "{part} is not in {xml}");
    }
    assert!(!xml.contains("<Cd>SEPA</Cd>"));
    let settled = office.tess.posts(&format!("/v1/payments/{payment}/settle"), json!({ "value_date": day(0) })).await.succeeds();
    let seen = office.anna.gets(&format!("/v1/invoices/{invoice}?min_position={}", settled.position())).await.succeeds().body;
    assert_eq!(seen["status"], "paid");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_bank_would_carry_is_refused_when_it_is_planned() {
    let office = Office::open().await;
    let (_, lost) = abroad(&office, "Nowhere", json!({ "country": "KH" }), at_aba("111")).await;
    plans(&office, &lost, Value::Null).await.is_refused_as("creditor-address-incomplete");
    let (_, nameless) = abroad(&office, "Bankless", phnom_penh(), json!({ "kind": "other", "account": "222" })).await;
    plans(&office, &nameless, Value::Null).await.is_refused_as("transfer-needs-bank");
    let alps = office.vendor("Alpen AG", "CH4431999123000889012").await;
    let bill = office.approved(&alps, "2026-17", "10.00", day(-2)).await;
    let sepa = json!({ "method": "sepa_credit_transfer", "debtor_account_id": office.account, "items": [{ "invoice_id": bill }] });
    office.tess.posts("/v1/payments", sepa).await.is_refused_as("qr-reference-missing");
    let by_hand = json!({ "method": "manual", "items": [{ "invoice_id": bill }] });
    office.tess.posts("/v1/payments", by_hand).await.succeeds();
    let mueller = office.vendor("Müller", MUELLER).await;
    let invoice = office.approved(&mueller, "M-1", "10.00", day(-2)).await;
    let plan = json!({ "method": "sepa_credit_transfer", "debtor_account_id": office.account, "items": [{ "invoice_id": invoice }],
        "instructions": { "urgent": true } });
    office.tess.posts("/v1/payments", plan).await.is_refused_as("instructions-not-taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_takes_what_goes_abroad_and_leaves_euros_within_the_sepa_to_it() {
    let office = Office::open().await;
    let (_, first) = abroad(&office, "Mekong", phnom_penh(), at_aba("000 123 456")).await;
    let mueller = office.vendor("Müller", MUELLER).await;
    let (euros, dollars) = (office.approved(&mueller, "M-1", "10.00", day(-2)).await, in_dollars(&office, &mueller, "M-22").await);
    let run = json!({ "method": "international_credit_transfer", "debtor_account_id": office.account, "run_date": day(3),
        "next_run_date": day(10), "instructions": { "charges": "creditor" } });
    let run = office.tess.posts("/v1/payment-runs", run).await.succeeds().id();
    for (invoice, word) in [(&first, "selected"), (&dollars, "selected"), (&euros, "account_not_on_rail")] {
        assert_eq!(&office.says(&run, invoice).await, word);
    }
    let xml = is_valid(&office.pays(&run).await, "pain.001/pain.001.001.09.xsd");
    assert!(xml.contains("<ChrgBr>CRED</ChrgBr>") && xml.contains("<NbOfTxs>2</NbOfTxs>"), "{xml}");
}
