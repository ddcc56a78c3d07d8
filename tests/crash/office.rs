//! A company with the people who do its work, made over REST.

use chrono::{Days, NaiveDate};
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::TenantId;
use quittance_domain::role::Role;
use quittance_tests::app::Answer;
use serde_json::{Value, json};

use crate::client::{Client, Outcome};
use crate::server::ServerProcess;

pub struct Office {
    pub tenant: TenantId,
    pub owner: Client,
    pub clerk: Client,
    pub approver: Client,
    pub treasurer: Client,
    /// Authorises what the treasurer planned.
    pub second: Client,
    /// Whose account a second person has approved.
    pub vendor: String,
    /// The company's, that bank files pay from.
    pub account: String,
    /// In stock at `main`, for everybody to move.
    pub item: String,
    /// For many more pieces than will ever come.
    pub order: String,
}

pub const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a day");

impl Office {
    /// At a server that is a process of its own.
    pub async fn open(server: &ServerProcess, name: &str) -> Self {
        let made = server.command_line(&["tenant", "create", "--name", name, "--admin-email", "owner@company.example", "--json"]);
        let tenant = text(&made["tenant_id"]);
        let hires = async |email: &str, role: Role| {
            let hired = ["user", "add", "--tenant", &tenant, "--email", email, "--role", &role.to_string(), "--json"];
            text(&server.command_line(&hired)["api_key"])
        };
        Self::furnished(TenantId(tenant.parse().expect("an id")), server.client(text(&made["api_key"])), hires).await
    }

    /// The operator brings the others in, so that each is a person of their own.
    pub async fn furnished(tenant: TenantId, owner: Client, hires: impl AsyncFn(&str, Role) -> String) -> Self {
        let mut people = Vec::new();
        for role in [Role::ApClerk, Role::Approver, Role::Treasurer, Role::Treasurer] {
            let email = format!("{role}-{}@company.example", people.len());
            people.push(owner.with_key(hires(&email, role).await));
        }
        let clerk = &people[0];
        let vendor = done(clerk, "/v1/vendors", &vendor("Muster GmbH"), "vendor").await.id();
        let ours = json!({ "name": "Giro", "currency": "EUR", "account": { "kind": "iban", "iban": "DE75512108001245126199" } });
        let ours = done(&owner, "/v1/company/bank-accounts", &ours, "our account").await;
        let (accounts, theirs) =
            (format!("/v1/vendors/{vendor}/bank-accounts"), json!({ "kind": "iban", "iban": "FR1420041010050500013M02606" }));
        let theirs = done(clerk, &accounts, &json!({ "account": theirs }), "their account").await;
        let approve = format!("{accounts}/{}/approve", text(&theirs.body["bank_account_id"]));
        done(&people[1], &approve, &json!({}), "their account is theirs").await;
        let item = json!({ "sku": "SHARED", "name": "Bracket", "unit": "C62" });
        let item = done(clerk, "/v1/items", &item, "item").await.id();
        let line = json!({ "line": 1, "item_id": item, "description": "Bracket", "quantity": "1000000", "unit_price": "2.50" });
        let order = json!({ "vendor_id": vendor, "number": "PO-1", "currency": "EUR", "lines": [line] });
        let order = done(clerk, "/v1/purchase-orders", &order, "order").await.id();
        let [clerk, approver, treasurer, second] = people.try_into().ok().expect("four people");
        let account = text(&ours.body["bank_account_id"]);
        Self { tenant, owner, clerk, approver, treasurer, second, vendor, account, item, order }
    }

    /// Of some amount that one approver may approve, on some day of two years, a race's over 100.00 to 199.99: no two look like one.
    pub fn invoice(&self, number: &str) -> Value {
        let n = derived_id(&[number.as_bytes()]).as_u128();
        let hundreds = if number.starts_with("RACE") { 1 } else { n / 10_000_000 % 99 + 1 };
        let price = format!("{hundreds}{:02}.{:02}", n % 100, n / 100 % 100);
        let issue_date = NaiveDate::default() + Days::new(19_723 + (n / 10_000 % 730) as u64);
        let line = json!({ "name": "Brackets", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price,
                           "tax": { "code": "S", "rate": "0" } });
        json!({ "vendor_id": self.vendor, "number": format!("{number} {:08}", n % 100_000_000), "issue_date": issue_date, "currency": "EUR", "lines": [line] })
    }
}

/// `POST /v1/imports` of a sheet with these columns, by a mapping.
pub const SHEETS: &str = "/v1/imports?mapping=%7B%22fields%22:%7B%22vendor_name%22:%7B%22column%22:%22Supplier%22%7D,\
    %22number%22:%7B%22column%22:%22Invoice%22%7D,%22issue_date%22:%7B%22column%22:%22Date%22%7D,%22currency%22:%7B%22value%22:%22EUR%22%7D,\
    %22net%22:%7B%22column%22:%22Net%22%7D%7D,%22dates%22:%22year_first%22,%22decimal_mark%22:%22point%22%7D";
pub const COLUMNS: &str = "Supplier;Invoice;Date;Net";

pub fn vendor(name: &str) -> Value {
    json!({ "name": name, "address": { "country": "DE" } })
}

/// A command that nothing is in the way of.
pub async fn done(who: &Client, path: &str, body: &Value, key: &str) -> Answer {
    match who.posts(path, body, key).await {
        Outcome::Answered(answer) => answer.succeeds(),
        Outcome::Unknown(error) => panic!("{path}: {error}"),
        Outcome::NotSent => panic!("{path}: nobody listens"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
