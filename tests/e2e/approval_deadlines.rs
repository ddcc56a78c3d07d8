//! Deadlines: a reminder, then the managers, then the end; by a clock that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use quittance_application::ports::Edge;
use quittance_domain::role::Role;
use quittance_infrastructure::edge::SystemEdge;
use quittance_projections::clock::Clock;
use quittance_tests::app::TestApp;
use serde_json::{Value, json};
use sqlx::Executor;
use uuid::Uuid;

use crate::approval_policies::{adopts, approves, id_of, role, round_of, rule, submitted, vendor, waits_for};
use crate::reads::admin;
use crate::rest_client::Office;

/// The machine's clock, put forward by so many hours.
pub(crate) struct Ahead(pub AtomicI64);

impl Edge for Ahead {
    fn now(&self) -> DateTime<Utc> {
        SystemEdge.now() + TimeDelta::hours(self.0.load(Ordering::Relaxed))
    }

    fn new_id(&self) -> Uuid {
        SystemEdge.new_id()
    }
}

struct Hours {
    office: Office,
    clock: Arc<Ahead>,
    invoice: String,
}

impl Hours {
    /// An invoice that waits for the approver, whose manager is the admin.
    async fn begin(deadlines: Value) -> Self {
        let clock = Arc::new(Ahead(AtomicI64::new(0)));
        let office = Office::of(TestApp::by_the_time_of(clock.clone()).await, "Acme").await;
        Self::at(office, clock, deadlines).await
    }

    /// The same next door, by the same clock.
    async fn next_door(&self, deadlines: Value) -> Self {
        Self::at(self.office.next_door("Other").await, self.clock.clone(), deadlines).await
    }

    async fn at(office: Office, clock: Arc<Ahead>, deadlines: Value) -> Self {
        let approver = rule("0", 1, role(Role::Approver), json!({}));
        adopts(&office, json!({ "currency": "EUR", "rules": [approver], "terms": { "deadlines": [deadlines] } })).await;
        let manager = json!({ "manager_id": id_of(&office, "admin") });
        office.by("owner").post(&format!("/v1/users/{}/authority", id_of(&office, "approver")), manager).await.done();
        let vendor = vendor(&office, "V").await;
        let invoice = submitted(&office, &vendor, "1", "100").await;
        Self { office, clock, invoice }
    }

    /// The clock is put forward, and looks. What it does is done before it is looked at.
    async fn later(&self, hours: i64) -> Value {
        self.clock.0.store(hours, Ordering::Relaxed);
        let system = &self.office.app.system;
        let round = round_of(&self.office, &self.invoice).await;
        Clock::new(system.database.clone(), system.commands.clone()).look().await.expect("the clock looks");
        assert_eq!(round["invoice_id"], json!(self.invoice));
        round_of(&self.office, &self.invoice).await
    }
}

fn kinds(round: &Value) -> Vec<&str> {
    round["notes"].as_array().expect("notes").iter().filter_map(|n| n["kind"].as_str()).collect()
}

#[tokio::test]
async fn a_stage_is_reminded_escalated_and_ended_when_its_hours_are_over_and_once() {
    let deadlines = json!({ "stage": 1, "remind_after_hours": 24, "escalate_after_hours": 48, "expire_after_hours": 72 });
    let hours = Hours::begin(deadlines).await;
    assert!(kinds(&hours.later(23).await).is_empty());
    assert_eq!(kinds(&hours.later(25).await), ["reminded"]);
    assert_eq!(kinds(&hours.later(26).await), ["reminded"], "once");
    assert_eq!(waits_for(&hours.office, &hours.invoice).await, ["approver"]);
    assert_eq!(kinds(&hours.later(49).await), ["reminded", "escalated_overdue"]);
    assert_eq!(waits_for(&hours.office, &hours.invoice).await, ["admin", "approver"], "the manager as well, not instead");
    let ended = hours.later(73).await;
    assert_eq!((&ended["status"], ended["due_at"].is_null()), (&json!("expired"), true));

    let head = hours.office.head().await;
    let path = format!("/v1/invoices/{}", hours.invoice);
    let invoice = hours.office.by("viewer").get(&format!("{path}?min_position={head}")).await.done();
    assert_eq!(invoice.body["status"], "received", "never approved by silence, and not lost");
    hours.office.by("clerk").post(&format!("{path}/submit"), json!({})).await.done();
    let second = round_of(&hours.office, &hours.invoice).await;
    assert_eq!((&second["round"], &second["status"]), (&json!(2), &json!("running")));
}

#[tokio::test]
async fn what_is_decided_in_time_is_left_alone_and_all_that_is_late_happens_at_once() {
    let in_time = Hours::begin(json!({ "stage": 1, "expire_after_hours": 1 })).await;
    approves(&in_time.office, "approver", &in_time.invoice).await.done();
    assert_eq!(in_time.later(1_000).await["status"], "granted");

    let late = Hours::begin(json!({ "stage": 1, "remind_after_hours": 1, "escalate_after_hours": 2 })).await;
    assert_eq!(kinds(&late.later(1_000).await), ["reminded", "escalated_overdue"]);
    approves(&late.office, "admin", &late.invoice).await.done();
    assert_eq!(late.later(2_000).await["status"], "granted");
}

#[tokio::test]
async fn one_tenants_trouble_keeps_nobody_elses_deadlines_waiting() {
    let soon = json!({ "stage": 1, "remind_after_hours": 24 });
    let sick = Hours::begin(soon.clone()).await;
    let healthy = sick.next_door(soon).await;
    let mut admin = admin(&healthy.office.app.system).await;
    // No round of the first tenant can be read any more.
    let trouble = format!("1 / (tenant_id <> '{}')::int = 1", sick.office.tenant);
    let trouble = format!("create policy trouble on read.approvals as restrictive for select to q_app using ({trouble})");
    admin.execute(trouble.as_str()).await.expect("trouble");
    assert_eq!(kinds(&healthy.later(25).await), ["reminded"]);
    admin.execute("drop policy trouble on read.approvals").await.expect("mended");
    assert_eq!(kinds(&sick.later(26).await), ["reminded"]);
}

/// Rounds of tenants for whom nothing can be done, as many as one answer ever held, have been due for longer.
#[tokio::test]
async fn hundreds_of_tenants_who_cannot_be_served_stand_in_nobodys_way() {
    let hours = Hours::begin(json!({ "stage": 1, "remind_after_hours": 24 })).await;
    round_of(&hours.office, &hours.invoice).await;
    let hopeless = "insert into read.approvals select (jsonb_populate_record(a, jsonb_build_object( \
                      'tenant_id', gen_random_uuid(), 'due_at', '2000-01-01T00:00:00Z'))).* from read.approvals a, generate_series(1, 300)";
    let made = admin(&hours.office.app.system).await.execute(hopeless).await.expect("rounds of nobody");
    assert_eq!(made.rows_affected(), 300);
    assert_eq!(kinds(&hours.later(25).await), ["reminded"]);
}
