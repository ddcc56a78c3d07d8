//! A change of a vendor's bank account: two people, a time to find a forgery, and the invoices that it concerns (M2, B8).

use quittance_domain::role::Role;
use quittance_tests::app::{Answer, Person, TestApp};
use serde_json::{Value, json};

const OLD: &str = "DE89370400440532013000";
const NEW: &str = "FR1420041010050500013M02606";

struct Office {
    anna: Person,
    bob: Person,
    tess: Person,
    admin: Person,
    second: Person,
    vendor: String,
    old: String,
    _app: TestApp,
}

impl Office {
    /// A vendor that has been paid to one account.
    async fn open() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Acme").await;
        let anna = app.user(&company, "anna", Role::ApClerk).await;
        let bob = app.user(&company, "bob", Role::Approver).await;
        let tess = app.user(&company, "tess", Role::Treasurer).await;
        let vendor = json!({ "name": "Muster GmbH", "vat_id": "DE136695976", "address": { "country": "DE" } });
        let vendor = anna.posts("/v1/vendors", vendor).await.succeeds().id();
        let old = anna.opens_account(&bob, &vendor, iban(OLD)).await;
        let second = app.user(&company, "otto", Role::Owner).await;
        Self { anna, bob, tess, admin: company.owner, second, vendor, old, _app: app }
    }

    /// Of an amount of its own: two invoices of one amount look alike and are held.
    async fn invoice(&self, number: &str) -> String {
        let price = format!("{}.00", 100 + number.bytes().map(u32::from).sum::<u32>());
        let line =
            json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "Z", "rate": "0" } });
        let invoice = json!({ "vendor_id": self.vendor, "number": number, "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] });
        self.anna.posts("/v1/invoices", invoice).await.succeeds().id()
    }

    async fn approved(&self, number: &str) -> String {
        let id = self.invoice(number).await;
        self.anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
        self.bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
        id
    }

    async fn proposes(&self, account: Value) -> Answer {
        self.anna.posts(&format!("/v1/vendors/{}/bank-accounts", self.vendor), account).await
    }

    async fn decides(&self, who: &Person, account: &str, verb: &str, body: Value) -> Answer {
        who.posts(&format!("/v1/vendors/{}/bank-accounts/{account}/{verb}", self.vendor), body).await
    }

    async fn pays(&self, invoice: &str) -> Answer {
        self.tess.posts("/v1/payments", json!({ "method": "manual", "items": [{ "invoice_id": invoice }] })).await
    }

    async fn statuses(&self, after: &Answer) -> Vec<(String, String)> {
        let path = format!("/v1/vendors/{}/bank-accounts?min_position={}", self.vendor, after.position());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let accounts = self.anna.gets(&path).await.succeeds().body["data"].clone();
        accounts.as_array().into_iter().flatten().map(|a| (text(&a["id"]), text(&a["status"]))).collect()
    }

    async fn waits(&self, cooling_off_days: u16) {
        let control = json!({ "second_person": true, "cooling_off_days": cooling_off_days });
        self.admin.loosens(&self.second, control).await;
    }
}

fn iban(iban: &str) -> Value {
    json!({ "account": { "kind": "iban", "iban": iban } })
}

fn account_of(proposed: &Answer) -> String {
    proposed.body["bank_account_id"].as_str().expect("an id").to_owned()
}

fn ids(invoices: &Value) -> Vec<&str> {
    invoices.as_array().into_iter().flatten().filter_map(|i| i["id"].as_str()).collect()
}

#[tokio::test]
async fn a_change_shows_at_once_which_approved_unpaid_invoices_carry_the_old_account() {
    let office = Office::open().await;
    let (first, second) = (office.approved("1").await, office.approved("2").await);
    office.invoice("never").await;
    let paid = office.approved("3").await;
    let payment = office.pays(&paid).await.succeeds().id();
    office.admin.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
    let record = json!({ "method": "wire", "reference": "W-1", "paid_on": "2026-11-10" });
    office.tess.posts(&format!("/v1/payments/{payment}/record"), record).await.succeeds();
    let settled = office.tess.posts(&format!("/v1/payments/{payment}/settle"), json!({ "value_date": "2026-11-10" })).await.succeeds();
    office.anna.gets(&format!("/v1/invoices/{paid}?min_position={}", settled.position())).await.succeeds();

    let mut change = iban(NEW);
    change["replaces"] = json!(office.old);
    let proposed = office.proposes(change).await.succeeds();
    let mut concerned = ids(&proposed.body["invoices_with_old_account"]);
    concerned.sort_unstable();
    let mut expected = [first.as_str(), second.as_str()];
    expected.sort_unstable();
    assert_eq!(concerned, expected);
    assert_eq!(proposed.body["more_invoices"], false);

    let list = format!("/v1/vendors/{}/bank-accounts/{}/unpaid-invoices", office.vendor, office.old);
    assert_eq!(ids(&office.bob.gets(&list).await.succeeds().body["data"]).len(), 2);
    let of_new = format!("/v1/vendors/{}/bank-accounts/{}/unpaid-invoices", office.vendor, account_of(&proposed));
    assert_eq!(office.bob.gets(&of_new).await.succeeds().body["data"], json!([]));
}

#[tokio::test]
async fn nothing_is_paid_to_a_changed_account_before_a_second_person_and_the_time() {
    let office = Office::open().await;
    let to_old = office.approved("1").await;
    let mut change = iban(NEW);
    change["replaces"] = json!(office.old);
    let new = account_of(&office.proposes(change).await.succeeds());

    // An invoice that states the new account carries it, and is not paid.
    let mut stated = json!({ "vendor_id": office.vendor, "number": "2", "issue_date": "2026-11-01", "currency": "EUR", "lines": [
        { "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "100", "tax": { "code": "Z", "rate": "0" } }] });
    stated["account"] = json!({ "kind": "iban", "iban": NEW });
    let to_new = office.anna.posts("/v1/invoices", stated).await.succeeds().id();
    office.anna.posts(&format!("/v1/invoices/{to_new}/submit"), json!({})).await.succeeds();
    office.bob.posts(&format!("/v1/invoices/{to_new}/approve"), json!({})).await.succeeds();
    office.pays(&to_new).await.is_refused_as("bank-account-unverified");

    office.decides(&office.anna, &new, "approve", json!({})).await.is_refused_as("role-missing");
    let approved = office.decides(&office.bob, &new, "approve", json!({})).await.succeeds();
    office.decides(&office.tess, &new, "approve", json!({})).await.succeeds();
    office.pays(&to_new).await.is_refused_as("bank-account-cooling-off");
    assert_eq!(office.statuses(&approved).await, [(office.old.clone(), "payable".to_owned()), (new, "cooling_off".to_owned())]);
    office.pays(&to_old).await.succeeds();
}

/// Without a cooling-off time the old account's turn ends at the approval, also for what has been planned.
#[tokio::test]
async fn what_was_planned_to_a_replaced_account_does_not_leave() {
    let office = Office::open().await;
    office.waits(0).await;
    let (planned, later) = (office.approved("1").await, office.approved("2").await);
    let payment = office.pays(&planned).await.succeeds().id();
    office.admin.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
    let mut change = iban(NEW);
    change["replaces"] = json!(office.old);
    let proposed = office.proposes(change).await.succeeds();
    assert_eq!(ids(&proposed.body["invoices_with_old_account"]).len(), 2, "a planned payment is not paid yet");
    let new = account_of(&proposed);
    let approved = office.decides(&office.bob, &new, "approve", json!({})).await.succeeds();
    let record = json!({ "method": "wire", "reference": "W-1", "paid_on": "2026-11-10" });
    office.tess.posts(&format!("/v1/payments/{payment}/record"), record).await.is_refused_as("bank-account-replaced");
    office.pays(&later).await.is_refused_as("bank-account-replaced");
    assert_eq!(office.statuses(&approved).await, [(office.old.clone(), "replaced".to_owned()), (new, "payable".to_owned())]);
    let after = office.approved("3").await;
    office.pays(&after).await.succeeds();
}

#[tokio::test]
async fn a_proposal_is_rejected_with_a_reason_and_never_paid() {
    let office = Office::open().await;
    let new = account_of(&office.proposes(iban(NEW)).await.succeeds());
    office.decides(&office.bob, &new, "reject", json!({ "reason": " " })).await.is_refused_as("reason-missing");
    let reason = json!({ "reason": "the vendor knows nothing of it" });
    let rejected = office.decides(&office.bob, &new, "reject", reason).await.succeeds();
    office.decides(&office.bob, &new, "approve", json!({})).await.is_refused_as("bank-account-not-proposed");
    assert_eq!(office.statuses(&rejected).await, [(office.old.clone(), "payable".to_owned()), (new, "rejected".to_owned())]);
}

/// A company that wants no second person: the guard is off, and the log says who turned it off.
#[tokio::test]
async fn without_a_second_person_an_account_is_paid_to_at_once() {
    let office = Office::open().await;
    let boss = &office.admin;
    let accounts = format!("/v1/vendors/{}/bank-accounts", office.vendor);
    let mine = account_of(&boss.posts(&accounts, iban(NEW)).await.succeeds());
    office.decides(boss, &mine, "approve", json!({})).await.is_refused_as("self-verification");
    let control = json!({ "second_person": false, "cooling_off_days": 0 });
    office.anna.posts("/v1/company/bank-change-control", control.clone()).await.is_refused_as("role-missing");
    let set = boss.loosens(&office.second, control.clone()).await;
    let company = boss.gets(&format!("/v1/company?min_position={set}")).await.succeeds();
    assert_eq!(company.body["bank_change_control"], control);
    let wallet = json!({ "account": { "kind": "mobile_money", "provider": "wing", "handle": "012345678" } });
    let added = boss.posts(&accounts, wallet).await.succeeds();
    assert_eq!(office.statuses(&added).await.last().map(|(_, status)| status.as_str()), Some("payable"));
}

#[tokio::test]
async fn who_changed_where_money_goes_does_not_let_it_go() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let [olga, oscar] = [("olga", Role::Owner), ("oscar", Role::Owner)].map(|(name, role)| app.user(&company, name, role));
    let (olga, oscar) = (olga.await, oscar.await);
    let (bob, tess) = (app.user(&company, "bob", Role::Approver).await, app.user(&company, "tess", Role::Treasurer).await);
    let vendor = json!({ "name": "Muster GmbH", "vat_id": "DE136695976", "address": { "country": "DE" } });
    let vendor = company.owner.posts("/v1/vendors", vendor).await.succeeds().id();
    olga.opens_account(&oscar, &vendor, iban(OLD)).await;
    let line = json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "10", "tax": { "code": "Z", "rate": "0" } });
    let invoice = json!({ "vendor_id": vendor, "number": "1", "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] });
    let invoice = company.owner.posts("/v1/invoices", invoice).await.succeeds().id();
    company.owner.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
    bob.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
    let plan = json!({ "method": "manual", "items": [{ "invoice_id": invoice }] });
    let payment = tess.posts("/v1/payments", plan).await.succeeds().id();
    // Each way in asks the same: an owner may authorise, but not this one.
    olga.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.is_refused_as("bank-account-editor");
    let batch = json!({ "commands": [{ "operation": "authorise_payment", "id": payment }] });
    let batch = olga.posts("/v1/commands", batch).await.body;
    assert_eq!(batch["results"][0]["problem"]["code"], "bank-account-editor", "{batch}");
    oscar.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
}
