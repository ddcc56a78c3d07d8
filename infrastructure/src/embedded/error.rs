//! Why an embedded server could not be started, said so that the reader knows what to do next.

use std::{io, path::PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    #[error("no usable {program} was found.\n{}\nAny one of these helps:\n{fixes}", indented(tried))]
    NoBinaries { program: &'static str, tried: Vec<String>, fixes: &'static str },
    #[error("{variable}={} cannot be used: {reason}", path.display())]
    UnusableBinaries { variable: &'static str, path: PathBuf, reason: String },
    #[error(
        "{} was made by PostgreSQL {found}, which is not among what is here ({available}); install PostgreSQL {found} or point QUITTANCE_PG_BIN at its bin directory (the data stays untouched)",
        data.display()
    )]
    WrongMajor { data: PathBuf, found: u32, available: String },
    #[error(
        "the socket path {} has {} bytes and the system allows {limit}; choose a shorter state directory with QUITTANCE_STATE",
        path.display(), path.as_os_str().len()
    )]
    SocketPathTooLong { path: PathBuf, limit: usize },
    #[error("PostgreSQL refuses to run as root and none of the accounts {candidates} exists; make one with `useradd --system quittance`")]
    NoUnprivilegedAccount { candidates: String },
    #[error(
        "the account {account}, which runs PostgreSQL because we are root, cannot enter {}; choose another state directory with QUITTANCE_STATE, for example /var/lib/quittance",
        directory.display()
    )]
    DirectoryClosed { account: String, directory: PathBuf },
    #[error("no home directory is known for the state; set QUITTANCE_STATE")]
    NoStateDirectory,
    #[error("initdb failed: {output}")]
    InitFailed { output: String },
    #[error("{server} did not start within {seconds} s: {output}")]
    DidNotStart { server: &'static str, seconds: u64, output: String },
    #[error("PostgreSQL stopped while starting: {output}")]
    Refused { output: String },
    #[error("the PostgreSQL that runs in {} was started for tests and does not keep what it acknowledges", state.display())]
    NotDurable { state: PathBuf },
    #[error("PostgreSQL (process {pid}) does not stop")]
    DoesNotStop { pid: i32 },
    #[error("{} is held by another process for longer than {seconds} s", path.display())]
    Locked { path: PathBuf, seconds: u64 },
    #[error("the server must be stopped first")]
    StillRunning,
    #[error("{doing}: {source}")]
    Io { doing: String, source: io::Error },
    #[error("a background task ended early")]
    TaskLost,
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// Names what was being done when the system refused.
pub(super) trait Doing<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, EmbeddedError>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, EmbeddedError> {
        self.map_err(|source| EmbeddedError::Io { doing: what(), source })
    }
}
