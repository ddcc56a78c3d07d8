//! Comments with mentions, and messages with vendors: who has what to read, and who said what.

use serde_json::{Value, json};

use crate::approval_policies::{id_of, vendor};
use crate::rest_client::{Client, Office, fresh_key};

fn about(kind: &str, id: &str) -> Value {
    json!({ "kind": kind, "id": id })
}

async fn read(office: &Office, client: &Client, path: &str) -> Value {
    let mark = if path.contains('?') { '&' } else { '?' };
    client.get(&format!("{path}{mark}min_position={}", office.head().await)).await.done().body
}

async fn mentions(office: &Office, person: &str) -> (Value, usize) {
    let listed = read(office, office.by(person), "/v1/mentions?unread=true").await;
    (read(office, office.by(person), "/v1/unread").await["mentions"].clone(), listed["data"].as_array().expect("a list").len())
}

#[tokio::test]
async fn whom_a_comment_calls_has_it_to_read_until_they_say_that_they_did() {
    let office = Office::open().await;
    let vendor = vendor(&office, "Muster").await;
    let text = "@approver@acme.example and @nobody@acme.example: is frieda@muster.example right? (@CLERK@acme.example)";
    let body =
        json!({ "subject": about("vendor", &vendor), "text": text, "mentions": [id_of(&office, "auditor"), id_of(&office, "approver")] });
    let comment = office.by("clerk").post("/v1/comments", body).await.done().id();
    // Each once, and not who wrote it.
    let listed = read(&office, office.by("viewer"), &format!("/v1/comments?subject_kind=vendor&subject_id={vendor}")).await;
    assert_eq!(listed["data"][0]["mentions"], json!([id_of(&office, "auditor"), id_of(&office, "approver")]));
    for (person, expected) in [("approver", 1), ("auditor", 1), ("clerk", 0), ("treasurer", 0)] {
        assert_eq!(mentions(&office, person).await, (json!(expected), expected), "{person}");
    }
    let read_it = format!("/v1/comments/{comment}/mark-read");
    office.by("treasurer").post(&read_it, json!({})).await.refused(403, "not-mentioned");
    for _ in 0..2 {
        office.by("auditor").post(&read_it, json!({})).await.done();
    }
    assert_eq!(mentions(&office, "auditor").await, (json!(0), 0));
    assert_eq!(mentions(&office, "approver").await, (json!(1), 1), "one person's reading is not another's");
    let listed = read(&office, office.by("viewer"), "/v1/comments").await;
    assert_eq!((&listed["data"][0]["read_by"], &listed["data"][0]["version"]), (&json!([id_of(&office, "auditor")]), &json!(2)));
}

#[tokio::test]
async fn a_comment_is_about_something_and_calls_people_who_are_there() {
    let office = Office::open().await;
    let clerk = office.by("clerk");
    let vendor = vendor(&office, "Muster").await;
    let with = |subject: Value, text: &str, mentions: Value| json!({ "subject": subject, "text": text, "mentions": mentions });
    let (known, nobody) = (about("vendor", &vendor), fresh_key());
    clerk.post("/v1/comments", with(about("invoice", &vendor), "x", json!([]))).await.refused(404, "not-found");
    clerk.post("/v1/comments", with(about("vendor", &nobody), "x", json!([]))).await.refused(404, "not-found");
    clerk.post("/v1/comments", with(known.clone(), " ", json!([]))).await.refused(422, "text-missing");
    clerk.post("/v1/comments", with(known.clone(), &"x".repeat(2_001), json!([]))).await.refused(422, "text-too-long");
    let unknown = clerk.post("/v1/comments", with(known.clone(), "x", json!([id_of(&office, "owner"), nobody]))).await;
    unknown.refused(422, "person-unknown").at("/mentions/1");
    let gone = office.by("owner").post("/v1/users", json!({ "email": "gone@acme.example", "roles": ["approver"] })).await.done().id();
    office.by("owner").post(&format!("/v1/users/{gone}/deactivate"), json!({})).await.done();
    clerk.post("/v1/comments", with(known.clone(), "x", json!([gone]))).await.refused(422, "person-unknown");
    clerk.post("/v1/comments", with(known, "@gone@acme.example", json!([]))).await.done();
    let listed = read(&office, clerk, "/v1/comments").await;
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["data"][0]["mentions"], json!([]), "who has gone is called by nobody");
}

#[tokio::test]
async fn comments_are_read_page_by_page_in_either_order() {
    let office = Office::open().await;
    let vendor = vendor(&office, "Muster").await;
    for n in 0..7 {
        let body = json!({ "subject": about("vendor", &vendor), "text": format!("{n}") });
        office.by("clerk").post("/v1/comments", body).await.done();
    }
    for (sort, expected) in [("written_at", "0123456"), ("-written_at", "6543210")] {
        let (mut seen, mut cursor) = (String::new(), String::new());
        loop {
            let page = read(&office, office.by("viewer"), &format!("/v1/comments?subject_id={vendor}&limit=3&sort={sort}{cursor}")).await;
            seen.extend(page["data"].as_array().expect("a list").iter().filter_map(|comment| comment["text"].as_str()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, expected);
    }
}

#[tokio::test]
async fn messages_go_both_ways_and_the_other_side_has_them_to_read() {
    let office = Office::open().await;
    let (clerk, viewer) = (office.by("clerk"), office.by("viewer"));
    let (muster, other) = (vendor(&office, "Muster").await, vendor(&office, "Other").await);
    let to = json!({ "vendor_id": muster, "subject": about("vendor", &muster), "text": "Where is the delivery note?" });
    let sent = clerk.post("/v1/messages", to).await.done().id();
    let from = |vendor: &str, text: &str| json!({ "vendor_id": vendor, "text": text, "from_email": "frieda@muster.example" });
    let mut received = Vec::new();
    for (vendor, text) in [(&muster, "It is on its way."), (&muster, "It has come back."), (&other, "Hello?")] {
        received.push(clerk.post("/v1/messages/received", from(vendor, text)).await.done().id());
    }
    let unread = read(&office, viewer, "/v1/unread").await;
    assert_eq!(unread["messages"], 3);
    assert_eq!(unread["vendors"], json!([{ "vendor_id": muster, "unread": 2 }, { "vendor_id": other, "unread": 1 }]));

    let mark = |id: &str| format!("/v1/messages/{id}/mark-read");
    office.by("approver").post(&mark(&received[0]), json!({})).await.done();
    clerk.post(&mark(&received[0]), json!({})).await.done();
    // What we wrote is the vendor's to read.
    clerk.post(&mark(&sent), json!({})).await.refused(409, "message-of-reader");
    assert_eq!(read(&office, viewer, "/v1/unread").await["messages"], 2);

    let listed = read(&office, viewer, &format!("/v1/messages?vendor_id={muster}")).await;
    let said: Vec<_> =
        listed["data"].as_array().expect("a list").iter().map(|m| (&m["direction"], &m["author"], m["read_at"].is_string())).collect();
    let frieda = json!({ "email": "frieda@muster.example" });
    let ours = json!({ "user": id_of(&office, "clerk") });
    assert_eq!(said, [(&json!("outbound"), &ours, false), (&json!("inbound"), &frieda, true), (&json!("inbound"), &frieda, false)]);
    assert_eq!(listed["data"][1]["read_by"], json!({ "user": id_of(&office, "approver") }), "the first reader");

    let refused = clerk.post("/v1/messages/received", json!({ "vendor_id": muster, "text": "x", "from_email": "frieda" })).await;
    refused.refused(422, "author-invalid").at("/from_email");
    clerk.post("/v1/messages", json!({ "vendor_id": fresh_key(), "text": "x" })).await.refused(404, "not-found");
    clerk
        .post("/v1/messages", json!({ "vendor_id": muster, "subject": about("payment", &muster), "text": "x" }))
        .await
        .refused(404, "not-found");
}
