//! Nobody makes themselves the only approver: who adopts a policy does not decide under it before somebody else confirms it (A1, A3).

use quittance_api::cli::confirmation::confirm_approval_policy;
use quittance_domain::role::Role;
use serde_json::{Value, json};

use crate::approval_policies::{
    adopts, approves, id_of, in_force, invoice_of, name_of, policy, role, round_of, rule, submitted, vendor, waits_for,
};
use crate::rest_client::{Client, Office, Reply};

const ADOPT: &str = "/v1/approval-policy";

/// One rule: one of these people, whatever the amount.
fn by_people(people: &[&str]) -> Value {
    policy(&[rule("0", 1, json!({ "users": people }), json!({}))])
}

async fn confirms(who: &Client, version: u32) -> Reply {
    who.post("/v1/approval-policy/confirm", json!({ "policy_version": version })).await
}

async fn resolved_again(office: &Office, invoice: &str) {
    office.by("viewer").get(&format!("/v1/approvals?min_position={}", office.head().await)).await.done();
    office.by("admin").post(&format!("/v1/invoices/{invoice}/resolve-approvers"), json!({})).await.done();
}

/// Who is excluded from a round, and why.
async fn excluded(office: &Office, invoice: &str) -> Vec<(String, String)> {
    let round = round_of(office, invoice).await;
    let people = round["excluded"].as_array().expect("people").clone();
    people.iter().map(|e| (name_of(office, &e["user_id"]), e["because"].as_str().expect("a reason").to_owned())).collect()
}

fn pair(person: &str, because: &str) -> (String, String) {
    (person.to_owned(), because.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_admin_makes_herself_the_only_approver_and_approves_nothing() {
    let office = Office::open().await;
    let (admin, vendor) = (office.by("admin"), vendor(&office, "Policy").await);
    let before = in_force(&office).await;
    assert_eq!((&before["policy_version"], &before["awaits_confirmation"]), (&json!(1), &json!(false)), "a company begins with it");

    admin.post(ADOPT, by_people(&[&id_of(&office, "admin")])).await.done();
    let now = in_force(&office).await;
    assert_eq!((&now["policy_version"], &now["awaits_confirmation"]), (&json!(2), &json!(true)));
    let invoice = submitted(&office, &vendor, "P-1", "97032").await;
    let round = round_of(&office, &invoice).await;
    assert_eq!(round["status"], "stuck", "{round}");
    assert_eq!(excluded(&office, &invoice).await, [pair("clerk", "edited_invoice"), pair("admin", "adopted_policy")]);
    approves(&office, "admin", &invoice).await.refused(409, "approval-stuck");

    // Nor once the policy is put back: the round keeps the version that it started under.
    admin.post(ADOPT, before["rules"].clone()).await.done();
    let back = in_force(&office).await;
    assert_eq!((&back["policy_version"], &back["awaits_confirmation"]), (&json!(3), &json!(false)), "it was in force before her");
    resolved_again(&office, &invoice).await;
    assert_eq!(round_of(&office, &invoice).await["status"], "stuck");

    // The round of another version is anybody's whom that names.
    let plain = submitted(&office, &vendor, "P-22", "22").await;
    assert_eq!(excluded(&office, &plain).await, [pair("clerk", "edited_invoice")]);
    approves(&office, "approver", &plain).await.done();

    for person in ["clerk", "approver", "treasurer", "auditor"] {
        confirms(office.by(person), 2).await.refused(403, "role-missing");
    }
    confirms(admin, 2).await.refused(403, "self-adopted");
    confirms(office.by("owner"), 4).await.refused(422, "version-not-adopted").at("/policy_version");
    confirms(office.by("owner"), 2).await.done();
    confirms(office.by("owner"), 2).await.done();
    let head = office.head().await;
    let versions = office.by("viewer").get(&format!("{ADOPT}/versions?min_position={head}")).await.done().body;
    let waiting: Vec<_> =
        versions.as_array().expect("versions").iter().map(|v| (&v["policy_version"], &v["awaits_confirmation"])).collect();
    assert_eq!(waiting, [(&json!(3), &json!(false)), (&json!(2), &json!(false)), (&json!(1), &json!(false))]);
    resolved_again(&office, &invoice).await;
    assert_eq!(excluded(&office, &invoice).await, [pair("clerk", "edited_invoice")]);
    approves(&office, "admin", &invoice).await.done();
    let trail = office.by("auditor").get("/v1/audit-trail?action=ApprovalPolicyConfirmed").await.done().body;
    assert_eq!(
        (trail["data"].as_array().map(Vec::len), &trail["data"][0]["actor_name"]),
        (Some(1), &json!("owner@acme.example")),
        "twice is once"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_by_a_colleague_whom_she_added_a_delegation_a_link_or_a_hand_over() {
    let office = Office::open().await;
    let (owner, vendor) = (office.by("owner"), vendor(&office, "Policy").await);
    let added = owner.post("/v1/users", json!({ "email": "mate@acme.example", "roles": ["approver"] })).await.done();
    let mate = office.with_key(added.body["api_key"].as_str().expect("a secret"));
    let admin_mate = owner.post("/v1/users", json!({ "email": "boss@acme.example", "roles": ["admin"] })).await.done();
    let admin_mate = office.with_key(admin_mate.body["api_key"].as_str().expect("a secret"));
    let (hers, mates, other) = (id_of(&office, "owner"), added.id(), id_of(&office, "approver"));
    owner.get(&format!("/v1/users?min_position={}", office.head().await)).await.done();
    owner.post(ADOPT, by_people(&[&hers, &mates, &other])).await.done();

    let invoice = submitted(&office, &vendor, "P-1", "97032").await;
    assert_eq!(waits_for(&office, &invoice).await, ["approver"]);
    let path = format!("/v1/invoices/{invoice}");
    approves(&office, "owner", &invoice).await.refused(403, "policy-adopter");
    mate.post(&format!("{path}/approve"), json!({})).await.refused(403, "not-vouched-for");
    owner.post(&format!("{path}/reject"), json!({ "reason": "mine" })).await.refused(403, "policy-adopter");
    owner.post(&format!("{path}/decision-links"), json!({})).await.refused(403, "not-eligible");
    let hands_over = json!({ "to_user": hers, "reason": "leave" });
    office.by("approver").post(&format!("{path}/reassign"), hands_over).await.refused(403, "policy-adopter");
    let year = json!({ "delegate_id": hers, "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z" });
    office.by("approver").post("/v1/delegations", year).await.done();
    owner.post(&format!("{path}/approve"), json!({ "on_behalf_of": other })).await.refused(403, "policy-adopter");
    owner.post(&format!("{path}/decision-links"), json!({})).await.done();

    // Before anybody is asked it can be seen who would be, under the policy in force and under another of hers.
    for rules in [Value::Null, by_people(&[&hers, &mates])] {
        let asked = json!({ "invoice_id": invoice, "rules": rules });
        let preview = office.by("clerk").post("/v1/approval-policy/preview", asked).await.done().body;
        let barred = |user: &str| preview["excluded"].as_array().and_then(|all| all.iter().find(|e| e["user_id"] == user)).cloned();
        let reason = |user: &str| barred(user).map(|e| e["because"].clone());
        let under_hers = (Some(json!("adopted_policy")), Some(json!("not_vouched_for")));
        let expected = if rules.is_null() { under_hers } else { (None, None) };
        assert_eq!((reason(&hers), reason(&mates)), expected, "what the clerk proposes is the clerk's: {preview}");
    }

    // Nor does the colleague confirm it; another does, and all of them decide.
    confirms(&admin_mate, 2).await.refused(403, "not-vouched-for");
    let batch = json!({ "commands": [{ "operation": "confirm_approval_policy", "body": { "policy_version": 2 } }] });
    let batch = admin_mate.post("/v1/commands", batch).await.body;
    assert_eq!(batch["results"][0]["problem"]["code"], "not-vouched-for", "{batch}");
    confirms(office.by("admin"), 2).await.done();
    owner.post(&format!("{path}/approve"), json!({ "on_behalf_of": other })).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_somebody_else_replaced_are_not_put_back_alone() {
    let office = Office::open().await;
    let (owner, admin, vendor) = (office.by("owner"), office.by("admin"), vendor(&office, "Policy").await);
    let one = policy(&[rule("0", 1, role(Role::Owner), json!({}))]);
    adopts(&office, one.clone()).await;
    // The admin wants two; nobody confirms that, and the owner puts the one back.
    let two = policy(&[rule("0", 1, role(Role::Owner), json!({})), rule("0", 2, role(Role::Approver), json!({}))]);
    admin.post(ADOPT, two).await.done();
    owner.post(ADOPT, one).await.done();
    assert_eq!(in_force(&office).await["awaits_confirmation"], true);
    let invoice = submitted(&office, &vendor, "P-1", "100").await;
    assert_eq!(round_of(&office, &invoice).await["status"], "stuck");
    confirms(owner, 4).await.refused(403, "self-adopted");
    confirms(admin, 4).await.done();
    resolved_again(&office, &invoice).await;
    approves(&office, "owner", &invoice).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_grants_themselves_how_far_an_approved_invoice_may_change() {
    let office = Office::open().await;
    let (admin, vendor) = (office.by("admin"), vendor(&office, "Policy").await);
    let mut wide = policy(&[rule("0", 1, role(Role::Approver), json!({}))]);
    wide["terms"] = json!({ "immaterial_change": { "percent": "100", "amount": "100000.00" } });
    admin.post(ADOPT, wide).await.done();
    let changed = async |number: &str, price: &str, to: &str| {
        let id = submitted(&office, &vendor, number, price).await;
        approves(&office, "approver", &id).await.done();
        office.by("viewer").get(&format!("/v1/invoices/{id}?min_position={}", office.head().await)).await.done();
        let body = json!({ "invoice": invoice_of(&vendor, number, to), "reason": "as delivered" });
        admin.post(&format!("/v1/invoices/{id}/amend"), body).await.done();
        let path = format!("/v1/invoices/{id}?min_position={}", office.head().await);
        office.by("viewer").get(&path).await.done().body["status"].clone()
    };
    assert_eq!(changed("P-1", "100", "90000").await, "received", "it is asked about again");
    confirms(office.by("owner"), 2).await.done();
    assert_eq!(changed("P-22", "222", "444").await, "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_machine_says_who_could_not_have_decided_under_rules_of_their_own() {
    let office = Office::open().await;
    let vendor = vendor(&office, "Policy").await;
    let admins = policy(&[rule("0", 1, role(Role::Admin), json!({}))]);
    adopts(&office, admins.clone()).await;
    let invoice = submitted(&office, &vendor, "P-1", "100").await;
    approves(&office, "admin", &invoice).await.done();
    office.by("viewer").get(&format!("/v1/approvals?min_position={}", office.head().await)).await.done();
    let replayed = async |rules: &Value| {
        let asked = json!({ "rules": rules, "since": "2026-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z" });
        let answer = office.by("admin").post("/v1/approval-policy/replay", asked).await.done().body;
        answer["differences"][0]["barred"].clone()
    };
    assert_eq!(replayed(&admins).await, Value::Null, "confirmed: nothing would be different");
    let other = policy(&[rule("0", 1, role(Role::Admin), json!({})), rule("99999", 2, role(Role::Owner), json!({}))]);
    assert_eq!(replayed(&other).await, json!([{ "user_id": id_of(&office, "admin"), "because": "adopted_policy" }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_confirms_for_who_works_alone_and_in_one_company() {
    let office = Office::open().await;
    let next_door = office.next_door("Beta").await;
    let refused = confirm_approval_policy(&office.app.system, office.tenant, 2).await.expect_err("nothing was adopted").to_string();
    assert!(refused.contains("version-not-adopted"), "{refused}");
    for company in [&office, &next_door] {
        company.by("owner").post(ADOPT, policy(&[rule("0", 1, role(Role::Owner), json!({}))])).await.done();
    }
    confirm_approval_policy(&office.app.system, office.tenant, 2).await.expect("confirmed");
    assert_eq!(in_force(&office).await["awaits_confirmation"], false);
    assert_eq!(in_force(&next_door).await["awaits_confirmation"], true);
    let trail = office.by("owner").get("/v1/audit-trail?action=ApprovalPolicyConfirmed").await.done().body;
    let detail = office.by("owner").get(&format!("/v1/audit-trail/{}", trail["data"][0]["position"])).await.done().body;
    assert_eq!((&detail["channel"], &detail["data"]["by"]), (&json!("command_line"), &Value::Null), "{detail}");
    let vendor = vendor(&office, "Policy").await;
    let invoice = submitted(&office, &vendor, "P-1", "100").await;
    approves(&office, "owner", &invoice).await.done();
}
