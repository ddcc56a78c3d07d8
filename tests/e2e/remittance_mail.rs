//! Remittance advice by e-mail, over a real conversation with a mail server: sent at least once under one Message-ID, and told as it is.

use std::process::{Command, Stdio};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use quittance_application::mail::Mailer;
use quittance_application::ports::Edge;
use quittance_domain::role::Role;
use quittance_infrastructure::edge::SystemEdge;
use quittance_infrastructure::smtp::SmtpMailer;
use quittance_projections::advice_sender::AdviceSender;
use quittance_tests::app::{Person, TestApp};
use quittance_tests::smtp::{Manners, SmtpSink, Taken};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::approval_deadlines::Ahead;
use crate::bank::first_of_this_month;

const FROM: &str = "ap@quittance.example";
const CREDITOR: &str = "DE89370400440532013000";

struct Desk {
    app: TestApp,
    clock: Arc<Ahead>,
    anna: Person,
    tess: Person,
    theo: Person,
    vendor: String,
    payment: String,
}

/// A payment of 100.00 to a vendor with a contact, in the bank's hands.
async fn desk(payer: &str, vendor: &str) -> Desk {
    let clock = Arc::new(Ahead(std::sync::atomic::AtomicI64::new(0)));
    let app = TestApp::by_the_time_of(clock.clone()).await;
    let company = app.company(payer).await;
    let (anna, bob) = (app.user(&company, "anna", Role::ApClerk).await, app.user(&company, "bob", Role::Approver).await);
    let (tess, theo) = (app.user(&company, "tess", Role::Treasurer).await, app.user(&company, "theo", Role::Treasurer).await);
    let vendor = json!({ "name": vendor, "vat_id": "DE136695976", "address": { "city": "Köln", "country": "DE" } });
    let vendor = anna.posts("/v1/vendors", vendor).await.succeeds().id();
    anna.opens_account(&bob, &vendor, json!({ "account": { "kind": "iban", "iban": CREDITOR } })).await;
    let line = json!({ "name": "Goods", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "100.00", "tax": { "code": "S", "rate": "0" } });
    let invoice = json!({ "vendor_id": vendor, "number": "R-77", "issue_date": first_of_this_month(), "currency": "EUR", "lines": [line] });
    let invoice = anna.posts("/v1/invoices", invoice).await.succeeds().id();
    anna.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
    bob.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
    let account = json!({ "name": "Main", "currency": "EUR", "account": { "kind": "iban", "iban": "DE02120300000000202051" } });
    let account = tess.posts("/v1/company/bank-accounts", account).await.succeeds().body["bank_account_id"].clone();
    let plan = json!({ "method": "sepa_credit_transfer", "debtor_account_id": account, "items": [{ "invoice_id": invoice }] });
    let payment = tess.posts("/v1/payments", plan).await.succeeds().id();
    theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
    Desk { app, clock, anna, tess, theo, vendor, payment }
}

impl Desk {
    async fn executes(&self) {
        self.tess.posts(&format!("/v1/payments/{}/execute", self.payment), json!({})).await.succeeds();
    }

    async fn asks(&self, body: Value) -> quittance_tests::app::Answer {
        self.anna.posts(&format!("/v1/payments/{}/send-remittance-advice", self.payment), body).await
    }

    async fn has_contact(&self, email: &str) {
        let contact = json!({ "name": "Accounts", "subject": "Remittance", "email": email });
        let details = json!({ "contacts": [contact] });
        self.anna.posts(&format!("/v1/vendors/{}/details", self.vendor), details).await.succeeds();
    }

    /// One look of one sender, once everything is projected that was asked for.
    async fn sends_through(&self, url: &str) {
        self.advices().await;
        let mailer: Arc<dyn Mailer> = Arc::new(SmtpMailer::new(url, FROM).expect("a mailer"));
        let system = &self.app.system;
        let sender = AdviceSender { database: system.database.clone(), commands: system.commands.clone(), mailer };
        sender.look().await.expect("looked");
    }

    fn waits(&self, hours: i64) {
        self.clock.0.fetch_add(hours, std::sync::atomic::Ordering::Relaxed);
    }

    /// As they are by now.
    async fn advices(&self) -> Vec<Value> {
        let key = json!({ "sku": SystemEdge.new_id().to_string(), "name": "x", "unit": "C62" });
        let now = self.anna.posts("/v1/items", key).await.succeeds().position();
        let payment = self.tess.gets(&format!("/v1/payments/{}?min_position={now}", self.payment)).await.succeeds().body;
        payment["remittance_advices"].as_array().expect("a list").clone()
    }

    async fn statuses(&self) -> Vec<String> {
        self.advices().await.iter().map(|advice| advice["status"].as_str().expect("a status").to_owned()).collect()
    }
}

/// As another program reads it: Python's own library.
fn parsed(mail: &Taken) -> Value {
    const SCRIPT: &str = "import sys, json, base64, email, email.policy\n\
        m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)\n\
        a = [p for p in m.iter_attachments()]\n\
        print(json.dumps({'id': m['Message-ID'], 'from': m['From'], 'to': m['To'], 'subject': m['Subject'], 'bcc': m['Bcc'], 'date': m['Date'],\n\
            'names': sorted(m.keys()), 'text': m.get_body().get_content(), 'attachments': [[p.get_filename(), p.get_content_type(),\n\
            base64.b64encode(p.get_content()).decode()] for p in a]}))";
    use std::io::Write as _;
    let mut python =
        Command::new("python3").args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3 runs");
    python.stdin.take().expect("its input").write_all(mail.data.as_bytes()).expect("it reads");
    let output = python.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", mail.data);
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The words of the attached letter.
fn letter(mail: &Value) -> String {
    use base64::Engine;
    let pdf = base64::prelude::BASE64_STANDARD.decode(mail["attachments"][0][2].as_str().expect("bytes")).expect("base64");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("letter.pdf");
    std::fs::write(&file, pdf).expect("room");
    let said = Command::new("pdftotext").arg("-layout").arg(&file).arg("-").output().expect("pdftotext runs");
    assert!(said.status.success());
    String::from_utf8(said.stdout).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_advice_reaches_the_vendors_contact_with_the_letter_attached() {
    let (desk, sink) = (desk("Acme", "Müller & Söhne GmbH").await, SmtpSink::open().await);
    desk.has_contact("accounts@mueller.example").await;
    desk.asks(json!({})).await.is_refused_as("wrong-state");
    desk.executes().await;
    desk.asks(json!({})).await.succeeds();
    assert_eq!(desk.statuses().await, ["requested"]);
    desk.sends_through(&sink.url()).await;
    desk.sends_through(&sink.url()).await;

    let taken = sink.taken();
    assert_eq!(taken.len(), 1, "once");
    assert_eq!((taken[0].from.as_str(), taken[0].to.as_slice()), (FROM, ["accounts@mueller.example".to_owned()].as_slice()));
    let mail = parsed(&taken[0]);
    assert_eq!((&mail["from"], &mail["to"]), (&json!("Acme <ap@quittance.example>"), &json!("accounts@mueller.example")));
    assert_eq!(mail["subject"], "Remittance advice: 100.00 EUR from Acme");
    let text = mail["text"].as_str().expect("text");
    assert!(
        text.contains("Acme pays Müller & Söhne GmbH on") && text.contains("R-77 of") && text.contains("100.00 EUR of 100.00 EUR"),
        "{text}"
    );
    assert_eq!((mail["attachments"].as_array().map(Vec::len), &mail["attachments"][0][1]), (Some(1), &json!("application/pdf")));
    let letter = letter(&mail);
    assert!(letter.contains("R-77") && letter.contains("100.00") && letter.contains("DE****3000"), "{letter}");
    assert!(!letter.contains(CREDITOR) && !text.contains(CREDITOR), "a mail may be read on its way");

    let advice = &desk.advices().await[0];
    assert_eq!(
        (&advice["status"], &advice["message_id"], &advice["to"]),
        (&json!("sent"), &mail["id"], &json!("accounts@mueller.example"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_absent_busy_or_hangs_up_gets_the_mail_in_the_end_under_one_message_id() {
    let desk = desk("Acme", "Muster GmbH").await;
    desk.executes().await;
    desk.asks(json!({ "to": "ar@muster.example" })).await.succeeds();
    // The place is taken, so that nobody else answers there; nobody listens yet.
    let place = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = place.local_addr().expect("an address");
    drop(place);
    let url = format!("smtp://{address}");
    desk.sends_through(&url).await;
    assert_eq!(desk.statuses().await, ["requested"], "nothing is pretended");
    let sink = SmtpSink::on(tokio::net::TcpListener::bind(address).await.expect("the port"));
    // Not before its time.
    desk.sends_through(&url).await;
    assert_eq!(sink.taken().len(), 0);
    for manners in [Manners::Busy, Manners::HangsUpBefore, Manners::HangsUpAfter] {
        sink.next(manners);
        desk.waits(1);
        desk.sends_through(&url).await;
        assert_eq!(desk.statuses().await, ["requested"], "{manners:?}");
    }
    desk.waits(1);
    desk.sends_through(&url).await;
    assert_eq!(desk.statuses().await, ["sent"]);
    // The server had one before it hung up: the repeat is recognised by its id.
    let ids: Vec<Value> = sink.taken().iter().map(|mail| parsed(mail)["id"].clone()).collect();
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert_eq!(ids[0], ids[1]);
    assert_eq!(desk.advices().await[0]["message_id"], ids[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_refuses_or_never_takes_has_failed_and_says_why() {
    let (desk, sink) = (desk("Acme", "Muster GmbH").await, SmtpSink::open().await);
    desk.executes().await;
    desk.asks(json!({ "to": "nobody@muster.example" })).await.succeeds();
    sink.next(Manners::Refuses);
    desk.sends_through(&sink.url()).await;
    let refused = &desk.advices().await[0];
    assert_eq!(refused["status"], "failed");
    assert!(refused["reason"].as_str().expect("a reason").contains("no such user"), "{refused}");
    // Asked for again, it is another mail; two days later it is given up.
    desk.asks(json!({ "to": "ar@muster.example" })).await.succeeds();
    for (hours, status) in [(1, "requested"), (49, "failed")] {
        desk.waits(hours);
        sink.next(Manners::Busy);
        desk.sends_through(&sink.url()).await;
        assert_eq!(desk.statuses().await, ["failed", status]);
    }
    assert_eq!(sink.taken().len(), 0);
    // What came back meanwhile is told to nobody as paid.
    desk.asks(json!({ "to": "ar@muster.example" })).await.succeeds();
    desk.theo.posts(&format!("/v1/payments/{}/fail", desk.payment), json!({ "reason": "account closed" })).await.succeeds();
    desk.waits(1);
    desk.sends_through(&sink.url()).await;
    assert_eq!(desk.statuses().await, ["failed", "failed", "failed"]);
    assert_eq!(sink.taken().len(), 0);
    desk.asks(json!({ "to": "ar@muster.example" })).await.is_refused_as("nothing-to-advise");
}

/// Whatever people are called, a mail has the headers that we give it.
#[tokio::test(flavor = "multi_thread")]
async fn no_name_writes_a_header_and_no_recipient_is_two() {
    let evil = "Acme\r\nBcc: thief@evil.example\r\n\r\nPay to another account";
    let sink = SmtpSink::open().await;
    let mailer = SmtpMailer::new(&sink.url(), FROM).expect("a mailer");
    let written_at: DateTime<Utc> = SystemEdge.now() - TimeDelta::hours(1);
    let mail = |to: &str| quittance_application::mail::Mail {
        id: format!("test.{}", Uuid::nil()),
        written_at,
        from: evil.to_owned(),
        to: to.to_owned(),
        subject: format!("Remittance advice from {evil}"),
        text: ".\r\nQUIT\r\n".to_owned(),
        pdf: (evil.to_owned(), b"%PDF".to_vec()),
    };
    mailer.send(&mail("ar@muster.example")).await.expect("sent");
    let taken = sink.taken();
    assert_eq!((taken.len(), taken[0].to.as_slice()), (1, ["ar@muster.example".to_owned()].as_slice()));
    let parsed = parsed(&taken[0]);
    assert_eq!(parsed["bcc"], Value::Null, "{}", taken[0].data);
    assert_eq!(parsed["names"], json!(["Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]));
    assert!(parsed["text"].as_str().expect("text").contains("QUIT"), "a line of one point ends no mail");
    for to in ["a@b.example\r\nRCPT TO:<thief@evil.example>", "a@b.example, thief@evil.example", "A <a@b.example>"] {
        mailer.send(&mail(to)).await.expect_err(to);
    }
    assert_eq!(sink.taken().len(), 1);

    let desk = desk("Acme", "Muster GmbH").await;
    desk.executes().await;
    desk.asks(json!({})).await.is_refused_as("recipient-missing");
    for to in ["nobody", "a@b", "a@b.example, c@d.example", "A <a@b.example>", "a@b.example\nBcc: c@d.example", "a@b@c.example"] {
        desk.asks(json!({ "to": to })).await.is_refused_as("recipient-invalid");
    }
    desk.asks(json!({ "to": "a@b.example", "vendor_id": Uuid::nil() })).await.is_refused_as("vendor-not-paid");
    assert!(desk.advices().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_nothing_is_pretended() {
    let desk = desk("Acme", "Muster GmbH").await;
    desk.executes().await;
    let silent = desk.app.without_mail().await;
    let tess = silent.person(desk.tess.secret().to_owned());
    let path = format!("/v1/payments/{}/send-remittance-advice", desk.payment);
    tess.posts(&path, json!({ "to": "ar@muster.example" })).await.is_refused_as("mail-not-set-up");
    assert!(desk.advices().await.is_empty());
}
