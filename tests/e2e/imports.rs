//! Files of invoices over HTTP: looked at, taken in in the background, told row by row, once.

use std::time::Duration;

use quittance_tests::app::{Answer, Person, TestApp};
use serde_json::{Value, json};

const SHEET: &str = "Supplier;Invoice;Date;Net;Text\n\
    Nordlicht Papier;P-4711;03.11.2026;120,50;Paper\n\
    Hansen Reinigung;R-88;31.11.2026;310,00;Cleaning\n\
    Nordlicht Papier;P-4711;03.11.2026;9,90;Envelopes\n\
    =HYPERLINK(\"x\");R-90;;1,00;\n\
    Hansen Reinigung;R-89;30.10.2026;-310,00;Refund\n";

pub fn mapping() -> Value {
    json!({
        "fields": {
            "vendor_name": { "column": "Supplier" },
            "number": { "column": "Invoice" },
            "issue_date": { "column": "Date" },
            "currency": { "value": "EUR" },
            "net": { "column": "Net" },
            "description": { "column": "Text" },
        },
        "dates": "day_first",
        "decimal_mark": "comma",
    })
}

/// A text as it stands in a query.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

pub async fn begins(person: &Person, sheet: &[u8], mapping: &Value, key: &str) -> Answer {
    person.uploads_as("text/csv", &format!("/v1/imports?mapping={}", encoded(&mapping.to_string())), sheet.to_vec(), key).await
}

/// The import once nothing of it is left to do.
pub async fn ended(person: &Person, id: &str) -> Value {
    for _ in 0..6_000 {
        let import = person.gets(&format!("/v1/imports/{id}")).await;
        if import.status == 200 && import.body["status"] != "running" {
            return import.body;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the import does not end");
}

fn counts(import: &Value) -> [&Value; 5] {
    ["rows", "documents", "documents_done", "taken", "set_aside"].map(|field| &import[field])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_becomes_invoices_whole_or_is_set_aside_row_by_row() {
    let app = TestApp::start().await;
    let owner = app.company("Acme").await.owner;

    let preview = format!("/v1/imports/preview?limit=2&mapping={}", encoded(&mapping().to_string()));
    let preview = owner.uploads_as("text/csv", &preview, SHEET.into(), "look").await.succeeds().body;
    assert_eq!((&preview["rows"], &preview["documents"], &preview["columns"][1]), (&json!(5), &json!(4), &json!("Invoice")));
    assert_eq!(preview["sample"][0]["invoice"]["totals"]["payable"], "130.40");
    assert_eq!(preview["sample"][1]["set_aside"]["code"], "date_unreadable");
    assert_eq!(owner.gets("/v1/imports").await.succeeds().body["data"], json!([]), "a look keeps nothing");

    let begun = begins(&owner, SHEET.as_bytes(), &mapping(), "november").await.succeeds();
    let import = ended(&owner, &begun.id()).await;
    assert_eq!((&import["status"], counts(&import)), (&json!("finished"), [5, 4, 4, 2, 2].map(Value::from).each_ref()));
    assert_eq!(import["amounts"], json!([{ "amount": "-179.60", "currency": "EUR" }]), "130.40 less a credit of 310.00");

    let invoices = owner.gets(&format!("/v1/invoices?sort=number&min_position={}", import["version"])).await.succeeds().body;
    let told: Vec<_> =
        invoices["data"].as_array().expect("invoices").iter().map(|i| (&i["number"], &i["kind"], &i["payable"]["amount"])).collect();
    assert_eq!(told.len(), 2, "{invoices}");
    let (status, csv) = owner.downloads(&format!("/v1/imports/{}/set-aside", begun.id())).await;
    let csv = String::from_utf8(csv).expect("text");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!((status, lines.len()), (200, 3), "{csv}");
    assert!(lines[1].starts_with("3,1,date_unreadable,"), "{csv}");
    assert!(lines[2].starts_with("5,1,field_missing,") && lines[2].contains("\"'=HYPERLINK(\"\"x\"\")\""), "no formula: {csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_sent_again_is_the_same_import_and_its_invoices_in_another_file_are_duplicates() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let owner = company.owner;
    let begun = begins(&owner, SHEET.as_bytes(), &mapping(), "one").await.succeeds();
    ended(&owner, &begun.id()).await;

    let again = begins(&owner, SHEET.as_bytes(), &mapping(), "two").await.succeeds();
    assert_eq!(again.id(), begun.id(), "one file read one way is one import");
    begins(&owner, SHEET.replace("9,90", "9,91").as_bytes(), &mapping(), "one").await.is_refused_as("idempotency-key-reused");

    let longer = format!("{SHEET}Hansen Reinigung;R-91;30.10.2026;17,00;Soap\nHansen Reinigung;R-0091;30.10.2026;17,00;Soap\n");
    let other = begins(&owner, longer.as_bytes(), &mapping(), "three").await.succeeds();
    let import = ended(&owner, &other.id()).await;
    assert_eq!(counts(&import), [7, 6, 6, 1, 5].map(Value::from).each_ref());
    let (_, csv) = owner.downloads(&format!("/v1/imports/{}/set-aside", other.id())).await;
    let csv = String::from_utf8(csv).expect("text");
    assert_eq!(csv.matches("duplicate_invoice").count(), 3, "two of the file before and one of its own: {csv}");

    let vendors = owner.gets("/v1/vendors").await.succeeds().body;
    assert_eq!(vendors["data"].as_array().map(Vec::len), Some(2), "each vendor once, unverified: {vendors}");
    let next_door = app.company("Other").await.owner;
    assert_eq!(next_door.gets(&format!("/v1/imports/{}", begun.id())).await.status, 404);
    assert_ne!(begins(&next_door, SHEET.as_bytes(), &mapping(), "one").await.succeeds().id(), begun.id());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_begins_nothing() {
    let app = TestApp::start().await;
    let owner = app.company("Acme").await.owner;
    let without = |field: &str| {
        let mut mapping = mapping();
        mapping["fields"].as_object_mut().expect("fields").remove(field);
        mapping
    };
    begins(&owner, SHEET.as_bytes(), &without("number"), "a").await.is_refused_as("mapping-incomplete");
    begins(&owner, b"Supplier;Invoice;Date;Net;Text\n", &mapping(), "b").await.is_refused_as("import-empty");
    begins(&owner, b"a;b\n1;2\n", &mapping(), "c").await.is_refused_as("column-unknown");
    begins(&owner, b"PK\x03\x04nonsense", &mapping(), "d").await.is_refused_as("sheet-unreadable");
    owner.uploads_as("text/csv", "/v1/imports", SHEET.into(), "e").await.is_refused_as("mapping-missing");
    assert_eq!(owner.gets("/v1/imports").await.succeeds().body["data"], json!([]));
}

/// What a stream of server-sent events says until the server ends it: the name and the data of each.
async fn told_to_the_end(mut response: reqwest::Response) -> Vec<(String, Value)> {
    let mut text = String::new();
    while let Some(bytes) = response.chunk().await.expect("a stream that ends well") {
        text.push_str(std::str::from_utf8(&bytes).expect("UTF-8"));
    }
    let field = |block: &str, name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned());
    let event = |block: &str| Some((field(block, "event:")?, serde_json::from_str(&field(block, "data:")?).expect("JSON")));
    text.split("\n\n").filter_map(event).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_an_import_is_told_each_step_and_its_end() {
    let app = TestApp::start().await;
    let owner = app.company("Acme").await.owner;
    let rows: String = (0..600).map(|n| format!("Nordlicht Papier;P-{n:05};{:02}.11.2026;{n},50;Paper\n", n % 28 + 1)).collect();
    let sheet = format!("Supplier;Invoice;Date;Net;Text\n{rows}");
    let begun = begins(&owner, sheet.as_bytes(), &mapping(), "watched").await.succeeds();
    let path = format!("/v1/imports/{}/progress", begun.id());
    let watched = owner.streams(&format!("{path}?min_position={}", begun.position()), None).await;
    assert_eq!((watched.status().as_u16(), &watched.headers()["content-type"]), (200, &"text/event-stream".parse().expect("a value")));
    let told = tokio::time::timeout(Duration::from_secs(120), told_to_the_end(watched)).await.expect("the stream ends");

    let (last, before) = told.split_last().expect("it is told");
    assert_eq!((last.0.as_str(), counts(&last.1)), ("finished", [600, 600, 600, 600, 0].map(Value::from).each_ref()));
    assert!(before.iter().all(|(name, import)| name == "running" && import["documents_done"].as_i64() < Some(600)), "{before:?}");
    assert!(told.windows(2).all(|pair| pair[0].1["version"].as_i64() < pair[1].1["version"].as_i64()), "each step once: {told:?}");

    let late = told_to_the_end(owner.streams(&path, None).await).await;
    assert_eq!(late.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["finished"], "who comes late is told the end");
    let next_door = app.company("Other").await.owner;
    assert_eq!(next_door.streams(&path, None).await.status().as_u16(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_mapping_is_used_by_its_name_and_replaced_by_its_version() {
    let app = TestApp::start().await;
    let owner = app.company("Acme").await.owner;
    let body = |mapping: Value| json!({ "name": "Council spend", "mapping": mapping });
    let mut wrong = mapping();
    wrong["dates"] = json!("year_first");
    let first = owner.posts("/v1/import-mappings", body(wrong)).await.succeeds();
    let using =
        async |sheet: &str, key: &str| owner.uploads_as("text/csv", "/v1/imports?saved_mapping=Council%20spend", sheet.into(), key).await;
    let misread = ended(&owner, &using(SHEET, "misread").await.succeeds().id()).await;
    assert_eq!((&misread["taken"], &misread["saved_mapping"]), (&json!(0), &json!({ "name": "Council spend", "version": 1 })), "{misread}");

    // Who looked at the first replaces the first, and no other.
    let replaces = async |version: i64| owner.posts_if(&version.to_string(), "/v1/import-mappings", body(mapping())).await;
    let second = replaces(first.body["version"].as_i64().expect("a version")).await.succeeds();
    let stale = json!({ "name": "Council spend", "mapping": { "fields": mapping()["fields"], "grouping": "row" } });
    owner.posts_if("1", "/v1/import-mappings", stale).await.is_refused_as("version-mismatch");
    let listed = owner.gets(&format!("/v1/import-mappings?min_position={}", second.position())).await.succeeds().body;
    assert_eq!((listed["data"].as_array().map(Vec::len), &listed["data"][0]["version"]), (Some(1), &json!(2)), "{listed}");

    let preview = owner.uploads_as("text/csv", "/v1/imports/preview?saved_mapping=Council%20spend", SHEET.into(), "look").await;
    assert_eq!(preview.succeeds().body["sample"][0]["invoice"]["totals"]["payable"], "130.40");
    let read = ended(&owner, &using(SHEET, "right").await.succeeds().id()).await;
    assert_eq!((&read["taken"], &read["saved_mapping"]["version"]), (&json!(2), &json!(2)), "{read}");
    let told = ended(&owner, misread["id"].as_str().expect("an id")).await;
    assert_eq!(told["mapping"]["dates"], "year_first", "an import keeps the mapping that it was begun with");

    owner.uploads_as("text/csv", "/v1/imports?saved_mapping=nobody", SHEET.into(), "x").await.is_refused_as("import-mapping-missing");
    let both = format!("/v1/imports?saved_mapping=Council%20spend&mapping={}", encoded(&mapping().to_string()));
    owner.uploads_as("text/csv", &both, SHEET.into(), "y").await.is_refused_as("invalid-field");
    let next_door = app.company("Other").await.owner;
    assert_eq!(next_door.gets("/v1/import-mappings").await.succeeds().body["data"], json!([]));
    let theirs = next_door.uploads_as("text/csv", "/v1/imports?saved_mapping=Council%20spend", SHEET.into(), "z").await;
    theirs.is_refused_as("import-mapping-missing");
}
