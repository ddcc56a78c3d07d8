//! Invoices that people stop: not approved, not planned, not selected, not executed; and a queue in which somebody answers
//! for each of them by a time.

use serde_json::{Value, json};

use crate::approval_policies::{approves, id_of, invoice_of, submitted, vendor};
use crate::rest_client::{Office, Reply};
use quittance_tests::today;

async fn holds(office: &Office, person: &str, invoice: &str, kind: &str, reason: &str) -> Reply {
    office.by(person).post(&format!("/v1/invoices/{invoice}/hold"), json!({ "kind": kind, "reason": reason })).await
}

async fn seen(office: &Office, invoice: &str) -> Value {
    office.by("viewer").get(&format!("/v1/invoices/{invoice}?min_position={}", office.head().await)).await.done().body
}

/// The holds that stand, in the order in which they were placed.
async fn standing(office: &Office, invoice: &str) -> Vec<String> {
    let invoice = seen(office, invoice).await;
    let holds = invoice["placed_holds"].as_array().expect("holds").iter();
    holds.map(|hold| hold["hold_id"].as_str().expect("an id").to_owned()).collect()
}

async fn lets_go(office: &Office, person: &str, invoice: &str, hold: &str) -> Reply {
    let body = json!({ "hold_id": hold, "reason": "cleared" });
    office.by(person).post(&format!("/v1/invoices/{invoice}/release-hold"), body).await
}

async fn queue(office: &Office, query: &str) -> Vec<Value> {
    let path = format!("/v1/exceptions?{query}&min_position={}", office.head().await);
    office.by("viewer").get(&path).await.done().body["data"].as_array().expect("exceptions").clone()
}

async fn pays_by_hand(office: &Office, invoice: &str) -> Reply {
    office.by("treasurer").post("/v1/payments", json!({ "method": "manual", "items": [{ "invoice_id": invoice }] })).await
}

#[tokio::test]
async fn whoever_stops_an_invoice_stops_all_of_its_way() {
    let office = Office::open().await;
    let vendor = vendor(&office, "Muster").await;
    office.by("approver").post(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.done();
    let received = office.by("clerk").post("/v1/invoices", invoice_of(&vendor, "I-1", "100.00")).await.done().id();
    holds(&office, "treasurer", &received, "cash", "next month").await.done();
    assert_eq!(seen(&office, &received).await["status"], "in_exception");
    office.by("clerk").post(&format!("/v1/invoices/{received}/submit"), json!({})).await.refused(409, "on-hold");

    let pending = submitted(&office, &vendor, "A-777", "231.00").await;
    holds(&office, "clerk", &pending, "delivery", "two crates are missing").await.done();
    approves(&office, "approver", &pending).await.refused(409, "on-hold");
    let hold = standing(&office, &pending).await.remove(0);
    lets_go(&office, "approver", &pending, &hold).await.done();
    approves(&office, "approver", &pending).await.done();

    // Two holds at once: one let go is not enough to plan a payment of it.
    holds(&office, "treasurer", &pending, "legal", "a claim of theirs").await.done();
    holds(&office, "clerk", &pending, "price", "dearer than agreed").await.done();
    let both = standing(&office, &pending).await;
    lets_go(&office, "approver", &pending, &both[0]).await.done();
    pays_by_hand(&office, &pending).await.refused(409, "on-hold");
    lets_go(&office, "approver", &pending, &both[1]).await.done();
    let payment = pays_by_hand(&office, &pending).await.done().id();

    // What is planned already does not leave while it is stopped.
    holds(&office, "treasurer", &pending, "vendor", "their account was in the news").await.done();
    office.by("second_treasurer").post(&format!("/v1/payments/{payment}/authorise"), json!({})).await.done();
    let record = json!({ "method": "wire", "paid_on": today().to_string(), "reference": "by wire" });
    let record_path = format!("/v1/payments/{payment}/record");
    office.by("treasurer").post(&record_path, record.clone()).await.refused(409, "on-hold");
    let hold = standing(&office, &pending).await.remove(0);
    lets_go(&office, "approver", &pending, &hold).await.done();
    office.by("treasurer").post(&record_path, record).await.done();
}

#[tokio::test]
async fn a_run_leaves_out_what_is_on_hold_and_says_for_what() {
    let office = Office::open().await;
    let vendor = vendor(&office, "Muster").await;
    office.by("approver").post(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.done();
    let (held, free) = (submitted(&office, &vendor, "I-1", "120.00").await, submitted(&office, &vendor, "A-777", "231.00").await);
    for invoice in [&held, &free] {
        approves(&office, "approver", invoice).await.done();
    }
    holds(&office, "clerk", &held, "legal", "a claim of theirs").await.done();
    seen(&office, &held).await;
    let run = json!({ "method": "manual", "run_date": "2026-12-10", "next_run_date": "2026-12-17" });
    let run = office.by("treasurer").post("/v1/payment-runs", run).await.done().id();
    let path = format!("/v1/payment-runs/{run}/items?min_position={}", office.head().await);
    let items = office.by("viewer").get(&path).await.done().body["data"].clone();
    let told = |id: &str| items.as_array().expect("items").iter().find(|item| item["invoice_id"] == id).expect("it is told of").clone();
    assert_eq!((&told(&held)["reason"], &told(&held)["detail"]), (&json!("held"), &json!("legal")));
    assert_eq!(told(&free)["state"], "selected");
}

#[tokio::test]
async fn a_hold_is_let_go_by_those_who_may_and_each_once() {
    let office = Office::open().await;
    let vendor = vendor(&office, "Muster").await;
    // The owner may do everything, and has entered this one: what others stopped it for is not theirs to let go.
    let invoice = office.by("owner").post("/v1/invoices", invoice_of(&vendor, "I-1", "100.00")).await.done().id();
    holds(&office, "clerk", &invoice, "price", "dearer than agreed").await.done();
    holds(&office, "clerk", &invoice, "price", "dearer than agreed").await.done();
    let holds_now = standing(&office, &invoice).await;
    assert_eq!(holds_now.len(), 1, "the same said twice is said once");
    lets_go(&office, "clerk", &invoice, &holds_now[0]).await.refused(403, "role-missing");
    lets_go(&office, "owner", &invoice, &holds_now[0]).await.refused(403, "self-resolution");
    lets_go(&office, "approver", &invoice, &invoice).await.refused(409, "hold-unknown");
    lets_go(&office, "approver", &invoice, &holds_now[0]).await.done();
    lets_go(&office, "approver", &invoice, &holds_now[0]).await.done();
    let path = format!("/v1/invoices/{invoice}/release-hold");
    office.by("approver").post(&path, json!({ "reason": "which?" })).await.refused(422, "invalid-field");
    let past = json!({ "reason": "too late", "until": "2026-01-31" });
    office.by("clerk").post(&format!("/v1/invoices/{invoice}/hold"), past).await.refused(422, "hold-overdue");
}

#[tokio::test]
async fn the_queue_says_who_answers_for_a_hold_and_when_it_is_overdue() {
    let office = Office::open().await;
    let vendor = vendor(&office, "Muster").await;
    let invoice = office.by("clerk").post("/v1/invoices", invoice_of(&vendor, "I-1", "100.00")).await.done().id();
    let body = json!({ "kind": "tax", "reason": "their number is not known", "until": "2099-12-30" });
    office.by("clerk").post(&format!("/v1/invoices/{invoice}/hold"), body).await.done();
    let found = queue(&office, &format!("invoice_id={invoice}&kind=on_hold")).await.remove(0);
    assert_eq!((&found["due_at"], &found["owner"]), (&json!("2099-12-31T00:00:00Z"), &json!(id_of(&office, "clerk"))));
    assert_eq!(found["placed_hold"]["reason"], "their number is not known");
    let why =
        office.by("viewer").get(&format!("/v1/invoices/{invoice}/why-not-paid?min_position={}", office.head().await)).await.done().body;
    let told = why["blocked_by"].as_array().expect("blockers").iter().any(|b| b["detail"] == "on_hold: their number is not known");
    assert!(told, "{why:?}");

    let assign = format!("/v1/invoices/{invoice}/assign-exception");
    let to = |owner: &str, due: &str| json!({ "exception_id": found["id"], "owner": owner, "due_at": due });
    let approver = id_of(&office, "approver");
    office.by("viewer").post(&assign, to(&approver, "2026-01-02T12:00:00Z")).await.refused(403, "role-missing");
    let nobody = "01890000-0000-7000-8000-000000000000";
    office.by("clerk").post(&assign, to(nobody, "2026-01-02T12:00:00Z")).await.refused(422, "owner-unknown").at("/owner");
    office.by("clerk").post(&assign, to(&approver, "2026-01-02T12:00:00Z")).await.done();
    let overdue = queue(&office, &format!("owner={approver}&overdue=true")).await;
    assert_eq!((overdue.len(), &overdue[0]["id"]), (1, &found["id"]));
    let other = json!({ "exception_id": invoice, "owner": approver });
    office.by("clerk").post(&assign, other).await.refused(409, "exception-unknown").at("/exception_id");

    let hold = standing(&office, &invoice).await.remove(0);
    lets_go(&office, "approver", &invoice, &hold).await.done();
    assert!(queue(&office, &format!("owner={approver}&overdue=true")).await.is_empty(), "what is done is not overdue");
    let closed = queue(&office, &format!("invoice_id={invoice}&kind=on_hold")).await.remove(0);
    let told = (&closed["status"], &closed["reason"], &closed["closed_by"]);
    assert_eq!(told, (&json!("released"), &json!("cleared"), &json!(approver)));
}

#[tokio::test]
async fn a_company_says_how_soon_each_kind_is_to_be_answered() {
    let office = Office::open().await;
    let vendor = vendor(&office, "Muster").await;
    let hours = |hours: u16| json!({ "hours": { "on_hold": hours } });
    office.by("clerk").post("/v1/company/answer-times", hours(5)).await.refused(403, "role-missing");
    office.by("admin").post("/v1/company/answer-times", hours(0)).await.refused(422, "answer-time-outlandish").at("/hours/on_hold");
    let mut due_after = Vec::new();
    for (number, set) in [("I-1", None), ("A-777", Some(5))] {
        if let Some(set) = set {
            office.by("admin").post("/v1/company/answer-times", hours(set)).await.done();
        }
        let price = if set.is_some() { "231.00" } else { "100.00" };
        let invoice = office.by("clerk").post("/v1/invoices", invoice_of(&vendor, number, price)).await.done().id();
        holds(&office, "clerk", &invoice, "other", "to be looked at").await.done();
        let found = queue(&office, &format!("invoice_id={invoice}&kind=on_hold")).await.remove(0);
        let time = |field: &str| found[field].as_str().expect("a time").parse::<chrono::DateTime<chrono::Utc>>().expect("a time");
        due_after.push((time("due_at") - time("opened_at")).num_hours());
    }
    assert_eq!(due_after, [72, 5]);
}
