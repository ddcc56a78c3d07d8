//! `GET /v1/events`: pages of the log.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use quittance_domain::role::Role;
use quittance_tests::app::{Person, TestApp};
use serde_json::{Value, json};

use super::{are_the_log, head};

async fn whole_feed(person: &Person, limit: usize) -> Vec<Value> {
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = person.gets(&format!("/v1/events?after={after}&limit={limit}")).await.succeeds().body;
        let data = page["data"].as_array().expect("events");
        if data.is_empty() {
            return seen;
        }
        seen.extend(data.iter().cloned());
        after = page["next_after"].as_i64().expect("a position");
    }
}

#[tokio::test]
async fn the_feed_has_every_event_once_in_order_and_goes_on_where_it_was_left() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    app.company("Other").await;
    company.creates_items("S", 7).await;
    are_the_log(&whole_feed(&company.owner, 3).await, &app, company.tenant).await;
}

#[tokio::test]
async fn any_position_can_be_asked_for() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    for after in [i64::MAX, i64::MAX - 1] {
        let page = company.owner.gets(&format!("/v1/events?after={after}")).await.succeeds().body;
        assert_eq!(page, json!({ "data": [], "next_after": after }));
    }
    let first = company.owner.gets("/v1/events?after=0&limit=1").await.succeeds().body;
    for after in [-1, i64::MIN] {
        assert_eq!(company.owner.gets(&format!("/v1/events?after={after}&limit=1")).await.succeeds().body, first);
    }
    company.owner.gets(&format!("/v1/events?after={}0", i64::MAX)).await.is_refused_as("invalid-field");
}

#[tokio::test]
async fn who_answers_for_the_books_reads_the_feed_and_nobody_else() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let readers = [Role::Owner, Role::Admin, Role::Auditor, Role::Analyst];
    for role in [Role::Owner, Role::Admin, Role::ApClerk, Role::Approver, Role::Treasurer, Role::Analyst, Role::Auditor, Role::Viewer] {
        let person = app.user(&company, &format!("the_{role}"), role).await;
        let (listed, streamed) = (person.gets("/v1/events").await, person.streams("/v1/events/stream", None).await);
        let expected = if readers.contains(&role) { 200 } else { 403 };
        assert_eq!((listed.status, streamed.status().as_u16()), (expected, expected), "{role}");
    }
    let nobody = app.person("qk_live_00000000_nothing".to_owned());
    nobody.gets("/v1/events").await.is_refused_as("credential-invalid");
    assert_eq!(nobody.streams("/v1/events/stream", None).await.status(), 401);
}

#[tokio::test]
async fn each_tenant_sees_its_own_events_alone() {
    let app = TestApp::start().await;
    let (acme, other) = (app.company("Acme").await, app.company("Other").await);
    let (a, b) = tokio::join!(acme.creates_items("A", 10), other.creates_items("B", 10));
    let ((), ()) = (a, b);
    let (acmes, others) = (whole_feed(&acme.owner, 100).await, whole_feed(&other.owner, 100).await);
    are_the_log(&acmes, &app, acme.tenant).await;
    are_the_log(&others, &app, other.tenant).await;
    let ids: HashSet<&str> = acmes.iter().chain(&others).filter_map(|event| event["id"].as_str()).collect();
    assert_eq!(ids.len(), acmes.len() + others.len(), "ids are not shared");
}

#[tokio::test]
async fn who_waits_is_answered_when_something_happens() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let at = head(&app, company.tenant).await;
    let poll = |wait: &str| format!("/v1/events?after={at}&wait={wait}");
    let asked = Instant::now();
    let write = async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        company.creates_items("W", 1).await;
        asked.elapsed()
    };
    let path = poll("20");
    let (answer, written) = tokio::join!(company.owner.gets(&path), write);
    let answered = asked.elapsed();
    assert_eq!(answer.succeeds().body["data"].as_array().map(Vec::len), Some(1));
    assert!(answered < written + Duration::from_secs(10), "written after {written:?}, answered after {answered:?}");
}

#[tokio::test]
async fn who_waits_in_vain_is_told_so_in_time() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let at = head(&app, company.tenant).await;
    let asked = Instant::now();
    let answer = company.owner.gets(&format!("/v1/events?after={at}&wait=1")).await.succeeds();
    assert_eq!(answer.body, json!({ "data": [], "next_after": at }));
    assert!((1..4).contains(&asked.elapsed().as_secs()), "{:?}", asked.elapsed());
    for wait in ["31", "-1", "soon"] {
        company.owner.gets(&format!("/v1/events?after={at}&wait={wait}")).await.is_refused_as("invalid-field");
    }
    let full = company.owner.gets("/v1/events?after=0&wait=30").await.succeeds();
    assert!(full.body["data"].as_array().is_some_and(|events| !events.is_empty()), "what is there is not waited for");
}

#[tokio::test]
async fn who_loses_the_right_while_waiting_reads_nothing_more() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let auditor = app.user(&company, "auditor", Role::Auditor).await;
    let me = auditor.gets("/v1/me").await.succeeds().body;
    let at = head(&app, company.tenant).await;
    let removal = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let path = format!("/v1/users/{}/roles", me["user_id"].as_str().expect("an id"));
        // The change itself is an event, so the wait ends and is refused.
        company.owner.posts(&path, json!({ "roles": ["viewer"] })).await.succeeds();
        tokio::time::sleep(Duration::from_secs(2)).await;
        company.creates_items("L", 1).await;
    };
    let path = format!("/v1/events?after={}&wait=10", at + 1);
    let (answer, ()) = tokio::join!(auditor.gets(&path), removal);
    answer.is_refused_as("role-missing");
}
