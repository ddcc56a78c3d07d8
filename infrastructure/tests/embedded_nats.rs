//! The embedded NATS server, for real: JetStream that is killed, wiped and restarted.

use std::{path::Path, time::Duration};

use async_nats::{
    ConnectOptions,
    jetstream::{self, stream::Config},
};
use quittance_infrastructure::embedded::{EmbeddedError, EmbeddedNats, NatsSettings, Search};
use tempfile::TempDir;

fn directory() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

async fn start(directory: &Path) -> EmbeddedNats {
    EmbeddedNats::start(NatsSettings::kept_in(directory)).await.expect("nats-server starts")
}

async fn connect(server: &EmbeddedNats) -> async_nats::Client {
    let (user, password) = server.credentials();
    let options = ConnectOptions::with_user_and_password(user.into(), password.into());
    options.connect(server.address()).await.expect("a connection")
}

async fn jetstream(server: &EmbeddedNats) -> jetstream::Context {
    jetstream::new(connect(server).await)
}

async fn publish(server: &EmbeddedNats, message: &'static str) {
    let jetstream = jetstream(server).await;
    let stream = Config { name: "events".into(), subjects: vec!["events.>".into()], ..Config::default() };
    jetstream.get_or_create_stream(stream).await.expect("a stream");
    jetstream.publish("events.test", message.into()).await.expect("sent").await.expect("acknowledged");
}

async fn stored(server: &EmbeddedNats) -> Option<u64> {
    let stream = jetstream(server).await.get_stream("events").await.ok()?;
    Some(stream.get_info().await.expect("its facts").state.messages)
}

#[tokio::test]
async fn messages_outlive_a_kill_and_go_with_the_store() {
    let directory = directory();
    let mut server = start(directory.path()).await;
    let url = server.url();
    publish(&server, "one").await;

    server.kill();
    async_nats::connect(server.address()).await.expect_err("nobody listens");
    server.restart().expect("restarted");
    assert_eq!(server.url(), url);
    publish(&server, "two").await;
    assert_eq!(stored(&server).await, Some(2));

    assert!(matches!(server.wipe(), Err(EmbeddedError::StillRunning)));
    server.kill();
    server.wipe().expect("wiped");
    server.restart().expect("restarted");
    assert_eq!(stored(&server).await, None);
}

#[tokio::test]
async fn messages_are_kept_from_one_run_to_the_next() {
    let directory = directory();
    let mut first = start(directory.path()).await;
    publish(&first, "kept").await;
    first.stop();
    drop(first);

    assert_eq!(stored(&start(directory.path()).await).await, Some(1));
}

#[tokio::test]
async fn strangers_on_this_machine_are_refused() {
    let directory = directory();
    let server = start(directory.path()).await;
    async_nats::connect(server.address()).await.expect_err("no password");
    connect(&server).await;
}

#[tokio::test]
async fn a_client_reconnects_after_a_restart() {
    let directory = directory();
    let mut server = start(directory.path()).await;
    publish(&server, "before").await;
    let client = connect(&server).await;

    server.kill();
    server.restart().expect("restarted");
    let again =
        async { while jetstream::new(client.clone()).publish("events.test", "after".into()).await.expect("sent").await.is_err() {} };
    tokio::time::timeout(Duration::from_secs(20), again).await.expect("the client came back");
}

/// Waiting for the lock takes as long as a server may take to leave, so this test lets the first one go after a second.
#[test]
fn a_second_server_on_one_store_waits_for_the_first() {
    let directory = directory();
    let first = EmbeddedNats::start_blocking(NatsSettings::kept_in(directory.path())).expect("started");
    let other = directory.path().to_owned();
    let second = std::thread::spawn(move || EmbeddedNats::start_blocking(NatsSettings::kept_in(other)));

    std::thread::sleep(Duration::from_secs(1));
    assert!(!second.is_finished());
    drop(first);
    second.join().expect("no panic").expect("started");
}

#[tokio::test]
async fn the_server_ends_with_a_process_that_was_killed() {
    let directory = directory();
    let mut other = std::process::Command::new(std::env::current_exe().expect("this program"))
        .args(["--ignored", "--exact", "another_process"])
        .env("EMBEDDED_TEST_DIRECTORY", directory.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("another process");
    let note = directory.path().join("started");
    while !note.exists() {
        assert_eq!(other.try_wait().expect("asked"), None, "the other process ended early");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    other.kill().and_then(|()| other.wait()).expect("killed");

    let ours = start(directory.path()).await;
    assert_eq!(stored(&ours).await, None);
    let left = std::fs::read_to_string(note).expect("its process");
    assert!(nix::sys::signal::kill(nix::unistd::Pid::from_raw(left.parse().expect("a number")), None).is_err());
}

#[test]
#[ignore = "the other process of the test above, not a test"]
fn another_process() {
    let directory = std::path::PathBuf::from(std::env::var_os("EMBEDDED_TEST_DIRECTORY").expect("started by the test above"));
    let server = EmbeddedNats::start_blocking(NatsSettings::kept_in(&directory)).expect("started");
    let note = directory.join("started");
    std::fs::write(note.with_extension("new"), server.pid().expect("it runs").to_string()).expect("a note");
    std::fs::rename(note.with_extension("new"), note).expect("a whole note");
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_machine_without_it_says_what_would_help() {
    let directory = directory();
    let search = Search {
        postgres: None,
        nats: None,
        path: directory.path().into(),
        distribution: false,
        cache: directory.path().join("cache"),
        bootstrap: false,
    };
    let refused = EmbeddedNats::start_blocking(NatsSettings { search, ..NatsSettings::kept_in(directory.path()) });
    let message = refused.expect_err("no server").to_string();
    for help in ["apt-get install nats-server", "NATS_URL", "QUITTANCE_NATS_BIN", "QUITTANCE_BOOTSTRAP"] {
        assert!(message.contains(help), "{message}");
    }
}
