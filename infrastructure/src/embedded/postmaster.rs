//! One run of the Postgres server process: launched, watched until it accepts connections, stopped.

use std::{
    fs::{self, OpenOptions},
    os::unix::net::UnixStream,
    path::Path,
    process::{Child, ExitStatus},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use nix::sys::signal::Signal;

use super::{
    account::{Account, command},
    binaries::PostgresBinaries,
    cluster::Layout,
    error::{Doing, EmbeddedError},
    process::{is_alive, is_gone_within, log_since, signal},
};

/// What `postmaster.pid` says: line 1 the process, line 4 the port, line 8 its state.
pub(super) struct PidFile {
    pub pid: i32,
    pub port: u16,
    ready: bool,
}

impl PidFile {
    pub fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        Some(Self {
            pid: lines.first()?.parse().ok()?,
            port: lines.get(3).and_then(|port| port.parse().ok()).unwrap_or(0),
            ready: lines.get(7) == Some(&"ready"),
        })
    }
}

/// The process that serves this directory now. The process id alone is not proof: after a reboot it may be anybody's.
pub(super) fn serving(layout: &Layout) -> Option<i32> {
    let file = PidFile::read(&layout.data)?;
    let serves = file.ready && is_alive(file.pid) && UnixStream::connect(layout.socket(file.port)).is_ok();
    serves.then_some(file.pid)
}

/// Cheap enough to ask several times a second.
pub(super) fn is_running(layout: &Layout) -> bool {
    PidFile::read(&layout.data).is_some_and(|file| is_alive(file.pid))
}

pub(super) enum Launch {
    Ready,
    /// Something of an earlier run still holds the directory; it will let go.
    Occupied(String),
    /// Not ready at the deadline, and stopped again.
    Late(String),
}

/// Starts the server and waits until it accepts connections, through crash recovery if need be.
pub(super) fn launch(
    layout: &Layout,
    binaries: &PostgresBinaries,
    account: Option<&Account>,
    deadline: Instant,
) -> Result<Launch, EmbeddedError> {
    let log = open_log(&layout.log)?;
    let log_from = log.metadata().map_or(0, |metadata| metadata.len());
    let errors = log.try_clone().doing(|| format!("opening {}", layout.log.display()))?;
    let mut config = std::ffi::OsString::from("config_file=");
    config.push(&layout.config);
    let child = command("sh", account)
        .args(["-c", KEEPER, "quittance-keeper"])
        .arg(binaries.program("postgres"))
        .arg("-D")
        .arg(&layout.data)
        .arg("-c")
        .arg(config)
        .stdout(log)
        .stderr(errors)
        .spawn()
        .doing(|| "starting postgres".into())?;
    match wait_until_ready(layout, &reap(child), deadline) {
        Outcome::Ready => Ok(Launch::Ready),
        Outcome::Exited => judge_exit(log_since(&layout.log, log_from)),
        Outcome::Late => {
            if let Some(file) = PidFile::read(&layout.data) {
                stop(file.pid)?;
            }
            Ok(Launch::Late(log_since(&layout.log, log_from)))
        }
    }
}

/// The parent of the server, which outlives us. A dead server that nobody waited for looks alive to Postgres and blocks
/// every later start, and not every init waits at once for what it inherits from a killed process.
const KEEPER: &str = r#""$@"; exit "$?""#;

/// The keeper itself is ours to wait for.
fn reap(mut child: Child) -> Receiver<ExitStatus> {
    let (tell, exited) = channel();
    thread::spawn(move || {
        if let Ok(status) = child.wait() {
            // Nobody listens any more once the server was ready.
            let _ = tell.send(status);
        }
    });
    exited
}

enum Outcome {
    Ready,
    Exited,
    Late,
}

fn wait_until_ready(layout: &Layout, exited: &Receiver<ExitStatus>, deadline: Instant) -> Outcome {
    loop {
        match exited.recv_timeout(Duration::from_millis(10)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(_) | Err(RecvTimeoutError::Disconnected) => return Outcome::Exited,
        }
        if serving(layout).is_some() {
            return Outcome::Ready;
        }
        if Instant::now() >= deadline {
            return Outcome::Late;
        }
    }
}

/// After `kill -9` of the postmaster its children need a moment to notice; only that is worth another try.
fn judge_exit(output: String) -> Result<Launch, EmbeddedError> {
    const HELD: [&str; 3] = ["pre-existing shared memory block", "Is another postmaster", "another server is starting"];
    match HELD.iter().any(|sign| output.contains(sign)) {
        true => Ok(Launch::Occupied(output)),
        false => Err(EmbeddedError::Refused { output }),
    }
}

/// Fast shutdown: transactions are rolled back, data is written, backends leave.
pub(super) fn stop(pid: i32) -> Result<(), EmbeddedError> {
    for (how, patience) in [(Signal::SIGINT, 60), (Signal::SIGQUIT, 10)] {
        signal(pid, how);
        if is_gone_within(pid, Duration::from_secs(patience)) {
            return Ok(());
        }
        tracing::warn!(pid, "PostgreSQL did not stop within {patience} s");
    }
    Err(EmbeddedError::DoesNotStop { pid })
}

/// The log is kept over restarts and moved aside when it has grown large.
fn open_log(path: &Path) -> Result<fs::File, EmbeddedError> {
    const LARGE: u64 = 16 * 1024 * 1024;
    let doing = || format!("opening {}", path.display());
    if path.metadata().is_ok_and(|metadata| metadata.len() > LARGE) {
        fs::rename(path, path.with_extension("log.old")).doing(doing)?;
    }
    OpenOptions::new().create(true).append(true).open(path).doing(doing)
}
