//! Who may make whom what: nobody gives rights that they lack, acts by another's key, or leaves a company without an
//! owner; and what is taken away is gone at once, whatever the read models say.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join;
use quittance_application::ports::Edge;
use quittance_infrastructure::edge::SystemEdge;
use quittance_tests::app::TestApp;
use serde_json::{Value, json};

use crate::rest_client::{Client, Office, Reply};

/// How long a key that was found is remembered, and a little more.
const REMEMBERED: Duration = Duration::from_millis(1_300);

fn id_of(office: &Office, person: &str) -> String {
    office.ids.iter().find(|(name, _)| *name == format!("${person}")).expect("somebody").1.clone()
}

async fn issues(issuer: &Client, user: &str) -> Reply {
    issuer.post(&format!("/v1/users/{user}/keys"), json!({})).await
}

#[tokio::test]
async fn nobody_gets_a_key_that_opens_more_than_their_own() {
    let office = Office::open().await;
    let (owner, admin) = (office.by("owner"), office.by("admin"));
    for person in ["owner", "treasurer", "auditor"] {
        issues(admin, &id_of(&office, person)).await.refused(403, "rights-lacking");
    }
    // Nor does anybody act as who works already: not an owner, and a clerk not at all.
    issues(admin, &id_of(&office, "approver")).await.refused(403, "key-in-force");
    issues(owner, &id_of(&office, "treasurer")).await.refused(403, "key-in-force");
    issues(office.by("clerk"), &id_of(&office, "viewer")).await.refused(403, "rights-lacking");
    // One's own is one's own.
    for person in ["owner", "admin", "treasurer", "viewer"] {
        let issued = issues(office.by(person), &id_of(&office, person)).await.done();
        let again = office.with_key(issued.body["api_key"].as_str().expect("a secret"));
        assert_eq!(again.get("/v1/me").await.done().body["user_id"], json!(id_of(&office, person)));
    }
}

#[tokio::test]
async fn who_takes_a_key_away_does_not_hold_the_next_one() {
    let office = Office::open().await;
    let (owner, admin, bob) = (office.by("owner"), office.by("admin"), id_of(&office, "approver"));
    let position = office.head().await;
    let keys = admin.get(&format!("/v1/users/{bob}/keys?min_position={position}")).await.done().body;
    let revoke = format!("/v1/users/{bob}/keys/{}/revoke", keys[0]["id"].as_str().expect("an id"));
    admin.post(&revoke, json!({})).await.done();
    issues(admin, &bob).await.refused(403, "key-revoker");
    let issued = issues(owner, &bob).await.done();
    let bob = office.with_key(issued.body["api_key"].as_str().expect("a secret"));
    assert_eq!(bob.get("/v1/me").await.done().body["roles"], json!(["approver"]));
}

#[tokio::test]
async fn a_key_that_ends_makes_none_that_lasts() {
    let office = Office::open().await;
    let end = "2999-01-01T00:00:00Z";
    let user = json!({ "email": "late@acme.example", "roles": ["viewer"], "key_expires_at": end });
    let added = office.by("owner").post("/v1/users", user).await.done();
    let late = office.with_key(added.body["api_key"].as_str().expect("a secret"));
    let issued = issues(&late, &added.id()).await.done();
    let path = format!("/v1/users/{}/keys?min_position={}", added.id(), issued.body["position"]);
    let keys = office.by("admin").get(&path).await.done().body;
    let ends: Vec<&Value> = keys.as_array().expect("keys").iter().map(|key| &key["expires_at"]).collect();
    assert_eq!(ends, [end, end]);
}

#[tokio::test]
async fn nobody_makes_anybody_what_they_are_not() {
    let office = Office::open().await;
    let (owner, admin) = (office.by("owner"), office.by("admin"));
    for role in ["owner", "treasurer", "auditor"] {
        let user = json!({ "email": format!("{role}2@acme.example"), "roles": ["viewer", role] });
        admin.post("/v1/users", user.clone()).await.refused(403, "rights-lacking");
        let clerk = format!("/v1/users/{}/roles", id_of(&office, "clerk"));
        admin.post(&clerk, json!({ "roles": ["ap_clerk", role] })).await.refused(403, "rights-lacking");
        let batch =
            json!({ "commands": [{ "operation": "change_user_roles", "id": id_of(&office, "clerk"), "body": { "roles": [role] } }] });
        let batch = admin.post("/v1/commands", batch).await.body;
        assert!(batch.to_string().contains("rights-lacking"), "{batch}");
        owner.post("/v1/users", user).await.done();
    }
    // What somebody is already is not given; what an admin may do, an admin gives.
    let treasurer = format!("/v1/users/{}/roles", id_of(&office, "treasurer"));
    admin.post(&treasurer, json!({ "roles": ["treasurer", "viewer"] })).await.done();
    admin.post(&treasurer, json!({ "roles": ["viewer", "approver"] })).await.done();
}

#[tokio::test]
async fn one_owner_is_always_left() {
    let office = Office::open().await;
    let (owner, admin) = (office.by("owner"), office.by("admin"));
    let first = id_of(&office, "owner");
    admin.post(&format!("/v1/users/{first}/deactivate"), json!({})).await.refused(403, "owner-left");
    admin.post(&format!("/v1/users/{first}/roles"), json!({ "roles": ["admin"] })).await.refused(403, "owner-left");
    owner.post(&format!("/v1/users/{first}/deactivate"), json!({})).await.refused(403, "owner-left");
    let added = owner.post("/v1/users", json!({ "email": "olga@acme.example", "roles": ["owner"] })).await.done();
    let (olga, second) = (office.with_key(added.body["api_key"].as_str().expect("a secret")), added.id());
    // Both at once: one of them was there first.
    let (of_first, of_second) = (format!("/v1/users/{first}/deactivate"), format!("/v1/users/{second}/roles"));
    let ended = join(olga.post(&of_first, json!({})), owner.post(&of_second, json!({ "roles": ["viewer"] }))).await;
    let statuses = [ended.0.status, ended.1.status];
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{ended:?}");
}

/// No read model is ever written here: keys open and close by the log alone.
#[tokio::test]
async fn what_is_taken_away_is_gone_though_every_read_model_stands_still() {
    let app = TestApp::without_workers(Arc::new(SystemEdge)).await;
    let made = quittance_api::cli::people::create_tenant(&app.system, "Acme", "owner@acme.example", quittance_domain::Currency::EUR).await;
    let owner = app.person(made.expect("a tenant").secret);
    let mut people = Vec::new();
    for name in ["revoked", "gone", "demoted"] {
        let user = json!({ "email": format!("{name}@acme.example"), "roles": ["admin"] });
        let added = owner.posts("/v1/users", user).await.succeeds();
        let person = app.person(added.body["api_key"].as_str().expect("a secret").to_owned());
        assert_eq!(person.gets("/v1/me").await.status, 200, "{name} comes in at once");
        people.push((added.id(), person));
    }
    let [(revoked, a), (gone, b), (demoted, c)] = people.try_into().unwrap_or_else(|_| panic!("three people"));
    let key = a.posts(&format!("/v1/users/{revoked}/keys"), json!({})).await.succeeds();
    let second = app.person(key.body["api_key"].as_str().expect("a secret").to_owned());
    let first_key = key_of(&app, &revoked, a.secret()).await;
    owner.posts(&format!("/v1/users/{revoked}/keys/{first_key}/revoke"), json!({})).await.succeeds();
    owner.posts(&format!("/v1/users/{gone}/deactivate"), json!({})).await.succeeds();
    owner.posts(&format!("/v1/users/{demoted}/roles"), json!({ "roles": ["viewer"] })).await.succeeds();
    tokio::time::sleep(REMEMBERED).await;
    let item = |sku: &str| json!({ "sku": sku, "name": sku, "unit": "C62" });
    assert_eq!(a.posts("/v1/items", item("A")).await.status, 401, "a revoked key");
    assert_eq!(second.gets("/v1/me").await.status, 200, "the other key of who lost one");
    assert_eq!(b.posts("/v1/items", item("B")).await.status, 401, "a deactivated user");
    c.posts("/v1/items", item("C")).await.is_refused_as("role-missing");
}

/// The key's id as the log has it: the list of keys is a read model.
async fn key_of(app: &TestApp, user: &str, secret: &str) -> String {
    let holder = app.system.identity.authenticate(secret, SystemEdge.now()).await.expect("a look").expect("a holder");
    assert_eq!(holder.user.to_string(), user);
    holder.key.to_string()
}
