//! Who approves an invoice in another currency is decided by what it comes to at the rate of its date; nobody before that
//! is known.

use quittance_domain::role::Role;
use serde_json::{Value, json};

use crate::approval_policies::{adopts, approves, id_of, invoice_of, policy, role, round_of, rule, vendor, waits_for};
use crate::rest_client::Office;

async fn quotes(office: &Office, currency: &str, on: &str, rate: &str) {
    let quote = json!({ "unit": "EUR", "currency": currency, "on": on, "rate": rate });
    office.by("treasurer").post("/v1/exchange-rates", json!({ "source": "House bank", "quotes": [quote] })).await.done();
}

/// Dated 2026-11-01.
async fn submitted_in(office: &Office, vendor: &str, number: &str, price: &str, currency: &str) -> String {
    let mut body = invoice_of(vendor, number, price);
    body["currency"] = json!(currency);
    let id = office.by("clerk").post("/v1/invoices", body).await.done().id();
    office.by("clerk").post(&format!("/v1/invoices/{id}/submit"), json!({})).await.done();
    id
}

/// The round once it waits for people: what follows from a rate follows by itself.
async fn going_on(office: &Office, invoice: &str) -> Value {
    for _ in 0..200 {
        let round = round_of(office, invoice).await;
        if round["status"] == "running" {
            return round;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("{invoice} waits for its rate for ever: {}", round_of(office, invoice).await)
}

fn kinds(round: &Value) -> Vec<&str> {
    round["notes"].as_array().expect("notes").iter().filter_map(|note| note["kind"].as_str()).collect()
}

/// Price in dollars at 1.25 to the euro, and who decides in the end under a limit of ten thousand euros.
#[tokio::test]
async fn the_amount_at_the_rate_of_the_invoices_date_decides_who_approves() {
    let office = Office::open().await;
    quotes(&office, "USD", "2026-10-30", "1.25").await;
    quotes(&office, "USD", "2026-11-02", "0.5").await;
    let table = [("12499.98", "granted"), ("12500.00", "running")];
    for (price, after_the_approver) in table {
        let vendor = vendor(&office, price).await;
        let id = submitted_in(&office, &vendor, price, price, "USD").await;
        assert_eq!(waits_for(&office, &id).await, ["approver"], "{price}");
        approves(&office, "approver", &id).await.done();
        assert_eq!(round_of(&office, &id).await["status"], after_the_approver, "{price}");
    }
    let vendor = vendor(&office, "Preview").await;
    let mut body = invoice_of(&vendor, "P", "12500.00");
    body["currency"] = json!("USD");
    let id = office.by("clerk").post("/v1/invoices", body).await.done().id();
    let preview = office.by("clerk").post("/v1/approval-policy/preview", json!({ "invoice_id": id })).await.done().body;
    assert_eq!(preview["facts"]["amount"], json!({ "amount": "10000.00", "currency": "EUR" }));
    assert_eq!(preview["facts"]["rate"], json!({ "numerator": "1", "denominator": "1.25", "quoted_on": "2026-10-30" }));
    assert_eq!(preview["stages"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn an_invoice_whose_rate_is_missing_waits_for_it_and_goes_on_by_itself() {
    let office = Office::open().await;
    let vendor = vendor(&office, "Overseas").await;
    let small = submitted_in(&office, &vendor, "S", "100.00", "USD").await;
    let large = submitted_in(&office, &vendor, "L", "99999.00", "USD").await;
    let yen = submitted_in(&office, &vendor, "Y", "5000", "JPY").await;
    for id in [&small, &large, &yen] {
        let round = round_of(&office, id).await;
        assert_eq!((&round["status"], &round["stage"]), (&json!("stuck"), &Value::Null), "{round}");
        for person in ["approver", "owner"] {
            approves(&office, person, id).await.refused(409, "rate-missing");
        }
    }
    let told = round_of(&office, &small).await["notes"][0]["text"].clone();
    assert_eq!(told, "no exchange rate from USD to EUR is known for 2026-11-01");
    let why = office.by("viewer").get(&format!("/v1/invoices/{small}/why-not-paid")).await.done().body;
    let details: Vec<&str> = why["blocked_by"].as_array().expect("blockers").iter().filter_map(|b| b["detail"].as_str()).collect();
    assert!(details.contains(&"round 1 is stuck: no exchange rate from USD to EUR is known for 2026-11-01"), "{why}");

    // A rate of the day after says nothing about the day.
    quotes(&office, "USD", "2026-11-02", "1.25").await;
    office.by("admin").post(&format!("/v1/invoices/{small}/resolve-approvers"), json!({})).await.done();
    assert_eq!(kinds(&round_of(&office, &small).await), ["stuck"]);

    quotes(&office, "USD", "2026-10-30", "1.25").await;
    let (first, second) = (going_on(&office, &small).await, going_on(&office, &large).await);
    assert_eq!((kinds(&first), kinds(&second)), (vec!["stuck", "appraised"], vec!["stuck", "appraised"]));
    approves(&office, "approver", &small).await.done();
    assert_eq!(round_of(&office, &small).await["status"], "granted");
    approves(&office, "approver", &large).await.done();
    assert_eq!(waits_for(&office, &large).await, ["owner"], "79,999.20 euros are an owner's");
    assert_eq!(round_of(&office, &yen).await["status"], "stuck", "the rate of another currency says nothing about yen");
}

/// Two halves in two currencies are one whole, and one of unknown worth is not nothing.
#[tokio::test]
async fn an_invoice_is_not_made_small_by_splitting_it_over_currencies() {
    let office = Office::open().await;
    let aggregate = rule("10000", 2, role(Role::Owner), json!({ "aggregate": true }));
    adopts(&office, policy(&[rule("0", 1, role(Role::Approver), json!({})), aggregate])).await;
    quotes(&office, "USD", "2026-10-30", "1.25").await;
    let vendor = vendor(&office, "Splitter").await;
    let dollars = submitted_in(&office, &vendor, "A", "7500.00", "USD").await;
    approves(&office, "approver", &dollars).await.done();
    assert_eq!(round_of(&office, &dollars).await["status"], "granted", "6,000 euros alone are small");
    let euros = submitted_in(&office, &vendor, "B", "4000.00", "EUR").await;
    approves(&office, "approver", &euros).await.done();
    assert_eq!(waits_for(&office, &euros).await, ["owner"], "with 6,000 euros in dollars they are ten thousand");

    submitted_in(&office, &vendor, "C", "70000", "JPY").await;
    let after = submitted_in(&office, &vendor, "D", "17.00", "EUR").await;
    let round = round_of(&office, &after).await;
    assert_eq!(round["notes"][0]["text"], "no exchange rate from JPY to EUR is known for 2026-11-01", "{round}");
    quotes(&office, "JPY", "2026-10-30", "160").await;
    going_on(&office, &after).await;
}

/// A person's limit is in euros as well.
#[tokio::test]
async fn nobody_decides_beyond_their_limit_in_another_currency() {
    let office = Office::open().await;
    quotes(&office, "USD", "2026-10-30", "1.25").await;
    let limit = json!({ "approval_limit": { "amount": "5000.00", "currency": "EUR" } });
    let set = office.by("owner").post(&format!("/v1/users/{}/authority", id_of(&office, "approver")), limit).await.done();
    office.by("viewer").get(&format!("/v1/approvals?min_position={}", set.body["position"])).await.done();
    let vendor = vendor(&office, "V").await;
    let within = submitted_in(&office, &vendor, "1", "6250.00", "USD").await;
    assert_eq!(waits_for(&office, &within).await, ["approver"]);
    let beyond = submitted_in(&office, &vendor, "2", "6250.02", "USD").await;
    assert_eq!(round_of(&office, &beyond).await["notes"][0]["text"], "fewer people may decide than the quorum needs");
}

/// An approver who may state rates does not choose the band of what they approve: 90,000 dollars are no 81.82 euros on their word.
#[tokio::test]
async fn who_states_a_rate_alone_decides_nothing_by_it() {
    let office = Office::open().await;
    let users = json!({ "users": [id_of(&office, "admin"), id_of(&office, "approver")] });
    adopts(&office, policy(&[rule("0", 1, users, json!({})), rule("10000", 2, role(Role::Owner), json!({}))])).await;
    let states = async |person: &str, rate: &str| {
        let quote = json!({ "unit": "EUR", "currency": "USD", "on": "2026-10-30", "rate": rate });
        office.by(person).post("/v1/exchange-rates", json!({ "source": "House bank", "quotes": [quote] })).await.done();
    };
    states("admin", "1100").await;
    let vendor = vendor(&office, "Overseas").await;
    let id = submitted_in(&office, &vendor, "A", "90000.00", "USD").await;
    approves(&office, "admin", &id).await.refused(403, "rate-stater");
    let round = round_of(&office, &id).await;
    let excluded = json!({ "user_id": id_of(&office, "admin"), "because": "stated_rate" });
    assert!(round["excluded"].as_array().expect("people").contains(&excluded), "{round}");
    // The round keeps its rate, whatever is stated later, and whose it was.
    states("admin", "1.10").await;
    approves(&office, "admin", &id).await.refused(403, "rate-stater");
    // Who states the same confirms it.
    states("treasurer", "1.10").await;
    let id = submitted_in(&office, &vendor, "B", "500.00", "USD").await;
    approves(&office, "admin", &id).await.done();

    // One who states it while the round waits for it is none of those who decide.
    let yen = submitted_in(&office, &vendor, "Y", "5000", "JPY").await;
    let quote = json!({ "unit": "EUR", "currency": "JPY", "on": "2026-10-30", "rate": "160" });
    office.by("admin").post("/v1/exchange-rates", json!({ "source": "House bank", "quotes": [quote] })).await.done();
    going_on(&office, &yen).await;
    approves(&office, "admin", &yen).await.refused(403, "rate-stater");
    approves(&office, "approver", &yen).await.done();
}
