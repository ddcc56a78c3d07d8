//! Twice is once: every command of the story repeated with its key, and keys used for something else.

use reqwest::Method;
use serde_json::{Value, json};

use crate::rest_client::{Office, reply};
use crate::rest_story::{Play, Played};

/// What moves money, stock or bank details, written down without looking at the routes.
const KEYED: &[&str] = &[
    "create_invoice",
    "amend_invoice",
    "import_invoice",
    "receive_namesake",
    "import_namesake",
    "arrange_recurring_invoice",
    "begin_import",
    "import_bank_statement",
    "import_payment_status",
    "import_ach_returns",
    "import_ach_changes",
    "match_bank_line",
    "unmatch_bank_line",
    "divide_bank_line",
    "withdraw_bank_statement",
    "book_bank_line",
    "unbook_bank_line",
    "assign_ledger_account",
    "open_bank_account",
    "match_bank_statement",
    "book_bank_statement",
    "apply_credit",
    "apply_prepayment",
    "retain_part",
    "release_retention",
    "record_refund",
    "write_off_invoice",
    "reverse_allocation",
    "draft_receivable",
    "revise_receivable",
    "issue_receivable",
    "record_incoming_payment",
    "take_incoming_payment_back",
    "hand_over_goods",
    "credit_receivable",
    "refund_customer",
    "take_customer_refund_back",
    "write_off_receivable",
    "reinstate_receivable",
    "cancel_receivable",
    "plan_payment",
    "authorise_payment",
    "execute_payment",
    "record_payment",
    "settle_payment",
    "fail_payment",
    "find_transfer_outcome",
    "confirm_transfer_outcome",
    "return_payment",
    "void_payment",
    "send_remittance_advice",
    "open_chequebook",
    "void_cheque_number",
    "agree_positive_pay_layout",
    "write_positive_pay",
    "propose_payment_run",
    "remove_payment_run_item",
    "authorise_payment_run",
    "execute_payment_run",
    "write_payment_run_file",
    "cancel_payment_run",
    "add_vendor_bank_account",
    "approve_vendor_bank_account",
    "reject_vendor_bank_account",
    "remove_vendor_bank_account",
    "add_company_bank_account",
    "open_provider_account",
    "confirm_provider_account",
    "replace_provider_credential",
    "add_provider_webhook_secret",
    "retire_provider_webhook_secret",
    "set_bank_change_control",
    "confirm_bank_change_control",
    "decline_bank_change_control",
    "set_stock_rules",
    "set_ach_origination",
    "post_goods_receipt",
    "inspect_goods_receipt",
    "return_goods",
    "import_purchase_order",
    "import_goods_receipt",
    "receive_despatch_advice",
    "issue_stock",
    "adjust_stock",
    "count_stock",
    "reserve_stock",
    "release_stock",
    "transfer_stock",
    "spread_landed_cost",
    "post_journal_entry",
    "reverse_journal_entry",
    "revalue_payables",
    "accrue_costs",
    "run_commands",
];

#[tokio::test]
async fn what_moves_money_stock_or_bank_details_is_refused_without_a_key_and_says_so() {
    let office = Office::open().await;
    let api = office.by("owner").get("/openapi.json").await.body;
    for (operation, method, path) in office.operations().await.into_iter().filter(|(_, method, _)| method == Method::POST) {
        let declared = &api["paths"][&path]["post"]["parameters"];
        let required = declared.as_array().into_iter().flatten().any(|p| p["name"] == "Idempotency-Key" && p["required"] == true);
        assert_eq!(required, KEYED.contains(&operation.as_str()), "{operation}");
        let path =
            ["{id}", "{account_id}", "{key_id}"].iter().fold(path, |path, name| path.replace(name, "01890000-0000-7000-8000-000000000000"));
        let request = office.by("owner").request(method, &path);
        let request = match operation.as_str() {
            "begin_import" => request.header("Content-Type", "text/csv").body("x"),
            ach if ach.starts_with("import_ach") => request.header("Content-Type", "text/plain").body("1"),
            import if import.starts_with("import_") => request.header("Content-Type", "application/xml").body("<x/>"),
            _ => request.json(&json!({})),
        };
        let refused = reply(request).await;
        assert_eq!(refused.body["code"] == "idempotency-key-missing" && refused.status == 400, required, "{operation}: {refused:?}");
    }
}

/// The whole story again, with its keys: nothing is written, and what was written is answered as it was.
#[tokio::test]
async fn every_command_repeated_with_its_key_is_answered_as_the_first_time() {
    let office = Office::open().await;
    let mut play = Play::new(&office).await;
    let played: Vec<Played> =
        play.through(&office).await.into_iter().filter(|p| p.scene.request.is_some() || p.scene.document.is_some()).collect();
    let head = office.head().await;
    let mut without_events = Vec::new();
    for Played { scene, key, reply: first } in &played {
        let again = play.play(&office, scene, key).await;
        if !again.headers.contains_key("idempotent-replayed") {
            without_events.push(scene.operation.as_str());
            continue;
        }
        assert_eq!((again.status, without_secret(&again.body)), (first.status, without_secret(&first.body)), "{scene:?}");
        assert_eq!(again.headers.get("etag"), first.headers.get("etag"), "{scene:?}");
        assert_eq!(again.body.get("api_key"), None, "a secret is answered once: {scene:?}");
    }
    assert_eq!(office.head().await, head, "a repeat writes nothing");
    assert!(played.len() > 50, "only {} commands", played.len());
    // Nothing of these is in the log: they changed nothing the first time either.
    without_events.sort_unstable();
    let questions = [
        "book_bank_statement",
        "cancel_import",
        "convert_einvoice",
        "dismiss_refused_reactions",
        "import_ach_changes",
        "import_ach_returns",
        "import_payment_status",
        "make_decision_link",
        "match_bank_statement",
        "match_invoice",
        "preview_approval",
        "preview_import",
        "replay_approval_policy",
        "replay_bank_rules",
        "replay_payment_calendar",
        "replay_tolerances",
    ];
    assert_eq!(without_events, [&questions[..], &["resolve_invoice_approvers", "validate_einvoice"]].concat());
}

/// A secret is answered once, and a list of invoices is the one of now.
fn without_secret(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(body) = body.as_object_mut() {
        for field in ["api_key", "invoices_with_old_account", "more_invoices"] {
            body.remove(field);
        }
    }
    body
}

#[tokio::test]
async fn a_key_is_for_one_request() {
    let office = Office::open().await;
    let clerk = office.by("clerk");
    let item = |sku: &str| json!({ "sku": sku, "name": "x", "unit": "C62" });
    let first = clerk.post_as("key", "/v1/items", item("A")).await.done();
    clerk.post_as("key", "/v1/items", item("B")).await.refused(422, "idempotency-key-reused");
    clerk.post_as("key", &format!("/v1/items/{}", first.id()), item("A")).await.refused(422, "idempotency-key-reused");
    clerk.post_as("key", "/v1/vendors", json!({ "name": "V" })).await.refused(422, "idempotency-key-reused");
    assert_eq!(clerk.post_as("key", "/v1/items", item("A")).await.done().body, first.body);

    let next_door = office.next_door("Other").await;
    let theirs = next_door.by("clerk").post_as("key", "/v1/items", item("A")).await.done();
    assert_ne!(theirs.id(), first.id(), "a key is a tenant's own");
}

#[tokio::test]
async fn a_refused_command_leaves_nothing_and_its_key_may_try_again() {
    let office = Office::open().await;
    let clerk = office.by("clerk");
    let item = |sku: &str| json!({ "sku": sku, "name": "x", "unit": "C62" });
    let holder = clerk.post("/v1/items", item("A")).await.done().id();
    clerk.post_as("again", "/v1/items", item("A")).await.refused(409, "sku-taken");
    clerk.post(&format!("/v1/items/{holder}"), item("Z")).await.done();
    let done = clerk.post_as("again", "/v1/items", item("A")).await.done();
    assert_eq!(clerk.post_as("again", "/v1/items", item("A")).await.done().body, done.body);
}

#[tokio::test]
async fn a_key_is_visible_ascii_and_not_long() {
    let office = Office::open().await;
    let item = json!({ "sku": "A", "name": "x", "unit": "C62" });
    for key in ["", &"k".repeat(256)] {
        office.by("clerk").post_as(key, "/v1/items", item.clone()).await.refused(400, "malformed-request");
    }
    let bytes = reqwest::header::HeaderValue::from_bytes("schlüssel".as_bytes()).expect("a header");
    let request = office.by("clerk").request(Method::POST, "/v1/items").header("Idempotency-Key", bytes).json(&item);
    reply(request).await.refused(400, "malformed-request");
    office.by("clerk").post_as(&"k".repeat(255), "/v1/items", item).await.done();
}

/// Two people may choose one key for one thing, such as the invoice that both approve: the second is not told that it is done.
#[tokio::test]
async fn a_key_finds_the_first_answer_for_whoever_asked_first() {
    let (office, item) = (Office::open().await, json!({ "sku": "P-1", "name": "Paper", "unit": "C62" }));
    let first = office.by("clerk").post_as("item-P-1", "/v1/items", item.clone()).await.done();
    let again = office.by("clerk").post_as("item-P-1", "/v1/items", item.clone()).await.done();
    assert_eq!((&again.body["id"], again.headers["idempotent-replayed"].as_str()), (&first.body["id"], "true"));
    office.by("owner").post_as("item-P-1", "/v1/items", item).await.refused(422, "idempotency-key-reused");
}
