//! The real server, as a process that can be killed: `quittance serve` on a state directory that goes with the test.

use std::fs::{self, OpenOptions, Permissions};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use quittance_tests::program::program;
use serde_json::Value;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};

use crate::client::{Client, PATIENCE};

pub struct ServerProcess {
    state: PathBuf,
    listen: SocketAddr,
    database_url: Option<String>,
    /// What it does; everything where nothing is said.
    roles: Option<&'static str>,
    child: Mutex<Child>,
    _cleaner: Cleaner,
}

impl ServerProcess {
    /// With an embedded Postgres of its own, which keeps what it acknowledges.
    pub async fn start() -> Self {
        Self::launch(None, None).await
    }

    /// One of several on the same database.
    pub async fn on_database(url: String) -> Self {
        Self::launch(Some(url), None).await
    }

    /// One that does a part of the work.
    pub async fn in_roles(roles: &'static str, url: String) -> Self {
        Self::launch(Some(url), Some(roles)).await
    }

    async fn launch(database_url: Option<String>, roles: Option<&'static str>) -> Self {
        // As root, the database runs under another account, which has to get in.
        let state = tempfile::Builder::new().prefix("quittance-crash-").permissions(Permissions::from_mode(0o711)).tempdir_in("/tmp");
        let state = state.expect("a directory").keep();
        let cleaner = Cleaner::of(&state);
        let listen = free_address();
        let child = Mutex::new(spawned(&state, &serving(listen, roles), database_url.as_deref()));
        let server = Self { state, listen, database_url, roles, child, _cleaner: cleaner };
        server.keep_pid();
        server.answers().await;
        server
    }

    /// Starts it again. Does not wait until it answers.
    pub fn restart(&self) {
        *self.child() = spawned(&self.state, &serving(self.listen, self.roles), self.database_url.as_deref());
        self.keep_pid();
    }

    fn child(&self) -> std::sync::MutexGuard<'_, Child> {
        self.child.lock().expect("nobody panicked")
    }

    fn keep_pid(&self) {
        fs::write(self.state.join("server.pid"), self.child().id().to_string()).expect("the process id is kept");
    }

    pub fn client(&self, secret: String) -> Client {
        Client::of(self.listen, secret)
    }

    pub fn serves(&self, who: &Client) -> Client {
        who.at(self.listen)
    }

    /// Waits until it is ready, its database too.
    pub async fn answers(&self) {
        let (began, url) = (Instant::now(), format!("http://{}/health/ready", self.listen));
        while !reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(began.elapsed() < PATIENCE, "the server does not answer:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Where it keeps the bytes of attachments.
    pub fn attachments(&self) -> PathBuf {
        self.state.join("attachments")
    }

    /// What it said last.
    pub fn log(&self) -> String {
        let text = fs::read_to_string(self.state.join("server.log")).unwrap_or_default();
        text[text.floor_char_boundary(text.len().saturating_sub(4_000))..].to_owned()
    }

    /// A command line of the same executable on the same state; answers what it printed as JSON.
    pub fn command_line(&self, arguments: &[&str]) -> Value {
        let output = command(&self.state, arguments, self.database_url.as_deref()).output().expect("it runs");
        let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {said}{complained}");
        serde_json::from_str(&said).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {said}"))
    }

    /// The administrator of the embedded database, past the server.
    pub async fn admin(&self) -> PgConnection {
        let options = PgConnectOptions::new_without_pgpass().socket(self.state.join("postgres/run")).username("quittance");
        options.database("quittance").ssl_mode(PgSslMode::Disable).connect().await.expect("the administrator connects")
    }

    /// The process of the embedded database.
    pub fn postmaster(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.state.join("postgres/data/postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok().map(Pid::from_raw)
    }

    /// `kill -9`, and nothing of the process remains.
    pub fn is_killed(&self) {
        let mut child = self.child();
        child.kill().expect("killed");
        child.wait().expect("reaped");
    }

    /// SIGTERM, as an operator does; the database stops too.
    pub async fn stops(&self) {
        let postmaster = self.postmaster().expect("a database");
        kill(Pid::from_raw(self.child().id() as i32), Signal::SIGTERM).expect("told");
        let began = Instant::now();
        while self.child().try_wait().expect("asked").is_none() {
            assert!(began.elapsed() < Duration::from_secs(120), "the server does not stop:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(kill(postmaster, None).is_err(), "the database was left running");
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        if let Ok(mut child) = self.child.lock() {
            // Gone already is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = fs::remove_file(self.state.join("server.pid"));
    }
}

fn serving(listen: SocketAddr, roles: Option<&str>) -> Vec<String> {
    let roles = roles.into_iter().flat_map(|roles| ["--roles".to_owned(), roles.to_owned()]);
    ["serve".to_owned(), "--listen".to_owned(), listen.to_string()].into_iter().chain(roles).collect()
}

fn spawned(state: &Path, arguments: &[String], database_url: Option<&str>) -> Child {
    let log = || OpenOptions::new().create(true).append(true).open(state.join("server.log")).expect("a log");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    command(state, &arguments, database_url).stdout(log()).stderr(log()).spawn().expect("the server starts")
}

fn command(state: &Path, arguments: &[&str], database_url: Option<&str>) -> Command {
    let mut command = Command::new(program());
    command.args(arguments).current_dir(state).env("QUITTANCE_STATE", state).env("QUITTANCE_LOG", "warn,sqlx=warn");
    for foreign in ["DATABASE_URL", "NATS_URL", "QUITTANCE_ENV", "QUITTANCE_LISTEN"] {
        command.env_remove(foreign);
    }
    if let Some(url) = database_url {
        command.env("DATABASE_URL", url);
    }
    command.stdin(Stdio::null());
    command
}

/// Below the ports that connections begin from: while the server is down nobody takes its place, and no client meets
/// itself there.
fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + (std::process::id() % 5_000) as u16 * 2;
    loop {
        let address = SocketAddr::from(([127, 0, 0, 1], first + NEXT.fetch_add(1, Ordering::Relaxed)));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

/// A shell that ends whatever runs in the state directory and removes it, also when this process is killed.
struct Cleaner(Child);

const CLEANING: &str = r#"
    read -r _
    [ -f "$1/server.pid" ] && kill -9 "$(cat "$1/server.pid")"
    pid=$(head -n 1 "$1/postgres/data/postmaster.pid")
    [ -n "$pid" ] && kill -QUIT "$pid" && for _ in $(seq 500); do kill -0 "$pid" || break; sleep 0.02; done
    rm -rf "$1""#;

impl Cleaner {
    fn of(state: &Path) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", CLEANING, "cleaner"]).arg(state).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(shell.current_dir("/").process_group(0).spawn().expect("a shell"))
    }
}

impl Drop for Cleaner {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// The postmaster's children, as the kernel tells.
pub fn children_of(parent: Pid) -> Vec<Pid> {
    let processes = fs::read_dir("/proc").expect("Linux").flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes.filter(|pid: &i32| parent_of(*pid) == Some(parent)).map(Pid::from_raw).collect()
}

fn parent_of(pid: i32) -> Option<Pid> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok().map(Pid::from_raw)
}
