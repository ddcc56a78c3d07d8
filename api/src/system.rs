//! The engine put together: database, event store, commands, workers. The server, the command line and the tests all
//! begin here.

use std::marker::PhantomData;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use chrono::NaiveDate;
use quittance_application::duplicate::DuplicateWatch;
use quittance_application::invoice_import::NextChunk;
use quittance_application::mail::Mailer;
use quittance_application::ports::{Edge, Ports};
use quittance_application::provider::Rail;
use quittance_application::reaction::{Manager, Reaction};
use quittance_application::{Channel, Commands, Context, Failure};
use quittance_domain::ids::{TenantId, UserId};
use quittance_domain::tenant::Tenant;
use quittance_infrastructure::ach_files::NachaFiles;
use quittance_infrastructure::attachment_store::AttachmentStore;
use quittance_infrastructure::bank_files::Pain001Files;
use quittance_infrastructure::database::{Database, Role, Sizes, is_up_to_date, keep_role_settings, migrate, migrator_pool};
use quittance_infrastructure::decision_links::DecisionLinks;
use quittance_infrastructure::directory::UserDirectory;
use quittance_infrastructure::edge::SystemEdge;
use quittance_infrastructure::embedded::{EmbeddedPostgres, PostgresSettings};
use quittance_infrastructure::event_store::{Committer, PostgresLog, bell};
use quittance_infrastructure::identity::Identity;
use quittance_infrastructure::invoice_sheets::KeptSheets;
use quittance_infrastructure::lookalikes::FingerprintLookalikes;
use quittance_infrastructure::positive_pay_files::PositivePayLists;
use quittance_infrastructure::provider::{HttpRail, Reach};
use quittance_infrastructure::sealed_secrets::SealedSecrets;
use quittance_infrastructure::signed_documents::SigningKeys;
use quittance_infrastructure::smtp::SmtpMailer;
use quittance_projections::advice_sender::AdviceSender;
use quittance_projections::clock::Clock;
use quittance_projections::progress::Progress;
use quittance_projections::projector::Projector;
use quittance_projections::reactions::Reactions;
use quittance_projections::reconciler::Reconciler;
use quittance_projections::refused::Waiting;
use quittance_projections::relay::Relay;
use quittance_projections::runtime::Runtime;
use quittance_projections::{read_models, rebuild, standstill};
use sqlx::postgres::PgConnectOptions;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::secrets::{decision_links, sealed_secrets, signing_keys};
use crate::settings::{Environment, Settings};

const DATABASE_NAME: &str = "quittance";
/// Each projects what it asks for, on a connection of the rebuilds'.
const RECALLS_MAX: usize = 2;

pub struct System {
    pub settings: Settings,
    pub database: Database,
    pub committer: Committer,
    pub commands: Arc<Commands>,
    pub identity: Arc<Identity>,
    pub progress: Arc<Progress>,
    pub projectors: Arc<[Arc<dyn Projector>]>,
    /// How many may ask at once what was known at a moment.
    pub recalls: Arc<Semaphore>,
    attachments: OnceLock<Arc<AttachmentStore>>,
    signing_keys: OnceLock<Arc<SigningKeys>>,
    /// Cancelled when the system goes down; whatever waits on it ends.
    pub stopping: CancellationToken,
    workers: std::sync::Mutex<Vec<JoinHandle<()>>>,
    // Dropped last: everything above still talks to it.
    postgres: Option<EmbeddedPostgres>,
}

impl System {
    /// Finds or starts the database, migrates it, opens the pools. No workers run yet.
    pub async fn open(settings: Settings) -> anyhow::Result<Self> {
        let server = database_server(&settings).await?;
        migrate(&server.admin, server.secret.as_deref()).await?;
        Self::at(settings, server).await
    }

    /// The same where there is a database of ours already: who asks about the books does not begin new ones.
    pub async fn open_kept(settings: Settings) -> anyhow::Result<Self> {
        let state = &settings.state;
        let begun = settings.database_url.is_some() || PostgresSettings::kept_in(state).is_begun();
        ensure!(begun, "there is no database in {} (--state, QUITTANCE_STATE); `quittance serve` begins one", state.display());
        let server = database_server(&settings).await?;
        ensure!(
            is_up_to_date(&server.admin).await?,
            "the database is not as this version of Quittance makes it; `quittance migrate` brings an empty or an older one to it"
        );
        Self::at(settings, server).await
    }

    async fn at(settings: Settings, server: DatabaseServer) -> anyhow::Result<Self> {
        let DatabaseServer { postgres, admin, secret } = server;
        let database = Database::open(admin, secret, Sizes::default());
        let database = match &settings.pooler_url {
            Some(url) => behind_pooler(database, url).await?,
            None => database,
        };
        Ok(Self::on(settings, database, postgres))
    }

    /// On a database that is there and migrated.
    pub fn on(settings: Settings, database: Database, postgres: Option<EmbeddedPostgres>) -> Self {
        Self::by_the_time_of(Arc::new(SystemEdge), settings, database, postgres)
    }

    /// With another clock and source of ids than the machine's.
    pub fn by_the_time_of(edge: Arc<dyn Edge>, settings: Settings, database: Database, postgres: Option<EmbeddedPostgres>) -> Self {
        let committer = Committer::start(&database.committer(), settings.commit_lanes);
        let ports = Ports {
            log: Arc::new(PostgresLog::new(database.clone(), committer.clone())),
            directory: Arc::new(UserDirectory(database.clone())),
            lookalikes: Arc::new(FingerprintLookalikes(database.clone())),
            bank_files: Arc::new(Pain001Files),
            ach_files: Arc::new(NachaFiles),
            positive_pay: Arc::new(PositivePayLists),
            sheets: Arc::new(KeptSheets::new(database.clone())),
            edge,
        };
        let projectors = read_models();
        let names = projectors.iter().map(|p| p.name()).collect();
        let progress = Arc::new(Progress::new(database.clone(), names, vec![Reaction::NAME, DuplicateWatch::NAME]));
        Self {
            commands: Commands::new(ports, settings.cache_mib << 20),
            identity: Arc::new(Identity::new(database.clone())),
            progress,
            projectors,
            recalls: Arc::new(Semaphore::new(RECALLS_MAX)),
            attachments: OnceLock::new(),
            signing_keys: OnceLock::new(),
            stopping: CancellationToken::new(),
            workers: std::sync::Mutex::default(),
            committer,
            database,
            settings,
            postgres,
        }
    }

    /// Starts everything that follows the log.
    pub async fn start_workers(&self) -> anyhow::Result<()> {
        self.start_watching();
        self.start_projecting().await?;
        self.start_relaying();
        Ok(())
    }

    /// Keeps readers told of what stands still, and hears of what other processes commit.
    pub fn start_watching(&self) {
        self.employ([
            standstill::watch(self.database.clone(), self.progress.clone(), self.stopping.clone()),
            bell::hang(self.committer.feed().clone(), self.database.as_role(Role::Router), self.stopping.clone()),
        ]);
    }

    /// Starts projecting and reacting. Read models that another version wrote are rebuilt first, here or by another node.
    pub async fn start_projecting(&self) -> anyhow::Result<()> {
        rebuild::bring_up_to_date(&self.database, &self.projectors).await?;
        let runtime = Arc::new(Runtime {
            database: self.database.clone(),
            projectors: self.projectors.clone(),
            progress: self.progress.clone(),
            feed: self.committer.feed().clone(),
        });
        self.employ((0..self.settings.projection_workers.max(1)).map(|_| runtime.start(self.stopping.clone())));
        self.employ([
            self.managed_by::<Reaction>().start(self.stopping.clone()),
            self.managed_by::<DuplicateWatch>().start(self.stopping.clone()),
            self.managed_by::<NextChunk>().start(self.stopping.clone()),
            Clock::new(self.database.clone(), self.commands.clone()).start(self.stopping.clone()),
        ]);
        Ok(())
    }

    /// Starts sending events out, where there is somewhere to send them.
    pub fn start_relaying(&self) {
        if let Some(url) = self.settings.nats_url.clone() {
            let relay = Relay { database: self.database.clone(), feed: self.committer.feed().clone(), url };
            self.employ([relay.start(self.stopping.clone())]);
        }
    }

    fn employ(&self, workers: impl IntoIterator<Item = JoinHandle<()>>) {
        self.workers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(workers);
    }

    /// Starts bringing transfers to their end.
    pub fn start_reconciling(&self) -> anyhow::Result<()> {
        self.employ([self.reconciler()?.start(self.stopping.clone())]);
        Ok(())
    }

    fn managed_by<M: Manager>(&self) -> Arc<Reactions<M>> {
        Arc::new(Reactions {
            database: self.database.clone(),
            commands: self.commands.clone(),
            progress: self.progress.clone(),
            feed: self.committer.feed().clone(),
            manager: PhantomData,
        })
    }

    /// Tries once more what a process manager could not do; tells whether it has been done by now.
    pub async fn retry(&self, refused: &Waiting) -> Result<bool, Failure> {
        match refused.manager.as_str() {
            Reaction::NAME => self.managed_by::<Reaction>().again(refused).await,
            DuplicateWatch::NAME => self.managed_by::<DuplicateWatch>().again(refused).await,
            NextChunk::NAME => self.managed_by::<NextChunk>().again(refused).await,
            // Of a newer version that ran here before this one.
            _ => Ok(false),
        }
    }

    /// Brings started transfers to their end.
    pub fn reconciler(&self) -> anyhow::Result<Reconciler> {
        let rail: Arc<dyn Rail> = Arc::new(HttpRail::new(self.reach())?);
        let secrets = Arc::new(self.sealed_secrets()?);
        Ok(Reconciler { database: self.database.clone(), commands: self.commands.clone(), rail, secrets })
    }

    /// Sends remittance advice that was asked for.
    pub fn advice_sender(&self) -> anyhow::Result<AdviceSender> {
        Ok(AdviceSender { database: self.database.clone(), commands: self.commands.clone(), mailer: self.mailer()? })
    }

    /// Starts sending mail, where there is a server to send it through.
    pub fn start_mailing(&self) -> anyhow::Result<()> {
        if self.settings.sends_mail() {
            self.employ([self.advice_sender()?.start(self.stopping.clone())]);
        }
        Ok(())
    }

    pub fn mailer(&self) -> anyhow::Result<Arc<dyn Mailer>> {
        let url = self.settings.smtp_url.as_deref().context("QUITTANCE_SMTP_URL names no mail server")?;
        let from = self.settings.mail_from.as_deref().context("QUITTANCE_MAIL_FROM names no address that mail comes from")?;
        Ok(Arc::new(SmtpMailer::new(url, from)?))
    }

    /// Where providers may be.
    pub fn reach(&self) -> Reach {
        Reach { plain_http: self.settings.provider_plain_http, private_networks: self.settings.provider_private_networks }
    }

    /// Where the bytes of attachments are; opened by whoever comes first.
    pub fn attachments(&self) -> anyhow::Result<Arc<AttachmentStore>> {
        if let Some(store) = self.attachments.get() {
            return Ok(store.clone());
        }
        let opened = match &self.settings.attachments {
            Some(location) => AttachmentStore::open(location)?,
            None => AttachmentStore::in_directory(&self.settings.state.join("attachments"))?,
        };
        Ok(self.attachments.get_or_init(|| Arc::new(opened)).clone())
    }

    /// What tenants entrust to us.
    pub fn sealed_secrets(&self) -> anyhow::Result<SealedSecrets> {
        sealed_secrets(&self.settings, self.database.clone())
    }

    /// Signs and reads the links that decide without a session.
    pub fn decision_links(&self) -> anyhow::Result<DecisionLinks> {
        decision_links(&self.settings)
    }

    /// What proofs of payment are signed with; read by whoever comes first.
    pub fn signing_keys(&self) -> anyhow::Result<Arc<SigningKeys>> {
        if let Some(keys) = self.signing_keys.get() {
            return Ok(keys.clone());
        }
        let read = signing_keys(&self.settings)?;
        Ok(self.signing_keys.get_or_init(|| Arc::new(read)).clone())
    }

    /// A command of the command line or of the system itself.
    pub async fn context(&self, tenant: TenantId, actor: UserId) -> Result<Context, Failure> {
        self.commands.context(tenant, actor, Channel::CommandLine, self.commands.ports().edge.new_id()).await
    }

    /// What day it is where the company is.
    pub async fn today(&self, tenant: TenantId) -> Result<NaiveDate, Failure> {
        Ok(self.commands.zone_of(tenant).await?.day_of(self.commands.ports().edge.now()))
    }

    /// Refuses a tenant that nobody has created.
    pub async fn knows(&self, tenant: TenantId) -> anyhow::Result<()> {
        let (_, sequence) = self.commands.state_of::<Tenant>(tenant, tenant.0).await?;
        ensure!(sequence > 0, "there is no tenant {tenant}");
        Ok(())
    }

    /// Waits until everything that `position` leads to can be read.
    pub async fn settled(&self, tenant: TenantId, position: i64) -> anyhow::Result<()> {
        if !self.progress.settled(tenant, position, Duration::from_secs(120)).await? {
            bail!("the read models have not caught up; is one of them poisoned? (quittance doctor)");
        }
        Ok(())
    }

    /// Does one job on a system of its own, whose workers do what follows from it.
    pub async fn at_work<T>(settings: Settings, job: impl AsyncFnOnce(&Self) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let system = Self::open_kept(settings).await?;
        let done = match system.start_workers().await {
            Ok(()) => job(&system).await,
            Err(error) => Err(error),
        };
        system.close().await;
        done
    }

    /// Lets workers finish their batch, then lets go of the database.
    pub async fn close(self) {
        self.stopping.cancel();
        let workers = std::mem::take(&mut *self.workers.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        for worker in workers {
            let _ = tokio::time::timeout(Duration::from_secs(10), worker).await;
        }
        self.database.close().await;
        if let Some(postgres) = self.postgres
            && let Err(error) = tokio::task::spawn_blocking(move || postgres.stop()).await.unwrap_or(Ok(()))
        {
            tracing::warn!(%error, "PostgreSQL did not stop");
        }
    }
}

struct DatabaseServer {
    /// Where it is our own.
    postgres: Option<EmbeddedPostgres>,
    admin: PgConnectOptions,
    /// The administrator's password, where there is one.
    secret: Option<String>,
}

async fn database_server(settings: &Settings) -> anyhow::Result<DatabaseServer> {
    if let Some(url) = &settings.database_url {
        let admin: PgConnectOptions = url.parse().context("DATABASE_URL is not a Postgres address")?;
        return Ok(DatabaseServer { postgres: None, admin, secret: password_of(url) });
    }
    if settings.environment == Environment::Production {
        bail!("in production DATABASE_URL names the Postgres server to use");
    }
    let postgres = embedded(&settings.state).await?;
    let server = postgres.connect_options("postgres");
    create_database(&server).await?;
    let admin = postgres.connect_options(DATABASE_NAME);
    Ok(DatabaseServer { postgres: Some(postgres), admin, secret: None })
}

async fn behind_pooler(database: Database, url: &str) -> anyhow::Result<Database> {
    let pooler = url.parse().context("QUITTANCE_POOLER_URL is not a Postgres address")?;
    let admin = migrator_pool(database.admin()).await?;
    keep_role_settings(&admin).await.context("the settings of the roles behind the pooler could not be kept")?;
    admin.close().await;
    Ok(database.behind(&pooler, Sizes::default()))
}

async fn embedded(state: &Path) -> anyhow::Result<EmbeddedPostgres> {
    EmbeddedPostgres::start(PostgresSettings::kept_in(state)).await.context("the embedded PostgreSQL could not be started")
}

async fn create_database(server: &PgConnectOptions) -> anyhow::Result<()> {
    use sqlx::{ConnectOptions, Connection};
    let mut connection = server.connect().await?;
    let exists: bool = sqlx::query_scalar("select exists (select 1 from pg_database where datname = $1)")
        .bind(DATABASE_NAME)
        .fetch_one(&mut connection)
        .await?;
    if !exists {
        let made = sqlx::query(&format!("create database {DATABASE_NAME}")).execute(&mut connection).await;
        // Somebody else may have been faster.
        if let Err(error) = made
            && !error.as_database_error().is_some_and(|d| d.code().as_deref() == Some("42P04") || d.code().as_deref() == Some("23505"))
        {
            return Err(error.into());
        }
    }
    connection.close().await?;
    Ok(())
}

/// The password in `postgres://user:password@host/…`.
fn password_of(url: &str) -> Option<String> {
    let authority = url.split_once("://")?.1.split('/').next()?;
    let (user, _) = authority.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password.to_owned()).filter(|p| !p.is_empty())
}
