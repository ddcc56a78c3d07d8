//! What the books said at a moment as far as was known then is said for ever, whatever is learnt later (B1).

use chrono::{DateTime, SecondsFormat, Utc};
use quittance_application::ports::Edge;
use quittance_infrastructure::edge::SystemEdge;
use quittance_tests::day;
use serde_json::{Value, json};

use crate::books::{Office, office, taxed};

/// The reports of the API that take a moment, with what else they must be asked.
async fn paths(o: &Office, (vendor, customer): (&str, &str), known_at: DateTime<Utc>) -> Vec<String> {
    let api = o.read("/openapi.json").await;
    let mut paths = Vec::new();
    for (path, operations) in api["paths"].as_object().expect("paths") {
        let named: Vec<&str> =
            operations["get"]["parameters"].as_array().into_iter().flatten().filter_map(|parameter| parameter["name"].as_str()).collect();
        if path.starts_with("/v1/reports/") && named.contains(&"known_at") {
            let today = day(0).to_string();
            let at = known_at.to_rfc3339_opts(SecondsFormat::Micros, true);
            let values = [
                ("from", "2020-01-01"),
                ("to", "2099-12-31"),
                ("as_of", &today),
                ("vendor_id", vendor),
                ("customer_id", customer),
                ("year", "2026"),
                ("at", &at),
            ];
            let asked = values.iter().filter(|(name, _)| named.contains(name)).map(|(name, value)| format!("{name}={value}"));
            let known_at = format!("known_at={at}");
            paths.push(format!("{path}?{}", asked.chain([known_at]).collect::<Vec<_>>().join("&")));
        }
    }
    paths
}

async fn told(o: &Office, paths: &[String], after: i64) -> Vec<Value> {
    let mut told = Vec::new();
    for path in paths {
        told.push(o.read(&format!("{path}&min_position={after}")).await);
    }
    told
}

/// A code by which payments keep tax back, from long ago on.
fn kept_back(code: &str, percent: &str) -> Value {
    json!({ "code": code, "rule": { "name": "Contractors", "account_code": "2200", "rates": [{ "from": "2020-01-01", "percent": percent }] } })
}

/// Received, approved, held, in a payment: one invoice of each, with a discount for the next days, of a vendor whose payments keep tax back.
async fn a_day(o: &Office) -> (String, [String; 4], i64) {
    let instalment = json!({ "percent": "100", "due": { "kind": "net_days", "days": 30 } });
    let rule = json!({ "name": "2/20 net 30", "instalments": [instalment], "discounts": [{ "percent": "2", "days": 20 }] });
    o.anna.posts("/v1/payment-terms", json!({ "code": "2-20-N30", "rule": rule })).await.succeeds();
    o.tess.posts("/v1/withholding-taxes", kept_back("WHT-10", "10")).await.succeeds();
    o.tess.posts("/v1/withholding-taxes", kept_back("WHT-20", "20")).await.succeeds();
    let vendor = o.vendor().await;
    o.anna
        .posts(
            &format!("/v1/vendors/{vendor}/details"),
            json!({ "number": "V-7", "payment_terms": "2-20-N30", "withholding_tax": "WHT-10" }),
        )
        .await
        .succeeds();
    o.bob.posts(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.succeeds();
    let received = o.anna.posts("/v1/invoices", taxed(&vendor, "K-1001", "100.00", &day(-3).to_string())).await.succeeds().id();
    let approved = o.approved(taxed(&vendor, "M-2202", "210.00", &day(-4).to_string())).await;
    let held = o.anna.posts("/v1/invoices", taxed(&vendor, "P-3403", "330.00", &day(-5).to_string())).await.succeeds().id();
    let hold = o.bob.posts(&format!("/v1/invoices/{held}/hold"), json!({ "kind": "legal", "reason": "asked" })).await.succeeds();
    let planned = o.approved(taxed(&vendor, "Q-4504", "450.00", &day(-6).to_string())).await;
    let item = json!({ "invoice_id": planned });
    let payment = o.tess.posts("/v1/payments", json!({ "method": "manual", "items": [item] })).await.succeeds();
    let at = payment.position().max(hold.position());
    (vendor, [received, approved, held, payment.id()], at)
}

/// Owes two invoices of ours.
async fn a_customer(o: &Office) -> (String, [String; 2], i64) {
    let customer = o.anna.posts("/v1/customers", json!({ "party": { "name": "Laden am Eck" } })).await.succeeds().id();
    let line = json!({ "name": "Paper", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "10.00", "tax": { "code": "S", "rate": "19" } });
    let (mut sold, mut last) = (Vec::new(), 0);
    for _ in 0..2 {
        let draft = json!({ "customer_id": customer, "currency": "EUR", "lines": [line] });
        let id = o.anna.posts("/v1/receivables", draft).await.succeeds().id();
        last = o.anna.posts(&format!("/v1/receivables/{id}/issue"), json!({ "issue_date": day(-3) })).await.succeeds().position();
        sold.push(id);
    }
    (customer, sold.try_into().expect("two"), last)
}

#[tokio::test]
async fn every_report_of_a_moment_says_later_what_it_said_then() {
    let o = office().await;
    let (vendor, [received, approved, held, payment], at) = a_day(&o).await;
    let (customer, [lost, wrong], sold) = a_customer(&o).await;
    let at = at.max(sold);
    o.read(&format!("/v1/reports/cycle-times?from=2020-01-01&to=2099-12-31&min_position={at}")).await;
    let paths = paths(&o, (&vendor, &customer), SystemEdge.now()).await;
    assert!(paths.len() >= 15, "{paths:?}");
    let before = told(&o, &paths, at).await;
    let cash = paths.iter().position(|path| path.starts_with("/v1/reports/cash-requirements")).expect("the report");
    assert_ne!(before[cash]["lines"][0]["withheld"]["amount"], "0.00", "{}", before[cash]);

    o.anna.posts(&format!("/v1/invoices/{approved}/void"), json!({ "reason": "billed twice" })).await.succeeds();
    o.tess.posts(&format!("/v1/payments/{payment}/void"), json!({ "reason": "not today" })).await.succeeds();
    let dearer = json!({ "invoice": taxed(&vendor, "K-1001", "120.00", &day(-3).to_string()), "reason": "typing mistake" });
    o.anna.posts(&format!("/v1/invoices/{received}/amend"), dearer).await.succeeds();
    o.tess.posts("/v1/withholding-taxes", kept_back("WHT-10", "15")).await.succeeds();
    let by_another = json!({ "number": "V-7", "payment_terms": "2-20-N30", "withholding_tax": "WHT-20" });
    o.anna.posts(&format!("/v1/vendors/{vendor}/details"), by_another).await.succeeds();
    for hold in o.read(&format!("/v1/invoices/{held}")).await["placed_holds"].as_array().expect("holds") {
        let off = json!({ "hold_id": hold["hold_id"], "reason": "answered" });
        o.bob.posts(&format!("/v1/invoices/{held}/release-hold"), off).await.succeeds();
    }
    o.bob.posts(&format!("/v1/invoices/{held}/hold"), json!({ "kind": "legal", "reason": "again" })).await.succeeds();
    o.tess.posts(&format!("/v1/receivables/{lost}/write-off"), json!({ "reason": "gone" })).await.succeeds();
    o.anna.posts(&format!("/v1/receivables/{wrong}/cancel"), json!({ "reason": "wrong" })).await.succeeds();
    o.anna.posts(&format!("/v1/customers/{customer}"), json!({ "party": { "name": "Renamed since" } })).await.succeeds();
    let renamed = json!({ "name": "Renamed since", "vat_id": "DE136695976", "address": { "country": "DE" } });
    let last = o.anna.posts(&format!("/v1/vendors/{vendor}"), renamed).await.succeeds();
    for ((path, then), now) in paths.iter().zip(before).zip(told(&o, &paths, last.position()).await) {
        assert_eq!(then, now, "{path}");
    }
}
