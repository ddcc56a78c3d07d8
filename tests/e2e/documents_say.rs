//! What a document says of itself and of its payment is heeded: nothing is sent that the vendor collects, nothing is owed twice or on a
//! proforma, and what it offers for paying early is taken.

use quittance_tests::{day, today};
use serde_json::{Value, json};

use crate::payment_runs::Office;

const SAMPLE: &str = include_str!("../../api/samples/muster-2026-0117.ubl.xml");
const IBAN: &str = "DE89370400440532013000";
const PAYEE: &str = "<cac:PayeeFinancialAccount><cbc:ID>DE89370400440532013000</cbc:ID></cac:PayeeFinancialAccount>";

/// The sample of today under another number and without its order, with these edits.
fn document(number: &str, edits: &[(&str, &str)]) -> String {
    let (issued, due) = (format!("<cbc:IssueDate>{}</", today()), format!("<cbc:DueDate>{}</", day(30)));
    let usual = [
        ("2026-0117", number),
        ("<cbc:IssueDate>2026-10-28</", &issued),
        ("<cbc:DueDate>2026-11-27</", &due),
        ("  <cac:OrderReference><cbc:ID>PO-2026-041</cbc:ID></cac:OrderReference>\n", ""),
        ("    <cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference>\n", ""),
    ];
    usual.iter().chain(edits).fold(SAMPLE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the sample has no {from}");
        text.replace(from, to)
    })
}

async fn office() -> Office {
    let office = Office::open().await;
    let vendor = json!({ "name": "Muster Metallbau GmbH", "vat_id": "DE999999990", "address": { "city": "Kassel", "country": "DE" } });
    let vendor = office.anna.posts("/v1/vendors", vendor).await.succeeds().id();
    office.anna.opens_account(&office.bob, &vendor, json!({ "account": { "kind": "iban", "iban": IBAN } })).await;
    office
}

impl Office {
    async fn takes_in(&self, number: &str, edits: &[(&str, &str)]) -> (String, Value) {
        let taken = self.anna.uploads("/v1/invoices/import", document(number, edits).into_bytes(), number).await.succeeds();
        let id = taken.id();
        let detail = self.anna.gets(&format!("/v1/invoices/{id}?min_position={}", taken.position())).await.succeeds().body;
        (id, detail)
    }

    async fn plans(&self, method: &str, invoice: &str) -> quittance_tests::app::Answer {
        let plan = json!({ "method": method, "debtor_account_id": self.account, "items": [{ "invoice_id": invoice }] });
        self.tess.posts("/v1/payments", plan).await
    }
}

#[tokio::test]
async fn what_the_vendor_collects_is_recorded_and_never_sent() {
    let office = office().await;
    let (id, detail) = office.takes_in("LAST-1", &[(">58<", ">59<"), (PAYEE, "")]).await;
    assert_eq!(detail["status"], "received", "{detail}");
    office.approves(&id).await;
    office.plans("sepa_credit_transfer", &id).await.is_refused_as("paid-otherwise");
    let run = office.proposes().await.succeeds().id();
    assert_eq!(office.says(&run, &id).await, "paid_otherwise");
    let why = office.reads(&format!("/v1/invoices/{id}/why-not-paid")).await;
    assert_eq!(why["blocked_by"][0]["kind"], "paid_otherwise", "{why}");

    // A correction that says nothing of it changes nothing of it; one that does lets the money be sent.
    let line = json!({ "name": "Steel bracket", "quantity": { "value": "60", "unit": "C62" }, "unit_price": "12.50", "tax": { "code": "S", "rate": "19" } });
    let vendor = detail["vendor_id"].clone();
    let corrected = |means: Value| {
        let invoice = json!({ "vendor_id": vendor, "number": "LAST-1a", "issue_date": today(), "currency": "EUR", "lines": [line], "payment_means": means });
        json!({ "invoice": invoice, "reason": "the number was misread" })
    };
    office.anna.posts(&format!("/v1/invoices/{id}/amend"), corrected(Value::Null)).await.succeeds();
    office.approves(&id).await;
    office.plans("sepa_credit_transfer", &id).await.is_refused_as("paid-otherwise");
    office.anna.posts(&format!("/v1/invoices/{id}/amend"), corrected(json!("58"))).await.succeeds();
    office.approves(&id).await;
    office.plans("sepa_credit_transfer", &id).await.succeeds();
}

#[tokio::test]
async fn an_account_with_a_slip_in_it_is_not_the_vendors() {
    let office = office().await;
    for (number, stated) in [("SLIP-1", "DE99370400440532013000"), ("SLIP-2", "0532013000")] {
        let (_, detail) = office.takes_in(number, &[(IBAN, stated)]).await;
        let kinds: Vec<&Value> = detail["exceptions"].as_array().expect("a list").iter().map(|exception| &exception["kind"]).collect();
        assert!(kinds.contains(&&json!("bank_account")), "{detail}");
        assert_eq!(detail["pay_to"], Value::Null, "{detail}");
    }
}

#[tokio::test]
async fn what_the_document_offers_for_paying_early_is_taken() {
    let office = office().await;
    let offer = "#SKONTO#TAGE=14#PROZENT=2.00#\n#SKONTO#TAGE=7#PROZENT=3.00#BASISBETRAG=500.00#\n";
    let terms = format!("  </cac:PaymentMeans>\n  <cac:PaymentTerms><cbc:Note>{offer}</cbc:Note></cac:PaymentTerms>");
    let (id, detail) = office.takes_in("SKONTO-1", &[("  </cac:PaymentMeans>", &terms)]).await;
    let offered = &detail["terms"];
    assert_eq!((&offered["code"], &offered["instalments"][0]["due_date"]), (&json!("BT-20"), &json!(day(30))), "{detail}");
    // 2 % of 892.50, and 3 % of 500.00.
    let discounts: Vec<(&Value, &Value)> =
        offered["discounts"].as_array().expect("a list").iter().map(|offer| (&offer["last_day"], &offer["amount"]["amount"])).collect();
    assert_eq!(discounts, [(&json!(day(14)), &json!("17.85")), (&json!(day(7)), &json!("15.00"))]);
    office.approves(&id).await;
    let payment = office.plans("sepa_credit_transfer", &id).await.succeeds().id();
    let planned = office.reads(&format!("/v1/payments/{payment}")).await;
    assert_eq!(planned["total"]["amount"], "874.65", "{planned}");
}

#[tokio::test]
async fn an_invoice_below_zero_is_a_credit_note() {
    let office = office().await;
    let below = [(">60<", ">-60<"), (">750.00<", ">-750.00<"), (">142.50<", ">-142.50<"), (">892.50<", ">-892.50<")];
    let (_, detail) = office.takes_in("MINUS-1", &below).await;
    assert_eq!(
        (&detail["kind"], &detail["payable"]["amount"], &detail["status"]),
        (&json!("credit_note"), &json!("892.50"), &json!("received"))
    );
    let stated = json!({ "vendor_id": detail["vendor_id"], "number": "MINUS-2", "issue_date": today(), "currency": "EUR",
        "lines": [{ "name": "x", "quantity": { "value": "-1", "unit": "C62" }, "unit_price": "300", "tax": { "code": "S", "rate": "0" } }] });
    let refused = office.anna.posts("/v1/invoices", stated).await;
    refused.is_refused_as("invalid-field");
    assert!(refused.body.to_string().contains("credit note"), "{refused:?}");
}

#[tokio::test]
async fn a_corrected_invoice_and_the_one_whose_place_it_takes_are_not_both_paid() {
    let office = office().await;
    office.takes_in("ORIG-1", &[]).await;
    let reference = "<cbc:BuyerReference>Purchasing</cbc:BuyerReference>\n  <cac:BillingReference><cac:InvoiceDocumentReference>\
        <cbc:ID>ORIG-1</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>";
    let edits = [
        (">380<", ">384<"),
        ("<cbc:BuyerReference>Purchasing</cbc:BuyerReference>", reference),
        (">60<", ">50<"),
        (">750.00<", ">625.00<"),
        (">142.50<", ">118.75<"),
        (">892.50<", ">743.75<"),
    ];
    let (_, detail) = office.takes_in("KORR-9", &edits).await;
    let alike = &detail["lookalikes"][0];
    assert_eq!(
        (&detail["status"], &alike["number"], &alike["likenesses"]),
        (&json!("in_exception"), &json!("ORIG-1"), &json!(["corrected"])),
        "{detail}"
    );
}

#[tokio::test]
async fn a_proforma_is_not_owed() {
    let office = office().await;
    let (id, detail) = office.takes_in("PRO-1", &[(">380<", ">325<")]).await;
    assert_eq!((&detail["status"], &detail["exceptions"][0]["kind"]), (&json!("in_exception"), &json!("document_type")), "{detail}");
    office.anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.is_refused_as("in-exception");
}
