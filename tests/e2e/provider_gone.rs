//! A transfer whose provider is gone comes to an end by the word of two people, and what the provider says after all is the vendor's credit.

use quittance_tests::app::Answer;
use quittance_tests::day;
use quittance_tests::provider::{Manner, settled};
use serde_json::{Value, json};

use crate::provider::{Desk, Pay};

impl Desk {
    async fn closes(&self) {
        self.tess.posts(&format!("/v1/provider-accounts/{}/close", self.account), json!({ "reason": "wound up" })).await.succeeds();
    }

    /// A paper about a payment.
    async fn papers(&self, pay: &Pay) -> String {
        let path = format!("/v1/attachments?subject_kind=payment&subject_id={}&file_name=letter.txt", pay.payment);
        self.tess.uploads_as("text/plain", &path, b"not on our list".to_vec(), &pay.payment).await.succeeds().id()
    }

    async fn finds(&self, pay: &Pay, outcome: Value, evidence: &[&str]) -> Answer {
        let body = json!({ "outcome": outcome, "reason": "the liquidator's letter", "evidence": evidence });
        self.tess.posts(&format!("/v1/payments/{}/find-outcome", pay.payment), body).await
    }
}

fn ended(payment: &str, invoice: &str) -> (String, String) {
    (payment.to_owned(), invoice.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_that_never_left_frees_its_invoice_and_a_late_word_becomes_a_credit() {
    let desk = Desk::open().await;
    let pay = desk.started(Manner::TimeoutAfter).await;
    desk.reconciler().look().await.expect("a look");
    let letter = desk.papers(&pay).await;
    let confirm = format!("/v1/payments/{}/confirm-outcome", pay.payment);

    // As long as the account is open the transfer may still be sent.
    desk.finds(&pay, json!("never_left"), &[&letter]).await.is_refused_as("provider-account-open");
    desk.closes().await;
    desk.finds(&pay, json!("never_left"), &[]).await.is_refused_as("outcome-evidence-missing");
    desk.finds(&pay, json!("never_left"), &[&pay.invoice]).await.is_refused_as("outcome-evidence-unknown");
    desk.theo.posts(&confirm, json!({})).await.is_refused_as("outcome-not-found");
    desk.finds(&pay, json!("never_left"), &[&letter]).await.succeeds();
    assert_eq!(desk.ends(&pay).await, ended("started", "scheduled"), "one person's word moves nothing");
    let shown = desk.tess.gets(&format!("/v1/payments/{}", pay.payment)).await.succeeds().body;
    assert_eq!((&shown["finding"]["outcome"], &shown["finding"]["evidence"]), (&json!("never_left"), &json!([letter])));
    desk.tess.posts(&confirm, json!({})).await.is_refused_as("own-finding");
    desk.theo.posts(&confirm, json!({})).await.succeeds();
    assert_eq!(desk.ends(&pay).await, ended("failed", "approved"));
    desk.reconciles().await;
    assert_eq!(desk.provider.ordered(&pay.reference), 1, "nothing is sent any more");

    // It is paid by other means; then it turns out that the provider had sent it.
    let plan = json!({ "method": "manual", "items": [{ "invoice_id": pay.invoice }] });
    let other = desk.tess.posts("/v1/payments", plan).await.succeeds().id();
    desk.theo.posts(&format!("/v1/payments/{other}/authorise"), json!({})).await.succeeds();
    let today = day(0);
    let record = json!({ "method": "wire", "reference": "W-1", "paid_on": today });
    desk.tess.posts(&format!("/v1/payments/{other}/record"), record).await.succeeds();
    desk.tess.posts(&format!("/v1/payments/{other}/settle"), json!({ "value_date": today })).await.succeeds();
    assert_eq!(desk.provider.tells(&pay.reference, "late", Some(settled())).await, 204);
    assert_eq!(desk.ends(&pay).await, ended("on_account", "paid"));
    let ageing = desk.tess.gets("/v1/reports/ap-ageing").await.succeeds().body;
    assert_eq!(ageing["totals"][0]["total"]["amount"], "-100.00", "the vendor owes it: {ageing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_that_left_settles_under_the_banks_reference() {
    let desk = Desk::open().await;
    let pay = desk.started(Manner::Accept).await;
    desk.reconciler().look().await.expect("a look");
    assert_eq!(desk.ends(&pay).await, ended("sent", "scheduled"));
    let by_hand = json!({ "value_date": day(0) });
    desk.tess.posts(&format!("/v1/payments/{}/settle", pay.payment), by_hand).await.is_refused_as("transfer-under-way");
    desk.closes().await;
    let letter = desk.papers(&pay).await;
    let left = |reference: &str| json!({ "left": { "reference": reference, "value_date": day(0) } });
    desk.finds(&pay, left(""), &[&letter]).await.is_refused_as("outcome-reference-missing");
    desk.finds(&pay, left("BANK-0815"), &[&letter]).await.succeeds();
    desk.theo.posts(&format!("/v1/payments/{}/confirm-outcome", pay.payment), json!({})).await.succeeds();
    assert_eq!(desk.ends(&pay).await, ended("settled", "paid"));

    // The provider's own word comes late, and says the same.
    assert_eq!(desk.provider.tells(&pay.reference, "late", Some(settled())).await, 204);
    assert_eq!(desk.ends(&pay).await, ended("settled", "paid"));
    let again = desk.finds(&pay, json!("never_left"), &[&letter]).await;
    again.is_refused_as("wrong-state");
}
