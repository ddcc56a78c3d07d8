//! S1: every scene of the story asked by a stranger, with the other tenant's ids and with ids of nothing: nobody can tell
//! them apart. Names stand in paths, queries, bodies and batches, so every place of an id is tried.

use std::collections::{BTreeSet, HashMap};

use quittance_api::examples::Scene;
use serde_json::{Value, json};

use crate::rest_client::{Office, Reply, fresh_key};
use crate::rest_story::{Play, renamed};

/// What only the first tenant's books say.
const CANARIES: &[&str] = &["Muster", "BRK-100", "DE89370400440532013000", "PO-2026-041", "LS-7731"];

fn names_of(scene: &Scene) -> Vec<String> {
    let mut names = Vec::new();
    renamed(scene, &mut |name| {
        names.push(name.to_owned());
        name.to_owned()
    });
    names
}

/// An answer without what differs from request to request: its own id, and the ids that were asked with.
fn bare(reply: &Reply, asked: &HashMap<String, String>) -> (u16, String, Vec<String>) {
    let mut body = reply.body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("request_id");
    }
    let text = asked.iter().fold(body.to_string(), |text, (name, id)| text.replace(id.as_str(), name));
    let mut headers: Vec<String> = reply.headers.keys().cloned().collect();
    headers.sort();
    (reply.status, text, headers)
}

#[tokio::test]
async fn a_stranger_cannot_tell_another_tenants_ids_from_ids_of_nothing() {
    let office = Office::open().await;
    let mut play = Play::new(&office).await;
    let played = play.through(&office).await;
    let stranger = office.next_door("Other").await;
    let (ours, theirs) = (office.head().await, stranger.head().await);
    let nothing: HashMap<String, String> = play.names.keys().map(|name| (name.clone(), fresh_key())).collect();
    let mut probes = 0;
    for scene in played.iter().map(|played| &played.scene).filter(|scene| !names_of(scene).is_empty()) {
        // The owner next door may do all of it, so no role hides the answer.
        let foreign = play.send(stranger.by("owner"), &renamed(scene, &mut |name| play.names[name].clone()), &fresh_key()).await;
        let unknown = play.send(stranger.by("owner"), &renamed(scene, &mut |name| nothing[name].clone()), &fresh_key()).await;
        assert_eq!(bare(&foreign, &play.names), bare(&unknown, &nothing), "{scene:?}");
        assert!(foreign.status != 403 && foreign.status < 500, "{scene:?}: {foreign:?}");
        assert!(foreign.status >= 400 || is_empty(&foreign.body), "{scene:?}: {foreign:?}");
        let text = foreign.body.to_string();
        assert_eq!(CANARIES.iter().find(|canary| text.contains(**canary)), None, "{scene:?}");
        probes += 1;
    }
    assert!(probes > 60, "only {probes} probes");
    assert_eq!((office.head().await, stranger.head().await), (ours, theirs), "nothing was written anywhere");
}

/// An id of one kind of thing is no id of another kind: nobody is told that our service is not available.
#[tokio::test]
async fn an_id_of_another_kind_of_thing_is_an_id_of_nothing() {
    let office = Office::open().await;
    let mut play = Play::new(&office).await;
    let played = play.through(&office).await;
    let owner = office.by("owner");
    let item = owner.post("/v1/items", json!({ "sku": "OTHER", "name": "Of another kind", "unit": "C62" })).await.done().id();
    let vendor = owner.post("/v1/vendors", json!({ "name": "Of another kind" })).await.done().id();
    let another = |name: &str| if name.starts_with("$item") { vendor.clone() } else { item.clone() };
    let misled: HashMap<String, String> = play.names.keys().map(|name| (name.clone(), another(name))).collect();
    let nothing: HashMap<String, String> = play.names.keys().map(|name| (name.clone(), fresh_key())).collect();
    let before = office.head().await;
    let mut probes = 0;
    for scene in played.iter().map(|played| &played.scene).filter(|scene| !names_of(scene).is_empty() && play.commands(scene)) {
        let other = play.send(owner, &renamed(scene, &mut |name| misled[name].clone()), &fresh_key()).await;
        let unknown = play.send(owner, &renamed(scene, &mut |name| nothing[name].clone()), &fresh_key()).await;
        assert_eq!((other.status, &other.body["type"]), (unknown.status, &unknown.body["type"]), "{scene:?}");
        assert!((400..500).contains(&other.status), "{scene:?}: {other:?}");
        probes += 1;
    }
    assert!(probes > 60, "only {probes} probes");
    assert_eq!(office.head().await, before, "nothing was written");
}

/// One foreign id among ids of one's own: whichever of a request's ids is looked at last hides as well as the first.
#[tokio::test]
async fn one_foreign_id_among_ones_own_is_an_id_of_nothing() {
    let office = Office::open().await;
    let mut play = Play::new(&office).await;
    let played = play.through(&office).await;
    let stranger = office.next_door("Other").await;
    let mut own = Play::new(&stranger).await;
    own.through(&stranger).await;
    let ours = office.head().await;
    let mut probes = 0;
    for scene in played.iter().map(|played| &played.scene) {
        let names: BTreeSet<String> = names_of(scene).into_iter().collect();
        for one in names.iter().filter(|_| names.len() > 1) {
            let with = |id: &str| renamed(scene, &mut |name| if name == one { id.to_owned() } else { own.names[name].clone() });
            let (foreign, nothing) = (&play.names[one], fresh_key());
            let answers = [
                own.send(stranger.by("owner"), &with(foreign), &fresh_key()).await,
                own.send(stranger.by("owner"), &with(&nothing), &fresh_key()).await,
            ];
            let [told, untold] = answers.each_ref().map(|answer| (answer.status, answer.body["type"].clone()));
            assert_eq!(told, untold, "{one} in {scene:?}: {answers:?}");
            assert!(told.0 < 500, "{one} in {scene:?}: {answers:?}");
            probes += 1;
        }
    }
    assert!(probes > 50, "only {probes} probes");
    assert_eq!(office.head().await, ours, "nothing was written next door");
}

fn is_empty(body: &Value) -> bool {
    body["data"].as_array().is_some_and(Vec::is_empty)
}

/// A cursor is a place in one tenant's list: next door it opens nothing.
#[tokio::test]
async fn another_tenants_cursor_shows_nothing() {
    let office = Office::open().await;
    let mut play = Play::new(&office).await;
    play.through(&office).await;
    let stranger = office.next_door("Other").await;
    let mut cursors = 0;
    for list in ["invoices", "vendors", "customers", "items", "payments", "approvals", "users", "audit-trail", "stock/movements"] {
        let page = office.by("owner").get(&format!("/v1/{list}?limit=1")).await.done();
        let Some(cursor) = page.body["next_cursor"].as_str() else { continue };
        let reply = stranger.by("owner").get(&format!("/v1/{list}?limit=1&cursor={cursor}")).await;
        let text = reply.body.to_string();
        assert!(reply.status < 500 && CANARIES.iter().all(|canary| !text.contains(canary)), "{list}: {reply:?}");
        cursors += 1;
    }
    assert!(cursors >= 4, "only {cursors} cursors");
}
