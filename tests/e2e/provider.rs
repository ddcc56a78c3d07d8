//! The provider rail over REST: an account that a second person confirms, a transfer that leaves once, signed messages.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use quittance_application::ports::Edge;
use quittance_application::provider::Rail;
use quittance_domain::role::Role;
use quittance_infrastructure::edge::SystemEdge;
use quittance_infrastructure::provider::{HttpRail, WebhookSecret};
use quittance_projections::reconciler::Reconciler;
use quittance_tests::app::{Answer, Company, Person, TestApp};
use quittance_tests::provider::{CREDENTIAL, Manner, Provider, WEBHOOK_SECRET, settled};
use quittance_tests::today;
use serde_json::{Value, json};
use uuid::Uuid;

const CREDITOR: &str = "DE89370400440532013000";
/// Shorter than the double's idea of never.
const PATIENCE: Duration = Duration::from_millis(1_200);

/// The machine's clock, put forward by so many seconds.
pub struct Ahead(AtomicI64);

impl Edge for Ahead {
    fn now(&self) -> DateTime<Utc> {
        SystemEdge.now() + TimeDelta::seconds(self.0.load(Ordering::Relaxed))
    }

    fn new_id(&self) -> Uuid {
        SystemEdge.new_id()
    }
}

/// People who pay through a provider, and its server. Nobody reconciles but who is told to.
pub struct Desk {
    pub app: TestApp,
    pub company: Company,
    pub provider: Provider,
    pub account: String,
    pub tess: Person,
    pub theo: Person,
    clerk: Person,
    approver: Person,
    vendor: String,
    clock: Arc<Ahead>,
    invoices: AtomicI64,
}

/// A payment of one invoice.
pub struct Pay {
    pub invoice: String,
    pub payment: String,
    pub reference: String,
}

impl Desk {
    pub async fn open() -> Self {
        let clock = Arc::new(Ahead(AtomicI64::new(0)));
        let app = TestApp::by_the_time_of(clock.clone()).await;
        let company = app.company("Acme").await;
        let (clerk, approver) = (app.user(&company, "clerk", Role::ApClerk).await, app.user(&company, "approver", Role::Approver).await);
        let (tess, theo) = (app.user(&company, "tess", Role::Treasurer).await, app.user(&company, "theo", Role::Treasurer).await);
        let provider = Provider::start(clock.clone()).await;
        let account = opens(&company.owner, &provider).await.succeeds();
        provider.sends_webhooks_to(format!("http://{}{}", app.address, account.body["webhook_path"].as_str().expect("a path")));
        let account = account.id();
        tess.posts(&format!("/v1/provider-accounts/{account}/confirm"), json!({})).await.succeeds();
        let vendor = json!({ "name": "Muster GmbH", "vat_id": "DE136695976", "address": { "city": "Köln", "country": "DE" } });
        let vendor = clerk.posts("/v1/vendors", vendor).await.succeeds().id();
        clerk.opens_account(&approver, &vendor, json!({ "account": { "kind": "iban", "iban": CREDITOR } })).await;
        let invoices = AtomicI64::new(0);
        Self { app, company, provider, account, tess, theo, clerk, approver, vendor, clock, invoices }
    }

    /// An approved invoice; each has another amount, date and number.
    pub async fn invoice(&self) -> String {
        let n = self.invoices.fetch_add(1, Ordering::Relaxed);
        let price = format!("{}.{:02}", 100 + 7 * n, n % 100);
        let line = json!({ "name": "Goods", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "S", "rate": "0" } });
        let issued = today() - TimeDelta::days(10 * n + 1);
        let number = format!("R-{}-{}", 1000 + 37 * n, ["ALPHA", "BRAVO", "DELTA"][n as usize % 3]);
        let invoice = json!({ "vendor_id": self.vendor, "number": number, "issue_date": issued, "currency": "EUR", "lines": [line] });
        let invoice = self.clerk.posts("/v1/invoices", invoice).await.succeeds().id();
        self.clerk.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
        self.approver.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
        invoice
    }

    pub async fn plans(&self, invoice: &str) -> Answer {
        let plan = json!({ "method": "provider", "provider_account_id": self.account, "items": [{ "invoice_id": invoice }] });
        self.tess.posts("/v1/payments", plan).await
    }

    /// Planned and authorised, with the provider's manners known.
    pub async fn authorised(&self, manner: Manner) -> Pay {
        let invoice = self.invoice().await;
        let planned = self.plans(&invoice).await.succeeds();
        let payment = planned.id();
        let reference = self.shown(&payment, planned.position()).await["lines"][0]["end_to_end_id"].as_str().expect("an id").to_owned();
        self.theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
        self.provider.will(&reference, manner);
        Pay { invoice, payment, reference }
    }

    pub async fn started(&self, manner: Manner) -> Pay {
        let pay = self.authorised(manner).await;
        let started = self.executes(&pay).await.succeeds();
        self.app.system.settled(self.company.tenant, started.position()).await.expect("readable");
        pay
    }

    pub async fn executes(&self, pay: &Pay) -> Answer {
        self.tess.posts(&format!("/v1/payments/{}/execute", pay.payment), json!({})).await
    }

    pub fn reconciler(&self) -> Reconciler {
        let rail: Arc<dyn Rail> = Arc::new(HttpRail::new(self.app.system.reach()).expect("a client").waiting(PATIENCE));
        Reconciler { rail, ..self.app.system.reconciler().expect("a reconciler") }
    }

    /// Looks often enough, with time passing between, for every transfer to end that can.
    pub async fn reconciles(&self) {
        for _ in 0..4 {
            self.reconciler().look().await.expect("a look");
            self.catches_up().await;
            self.passes(TimeDelta::minutes(6));
        }
    }

    pub fn passes(&self, time: TimeDelta) {
        self.clock.0.fetch_add(time.num_seconds(), Ordering::Relaxed);
    }

    pub async fn catches_up(&self) {
        let heads = self.app.system.database.heads().await.expect("heads");
        let head = heads.iter().find(|(tenant, _)| *tenant == self.company.tenant).expect("a log").1;
        self.app.system.settled(self.company.tenant, head).await.expect("readable");
    }

    async fn shown(&self, payment: &str, position: i64) -> Value {
        self.tess.gets(&format!("/v1/payments/{payment}?min_position={position}")).await.succeeds().body
    }

    pub async fn status(&self, of: &str, id: &str) -> String {
        let found = self.tess.gets(&format!("/v1/{of}/{id}")).await.succeeds().body;
        found["status"].as_str().expect("a status").to_owned()
    }

    pub async fn ends(&self, pay: &Pay) -> (String, String) {
        self.catches_up().await;
        (self.status("payments", &pay.payment).await, self.status("invoices", &pay.invoice).await)
    }
}

async fn opens(owner: &Person, provider: &Provider) -> Answer {
    let body = json!({ "name": "Double", "endpoint": provider.endpoint(), "credential": CREDENTIAL, "webhook_secret": WEBHOOK_SECRET });
    owner.posts("/v1/provider-accounts", body).await
}

fn ended(payment: &str, invoice: &str) -> (String, String) {
    (payment.to_owned(), invoice.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_leaves_once_and_ends_when_the_provider_says_so() {
    let desk = Desk::open().await;
    let pay = desk.started(Manner::Accept).await;
    assert_eq!(desk.provider.made(&pay.reference), [], "nothing leaves before somebody works on it");
    assert_eq!(desk.ends(&pay).await, ended("started", "scheduled"));

    desk.reconciler().look().await.expect("a look");
    assert_eq!(desk.ends(&pay).await, ended("sent", "scheduled"));
    let made = desk.provider.made(&pay.reference);
    assert_eq!((made.len(), &made[0].account["iban"]), (1, &json!(CREDITOR)));
    let shown = desk.tess.gets(&format!("/v1/payments/{}", pay.payment)).await.succeeds().body;
    assert_eq!((&made[0].amount, &shown["transfer"]["provider_reference"]), (&shown["total"], &json!(made[0].id)));

    // What is under way is neither voided nor failed by our word, and pressing again changes nothing.
    let path = |verb: &str| format!("/v1/payments/{}/{verb}", pay.payment);
    desk.tess.posts(&path("void"), json!({ "reason": "x" })).await.is_refused_as("wrong-state");
    desk.tess.posts(&path("fail"), json!({ "reason": "x" })).await.is_refused_as("transfer-undecided");
    desk.executes(&pay).await.succeeds();

    desk.provider.decides(&pay.reference, settled());
    desk.reconciles().await;
    assert_eq!(desk.ends(&pay).await, ended("settled", "paid"));
    let transfers = desk.tess.gets("/v1/transfers").await.succeeds().body;
    assert_eq!((&transfers["data"][0]["status"], &transfers["data"][0]["asked_next_at"]), (&json!("settled"), &json!(null)));
    assert_eq!(desk.provider.ordered(&pay.reference), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_account_that_somebody_confirmed_nothing_is_tried() {
    let desk = Desk::open().await;
    let invoice = desk.invoice().await;
    let plan = |account: Value| json!({ "method": "provider", "provider_account_id": account, "items": [{ "invoice_id": invoice }] });
    for account in [Value::Null, json!("01890000-0000-7000-8000-000000000000")] {
        desk.tess.posts("/v1/payments", plan(account)).await.is_refused_as("provider-account-missing");
    }
    // Opened, but by one person alone.
    let other = opens(&desk.company.owner, &desk.provider).await.succeeds().id();
    desk.tess.posts("/v1/payments", plan(json!(other))).await.is_refused_as("provider-account-missing");
    desk.company.owner.posts(&format!("/v1/provider-accounts/{other}/confirm"), json!({})).await.is_refused_as("self-confirmation");

    // Closed between approval and execution.
    let pay = desk.authorised(Manner::SettleAtOnce).await;
    desk.tess.posts(&format!("/v1/provider-accounts/{}/close", desk.account), json!({ "reason": "moved" })).await.succeeds();
    desk.executes(&pay).await.is_refused_as("provider-account-missing");
    desk.reconciles().await;
    assert_eq!(desk.ends(&pay).await, ended("authorised", "scheduled"));
    assert_eq!(desk.provider.ordered(&pay.reference), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_counts_once_whatever_its_order_and_nothing_else_counts() {
    let desk = Desk::open().await;
    let pay = desk.started(Manner::Accept).await;
    desk.reconciler().look().await.expect("a look");
    let (provider, reference) = (&desk.provider, pay.reference.as_str());

    // The newer word first, the older one late, each twice.
    assert_eq!(provider.tells(reference, "e2", Some(settled())).await, 204);
    assert_eq!(provider.tells(reference, "e2", Some(settled())).await, 204);
    assert_eq!(desk.ends(&pay).await, ended("settled", "paid"));
    for _ in 0..2 {
        assert_eq!(provider.tells(reference, "e1", Some(json!({ "status": "failed", "reason": "too early" }))).await, 204);
    }
    assert_eq!(desk.ends(&pay).await, ended("settled", "paid"));
    let back = json!({ "status": "returned", "value_date": "2026-11-20", "returned_on": "2026-11-21", "reason": "AC04" });
    assert_eq!(provider.tells(reference, "e3", Some(back)).await, 204);
    assert_eq!(desk.ends(&pay).await, ended("returned", "approved"));
    assert_eq!(provider.tells(reference, "e2", Some(settled())).await, 204, "a replay");
    assert_eq!(desk.ends(&pay).await, ended("returned", "approved"));

    // Another amount, an unknown payment, another message under a known id.
    let other = json!({ "status": "settled", "value_date": "2026-11-20", "amount": { "amount": "1.00", "currency": "EUR" } });
    assert_eq!(provider.tells(reference, "e4", Some(other)).await, 404);
    let unknown = json!({ "reference": "0000000000000000000000000-1", "status": "pending" });
    assert_eq!(provider.tells(reference, "e5", Some(unknown)).await, 404);
    assert_eq!(provider.tells(reference, "e3", Some(settled())).await, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_in_time_by_a_secret_of_the_account_is_refused_and_changes_nothing() {
    let desk = Desk::open().await;
    let pay = desk.started(Manner::Accept).await;
    desk.reconciler().look().await.expect("a look");
    let url = format!("http://{}/webhooks/provider/{}/{}", desk.app.address, desk.company.tenant, desk.account);
    let made = &desk.provider.made(&pay.reference)[0];
    let body = json!({ "data": { "id": made.id, "reference": made.reference, "amount": made.amount, "status": "settled", "value_date": "2026-11-20" } }).to_string();
    let now = SystemEdge.now().timestamp();
    let ours = WebhookSecret::parse(WEBHOOK_SECRET).expect("a secret");
    let theirs = WebhookSecret::parse("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").expect("a secret");
    let nowhere = url.replace(&desk.account, "01890000-0000-7000-8000-000000000000");
    let stranger = url.replace(&desk.company.tenant.to_string(), "01890000-0000-7000-8000-000000000000");
    let rows = [
        (&url, "m1", now, theirs.sign("m1", now, body.as_bytes())),
        (&url, "m1", now, String::new()),
        (&url, "m2", now, ours.sign("m1", now, body.as_bytes())),
        (&url, "m1", now - 301, ours.sign("m1", now - 301, body.as_bytes())),
        (&url, "m1", now + 302, ours.sign("m1", now + 302, body.as_bytes())),
        (&nowhere, "m1", now, ours.sign("m1", now, body.as_bytes())),
        (&stranger, "m1", now, ours.sign("m1", now, body.as_bytes())),
        (&format!("{url}x"), "m1", now, ours.sign("m1", now, body.as_bytes())),
    ];
    let mut answers = Vec::new();
    for (url, id, time, signature) in rows {
        let request = reqwest::Client::new().post(url).header("webhook-id", id).header("webhook-timestamp", time);
        let answer = request.header("webhook-signature", signature).body(body.clone()).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 401, "{url} {id}");
        let mut text: Value = answer.json().await.expect("a problem");
        text["request_id"] = Value::Null;
        answers.push(text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "who is refused learns nothing: {answers:?}");
    assert_eq!(desk.ends(&pay).await, ended("sent", "scheduled"));

    // A second secret is good beside the first, and alone once that one is retired.
    let path = |verb: &str| format!("/v1/provider-accounts/{}/{verb}", desk.account);
    let second = json!({ "webhook_secret": "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" });
    desk.company.owner.posts(&path("webhook-secrets"), second).await.succeeds();
    let account = desk.tess.gets(&format!("/v1/provider-accounts/{}", desk.account)).await.succeeds().body;
    desk.company.owner.posts(&path("retire-webhook-secret"), json!({ "secret_id": account["webhook_secret_ids"][0] })).await.succeeds();
    let post = |signature: String| {
        let request = reqwest::Client::new().post(&url).header("webhook-id", "m9").header("webhook-timestamp", now);
        request.header("webhook-signature", signature).body(body.clone()).send()
    };
    assert_eq!(post(ours.sign("m9", now, body.as_bytes())).await.expect("an answer").status(), 401);
    assert_eq!(post(theirs.sign("m9", now, body.as_bytes())).await.expect("an answer").status(), 204);
    assert_eq!(desk.ends(&pay).await, ended("settled", "paid"));
}

/// B9: the claim that a failure freed may be used by then; the late money is the vendor's debt, in ledger and ageing alike.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_success_is_a_credit_on_account_and_never_a_second_settlement() {
    let desk = Desk::open().await;
    let pay = desk.started(Manner::Accept).await;
    desk.reconciler().look().await.expect("a look");
    assert_eq!(desk.provider.tells(&pay.reference, "f", Some(json!({ "status": "failed", "reason": "AC01" }))).await, 204);
    assert_eq!(desk.ends(&pay).await, ended("failed", "approved"));

    let again = desk.plans(&pay.invoice).await.succeeds().id();
    desk.theo.posts(&format!("/v1/payments/{again}/authorise"), json!({})).await.succeeds();
    let record = json!({ "method": "wire", "reference": "W-1", "paid_on": today() });
    desk.tess.posts(&format!("/v1/payments/{again}/record"), record).await.is_refused_as("wrong-method");
    desk.tess.posts(&format!("/v1/payments/{again}/execute"), json!({})).await.succeeds();
    desk.catches_up().await;
    desk.reconciler().look().await.expect("a look");
    let second = desk.tess.gets(&format!("/v1/payments/{again}")).await.succeeds().body;
    let second = second["lines"][0]["end_to_end_id"].as_str().expect("an id").to_owned();
    assert_eq!(desk.provider.tells(&second, "s", Some(settled())).await, 204);

    // The first goes through after all.
    assert_eq!(desk.provider.tells(&pay.reference, "late", Some(settled())).await, 204);
    assert_eq!(desk.ends(&pay).await, ended("on_account", "paid"));
    assert_eq!(desk.status("payments", &again).await, "settled");
    let ageing = desk.tess.gets("/v1/reports/ap-ageing").await.succeeds().body;
    assert_eq!(ageing["totals"][0]["total"]["amount"], "-100.00", "{ageing}");
    let control = control_account(&desk).await;
    assert_eq!(control, "100.00", "the vendor owes it");

    // And comes back.
    let back = json!({ "status": "returned", "value_date": "2026-11-20", "returned_on": "2026-11-21", "reason": "AC04" });
    assert_eq!(desk.provider.tells(&pay.reference, "back", Some(back)).await, 204);
    assert_eq!(desk.ends(&pay).await, ended("returned", "paid"));
    assert_eq!(control_account(&desk).await, "0.00");
}

/// What the payables control account holds, debit above zero.
async fn control_account(desk: &Desk) -> String {
    let lines = desk.tess.gets("/v1/journal?limit=200").await.succeeds().body;
    let lines = lines["data"].as_array().expect("lines").clone();
    let control = lines.iter().find(|line| line["reason"] == "paid_on_account").expect("a credit on account")["account"].clone();
    let of = |line: &Value| line["amount"]["amount"].as_str().expect("an amount").parse::<rust_decimal::Decimal>().expect("a number");
    let sum: rust_decimal::Decimal = lines.iter().filter(|line| line["account"] == control).map(of).sum();
    format!("{sum:.2}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_nowhere_in_clear_and_opens_for_its_own_tenant_alone() {
    let desk = Desk::open().await;
    let shown = desk.tess.gets(&format!("/v1/provider-accounts/{}", desk.account)).await.succeeds().body;
    let events = desk.company.owner.gets("/v1/events?limit=500").await.succeeds().body;
    let trail = desk.company.owner.gets("/v1/audit-trail?limit=500").await.succeeds().body;
    let said = format!("{shown}{events}{trail}");
    for secret in [CREDENTIAL, WEBHOOK_SECRET] {
        assert!(!said.contains(secret));
    }
    let mut tx = desk.app.system.database.read(desk.company.tenant).await.expect("a transaction");
    let clear: i64 = sqlx::query_scalar(
        "select (select count(*) from es.events where payload::text || metadata::text like '%sk_test%' or payload::text like '%whsec_%') \
              + (select count(*) from ops.sealed_secrets where position('sk_test'::bytea in sealed) > 0 or position('whsec_'::bytea in sealed) > 0)",
    )
    .fetch_one(&mut *tx)
    .await
    .expect("a count");
    assert_eq!(clear, 0);
    drop(tx);
    let secrets = desk.app.system.sealed_secrets().expect("secrets");
    let id: Uuid = shown["credential_id"].as_str().expect("an id").parse().expect("a UUID");
    assert_eq!(secrets.open(desk.company.tenant, id.into()).await.expect("a secret"), CREDENTIAL);
    let other = desk.app.company("Other").await;
    assert!(secrets.open(other.tenant, id.into()).await.is_err());
}

/// Settings that lead inside, and credentials that are none, are refused before anything is kept.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_leads_somewhere_that_a_provider_can_be() {
    let desk = Desk::open().await;
    let open = |endpoint: &str, credential: &str, secret: &str| {
        let body = json!({ "name": "X", "endpoint": endpoint, "credential": credential, "webhook_secret": secret });
        let owner = desk.company.owner.clone();
        async move { owner.posts("/v1/provider-accounts", body).await }
    };
    for endpoint in ["ftp://provider.example", "https://u:p@provider.example", "https://provider.example/?x", "provider"] {
        open(endpoint, CREDENTIAL, WEBHOOK_SECRET).await.is_refused_as("invalid-field");
    }
    open("https://provider.example", "short", WEBHOOK_SECRET).await.is_refused_as("invalid-field");
    open("https://provider.example", "with\r\nheader: of its own", WEBHOOK_SECRET).await.is_refused_as("invalid-field");
    open("https://provider.example", CREDENTIAL, "whsec_c2hvcnQ=").await.is_refused_as("invalid-field");
    let mut tx = desk.app.system.database.read(desk.company.tenant).await.expect("a transaction");
    let kept: i64 = sqlx::query_scalar("select count(*) from ops.sealed_secrets").fetch_one(&mut *tx).await.expect("a count");
    assert_eq!(kept, 2, "those of the account that was opened");
}
