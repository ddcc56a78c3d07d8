//! Whom the policy asks: conditions, managers, limits, splitting; and nobody who has a duty against it.

use quittance_domain::role::Role;
use serde_json::{Value, json};

use crate::rest_client::Office;

/// An office with a policy of its own.
pub async fn under(rules: Value) -> Office {
    let office = Office::open().await;
    adopts(&office, rules).await;
    office
}

/// Adopted by one person and confirmed by another: everybody decides under it.
pub async fn adopts(office: &Office, rules: Value) {
    office.by("owner").post("/v1/approval-policy", rules).await.done();
    let version = in_force(office).await["policy_version"].clone();
    office.by("admin").post("/v1/approval-policy/confirm", json!({ "policy_version": version })).await.done();
}

pub async fn in_force(office: &Office) -> Value {
    office.by("viewer").get(&format!("/v1/approval-policy?min_position={}", office.head().await)).await.done().body
}

pub fn policy(rules: &[Value]) -> Value {
    json!({ "currency": "EUR", "rules": rules })
}

/// A rule from `from` on that asks one of `approvers` in `stage`, under conditions.
pub fn rule(from: &str, stage: u8, approvers: Value, more: Value) -> Value {
    let mut rule = json!({ "from": from, "steps": [{ "stage": stage, "approvers": approvers, "quorum": 1 }] });
    rule.as_object_mut().expect("a rule").extend(more.as_object().expect("more of the rule").clone());
    rule
}

pub fn role(role: Role) -> Value {
    json!({ "role": role })
}

pub async fn vendor(office: &Office, name: &str) -> String {
    office.by("clerk").post("/v1/vendors", json!({ "name": name })).await.done().id()
}

pub fn invoice_of(vendor: &str, number: &str, price: &str) -> Value {
    let line =
        json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "Z", "rate": "0" } });
    json!({ "vendor_id": vendor, "number": number, "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] })
}

/// An invoice that the clerk entered and submitted.
pub async fn submitted(office: &Office, vendor: &str, number: &str, price: &str) -> String {
    let id = office.by("clerk").post("/v1/invoices", invoice_of(vendor, number, price)).await.done().id();
    office.by("clerk").post(&format!("/v1/invoices/{id}/submit"), json!({})).await.done();
    id
}

/// The newest round of an invoice as it stands now.
pub async fn round_of(office: &Office, invoice: &str) -> Value {
    let head = office.head().await;
    let found = office.by("viewer").get(&format!("/v1/approvals?invoice_id={invoice}&sort=-requested_at&min_position={head}")).await.done();
    found.body["data"][0].clone()
}

/// Whose decision an invoice waits for.
pub async fn waits_for(office: &Office, invoice: &str) -> Vec<String> {
    let round = round_of(office, invoice).await;
    let mut people: Vec<String> = round["waiting_for"].as_array().expect("people").iter().map(|id| name_of(office, id)).collect();
    people.sort();
    people
}

pub fn name_of(office: &Office, id: &Value) -> String {
    let known = office.ids.iter().find(|(_, known)| id.as_str() == Some(known));
    known.map(|(name, _)| name.trim_start_matches('$').to_owned()).unwrap_or_else(|| panic!("{id} is nobody here"))
}

pub fn id_of(office: &Office, name: &str) -> String {
    office.ids.iter().find(|(known, _)| known.trim_start_matches('$') == name).map(|(_, id)| id.clone()).expect("a person")
}

pub async fn approves(office: &Office, person: &str, invoice: &str) -> crate::rest_client::Reply {
    office.by(person).post(&format!("/v1/invoices/{invoice}/approve"), json!({})).await
}

/// What the rule asks for beside the amount, and an invoice of which it holds and one of which it does not.
#[tokio::test]
async fn a_rule_holds_under_its_conditions_only() {
    let asks_owner = |when: Value| rule("0", 2, role(Role::Owner), json!({ "when": when }));
    let office = Office::open().await;
    let known = vendor(&office, "Known").await;
    let first = submitted(&office, &known, "1", "100").await;
    approves(&office, "approver", &first).await.done();
    let (other, fresh) = (vendor(&office, "Other").await, vendor(&office, "Fresh").await);
    let account = json!({ "account": { "kind": "iban", "iban": "DE89370400440532013000" } });
    office.by("admin").post(&format!("/v1/vendors/{other}/bank-accounts"), account).await.done();
    let table = [
        (json!({ "vendors": [other] }), &other, &known),
        (json!({ "new_vendor": true }), &fresh, &known),
        (json!({ "new_vendor": false }), &known, &fresh),
        (json!({ "bank_changed": true }), &other, &known),
        (json!({ "currencies": ["EUR"], "sources": ["json"] }), &known, &known),
        (json!({ "currencies": ["USD"] }), &known, &known),
        (json!({ "sources": ["document"] }), &known, &known),
        (json!({ "exceptions": ["bank_account"] }), &known, &known),
    ];
    for (number, (when, holds, holds_not)) in (10..).zip(table) {
        adopts(&office, policy(&[rule("0", 1, role(Role::Approver), json!({})), asks_owner(when.clone())])).await;
        for (vendor, suffix) in [(holds, "a"), (holds_not, "b")] {
            // No two look alike.
            let price = format!("{number}{}", suffix.len() + usize::from(suffix == "b"));
            let id = submitted(&office, vendor, &format!("{number}{suffix}"), &price).await;
            approves(&office, "approver", &id).await.done();
            let round = round_of(&office, &id).await;
            let asked_owner = round["status"] == "running";
            let expected = match when.as_object().and_then(|w| w.keys().next()).map(String::as_str) {
                Some("currencies" | "sources" | "exceptions") => when.get("currencies") == Some(&json!(["EUR"])),
                _ => suffix == "a",
            };
            assert_eq!(asked_owner, expected, "{when} {suffix}: {round}");
        }
    }
}

#[tokio::test]
async fn a_large_invoice_is_not_made_small_by_splitting_it() {
    let limit = |more| rule("10000", 2, role(Role::Owner), more);
    let office = under(policy(&[rule("0", 1, role(Role::Approver), json!({})), limit(json!({ "aggregate": true }))])).await;
    let vendor = vendor(&office, "Splitter").await;
    let halves = [submitted(&office, &vendor, "A", "6000").await, submitted(&office, &vendor, "B", "6001").await];
    for half in &halves {
        approves(&office, "approver", half).await.done();
    }
    assert_eq!(round_of(&office, &halves[0]).await["status"], "granted", "the first half alone is small");
    assert_eq!(waits_for(&office, &halves[1]).await, ["owner"]);

    // Nor by sending it under two names, once they are known to be one vendor.
    let (first, second) =
        (crate::approval_policies::vendor(&office, "Parter").await, crate::approval_policies::vendor(&office, "Parter & Sons").await);
    let part = submitted(&office, &second, "P", "6003").await;
    approves(&office, "approver", &part).await.done();
    office.by("clerk").post(&format!("/v1/vendors/{second}/merge"), json!({ "into": first })).await.done();
    let rest = submitted(&office, &first, "Q", "5004").await;
    approves(&office, "approver", &rest).await.done();
    assert_eq!(waits_for(&office, &rest).await, ["owner"]);

    // Within one request nothing has been projected yet, and still it adds up.
    let both = |number: &str| json!({ "operation": "create_invoice", "body": invoice_of(&vendor, number, "1") });
    office.by("clerk").post("/v1/commands", json!({ "atomic": true, "commands": [both("C"), both("D")] })).await.done();

    adopts(&office, policy(&[rule("0", 1, role(Role::Approver), json!({})), limit(json!({}))])).await;
    let alone = submitted(&office, &vendor, "E", "6002").await;
    approves(&office, "approver", &alone).await.done();
    assert_eq!(round_of(&office, &alone).await["status"], "granted");
}

#[tokio::test]
async fn managers_are_asked_level_by_level_and_nobody_beyond_their_limit() {
    let of = |level: u8| json!({ "manager_of": { "person": "submitter", "level": level } });
    let rules = [rule("0", 1, of(1), json!({})), rule("0", 2, of(2), json!({})), rule("5000", 3, role(Role::Approver), json!({}))];
    let office = under(policy(&rules)).await;
    let vendor = vendor(&office, "V").await;
    let none = submitted(&office, &vendor, "1", "100").await;
    assert_eq!(round_of(&office, &none).await["status"], "stuck", "the clerk has no manager: nobody is nobody");

    let authority = |person: &str| format!("/v1/users/{}/authority", id_of(&office, person));
    let owner = office.by("owner");
    owner.post(&authority("clerk"), json!({ "manager_id": id_of(&office, "approver") })).await.done();
    let limit = json!({ "amount": "5000.00", "currency": "EUR" });
    owner.post(&authority("approver"), json!({ "manager_id": id_of(&office, "admin"), "approval_limit": limit })).await.done();
    owner.post(&authority("admin"), json!({ "manager_id": id_of(&office, "clerk") })).await.refused(422, "manager-cycle").at("/manager_id");
    office.by("admin").post(&authority("admin"), json!({})).await.refused(403, "self-promotion");

    let head = office.head().await;
    office.by("viewer").get(&format!("/v1/approvals?min_position={head}")).await.done();
    let small = submitted(&office, &vendor, "2", "5000").await;
    assert_eq!(waits_for(&office, &small).await, ["approver"]);
    approves(&office, "approver", &small).await.done();
    assert_eq!(waits_for(&office, &small).await, ["admin"]);
    approves(&office, "admin", &small).await.done();
    assert_eq!(round_of(&office, &small).await["status"], "stuck", "the only approver has decided a stage before");

    let large = submitted(&office, &vendor, "3", "5000.01").await;
    let round = round_of(&office, &large).await;
    assert_eq!(round["notes"][0]["kind"], "stuck", "beyond the approver's limit: {round}");
    office.by("admin").post(&format!("/v1/invoices/{none}/resolve-approvers"), json!({})).await.done();
    assert_eq!(waits_for(&office, &none).await, ["approver"], "looking again finds the manager of today");
}

#[tokio::test]
async fn a_stage_that_excludes_everybody_asks_their_managers_and_approves_nothing_by_itself() {
    let office = Office::open().await;
    let nobody = policy(&[rule("0", 1, json!({ "users": [] }), json!({}))]);
    office.by("owner").post("/v1/approval-policy", nobody).await.refused(422, "quorum-impossible").at("/rules/0/steps");
    let clerk = id_of(&office, "clerk");
    adopts(&office, policy(&[rule("0", 1, json!({ "users": [clerk] }), json!({}))])).await;
    let (vendor, owner) = (vendor(&office, "V").await, office.by("owner"));
    let authority = format!("/v1/users/{clerk}/authority");
    let set = owner.post(&authority, json!({ "manager_id": id_of(&office, "approver") })).await.done();
    office.by("viewer").get(&format!("/v1/approvals?min_position={}", set.body["position"])).await.done();
    let id = submitted(&office, &vendor, "1", "100").await;
    let round = round_of(&office, &id).await;
    let kinds: Vec<&Value> = round["notes"].as_array().expect("notes").iter().map(|n| &n["kind"]).collect();
    assert_eq!(kinds, ["stuck", "escalated_stuck"]);
    assert_eq!(waits_for(&office, &id).await, ["approver"]);
    approves(&office, "clerk", &id).await.refused(403, "role-missing");
    approves(&office, "approver", &id).await.done();
    assert_eq!(round_of(&office, &id).await["status"], "granted");
}

#[tokio::test]
async fn who_received_the_goods_does_not_approve_the_invoice_where_the_policy_says_so() {
    let plain = policy(&[rule("0", 1, role(Role::Admin), json!({}))]);
    let strict = json!({ "currency": "EUR", "rules": plain["rules"], "terms": { "exclude_receivers": true } });
    let office = under(plain).await;
    let (vendor, clerk, admin) = (vendor(&office, "V").await, office.by("clerk"), office.by("admin"));
    let item = clerk.post("/v1/items", json!({ "sku": "A", "name": "x", "unit": "C62" })).await.done().id();
    let line = json!({ "line": 1, "item_id": item, "description": "x", "quantity": "2", "unit_price": "200" });
    let order = json!({ "vendor_id": vendor, "number": "PO-1", "currency": "EUR", "lines": [line] });
    let order = clerk.post("/v1/purchase-orders", order).await.done().id();
    let receipt = json!({ "purchase_order_id": order, "location": "main", "lines": [{ "line": 1, "accepted": "2" }] });
    admin.post("/v1/goods-receipts", receipt).await.done();
    for (number, rules, people) in [("1", None, vec!["admin", "owner"]), ("2", Some(strict), vec!["owner"])] {
        if let Some(rules) = rules {
            adopts(&office, rules).await;
        }
        let mut body = invoice_of(&vendor, number, &format!("10{number}"));
        body["references"] = json!({ "purchase_order": "PO-1" });
        body["lines"][0]["order_line"] = json!("1");
        let id = clerk.post("/v1/invoices", body).await.done().id();
        clerk.post(&format!("/v1/invoices/{id}/submit"), json!({})).await.done();
        assert_eq!(waits_for(&office, &id).await, people);
        if people.len() == 1 {
            approves(&office, "admin", &id).await.refused(403, "goods-receiver");
        }
    }
}

/// A rule about what nobody knows holds for no invoice, and nobody would see that a control is missing.
#[tokio::test]
async fn a_rule_names_what_there_is() {
    let office = Office::open().await;
    let nobody = "00000000-0000-7000-8000-000000000001";
    let when = |when: Value| rule("0", 1, role(Role::Approver), json!({ "when": when }));
    let asks = |approvers: Value| rule("0", 1, approvers, json!({}));
    let table = [
        (when(json!({ "vendors": [nobody] })), "vendor-unknown", "/rules/0/when/vendors/0"),
        (when(json!({ "accounts": ["6000", "6001X"] })), "account-unknown", "/rules/0/when/accounts/1"),
        (when(json!({ "cost_centres": ["NOWHERE"] })), "cost-centre-unknown", "/rules/0/when/cost_centres/0"),
        (when(json!({ "projects": ["NEVER"] })), "project-unknown", "/rules/0/when/projects/0"),
        (asks(json!({ "users": [id_of(&office, "approver"), nobody] })), "user-unknown", "/rules/0/steps/0/approvers/users/1"),
        (
            asks(json!({ "manager_of": { "person": { "user": nobody }, "level": 1 } })),
            "user-unknown",
            "/rules/0/steps/0/approvers/manager_of/person/user",
        ),
    ];
    for (rule, code, pointer) in table {
        office.by("admin").post("/v1/approval-policy", policy(&[rule])).await.refused(422, code).at(pointer);
    }
    let mut late = policy(&[asks(role(Role::Approver))]);
    late["terms"] = json!({ "deadlines": [{ "stage": 2, "remind_after_hours": 24 }] });
    office.by("admin").post("/v1/approval-policy", late).await.refused(422, "stage-without-step").at("/terms/deadlines/0/stage");
    assert_eq!(in_force(&office).await["policy_version"], 1, "nothing was adopted");
}
