//! A stranger's machine: a shell in the project's folder and a server, on an address and a state directory of the test.

use std::fs::{self, Permissions};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use quittance_tests::program::program;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{sleep, timeout};

/// The command that does not end.
pub const SERVER: &str = "cargo run --release";
/// Where the README says that the server listens.
const PRINTED: [&str; 2] = ["127.0.0.1:8080", "localhost:8080"];
const PATIENCE: Duration = Duration::from_secs(120);
const DONE: &str = "-- that was all of it --";

/// Stands for cargo, which would build the release first: what is run is the executable of these tests.
const CARGO: &str = r#"#!/bin/sh
[ "$1 $2" = "run --release" ] || { echo "not a command of the README: cargo $*" >&2; exit 2; }
shift 2
[ "$1" = --quiet ] && shift
[ "$1" = -- ] && shift
exec "$QUITTANCE_PROGRAM" "$@"
"#;

pub struct Machine {
    folder: TempDir,
    project: PathBuf,
    listen: SocketAddr,
    nats: String,
    shell: Child,
    types: ChildStdin,
    says: BufReader<ChildStdout>,
    server: Option<Child>,
}

impl Machine {
    pub fn new(project: &Path, nats: &str) -> Self {
        // As root, the database runs under another account, which has to get in.
        let folder = tempfile::Builder::new().prefix("quittance-readme-").permissions(Permissions::from_mode(0o711)).tempdir_in("/tmp");
        let folder = folder.expect("a directory");
        let cargo = folder.path().join("bin/cargo");
        fs::create_dir(folder.path().join("bin")).expect("a directory");
        fs::write(&cargo, CARGO).expect("written");
        fs::set_permissions(&cargo, Permissions::from_mode(0o755)).expect("runnable");
        let listen = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free address");
        let mut shell = command(folder.path(), project, listen, nats);
        shell.args(["--noprofile", "--norc"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut shell = shell.spawn().expect("bash runs");
        let (types, says) = (shell.stdin.take().expect("its input"), BufReader::new(shell.stdout.take().expect("its output")));
        Self { folder, project: project.to_owned(), listen, nats: nats.to_owned(), shell, types, says, server: None }
    }

    /// What a command prints, on both outputs, in the order of printing.
    pub async fn types(&mut self, command: &str) -> String {
        let command = command.replace(PRINTED[1], &self.listen.to_string());
        let line = format!("{{ {command}\n}} 2>&1 < /dev/null\necho; echo '{DONE}'\n");
        self.types.write_all(line.as_bytes()).await.expect("the shell listens");
        let mut said = String::new();
        while !said.ends_with(&format!("{DONE}\n")) {
            let read = timeout(PATIENCE, self.says.read_line(&mut said)).await.unwrap_or_else(|_| panic!("{command} does not end: {said}"));
            assert!(read.expect("readable") > 0, "the shell ended with {command}: {said}");
        }
        self.as_printed(said.trim_end_matches(&format!("{DONE}\n")))
    }

    /// Starts the server; what it says until it answers.
    pub async fn serves(&mut self) -> String {
        let log = |name: &str| fs::File::create(self.folder.path().join(name)).expect("a file");
        let mut server = command(self.folder.path(), &self.project, self.listen, &self.nats);
        server.args(["-c", SERVER]).stdin(Stdio::null()).stdout(log("said")).stderr(log("log"));
        self.server = Some(server.spawn().expect("the server starts"));
        let (began, url) = (Instant::now(), format!("http://{}/health/ready", self.listen));
        while !reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(began.elapsed() < PATIENCE, "the server does not answer:\n{}", self.log());
            sleep(Duration::from_millis(50)).await;
        }
        self.as_printed(&fs::read_to_string(self.folder.path().join("said")).expect("what it said"))
    }

    fn as_printed(&self, said: &str) -> String {
        said.replace(&self.listen.to_string(), PRINTED[0])
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Ctrl-C: the server ends well, and its database with it.
    pub async fn interrupts(mut self, deadline: Instant) {
        let database = self.database().expect("a database");
        let mut server = self.server.take().expect("a server");
        tell(&server, Signal::SIGINT);
        let left = deadline.saturating_duration_since(Instant::now());
        let ended = timeout(left, server.wait()).await.unwrap_or_else(|_| panic!("the server does not stop:\n{}", self.log()));
        assert!(ended.expect("reaped").success(), "{}", self.log());
        assert!(kill(database, None).is_err(), "the database was left running");
    }

    fn database(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.folder.path().join("state/postgres/data/postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok().map(Pid::from_raw)
    }
}

impl Drop for Machine {
    /// After a failure too the server ends by itself: then its database goes with it.
    fn drop(&mut self) {
        let _ = self.shell.start_kill();
        let Some(server) = self.server.as_mut() else { return };
        tell(server, Signal::SIGTERM);
        let began = Instant::now();
        while matches!(server.try_wait(), Ok(None)) && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn tell(process: &Child, signal: Signal) {
    if let Some(id) = process.id() {
        // Gone already is as good.
        let _ = kill(Pid::from_raw(id as i32), signal);
    }
}

/// A bash of a stranger, who has set nothing.
fn command(folder: &Path, project: &Path, listen: SocketAddr, nats: &str) -> Command {
    let mut command = Command::new("bash");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("QUITTANCE_") || name == "DATABASE_URL") {
        command.env_remove(name);
    }
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", folder.join("bin").display())).env("QUITTANCE_PROGRAM", program());
    command.env("QUITTANCE_STATE", folder.join("state")).env("QUITTANCE_LISTEN", listen.to_string()).env("NATS_URL", nats);
    for kept in ["QUITTANCE_PG_BIN", "QUITTANCE_CACHE"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command.current_dir(project).kill_on_drop(true);
    command
}
