//! The judge: what the journal says and what the log says are the same.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use quittance_application::context::{command_id_of_key, command_id_of_reaction};
use quittance_application::invoice_import::NextChunk;
use quittance_application::reaction::{Manager, Reaction};
use quittance_domain::ids::TenantId;
use quittance_tests::judge::{Stored, judged};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::client::Outcome;
use crate::office::{Office, SHEETS};
use crate::writer::{Body, Entry};

/// Every command has the effects that it was answered, no refused one has any, and every reaction happened once.
pub async fn journal_and_log_agree(admin: &mut PgConnection, office: &Office, journal: &[&Entry]) {
    let log = judged(admin, office.tenant).await;
    let mut reactions: BTreeSet<Uuid> = reactions_to(office.tenant, &log);
    let mut commands: BTreeMap<Uuid, &Stored> = BTreeMap::new();
    for event in &log {
        let Some(command) = event.command_id else { continue };
        if !reactions.remove(&command) {
            assert!(commands.insert(command, event).is_none(), "a command happened twice");
        }
    }
    assert!(reactions.is_empty(), "{} reactions are missing", reactions.len());
    for event in &log {
        // Of two writes that take one chunk in, the store lets one through.
        commands.remove(&command_id_of_reaction(NextChunk::NAME, office.tenant, event.position).0);
    }
    for entry in journal {
        let found = commands.remove(&command_id_of_key(office.tenant, &entry.key).0);
        match (found, entry.acknowledged()) {
            (Some(event), true) => is_as_answered(&log, event, entry),
            (None, false) => {}
            (None, true) => panic!("{} was acknowledged and is gone: {:?}", entry.path, entry.answered()),
            (Some(event), false) => panic!("{} was refused, yet {} happened: {:?}", entry.path, event.event_type, entry.answered()),
        }
    }
    let set_up = commands.values().filter(|event| !SET_UP.contains(&event.event_type.as_str())).map(|event| &event.event_type);
    assert_eq!(set_up.collect::<Vec<_>>(), Vec::<&String>::new(), "something happened that nobody ordered");
}

/// What made the office itself, before anybody wrote.
const SET_UP: &[&str] = &[
    "TenantCreated",
    "UserAdded",
    "VendorRegistered",
    "ItemCreated",
    "PurchaseOrderPlaced",
    "ApiKeyIssued",
    "TenantAccountAdded",
    "VendorBankAccountProposed",
    "VendorBankAccountVerified",
];

/// What the process managers have to do because of a log.
pub fn reactions_to(tenant: TenantId, log: &[Stored]) -> BTreeSet<Uuid> {
    // An order that changed makes its invoices be matched again: of those without one nothing is told.
    let tells = |kind: &str| Reaction::TRIGGERS.contains(&kind) && !kind.starts_with("PurchaseOrder");
    let triggers = log.iter().filter(|event| tells(&event.event_type));
    triggers.map(|event| command_id_of_reaction(Reaction::NAME, tenant, event.position).0).collect()
}

/// The command's events end where its answer says, and what it is about has the version of its answer there.
fn is_as_answered(log: &[Stored], first: &Stored, entry: &Entry) {
    let answer = entry.answered();
    let (id, version) = (answer.id(), answer.body["version"].as_i64());
    let events = &log[first.position as usize - 1..answer.position() as usize];
    assert!(events[1..].iter().all(|e| e.command_id.is_none()), "{}: the answer goes past the command: {answer:?}", entry.path);
    let last = log[..answer.position() as usize].iter().rfind(|e| e.aggregate_id.to_string() == id);
    let last = last.unwrap_or_else(|| panic!("{}: no event of {id} up to position {}", entry.path, answer.position()));
    assert_eq!(Some(last.sequence), version, "{}: {answer:?}", entry.path);
}

/// Whoever repeats an acknowledged command is answered what was answered first.
pub async fn repeats_are_answered_alike(journal: &[Entry]) {
    let acknowledged = journal.iter().filter(|entry| entry.acknowledged());
    let repeats = stream::iter(acknowledged).map(|entry| async move {
        let Outcome::Answered(again) = entry.is_sent().await else {
            return Err(format!("{} with key {} is not answered again", entry.path, entry.key));
        };
        let first = entry.answered();
        match again.replayed && (again.status, &again.etag, &again.body) == (first.status, &first.etag, &first.body) {
            true => Ok(()),
            false => Err(format!("{}: first {first:?}, then {again:?}", entry.path)),
        }
    });
    let outcome: Result<(), String> = repeats.buffer_unordered(32).try_collect().await;
    outcome.unwrap_or_else(|difference| panic!("{difference}"));
}

/// What came in less what went out is there; and every invoice shows what its payment came to.
pub async fn books_agree(office: &Office, journal: &[&Entry]) {
    let done = |path: &str| journal.iter().filter(|e| e.path == path && e.acknowledged()).count();
    let on_hand = Decimal::from(3 * done("/v1/goods-receipts")) - Decimal::from(5 * done("/v1/stock/issue"));
    let head = journal.iter().map(|e| e.answered().position()).max().unwrap_or_default();
    let stock = office.clerk.reads(&format!("/v1/stock?min_position={head}")).await.succeeds();
    let shown = stock.body["data"][0]["on_hand"].as_str().map_or(Decimal::ZERO, |text| text.parse().expect("a number"));
    assert_eq!(shown, on_hand, "{stock:?}");
    let ended = |verb: &str| journal.iter().filter(|e| e.path.ends_with(verb) && e.acknowledged()).count();
    assert_eq!(invoices(office, "paid").await, ended("/settle"), "paid invoices");
    files_are_whole(office, journal).await;
    sheets_are_taken_in(office, journal).await;
}

/// Every bank file that was answered for, and every paper, can be had.
async fn files_are_whole(office: &Office, journal: &[&Entry]) {
    let mut files = 0;
    for entry in journal.iter().filter(|e| e.acknowledged()) {
        let id = entry.answered().id();
        match (&entry.body, entry.path.ends_with("/execute")) {
            (_, true) => {
                let file = office.treasurer.reads(&format!("/v1/payments/{id}/file")).await.succeeds();
                assert!(file.body.as_str().is_some_and(|xml| xml.contains("<CstmrCdtTrfInitn>")), "{id}: {file:?}");
            }
            (Body::File(bytes, "text/plain"), _) => {
                let paper = office.clerk.reads(&format!("/v1/attachments/{id}/content")).await.succeeds();
                assert_eq!(paper.body.as_str().map(str::as_bytes), Some(bytes.as_slice()));
            }
            _ => continue,
        }
        files += 1;
    }
    assert!(files > 10, "only {files} files: nothing was proved");
}

/// Both invoices of every sheet, once.
async fn sheets_are_taken_in(office: &Office, journal: &[&Entry]) {
    let sheets: Vec<String> = journal.iter().filter(|e| e.path == SHEETS && e.acknowledged()).map(|e| e.answered().id()).collect();
    for id in &sheets {
        let import = ended(office, id).await;
        assert_eq!((&import["taken"], &import["set_aside"]), (&json!(2), &json!(0)), "{import}");
    }
    assert!(sheets.len() > 3, "only {} sheets: nothing was proved", sheets.len());
}

async fn ended(office: &Office, id: &str) -> Value {
    for _ in 0..1_200 {
        let import = office.clerk.reads(&format!("/v1/imports/{id}")).await.succeeds().body;
        if import["status"] == "finished" {
            return import;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{id} never ends")
}

async fn invoices(office: &Office, status: &str) -> usize {
    let (mut count, mut cursor) = (0, String::new());
    loop {
        let page = office.clerk.reads(&format!("/v1/invoices?status={status}&limit=200{cursor}")).await.succeeds();
        count += page.body["data"].as_array().expect("invoices").len();
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return count,
        }
    }
}
