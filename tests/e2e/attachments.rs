//! Attachments over HTTP: kept as they came, served so that nothing in them runs, and never another tenant's.

use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};

use crate::approval_policies::vendor;
use crate::rest_client::{Client, Office, Reply, fresh_key, reply};

const MIB: usize = 1 << 20;

fn place(kind: &str, id: &str, file_name: &str) -> String {
    format!("/v1/attachments?subject_kind={kind}&subject_id={id}&file_name={file_name}")
}

async fn attaches_as(client: &Client, key: &str, path: &str, media_type: &str, bytes: impl Into<Vec<u8>>) -> Reply {
    let request = client.request(Method::POST, path).header("Idempotency-Key", key).header("Content-Type", media_type);
    reply(request.body(bytes.into())).await
}

async fn attaches(client: &Client, path: &str, media_type: &str, bytes: impl Into<Vec<u8>>) -> Reply {
    attaches_as(client, &fresh_key(), path, media_type, bytes).await
}

/// Status, headers by name, and bytes.
async fn downloads(office: &Office, client: &Client, id: &str) -> (u16, reqwest::header::HeaderMap, Vec<u8>) {
    let path = format!("/v1/attachments/{id}/content?min_position={}", office.head().await);
    let response = client.request(Method::GET, &path).send().await.expect("an answer");
    (response.status().as_u16(), response.headers().clone(), response.bytes().await.expect("bytes").to_vec())
}

async fn listed(office: &Office, query: &str) -> Vec<Value> {
    let path = format!("/v1/attachments?min_position={}&{query}", office.head().await);
    office.by("viewer").get(&path).await.done().body["data"].as_array().expect("a list").clone()
}

/// The file of the only attachment that the tenant has in the store.
fn stored(office: &Office) -> PathBuf {
    let store = PathBuf::from(office.app.system.attachments().expect("a store").location()).join(office.tenant.to_string());
    let below = |folder: PathBuf| std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let files: Vec<PathBuf> = below(store).flat_map(below).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

#[tokio::test]
async fn a_file_belongs_to_any_document_or_party_and_comes_back_as_it_went() {
    let office = Office::open().await;
    let clerk = office.by("clerk");
    let vendor = vendor(&office, "Muster").await;
    let item = clerk.post("/v1/items", json!({ "sku": "A", "name": "A", "unit": "C62" })).await.done().id();
    let line = json!({ "line": 1, "item_id": item, "description": "x", "quantity": "1", "unit_price": "1" });
    let order = json!({ "vendor_id": vendor, "number": "O-1", "currency": "EUR", "lines": [line] });
    let order = clerk.post("/v1/purchase-orders", order).await.done().id();
    let receipt = json!({ "purchase_order_id": order, "location": "main", "effective_date": "2026-11-03", "lines": [{ "line": 1, "accepted": "1" }] });
    let receipt = clerk.post("/v1/goods-receipts", receipt).await.done().id();
    let subjects = [("vendor", &vendor), ("item", &item), ("purchase_order", &order), ("goods_receipt", &receipt)];
    for (kind, id) in subjects {
        let bytes: Vec<u8> = kind.bytes().chain([0, 255, 13, 10]).collect();
        let attached = attaches(clerk, &place(kind, id, "Pr%C3%BCfung.bin"), "application/x-what", bytes.clone()).await.done();
        let id = attached.id();
        let (status, headers, content) = downloads(&office, office.by("viewer"), &id).await;
        assert_eq!((status, content), (200, bytes), "{kind}");
        assert_eq!(headers["etag"], format!("\"{}\"", attached.body["sha256"].as_str().expect("a hash")).as_str());
        let view = office.by("viewer").get(&format!("/v1/attachments/{id}")).await.done().body;
        assert_eq!((&view["subject"]["kind"], &view["file_name"]), (&json!(kind), &json!("Prüfung.bin")));
    }
    assert_eq!(listed(&office, &format!("subject_id={order}")).await.len(), 1);
    assert_eq!(listed(&office, "subject_kind=vendor").await.len(), 1);
    assert_eq!(listed(&office, "").await.len(), subjects.len());
    // An id is of one kind: as another it names nothing, and neither does what is none.
    attaches(clerk, &place("payment", &vendor, "a"), "text/plain", "x").await.refused(404, "not-found");
    attaches(clerk, &place("invoice", &fresh_key(), "a"), "text/plain", "x").await.refused(404, "not-found");
}

#[tokio::test]
async fn what_a_browser_would_run_is_saved_and_nothing_more() {
    let office = Office::open().await;
    let vendor = vendor(&office, "Muster").await;
    let page = "<html><script>alert(1)</script></html>";
    let name = "..%2F..%2Fa%22%3B%20x%3D%22%E2%80%AEfdp.html";
    let id = attaches(office.by("clerk"), &place("vendor", &vendor, name), "text/html", page).await.done().id();
    let (_, headers, content) = downloads(&office, office.by("clerk"), &id).await;
    assert_eq!(content, page.as_bytes());
    let header = |name: &str| headers[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "application/octet-stream");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(header("content-disposition"), "attachment; filename=\"a__ x__fdp.html\"; filename*=UTF-8''a%22%3B%20x%3D%22fdp%2Ehtml");
}

#[tokio::test]
async fn a_file_has_bytes_and_at_most_twenty_mebibytes_of_them() {
    let office = Office::open().await;
    let clerk = office.by("clerk");
    let vendor = vendor(&office, "Muster").await;
    let at = place("vendor", &vendor, "large.bin");
    attaches(clerk, &at, "application/pdf", vec![7; 20 * MIB]).await.done();
    attaches(clerk, &at, "application/pdf", vec![7; 20 * MIB + 1]).await.refused(422, "file-too-large");
    attaches(clerk, &at, "application/pdf", vec![7; 21 * MIB]).await.refused(413, "body-too-large");
    attaches(clerk, &at, "application/pdf", "").await.refused(422, "file-empty");
    attaches(clerk, &at, "not a type", "x").await.refused(422, "media-type-invalid");
    attaches(clerk, &place("vendor", &vendor, ""), "text/plain", "x").await.refused(422, "file-name-missing");
    assert_eq!(listed(&office, "").await.len(), 1);
    let head = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"form.pdf\"\r\nContent-Type: application/pdf\r\n\r\n";
    let form = [head, &vec![7; 20 * MIB][..], b"\r\n--b--\r\n"].concat();
    let path = format!("/v1/attachments?subject_kind=vendor&subject_id={vendor}");
    let done = attaches(clerk, &path, "multipart/form-data; boundary=b", form).await.done().body;
    assert_eq!((&done["file_name"], &done["media_type"]), (&json!("form.pdf"), &json!("application/pdf")));
}

#[tokio::test]
async fn twice_is_once_and_a_key_is_for_one_file() {
    let office = Office::open().await;
    let clerk = office.by("clerk");
    let vendor = vendor(&office, "Muster").await;
    let at = place("vendor", &vendor, "a.txt");
    let first = attaches_as(clerk, "key", &at, "text/plain", "one").await.done();
    assert_eq!(attaches_as(clerk, "key", &at, "text/plain", "one").await.done().body, first.body);
    attaches_as(clerk, "key", &at, "text/plain", "two").await.refused(422, "idempotency-key-reused");
    attaches_as(clerk, "key", &place("vendor", &vendor, "b.txt"), "text/plain", "one").await.refused(422, "idempotency-key-reused");
    assert_eq!(listed(&office, "").await.len(), 1);
}

#[tokio::test]
async fn a_detached_file_says_why_and_stays_readable() {
    let office = Office::open().await;
    let clerk = office.by("clerk");
    let vendor = vendor(&office, "Muster").await;
    let id = attaches(clerk, &place("vendor", &vendor, "a.txt"), "text/plain", "one").await.done().id();
    let detach = format!("/v1/attachments/{id}/detach");
    clerk.post(&detach, json!({ "reason": " " })).await.refused(422, "reason-missing");
    clerk.post(&detach, json!({ "reason": "of another vendor" })).await.done();
    clerk.post(&detach, json!({ "reason": "once more" })).await.done();
    assert_eq!(listed(&office, "detached=false").await, Vec::<Value>::new());
    let kept = listed(&office, "detached=true").await;
    assert_eq!((&kept[0]["detached_for"], &kept[0]["version"]), (&json!("of another vendor"), &json!(2)));
    assert_eq!(downloads(&office, clerk, &id).await.2, b"one");
}

/// Both have the same bytes, so both have the same hash: neither reads the other's.
#[tokio::test]
async fn a_tenant_reads_its_own_bytes_even_where_another_has_the_same() {
    let ours = Office::open().await;
    let theirs = ours.next_door("Other").await;
    let mut ids = Vec::new();
    for office in [&ours, &theirs] {
        let vendor = vendor(office, "Muster").await;
        ids.push(attaches(office.by("clerk"), &place("vendor", &vendor, "a.txt"), "text/plain", "the same").await.done().id());
    }
    assert_eq!(downloads(&ours, ours.by("owner"), &ids[0]).await.2, b"the same");
    assert_eq!(downloads(&ours, ours.by("owner"), &ids[1]).await.0, 404);
    theirs.by("owner").get(&format!("/v1/attachments/{}", ids[0])).await.refused(404, "not-found");
    assert_ne!(stored(&ours), stored(&theirs));
    std::fs::remove_file(stored(&theirs)).expect("removed");
    assert_eq!(downloads(&ours, ours.by("owner"), &ids[0]).await.2, b"the same");
    assert_eq!(downloads(&theirs, theirs.by("owner"), &ids[1]).await.0, 503, "what is lost is an outage, not another tenant's file");
}

#[tokio::test]
async fn a_file_that_somebody_changed_in_the_store_is_not_served() {
    let office = Office::open().await;
    let vendor = vendor(&office, "Muster").await;
    let at = place("vendor", &vendor, "a.txt");
    let id = attaches(office.by("clerk"), &at, "text/plain", "pay 100").await.done().id();
    std::fs::write(stored(&office), "pay 900").expect("changed");
    assert_eq!(downloads(&office, office.by("clerk"), &id).await.0, 503);
    // The same file, attached once more, mends it.
    attaches(office.by("clerk"), &at, "text/plain", "pay 100").await.done();
    assert_eq!(downloads(&office, office.by("clerk"), &id).await.2, b"pay 100");
}
