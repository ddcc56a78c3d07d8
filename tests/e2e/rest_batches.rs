//! Batches: every command by its operation id, each alone or all in one write.

use serde_json::{Value, json};

use crate::rest_client::{Office, Reply};

fn item(sku: &str) -> Value {
    json!({ "operation": "create_item", "body": { "sku": sku, "name": sku, "unit": "C62" } })
}

fn atomic(commands: Vec<Value>) -> Value {
    json!({ "atomic": true, "commands": commands })
}

fn alone(commands: Vec<Value>) -> Value {
    json!({ "commands": commands })
}

fn codes(reply: &Reply) -> Vec<Value> {
    reply.body["results"].as_array().expect("results").iter().map(|r| r["problem"]["code"].clone()).collect()
}

/// Read off the OpenAPI document: only documents and secrets have no place in a batch.
#[tokio::test]
async fn every_command_is_known_to_batches_but_for_documents_and_secrets() {
    let office = Office::open().await;
    let mut unknown = Vec::new();
    for (operation, method, _) in office.operations().await {
        if method != "POST" {
            continue;
        }
        let reply = office.by("owner").post("/v1/commands", alone(vec![json!({ "operation": operation, "body": { "no": 1 } })])).await;
        // The role is asked first, and the owner lacks none: what is refused is the operation, or its body or id.
        assert_eq!(codes(&reply)[0], "invalid-field", "{operation}: {reply:?}");
        if reply.body["results"][0]["problem"]["errors"][0]["pointer"] == "/commands/0/operation" {
            unknown.push(operation);
        }
    }
    unknown.sort();
    assert_eq!(
        unknown,
        [
            "add_provider_webhook_secret",
            "add_user",
            "attach_file",
            "begin_import",
            "convert_einvoice",
            "dismiss_refused_reactions",
            "import_ach_changes",
            "import_ach_returns",
            "import_bank_statement",
            "import_exchange_rates",
            "import_goods_receipt",
            "import_invoice",
            "import_namesake",
            "import_payment_status",
            "import_purchase_order",
            "issue_key",
            "make_decision_link",
            "match_bank_statement",
            "open_bank_account",
            "open_provider_account",
            "preview_approval",
            "preview_import",
            "propose_payment_run",
            "replace_provider_credential",
            "replay_approval_policy",
            "replay_bank_rules",
            "replay_payment_calendar",
            "replay_tolerances",
            "retire_provider_webhook_secret",
            "retry_refused_reactions",
            "revalidate_invoice",
            "revalue_payables",
            "run_commands",
            "send_remittance_advice",
            "validate_einvoice",
            "write_positive_pay"
        ]
    );
}

#[tokio::test]
async fn a_command_alone_has_its_own_result() {
    let office = Office::open().await;
    let reply = office.by("clerk").post("/v1/commands", alone(vec![item("A"), item(" "), item("B")])).await.done();
    assert_eq!(codes(&reply), [Value::Null, json!("sku-missing"), Value::Null], "{reply:?}");
    assert_eq!(reply.body["results"][1]["problem"]["errors"][0]["pointer"], "/commands/1/body/sku");
}

#[tokio::test]
async fn an_atomic_batch_that_is_refused_names_the_command_and_writes_nothing() {
    let office = Office::open().await;
    let before = office.head().await;
    let unknown = "01890000-0000-7000-8000-000000000000";
    let rows = [
        (item(" "), 422, "sku-missing", "/commands/2/body/sku"),
        (item("a"), 409, "sku-taken", "/commands/2"),
        (json!({ "operation": "verify_vendor" }), 422, "invalid-field", "/commands/2/id"),
        (json!({ "operation": "verify_vendor", "id": unknown }), 404, "not-found", "/commands/2"),
        (json!({ "operation": "block_vendor", "id": unknown, "body": { "raeson": "?" } }), 422, "invalid-field", "/commands/2/body/raeson"),
        (
            json!({ "operation": "block_vendor", "id": unknown, "body": { "reason": " " } }),
            422,
            "reason-missing",
            "/commands/2/body/reason",
        ),
        (json!({ "operation": "create_item", "id": unknown, "body": {} }), 422, "invalid-field", "/commands/2/id"),
        (json!({ "operation": "drop_tables" }), 422, "invalid-field", "/commands/2/operation"),
    ];
    for (command, status, code, pointer) in rows {
        let reply = office.by("owner").post("/v1/commands", atomic(vec![item("A"), item("B"), command])).await;
        reply.refused(status, code).at(pointer);
    }
    assert_eq!(office.head().await, before);
    // Taken by what is stored, not by what came before it in the batch.
    office.by("owner").post("/v1/items", json!({ "sku": "C", "name": "C", "unit": "C62" })).await.done();
    let reply = office.by("owner").post("/v1/commands", atomic(vec![item("A"), item("C")])).await;
    reply.refused(409, "sku-taken").at("/commands/1");
}

#[tokio::test]
async fn commands_of_one_write_build_on_each_other_and_a_repeat_answers_the_same() {
    let office = Office::open().await;
    let vendor = office.by("clerk").post("/v1/vendors", json!({ "name": "Muster GmbH" })).await.done().id();
    let commands = atomic(vec![
        json!({ "operation": "block_vendor", "id": vendor, "body": { "reason": "checking" } }),
        json!({ "operation": "unblock_vendor", "id": vendor }),
        item("A"),
    ]);
    let first = office.by("owner").post_as("batch", "/v1/commands", commands.clone()).await.done();
    let after = office.head().await;
    office.by("owner").post(&format!("/v1/vendors/{vendor}/block"), json!({ "reason": "later" })).await.done();
    let again = office.by("owner").post_as("batch", "/v1/commands", commands).await.done();
    assert_eq!(first.body, again.body);
    assert_eq!(office.head().await, after + 1);
    let versions: Vec<i64> =
        first.body["results"].as_array().expect("results").iter().filter_map(|r| r["done"]["version"].as_i64()).collect();
    assert_eq!(versions, [3, 3, 1]);
}

#[tokio::test]
async fn roles_are_asked_of_each_command() {
    let office = Office::open().await;
    let commands = vec![item("A"), json!({ "operation": "plan_payment", "body": {} })];
    let reply = office.by("clerk").post("/v1/commands", alone(commands.clone())).await.done();
    assert_eq!(codes(&reply), [Value::Null, json!("role-missing")]);
    office.by("clerk").post("/v1/commands", atomic(commands)).await.refused(403, "role-missing").at("/commands/1");
    let owners = json!({ "operation": "change_user_roles", "id": office.ids[3].1, "body": { "roles": ["owner"] } });
    assert_eq!(codes(&office.by("admin").post("/v1/commands", alone(vec![owners])).await), [json!("rights-lacking")]);
}

#[tokio::test]
async fn a_batch_has_1_to_1000_commands_and_no_version() {
    let office = Office::open().await;
    for count in [0, 1_001] {
        office.by("owner").post("/v1/commands", atomic(vec![item("A"); count])).await.refused(422, "invalid-field").at("/commands");
    }
    let request =
        office.by("owner").request(reqwest::Method::POST, "/v1/commands").header("Idempotency-Key", "v").header("If-Match", "\"1\"");
    crate::rest_client::reply(request.json(&atomic(vec![item("A")]))).await.refused(400, "malformed-request");
}
