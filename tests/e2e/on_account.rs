//! What a payment left on account is shown beside what is late, set off by runs and by people, each part once, and taken from invoices
//! again when the money comes back.

use futures::future::join_all;
use quittance_domain::role::Role;
use quittance_tests::app::{Company, Person, TestApp};
use quittance_tests::{day, today};
use serde_json::{Value, json};

use crate::bank::{Sent, camt053};

/// An invoice of 100.00 whose transfer the bank rejected, and carried out all the same.
struct Case {
    company: Company,
    app: TestApp,
    sent: Sent,
    anna: Person,
    bob: Person,
    vendor: String,
    at: i64,
}

fn eur(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

impl Case {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Acme").await;
        let sent = Sent::open(&app, &company).await;
        let (anna, bob) = (app.user(&company, "anna", Role::ApClerk).await, app.user(&company, "bob", Role::Approver).await);
        sent.is_rejected().await;
        let told = camt053(&today().to_string(), "1000.00", "900.00", &[("100.00", "DBIT", "B-1", Some(&sent.end_to_end_id), None)]);
        let imported = sent.imports(&told).await;
        assert_eq!(sent.payment_after(&imported).await, "on_account");
        let vendor = sent.tess.gets(&format!("/v1/invoices/{}", sent.invoice)).await.succeeds().body["vendor_id"].clone();
        let vendor = vendor.as_str().expect("an id").to_owned();
        let at = imported["position"].as_i64().expect("a position");
        Self { company, app, sent, anna, bob, vendor, at }
    }

    async fn approved(&self, number: &str, price: &str) -> String {
        let quantity = json!({ "value": "1", "unit": "C62" });
        let line = json!({ "name": "Goods", "quantity": quantity, "unit_price": price, "tax": { "code": "Z", "rate": "0" } });
        let invoice = json!({ "vendor_id": self.vendor, "number": number, "issue_date": day(-3), "currency": "EUR", "lines": [line] });
        let id = self.anna.posts("/v1/invoices", invoice).await.succeeds().id();
        self.anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
        let approved = self.bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds().position();
        self.reads(&format!("/v1/invoices/{id}?min_position={approved}")).await;
        id
    }

    async fn reads(&self, path: &str) -> Value {
        self.sent.tess.gets(path).await.succeeds().body
    }

    async fn open_of(&self, invoice: &str, after: i64) -> Value {
        self.reads(&format!("/v1/invoices/{invoice}?min_position={after}")).await["open"]["amount"].clone()
    }

    /// What is owed and not late, and what is on account; each bucket's link adds up to it, and all together to the control account.
    async fn ages(&self, after: i64) -> (String, String) {
        let ageing = self.reads(&format!("/v1/reports/ap-ageing?min_position={after}")).await;
        let Some(total) = ageing["totals"].as_array().expect("totals").first() else { return ("0.00".to_owned(), "0.00".to_owned()) };
        assert_eq!(total["control"]["difference"]["amount"], "0.00", "{ageing}");
        let buckets = total["buckets"].as_array().expect("buckets");
        for bucket in buckets {
            let facts = self.reads(bucket["explained_by"].as_str().expect("a link")).await;
            assert_eq!(facts["agrees"], true, "{bucket}: {facts}");
        }
        let of = |name: &str| {
            let bucket = buckets.iter().find(|bucket| bucket["bucket"] == name).expect("a bucket");
            bucket["open"]["amount"].as_str().expect("an amount").to_owned()
        };
        (of("not_due"), of("on_account"))
    }

    fn apply(&self, amount: &str) -> Value {
        json!({ "payment_id": self.sent.payment, "amount": eur(amount) })
    }

    async fn run(&self) -> (String, i64) {
        let asked = json!({
            "method": "sepa_credit_transfer", "debtor_account_id": self.sent.account, "due_until": day(90), "next_run_date": day(91),
        });
        let run = self.sent.tess.posts("/v1/payment-runs", asked).await.succeeds();
        (run.id(), run.position())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_shown_apart_applied_by_a_person_and_taken_back() {
    let case = Case::open().await;
    assert_eq!(case.ages(case.at).await, ("100.00".to_owned(), "-100.00".to_owned()));
    let invoice = case.approved("N-2", "250.00").await;
    let items = case.reads(&format!("/v1/reports/open-items?vendor_id={}", case.vendor)).await;
    let on_account: Vec<&Value> = items["data"].as_array().expect("items").iter().filter(|item| item["on_account"] == true).collect();
    assert_eq!(
        (on_account.len(), &on_account[0]["open"], &on_account[0]["invoice_id"]),
        (1, &eur("-100.00"), &json!(case.sent.payment)),
        "{items}"
    );
    let facts = case.reads(on_account[0]["explained_by"].as_str().expect("a link")).await;
    assert_eq!(facts["agrees"], true, "{facts}");
    assert_eq!(case.ages(0).await, ("350.00".to_owned(), "-100.00".to_owned()));

    let path = format!("/v1/invoices/{invoice}/apply-credit");
    case.anna.posts(&path, case.apply("100.01")).await.is_refused_as("exceeds-credit");
    case.anna.posts(&path, json!({ "payment_id": case.sent.payment, "credit_note_id": invoice })).await.is_refused_as("invalid-field");
    let stranger = case.app.company("Other").await;
    stranger.owner.posts(&path, case.apply("1.00")).await.is_refused_as("not-found");
    let applied = case.anna.posts(&path, case.apply("60.00")).await.succeeds().position();
    assert_eq!(case.open_of(&invoice, applied).await, "190.00");
    assert_eq!(case.ages(applied).await, ("290.00".to_owned(), "-40.00".to_owned()));
    let seen = case.reads(&format!("/v1/invoices/{invoice}")).await;
    let against = json!({ "on_account": { "payment_id": case.sent.payment, "item": 1 } });
    assert_eq!(seen["allocations"][0]["against"], against, "{seen}");
    case.sent.opens(&json!({ "position": applied })).await;
    let told = case.sent.reconciliation(&json!({ "position": applied }), &today().to_string()).await;
    assert_eq!(told["proven"], true, "{told}");

    let back = json!({ "allocation_id": seen["allocations"][0]["allocation_id"], "reason": "the wrong invoice" });
    let reversed = case.anna.posts(&format!("/v1/invoices/{invoice}/reverse-allocation"), back).await.succeeds().position();
    assert_eq!(case.open_of(&invoice, reversed).await, "250.00");
    assert_eq!(case.ages(reversed).await, ("350.00".to_owned(), "-100.00".to_owned()));

    // The bank gives the money back: the invoice that had part of it owes that again.
    case.anna.posts(&path, case.apply("70.00")).await.succeeds();
    let (id, again) = (Some(case.sent.end_to_end_id.as_str()), today().to_string());
    let returned = case.sent.imports(&camt053(&again, "900.00", "1000.00", &[("100.00", "CRDT", "B-2", id, Some("AC04"))])).await;
    assert_eq!(case.sent.payment_after(&returned).await, "returned");
    crate::bank::catches_up(&case.app, &case.company).await;
    assert_eq!(case.open_of(&invoice, 0).await, "250.00");
    assert_eq!(case.ages(0).await, ("350.00".to_owned(), "0.00".to_owned()));
    let items = case.reads(&format!("/v1/reports/open-items?vendor_id={}", case.vendor)).await;
    assert_eq!(items["data"].as_array().map(Vec::len), Some(2), "nothing is on account any more: {items}");
    case.anna.posts(&path, case.apply("1.00")).await.is_refused_as("nothing-on-account");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_sets_it_off_and_names_it_and_nobody_uses_it_twice() {
    let case = Case::open().await;
    case.approved("N-2", "250.00").await;
    let (run, position) = case.run().await;
    let items = case.reads(&format!("/v1/payment-runs/{run}/items?min_position={position}")).await;
    let items = items["data"].as_array().expect("items").clone();
    assert_eq!(items.len(), 2, "credit on account is no item: {items:?}");
    let set_off: Vec<&Value> = items.iter().flat_map(|item| item["set_off"].as_array().expect("a list")).collect();
    assert_eq!(set_off, [&json!({ "payment_id": case.sent.payment, "amount": eur("100.00") })], "{items:?}");
    let leaves: Vec<&Value> = items.iter().map(|item| &item["amount"]["amount"]).collect();
    assert!(
        [["250.00", "0.00"], ["0.00", "250.00"], ["100.00", "150.00"], ["150.00", "100.00"]].iter().any(|one| leaves == *one),
        "{items:?}"
    );

    // Another run has nothing left to set off; nor has a person once it is executed.
    let theo = case.app.user(&case.company, "second", Role::Treasurer).await;
    theo.posts(&format!("/v1/payment-runs/{run}/authorise"), json!({})).await.succeeds();
    case.sent.tess.posts(&format!("/v1/payment-runs/{run}/execute"), json!({})).await.succeeds();
    crate::bank::catches_up(&case.app, &case.company).await;
    let later = case.approved("N-3", "30.00").await;
    case.anna.posts(&format!("/v1/invoices/{later}/apply-credit"), case.apply("1.00")).await.is_refused_as("exceeds-credit");
    let items = case.reads(&format!("/v1/payment-runs/{run}/items")).await;
    let payment =
        items["data"].as_array().expect("items").iter().find_map(|item| item["payment_id"].as_str()).expect("a payment").to_owned();
    let advice = case.reads(&format!("/v1/payments/{payment}/remittance-advice")).await;
    assert_eq!(advice[0]["set_off"][0]["payment_id"], json!(case.sent.payment), "{advice}");
    assert_eq!(advice[0]["set_off"][0]["credit_note_number"], json!(case.sent.end_to_end_id), "{advice}");
    let (second, position) = case.run().await;
    let items = case.reads(&format!("/v1/payment-runs/{second}/items?excluded=false&min_position={position}")).await;
    assert_eq!((&items["data"][0]["amount"], &items["data"][0]["set_off"]), (&eur("30.00"), &json!([])), "{items}");
}

/// Sixteen invoices ask for 10.00 of 100.00 at once.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_use_it_at_once_only_so_many_get_it_as_it_is_worth() {
    let case = Case::open().await;
    let mut invoices = Vec::new();
    for n in 0..16 {
        invoices.push(case.approved(&format!("M-{n}000{n}"), &format!("{}.00", 20 + n)).await);
    }
    let asks = invoices.iter().map(|invoice| {
        let (anna, path, body) = (case.anna.clone(), format!("/v1/invoices/{invoice}/apply-credit"), case.apply("10.00"));
        async move { anna.posts(&path, body).await }
    });
    let answers = join_all(asks).await;
    let done: Vec<i64> = answers.iter().filter(|answer| answer.status == 200).map(|answer| answer.position()).collect();
    assert_eq!(done.len(), 10, "{answers:?}");
    assert_eq!(case.ages(*done.iter().max().expect("ten")).await.1, "0.00");
}
