//! The payment chain, closed: from an order's line over the invoice, the file and the bank's report to the statement's entry, in one signed
//! document that anybody verifies with nothing but the key.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use clap::{Parser, Subcommand};
use quittance_api::cli::payment::PaymentCommand;
use quittance_api::cli::verify_proof::VerifyProof;
use quittance_domain::ids::TenantId;
use quittance_domain::role::Role;
use quittance_tests::app::{Answer, PATIENCE, Person, TestApp};
use quittance_tests::today;
use serde_json::{Value, json};

use crate::bank::{camt053, first_of_this_month};
use crate::reads::{admin, goes_on, stands_still};

const DEBTOR: &str = "DE02120300000000202051";
const CREDITOR: &str = "DE89370400440532013000";

/// An order of ten brackets for 100.00, billed, and paid by a file that the bank has.
struct Chain {
    app: TestApp,
    tenant: TenantId,
    tess: Person,
    theo: Person,
    viewer: Person,
    payment: String,
    end_to_end_id: String,
}

/// Everything up to the authorised payment.
async fn authorised(app: &TestApp) -> (TenantId, [Person; 3], String) {
    let company = app.company("Acme").await;
    let (anna, bob) = (app.user(&company, "anna", Role::ApClerk).await, app.user(&company, "bob", Role::Approver).await);
    let (tess, theo) = (app.user(&company, "tess", Role::Treasurer).await, app.user(&company, "theo", Role::Treasurer).await);
    let viewer = app.user(&company, "viewer", Role::Viewer).await;
    let vendor = json!({ "name": "Muster GmbH", "vat_id": "DE136695976", "address": { "city": "Köln", "country": "DE" } });
    let vendor = anna.posts("/v1/vendors", vendor).await.succeeds().id();
    anna.opens_account(&bob, &vendor, json!({ "account": { "kind": "iban", "iban": CREDITOR } })).await;
    let item = anna.posts("/v1/items", json!({ "sku": "BRK", "name": "Bracket", "unit": "C62" })).await.succeeds().id();
    let line = json!({ "line": 1, "item_id": item, "description": "Bracket", "quantity": "10", "unit_price": "10.00" });
    let order = json!({ "vendor_id": vendor, "number": "PO-1", "currency": "EUR", "lines": [line] });
    let order = anna.posts("/v1/purchase-orders", order).await.succeeds().id();
    let received = json!({ "purchase_order_id": order, "location": "main", "lines": [{ "line": 1, "accepted": "10" }] });
    anna.posts("/v1/goods-receipts", received).await.succeeds();
    let line = json!({ "name": "Bracket", "quantity": { "value": "10", "unit": "C62" }, "unit_price": "10.00", "order_line": "1",
        "tax": { "code": "S", "rate": "0" } });
    let invoice = json!({ "vendor_id": vendor, "number": "R-77", "issue_date": first_of_this_month(), "currency": "EUR",
        "references": { "purchase_order": "PO-1" }, "lines": [line] });
    let invoice = anna.posts("/v1/invoices", invoice).await.succeeds();
    let id = invoice.id();
    // The goods reach the order by themselves.
    anna.gets(&format!("/v1/invoices/{id}/match?min_position={}", invoice.position())).await.succeeds();
    anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
    bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
    let account = json!({ "name": "Main", "currency": "EUR", "account": { "kind": "iban", "iban": DEBTOR } });
    let account = tess.posts("/v1/company/bank-accounts", account).await.succeeds().body["bank_account_id"].clone();
    let plan = json!({ "method": "sepa_credit_transfer", "debtor_account_id": account, "items": [{ "invoice_id": id }] });
    let payment = tess.posts("/v1/payments", plan).await.succeeds().id();
    let path = format!("/v1/payments/{payment}/proof");
    viewer.gets(&path).await.is_refused_as("nothing-to-prove");
    theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
    viewer.gets(&path).await.is_refused_as("nothing-to-prove");
    (company.tenant, [tess, theo, viewer], payment)
}

impl Chain {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let (tenant, [tess, theo, viewer], payment) = authorised(&app).await;
        tess.posts(&format!("/v1/payments/{payment}/execute"), json!({})).await.succeeds();
        let proof = viewer.gets(&format!("/v1/payments/{payment}/proof")).await.succeeds().body;
        let end_to_end_id = proof["transfers"][0]["end_to_end_id"].as_str().expect("an id").to_owned();
        Self { app, tenant, tess, theo, viewer, payment, end_to_end_id }
    }

    fn path(&self) -> String {
        format!("/v1/payments/{}/proof", self.payment)
    }

    async fn proof(&self) -> Value {
        self.viewer.gets(&self.path()).await.succeeds().body
    }

    async fn state(&self) -> Value {
        self.proof().await["state"].clone()
    }

    async fn signed(&self) -> String {
        let (status, document) = self.viewer.reads_as(&self.path(), "application/jose").await;
        assert_eq!(status, 200);
        String::from_utf8(document).expect("text")
    }

    /// The bank's report on the file.
    async fn bank_reports(&self, status: &str, reason: &str) {
        // The same report under another key is the same word.
        for key in ["one", "two"] {
            self.reports(status, reason, key).await.succeeds();
        }
    }

    async fn reports(&self, status: &str, reason: &str, key: &str) -> Answer {
        let (message, _) = self.end_to_end_id.split_once('-').expect("payment and line");
        let report = format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>R-{status}</MsgId></GrpHdr>\
             <OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>\
             <OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}/1</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>{}</OrgnlEndToEndId>\
             <TxSts>{status}</TxSts>{reason}</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>",
            self.end_to_end_id
        );
        self.tess.uploads("/v1/payment-status-reports", report.into_bytes(), &format!("{status} {key}")).await
    }

    async fn imports(&self, opening: &str, closing: &str, amount: &str, side: &str, reason: Option<&str>) {
        let id = Some(self.end_to_end_id.as_str());
        let reference = format!("B-{side}");
        let file = camt053(&today().to_string(), opening, closing, &[(amount, side, &reference, id, reason)]);
        self.tess.uploads("/v1/bank-statements/import", file.into_bytes(), side).await.succeeds();
    }

    /// The keys as a vendor fetches them, who has no credential.
    async fn published(&self) -> String {
        let answer = reqwest::get(format!("http://{}/v1/signing-keys", self.app.address)).await.expect("an answer");
        assert_eq!(answer.headers()["content-type"], "application/jwk-set+json");
        answer.text().await.expect("text")
    }
}

fn steps(of: &Value) -> Vec<String> {
    let steps = of["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    steps.iter().map(|step| format!("{}{}", step["step"].as_str().expect("a step"), step["status"].as_str().unwrap_or_default())).collect()
}

#[derive(Parser)]
struct Typed {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Subcommand)]
enum Verb {
    #[command(subcommand)]
    Payment(PaymentCommand),
    VerifyProof(VerifyProof),
}

/// What `quittance verify-proof` says, as it would be typed.
fn verified(document: &str, option: &str, key: &str) -> anyhow::Result<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("room");
        path
    };
    let (file, keys) = (write("proof.jws", document), write("keys", key));
    let typed = ["quittance", "verify-proof", &file.display().to_string(), option, &keys.display().to_string()].map(str::to_owned);
    match Typed::try_parse_from(typed).expect("as documented").command {
        Verb::VerifyProof(verify) => verify.told(),
        Verb::Payment(_) => unreachable!("it was not typed"),
    }
}

/// Another program's judgement: OpenSSL's, by the key of the JWKS alone.
fn openssl_verifies(document: &str, pem: &str) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("room");
    let (message, signature) = document.rsplit_once('.').expect("three parts");
    write("message", message.as_bytes());
    write("signature", &BASE64_URL_SAFE_NO_PAD.decode(signature).expect("base64url"));
    write("key.pem", pem.as_bytes());
    let arguments = ["pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "message", "-sigfile", "signature"];
    let output = Command::new("openssl").args(arguments).current_dir(folder.path()).output().expect("openssl is installed");
    output.status.success()
}

/// RFC 8410, around the key of a JWK.
fn pem_of(jwks: &str) -> String {
    let set: Value = serde_json::from_str(jwks).expect("JSON");
    let key = BASE64_URL_SAFE_NO_PAD.decode(set["keys"][0]["x"].as_str().expect("a key")).expect("base64url");
    let der = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00][..], &key].concat();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64_STANDARD.encode(der))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_proven_from_the_orders_line_to_the_statements_entry() {
    let chain = Chain::open().await;
    let proof = chain.proof().await;
    assert_eq!(
        (&proof["state"], steps(&proof)),
        (&json!("in_transit"), ["planned", "authorised", "executed", "file_written"].map(str::to_owned).to_vec())
    );
    let by = |step: usize| proof["steps"][step]["by"].clone();
    assert!(by(0) != by(1) && by(0) == by(2), "one planned, another authorised: {proof}");
    chain.bank_reports("ACSP", "").await;
    assert_eq!(chain.state().await, "accepted");
    chain.imports("1000.00", "900.00", "100.00", "DBIT", None).await;

    let proof = chain.proof().await;
    let transfer = &proof["transfers"][0];
    assert_eq!((&proof["state"], &transfer["proven_by"]), (&json!("settled"), &json!("bank_statement")), "{proof}");
    assert_eq!(steps(transfer), ["reported_by_bankACSP", "settled"], "the report that came twice is told once");
    assert_eq!(proof["amount"], json!({ "amount": "100.00", "currency": "EUR" }));
    let order = json!({ "number": "PO-1", "lines": [{ "line": 1, "description": "Bracket", "quantity": "10", "net": "100.00" }] });
    let told = &transfer["invoice"];
    assert_eq!(
        (&told["number"], &told["order"]["number"], &told["order"]["lines"]),
        (&json!("R-77"), &order["number"], &order["lines"]),
        "{told}"
    );
    let entry = &transfer["statement_entries"][0];
    let day = today().to_string();
    assert_eq!(
        (&entry["statement_id"], &entry["bank_reference"], &entry["booked_on"], &entry["amount"]["amount"], &entry["names_the_transfer"]),
        (&json!(format!("S-{day}")), &json!("B-DBIT"), &json!(day), &json!("-100.00"), &json!(true))
    );
    let detail = chain.tess.gets(&format!("/v1/payments/{}", chain.payment)).await.succeeds().body;
    assert_eq!(proof["file"]["sha256"], detail["file"]["sha256"]);
    // The vendor recognises its account, and nobody learns one.
    assert_eq!((&transfer["account"], &proof["payer_account"]), (&json!("DE****3000"), &json!("DE****2051")));
    assert!(!proof.to_string().contains(CREDITOR) && !proof.to_string().contains(DEBTOR), "{proof}");

    // One transfer by its id is the same here; of another id there is nothing.
    let one = chain.viewer.gets(&format!("{}?end_to_end_id={}", chain.path(), chain.end_to_end_id)).await.succeeds().body;
    assert_eq!(one["transfers"], proof["transfers"]);
    chain.viewer.gets(&format!("{}?end_to_end_id=other", chain.path())).await.is_refused_as("not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_says_waits_for_the_read_model_that_knows_the_payment() {
    let chain = Chain::open().await;
    let mut admin = admin(&chain.app.system).await;
    let account = async |name: &str, iban: &str| {
        let account = json!({ "name": name, "currency": "EUR", "account": { "kind": "iban", "iban": iban } });
        chain.tess.posts("/v1/company/bank-accounts", account).await.succeeds().position()
    };
    let before = account("Second", "DE75512108001245126199").await;
    chain.app.system.settled(chain.tenant, before).await.expect("readable");
    stands_still(chain.tenant, &mut admin, "payments").await;
    account("Third", "DE02500105170137075030").await;
    let early = chain.reports("ACSC", "", "one").await;
    assert_eq!((early.status, &early.body["code"]), (503, &json!("read-model-stopped")), "not: of another company {early:?}");
    let statement = camt053(&today().to_string(), "1000.00", "900.00", &[("100.00", "DBIT", "B-1", None, None)]);
    let early = chain.tess.uploads("/v1/bank-statements/import", statement.into_bytes(), "early").await;
    assert_eq!((early.status, &early.body["code"]), (503, &json!("read-model-stopped")), "not: unexplained {early:?}");
    goes_on(&mut admin).await;
    let mut answer = chain.reports("ACSC", "", "one").await;
    for _ in 0..PATIENCE {
        if answer.status != 503 {
            break;
        }
        answer = chain.reports("ACSC", "", "one").await;
    }
    let taken = answer.succeeds().body;
    assert_eq!((&taken["payment_id"], &taken["settled"]), (&json!(chain.payment), &json!(1)), "the key is still good: {taken}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signed_proof_is_the_document_and_is_verified_by_the_key_alone() {
    let chain = Chain::open().await;
    chain.imports("1000.00", "900.00", "100.00", "DBIT", None).await;
    let (proof, document, jwks) = (chain.proof().await, chain.signed().await, chain.published().await);
    let (_, rest) = document.split_once('.').expect("three parts");
    let payload = BASE64_URL_SAFE_NO_PAD.decode(rest.split_once('.').expect("three parts").0).expect("base64url");
    let mut payload: Value = serde_json::from_slice(&payload).expect("JSON");
    // It was made a moment later, and what follows from the statement may have been recorded meanwhile.
    for grows in ["iat", "position"] {
        assert!(payload[grows].as_i64() >= proof[grows].as_i64());
        payload[grows] = proof[grows].clone();
    }
    assert_eq!(payload, proof);

    let pem = pem_of(&jwks);
    assert!(openssl_verifies(&document, &pem));
    let words = verified(&document, "--keys", &jwks).expect("it is what was signed");
    for told in
        ["signed   by Acme", "state    settled", "order PO-1 line 1", "to DE****3000: 100.00 EUR, settled, proven by bank_statement"]
    {
        assert!(words.contains(told), "{told}: {words}");
    }
    assert_eq!(verified(&format!("{document}\n"), "--public-key", &pem).expect("the same key"), words);

    // Another amount under the old signature, by either verifier.
    payload["amount"]["amount"] = json!("900.00");
    let (header, signature) = (document.split('.').next().expect("a header"), document.rsplit('.').next().expect("a signature"));
    let forged = format!("{header}.{}.{signature}", BASE64_URL_SAFE_NO_PAD.encode(payload.to_string()));
    assert!(!openssl_verifies(&forged, &pem));
    let refused = format!("{:#}", verified(&forged, "--keys", &jwks).expect_err("it was changed"));
    assert!(refused.contains("proves nothing") && refused.contains("it was changed"), "{refused}");
    let other = quittance_infrastructure::signed_documents::new_key().expect("a key");
    let refused = format!("{:#}", verified(&document, "--public-key", &other).expect_err("another key"));
    assert!(refused.contains("none of those given"), "{refused}");

    // The command line makes the same, by the rights of the key.
    let at_terminal = proof_by_command(&chain).await;
    assert!(openssl_verifies(&at_terminal, &pem));
}

async fn proof_by_command(chain: &Chain) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("proof.jws").display().to_string();
    let typed = ["quittance", "payment", "proof", "--api-key", chain.viewer.secret(), &chain.payment, "--into", &file];
    let Verb::Payment(command) = Typed::try_parse_from(typed).expect("as documented").command else { unreachable!("it was not typed") };
    let told = command.carried_out(&chain.app.system).await.expect("made");
    assert!(told.contains("100.00 EUR to Muster GmbH, settled"), "{told}");
    std::fs::read_to_string(Path::new(&file)).expect("written").trim_end().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_banks_word_settles_and_what_came_back_says_so() {
    let chain = Chain::open().await;
    let settled = json!({ "value_date": today() });
    chain.tess.posts(&format!("/v1/payments/{}/settle", chain.payment), settled).await.succeeds();
    let proof = chain.proof().await;
    assert_eq!((&proof["state"], &proof["transfers"][0]["proven_by"]), (&json!("recorded_as_settled"), &Value::Null), "a person's word");
    chain.bank_reports("ACSC", "").await;
    let proof = chain.proof().await;
    assert_eq!((&proof["state"], &proof["transfers"][0]["proven_by"]), (&json!("settled"), &json!("bank_status_report")));
    chain.imports("1000.00", "900.00", "100.00", "DBIT", None).await;
    let before = chain.signed().await;
    chain.imports("900.00", "1000.00", "100.00", "CRDT", Some("AC04")).await;
    let proof = chain.proof().await;
    let transfer = &proof["transfers"][0];
    assert_eq!((&proof["state"], &transfer["statement_entries"][1]["return_reason"]), (&json!("returned"), &json!("AC04")), "{proof}");
    assert_eq!(steps(transfer), ["settled", "reported_by_bankACSC", "returned"]);
    assert_eq!(transfer["steps"][2]["reason"], "AC04", "the bank's word");
    // What was signed before says what was known then, and where in the log that was.
    let then = verified(&before, "--keys", &chain.published().await).expect("still right");
    assert!(then.contains("state    settled"), "{then}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_rejects_has_failed_with_its_reason() {
    let chain = Chain::open().await;
    chain.bank_reports("RJCT", "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>").await;
    let proof = chain.proof().await;
    let transfer = &proof["transfers"][0];
    assert_eq!((&proof["state"], steps(transfer)), (&json!("failed"), vec!["reported_by_bankRJCT".to_owned(), "failed".to_owned()]));
    assert_eq!((&transfer["steps"][0]["reason"], &transfer["steps"][0]["message_id"]), (&json!("AC04"), &json!("R-RJCT")));
    assert_eq!(transfer["steps"][1]["reason"], Value::Null, "it stands in the bank's report");
    // Another company's people find nothing here.
    let other = chain.app.company("Other").await;
    other.owner.gets(&chain.path()).await.is_refused_as("not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_report_of_the_bank_is_heard_or_contradicts() {
    let chain = Chain::open().await;
    let told = async |status: &str, key: &str| {
        let taken = chain.reports(status, "", key).await.succeeds().body;
        ["settled", "failed", "contradicting", "unknown"].map(|count| taken[count].as_u64().expect("a count"))
    };
    assert_eq!(told("RJCT", "one").await, [0, 1, 0, 0]);
    assert_eq!(told("ACSC", "two").await, [1, 0, 0, 0], "its money left after all");
    assert_eq!(told("ACSC", "three").await, [1, 0, 0, 0], "a report comes twice");
    assert_eq!(told("RJCT", "four").await, [0, 0, 1, 0], "nobody is told that it failed");
    assert_eq!(steps(&chain.proof().await["transfers"][0]).last().map(String::as_str), Some("reported_by_bankRJCT"));
    let ageing = chain.tess.gets("/v1/reports/ap-ageing").await.succeeds().body;
    let total = &ageing["totals"][0];
    assert_eq!(total["total"]["amount"], "0.00", "the invoice is open again, and the vendor has its money: {ageing}");
    let on_account = total["buckets"].as_array().expect("buckets").last().expect("a bucket");
    assert_eq!((&on_account["bucket"], &on_account["open"]["amount"]), (&json!("on_account"), &json!("-100.00")), "{ageing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_writes_stays_among_themselves() {
    let chain = Chain::open().await;
    let payment = format!("/v1/payments/{}", chain.payment);
    let written = json!({ "reason": "their Mr Krause is said to be bankrupt" });
    chain.theo.posts(&format!("{payment}/fail"), written.clone()).await.succeeds();
    // The bank has moved it all the same, and it comes back.
    chain.imports("1000.00", "900.00", "100.00", "DBIT", None).await;
    let mut back = written;
    (back["value_date"], back["items"]) = (json!(today()), json!([1]));
    let returned = chain.theo.posts(&format!("{payment}/return"), back).await.succeeds();
    let proof = chain.proof().await;
    let transfer = &proof["transfers"][0];
    assert_eq!(steps(transfer), ["failed", "credited_on_account", "credit_returned"], "{proof}");
    let theo = chain.theo.gets("/v1/me").await.succeeds().body["user_id"].clone();
    for step in [0, 2] {
        let step = &transfer["steps"][step];
        assert_eq!((&step["by"], step["recorded_at"].is_string(), &step["reason"]), (&theo, true, &Value::Null), "who and when");
    }
    let document = chain.signed().await;
    let signed = BASE64_URL_SAFE_NO_PAD.decode(document.split('.').nth(1).expect("three parts")).expect("base64url");
    let told = verified(&document, "--keys", &chain.published().await).expect("still right");
    for told in [proof.to_string(), String::from_utf8(signed).expect("JSON"), told] {
        assert!(told.contains("credit_returned") && !told.contains("Krause"), "{told}");
    }
    let detail = chain.tess.gets(&format!("{payment}?min_position={}", returned.position())).await.succeeds().body;
    assert!(detail["reason"].as_str().is_some_and(|reason| reason.contains("Krause")), "the company itself reads it: {detail}");
}
