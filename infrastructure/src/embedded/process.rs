//! Asking after and signalling processes that may not be our children.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// A process that we may not signal is alive all the same.
pub(super) fn is_alive(pid: i32) -> bool {
    pid > 0 && kill(Pid::from_raw(pid), None) != Err(Errno::ESRCH)
}

/// A process that is already gone has what we wanted.
pub(super) fn signal(pid: i32, signal: Signal) {
    if pid > 0 && kill(Pid::from_raw(pid), signal).is_err_and(|refused| refused != Errno::ESRCH) {
        tracing::warn!(pid, %signal, "could not signal the process");
    }
}

pub(super) fn is_gone_within(pid: i32, patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    while is_alive(pid) {
        if Instant::now() >= deadline {
            return false;
        }
        sleep(Duration::from_millis(10));
    }
    true
}

/// The last lines that a server wrote to `log` after byte `from`: what a person needs to see, not megabytes.
pub(super) fn log_since(log: &Path, from: u64) -> String {
    const SHOWN: u64 = 4_000;
    let read = || -> std::io::Result<String> {
        let mut file = File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(from.max(length.saturating_sub(SHOWN))))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
    };
    read().unwrap_or_else(|error| format!("(its log {} cannot be read: {error})", log.display()))
}
