//! R4: one transfer at the provider for each paid payment, and our state equals the provider's, for every behaviour of the
//! provider and a crash of ours at every step.
//!
//! A crash drops everything that runs at a named point; whoever comes after has an empty memory and the log.

use std::sync::Arc;

use chrono::TimeDelta;
use quittance_application::Commands;
use quittance_application::payment::ExecutePayment;
use quittance_application::ports::{AppendError, Appended, Asked, EventLog, FirstAnswer, Later, Ports, Stream, Write};
use quittance_application::provider::{Door, Rail, RailTrouble, TransferOrder};
use quittance_domain::Claim;
use quittance_domain::approval::Deed;
use quittance_domain::ids::{PaymentId, TenantId, UserId};
use quittance_domain::payment::TransferReport;
use quittance_projections::reconciler::Reconciler;
use quittance_tests::provider::{Manner, settled};
use serde_json::json;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::provider::{Desk, Pay};

/// Where the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    BeforeStarted,
    AfterStarted,
    BeforeAsking,
    AfterAsking,
    BeforeOrdering,
    AfterOrdering,
    BeforeRecording,
    AfterRecording,
    Nowhere,
}

const POINTS: [Point; 9] = [
    Point::BeforeStarted,
    Point::AfterStarted,
    Point::BeforeAsking,
    Point::AfterAsking,
    Point::BeforeOrdering,
    Point::AfterOrdering,
    Point::BeforeRecording,
    Point::AfterRecording,
    Point::Nowhere,
];

/// What the provider does beside meeting the first order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Settles, and tells only who asks.
    Settles,
    /// Settles, and its messages come twice and out of order.
    SettlesLoudly,
    Fails,
    /// Fails, and goes through after that.
    FailsThenSettles,
}

const BEHAVIOURS: [(Manner, Fate); 13] = [
    (Manner::Accept, Fate::Settles),
    (Manner::Accept, Fate::SettlesLoudly),
    (Manner::Accept, Fate::Fails),
    (Manner::Accept, Fate::FailsThenSettles),
    (Manner::SettleAtOnce, Fate::Settles),
    (Manner::Decline, Fate::Fails),
    (Manner::TimeoutBefore, Fate::Settles),
    (Manner::TimeoutAfter, Fate::SettlesLoudly),
    (Manner::ErrorBefore, Fate::Settles),
    (Manner::ErrorAfter, Fate::Settles),
    (Manner::Slow, Fate::Settles),
    (Manner::WebhookBeforeAnswer, Fate::SettlesLoudly),
    (Manner::ForgetsKey, Fate::Settles),
];

/// A process that dies at its point: what reaches it never goes on, and everything else is dropped.
struct Doomed {
    point: Point,
    dying: Notify,
}

impl Doomed {
    async fn reach(&self, point: Point) {
        if self.point == point {
            self.dying.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

struct DoomedRail(Arc<dyn Rail>, Arc<Doomed>);

impl Rail for DoomedRail {
    fn find<'a>(&'a self, door: &'a Door, order: &'a TransferOrder) -> Later<'a, Result<Option<TransferReport>, RailTrouble>> {
        Box::pin(async move {
            self.1.reach(Point::BeforeAsking).await;
            let found = self.0.find(door, order).await;
            self.1.reach(Point::AfterAsking).await;
            found
        })
    }

    fn transfer<'a>(&'a self, door: &'a Door, order: &'a TransferOrder) -> Later<'a, Result<TransferReport, RailTrouble>> {
        Box::pin(async move {
            self.1.reach(Point::BeforeOrdering).await;
            let made = self.0.transfer(door, order).await;
            self.1.reach(Point::AfterOrdering).await;
            made
        })
    }
}

struct DoomedLog(Arc<dyn EventLog>, Arc<Doomed>);

impl EventLog for DoomedLog {
    fn append(&self, write: Write) -> Later<'_, Result<Appended, AppendError>> {
        Box::pin(async move {
            let started = write.events.iter().any(|event| event.event_type == "PaymentStarted");
            let [before, after] = match started {
                true => [Point::BeforeStarted, Point::AfterStarted],
                false => [Point::BeforeRecording, Point::AfterRecording],
            };
            self.1.reach(before).await;
            let appended = self.0.append(write).await;
            self.1.reach(after).await;
            appended
        })
    }
    fn load(&self, tenant: TenantId, aggregate_id: Uuid, state_version: i32) -> Asked<'_, Stream> {
        self.0.load(tenant, aggregate_id, state_version)
    }
    fn version_at(&self, tenant: TenantId, aggregate_id: Uuid, position: i64) -> Asked<'_, i64> {
        self.0.version_at(tenant, aggregate_id, position)
    }
    fn still_at(&self, tenant: TenantId, sequences: Vec<(Uuid, i64)>) -> Asked<'_, bool> {
        self.0.still_at(tenant, sequences)
    }
    fn first_answer(&self, tenant: TenantId, command_id: Uuid) -> Asked<'_, Option<FirstAnswer>> {
        self.0.first_answer(tenant, command_id)
    }
    fn holder<'a>(&'a self, tenant: TenantId, key: &'a str) -> Asked<'a, Option<Uuid>> {
        self.0.holder(tenant, key)
    }
    fn holders(&self, tenant: TenantId, claims: Vec<Claim>) -> Asked<'_, Vec<Option<Uuid>>> {
        self.0.holders(tenant, claims)
    }
    fn deeds(&self, tenant: TenantId, aggregates: Vec<Uuid>) -> Asked<'_, Vec<Deed>> {
        self.0.deeds(tenant, aggregates)
    }
    fn open_tenant(&self, tenant: TenantId) -> Asked<'_, ()> {
        self.0.open_tenant(tenant)
    }
}

/// Executes the payment and works on it until the process dies, or has nothing more to do.
async fn lives_and_dies(desk: &Desk, pay: &Pay, point: Point) {
    let doomed = Arc::new(Doomed { point, dying: Notify::new() });
    let Reconciler { database, commands, rail, secrets } = desk.reconciler();
    let log: Arc<dyn EventLog> = Arc::new(DoomedLog(commands.ports().log.clone(), doomed.clone()));
    let commands = Commands::new(Ports { log, ..commands.ports().clone() }, 1 << 20);
    let rail: Arc<dyn Rail> = Arc::new(DoomedRail(rail, doomed.clone()));
    let process = async {
        let tess: UserId = desk.tess.gets("/v1/me").await.succeeds().body["user_id"].as_str().expect("an id").parse().expect("a UUID");
        let ctx = desk.app.system.context(desk.company.tenant, tess).await.expect("a context");
        let execute = ExecutePayment { id: id_of(pay), format: Some("pain.001.001.09".to_owned()) };
        let executed = commands.run(&ctx, &execute).await.expect("an authorised payment starts");
        desk.app.system.settled(desk.company.tenant, executed.receipt.position).await.expect("readable");
        Reconciler { database, commands, rail, secrets }.look().await.expect("a look");
    };
    tokio::select! {
        () = process => assert!(
            matches!(point, Point::Nowhere | Point::BeforeRecording | Point::AfterRecording | Point::BeforeOrdering | Point::AfterOrdering),
            "{point:?} was not reached"
        ),
        () = doomed.dying.notified() => {}
    }
}

fn id_of(pay: &Pay) -> PaymentId {
    pay.payment.parse().expect("an id")
}

/// Another process takes over: the person presses again, two nodes look at once, time passes.
async fn comes_right(desk: &Desk, pay: &Pay, fate: Fate) {
    desk.executes(pay).await.succeeds();
    desk.catches_up().await;
    let void = desk.tess.posts(&format!("/v1/payments/{}/void", pay.payment), json!({ "reason": "called off" })).await;
    void.is_refused_as("wrong-state");
    let (provider, reference) = (&desk.provider, pay.reference.as_str());
    looks_twice_at_once(desk).await;
    if provider.made(reference).is_empty() {
        // The first order came to nothing; the second one does not.
        looks_twice_at_once(desk).await;
    }
    if !provider.made(reference).is_empty() {
        let failed = json!({ "status": "failed", "reason": "account closed" });
        match fate {
            Fate::Settles => provider.decides(reference, settled()),
            Fate::SettlesLoudly => {
                provider.decides(reference, settled());
                for event in ["late", "late", "later"] {
                    assert_eq!(provider.tells(reference, &format!("{event}-{reference}"), None).await, 204);
                }
                let older = Some(json!({ "status": "pending" }));
                assert_eq!(provider.tells(reference, &format!("old-{reference}"), older).await, 204);
            }
            Fate::Fails => provider.decides(reference, failed),
            Fate::FailsThenSettles => {
                provider.decides(reference, failed);
                looks_twice_at_once(desk).await;
                provider.decides(reference, settled());
                assert_eq!(provider.tells(reference, &format!("after-all-{reference}"), None).await, 204);
                assert_eq!(provider.tells(reference, &format!("after-all-{reference}"), None).await, 204);
            }
        }
    }
    looks_twice_at_once(desk).await;
    looks_twice_at_once(desk).await;
}

async fn looks_twice_at_once(desk: &Desk) {
    // Longer than any lease of who died.
    desk.passes(TimeDelta::minutes(6));
    let (one, other) = (desk.reconciler(), desk.reconciler());
    let (one, other) = tokio::join!(one.look(), other.look());
    one.and(other).expect("looks");
    desk.catches_up().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_provider_does_and_wherever_we_crash_money_moves_once() {
    let desk = Desk::open().await;
    let mut wrong = Vec::new();
    for (manner, fate) in BEHAVIOURS {
        for point in POINTS {
            let pay = desk.authorised(manner).await;
            lives_and_dies(&desk, &pay, point).await;
            comes_right(&desk, &pay, fate).await;
            let made = desk.provider.made(&pay.reference);
            let states = desk.ends(&pay).await;
            let states = (made.len(), states.0.as_str(), states.1.as_str());
            let expected = match (manner, fate) {
                (Manner::Decline, _) => (0, "failed", "approved"),
                (_, Fate::Settles | Fate::SettlesLoudly) => (1, "settled", "paid"),
                (_, Fate::Fails) => (1, "failed", "approved"),
                (_, Fate::FailsThenSettles) => (1, "on_account", "approved"),
            };
            let paid = desk.tess.gets(&format!("/v1/payments/{}", pay.payment)).await.succeeds().body;
            let as_approved = made.iter().all(|m| m.amount == paid["total"] && m.account == paid["lines"][0]["creditor_account"]);
            if states != expected || !as_approved {
                wrong.push(format!("{manner:?} {fate:?} {point:?}: {states:?}, expected {expected:?}; {made:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), BEHAVIOURS.len() * POINTS.len(), wrong.join("\n"));
}

/// A key that the provider has forgotten after a day is no leave to send again: it is asked first.
#[tokio::test(flavor = "multi_thread")]
async fn after_the_providers_memory_of_keys_has_ended_it_is_asked_before_anything_is_sent() {
    let desk = Desk::open().await;
    let pay = desk.authorised(Manner::ForgetsKey).await;
    lives_and_dies(&desk, &pay, Point::AfterOrdering).await;
    desk.passes(TimeDelta::hours(25));
    let late = desk.tess.gets("/v1/transfers?overdue=true").await.succeeds().body;
    assert_eq!((&late["data"][0]["payment_id"], &late["data"][0]["overdue"]), (&json!(pay.payment), &json!(true)));
    desk.provider.decides(&pay.reference, settled());
    desk.reconciles().await;
    assert_eq!((desk.provider.ordered(&pay.reference), desk.provider.made(&pay.reference).len()), (1, 1));
    assert_eq!(desk.ends(&pay).await.0, "settled");
}

/// A closed account is asked about what was sent through it, and sends nothing more.
#[tokio::test(flavor = "multi_thread")]
async fn what_left_through_an_account_is_asked_there_even_when_it_is_closed() {
    let desk = Desk::open().await;
    let (left, never) = (desk.started(Manner::TimeoutAfter).await, desk.started(Manner::ErrorBefore).await);
    desk.reconciler().look().await.expect("a look");
    desk.tess.posts(&format!("/v1/provider-accounts/{}/close", desk.account), json!({ "reason": "moved" })).await.succeeds();
    desk.provider.decides(&left.reference, settled());
    desk.passes(TimeDelta::minutes(6));
    desk.reconciles().await;
    assert_eq!(desk.ends(&left).await, ("settled".to_owned(), "paid".to_owned()));
    assert_eq!(desk.ends(&never).await, ("started".to_owned(), "scheduled".to_owned()));
    assert_eq!((desk.provider.ordered(&never.reference), desk.provider.made(&never.reference).len()), (1, 0));
    let open = desk.tess.gets("/v1/transfers?status=started").await.succeeds().body;
    assert!(open["data"][0]["trouble"].as_str().is_some_and(|trouble| trouble.contains("closed")), "{open}");
}
