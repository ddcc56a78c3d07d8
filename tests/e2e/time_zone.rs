//! Whose day it is: what asks for a day asks for the company's, wherever the server's clock stands.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, Utc};
use quittance_application::ports::Edge;
use quittance_domain::time_zone::TimeZone;
use quittance_infrastructure::edge::SystemEdge;
use quittance_projections::clock::Clock;
use quittance_tests::app::TestApp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::approval_policies::vendor;
use crate::rest_client::Office;

/// The moment that the test says.
struct Watch(AtomicI64);

impl Watch {
    fn shows(&self, moment: &str) {
        let moment: DateTime<Utc> = moment.parse().expect("a moment");
        self.0.store(moment.timestamp(), Ordering::Relaxed);
    }
}

impl Edge for Watch {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::Relaxed), 0).expect("a moment")
    }

    fn new_id(&self) -> Uuid {
        SystemEdge.new_id()
    }
}

/// A company somewhere, at a moment.
struct Place {
    office: Office,
    watch: Arc<Watch>,
    vendor: String,
}

impl Place {
    async fn open(zone: &str, moment: &str) -> Self {
        let watch = Arc::new(Watch(AtomicI64::new(0)));
        watch.shows(moment);
        let office = Office::of(TestApp::by_the_time_of(watch.clone()).await, "Acme").await;
        office.by("admin").post("/v1/company/time-zone", json!({ "time_zone": zone })).await.done();
        let vendor = vendor(&office, "Muster").await;
        Self { office, watch, vendor }
    }

    fn bill(&self, number: &str, price: &str, issued: &str) -> Value {
        let line =
            json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "Z", "rate": "0" } });
        json!({ "vendor_id": self.vendor, "number": number, "issue_date": issued, "currency": "EUR", "lines": [line] })
    }

    async fn approved(&self, number: &str, price: &str, issued: &str) -> String {
        let id = self.office.by("clerk").post("/v1/invoices", self.bill(number, price, issued)).await.done().id();
        self.office.by("clerk").post(&format!("/v1/invoices/{id}/submit"), json!({})).await.done();
        self.office.by("approver").post(&format!("/v1/invoices/{id}/approve"), json!({})).await.done();
        id
    }

    async fn reads(&self, path: &str) -> Value {
        let mark = if path.contains('?') { '&' } else { '?' };
        self.office.by("viewer").get(&format!("{path}{mark}min_position={}", self.office.head().await)).await.done().body
    }
}

fn paying(invoice: &str, on: Option<&str>) -> Value {
    json!({ "method": "manual", "execution_date": on, "items": [{ "invoice_id": invoice }] })
}

/// Half past nine in the evening of the 9th in Los Angeles; in UTC it is the 10th already.
#[tokio::test]
async fn in_the_evening_west_of_utc_today_can_still_be_paid_and_tomorrow_has_not_come() {
    let place = Place::open("America/Los_Angeles", "2027-03-10T05:30:00Z").await;
    let invoice = place.approved("F-1", "100.00", "2027-02-01").await;
    let treasurer = place.office.by("treasurer");
    let sepa = |on: &str| json!({ "method": "sepa_credit_transfer", "execution_date": on, "items": [{ "invoice_id": invoice }] });
    treasurer.post("/v1/payments", sepa("2027-03-08")).await.refused(422, "day-passed").at("/execution_date");
    let payment = treasurer.post("/v1/payments", paying(&invoice, Some("2027-03-09"))).await.done().id();
    place.office.by("second_treasurer").post(&format!("/v1/payments/{payment}/authorise"), json!({})).await.done();
    let record = |on: &str| json!({ "method": "wire", "reference": "W-1", "paid_on": on });
    let path = format!("/v1/payments/{payment}/record");
    treasurer.post(&path, record("2027-03-10")).await.refused(422, "day-to-come").at("/paid_on");
    treasurer.post(&path, record("2027-03-09")).await.done();

    let implied = place.approved("F-22", "77.50", "2027-02-03").await;
    let payment = treasurer.post("/v1/payments", paying(&implied, None)).await.done().id();
    assert_eq!(place.reads(&format!("/v1/payments/{payment}")).await["execution_date"], "2027-03-09");
    assert_eq!(place.reads("/v1/reports/ap-ageing").await["as_of"], "2027-03-09");
}

/// One o'clock in the morning of the 10th in Phnom Penh; in UTC it is still the 9th.
#[tokio::test]
async fn in_the_morning_east_of_utc_today_has_come_and_yesterday_is_over() {
    let place = Place::open("Asia/Phnom_Penh", "2027-03-09T18:00:00Z").await;
    let invoice = place.approved("F-1", "100.00", "2027-02-01").await;
    let treasurer = place.office.by("treasurer");
    let sepa = |on: &str| json!({ "method": "sepa_credit_transfer", "execution_date": on, "items": [{ "invoice_id": invoice }] });
    treasurer.post("/v1/payments", sepa("2027-03-09")).await.refused(422, "day-passed").at("/execution_date");
    let payment = treasurer.post("/v1/payments", paying(&invoice, Some("2027-03-10"))).await.done().id();
    place.office.by("second_treasurer").post(&format!("/v1/payments/{payment}/authorise"), json!({})).await.done();
    let record = json!({ "method": "wire", "reference": "W-1", "paid_on": "2027-03-10" });
    treasurer.post(&format!("/v1/payments/{payment}/record"), record).await.done();
    assert_eq!(place.reads("/v1/reports/ap-ageing").await["as_of"], "2027-03-10");
    let voided = place.approved("F-22", "77.50", "2027-02-03").await;
    place.office.by("clerk").post(&format!("/v1/invoices/{voided}/void"), json!({ "reason": "twice" })).await.done();
    let owed = async |on: &str| place.reads(&format!("/v1/reports/ap-ageing?as_of={on}")).await["totals"][0]["total"]["amount"].clone();
    assert_eq!((owed("2027-03-09").await, owed("2027-03-10").await), (json!("177.50"), json!("100.00")));
}

/// What falls due on a day does so when the day begins there: in Phnom Penh at five in the afternoon, in UTC.
#[tokio::test]
async fn a_recurring_invoice_is_made_when_its_day_begins_where_the_company_is() {
    let place = Place::open("Asia/Phnom_Penh", "2027-03-01T00:00:00Z").await;
    let mut body = place.bill("", "1850", "");
    for field in ["number", "issue_date"] {
        body.as_object_mut().expect("a body").remove(field);
    }
    body["number_prefix"] = json!("RENT");
    body["schedule"] = json!({ "every": "month", "day": 10, "starts_on": "2027-03-10" });
    place.office.by("clerk").post("/v1/recurring-invoices", body).await.done();
    let made = async |moment: &str| {
        place.watch.shows(moment);
        let system = &place.office.app.system;
        system.settled(place.office.tenant, place.office.head().await).await.expect("readable");
        Clock::new(system.database.clone(), system.commands.clone()).look().await.expect("the clock looks");
        place.reads("/v1/invoices").await["data"].as_array().expect("a list").len()
    };
    assert_eq!(made("2027-03-09T16:59:59Z").await, 0);
    assert_eq!(made("2027-03-09T17:00:00Z").await, 1);
}

/// The books count what has no day of its own on the company's day, though the log's clock is in UTC.
#[tokio::test]
async fn what_is_rejected_leaves_the_books_on_the_companys_day() {
    let now = SystemEdge.now();
    let elsewhere = |name: &&str| TimeZone::named(name).is_some_and(|zone| zone.day_of(now) != now.date_naive());
    // At any moment it is another day in one of them.
    let zone = ["Pacific/Kiritimati", "Pacific/Niue"].into_iter().find(elsewhere).expect("the earth turns");
    let place = Place::open(zone, &now.to_rfc3339()).await;
    let id = place.office.by("clerk").post("/v1/invoices", place.bill("F-1", "100.00", "2026-02-01")).await.done().id();
    place.office.by("clerk").post(&format!("/v1/invoices/{id}/submit"), json!({})).await.done();
    place.office.by("approver").post(&format!("/v1/invoices/{id}/reject"), json!({ "reason": "not ours" })).await.done();
    let today = TimeZone::named(zone).expect("a zone").day_of(now);
    let owed = async |on: NaiveDate| place.reads(&format!("/v1/reports/ap-ageing?as_of={on}")).await["totals"].clone();
    let before = owed(today.pred_opt().expect("a day")).await;
    assert_eq!(before[0]["total"]["amount"], "100.00", "{before}");
    assert_eq!(before[0]["control"]["difference"]["amount"], "0.00", "{before}");
    assert_eq!(owed(today).await, json!([]), "{zone}");
}

#[tokio::test]
async fn a_company_names_its_time_zone_as_everybody_does() {
    let place = Place::open("UTC", "2027-03-10T05:30:00Z").await;
    assert_eq!(place.reads("/v1/company").await["time_zone"], "UTC");
    let says = |zone: &str| json!({ "time_zone": zone });
    place.office.by("admin").post("/v1/company/time-zone", says("Phnom Penh")).await.refused(422, "time-zone-unknown").at("/time_zone");
    place.office.by("clerk").post("/v1/company/time-zone", says("Asia/Phnom_Penh")).await.refused(403, "role-missing");
    // It holds for the very next command.
    let invoice = place.approved("F-1", "100.00", "2027-02-01").await;
    place.office.by("admin").post("/v1/company/time-zone", says("America/Los_Angeles")).await.done();
    place.office.by("treasurer").post("/v1/payments", paying(&invoice, Some("2027-03-09"))).await.done();
    assert_eq!(place.reads("/v1/company").await["time_zone"], "America/Los_Angeles");
}
