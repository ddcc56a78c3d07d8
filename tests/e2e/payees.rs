//! A payee that is not the seller (BG-10): a factor is known by an approved account in its name; whoever else asks for the money waits for a
//! person (I1, I7).

use quittance_tests::{day, today};
use serde_json::{Value, json};

use crate::payment_runs::Office;

const SAMPLE: &str = include_str!("../../api/samples/muster-2026-0117.ubl.xml");
const FACTOR: &str = "FR1420041010050500013M02606";
const OWN: &str = "DE89370400440532013000";

/// The sample of today under another number and without its order, to be paid to somebody.
fn document(number: &str, payee: &str, iban: &str) -> String {
    let (issued, due) = (format!("<cbc:IssueDate>{}</", today()), format!("<cbc:DueDate>{}</", day(30)));
    let paid =
        format!("<cac:PayeeParty><cac:PartyName><cbc:Name>{payee}</cbc:Name></cac:PartyName></cac:PayeeParty>\n  <cac:PaymentMeans>");
    let edits = [
        ("2026-0117", number),
        ("<cbc:IssueDate>2026-10-28</", &issued),
        ("<cbc:DueDate>2026-11-27</", &due),
        ("  <cac:OrderReference><cbc:ID>PO-2026-041</cbc:ID></cac:OrderReference>\n", ""),
        ("    <cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference>\n", ""),
        ("<cac:PaymentMeans>", &paid),
        (OWN, iban),
    ];
    edits.iter().fold(SAMPLE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the sample has no {from}");
        text.replacen(from, to, if *from == "<cac:PaymentMeans>" { 1 } else { usize::MAX })
    })
}

impl Office {
    /// The invoice, and the kinds of exceptions that it waits for.
    async fn receives(&self, number: &str, payee: &str, iban: &str) -> (Value, Vec<String>) {
        let taken = self.anna.uploads("/v1/invoices/import", document(number, payee, iban).into_bytes(), number).await.succeeds();
        let detail = self.anna.gets(&format!("/v1/invoices/{}?min_position={}", taken.id(), taken.position())).await.succeeds().body;
        let kinds = detail["exceptions"].as_array().expect("exceptions").iter().map(|e| e["kind"].as_str().expect("a kind").to_owned());
        let kinds = kinds.collect();
        (detail, kinds)
    }

    async fn file_of(&self, invoice: &str) -> String {
        let plan = json!({ "method": "sepa_credit_transfer", "debtor_account_id": self.account, "items": [{ "invoice_id": invoice }] });
        let payment = self.tess.posts("/v1/payments", plan).await.succeeds().id();
        self.theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
        self.tess.posts(&format!("/v1/payments/{payment}/execute"), json!({})).await.succeeds();
        let (status, bytes) = self.tess.downloads(&format!("/v1/payments/{payment}/file")).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
        String::from_utf8(bytes).expect("text")
    }
}

/// A seller that comes in with its factor's account: whose it is stands in the master data, and is paid in that name once it was approved.
#[tokio::test]
async fn a_factor_is_known_by_an_approved_account_in_its_name() {
    let o = Office::open().await;
    let (first, kinds) = o.receives("FAKT-1", "Factor Bank AG", FACTOR).await;
    assert_eq!(kinds, ["payee"], "{first}");
    let finding = &first["exceptions"][0]["findings"][0];
    assert_eq!((&finding["rule"], &finding["stated"]), (&json!("payee_unknown"), &json!("Factor Bank AG")));
    let vendor = first["vendor_id"].as_str().expect("an id").to_owned();
    let account = o.anna.gets(&format!("/v1/vendors/{vendor}")).await.succeeds().body["accounts"][0].clone();
    assert_eq!((&account["holder"], &account["account"]["iban"]), (&json!("Factor Bank AG"), &json!(FACTOR)));
    o.bob.posts(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.succeeds();

    let (second, kinds) = o.receives("FAKT-2", "FACTOR BANK, AG", FACTOR).await;
    assert!(kinds.is_empty(), "{second}");
    let id = second["id"].as_str().expect("an id");
    // Of the same amount and day as the first.
    for found in o.reads(&format!("/v1/invoices/{id}")).await["lookalikes"].as_array().expect("lookalikes") {
        let dismiss = json!({ "other": found["invoice_id"], "reason": "two deliveries" });
        o.bob.posts(&format!("/v1/invoices/{id}/dismiss-duplicate"), dismiss).await.succeeds();
    }
    o.approves(id).await;
    let file = o.file_of(id).await;
    let (_, creditor) = file.split_once("<Cdtr>").expect("a creditor");
    let (creditor, _) = creditor.split_once("</Cdtr>").expect("its end");
    assert_eq!(creditor.trim(), "<Nm>Factor Bank AG</Nm>", "neither the seller's name nor its address");

    let (third, kinds) = o.receives("FAKT-3", "Quick Cash Ltd", FACTOR).await;
    assert_eq!(kinds, ["payee"], "the factor's account, and another name: {third}");
}

#[tokio::test]
async fn an_account_of_its_own_makes_nobody_elses_name_known() {
    let o = Office::open().await;
    let vendor = json!({ "name": "Muster Metallbau GmbH", "vat_id": "DE999999990", "address": { "city": "Kassel", "country": "DE" } });
    let vendor = o.anna.posts("/v1/vendors", vendor).await.succeeds().id();
    let accounts = format!("/v1/vendors/{vendor}/bank-accounts");
    o.anna.opens_account(&o.bob, &vendor, json!({ "account": { "kind": "iban", "iban": OWN } })).await;
    let (own, kinds) = o.receives("EIGEN-1", "Muster Metallbau, GmbH", OWN).await;
    assert!(kinds.is_empty(), "the seller names itself: {own}");
    let (stranger, kinds) = o.receives("EIGEN-2", "Factor Bank AG", OWN).await;
    assert_eq!(kinds, ["payee"], "{stranger}");
    let (unknown, kinds) = o.receives("EIGEN-3", "Factor Bank AG", FACTOR).await;
    assert_eq!(kinds, ["bank_account", "payee"], "{unknown}");

    // A correction that says nothing of the payee does not make the question go away.
    let line = json!({ "name": "Steel bracket", "quantity": { "value": "60", "unit": "C62" }, "unit_price": "12.50", "tax": { "code": "S", "rate": "19" } });
    let body = json!({ "vendor_id": vendor, "number": "EIGEN-2a", "issue_date": today(), "currency": "EUR", "lines": [line] });
    let id = stranger["id"].as_str().expect("an id");
    let amended = o.anna.posts(&format!("/v1/invoices/{id}/amend"), json!({ "invoice": body, "reason": "the number" })).await.succeeds();
    let detail = o.anna.gets(&format!("/v1/invoices/{id}?min_position={}", amended.position())).await.succeeds().body;
    assert_eq!(detail["exceptions"][0]["kind"], "payee", "{detail}");

    // As JSON says it; an account that nobody has approved yet makes nobody known, an approved one is chosen by its name.
    o.anna.posts(&accounts, json!({ "account": { "kind": "iban", "iban": FACTOR }, "holder": " " })).await.is_refused_as("invalid-field");
    let factor = json!({ "account": { "kind": "iban", "iban": FACTOR }, "holder": "Factor Bank AG" });
    let proposed = o.anna.posts(&accounts, factor).await.succeeds().body["bank_account_id"].as_str().expect("an id").to_owned();
    let enters = async |number: &str| {
        let mut body = body.clone();
        (body["number"], body["payee"]) = (json!(number), json!({ "name": "Factor Bank AG" }));
        let taken = o.anna.posts("/v1/invoices", body).await.succeeds();
        o.anna.gets(&format!("/v1/invoices/{}?min_position={}", taken.id(), taken.position())).await.succeeds().body
    };
    assert_eq!(enters("EIGEN-4").await["exceptions"][0]["kind"], "payee");
    o.bob.posts(&format!("{accounts}/{proposed}/approve"), json!({})).await.succeeds();
    let known = enters("EIGEN-5").await;
    assert_eq!((&known["exceptions"], &known["pay_to"]["account"]["iban"]), (&json!([]), &json!(FACTOR)), "{known}");
}
