//! The main job, as people do it: an invoice comes in, the right person approves, it is paid once, stock moves.

use futures::future::join_all;
use quittance_domain::role::Role;
use quittance_tests::app::{Answer, Company, Person, TestApp};
use serde_json::{Value, json};

const IBAN: &str = "DE89370400440532013000";

struct Office {
    app: TestApp,
    company: Company,
    anna: Person,
    bob: Person,
    tess: Person,
    theo: Person,
}

async fn office() -> Office {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let anna = app.user(&company, "anna", Role::ApClerk).await;
    let bob = app.user(&company, "bob", Role::Approver).await;
    let tess = app.user(&company, "tess", Role::Treasurer).await;
    let theo = app.user(&company, "theo", Role::Treasurer).await;
    Office { app, company, anna, bob, tess, theo }
}

impl Office {
    /// A vendor whose account somebody else than the approvers entered, and a second person approved.
    async fn vendor(&self) -> String {
        let vendor = json!({ "name": "Muster GmbH", "vat_id": "DE136695976", "address": { "country": "DE" } });
        let id = self.anna.posts("/v1/vendors", vendor).await.succeeds().id();
        let account = json!({ "account": { "kind": "iban", "iban": IBAN } });
        self.anna.opens_account(&self.tess, &id, account).await;
        id
    }

    async fn approved_invoice(&self, vendor: &str, number: &str, price: &str) -> String {
        let id = self.anna.posts("/v1/invoices", invoice(vendor, number, price)).await.succeeds().id();
        self.anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
        self.bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
        id
    }

    async fn status(&self, id: &str, after: &Answer) -> Value {
        self.anna.gets(&format!("/v1/invoices/{id}?min_position={}", after.position())).await.succeeds().body["status"].clone()
    }

    async fn company_account(&self) -> String {
        let account = json!({ "name": "Main", "currency": "EUR", "account": { "kind": "iban", "iban": "DE02120300000000202051" } });
        let added = self.tess.posts("/v1/company/bank-accounts", account).await.succeeds();
        added.body["bank_account_id"].as_str().expect("an id").to_owned()
    }
}

fn invoice(vendor: &str, number: &str, price: &str) -> Value {
    let line = json!({ "name": "Brackets", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "S", "rate": "0" } });
    json!({ "vendor_id": vendor, "number": number, "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] })
}

#[tokio::test]
async fn an_invoice_is_approved_by_somebody_else_and_paid_once_through_a_bank_file() {
    let o = office().await;
    let vendor = o.vendor().await;
    let id = o.anna.posts("/v1/invoices", invoice(&vendor, "2026-001", "1200.00")).await.succeeds().id();
    o.anna.posts("/v1/invoices", invoice(&vendor, "2026/1", "1200.00")).await.is_refused_as("duplicate-invoice");
    o.anna.posts("/v1/invoices", invoice(&vendor, "2026 - 001", "7.00")).await.is_refused_as("duplicate-invoice");
    o.anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
    o.anna.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.is_refused_as("role-missing");
    o.company.owner.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.is_refused_as("not-eligible");
    let approved = o.bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
    o.bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
    assert_eq!(o.status(&id, &approved).await, "approved");

    let debtor = o.company_account().await;
    let plan = json!({ "method": "sepa_credit_transfer", "debtor_account_id": debtor, "items": [{ "invoice_id": id }] });
    let payment = o.tess.posts("/v1/payments", plan.clone()).await.succeeds().id();
    o.tess.posts("/v1/payments", plan).await.is_refused_as("nothing-open");
    o.tess.posts(&format!("/v1/payments/{payment}/execute"), json!({})).await.is_refused_as("wrong-state");
    o.tess.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.is_refused_as("self-authorisation");
    o.theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
    o.tess.posts(&format!("/v1/payments/{payment}/execute"), json!({})).await.succeeds();
    let (status, file) = o.tess.downloads(&format!("/v1/payments/{payment}/file")).await;
    assert_eq!(status, 200);
    assert_eq!(o.tess.downloads(&format!("/v1/payments/{payment}/file")).await.1, file, "the same bytes");
    let text = String::from_utf8(file).expect("text");
    assert!(text.contains("pain.001.001.09") && text.contains(IBAN) && text.contains("1200.00"), "{text}");

    let settled = o.tess.posts(&format!("/v1/payments/{payment}/settle"), json!({ "value_date": "2026-11-20" })).await.succeeds();
    assert_eq!(o.status(&id, &settled).await, "paid");
    let returned = json!({ "value_date": "2026-11-22", "reason": "AC04" });
    o.tess.posts(&format!("/v1/payments/{payment}/return"), returned.clone()).await.is_refused_as("own-payment");
    let returned = o.theo.posts(&format!("/v1/payments/{payment}/return"), returned).await.succeeds();
    assert_eq!(o.status(&id, &returned).await, "approved");
}

#[tokio::test]
async fn sixty_four_payers_claim_an_open_amount_once() {
    let o = office().await;
    let vendor = o.vendor().await;
    let id = o.approved_invoice(&vendor, "RACE-1", "100.00").await;
    let whole = json!({ "method": "manual", "items": [{ "invoice_id": id, "amount": { "amount": "100.00", "currency": "EUR" } }] });
    let answers = join_all((0..64).map(|_| o.tess.posts("/v1/payments", whole.clone()))).await;
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1, "{answers:?}");
    assert!(answers.iter().filter(|a| a.status != 201).all(|a| a.status == 409), "{answers:?}");
    let detail = o.anna.gets(&format!("/v1/invoices/{id}?min_position={}", answers.iter().map(Answer::position).max().unwrap_or(0))).await;
    assert_eq!(detail.body["claimed"]["amount"], "100.00", "{detail:?}");
}

#[tokio::test]
async fn thirty_two_captures_of_one_document_are_one_invoice_served_back_byte_for_byte() {
    let o = office().await;
    let document = include_bytes!("../../api/samples/muster-2026-0117.ubl.xml").to_vec();
    let keys: Vec<String> = (0..32).map(|n| format!("capture {n}")).collect();
    let answers = join_all(keys.iter().map(|key| o.anna.uploads("/v1/invoices/import", document.clone(), key))).await;
    let taken: Vec<&Answer> = answers.iter().filter(|a| a.status == 201).collect();
    assert_eq!(taken.len(), 1, "{answers:?}");
    assert!(answers.iter().filter(|a| a.status != 201).all(|a| a.body["code"] == "duplicate-invoice"), "{answers:?}");
    let read = format!("/v1/invoices/{}/original?min_position={}", taken[0].id(), taken[0].position());
    assert_eq!(o.anna.downloads(&read).await, (200, document));
}

#[tokio::test]
async fn sixteen_repeats_of_one_key_are_answered_alike_and_another_body_is_refused() {
    let o = office().await;
    let vendor = o.vendor().await;
    let body = invoice(&vendor, "ONCE", "10.00");
    o.anna.posts_with_key("/v1/invoices", body.clone(), None).await.is_refused_as("idempotency-key-missing");
    let answers = join_all((0..16).map(|_| o.anna.posts_with_key("/v1/invoices", body.clone(), Some("the key")))).await;
    assert!(answers.iter().all(|a| a.status == 201 && a.body == answers[0].body && a.etag == answers[0].etag), "{answers:?}");
    assert_eq!(answers.iter().filter(|a| !a.replayed).count(), 1);
    let other = o.anna.posts_with_key("/v1/invoices", invoice(&vendor, "OTHER", "10.00"), Some("the key")).await;
    other.is_refused_as("idempotency-key-reused");
}

#[tokio::test]
async fn a_change_of_amount_starts_approval_over_and_a_large_invoice_needs_two() {
    let o = office().await;
    let vendor = o.vendor().await;
    let id = o.anna.posts("/v1/invoices", invoice(&vendor, "BIG", "10000.00")).await.succeeds().id();
    o.anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
    let first = o.bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
    assert_eq!(o.status(&id, &first).await, "pending_approval");
    let amended = json!({ "invoice": invoice(&vendor, "BIG", "10001.00"), "reason": "typing mistake" });
    let amended = o.anna.posts(&format!("/v1/invoices/{id}/amend"), amended).await.succeeds();
    assert_eq!(o.status(&id, &amended).await, "received");
    o.anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
    o.bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
    let second = o.company.owner.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
    assert_eq!(o.status(&id, &second).await, "approved");
}

#[tokio::test]
async fn a_receipt_moves_stock_once_and_low_stock_is_told_once_per_crossing() {
    let o = office().await;
    let vendor = o.vendor().await;
    let item = json!({ "sku": "BRK", "name": "Bracket", "unit": "C62", "reorder_level": "5" });
    let item = o.anna.posts("/v1/items", item).await.succeeds().id();
    let line = json!({ "line": 1, "item_id": item, "description": "Bracket", "quantity": "10", "unit_price": "2.50" });
    let order = json!({ "vendor_id": vendor, "number": "PO-1", "currency": "EUR", "lines": [line] });
    let order = o.anna.posts("/v1/purchase-orders", order).await.succeeds().id();
    let receipt = json!({ "purchase_order_id": order, "location": "main", "lines": [{ "line": 1, "accepted": "10" }] });
    let posted = o.anna.posts_with_key("/v1/goods-receipts", receipt.clone(), Some("receipt")).await.succeeds();
    o.anna.posts_with_key("/v1/goods-receipts", receipt.clone(), Some("receipt")).await.succeeds();
    o.anna.posts("/v1/goods-receipts", receipt).await.is_refused_as("quantity-exceeds-order");
    let stock = o.anna.gets(&format!("/v1/stock?min_position={}", posted.position())).await.succeeds();
    assert_eq!(stock.body["data"][0]["on_hand"], "10", "{stock:?}");
    let issue = |quantity: &str| json!({ "item_id": item, "location": "main", "quantity": quantity, "reason": "sold" });
    o.anna.posts("/v1/stock/issue", issue("5")).await.succeeds();
    o.anna.posts("/v1/stock/issue", issue("1")).await.succeeds();
    o.anna.posts("/v1/stock/issue", issue("5")).await.is_refused_as("insufficient-stock");
    let low = o.company.owner.gets("/v1/audit-trail?action=StockRanLow").await.succeeds();
    assert_eq!(low.body["data"].as_array().map(Vec::len), Some(1), "{low:?}");
}

/// S1: every operation with another tenant's ids answers exactly as with unknown ones.
#[tokio::test]
async fn another_tenants_ids_are_unknown_ids() {
    let o = office().await;
    let vendor = o.vendor().await;
    let invoice = o.approved_invoice(&vendor, "MINE", "10.00").await;
    let payment = json!({ "method": "manual", "items": [{ "invoice_id": invoice }] });
    let payment = o.tess.posts("/v1/payments", payment).await.succeeds().id();
    let stranger = o.app.company("Other").await.owner;
    let unknown = "01890000-0000-7000-8000-000000000000";
    let api = stranger.gets("/openapi.json").await.succeeds().body;
    let mut probes = 0;
    for (path, item) in api["paths"].as_object().expect("paths").iter().filter(|(path, _)| path.contains("{id}")) {
        for method in item.as_object().expect("methods").keys() {
            for theirs in [&vendor, &invoice, &payment] {
                let at = |id: &str| path.replace("{id}", id).replace("{account_id}", unknown).replace("{key_id}", unknown);
                let (mine, nobodys) = match method.as_str() {
                    "post" => (stranger.posts(&at(theirs), json!({})).await, stranger.posts(&at(unknown), json!({})).await),
                    _ => (stranger.gets(&at(theirs)).await, stranger.gets(&at(unknown)).await),
                };
                let without_id = |answer: &Answer| {
                    let mut body = answer.body.clone();
                    body.as_object_mut().map(|b| b.remove("request_id"));
                    (answer.status, body.to_string().replace(theirs.as_str(), unknown))
                };
                assert_eq!(without_id(&mine), without_id(&nobodys), "{method} {path}");
                assert!(mine.status >= 400, "{method} {path}: {mine:?}");
                probes += 1;
            }
        }
    }
    assert!(probes > 80, "only {probes} probes");
}

/// S4: every operation refuses a caller without a key.
#[tokio::test]
async fn nobody_does_anything_without_a_key() {
    let o = office().await;
    let nobody = o.app.person("qk_live_00000000_unknown".to_owned());
    let api = o.anna.gets("/openapi.json").await.succeeds().body;
    for (path, item) in api["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("methods").keys() {
            let path = path.replace("{id}", "x").replace("{account_id}", "x").replace("{key_id}", "x").replace("{position}", "1");
            let answer = if method == "post" { nobody.posts(&path, json!({})).await } else { nobody.gets(&path).await };
            assert_eq!(answer.status, 401, "{method} {path}: {answer:?}");
        }
    }
}
