//! The data directory of one Postgres server: made whole or not at all, never deleted, configured from one file of ours.

use std::{
    fs::{self, DirBuilder, File},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use super::{
    account::{Account, command},
    binaries::{PostgresBinaries, major_of},
    error::{Doing, EmbeddedError},
    postgres::{Durability, PostgresSettings, SUPERUSER},
};

/// `sun_path` less its terminating zero: 108 bytes on Linux, 104 elsewhere.
const SOCKET_PATH_LIMIT: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Where everything of one server lives below its state directory.
///
/// Only `home` belongs to the server's account. Locks, log and configuration stay ours, so that a server which was
/// taken over cannot lead us, possibly root, to other files through links.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub state: PathBuf,
    pub home: PathBuf,
    pub data: PathBuf,
    pub sockets: PathBuf,
    pub log: PathBuf,
    pub config: PathBuf,
    pub start_lock: PathBuf,
    pub use_lock: PathBuf,
}

impl Layout {
    pub fn new(state: &Path) -> Self {
        let home = state.join("postgres");
        Self {
            data: home.join("data"),
            sockets: home.join("run"),
            log: state.join("postgres.log"),
            config: state.join("postgres.conf"),
            start_lock: state.join("postgres.start.lock"),
            use_lock: state.join("postgres.use.lock"),
            state: state.to_owned(),
            home,
        }
    }

    pub fn socket(&self, port: u16) -> PathBuf {
        self.sockets.join(format!(".s.PGSQL.{port}"))
    }

    pub fn check_socket_length(&self, port: u16) -> Result<(), EmbeddedError> {
        let path = self.socket(port);
        match path.as_os_str().len() <= SOCKET_PATH_LIMIT {
            true => Ok(()),
            false => Err(EmbeddedError::SocketPathTooLong { path, limit: SOCKET_PATH_LIMIT }),
        }
    }

    /// The directory of the socket is closed to everybody else: who can reach the socket is trusted.
    pub fn create(&self, account: Option<&Account>) -> Result<(), EmbeddedError> {
        make_directory(&self.state, 0o711)?;
        if let Some(account) = account {
            account.check_can_enter(&self.state)?;
        }
        for directory in [&self.home, &self.sockets] {
            make_directory(directory, 0o700)?;
            if let Some(account) = account {
                account.take_over(directory)?;
            }
        }
        Ok(())
    }

    /// Makes the data directory unless it exists. A `kill` in the middle leaves only a directory that the next start removes.
    pub fn initialise(&self, binaries: &PostgresBinaries, account: Option<&Account>, durability: Durability) -> Result<(), EmbeddedError> {
        if let Some(found) = major_of(&self.data) {
            let (data, available) = (self.data.clone(), format!("PostgreSQL {}", binaries.major));
            return if found == binaries.major { Ok(()) } else { Err(EmbeddedError::WrongMajor { data, found, available }) };
        }
        self.remove_unfinished();
        // The process id keeps an orphaned initdb of an earlier process from writing into our directory.
        let unfinished = self.home.join(format!("{UNFINISHED}{}", std::process::id()));
        initdb(binaries, account, durability, &unfinished)?;
        fs::rename(&unfinished, &self.data).doing(|| format!("naming {}", self.data.display()))?;
        File::open(&self.home).and_then(|home| home.sync_all()).doing(|| format!("syncing {}", self.home.display()))
    }

    /// An orphaned initdb may still write there or clean up itself; what is left then waits for the next start.
    fn remove_unfinished(&self) {
        let entries = self.home.read_dir().into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(UNFINISHED)) {
            if let Err(error) = fs::remove_dir_all(entry.path()) {
                tracing::info!(%error, directory = %entry.path().display(), "an unfinished data directory stays for now");
            }
        }
    }

    /// The configuration, in the words of postgresql.conf.
    pub fn configuration(&self, settings: &PostgresSettings) -> String {
        let listen = if settings.port.is_some() { "127.0.0.1" } else { "" };
        let mut lines = vec![
            format!("listen_addresses = '{listen}'"),
            format!("port = {}", settings.socket_port()),
            format!("unix_socket_directories = {}", quoted(&self.sockets)),
            "unix_socket_permissions = 0700".into(),
            format!("max_connections = {}", settings.max_connections),
        ];
        lines.extend(TUNING.iter().map(ToString::to_string));
        if settings.durability == Durability::TestsOnly {
            lines.extend([FSYNC_OFF, "synchronous_commit = off", "full_page_writes = off"].map(String::from));
        }
        lines.extend(settings.config_lines.iter().cloned());
        lines.join("\n") + "\n"
    }
}

pub(super) const FSYNC_OFF: &str = "fsync = off";

const UNFINISHED: &str = "data.unfinished-";

/// For short transactions on a small machine whose disk is fast. `jit` costs more than it saves on them.
const TUNING: [&str; 9] = [
    "shared_buffers = 256MB",
    "effective_cache_size = 1GB",
    "wal_buffers = 16MB",
    "min_wal_size = 256MB",
    "max_wal_size = 2GB",
    "random_page_cost = 1.1",
    "jit = off",
    "timezone = 'UTC'",
    "log_timezone = 'UTC'",
];

/// A lone backslash or quote would end the value early; a list of directories is split at commas unless quoted again.
fn quoted(path: &Path) -> String {
    let inner = path.to_string_lossy().replace('"', "\"\"");
    format!("'\"{}\"'", inner.replace('\\', "\\\\").replace('\'', "''"))
}

fn make_directory(path: &Path, mode: u32) -> Result<(), EmbeddedError> {
    if path.is_dir() {
        return Ok(());
    }
    let doing = || format!("creating {}", path.display());
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).doing(doing)?;
    }
    match DirBuilder::new().mode(mode).create(path) {
        // Another process starts at the same time.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other.doing(doing),
    }
}

/// Bytes order the text, whatever the machine's locale is, and every page carries a checksum.
fn initdb(binaries: &PostgresBinaries, account: Option<&Account>, durability: Durability, data: &Path) -> Result<(), EmbeddedError> {
    let mut initdb = command(binaries.program("initdb"), account);
    initdb.arg("-D").arg(data).args(["-U", SUPERUSER, "-E", "UTF8", "--data-checksums", "--no-instructions"]);
    initdb.args(["--auth-local=trust", "--auth-host=scram-sha-256"]);
    match binaries.major {
        17.. => initdb.args(["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]),
        _ if cfg!(target_os = "linux") => initdb.args(["--locale=C.UTF-8"]),
        _ => initdb.args(["--locale=C"]),
    };
    if durability == Durability::TestsOnly {
        initdb.arg("--no-sync");
    }
    let output = initdb.output().doing(|| "running initdb".into())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(EmbeddedError::InitFailed { output: said })
}
