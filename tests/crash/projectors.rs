//! Projectors are killed between any two steps (R6): afterwards their rows are, byte for byte, those of a run that
//! nothing disturbed, and of a fresh replay.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use quittance_application::ports::Later;
use quittance_infrastructure::database::{Database, Sizes, TenantTx};
use quittance_projections::{ProjectionError, Recorded};
use quittance_tests::{Lost, Proxy};
use sqlx::Executor;
use sqlx::postgres::PgConnection;
use tokio::sync::Notify;

use crate::around::{Hook, Passing, around};
use crate::day::Day;
use crate::office::Office;
use crate::snapshot::{Snapshot, rows};
use crate::works::{Works, names};

/// Two days of work: the rows of the first are there, the second is only in the log.
struct Half {
    works: Works,
    office: Office,
    admin: PgConnection,
    before: Snapshot,
    /// What the rows are once the second day is projected as well.
    expected: Vec<(&'static str, i64, String)>,
}

/// Read models of which the day has nothing yet.
const NOT_IN_A_DAY: &[&str] = &[
    "chequebooks",
    "withholding_taxes",
    "order_documents",
    "despatch_advices",
    "discount_windows",
    "missed_discounts",
    "provider_accounts",
    "transfers",
    "bank_moves",
];

impl Half {
    async fn done() -> Self {
        let works = Works::start().await;
        let (projecting, reacting) = (works.projects(), works.reacts());
        let office = works.office("Acme").await;
        let monday = Day { office: &office, name: "MONDAY".to_owned(), iban: "DE02120300000000202051" };
        let statements = monday.what_asks_read_models(&monday.passes().await).await;
        works.reacted(office.tenant).await;
        works.caught_up(office.tenant, names(&works.system.projectors)).await;
        projecting.stops().await;
        let mut admin = works.admin().await;
        let before = Snapshot::of(&mut admin, &works.system.projectors).await;
        let tuesday = Day { office: &office, name: "TUESDAYS".to_owned(), iban: "DE89370400440532013000" };
        tuesday.passes().await;
        tuesday.explains(&statements).await;
        works.reacted(office.tenant).await;
        reacting.stops().await;
        let projecting = works.projects();
        works.caught_up(office.tenant, names(&works.system.projectors)).await;
        projecting.stops().await;
        works.verifies().await;
        let expected = rows(&mut admin, &works.system.projectors).await;
        let empty: Vec<&str> = expected.iter().filter(|(_, count, _)| *count == 0).map(|(table, ..)| *table).collect();
        assert_eq!(empty, NOT_IN_A_DAY, "of an empty table nothing is proved");
        Self { works, office, admin, before, expected }
    }

    /// An undisturbed worker takes over, and the rows are as they should be.
    async fn comes_right(&mut self, after: &str) {
        let projecting = self.works.projects();
        self.works.caught_up(self.office.tenant, names(&self.works.system.projectors)).await;
        projecting.stops().await;
        assert_eq!(rows(&mut self.admin, &self.works.system.projectors).await, self.expected, "{after}");
    }
}

/// Every request that a worker sends to the database, from its first connection to its commit, is lost once, and so is
/// every answer; the worker is killed there and then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_at_any_step_leaves_rows_that_equal_a_replay() {
    let mut half = Half::done().await;
    let proxy = Proxy::before(&half.works.test.admin).await;
    for lost in [Lost::Request, Lost::Answer] {
        let mut kills = 0;
        loop {
            let killed = killed_at(&mut half, &proxy, kills, lost).await;
            half.comes_right(&format!("{lost:?} {kills} was lost")).await;
            if !killed {
                break;
            }
            kills += 1;
        }
        println!("killed at each of {kills} steps, {lost:?} lost");
        assert!(kills > 30, "only {kills} steps: nothing was proved");
    }
    half.works.verifies().await;
}

/// Tells whether there was a step of this number at all.
async fn killed_at(half: &mut Half, proxy: &Proxy, step: u32, lost: Lost) -> bool {
    half.before.is_put_back(&mut half.admin).await;
    let database = Database::open(proxy.options(), None, Sizes { app: 1, projector: 1 });
    proxy.cut_at(step, lost);
    let projecting = half.works.projects_with(&database, half.works.system.projectors.clone());
    let names = names(&half.works.system.projectors);
    let was_cut = tokio::select! {
        () = proxy.is_cut() => true,
        () = half.works.caught_up(half.office.tenant, names) => false,
    };
    projecting.kill().await;
    proxy.mend() || was_cut
}

/// What befalls a projector.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Blow {
    /// It says that it cannot.
    Refuses,
    Panics,
    /// The database refuses a statement, and with it the rest of the transaction.
    Statement,
    /// Its process is killed.
    Killed,
}

#[derive(Clone, Copy)]
struct Ambush {
    at: Passing,
    blow: Blow,
}

/// What is going to happen, once.
#[derive(Default)]
struct Plot {
    ambush: Mutex<Option<Ambush>>,
    reached: Notify,
}

impl Hook for Plot {
    fn passes<'a>(&'a self, at: Passing, tx: &'a mut TenantTx, events: &'a [Recorded]) -> Later<'a, Result<(), ProjectionError>> {
        let mine = |ambush: &mut Ambush| ambush.at == at;
        let struck = self.ambush.lock().expect("nobody panicked").take_if(mine);
        Box::pin(async move {
            let Some(ambush) = struck else { return Ok(()) };
            self.reached.notify_one();
            match ambush.blow {
                Blow::Refuses => Err(ProjectionError::Poison { position: events[0].position, reason: "an ambush".to_owned() }),
                // Like a panic, but it does not fill the test's output.
                Blow::Panics => std::panic::resume_unwind(Box::new("an ambush")),
                Blow::Statement => tx.execute("select 1 / 0").await.map(drop).map_err(ProjectionError::from),
                Blow::Killed => std::future::pending().await,
            }
        })
    }
}

/// One that refuses, panics or is refused does not stop, and the others go on; one that is killed is replaced.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_befalls_a_read_model_before_or_after_its_rows_they_come_right() {
    let mut half = Half::done().await;
    let plot = Arc::new(Plot::default());
    let projectors = around(&half.works.system.projectors, plot.clone());
    for projector in names(&projectors) {
        for at in [Passing::Before(projector), Passing::After(projector)] {
            for blow in [Blow::Refuses, Blow::Panics, Blow::Statement, Blow::Killed] {
                half.before.is_put_back(&mut half.admin).await;
                *plot.ambush.lock().expect("nobody panicked") = Some(Ambush { at, blow });
                let projecting = half.works.projects_with(&half.works.system.database, projectors.clone());
                let reached = tokio::time::timeout(Duration::from_secs(120), plot.reached.notified()).await;
                assert!(reached.is_ok(), "{at:?} is never reached");
                if blow == Blow::Killed {
                    projecting.kill().await;
                } else {
                    half.works.caught_up(half.office.tenant, names(&projectors)).await;
                    projecting.stops().await;
                }
                half.comes_right(&format!("{blow:?} {at:?}")).await;
            }
        }
    }
    half.works.verifies().await;
}
