//! What an invoice is of, and how risky its vendor is held to be: a policy asks by it, a delegation is for it, and what was known at the
//! time is what the time machine sees.

use quittance_domain::role::Role;
use serde_json::{Value, json};

use crate::approval_policies::{approves, id_of, invoice_of, policy, role, rule, under, vendor, waits_for};
use crate::rest_client::Office;

async fn item(office: &Office, sku: &str, group: Value) -> String {
    let item = json!({ "sku": sku, "name": sku, "unit": "C62", "group": group });
    office.by("clerk").post("/v1/items", item).await.done().id()
}

async fn is_described(office: &Office, vendor: &str, details: Value) {
    office.by("clerk").post(&format!("/v1/vendors/{vendor}/details"), details).await.done();
}

/// An invoice with a line for each item number, submitted.
async fn of_items(office: &Office, vendor: &str, number: &str, price: &str, items: &[&str]) -> String {
    let mut invoice = invoice_of(vendor, number, price);
    let line = invoice["lines"][0].clone();
    let lines = items.iter().map(|item| {
        let mut line = line.clone();
        line["item_number"] = json!(item);
        line
    });
    invoice["lines"] = lines.collect();
    let id = office.by("clerk").post("/v1/invoices", invoice).await.done().id();
    office.by("clerk").post(&format!("/v1/invoices/{id}/submit"), json!({})).await.done();
    id
}

fn asks_owner(when: Value) -> Value {
    policy(&[rule("0", 1, role(Role::Approver), json!({})), rule("0", 2, role(Role::Owner), json!({ "when": when }))])
}

async fn owner_is_asked(office: &Office, invoice: &str) -> bool {
    approves(office, "approver", invoice).await.done();
    waits_for(office, invoice).await == ["owner"]
}

#[tokio::test]
async fn a_rule_asks_by_what_the_lines_are_of() {
    let office = under(asks_owner(json!({ "categories": ["metal"] }))).await;
    item(&office, "BOLT", json!("metal")).await;
    item(&office, "SHEET", json!("paper")).await;
    item(&office, "THING", json!(null)).await;
    let (smith, other) = (vendor(&office, "Smith").await, vendor(&office, "Other").await);
    is_described(&office, &smith, json!({ "group": "metal" })).await;
    let table: [(&str, &[&str], bool, Value, bool); 6] = [
        (&other, &["bolt"], true, json!(["metal"]), false),
        (&other, &["SHEET", "BOLT"], true, json!(["metal", "paper"]), false),
        (&other, &["SHEET", "THING"], false, json!(["paper"]), true),
        (&smith, &["THING"], true, json!(["metal"]), false),
        (&smith, &["SHEET"], false, json!(["paper"]), false),
        (&other, &["nobody's"], false, Value::Null, true),
    ];
    for (number, (vendor, items, asked, categories, uncategorised)) in (1..).zip(table) {
        // No two of a vendor come to one amount: they would look alike.
        let price = format!("{}.00", 10 * number * number);
        let id = of_items(&office, vendor, &format!("{number}-{number}"), &price, items).await;
        assert_eq!(owner_is_asked(&office, &id).await, asked, "{items:?}");
        let told = office.by("clerk").post("/v1/approval-policy/preview", json!({ "invoice_id": id })).await.done().body;
        let facts = &told["facts"];
        assert_eq!((&facts["categories"], facts["uncategorised"] == true), (&categories, uncategorised), "{facts}");
    }
}

#[tokio::test]
async fn a_rule_asks_by_risk_and_one_person_alone_does_not_lower_it() {
    let office = under(asks_owner(json!({ "vendor_risks": ["high"] }))).await;
    let vendor = vendor(&office, "Far Away Ltd").await;
    let stated = |class: &str| json!({ "risk": { "class": class, "reason": "what its bank says" } });
    let preview = async |number: &str, price: &str| {
        let id = office.by("clerk").post("/v1/invoices", invoice_of(&vendor, number, price)).await.done().id();
        let told = office.by("clerk").post("/v1/approval-policy/preview", json!({ "invoice_id": id })).await.done().body;
        (id, told["facts"]["vendor_risk"].clone(), told["stages"].as_array().map(Vec::len))
    };
    let (first, risk, stages) = preview("1", "10").await;
    assert_eq!((risk, stages), (Value::Null, Some(1)));
    office.by("clerk").post(&format!("/v1/invoices/{first}/submit"), json!({})).await.done();
    is_described(&office, &vendor, stated("high")).await;
    let (second, risk, stages) = preview("22", "20").await;
    assert_eq!((risk, stages), (json!("high"), Some(2)));
    office.by("clerk").post(&format!("/v1/invoices/{second}/submit"), json!({})).await.done();
    assert!(owner_is_asked(&office, &second).await);
    assert!(!owner_is_asked(&office, &first).await, "it was not known when the first one was submitted");

    office.by("approver").post(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.done();
    is_described(&office, &vendor, stated("low")).await;
    assert_eq!(preview("333", "30").await.1, "high", "only its maker has seen the change");
    office.by("approver").post(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.done();
    assert_eq!(preview("4444", "40").await.1, "low");
    let head = office.head().await;
    let found = async |class: &str| {
        office.by("viewer").get(&format!("/v1/vendors?risk={class}&min_position={head}")).await.done().body["data"].clone()
    };
    assert_eq!((found("low").await[0]["id"].clone(), found("high").await), (json!(vendor), json!([])));

    // The time machine sees what was known then.
    office.by("viewer").get(&format!("/v1/approvals?min_position={head}")).await.done();
    let rules = policy(&[rule("0", 1, role(Role::Approver), json!({}))]);
    let asked = json!({ "rules": rules, "since": "2020-01-01T00:00:00Z", "until": "2090-01-01T00:00:00Z" });
    let told = office.by("owner").post("/v1/approval-policy/replay", asked).await.done().body;
    let fewer = told["differences"].as_array().expect("rounds").iter().filter(|round| round["fewer"] != json!([]));
    let differing: Vec<&Value> = fewer.map(|round| &round["invoice_id"]).collect();
    assert_eq!(differing, [&json!(second)], "{told}");
}

#[tokio::test]
async fn a_delegate_decides_about_what_the_delegation_is_for_in_every_line() {
    let office = under(policy(&[rule("0", 1, role(Role::Approver), json!({}))])).await;
    item(&office, "BOLT", json!("metal")).await;
    item(&office, "SHEET", json!("paper")).await;
    let body = json!({ "delegate_id": id_of(&office, "admin"), "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2090-01-01T00:00:00Z",
        "scope": { "categories": ["metal"] } });
    office.by("approver").post("/v1/delegations", body).await.done();
    let vendor = vendor(&office, "V").await;
    let table: [(&[&str], bool); 3] = [(&["BOLT", "BOLT"], true), (&["BOLT", "SHEET"], false), (&["BOLT", "nobody's"], false)];
    for (number, (items, may)) in (1..).zip(table) {
        let id = of_items(&office, &vendor, &format!("{number}-{number}"), &format!("{number}.00"), items).await;
        let reply = approves(&office, "admin", &id).await;
        if may {
            reply.done();
        } else {
            reply.refused(403, "not-eligible");
        }
    }
}
