//! Credit notes over HTTP: set off against invoices, never twice, and back; ageing and the ledger agree throughout.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::approval_policies::{approves, vendor};
use crate::rest_client::Office;

struct Case {
    office: Office,
    vendor: String,
    credit: String,
}

/// A credit note of 100.00 that was approved.
async fn case() -> Case {
    let office = Office::open().await;
    let vendor = vendor(&office, "Muster").await;
    let credit = approved(&office, &vendor, "CN-1", "credit_note", "2026-10-05", "100.00").await;
    Case { office, vendor, credit }
}

async fn approved(office: &Office, vendor: &str, number: &str, kind: &str, day: &str, price: &str) -> String {
    let line =
        json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "Z", "rate": "0" } });
    let body = json!({ "vendor_id": vendor, "number": number, "kind": kind, "issue_date": day, "currency": "EUR", "lines": [line] });
    let id = office.by("clerk").post("/v1/invoices", body).await.done().id();
    office.by("clerk").post(&format!("/v1/invoices/{id}/submit"), json!({})).await.done();
    approves(office, "approver", &id).await.done();
    id
}

async fn seen(office: &Office, id: &str) -> Value {
    office.by("viewer").get(&format!("/v1/invoices/{id}?min_position={}", office.head().await)).await.done().body
}

async fn open_of(office: &Office, id: &str) -> (String, String) {
    let invoice = seen(office, id).await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&invoice["open"]["amount"]), text(&invoice["status"]))
}

/// What ageing says is owed, and what the control account holds.
async fn owed(office: &Office) -> (String, String) {
    let head = office.head().await;
    let ageing = office.by("viewer").get(&format!("/v1/reports/ap-ageing?min_position={head}")).await.done().body;
    let balance = office.by("viewer").get(&format!("/v1/reports/trial-balance?min_position={head}")).await.done().body;
    let line = balance["lines"].as_array().expect("lines").iter().find(|line| line["account"] == "2000").cloned().unwrap_or_default();
    (ageing["totals"][0]["total"]["amount"].to_string(), line["balance"]["amount"].to_string())
}

#[tokio::test]
async fn a_credit_note_is_set_off_in_part_and_taken_back() {
    let Case { office, vendor, credit } = case().await;
    let invoice = approved(&office, &vendor, "I-1", "invoice", "2026-07-02", "70.00").await;
    let before = owed(&office).await;
    let apply = format!("/v1/invoices/{invoice}/apply-credit");
    let part = json!({ "credit_note_id": credit, "amount": { "amount": "30.00", "currency": "EUR" } });
    office.by("clerk").post(&apply, part).await.done();
    assert_eq!(open_of(&office, &invoice).await, ("40.00".to_owned(), "partially_paid".to_owned()));
    assert_eq!(open_of(&office, &credit).await.0, "70.00");
    // What is owed to the vendor altogether stays as it is.
    assert_eq!(owed(&office).await, before);
    // The rest of the invoice, as far as both go.
    office.by("clerk").post(&apply, json!({ "credit_note_id": credit })).await.done();
    assert_eq!(open_of(&office, &invoice).await, ("0.00".to_owned(), "paid".to_owned()));
    assert_eq!(open_of(&office, &credit).await.0, "30.00");
    office.by("clerk").post(&apply, json!({ "credit_note_id": credit })).await.refused(409, "nothing-open");
    let allocation = seen(&office, &credit).await["allocations"][0]["allocation_id"].clone();
    let back = json!({ "allocation_id": allocation, "reason": "meant for another" });
    office.by("clerk").post(&format!("/v1/invoices/{credit}/reverse-allocation"), back).await.done();
    assert_eq!(open_of(&office, &invoice).await, ("30.00".to_owned(), "partially_paid".to_owned()));
    assert_eq!(open_of(&office, &credit).await.0, "60.00");
    assert_eq!(owed(&office).await, before);
}

#[tokio::test]
async fn of_many_who_use_one_credit_note_at_once_only_so_many_get_it_as_it_is_worth() {
    let Case { office, vendor, credit } = case().await;
    let mut invoices = Vec::new();
    for n in 1..=4 {
        let day = format!("2026-0{n}-02");
        invoices.push(approved(&office, &vendor, &format!("I-{n}00{n}"), "invoice", &day, &format!("{}.00", 60 + n)).await);
    }
    let amount = json!({ "amount": "40.00", "currency": "EUR" });
    let asks = invoices.iter().map(|id| {
        let body = json!({ "credit_note_id": credit, "amount": amount });
        let clerk = office.by("clerk").clone();
        let path = format!("/v1/invoices/{id}/apply-credit");
        async move { clerk.post(&path, body).await }
    });
    let replies = join_all(asks).await;
    let got = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(got, 2, "{replies:?}");
    assert_eq!(open_of(&office, &credit).await.0, "20.00");
}

#[tokio::test]
async fn another_vendors_credit_an_unapproved_one_and_two_of_a_kind_are_refused() {
    let Case { office, vendor: own, credit } = case().await;
    let other = vendor(&office, "Other").await;
    let foreign = approved(&office, &other, "I-1", "invoice", "2026-07-02", "70.00").await;
    let body = json!({ "credit_note_id": credit });
    let apply = |id: &str| format!("/v1/invoices/{id}/apply-credit");
    office.by("clerk").post(&apply(&foreign), body.clone()).await.refused(422, "other-vendors-document");
    let invoice = approved(&office, &own, "I-2", "invoice", "2026-06-02", "71.00").await;
    office.by("clerk").post(&apply(&invoice), json!({ "credit_note_id": invoice })).await.refused(422, "not-set-off");
    let early = json!({ "credit_note_id": credit, "effective_date": "2026-10-04" });
    office.by("clerk").post(&apply(&invoice), early).await.refused(422, "allocation-too-early");
}

#[tokio::test]
async fn a_small_rest_is_written_off_where_the_tolerances_say_so() {
    let Case { office, vendor, .. } = case().await;
    let invoice = approved(&office, &vendor, "I-1", "invoice", "2026-07-02", "0.40").await;
    let write_off = format!("/v1/invoices/{invoice}/write-off");
    let reason = json!({ "reason": "a rounding of theirs" });
    office.by("treasurer").post(&write_off, reason.clone()).await.refused(409, "write-off-too-large");
    let tolerances = json!({ "rules": [], "write_off": [{ "amount": "0.50", "currency": "EUR" }] });
    office.by("owner").post("/v1/tolerances", tolerances).await.done();
    office.by("clerk").post(&write_off, reason.clone()).await.refused(403, "role-missing");
    office.by("treasurer").post(&write_off, reason).await.done();
    assert_eq!(open_of(&office, &invoice).await, ("0.00".to_owned(), "paid".to_owned()));
}
