//! The judge: what the journal says and what the log says are the same.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use quittance_application::context::{command_id_of_key, command_id_of_reaction};
use quittance_application::reaction::{Manager, Reaction};
use quittance_domain::ids::TenantId;
use quittance_tests::judge::{Stored, judged};
use rust_decimal::Decimal;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::client::Outcome;
use crate::office::Office;
use crate::writer::Entry;

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
const SET_UP: [&str; 6] = ["TenantCreated", "UserAdded", "VendorRegistered", "ItemCreated", "PurchaseOrderPlaced", "ApiKeyIssued"];

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
        let Outcome::Answered(again) = entry.who.posts(&entry.path, &entry.body, &entry.key).await else {
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
