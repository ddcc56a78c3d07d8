//! A Postgres server of our own on a private socket, shared by every process that uses the same state directory.
//!
//! Whoever comes first starts it, later processes attach, the last one to leave stops it. Each of them watches: if the
//! server dies, one of them starts it again and the pools reconnect. The server survives `kill -9` of its users; the
//! next start attaches to it. A throw-away server, for tests, ends with the process that made it, and its files with it.

use std::{
    env, fs,
    io::ErrorKind,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread::sleep,
    time::{Duration, Instant},
};

use nix::unistd::geteuid;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::{
    account::Account,
    binaries::PostgresBinaries,
    cluster::{FSYNC_OFF, Layout},
    error::{Doing, EmbeddedError},
    locks::{self, Usage},
    postmaster::{self, Launch, PidFile},
    search::Search,
    supervisor::Supervisor,
    watchdog::Watchdog,
};

/// The role that owns the cluster. It has no password, so it can log in through the private socket only.
pub const SUPERUSER: &str = "quittance";

const DEFAULT_PORT: u16 = 5432;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// An acknowledged commit is on disk.
    Full,
    /// Nothing is flushed: fast, and a crash of the machine destroys the data.
    TestsOnly,
}

#[derive(Clone, Debug)]
pub struct PostgresSettings {
    pub state: PathBuf,
    pub durability: Durability,
    /// Further lines of postgresql.conf; they win over ours.
    pub config_lines: Vec<String>,
    /// Also listens on this port of 127.0.0.1, for roles that have a password.
    pub port: Option<u16>,
    pub max_connections: u16,
    pub search: Search,
    /// How long a start may take, crash recovery included.
    pub start_timeout: Duration,
    /// The server and `state` go when this process does, however it ends.
    throw_away: bool,
}

impl PostgresSettings {
    pub fn kept_in(state: impl Into<PathBuf>) -> Self {
        Self {
            state: state.into(),
            durability: Durability::Full,
            config_lines: Vec::new(),
            port: None,
            max_connections: 100,
            search: Search::from_env(),
            start_timeout: Duration::from_secs(120),
            throw_away: false,
        }
    }

    /// Whether a database has been begun in this state directory.
    pub fn is_begun(&self) -> bool {
        Layout::new(&self.state).data.join("PG_VERSION").is_file()
    }

    /// A server for one test process, in a new directory below the temporary one.
    pub fn throw_away() -> Result<Self, EmbeddedError> {
        let settings = Self::kept_in(new_temporary_directory()?);
        Ok(Self { durability: Durability::TestsOnly, throw_away: true, ..settings })
    }

    /// Without a port the number only names the socket.
    pub(super) fn socket_port(&self) -> u16 {
        self.port.unwrap_or(DEFAULT_PORT)
    }
}

/// Root's server runs under another account, which a temporary directory of root's own may keep out.
fn new_temporary_directory() -> Result<PathBuf, EmbeddedError> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let base = if geteuid().is_root() { PathBuf::from("/tmp") } else { env::temp_dir() };
    loop {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = base.join(format!("quittance-{}-{number}", std::process::id()));
        match fs::DirBuilder::new().mode(0o711).create(&path) {
            Ok(()) => return Ok(path),
            // Left by an earlier process with our number, which lost its watchdog too.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).doing(|| format!("creating {}", path.display())),
        }
    }
}

/// A running server. Dropping it leaves the server to others that use it, or stops it.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    server: Arc<Server>,
    /// The one in force, which the process that started the server chose.
    port: u16,
    supervisor: Option<Supervisor>,
    usage: Option<Usage>,
    watchdog: Option<Watchdog>,
}

impl EmbeddedPostgres {
    pub async fn start(settings: PostgresSettings) -> Result<Self, EmbeddedError> {
        let task = tokio::task::spawn_blocking(move || Self::start_blocking(settings));
        task.await.map_err(|_| EmbeddedError::TaskLost)?
    }

    pub fn start_blocking(settings: PostgresSettings) -> Result<Self, EmbeddedError> {
        let watchdog = settings.throw_away.then(|| set_watchdog(&settings.state)).transpose()?;
        let server = Arc::new(Server::prepare(settings)?);
        let usage = {
            let _starting = server.lock()?;
            let usage = Usage::join(&server.layout.use_lock)?;
            server.serve(&usage)?;
            usage
        };
        let port = PidFile::read(&server.layout.data).map_or(server.settings.socket_port(), |file| file.port);
        let (watched, revived) = (server.clone(), server.clone());
        let supervisor = Supervisor::watch(move || postmaster::is_running(&watched.layout), move || revived.revive())?;
        Ok(Self { server, port, supervisor: Some(supervisor), usage: Some(usage), watchdog })
    }

    /// For sqlx: the superuser, over the private socket.
    pub fn connect_options(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.server.layout.sockets)
            .port(self.port)
            .username(SUPERUSER)
            .database(database)
            .ssl_mode(PgSslMode::Disable)
    }

    /// The same as an address, for other programs (`psql`, a child process's `DATABASE_URL`).
    pub fn database_url(&self, database: &str) -> String {
        let host = percent_encoded(&self.server.layout.sockets);
        format!("postgres://{SUPERUSER}@localhost:{}/{database}?host={host}&sslmode=disable", self.port)
    }

    pub fn log_file(&self) -> &Path {
        &self.server.layout.log
    }

    pub fn binaries(&self) -> &PostgresBinaries {
        &self.server.binaries
    }

    /// The server's process now; it changes when the server had to be restarted.
    pub fn pid(&self) -> Option<i32> {
        postmaster::serving(&self.server.layout)
    }

    /// Leaves the server: the last user shuts it down and waits for that.
    pub fn stop(mut self) -> Result<(), EmbeddedError> {
        self.leave()
    }

    fn leave(&mut self) -> Result<(), EmbeddedError> {
        // First of all: what we stop must not be restarted.
        drop(self.supervisor.take());
        let Some(usage) = self.usage.take() else { return Ok(()) };
        if self.watchdog.take().is_some() {
            return Ok(());
        }
        let _starting = self.server.lock()?;
        match postmaster::serving(&self.server.layout) {
            Some(pid) if usage.is_alone()? => postmaster::stop(pid),
            _ => Ok(()),
        }
    }
}

impl Drop for EmbeddedPostgres {
    fn drop(&mut self) {
        if let Err(error) = self.leave() {
            tracing::warn!(%error, "PostgreSQL was left running");
        }
    }
}

/// The unchanging facts about one server, shared with its supervisor.
#[derive(Debug)]
struct Server {
    layout: Layout,
    account: Option<Account>,
    binaries: PostgresBinaries,
    settings: PostgresSettings,
}

impl Server {
    fn prepare(mut settings: PostgresSettings) -> Result<Self, EmbeddedError> {
        settings.state = std::path::absolute(&settings.state).doing(|| format!("locating {}", settings.state.display()))?;
        let layout = Layout::new(&settings.state);
        layout.check_socket_length(settings.socket_port())?;
        let account = Account::for_data(&layout.data)?;
        layout.create(account.as_ref())?;
        let binaries = PostgresBinaries::find(&settings.search, account.as_ref(), &layout.data)?;
        Ok(Self { layout, account, binaries, settings })
    }

    /// Held while a server is looked for, started or stopped.
    fn lock(&self) -> Result<fs::File, EmbeddedError> {
        locks::exclusive(&self.layout.start_lock, self.settings.start_timeout * 2)
    }

    /// Attaches to the running server, or starts one. Other settings take effect when nobody else uses the server.
    fn serve(&self, usage: &Usage) -> Result<(), EmbeddedError> {
        let wanted = self.layout.configuration(&self.settings);
        if let Some(pid) = postmaster::serving(&self.layout) {
            let in_force = fs::read_to_string(&self.layout.config).unwrap_or_default();
            if in_force == wanted || !usage.is_alone()? {
                return self.accept(&in_force, &wanted);
            }
            postmaster::stop(pid)?;
        }
        self.layout.initialise(&self.binaries, self.account.as_ref(), self.settings.durability)?;
        let doing = || format!("writing {}", self.layout.config.display());
        fs::write(&self.layout.config, wanted).doing(doing)?;
        fs::set_permissions(&self.layout.config, std::os::unix::fs::PermissionsExt::from_mode(0o644)).doing(doing)?;
        self.run()
    }

    /// Another process chose the settings; only a promise to keep data must hold for us too.
    fn accept(&self, in_force: &str, wanted: &str) -> Result<(), EmbeddedError> {
        if self.settings.durability == Durability::Full && in_force.contains(FSYNC_OFF) {
            return Err(EmbeddedError::NotDurable { state: self.layout.state.clone() });
        }
        if in_force != wanted {
            tracing::warn!("attached to a running PostgreSQL; our settings wait until nobody else uses it");
        }
        Ok(())
    }

    /// Starts the server again after it died, unless another of its users was faster.
    fn revive(&self) -> Result<(), EmbeddedError> {
        let _starting = self.lock()?;
        self.run()
    }

    /// Retries while something of an earlier run holds the directory. `postmaster.pid` is never deleted by us:
    /// Postgres itself knows when it is stale, and it is the last guard against two servers on one directory.
    fn run(&self) -> Result<(), EmbeddedError> {
        let deadline = Instant::now() + self.settings.start_timeout;
        let mut pause = Duration::from_millis(25);
        while postmaster::serving(&self.layout).is_none() {
            match postmaster::launch(&self.layout, &self.binaries, self.account.as_ref(), deadline)? {
                Launch::Ready => return Ok(()),
                Launch::Occupied(output) | Launch::Late(output) if Instant::now() >= deadline => {
                    let seconds = self.settings.start_timeout.as_secs();
                    return Err(EmbeddedError::DidNotStart { server: "PostgreSQL", seconds, output });
                }
                Launch::Occupied(output) | Launch::Late(output) => {
                    tracing::info!(%output, "PostgreSQL cannot start yet");
                    sleep(pause);
                }
            }
            pause = (pause * 2).min(Duration::from_secs(1));
        }
        Ok(())
    }
}

/// Kills without a shutdown, because nobody will read the data again.
fn set_watchdog(state: &Path) -> Result<Watchdog, EmbeddedError> {
    const SCRIPT: &str = r#"
        pid=$(head -n 1 "$1/postgres/data/postmaster.pid")
        [ -n "$pid" ] && kill -QUIT "$pid" && for _ in $(seq 500); do kill -0 "$pid" || break; sleep 0.02; done
        rm -rf "$1""#;
    Watchdog::set(SCRIPT, &[state.as_os_str()], Stdio::null()).doing(|| "starting the watchdog".into())
}

fn percent_encoded(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let encode = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    path.to_string_lossy().bytes().map(encode).collect()
}
