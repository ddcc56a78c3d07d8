//! S4: every operation of the OpenAPI document as every role, judged by the permission table and, where duties are
//! kept apart, by what a controller would write down without looking at it.

use quittance_api::permissions::{PERMISSIONS, roles_for};
use quittance_domain::role::Role;
use reqwest::Method;
use serde_json::json;

use crate::rest_client::{Client, Office, PEOPLE, Reply, fresh_key, reply};

const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

/// Asks for an operation with nothing that could make it succeed: the door opens or it does not.
async fn knocks(client: &Client, method: &Method, path: &str) -> Reply {
    let path = path.replace("{position}", "1").replace("{id}", NOBODY).replace("{account_id}", NOBODY).replace("{key_id}", NOBODY);
    let request = client.request(method.clone(), &path);
    match *method {
        Method::GET => reply(request).await,
        _ => reply(request.header("Idempotency-Key", fresh_key()).json(&json!({}))).await,
    }
}

fn everybody() -> Vec<(&'static str, Role)> {
    let tenth = PEOPLE.iter().copied().filter(|(person, _)| *person != "second_treasurer");
    // Who founds a company is owner and admin; the table names both wherever it names the owner but for money.
    std::iter::once(("owner", Role::Owner)).chain(tenth).collect()
}

#[tokio::test]
async fn every_cell_of_the_permission_table_holds_over_http() {
    let office = Office::open().await;
    let (mut cells, mut wrong) = (0, Vec::new());
    for (operation, method, path) in office.operations().await {
        let allowed = roles_for(&operation).expect("a row");
        for (person, role) in everybody() {
            let may = allowed.contains(&role) || (person == "owner" && allowed.contains(&Role::Admin));
            let reply = knocks(office.by(person), &method, &path).await;
            cells += 1;
            if reply.is_stopped_at_the_door() == may || reply.status >= 500 {
                wrong.push(format!("{person} {operation}: {} {}", reply.status, reply.body["code"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cells >= 80 * everybody().len(), "only {cells} cells");
}

/// Who owns a company without any other role is let in everywhere; what one person may not do alone is another matter.
#[test]
fn an_owner_stands_in_every_row() {
    let without: Vec<&str> =
        PERMISSIONS.iter().filter(|(_, roles)| !roles.contains(&Role::Owner)).map(|(operation, _)| *operation).collect();
    assert!(without.is_empty(), "{without:?}");
}

/// What an admin may give away is what an admin may do: the domain's short list, held against the whole table.
#[test]
fn nobody_gives_a_role_that_may_do_more_than_they() {
    let may = |role: Role| PERMISSIONS.iter().filter(move |(_, roles)| roles.contains(&role)).map(|(operation, _)| *operation);
    for giver in [Role::Owner, Role::Admin] {
        let own: Vec<&str> = may(giver).collect();
        for (_, role) in everybody() {
            let more: Vec<&str> = may(role).filter(|operation| !own.contains(operation)).collect();
            let within = more.is_empty() && !(role == Role::Owner && giver == Role::Admin);
            assert_eq!(role.is_given_by(&[giver]), within, "{giver} gives {role}: {more:?}");
        }
    }
    assert!(everybody().iter().all(|(_, role)| !role.is_given_by(&[Role::ApClerk, Role::Treasurer, Role::Approver, Role::Auditor])));
}

/// Written by hand from PRODUCT and the segregation of duties, not from the table.
const DUTIES: &[(&str, &[&str])] = &[
    // Who enters does not decide, who decides does not pay, who pays does not enter.
    ("create_invoice", &["owner", "admin", "clerk"]),
    ("amend_invoice", &["owner", "admin", "clerk"]),
    ("submit_invoice", &["owner", "admin", "clerk"]),
    ("arrange_recurring_invoice", &["owner", "admin", "clerk"]),
    ("approve_invoice", &["owner", "admin", "approver"]),
    ("reject_invoice", &["owner", "admin", "approver"]),
    ("resolve_invoice_exceptions", &["owner", "admin", "clerk", "approver"]),
    ("dismiss_invoice_duplicate", &["owner", "admin", "clerk", "approver"]),
    ("plan_payment", &["owner", "treasurer"]),
    ("authorise_payment", &["owner", "treasurer"]),
    ("execute_payment", &["owner", "treasurer"]),
    ("record_payment", &["owner", "treasurer"]),
    ("settle_payment", &["owner", "treasurer"]),
    ("fail_payment", &["owner", "treasurer"]),
    ("find_transfer_outcome", &["owner", "treasurer"]),
    ("confirm_transfer_outcome", &["owner", "treasurer"]),
    ("return_payment", &["owner", "treasurer"]),
    ("void_payment", &["owner", "treasurer"]),
    ("propose_payment_run", &["owner", "treasurer"]),
    ("remove_payment_run_item", &["owner", "treasurer"]),
    ("authorise_payment_run", &["owner", "treasurer"]),
    ("execute_payment_run", &["owner", "treasurer"]),
    ("write_payment_run_file", &["owner", "treasurer"]),
    ("cancel_payment_run", &["owner", "treasurer"]),
    ("get_payment_run_file", &["owner", "treasurer", "auditor"]),
    // Bank details: where money goes to, and where it comes from.
    ("add_vendor_bank_account", &["owner", "admin", "clerk"]),
    ("remove_vendor_bank_account", &["owner", "admin", "clerk"]),
    ("approve_vendor_bank_account", &["owner", "admin", "approver", "treasurer"]),
    ("reject_vendor_bank_account", &["owner", "admin", "approver", "treasurer"]),
    ("set_bank_change_control", &["owner", "admin"]),
    ("confirm_bank_change_control", &["owner", "admin"]),
    ("decline_bank_change_control", &["owner", "admin"]),
    ("verify_vendor", &["owner", "admin", "approver", "treasurer"]),
    ("add_company_bank_account", &["owner", "admin", "treasurer"]),
    ("set_ach_origination", &["owner", "admin", "treasurer"]),
    ("import_ach_changes", &["owner", "admin", "clerk"]),
    ("import_ach_returns", &["owner", "treasurer"]),
    ("open_provider_account", &["owner", "admin"]),
    ("confirm_provider_account", &["owner", "admin", "treasurer"]),
    ("close_provider_account", &["owner", "admin", "treasurer"]),
    ("get_payment_file", &["owner", "treasurer", "auditor"]),
    // Papers that others decide by.
    ("attach_file", &["owner", "admin", "clerk", "approver", "treasurer"]),
    ("detach_file", &["owner", "admin", "clerk", "approver", "treasurer"]),
    // Who may do what, and who must approve.
    ("add_user", &["owner", "admin"]),
    ("change_user_roles", &["owner", "admin"]),
    // A key of one's own: whose, the use case asks.
    ("issue_key", &["owner", "admin", "clerk", "approver", "treasurer", "analyst", "auditor", "viewer"]),
    ("revoke_key", &["owner", "admin"]),
    ("adopt_approval_policy", &["owner", "admin"]),
    ("confirm_approval_policy", &["owner", "admin"]),
    // What was done, for those who check.
    ("list_audit_trail", &["owner", "admin", "auditor"]),
    ("get_aggregate", &["owner", "admin", "auditor"]),
];

#[tokio::test]
async fn duties_are_kept_apart_as_a_controller_expects() {
    let office = Office::open().await;
    let operations = office.operations().await;
    for (duty, expected) in DUTIES {
        let (_, method, path) = operations.iter().find(|(id, ..)| id == duty).unwrap_or_else(|| panic!("{duty} is no operation"));
        let mut let_in = Vec::new();
        for (person, _) in everybody() {
            if !knocks(office.by(person), method, path).await.is_stopped_at_the_door() {
                let_in.push(person);
            }
        }
        assert_eq!(let_in, *expected, "{duty}");
    }
}

/// Analysts, auditors and viewers change nothing, whatever is added to the API.
#[tokio::test]
async fn who_only_looks_changes_nothing() {
    let office = Office::open().await;
    for (operation, method, path) in office.operations().await.into_iter().filter(|(_, method, _)| method == Method::POST) {
        // A batch asks for each command; a verdict that is given again changes no invoice; who is called may say that they have read it; anybody
        // changes their own key.
        if [
            "run_commands",
            "mark_comment_read",
            "issue_key",
            "validate_einvoice",
            "convert_einvoice",
            "preview_approval",
            "replay_approval_policy",
            "replay_bank_rules",
            "replay_payment_calendar",
            "replay_tolerances",
            "revalidate_invoice",
        ]
        .contains(&operation.as_str())
        {
            continue;
        }
        for person in ["analyst", "auditor", "viewer"] {
            assert!(knocks(office.by(person), &method, &path).await.is_stopped_at_the_door(), "{person} {operation}");
        }
    }
}

/// The roles let a person in; the person may still be the wrong one.
#[tokio::test]
async fn one_person_with_every_role_still_cannot_do_all_of_it() {
    let office = Office::open().await;
    let boss = office.by("owner");
    let vendor = boss.post("/v1/vendors", json!({ "name": "Muster GmbH" })).await.done().id();
    let line = json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "10", "tax": { "code": "Z", "rate": "0" } });
    let invoice = json!({ "vendor_id": vendor, "number": "1", "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] });
    let invoice = boss.post("/v1/invoices", invoice).await.done().id();
    boss.post(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.done();
    boss.post(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.refused(403, "self-approval");
    office.by("approver").post(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.done();
    let plan = json!({ "method": "manual", "items": [{ "invoice_id": invoice }] });
    let payment = boss.post("/v1/payments", plan).await.done().id();
    boss.post(&format!("/v1/payments/{payment}/authorise"), json!({})).await.refused(403, "self-authorisation");
    let me = boss.get("/v1/me").await.body["user_id"].as_str().expect("an id").to_owned();
    boss.post(&format!("/v1/users/{me}/roles"), json!({ "roles": ["owner"] })).await.refused(403, "self-promotion");
}
