//! Small changes of an approved invoice: those that the policy bears are bound to the approval, all others ask again.

use quittance_domain::role::Role;
use serde_json::{Value, json};

use crate::approval_policies::{adopts, approves, id_of, invoice_of, policy, role, round_of, rule, submitted, vendor, waits_for};
use crate::rest_client::{Office, Reply};

/// Two percent or five euros; an owner from ten thousand on.
async fn bearing() -> Office {
    let office = Office::open().await;
    let mut rules = policy(&[rule("0", 1, role(Role::Approver), json!({})), rule("10000", 2, role(Role::Owner), json!({}))]);
    rules["terms"] = json!({ "immaterial_change": { "percent": "2", "amount": "5.00" } });
    adopts(&office, rules).await;
    office
}

async fn amended(office: &Office, person: &str, invoice: &str, body: Value) -> Reply {
    let body = json!({ "invoice": body, "reason": "as delivered" });
    office.by(person).post(&format!("/v1/invoices/{invoice}/amend"), body).await.done()
}

async fn approved(office: &Office, vendor: &str, number: &str, price: &str) -> String {
    let id = submitted(office, vendor, number, price).await;
    let done = approves(office, "approver", &id).await.done();
    assert_eq!(status(office, &id, &done).await, "approved");
    id
}

async fn status(office: &Office, invoice: &str, after: &Reply) -> Value {
    let path = format!("/v1/invoices/{invoice}?min_position={}", after.body["position"]);
    office.by("viewer").get(&path).await.done().body["status"].clone()
}

async fn settled_status(office: &Office, invoice: &str) -> Value {
    let head = office.head().await;
    office.by("viewer").get(&format!("/v1/invoices/{invoice}?min_position={head}")).await.done().body["status"].clone()
}

/// Price before and after, and whether that is asked again.
#[tokio::test]
async fn a_small_change_keeps_the_approval_and_the_invoice_is_paid_as_changed() {
    let office = bearing().await;
    let table = [
        ("100.00", "105.00", "approved"),
        ("100.00", "105.01", "received"),
        ("1000.00", "1020.00", "approved"),
        ("1000.00", "1020.01", "received"),
        ("1000.00", "200.00", "approved"),
        // Two percent, and an owner has to see it.
        ("9990.00", "10000.00", "received"),
    ];
    for (index, (before, after, expected)) in table.into_iter().enumerate() {
        let vendor = vendor(&office, &format!("V{index}")).await;
        let number = format!("N-{index}");
        let id = approved(&office, &vendor, &number, before).await;
        amended(&office, "clerk", &id, invoice_of(&vendor, &number, after)).await;
        assert_eq!(settled_status(&office, &id).await, expected, "{before} -> {after}");
        let round = round_of(&office, &id).await;
        if expected == "approved" {
            assert_eq!((&round["status"], &round["amount"]["amount"]), (&json!("granted"), &json!(after)), "{round}");
            assert_eq!(round["notes"][0]["kind"], "rebound");
            let paid =
                office.by("treasurer").post("/v1/payments", json!({ "method": "manual", "items": [{ "invoice_id": id }] })).await.done();
            let plan = office.by("viewer").get(&format!("/v1/payments/{}?min_position={}", paid.id(), paid.body["position"])).await.done();
            assert_eq!(plan.body["total"]["amount"], after, "all of it is paid: {plan:?}");
        } else {
            assert_eq!(round["status"], "withdrawn");
        }
    }
}

#[tokio::test]
async fn a_running_round_goes_on_about_what_the_invoice_says_now() {
    let office = bearing().await;
    let vendor = vendor(&office, "V").await;
    let id = submitted(&office, &vendor, "1", "100.00").await;
    amended(&office, "clerk", &id, invoice_of(&vendor, "1", "104.00")).await;
    assert_eq!(waits_for(&office, &id).await, ["approver"]);
    amended(&office, "clerk", &id, invoice_of(&vendor, "1", "105.00")).await;
    approves(&office, "approver", &id).await.done();
    assert_eq!(round_of(&office, &id).await["status"], "granted");
    assert_eq!(settled_status(&office, &id).await, "approved");
    // From what was submitted it is more than five.
    amended(&office, "clerk", &id, invoice_of(&vendor, "1", "105.50")).await;
    assert_eq!(settled_status(&office, &id).await, "received");
}

/// Within two percent, and still asked again.
#[tokio::test]
async fn nobody_slips_past_a_limit_or_changes_what_they_approved() {
    let office = bearing().await;
    let vendor = vendor(&office, "V").await;
    let limit = json!({ "approval_limit": { "amount": "500.00", "currency": "EUR" } });
    let set = office.by("owner").post(&format!("/v1/users/{}/authority", id_of(&office, "approver")), limit).await.done();
    office.by("viewer").get(&format!("/v1/approvals?min_position={}", set.body["position"])).await.done();
    let at_limit = approved(&office, &vendor, "1", "500.00").await;
    amended(&office, "clerk", &at_limit, invoice_of(&vendor, "1", "500.01")).await;
    assert_eq!(settled_status(&office, &at_limit).await, "received", "the approver could not have approved it");

    adopts(&office, {
        let mut rules = policy(&[rule("0", 1, role(Role::Admin), json!({}))]);
        rules["terms"] = json!({ "immaterial_change": { "amount": "5.00" } });
        rules
    })
    .await;
    let id = submitted(&office, &vendor, "2", "300.00").await;
    approves(&office, "admin", &id).await.done();
    amended(&office, "admin", &id, invoice_of(&vendor, "2", "301.00")).await;
    assert_eq!(settled_status(&office, &id).await, "received", "who approved it changed it");
}
