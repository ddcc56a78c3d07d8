//! A day at the office: something of everything that a read model shows.

use std::time::{Duration, Instant};

use quittance_application::ports::Edge;
use quittance_domain::Currency;
use quittance_domain::policy::PolicyRules;
use quittance_infrastructure::edge::SystemEdge;
use serde_json::{Value, json};

use crate::client::{Client, Outcome, PATIENCE};
use crate::office::{DAY, Office, done, vendor};

pub const DOCUMENT: &str = include_str!("../../api/samples/muster-2026-0117.ubl.xml");

/// One day, with what has to have a name of its own.
pub struct Day<'o> {
    pub office: &'o Office,
    pub name: String,
    /// Of the account that the company opens on that day.
    pub iban: &'static str,
}

/// Whom a payment run of the day could pay, and from where.
pub struct Payable {
    pub vendor: String,
    pub creditor: String,
    pub debtor: String,
}

impl Day<'_> {
    /// Asks no read model: it may pass while nobody projects.
    pub async fn passes(&self) -> Payable {
        let debtor = self.company_changes().await;
        let (vendor, creditor) = self.vendor_and_goods().await;
        self.a_customer_pays().await;
        self.rules_are_adopted().await;
        self.people_talk().await;
        self.files_come_in().await;
        let paid = self.payment(&self.approved_invoice("A").await).await;
        let settled = json!({ "value_date": DAY });
        self.does(&self.office.treasurer, &format!("/v1/payments/{paid}/settle"), settled).await;
        let invoice = self.approved_invoice("B").await;
        let called_off = self.plan(&invoice).await;
        self.does(&self.office.treasurer, &format!("/v1/payments/{called_off}/void"), json!({ "reason": "twice" })).await;
        let document = DOCUMENT.replace("2026-0117", &self.name).into_bytes();
        match self.office.clerk.sends("/v1/invoices/import", document, "application/xml", &self.name).await {
            Outcome::Answered(answer) => drop(answer.succeeds()),
            _ => panic!("the document is not taken"),
        }
        // This one stays under way.
        let open = self.does(&self.office.clerk, "/v1/invoices", self.office.invoice(&format!("{} C", self.name))).await;
        self.does(&self.office.clerk, &format!("/v1/invoices/{open}/submit"), json!({})).await;
        Payable { vendor, creditor, debtor }
    }

    pub async fn does(&self, who: &Client, path: &str, body: Value) -> String {
        done(who, path, &body, &SystemEdge.new_id().to_string()).await.id()
    }

    /// Answers the account that it pays from.
    async fn company_changes(&self) -> String {
        let owner = &self.office.owner;
        let user = json!({ "email": format!("{}@company.example", self.name.to_lowercase()), "roles": ["viewer"] });
        self.does(owner, "/v1/users", user).await;
        self.does(owner, "/v1/locations", json!({ "code": self.name, "name": self.name })).await;
        let account = json!({ "name": self.name, "currency": "EUR", "account": { "kind": "iban", "iban": self.iban } });
        let opened = done(owner, "/v1/company/bank-accounts", &account, &SystemEdge.new_id().to_string()).await;
        let mut policy = serde_json::to_value(PolicyRules::default_for(Currency::EUR)).expect("a policy");
        policy["rules"][1]["from"] = json!(format!("{}", 10_000 + self.name.len()));
        self.does(owner, "/v1/approval-policy", policy).await;
        opened.body["bank_account_id"].as_str().expect("an account").to_owned()
    }

    /// Answers the vendor and its account.
    async fn vendor_and_goods(&self) -> (String, String) {
        let clerk = &self.office.clerk;
        let id = self.does(clerk, "/v1/vendors", vendor(&self.name)).await;
        let account = json!({ "account": { "kind": "iban", "iban": "DE89370400440532013000" } });
        let proposed = done(clerk, &format!("/v1/vendors/{id}/bank-accounts"), &account, &SystemEdge.new_id().to_string()).await;
        self.does(clerk, "/v1/items", json!({ "sku": self.name, "name": "x", "unit": "C62" })).await;
        let receipt = json!({ "purchase_order_id": self.office.order, "location": self.name, "lines": [{ "line": 1, "accepted": "3" }] });
        self.does(clerk, "/v1/goods-receipts", receipt).await;
        let issue = json!({ "item_id": self.office.item, "location": self.name, "quantity": "1", "reason": "used" });
        self.does(clerk, "/v1/stock/issue", issue).await;
        (id, proposed.body["bank_account_id"].as_str().expect("an account").to_owned())
    }

    pub async fn approved_invoice(&self, number: &str) -> String {
        self.approved(self.office.invoice(&format!("{} {number}", self.name))).await
    }

    pub async fn approved(&self, invoice: Value) -> String {
        let id = self.does(&self.office.clerk, "/v1/invoices", invoice).await;
        self.does(&self.office.clerk, &format!("/v1/invoices/{id}/submit"), json!({})).await;
        self.does(&self.office.approver, &format!("/v1/invoices/{id}/approve"), json!({})).await;
        id
    }

    /// Tries again while the approval has not reached the invoice: a refused command left nothing.
    async fn plan(&self, invoice: &str) -> String {
        let plan = json!({ "method": "manual", "items": [{ "invoice_id": invoice }] });
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            match self.office.treasurer.posts("/v1/payments", &plan, invoice).await {
                Outcome::Answered(answer) if answer.body["code"] == "wrong-state" => tokio::time::sleep(Duration::from_millis(50)).await,
                Outcome::Answered(answer) => return answer.succeeds().id(),
                Outcome::Unknown(error) => panic!("{error}"),
                Outcome::NotSent => panic!("nobody listens"),
            }
        }
        panic!("{invoice} is never approved")
    }

    /// Planned, authorised and made.
    pub async fn payment(&self, invoice: &str) -> String {
        let id = self.plan(invoice).await;
        self.does(&self.office.second, &format!("/v1/payments/{id}/authorise"), json!({})).await;
        let record = json!({ "method": "wire", "reference": id, "paid_on": DAY });
        self.does(&self.office.treasurer, &format!("/v1/payments/{id}/record"), record).await;
        id
    }
}
