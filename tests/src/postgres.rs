//! One throw-away server a test process; each test gets a copy of a migrated template.

use std::sync::atomic::{AtomicU32, Ordering};

use quittance_infrastructure::database::{Database, Sizes, migrate, migrator_pool};
use quittance_infrastructure::embedded::{Durability, EmbeddedPostgres, PostgresSettings};
use sqlx::Executor;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::OnceCell;

static SERVER: OnceCell<EmbeddedPostgres> = OnceCell::const_new();
static DURABLE: OnceCell<EmbeddedPostgres> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

const TEMPLATE: &str = "quittance_template";

/// A database of its own, empty but migrated.
pub struct TestDatabase {
    pub name: String,
    pub admin: PgConnectOptions,
}

impl TestDatabase {
    pub fn open(&self) -> Database {
        Database::open(self.admin.clone(), None, Sizes { app: 16, projector: 4 })
    }
}

/// A database on a server that does not wait for the disk.
pub async fn fresh_database() -> TestDatabase {
    let server = SERVER.get_or_init(|| start(Durability::TestsOnly)).await;
    copy_of_template(server).await
}

/// A database on a server that does: for benchmarks and crash tests.
pub async fn durable_database() -> TestDatabase {
    copy_of_template(durable_server().await).await
}

pub async fn durable_server() -> &'static EmbeddedPostgres {
    DURABLE.get_or_init(|| start(Durability::Full)).await
}

async fn start(durability: Durability) -> EmbeddedPostgres {
    let mut settings = PostgresSettings::throw_away().expect("a temporary directory");
    settings.durability = durability;
    settings.max_connections = 400;
    let server = EmbeddedPostgres::start(settings).await.expect("PostgreSQL starts");
    let admin = migrator_pool(&server.connect_options("postgres")).await.expect("the administrator connects");
    admin.execute(format!("create database {TEMPLATE}").as_str()).await.expect("the template is made");
    admin.close().await;
    migrate(&server.connect_options(TEMPLATE), None).await.expect("the template is migrated");
    server
}

async fn copy_of_template(server: &EmbeddedPostgres) -> TestDatabase {
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let admin = migrator_pool(&server.connect_options("postgres")).await.expect("the administrator connects");
    // Only one copy at a time may read the template.
    static COPYING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let copying = COPYING.lock().await;
    admin.execute(format!("create database {name} template {TEMPLATE}").as_str()).await.expect("the template is copied");
    drop(copying);
    // Rights of a database are not copied with it.
    let options = server.connect_options(&name);
    let own = migrator_pool(&options).await.expect("the administrator connects");
    let rights = format!(
        "revoke all on database {name} from public; grant connect on database {name} to q_app, q_committer, q_projector, q_router; \
         grant temporary on database {name} to q_projector"
    );
    own.execute(rights.as_str()).await.expect("the rights are set");
    own.close().await;
    admin.close().await;
    TestDatabase { name, admin: options }
}
