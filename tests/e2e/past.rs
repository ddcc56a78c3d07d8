//! What was known at a moment: every query that says so answers as it did then, whatever has become known since.

use chrono::{DateTime, Utc};
use quittance_api::reads;
use quittance_application::ports::Edge;
use quittance_infrastructure::edge::SystemEdge;
use serde_json::{Value, json};

use crate::reads::told;
use crate::rest_client::{Office, Reply, fresh_key};

fn now() -> DateTime<Utc> {
    SystemEdge.now()
}

/// The whole story is played; asked with the present moment, each query projects once more what the workers have projected, and must
/// come to the same.
#[tokio::test]
async fn what_is_known_now_is_what_the_read_models_say() {
    let told = told().await;
    let (mut asked, mut differing) = (Vec::new(), Vec::new());
    for (operation, scenes) in told.scenes.iter().filter(|(operation, _)| reads::has_past(operation)) {
        for played in scenes {
            let mut scene = played.scene.clone();
            let present = told.play.play_now(&told.office, &scene, &fresh_key()).await;
            scene.query.insert("known_at".to_owned(), json!(now().to_rfc3339()));
            let past = told.play.play_now(&told.office, &scene, &fresh_key()).await;
            let (past, present) = (without_lengths(past), without_lengths(present));
            if (past.status, &past.body) != (present.status, &present.body) {
                differing.push(format!("{operation}: {} {}\ninstead of {} {}", past.status, past.body, present.status, present.body));
            }
        }
        asked.push(operation.as_str());
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert_eq!(asked, reads::PAST, "each is in the story, and the list is in order");
}

/// What still lasts has lasted a second longer when the clock strikes between two questions.
fn without_lengths(mut answer: Reply) -> Reply {
    for block in answer.body.get_mut("blocked_by").and_then(Value::as_array_mut).into_iter().flatten() {
        assert!(block["until"].is_null(), "what blocks now has no end: {block}");
        block["seconds"] = Value::Null;
    }
    answer
}

/// Lists and single things tell the past in one way or the other, but for those that say why not.
#[tokio::test]
async fn every_list_tells_what_was_known() {
    /// The trail tells events by their time itself; candidates are for who matches now, and verdicts change by the rules of now.
    const OF_NOW: &[&str] = &["list_audit_trail", "list_bank_line_candidates", "list_verdict_changes"];
    let api = quittance_api::openapi().expect("a description");
    let mut without = Vec::new();
    for (_, item) in api["paths"].as_object().expect("paths") {
        let operation = item["get"]["operationId"].as_str().unwrap_or_default();
        let names: Vec<&str> = item["get"]["parameters"].as_array().into_iter().flatten().filter_map(|p| p["name"].as_str()).collect();
        let reads_models = reads::of(operation).is_some_and(|row| !row.is_empty());
        if operation.starts_with("list_") && reads_models && !names.contains(&"known_at") && !OF_NOW.contains(&operation) {
            without.push(operation.to_owned());
        }
        assert!(!reads::has_past(operation) || names.iter().filter(|name| **name == "known_at").count() == 1, "{operation}");
    }
    assert!(without.is_empty(), "{without:?}");
}

struct Then {
    office: Office,
    vendor: String,
    invoice: String,
    moment: DateTime<Utc>,
}

impl Then {
    async fn asks(&self, path: &str, at: Option<DateTime<Utc>>) -> Value {
        let mark = if path.contains('?') { '&' } else { '?' };
        let known = at.map(|at| format!("{mark}known_at={}", at.format("%Y-%m-%dT%H:%M:%S%.6fZ"))).unwrap_or_default();
        self.office.by("auditor").get(&format!("{path}{known}")).await.done().body
    }
}

async fn a_vendor_and_an_invoice_that_change() -> Then {
    let office = Office::open().await;
    let clerk = office.by("clerk");
    let vendor = clerk.post("/v1/vendors", json!({ "name": "Papier Wolf GmbH" })).await.done().id();
    let line = json!({ "name": "Paper", "quantity": { "value": "10", "unit": "C62" }, "unit_price": "10.00", "tax": { "code": "S", "rate": "19" } });
    let bill = json!({ "vendor_id": vendor, "number": "W-1", "currency": "EUR", "issue_date": quittance_tests::today(), "lines": [line] });
    let invoice = clerk.post("/v1/invoices", bill).await.done().id();
    let moment = now();
    clerk.post(&format!("/v1/invoices/{invoice}/void"), json!({ "reason": "not ours" })).await.done();
    clerk.post(&format!("/v1/vendors/{vendor}"), json!({ "name": "Papier Wolf & Sohn GmbH" })).await.done();
    office.app.system.settled(office.tenant, office.head().await).await.expect("readable");
    Then { office, vendor, invoice, moment }
}

#[tokio::test]
async fn an_invoice_that_was_voided_since_was_open_then() {
    let then = a_vendor_and_an_invoice_that_change().await;
    let (one, of_status) = (format!("/v1/invoices/{}", then.invoice), "/v1/invoices?status=voided");
    let count = |list: &Value| list["data"].as_array().expect("a list").len();
    assert_eq!(then.asks(&one, None).await["status"], "voided");
    assert_ne!(then.asks(&one, Some(then.moment)).await["status"], "voided");
    assert_eq!((count(&then.asks(of_status, None).await), count(&then.asks(of_status, Some(then.moment)).await)), (1, 0));
    // Long before there was nothing, and what there was not is not found.
    let before = then.moment - chrono::TimeDelta::days(1);
    assert_eq!(count(&then.asks("/v1/invoices", Some(before)).await), 0);
    let gone = format!("{one}?known_at={}", before.format("%Y-%m-%dT%H:%M:%SZ"));
    then.office.by("auditor").get(&gone).await.refused(404, "not-found");
    // What comes after is of now again, on the same connections.
    assert_eq!(then.asks(&one, None).await["status"], "voided");
}

#[tokio::test]
async fn a_vendor_had_the_name_that_was_known_then() {
    let then = a_vendor_and_an_invoice_that_change().await;
    let one = format!("/v1/vendors/{}", then.vendor);
    assert_eq!(then.asks(&one, Some(then.moment)).await["party"]["name"], "Papier Wolf GmbH");
    assert_eq!(then.asks(&one, Some(now())).await["party"]["name"], "Papier Wolf & Sohn GmbH");
}

#[tokio::test]
async fn the_past_of_others_and_files_of_the_past_are_not_told() {
    let (then, other) = (a_vendor_and_an_invoice_that_change().await, Office::open().await);
    let at = then.moment.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    other.by("auditor").get(&format!("/v1/invoices/{}?known_at={at}", then.invoice)).await.refused(404, "not-found");
    then.office.by("auditor").get("/v1/invoices?known_at=yesterday").await.refused(422, "invalid-field");
    let file = then.office.by("auditor").request(reqwest::Method::GET, &format!("/v1/invoices?known_at={at}")).header("Accept", "text/csv");
    crate::rest_client::reply(file).await.refused(422, "invalid-field");
}
