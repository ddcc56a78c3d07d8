//! Deciding in another's place, letting another decide, and talking about it.

use quittance_domain::role::Role;
use serde_json::{Value, json};

use crate::approval_policies::{adopts, approves, id_of, name_of, policy, role, round_of, rule, submitted, under, vendor, waits_for};
use crate::rest_client::{Office, Reply};

async fn delegates(office: &Office, from: &str, to: &str, scope: Value) -> Reply {
    let body = json!({
        "delegate_id": id_of(office, to), "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2090-01-01T00:00:00Z", "scope": scope
    });
    office.by(from).post("/v1/delegations", body).await
}

/// One approver; the admin may stand in.
async fn office_with_a_stand_in(scope: Value) -> (Office, String) {
    let office = under(policy(&[rule("0", 1, role(Role::Approver), json!({}))])).await;
    delegates(&office, "approver", "admin", scope).await.done();
    let vendor = vendor(&office, "V").await;
    (office, vendor)
}

#[tokio::test]
async fn a_delegate_decides_in_anothers_place_and_both_names_stay() {
    let (office, vendor) = office_with_a_stand_in(json!({ "max_amount": { "amount": "500.00", "currency": "EUR" } })).await;
    let id = submitted(&office, &vendor, "1", "100").await;
    approves(&office, "owner", &id).await.refused(403, "not-eligible");
    let head = office.head().await;
    let inbox = office.by("admin").get(&format!("/v1/approvals/inbox?min_position={head}")).await.done();
    assert_eq!(inbox.body["data"][0]["invoice_id"], json!(id), "what waits for the one waits for who stands in");
    approves(&office, "admin", &id).await.done();
    approves(&office, "admin", &id).await.done();
    let decision = round_of(&office, &id).await["decisions"][0].clone();
    assert_eq!((name_of(&office, &decision["by"]), name_of(&office, &decision["on_behalf_of"])), ("admin".into(), "approver".into()));

    let large = submitted(&office, &vendor, "2", "500.01").await;
    approves(&office, "admin", &large).await.refused(403, "not-eligible");
    let explicit = json!({ "on_behalf_of": id_of(&office, "approver") });
    office.by("admin").post(&format!("/v1/invoices/{large}/approve"), explicit).await.refused(403, "not-delegated");
}

#[tokio::test]
async fn the_exclusions_of_both_hold_and_one_person_is_one_voice() {
    let (office, vendor) = office_with_a_stand_in(json!({})).await;
    // The admin changes the vendor's bank account: nor in another's place.
    let account = json!({ "account": { "kind": "iban", "iban": "DE89370400440532013000" } });
    let id = submitted(&office, &vendor, "1", "100").await;
    office.by("admin").post(&format!("/v1/vendors/{vendor}/bank-accounts"), account).await.done();
    approves(&office, "admin", &id).await.refused(403, "bank-account-editor");
    approves(&office, "approver", &id).await.done();

    // Two must approve; the admin may, and stands in for the other: still one voice.
    let users = json!({ "users": [id_of(&office, "admin"), id_of(&office, "approver")] });
    let mut two = rule("0", 1, users, json!({}));
    two["steps"][0]["quorum"] = json!(2);
    adopts(&office, json!({ "currency": "EUR", "rules": [two] })).await;
    let other = office.by("clerk").post("/v1/vendors", json!({ "name": "W" })).await.done().id();
    let id = submitted(&office, &other, "2", "100").await;
    approves(&office, "admin", &id).await.done();
    let again = json!({ "on_behalf_of": id_of(&office, "approver") });
    office.by("admin").post(&format!("/v1/invoices/{id}/approve"), again).await.refused(403, "already-acted");
    assert_eq!(waits_for(&office, &id).await, ["approver"]);
}

#[tokio::test]
async fn delegations_make_no_circle_no_long_chain_and_no_gift_to_oneself() {
    let office = Office::open().await;
    delegates(&office, "approver", "admin", json!({})).await.done();
    delegates(&office, "admin", "owner", json!({})).await.done();
    delegates(&office, "owner", "approver", json!({})).await.refused(422, "delegation-cycle").at("/delegate_id");
    delegates(&office, "owner", "clerk", json!({})).await.done();
    let deep = json!({ "delegator_id": id_of(&office, "clerk"), "delegate_id": id_of(&office, "treasurer"),
                       "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2090-01-01T00:00:00Z" });
    office.by("owner").post("/v1/delegations", deep.clone()).await.refused(422, "delegation-chain-too-long");
    office.by("approver").post("/v1/delegations", deep.clone()).await.refused(403, "delegation-of-another");
    let mut gift = deep;
    gift["delegate_id"] = json!(id_of(&office, "admin"));
    office.by("admin").post("/v1/delegations", gift).await.refused(403, "self-granted");
    delegates(&office, "approver", "approver", json!({})).await.refused(422, "self-delegation");
}

#[tokio::test]
async fn a_revoked_delegation_is_over_at_once() {
    let (office, vendor) = office_with_a_stand_in(json!({})).await;
    let head = office.head().await;
    let list = office.by("viewer").get(&format!("/v1/delegations?at=2026-01-01T00:00:00Z&min_position={head}")).await.done();
    let delegation = list.body["data"][0]["id"].as_str().expect("an id").to_owned();
    let revoke = format!("/v1/delegations/{delegation}/revoke");
    office.by("owner").post(&revoke, json!({})).await.done();
    let version = office.by("owner").post(&revoke, json!({})).await.done().body["version"].clone();
    assert_eq!(version, 2, "twice is once");
    let id = submitted(&office, &vendor, "1", "100").await;
    approves(&office, "admin", &id).await.refused(403, "not-eligible");
}

#[tokio::test]
async fn a_place_is_handed_on_by_who_has_it_or_by_an_administrator_to_a_third() {
    let office = under(policy(&[rule("0", 1, role(Role::Approver), json!({}))])).await;
    let vendor = vendor(&office, "V").await;
    let id = submitted(&office, &vendor, "1", "100").await;
    let path = format!("/v1/invoices/{id}/reassign");
    let to = |person: &str| json!({ "to_user": id_of(&office, person), "reason": "on leave" });
    let from_approver =
        |person: &str| json!({ "from_user": id_of(&office, "approver"), "to_user": id_of(&office, person), "reason": "ill" });
    for nobody in ["clerk", "viewer"] {
        office.by("approver").post(&path, to(nobody)).await.refused(403, "not-eligible");
    }
    office.by("admin").post(&path, from_approver("admin")).await.refused(403, "reassignment-of-another");
    office.by("approver").post(&path, to("owner")).await.done();
    assert_eq!(waits_for(&office, &id).await, ["owner"]);
    approves(&office, "approver", &id).await.refused(403, "not-eligible");
    approves(&office, "owner", &id).await.done();

    let other = submitted(&office, &vendor, "2", "101").await;
    office.by("owner").post(&format!("/v1/invoices/{other}/reassign"), from_approver("admin")).await.done();
    assert_eq!(waits_for(&office, &other).await, ["admin"]);
}

/// Whom the policy names and who may not decide is not waited for; a round without anybody ends where another policy is in force.
#[tokio::test]
async fn a_round_that_nobody_can_decide_begins_anew_under_the_policy_in_force() {
    let office = Office::open().await;
    let only = |person: &str| policy(&[rule("0", 1, json!({ "users": [id_of(&office, person)] }), json!({}))]);
    adopts(&office, only("viewer")).await;
    let vendor = vendor(&office, "V").await;
    let id = submitted(&office, &vendor, "1", "100").await;
    let stands = async || {
        let round = round_of(&office, &id).await;
        (round["round"].clone(), round["status"].clone())
    };
    assert_eq!(stands().await, (json!(1), json!("stuck")));
    let submits = async || office.by("clerk").post(&format!("/v1/invoices/{id}/submit"), json!({})).await.done();
    submits().await;
    assert_eq!(stands().await, (json!(1), json!("stuck")), "the same policy would find the same");
    adopts(&office, only("approver")).await;
    submits().await;
    assert_eq!((stands().await, waits_for(&office, &id).await), ((json!(2), json!("running")), vec!["approver".to_owned()]));
    submits().await;
    assert_eq!(stands().await, (json!(2), json!("running")), "what runs goes on");
    approves(&office, "approver", &id).await.done();
}

#[tokio::test]
async fn questions_are_asked_by_who_decides_and_answered_by_who_was_asked() {
    let office = under(policy(&[rule("0", 1, role(Role::Approver), json!({}))])).await;
    let vendor = vendor(&office, "V").await;
    let id = submitted(&office, &vendor, "1", "100").await;
    let say = |what: &str| format!("/v1/invoices/{id}/{what}");
    let question = json!({ "user_id": id_of(&office, "clerk"), "text": "who ordered this?" });
    office.by("owner").post(&say("ask"), question.clone()).await.refused(403, "not-eligible");
    office.by("clerk").post(&say("answer"), json!({ "text": "me" })).await.refused(409, "nothing-asked");
    office.by("approver").post(&say("ask"), question).await.done();
    office.by("clerk").post(&say("answer"), json!({ "text": " " })).await.refused(422, "text-missing").at("/text");
    office.by("clerk").post(&say("answer"), json!({ "text": "the workshop" })).await.done();
    office.by("treasurer").post(&say("comment"), json!({ "text": "due on Friday" })).await.done();
    let notes = round_of(&office, &id).await["notes"].clone();
    let told: Vec<_> = notes.as_array().expect("notes").iter().map(|n| (n["kind"].as_str(), n["text"].as_str())).collect();
    assert_eq!(
        told,
        [(Some("question"), Some("who ordered this?")), (Some("answer"), Some("the workshop")), (Some("comment"), Some("due on Friday"))]
    );
}
