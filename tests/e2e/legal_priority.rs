//! What the law wants paid before other debts is paid first where cash is short (P3).

use quittance_tests::day;
use serde_json::{Value, json};

use crate::payment_runs::{MUELLER, NANDU, Office};

impl Office {
    async fn proposes_within(&self, limit: &str) -> String {
        let limits = json!([{ "amount": limit, "currency": "EUR" }]);
        let run = json!({ "method": "sepa_credit_transfer", "debtor_account_id": self.account, "run_date": day(3), "next_run_date": day(10),
            "cash_limits": limits });
        self.tess.posts("/v1/payment-runs", run).await.succeeds().id()
    }

    async fn cancels(&self, run: &str) {
        self.tess.posts(&format!("/v1/payment-runs/{run}/cancel"), json!({ "reason": "only asked" })).await.succeeds();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_cash_is_short_the_law_is_paid_first_by_what_two_people_have_seen() {
    let office = Office::open().await;
    let (supplier, fisc) = (office.vendor("Müller & Söhne", MUELLER).await, office.vendor("Trésor public", NANDU).await);
    let overdue = office.approved(&supplier, "M-1", "90.00", day(-20)).await;
    let taxes = office.approved(&fisc, "T-1", "80.00", day(2)).await;
    let said = async |run: &str| (office.says(run, &overdue).await, office.says(run, &taxes).await);

    let run = office.proposes_within("100.00").await;
    assert_eq!(said(&run).await, ("selected".into(), "over_run_limit".into()), "the longest overdue is paid first");
    office.cancels(&run).await;

    let details = format!("/v1/vendors/{fisc}/details");
    let priority = |reason: &str| json!({ "legal_priority": { "ground": "taxes", "reason": reason } });
    let refused = office.anna.posts(&details, priority(" ")).await;
    refused.is_refused_as("reason-missing");
    assert_eq!(refused.body["errors"][0]["pointer"], "/legal_priority/reason", "{}", refused.body);
    office.anna.posts(&details, priority("wage tax is due by the 10th")).await.succeeds();
    let run = office.proposes_within("100.00").await;
    assert_eq!(said(&run).await, ("selected".into(), "vendor_change_unconfirmed".into()), "one person alone has seen it");
    office.cancels(&run).await;
    office.anna.posts(&format!("/v1/vendors/{fisc}/verify"), json!({})).await.is_refused_as("role-missing");
    office.bob.posts(&format!("/v1/vendors/{fisc}/verify"), json!({})).await.succeeds();

    let run = office.proposes_within("100.00").await;
    assert_eq!(said(&run).await, ("over_run_limit".into(), "selected".into()));
    let items = office.reads(&format!("/v1/payment-runs/{run}/items?excluded=false")).await;
    let grounds: Vec<&Value> = items["data"].as_array().expect("items").iter().map(|item| &item["legal_priority"]).collect();
    assert_eq!(grounds, ["taxes"]);
    office.cancels(&run).await;
    let run = office.proposes_within("170.00").await;
    let items = office.reads(&format!("/v1/payment-runs/{run}/items")).await;
    let order: Vec<&Value> = items["data"].as_array().expect("items").iter().map(|item| &item["legal_priority"]).collect();
    assert_eq!(order, [&json!("taxes"), &Value::Null], "first in line, and the other one after it");
}
