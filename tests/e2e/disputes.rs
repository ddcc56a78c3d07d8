//! Disputes over HTTP: the rest of the invoice is paid, the disputed part waits and is seen in every place that asks for it.

use serde_json::{Value, json};

use crate::approval_policies::{approves, submitted, vendor};
use crate::rest_client::{Office, Reply};

struct Case {
    office: Office,
    vendor: String,
    invoice: String,
}

/// An approved invoice of 500.00.
async fn case() -> Case {
    let office = Office::open().await;
    let vendor = vendor(&office, "Muster").await;
    office.by("approver").post(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.done();
    let invoice = submitted(&office, &vendor, "I-1", "500.00").await;
    approves(&office, "approver", &invoice).await.done();
    Case { office, vendor, invoice }
}

impl Case {
    async fn disputes(&self, amount: Option<&str>) -> Reply {
        let amount = amount.map(|amount| json!({ "amount": amount, "currency": "EUR" }));
        let body = json!({ "reason": "delivered broken", "amount": amount });
        self.office.by("clerk").post(&format!("/v1/invoices/{}/dispute", self.invoice), body).await
    }

    async fn resolves(&self, person: &str) -> Reply {
        let body = json!({ "outcome": "vendor_right", "reason": "it was another pallet" });
        self.office.by(person).post(&format!("/v1/invoices/{}/resolve-dispute", self.invoice), body).await
    }

    /// A credit note comes in, is approved and set off against the invoice.
    async fn credited(&self, number: &str, price: &str) {
        let clerk = self.office.by("clerk");
        let line =
            json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "Z", "rate": "0" } });
        let credit = json!({ "vendor_id": self.vendor, "number": number, "kind": "credit_note", "issue_date": "2026-10-05", "currency": "EUR", "lines": [line] });
        let credit = clerk.post("/v1/invoices", credit).await.done().id();
        clerk.post(&format!("/v1/invoices/{credit}/submit"), json!({})).await.done();
        approves(&self.office, "approver", &credit).await.done();
        let apply = json!({ "credit_note_id": credit, "effective_date": "2026-11-10" });
        clerk.post(&format!("/v1/invoices/{}/apply-credit", self.invoice), apply).await.done();
    }

    async fn plans(&self, amount: Option<&str>) -> Reply {
        let amount = amount.map(|amount| json!({ "amount": amount, "currency": "EUR" }));
        let body = json!({ "method": "manual", "items": [{ "invoice_id": self.invoice, "amount": amount }] });
        self.office.by("treasurer").post("/v1/payments", body).await
    }

    async fn reads(&self, path: &str) -> Value {
        let mark = if path.contains('?') { '&' } else { '?' };
        self.office.by("viewer").get(&format!("{path}{mark}min_position={}", self.office.head().await)).await.done().body
    }

    async fn status(&self) -> (String, String) {
        let invoice = self.reads(&format!("/v1/invoices/{}", self.invoice)).await;
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        (text(&invoice["status"]), text(&invoice["disputed"]["amount"]))
    }

    /// What ageing says is owed and disputed, in all and of the vendor; both, from whichever side they are added up, agree.
    async fn aged(&self) -> (String, String) {
        let ageing = self.reads("/v1/reports/ap-ageing").await;
        let (total, line) = (&ageing["totals"][0], &ageing["vendors"]["data"][0]);
        assert_eq!((&total["total"], &total["disputed"]), (&line["total"], &line["disputed"]));
        assert_eq!(total["control"]["difference"]["amount"], "0.00");
        (total["total"]["amount"].as_str().expect("a text").to_owned(), total["disputed"]["amount"].as_str().expect("a text").to_owned())
    }

    /// State or reason and amount of what the next run finds.
    async fn run(&self) -> Vec<(String, Value)> {
        let run = json!({ "method": "manual", "run_date": "2026-12-10", "next_run_date": "2026-12-17" });
        let run = self.office.by("treasurer").post("/v1/payment-runs", run).await.done().id();
        let items = self.reads(&format!("/v1/payment-runs/{run}/items")).await["data"].clone();
        self.office.by("treasurer").post(&format!("/v1/payment-runs/{run}/cancel"), json!({ "reason": "only looking" })).await.done();
        let told = |item: &Value| (item["reason"].as_str().or(item["state"].as_str()).expect("a word").to_owned(), item.clone());
        items.as_array().expect("items").iter().map(told).collect()
    }
}

fn pair(one: &str, other: &str) -> (String, String) {
    (one.to_owned(), other.to_owned())
}

#[tokio::test]
async fn the_rest_of_a_disputed_invoice_is_paid_and_the_dispute_is_seen() {
    let case = case().await;
    case.disputes(Some("600.00")).await.refused(409, "exceeds-open-amount");
    case.disputes(Some("120.00")).await.done();
    assert_eq!(case.status().await, pair("disputed", "120.00"));
    assert_eq!(case.aged().await, pair("500.00", "120.00"));
    case.disputes(Some("130.00")).await.refused(409, "already-disputed");
    case.plans(Some("380.01")).await.refused(409, "disputed");

    let why = case.reads(&format!("/v1/invoices/{}/why-not-paid", case.invoice)).await;
    let dispute = why["blocked_by"].as_array().expect("blockers").iter().find(|b| b["kind"] == "dispute").expect("a dispute").clone();
    assert!(dispute["seconds"].as_i64().is_some_and(|seconds| seconds >= 0) && dispute["until"].is_null(), "{dispute}");
    let run = case.run().await;
    assert_eq!((run.len(), run[0].0.as_str(), &run[0].1["amount"]["amount"]), (1, "selected", &json!("380.00")));

    // All that is not disputed, without an amount that says so.
    let payment = case.plans(None).await.done();
    let payment = case.reads(&format!("/v1/payments/{}", payment.id())).await;
    assert_eq!(payment["total"]["amount"], "380.00");
    case.resolves("viewer").await.refused(403, "role-missing");
    case.resolves("approver").await.done();
    case.resolves("approver").await.refused(409, "not-disputed");
    assert_eq!(case.status().await, pair("scheduled", "0.00"));
    assert_eq!(case.aged().await, pair("500.00", "0.00"));
    case.plans(Some("120.00")).await.done();
    let why = case.reads(&format!("/v1/invoices/{}/why-not-paid", case.invoice)).await;
    assert!(why["was_blocked_by"].as_array().expect("blockers").iter().any(|b| b["kind"] == "dispute" && !b["until"].is_null()), "{why}");
}

#[tokio::test]
async fn what_the_vendor_credits_is_disputed_no_more() {
    let case = case().await;
    case.disputes(Some("120.00")).await.done();
    case.credited("CN-1", "100.00").await;
    assert_eq!(case.status().await, pair("disputed", "120.00"), "of part of it somebody says what becomes of the rest");
    case.credited("CN-2", "120.00").await;
    assert_eq!(case.status().await, pair("partially_paid", "0.00"));
    assert_eq!(case.aged().await, pair("280.00", "0.00"));
    case.plans(None).await.done();
    let queue = case.reads(&format!("/v1/exceptions?invoice_id={}&kind=dispute", case.invoice)).await["data"][0].clone();
    assert_eq!(queue["status"], "released", "{queue}");
}

#[tokio::test]
async fn a_dispute_is_ended_by_who_opened_it() {
    let case = case().await;
    case.disputes(Some("120.00")).await.done();
    case.resolves("clerk").await.done();
    assert_eq!(case.status().await, pair("approved", "0.00"));
}

#[tokio::test]
async fn an_invoice_disputed_whole_waits_until_a_credit_note_settles_it() {
    let case = case().await;
    case.disputes(None).await.done();
    case.plans(None).await.refused(409, "disputed");
    let run = case.run().await;
    assert_eq!((run[0].0.as_str(), &run[0].1["detail"]), ("held", &json!("dispute")));
    let queue = case.reads(&format!("/v1/exceptions?invoice_id={}&kind=dispute", case.invoice)).await["data"][0].clone();
    assert_eq!((&queue["status"], &queue["dispute"]["amount"]["amount"]), (&json!("open"), &json!("500.00")));

    case.credited("CN-9", "500.00").await;
    assert_eq!(case.status().await, pair("paid", "0.00"));
    let ageing = case.reads("/v1/reports/ap-ageing").await;
    assert!(ageing["totals"].as_array().expect("totals").iter().all(|total| total["disputed"]["amount"] == "0.00"), "{ageing}");
}

#[tokio::test]
async fn ageing_says_what_was_disputed_then_with_what_was_known_then() {
    let case = case().await;
    case.disputes(Some("120.00")).await.done();
    let then = case.aged().await;
    let opened = case.reads(&format!("/v1/exceptions?invoice_id={}&kind=dispute", case.invoice)).await["data"][0]["opened_at"].clone();
    case.resolves("approver").await.done();
    assert_eq!(case.aged().await.1, "0.00");
    let known = opened.as_str().expect("a time").replace('+', "%2B");
    let known = case.reads(&format!("/v1/reports/ap-ageing?known_at={known}")).await;
    assert_eq!(known["totals"][0]["disputed"]["amount"].as_str(), Some(then.1.as_str()));
}
