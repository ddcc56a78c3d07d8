//! The engine with its REST server and an office in it, but without workers: tests start those themselves, and kill them.

use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use quittance_api::cli::people::{add_user, create_tenant};
use quittance_api::server;
use quittance_api::settings::{Given, Settings};
use quittance_api::system::System;
use quittance_application::duplicate::DuplicateWatch;
use quittance_application::reaction::{Manager, Reaction};
use quittance_domain::Currency;
use quittance_domain::ids::TenantId;
use quittance_domain::role::Role;
use quittance_infrastructure::database::Database;
use quittance_projections::reactions::Reactions;
use quittance_projections::rebuild::Unwatched;
use quittance_projections::runtime::Runtime;
use quittance_projections::verify::verify;
use quittance_projections::{Progress, Projector};
use quittance_tests::{TestDatabase, fresh_database};
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnection;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::client::Client;
use crate::office::Office;

pub type Projectors = Arc<[Arc<dyn Projector>]>;

pub struct Works {
    pub system: Arc<System>,
    pub address: SocketAddr,
    pub test: TestDatabase,
}

impl Works {
    pub async fn start() -> Self {
        let test = fresh_database().await;
        let database = test.open();
        Self::on(test, database).await
    }

    /// On a way to the database of the test's choice.
    pub async fn on(test: TestDatabase, database: Database) -> Self {
        // They go with the throw-away database.
        let folder = test.admin.get_socket().and_then(|run| run.parent()).map(|folder| format!("file://{}/attachments", folder.display()));
        let settings = Settings::resolve(Given { attachments: folder, ..Given::default() }).expect("settings");
        let system = Arc::new(System::on(settings, database, None));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(server::run(system.clone(), listener, std::future::pending()));
        Self { system, address, test }
    }

    /// Keys are read from a read model: somebody has to be projecting.
    pub async fn office(&self, name: &str) -> Office {
        let made = create_tenant(&self.system, name, "owner@company.example", Currency::EUR).await.expect("a tenant");
        self.caught_up(made.id, names(&self.system.projectors)).await;
        let hires =
            async |email: &str, role: Role| add_user(&self.system, made.id, email, email, &[role], None).await.expect("a user").secret;
        Office::furnished(made.id, Client::of(self.address, made.secret), hires).await
    }

    pub async fn admin(&self) -> PgConnection {
        self.test.admin.connect().await.expect("the administrator connects")
    }

    pub fn projects(&self) -> Worker {
        self.projects_with(&self.system.database, self.system.projectors.clone())
    }

    /// Read models, over a way to the database and with projectors of the test's choice.
    pub fn projects_with(&self, database: &Database, projectors: Projectors) -> Worker {
        let progress = Arc::new(Progress::new(database.clone(), projectors.iter().map(|p| p.name()).collect(), vec![]));
        let feed = self.system.committer.feed().clone();
        let runtime = Arc::new(Runtime { database: database.clone(), projectors, progress, feed });
        Worker::of(|stop| runtime.start(stop))
    }

    /// Process managers, whose checkpoint goes over a way to the database of the test's choice; their commands do not.
    pub fn reacts_with(&self, database: &Database) -> Worker {
        let (reactions, duplicates) = (self.managed_by::<Reaction>(database), self.managed_by::<DuplicateWatch>(database));
        Worker::of(|stop| {
            let (reactions, duplicates) = (reactions.start(stop.clone()), duplicates.start(stop));
            tokio::spawn(async move {
                // Killed together.
                let _ = tokio::join!(AbortOnDropHandle::new(reactions), AbortOnDropHandle::new(duplicates));
            })
        })
    }

    fn managed_by<M: Manager>(&self, database: &Database) -> Arc<Reactions<M>> {
        let (commands, feed) = (self.system.commands.clone(), self.system.committer.feed().clone());
        let progress = self.system.progress.clone();
        Arc::new(Reactions { database: database.clone(), commands, progress, feed, manager: PhantomData })
    }

    pub fn reacts(&self) -> Worker {
        self.reacts_with(&self.system.database)
    }

    pub async fn head(&self, tenant: TenantId) -> i64 {
        self.system.database.heads().await.expect("heads").iter().find(|(t, _)| *t == tenant).expect("a log").1
    }

    /// Waits until `projectors` stand at the head.
    pub async fn caught_up(&self, tenant: TenantId, projectors: Vec<&'static str>) {
        let (mut admin, head) = (self.admin().await, self.head(tenant).await);
        let query = "select count(*) from ops.checkpoints where tenant_id = $1 and projector = any ($2) and position >= $3";
        for _ in 0..12_000 {
            let there: i64 =
                sqlx::query_scalar(query).bind(tenant.0).bind(&projectors).bind(head).fetch_one(&mut admin).await.expect("a count");
            if there == projectors.len() as i64 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{projectors:?} do not catch up");
    }

    pub async fn reacted(&self, tenant: TenantId) {
        self.caught_up(tenant, vec![Reaction::NAME]).await;
    }

    /// The log is whole and every row is what a replay gives.
    pub async fn verifies(&self) {
        let verdict = verify(&self.system.database, &self.system.projectors, &Unwatched).await.expect("a verdict");
        assert!(verdict.findings.is_empty(), "{verdict:?}");
        assert!(verdict.events > 0 && verdict.tables > 10, "nothing was proved: {verdict:?}");
    }
}

/// A worker's task.
pub struct Worker {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Worker {
    fn of(start: impl FnOnce(CancellationToken) -> JoinHandle<()>) -> Self {
        let stop = CancellationToken::new();
        Self { task: start(stop.clone()), stop }
    }

    /// Finishes its batch.
    pub async fn stops(self) {
        self.stop.cancel();
        self.task.await.expect("a worker never panics");
    }

    /// Whatever it is at, it goes no further.
    pub async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.is_err_and(|end| end.is_cancelled()), "a worker never ends by itself");
    }
}

pub fn names(projectors: &[Arc<dyn Projector>]) -> Vec<&'static str> {
    projectors.iter().map(|p| p.name()).collect()
}
