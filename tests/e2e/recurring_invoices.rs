//! Recurring invoices, by a clock that the test moves: each date once, the ends of months, missed days, pauses, refusals.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Days, NaiveDate, Utc};
use futures::future::join_all;
use quittance_api::system::System;
use quittance_application::ports::Edge;
use quittance_infrastructure::database::{Database, Sizes};
use quittance_infrastructure::edge::SystemEdge;
use quittance_projections::clock::Clock;
use quittance_tests::app::TestApp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::approval_policies::{approves, id_of, vendor};
use crate::rest_client::Office;

/// Noon of a day of the test's choice.
struct Calendar(AtomicI64);

impl Calendar {
    fn turns_to(&self, day: &str) {
        let day: NaiveDate = day.parse().expect("a date");
        self.0.store((day - NaiveDate::default()).num_days(), Ordering::Relaxed);
    }
}

impl Edge for Calendar {
    fn now(&self) -> DateTime<Utc> {
        let day = NaiveDate::default() + Days::new(self.0.load(Ordering::Relaxed) as u64);
        day.and_hms_opt(12, 0, 0).expect("noon").and_utc()
    }

    fn new_id(&self) -> Uuid {
        SystemEdge.new_id()
    }
}

struct Case {
    office: Office,
    calendar: Arc<Calendar>,
    vendor: String,
}

impl Case {
    async fn on(day: &str) -> Self {
        let calendar = Arc::new(Calendar(AtomicI64::new(0)));
        calendar.turns_to(day);
        let office = Office::of(TestApp::by_the_time_of(calendar.clone()).await, "Acme").await;
        let vendor = vendor(&office, "Muster").await;
        Self { office, calendar, vendor }
    }

    async fn arranges(&self, prefix: &str, price: &str, schedule: Value) -> String {
        let line = json!({ "name": "Hall 3", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "Z", "rate": "0" } });
        let body = json!({ "vendor_id": self.vendor, "number_prefix": prefix, "currency": "EUR", "lines": [line], "schedule": schedule });
        self.office.by("clerk").post("/v1/recurring-invoices", body).await.done().id()
    }

    /// The clocks of two servers look at the same time, each twice.
    async fn looks_on(&self, day: &str) {
        self.calendar.turns_to(day);
        let system = &self.office.app.system;
        // What is due is read from a read model.
        system.settled(self.office.tenant, self.office.head().await).await.expect("readable");
        let database = Database::open(system.database.admin().clone(), None, Sizes { app: 4, projector: 2 });
        let other = System::by_the_time_of(self.calendar.clone(), system.settings.clone(), database, None);
        let clocks = [(&system.database, &system.commands), (&other.database, &other.commands)];
        let clocks: Vec<Clock> = clocks.iter().cycle().take(4).map(|(d, c)| Clock::new((*d).clone(), (*c).clone())).collect();
        for looked in join_all(clocks.iter().map(Clock::look)).await {
            looked.expect("the clock looks");
        }
    }

    async fn reads(&self, path: &str) -> Value {
        let mark = if path.contains('?') { '&' } else { '?' };
        self.office.by("viewer").get(&format!("{path}{mark}min_position={}", self.office.head().await)).await.done().body
    }

    async fn invoices(&self) -> Vec<Value> {
        self.reads("/v1/invoices?limit=200&sort=issue_date").await["data"].as_array().expect("a list").clone()
    }

    async fn numbers(&self) -> Vec<String> {
        self.invoices().await.iter().map(|invoice| invoice["number"].as_str().expect("a number").to_owned()).collect()
    }

    async fn suspected(&self) -> usize {
        self.reads("/v1/exceptions?status=open").await["data"].as_array().expect("a list").len()
    }
}

fn monthly(day: u8, starts_on: &str) -> Value {
    json!({ "every": "month", "day": day, "starts_on": starts_on })
}

#[tokio::test]
async fn each_date_is_made_once_by_two_servers_and_missed_days_are_caught_up() {
    let case = Case::on("2026-01-15").await;
    let series = case.arranges("RENT", "1850", monthly(31, "2026-01-31")).await;
    case.looks_on("2026-01-30").await;
    assert!(case.numbers().await.is_empty());
    case.looks_on("2026-01-31").await;
    assert_eq!(case.numbers().await, ["RENT-2026-01-31"]);
    case.looks_on("2026-05-01").await;
    assert_eq!(case.numbers().await, ["RENT-2026-01-31", "RENT-2026-02-28", "RENT-2026-03-31", "RENT-2026-04-30"]);
    case.looks_on("2026-05-01").await;
    assert_eq!(case.invoices().await.len(), 4);
    assert_eq!(case.suspected().await, 0, "invoices of one series are no duplicates");
    let told = case.reads(&format!("/v1/recurring-invoices/{series}")).await;
    assert_eq!((&told["made"], &told["upcoming"][0], &told["standing"]), (&json!(4), &json!("2026-05-31"), &json!("active")));
    assert_eq!(told["last_invoice_id"], case.invoices().await[3]["id"]);

    // It goes the usual way: who arranged it entered it, and somebody else approves.
    let invoice = case.invoices().await[0].clone();
    assert_eq!(invoice["entered_by"], id_of(&case.office, "clerk"));
    let id = invoice["id"].as_str().expect("an id");
    case.office.by("clerk").post(&format!("/v1/invoices/{id}/submit"), json!({})).await.done();
    approves(&case.office, "approver", id).await.done();
    let seen = case.reads(&format!("/v1/invoices/{id}")).await;
    assert_eq!((&seen["status"], &seen["source"]["channel"]), (&json!("approved"), &json!("recurring")));
}

/// The same amount every seven days is what duplicates look like; what the vendor sends beside it still is one.
#[tokio::test]
async fn a_series_is_no_duplicate_of_itself_but_the_vendors_own_invoice_is() {
    let case = Case::on("2026-03-01").await;
    case.arranges("CLEAN", "90", json!({ "every": "week", "starts_on": "2026-03-02", "occurrences_max": 3 })).await;
    case.looks_on("2026-06-01").await;
    assert_eq!(case.numbers().await, ["CLEAN-2026-03-02", "CLEAN-2026-03-09", "CLEAN-2026-03-16"]);
    assert_eq!(case.suspected().await, 0);
    let own = crate::approval_policies::invoice_of(&case.vendor, "M-4711", "90");
    let own =
        own.as_object().expect("a body").iter().map(|(k, v)| (k.clone(), if k == "issue_date" { json!("2026-03-04") } else { v.clone() }));
    case.office.by("clerk").post("/v1/invoices", own.collect()).await.done();
    assert_eq!(case.suspected().await, 1);
}

#[tokio::test]
async fn a_pause_makes_nothing_and_an_end_is_for_good() {
    let case = Case::on("2026-01-15").await;
    let series = case.arranges("RENT", "1850", monthly(15, "2026-02-01")).await;
    let at = |verb: &str| format!("/v1/recurring-invoices/{series}/{verb}");
    let clerk = case.office.by("clerk");
    clerk.post(&at("pause"), json!({ "reason": " " })).await.refused(422, "reason-missing");
    clerk.post(&at("pause"), json!({ "reason": "rebuilding" })).await.done();
    case.looks_on("2026-04-20").await;
    assert!(case.numbers().await.is_empty());
    assert_eq!(case.reads(&format!("/v1/recurring-invoices/{series}")).await["reason"], "rebuilding");
    clerk.post(&at("resume"), json!({ "from": "2026-03-01" })).await.done();
    case.looks_on("2026-04-20").await;
    assert_eq!(case.numbers().await, ["RENT-2026-03-15", "RENT-2026-04-15"], "February is passed over");
    clerk.post(&at("end"), json!({ "reason": "moved out" })).await.done();
    case.looks_on("2027-04-20").await;
    assert_eq!(case.invoices().await.len(), 2);
    clerk.post(&at("resume"), json!({})).await.refused(409, "recurring-invoice-ended");
    let ended = case.reads("/v1/recurring-invoices?standing=ended").await;
    assert_eq!((&ended["data"][0]["id"], &ended["data"][0]["upcoming"]), (&json!(series), &json!([])));
}

#[tokio::test]
async fn what_is_refused_is_paused_with_the_reason_and_goes_on_when_a_person_says_so() {
    let case = Case::on("2026-01-15").await;
    let first = crate::approval_policies::invoice_of(&case.vendor, "RENT-2026-01-31", "7");
    case.office.by("clerk").post("/v1/invoices", first).await.done();
    let series = case.arranges("RENT", "1850", monthly(31, "2026-01-31")).await;
    case.looks_on("2026-03-01").await;
    assert_eq!(case.numbers().await, ["RENT-2026-01-31"], "the one that was entered by hand");
    let told = case.reads(&format!("/v1/recurring-invoices/{series}")).await;
    assert_eq!(told["standing"], "paused");
    assert!(told["reason"].as_str().is_some_and(|reason| reason.starts_with("duplicate_invoice")), "{told}");
    case.office.by("clerk").post(&format!("/v1/recurring-invoices/{series}/resume"), json!({ "from": "2026-02-01" })).await.done();
    case.looks_on("2026-03-01").await;
    assert_eq!(case.reads(&format!("/v1/recurring-invoices/{series}")).await["made"], 1);
}

#[tokio::test]
async fn what_can_never_be_due_or_paid_is_refused() {
    let case = Case::on("2026-01-15").await;
    let clerk = case.office.by("clerk");
    let body = |change: Value| {
        let line =
            json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "10", "tax": { "code": "Z", "rate": "0" } });
        let mut body = json!({ "vendor_id": case.vendor, "number_prefix": "R", "currency": "EUR", "lines": [line], "schedule": monthly(1, "2026-02-01") });
        body.as_object_mut().expect("an object").extend(change.as_object().expect("changes").clone());
        body
    };
    let rows = [
        (json!({ "vendor_id": "01890000-0000-7000-8000-000000000000" }), 404, "not-found"),
        (json!({ "number_prefix": "-" }), 422, "number-missing"),
        (json!({ "lines": [] }), 422, "amount-not-positive"),
        (json!({ "schedule": monthly(32, "2026-02-01") }), 422, "day-invalid"),
        (json!({ "schedule": { "every": "week", "day": 1, "starts_on": "2026-02-01" } }), 422, "day-invalid"),
        (json!({ "schedule": { "every": "year", "starts_on": "2026-02-01", "ends_on": "2026-01-01" } }), 422, "schedule-empty"),
        (json!({ "schedule": { "every": "fortnight", "starts_on": "2026-02-01" } }), 422, "invalid-field"),
    ];
    for (change, status, code) in rows {
        clerk.post("/v1/recurring-invoices", body(change)).await.refused(status, code);
    }
}
