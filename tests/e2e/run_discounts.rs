//! Discounts of what is owed in parts, and of what the next run would pay too late (P3, SEMANTICS 4 and 9).

use chrono::{Datelike, NaiveDate};
use quittance_tests::{day, today};
use serde_json::{Value, json};

use crate::payment_runs::{MUELLER, Office};

/// 2 % within ten days; half is due in five days, half in forty.
async fn in_halves(office: &Office, on_partials: bool) -> String {
    let half = |days: u16| json!({ "percent": "50", "due": { "kind": "net_days", "days": days } });
    let rule = json!({ "name": "halves", "discount_on_partials": on_partials, "discounts": [{ "percent": "2", "days": 10 }], "instalments": [half(5), half(40)] });
    granting(office, rule).await
}

async fn granting(office: &Office, rule: Value) -> String {
    let vendor = office.vendor("Müller & Söhne", MUELLER).await;
    office.anna.posts("/v1/payment-terms", json!({ "code": "T", "rule": rule })).await.succeeds();
    office.anna.posts(&format!("/v1/vendors/{vendor}/details"), json!({ "payment_terms": "T" })).await.succeeds();
    office.bob.posts(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.succeeds();
    vendor
}

async fn approved(office: &Office, vendor: &str, number: &str, price: &str, issued: NaiveDate) -> String {
    let line =
        json!({ "name": number, "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "S", "rate": "0" } });
    let invoice = json!({ "vendor_id": vendor, "number": number, "issue_date": issued, "currency": "EUR", "lines": [line] });
    let id = office.anna.posts("/v1/invoices", invoice).await.succeeds().id();
    office.approves(&id).await;
    id
}

async fn proposed(office: &Office, more: Value) -> String {
    let mut run = json!({ "method": "sepa_credit_transfer", "debtor_account_id": office.account, "run_date": day(1) });
    run.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    office.tess.posts("/v1/payment-runs", run).await.succeeds().id()
}

/// Of each item that is paid: its instalment, those with it, money and discount.
async fn items(office: &Office, run: &str) -> Vec<Value> {
    let items = office.reads(&format!("/v1/payment-runs/{run}/items?excluded=false")).await;
    told(&items)
}

fn told(items: &Value) -> Vec<Value> {
    let told = |item: &Value| json!([item["instalment"], item["with_instalments"], item["amount"]["amount"], item["discount"]["amount"]]);
    items["data"].as_array().expect("items").iter().map(told).collect()
}

async fn planned(office: &Office, run: &str) -> Vec<Value> {
    told(&office.reads(&format!("/v1/payment-runs/{run}/items?state=planned")).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_pays_every_instalment_in_the_window_takes_the_discount() {
    let office = Office::open().await;
    let vendor = in_halves(&office, false).await;
    let invoice = approved(&office, &vendor, "M-1", "1000", day(-4)).await;
    let run = proposed(&office, json!({ "due_until": day(60), "next_run_date": day(8) })).await;
    assert_eq!(items(&office, &run).await, [json!([1, [2], "980.00", "20.00"])]);
    // The second instalment is reserved as the first one is.
    let again = proposed(&office, json!({ "due_until": day(60), "next_run_date": day(8) })).await;
    assert_eq!(office.says(&again, &invoice).await, "in_another_run");
    office.pays(&run).await;
    assert_eq!(office.says(&run, &invoice).await, "planned");
    let seen = office.reads(&format!("/v1/invoices/{invoice}")).await;
    assert_eq!((&seen["claimed"]["amount"], &seen["open"]["amount"]), (&json!("1000.00"), &json!("1000.00")), "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instalment_takes_its_share_of_the_discount_where_part_payments_earn_one() {
    let office = Office::open().await;
    let vendor = in_halves(&office, true).await;
    let invoice = approved(&office, &vendor, "M-1", "1000", day(-4)).await;
    // The other half is 35 days from being due, and the next run is in time for its share.
    let first = proposed(&office, json!({ "due_until": day(3), "next_run_date": day(4) })).await;
    assert_eq!(items(&office, &first).await, [json!([1, null, "490.00", "10.00"])]);
    office.pays(&first).await;
    assert_eq!(planned(&office, &first).await, [json!([1, null, "490.00", "10.00"])]);
    let second = proposed(&office, json!({ "next_run_date": day(20) })).await;
    assert_eq!(items(&office, &second).await, [json!([2, null, "490.00", "10.00"])], "the last part takes the rest");
    office.pays(&second).await;
    assert_eq!(planned(&office, &second).await, [json!([2, null, "490.00", "10.00"])]);
    let seen = office.reads(&format!("/v1/invoices/{invoice}")).await;
    assert_eq!(seen["claimed"]["amount"], "1000.00", "{seen}");
}

/// The next run is on a holiday: its money moves a day later at least.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_to_a_run_whose_money_moves_too_late() {
    let office = Office::open().await;
    let net = json!({ "percent": "100", "due": { "kind": "net_days", "days": 30 } });
    let rule = json!({ "name": "2/10 net 30", "discounts": [{ "percent": "2", "days": 10 }], "instalments": [net] });
    let vendor = granting(&office, rule).await;
    let discounted = approved(&office, &vendor, "M-1", "1000", day(-2)).await;
    let due = approved(&office, &vendor, "M-22", "77", day(-22)).await;
    let next = json!({ "next_run_date": day(8) });
    let before = proposed(&office, json!({ "next_run_date": day(8), "vendors": [vendor], "method": "manual" })).await;
    for invoice in [&discounted, &due] {
        assert_eq!(office.says(&before, invoice).await, "not_due", "nobody waits for a bank");
    }
    let holiday = json!({ "year": day(8).year(), "holidays": [{ "on": day(8), "name": "No bank works" }] });
    office.company.owner.posts("/v1/fiscal-calendar/holidays", holiday).await.succeeds();
    let run = proposed(&office, next).await;
    assert_eq!(office.says(&run, &discounted).await, "selected", "its last day is that holiday");
    assert_eq!(office.says(&run, &due).await, "selected", "so is the day on which it is due");
    let criteria = office.reads(&format!("/v1/payment-runs/{run}")).await["criteria"].clone();
    assert_eq!(criteria["next_run_date"], json!(day(8)));
    assert!(criteria["due_until"].as_str().expect("a day") >= today().max(day(8)).to_string().as_str(), "{criteria}");
}
