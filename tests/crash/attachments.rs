//! The server is killed when the bytes of an attachment are on the disk and its event is not in the log: nothing shows, and
//! the same request makes it one attachment with its bytes.

use std::path::Path;
use std::time::{Duration, Instant};

use quittance_tests::{Proxy, postgres};

use crate::client::{Client, Outcome, PATIENCE};
use crate::office::Office;
use crate::server::ServerProcess;

/// Answers of the database that come this late leave time to see the file before the event.
const LATE: Duration = Duration::from_secs(2);
const PAPER: &[u8] = b"a delivery note";

async fn attaches(client: &Client, path: &str) -> Outcome {
    client.sends(path, PAPER.to_vec(), "text/plain", "paper").await
}

/// Whole files: what the store is still writing has a `#` in its name.
fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let whole = |path: &Path| usize::from(!path.to_string_lossy().contains('#'));
    entries.map(|path| if path.is_dir() { files_below(&path) } else { whole(&path) }).sum()
}

async fn attachments(client: &Client) -> Vec<serde_json::Value> {
    client.reads("/v1/attachments").await.succeeds().body["data"].as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_without_an_event_show_nowhere_and_cost_nothing() {
    let database = postgres::durable_database().await;
    let proxy = Proxy::before(&database.admin).await;
    let server = ServerProcess::on_database(proxy.address()).await;
    let office = Office::open(&server, "Acme").await;
    let path = format!("/v1/attachments?subject_kind=vendor&subject_id={}&file_name=note.txt", office.vendor);

    proxy.delay(LATE);
    let (clerk, at) = (office.clerk.clone(), path.clone());
    let upload = tokio::spawn(async move { attaches(&clerk, &at).await });
    let began = Instant::now();
    while files_below(&server.attachments()) == 0 {
        assert!(began.elapsed() < PATIENCE, "the bytes are never kept:\n{}", server.log());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.is_killed();
    assert!(!matches!(upload.await.expect("no panic"), Outcome::Answered(_)), "it was answered before it was killed");
    proxy.delay(Duration::ZERO);
    server.restart();
    server.answers().await;
    assert_eq!(attachments(&office.clerk).await, Vec::<serde_json::Value>::new(), "an attachment without an event");

    for _ in 0..2 {
        let Outcome::Answered(done) = attaches(&office.clerk, &path).await else { panic!("no answer") };
        let position = done.succeeds().position();
        office.clerk.reads(&format!("/v1/attachments?min_position={position}")).await.succeeds();
    }
    let one = attachments(&office.clerk).await;
    assert_eq!((one.len(), files_below(&server.attachments())), (1, 1), "{one:?}");
    let content = format!("/v1/attachments/{}/content", one[0]["id"].as_str().expect("an id"));
    assert_eq!(office.clerk.reads(&content).await.succeeds().body, "a delivery note");
}
