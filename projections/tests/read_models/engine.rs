//! One throw-away server for all tests of this binary; each test has a database of its own.

use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, NaiveTime};
use quittance_application::ports::{BankFile, BankFileRefusal, BankFiles, Edge, FileMoment, Ports};
use quittance_application::reaction::{Manager, Reaction};
use quittance_application::{Channel, Commands, Context, UseCase};
use quittance_domain::ids::{TenantId, UserId};
use quittance_domain::payment::PaymentPlan;
use quittance_domain::time_zone::TimeZone;
use quittance_domain::user::ApiKey;
use quittance_domain::{Currency, Money, Root};
use quittance_infrastructure::ach_files::NachaFiles;
use quittance_infrastructure::database::{Database, Sizes, TenantTx, migrate, migrator_pool};
use quittance_infrastructure::directory::UserDirectory;
use quittance_infrastructure::edge::SystemEdge;
use quittance_infrastructure::embedded::{Durability, EmbeddedPostgres, PostgresSettings};
use quittance_infrastructure::event_store::{Committer, PostgresLog};
use quittance_infrastructure::invoice_sheets::KeptSheets;
use quittance_infrastructure::lookalikes::FingerprintLookalikes;
use quittance_infrastructure::positive_pay_files::PositivePayLists;
use quittance_projections::reactions::Reactions;
use quittance_projections::runtime::Runtime;
use quittance_projections::{Progress, read_models};
use sqlx::postgres::PgConnectOptions;
use std::marker::PhantomData;
use tokio::sync::{Mutex, OnceCell};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

static SERVER: OnceCell<EmbeddedPostgres> = OnceCell::const_new();
static DATABASES: Mutex<u32> = Mutex::const_new(0);

/// A migrated database that no other test's workers see.
async fn options() -> PgConnectOptions {
    let server = SERVER.get_or_init(start).await;
    // One at a time: migrations grant rights to roles, which all databases of the server share.
    let mut made = DATABASES.lock().await;
    *made += 1;
    let name = format!("test_{made}");
    let admin = migrator_pool(&server.connect_options("postgres")).await.expect("the administrator connects");
    sqlx::query(&format!("create database {name}")).execute(&admin).await.expect("a database is made");
    admin.close().await;
    migrate(&server.connect_options(&name), None).await.expect("the migrations apply");
    server.connect_options(&name)
}

async fn start() -> EmbeddedPostgres {
    let mut settings = PostgresSettings::throw_away().expect("a temporary directory");
    settings.durability = Durability::TestsOnly;
    settings.max_connections = 200;
    EmbeddedPostgres::start(settings).await.expect("PostgreSQL starts")
}

/// The database alone: for folds without a log.
pub async fn database() -> Database {
    Database::open(options().await, None, Sizes { app: 4, projector: 2 })
}

/// Commands, reactions and read models of one tenant, running.
pub struct Engine {
    pub database: Database,
    pub commands: Arc<Commands>,
    pub tenant: TenantId,
    pub admin: UserId,
    pub progress: Arc<Progress>,
    stop: CancellationToken,
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Engine {
    pub async fn start() -> Self {
        let database = database().await;
        let committer = Committer::start(&database.committer(), 1);
        let ports = Ports {
            log: Arc::new(PostgresLog::new(database.clone(), committer.clone())),
            directory: Arc::new(UserDirectory(database.clone())),
            lookalikes: Arc::new(FingerprintLookalikes(database.clone())),
            bank_files: Arc::new(NoBankFiles),
            ach_files: Arc::new(NachaFiles),
            positive_pay: Arc::new(PositivePayLists),
            sheets: Arc::new(KeptSheets::new(database.clone())),
            edge: Arc::new(SystemEdge),
        };
        let commands = Commands::new(ports, 16 << 20);
        let projectors = read_models();
        let names = projectors.iter().map(|p| p.name()).collect();
        let progress = Arc::new(Progress::new(database.clone(), names, vec![Reaction::NAME]));
        let stop = CancellationToken::new();
        let feed = committer.feed().clone();
        Arc::new(Runtime { database: database.clone(), projectors, progress: progress.clone(), feed: feed.clone() }).start(stop.clone());
        Arc::new(Reactions {
            database: database.clone(),
            commands: commands.clone(),
            progress: progress.clone(),
            feed,
            manager: PhantomData::<fn() -> Reaction>,
        })
        .start(stop.clone());
        let edge = commands.ports().edge.clone();
        let (tenant, admin) = (TenantId(edge.new_id()), UserId(edge.new_id()));
        commands.ports().log.open_tenant(tenant).await.expect("a log opens");
        Self { database, commands, tenant, admin, progress, stop }
    }

    pub fn new_id<T: From<Uuid>>(&self) -> T {
        self.commands.ports().edge.new_id().into()
    }

    pub fn as_user(&self, user: UserId) -> Context {
        let edge = &self.commands.ports().edge;
        let mut ctx = Context::new(self.tenant, user, edge.now(), TimeZone::default(), Channel::Rest, edge.new_id());
        (ctx.client_address, ctx.request_id) = (Some("192.0.2.7".to_owned()), Some("req-1".to_owned()));
        ctx
    }

    /// Carries a use case out and waits until everything that follows from it can be read.
    pub async fn run<U: UseCase>(&self, user: UserId, use_case: &U) -> U::Output {
        self.run_as(self.as_user(user), use_case).await
    }

    /// The same by a clock that says noon of `today`.
    pub async fn run_on<U: UseCase>(&self, today: NaiveDate, user: UserId, use_case: &U) -> U::Output {
        let now = today.and_time(NaiveTime::from_hms_opt(12, 0, 0).expect("noon")).and_utc();
        self.run_as(Context { now, ..self.as_user(user) }, use_case).await
    }

    async fn run_as<U: UseCase>(&self, ctx: Context, use_case: &U) -> U::Output {
        let done = self.commands.run(&ctx, use_case).await.expect("the command is carried out");
        self.settled(done.receipt.position).await;
        done.output.expect("the command had not run before")
    }

    pub async fn execute<A: Root>(&self, user: UserId, id: impl Into<Uuid>, command: A::Command) -> i64
    where
        A::Command: Clone + Send + Sync,
    {
        let receipt = self.commands.execute::<A>(&self.as_user(user), id, command).await.expect("the command is carried out");
        self.settled(receipt.position).await;
        receipt.position
    }

    pub async fn settled(&self, position: i64) {
        let settled = self.progress.settled(self.tenant, position, Duration::from_secs(20)).await;
        assert!(settled.expect("the database answers"), "the read models did not follow");
    }

    pub async fn read(&self) -> TenantTx {
        self.database.read(self.tenant).await.expect("a transaction begins")
    }
}

struct NoBankFiles;

impl BankFiles for NoBankFiles {
    fn write(&self, _: Uuid, _: &[&PaymentPlan], _: FileMoment, format: &str) -> Result<BankFile, BankFileRefusal> {
        Err(BankFileRefusal::UnknownFormat(format.to_owned()))
    }
}

pub fn key(engine: &Engine, byte: u8) -> ApiKey {
    ApiKey { key_id: engine.new_id(), prefix: format!("qk_{byte}"), hash: format!("{byte:02x}").repeat(32), expires_at: None }
}

pub fn eur(amount: &str) -> Money {
    Money::exact(amount.parse().expect("a decimal"), Currency::EUR).expect("whole cents")
}

/// A tenant that nobody else uses.
pub fn any_tenant() -> TenantId {
    TenantId(SystemEdge.new_id())
}
