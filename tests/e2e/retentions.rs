//! Retentions over HTTP: kept back, not paid, released on their day, and the books say where they stand.

use serde_json::{Value, json};

use crate::approval_policies::{approves, submitted, vendor};
use crate::rest_client::Office;
use quittance_tests::day;

/// An approved invoice of 500.00 with 5 percent kept back until tomorrow.
async fn case() -> (Office, String) {
    let office = Office::open().await;
    let vendor = vendor(&office, "Muster").await;
    office.by("approver").post(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.done();
    let invoice = submitted(&office, &vendor, "I-1", "500.00").await;
    let retain = format!("/v1/invoices/{invoice}/retain");
    let tomorrow = day(1);
    let body = |percent: &str| json!({ "percent": percent, "release_on": tomorrow.to_string(), "reason": "until it stands" });
    office.by("clerk").post(&retain, body("5")).await.refused(409, "wrong-state");
    approves(&office, "approver", &invoice).await.done();
    office.by("clerk").post(&retain, body("0")).await.refused(422, "invalid-field").at("/percent");
    office.by("clerk").post(&retain, body("100.01")).await.refused(422, "invalid-field").at("/percent");
    office.by("clerk").post(&retain, body("5")).await.done();
    (office, invoice)
}

async fn reads(office: &Office, path: &str) -> Value {
    let mark = if path.contains('?') { '&' } else { '?' };
    office.by("viewer").get(&format!("{path}{mark}min_position={}", office.head().await)).await.done().body
}

async fn amounts(office: &Office, invoice: &str) -> [String; 3] {
    let invoice = reads(office, &format!("/v1/invoices/{invoice}")).await;
    let told = |value: &Value| value.as_str().expect("a text").to_owned();
    [told(&invoice["open"]["amount"]), told(&invoice["retained"]["amount"]), told(&invoice["status"])]
}

/// What the books hold of what is payable and of what is kept back; ageing says the same of the first.
async fn books(office: &Office) -> [String; 2] {
    let ageing = reads(office, "/v1/reports/ap-ageing").await;
    assert!(
        ageing["totals"].as_array().expect("totals").iter().all(|total| total["control"]["difference"]["amount"] == "0.00"),
        "{ageing}"
    );
    let lines = reads(office, "/v1/reports/trial-balance").await["lines"].as_array().expect("lines").clone();
    ["2000", "2020"].map(|account| {
        let line = lines.iter().find(|line| line["account"] == account);
        line.map_or("0.00".to_owned(), |line| line["balance"]["amount"].as_str().expect("an amount").to_owned())
    })
}

#[tokio::test]
async fn what_is_kept_back_is_paid_after_its_release() {
    let (office, invoice) = case().await;
    assert_eq!(amounts(&office, &invoice).await, ["475.00", "25.00", "approved"]);
    assert_eq!(books(&office).await, ["-475.00", "-25.00"]);
    let kept = reads(&office, "/v1/invoices?has_retention=true").await;
    assert_eq!((kept["data"].as_array().map(Vec::len), &kept["data"][0]["id"]), (Some(1), &json!(invoice)));
    let plan = |amount: &str| json!({ "method": "manual", "items": [{ "invoice_id": invoice, "amount": { "amount": amount, "currency": "EUR" } }] });
    office.by("treasurer").post("/v1/payments", plan("475.01")).await.refused(409, "exceeds-open-amount");
    office.by("treasurer").post("/v1/payments", plan("475.00")).await.done();

    let allocation = reads(&office, &format!("/v1/invoices/{invoice}")).await["allocations"][0]["allocation_id"].clone();
    let release = format!("/v1/invoices/{invoice}/release-retention");
    let body = json!({ "allocation_id": allocation, "reason": "it stands" });
    office.by("clerk").post(&release, body.clone()).await.refused(403, "role-missing");
    office.by("treasurer").post(&release, body.clone()).await.refused(409, "retention-not-due");
    let mut early = body.clone();
    early["effective_date"] = json!(day(1));
    office.by("treasurer").post(&release, early).await.refused(422, "day-to-come").at("/effective_date");

    // The same since yesterday, until today.
    office.by("treasurer").post(&format!("/v1/invoices/{invoice}/reverse-allocation"), body).await.done();
    let until_today = json!({ "percent": "5", "release_on": day(0), "effective_date": day(-1), "reason": "until it stands" });
    office.by("clerk").post(&format!("/v1/invoices/{invoice}/retain"), until_today).await.done();
    assert_eq!(amounts(&office, &invoice).await, ["475.00", "25.00", "scheduled"]);
    let allocation = reads(&office, &format!("/v1/invoices/{invoice}")).await["allocations"][0]["allocation_id"].clone();
    let on_its_day = json!({ "allocation_id": allocation, "reason": "it stands" });
    office.by("treasurer").post(&release, on_its_day.clone()).await.done();
    office.by("treasurer").post(&release, on_its_day).await.done();
    assert_eq!(amounts(&office, &invoice).await, ["500.00", "0.00", "scheduled"]);
    office.by("treasurer").post("/v1/payments", plan("25.01")).await.refused(409, "exceeds-open-amount");
    office.by("treasurer").post("/v1/payments", plan("25.00")).await.done();
    assert!(reads(&office, "/v1/invoices?has_retention=true").await["data"].as_array().expect("a list").is_empty());
}

#[tokio::test]
async fn what_was_kept_back_in_error_is_undone() {
    let (office, invoice) = case().await;
    let allocation = reads(&office, &format!("/v1/invoices/{invoice}")).await["allocations"][0]["allocation_id"].clone();
    let back = json!({ "allocation_id": allocation, "reason": "meant for another" });
    let reverse = format!("/v1/invoices/{invoice}/reverse-allocation");
    // It would be payable before its day.
    office.by("clerk").post(&reverse, back.clone()).await.refused(403, "role-missing");
    assert_eq!(amounts(&office, &invoice).await, ["475.00", "25.00", "approved"]);
    office.by("treasurer").post(&reverse, back).await.done();
    assert_eq!(amounts(&office, &invoice).await, ["500.00", "0.00", "approved"]);
    assert_eq!(books(&office).await, ["-500.00", "0.00"]);
    let past = json!({ "percent": "5", "release_on": "2026-01-31", "reason": "too late" });
    office.by("clerk").post(&format!("/v1/invoices/{invoice}/retain"), past).await.refused(422, "retention-over").at("/release_on");
}

#[tokio::test]
async fn what_only_a_retention_leaves_open_says_so_and_can_still_be_held() {
    let (office, invoice) = case().await;
    let all = json!({ "method": "manual", "items": [{ "invoice_id": invoice }] });
    let planned = office.by("treasurer").post("/v1/payments", all.clone()).await.done();
    let payment = format!("/v1/payments/{}", planned.body["id"].as_str().expect("an id"));
    office.by("second_treasurer").post(&format!("{payment}/authorise"), json!({})).await.done();
    let record = json!({ "method": "wire", "reference": "W-1", "paid_on": day(0) });
    office.by("treasurer").post(&format!("{payment}/record"), record).await.done();
    office.by("treasurer").post(&format!("{payment}/settle"), json!({ "value_date": day(0) })).await.done();

    let paid = reads(&office, &format!("/v1/invoices/{invoice}")).await;
    let figures = ["payable", "settled", "open", "retained"].map(|name| paid[name]["amount"].as_str().expect("an amount").to_owned());
    assert_eq!(figures, ["500.00", "475.00", "0.00", "25.00"]);
    let why = reads(&office, &format!("/v1/invoices/{invoice}/why-not-paid")).await;
    let blocker = why["blocked_by"].as_array().expect("blockers").iter().find(|blocker| blocker["kind"] == "retained");
    let detail = format!("25.00 EUR of it is retained until {}", day(1));
    assert_eq!(blocker.expect("the retention")["detail"], json!(detail), "{why}");
    assert_eq!(why["days_late"], Value::Null);

    office.by("treasurer").post("/v1/payments", all).await.refused(409, "nothing-open");
    let hold = json!({ "kind": "delivery", "reason": "it leaks" });
    office.by("clerk").post(&format!("/v1/invoices/{invoice}/hold"), hold).await.done();
}
