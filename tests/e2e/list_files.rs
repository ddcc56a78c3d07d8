//! Lists as files: whole, by the same filters, for the same people, and nothing in them runs in a spreadsheet (L4).

use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx};
use quittance_domain::role::Role;
use quittance_projections::source;
use quittance_tests::app::{Company, Person, TestApp};
use serde_json::{Value, json};

/// More than two pages of a list.
const ITEMS: usize = 450;

async fn with_items(app: &TestApp) -> Company {
    let company = app.company("Acme").await;
    let item = |n: usize| json!({ "operation": "create_item", "body": { "sku": format!("K-{n:03}"), "name": "=1+1", "unit": "C62" } });
    let all: Vec<Value> = (0..ITEMS).map(item).collect();
    company.owner.posts("/v1/commands", json!({ "commands": all })).await.succeeds();
    let mut tx = app.system.database.read(company.tenant).await.expect("a transaction begins");
    let head = source::head(&mut tx).await.expect("a head");
    drop(tx);
    app.system.settled(company.tenant, head).await.expect("the read models follow");
    company
}

/// Its headings and rows.
async fn file(who: &Person, path: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let (status, bytes) = who.reads_as(path, "text/csv").await;
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let names = reader.headers().expect("headings").iter().map(str::to_owned).collect();
    (names, reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect())
}

fn column(file: &(Vec<String>, Vec<Vec<String>>), name: &str) -> Vec<String> {
    let at = file.0.iter().position(|known| known == name).unwrap_or_else(|| panic!("{name} is no column of {:?}", file.0));
    file.1.iter().map(|row| row[at].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_comes_whole_in_its_order_and_by_its_filters() {
    let app = TestApp::start().await;
    let company = with_items(&app).await;
    let items = file(&company.owner, "/v1/items?sort=-sku&limit=7").await;
    let expected: Vec<String> = (0..ITEMS).rev().map(|n| format!("K-{n:03}")).collect();
    assert_eq!(column(&items, "sku"), expected, "each once, whatever the limit of a page");
    assert!(column(&items, "name").iter().all(|name| name == "'=1+1"), "nothing runs");
    assert_eq!(items.0[0], "id");
    let one = file(&company.owner, "/v1/items?sku=K-007").await;
    assert_eq!(column(&one, "sku"), ["K-007"]);
    let (status, page) = company.owner.reads_as("/v1/items?limit=7", "application/json").await;
    let page: Value = serde_json::from_slice(&page).expect("JSON");
    assert_eq!((status, page["data"].as_array().map(Vec::len)), (200, Some(7)), "who asks for JSON gets a page");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_shows_nobody_what_a_page_would_not() {
    let app = TestApp::start().await;
    let company = with_items(&app).await;
    let stranger = app.company("Bolt").await;
    assert_eq!(file(&stranger.owner, "/v1/items").await.1, Vec::<Vec<String>>::new(), "another company's are not in it");
    let clerk = app.user(&company, "anna", Role::ApClerk).await;
    let table = [
        (&clerk, "/v1/provider-accounts", 403, "role-missing"),
        (&clerk, "/v1/items?cursor=bm8", 422, "invalid-field"),
        (&clerk, "/v1/items?color=red", 400, "malformed-request"),
        (&clerk, "/v1/company", 406, "not-acceptable"),
    ];
    for (who, path, expected, code) in table {
        let (status, bytes) = who.reads_as(path, "text/csv").await;
        let problem: Value = serde_json::from_slice(&bytes).expect("a problem");
        assert_eq!((status, &problem["code"]), (expected, &json!(code)), "{path}: {problem}");
    }
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Its rows as a spreadsheet reads them, the heading first.
async fn sheet(who: &Person, path: &str, accept: &str) -> Vec<Vec<Data>> {
    let (status, bytes) = who.reads_as(path, accept).await;
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let range = book.worksheet_range_at(0).expect("a sheet").expect("cells");
    range.rows().map(<[Data]>::to_vec).collect()
}

fn cell<'r>(rows: &'r [Vec<Data>], row: usize, name: &str) -> &'r Data {
    let at = rows[0].iter().position(|known| *known == Data::String(name.to_owned()));
    &rows[row][at.unwrap_or_else(|| panic!("{name} is no column of {:?}", rows[0]))]
}

fn day(cell: &Data) -> Option<(u16, u8, u8)> {
    let Data::DateTime(day) = cell else { return None };
    let (year, month, day, ..) = day.to_ymd_hms_milli();
    Some((year, month, day))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_has_numbers_days_and_texts_in_which_nothing_runs() {
    let app = TestApp::start().await;
    let company = with_items(&app).await;
    let items = sheet(&company.owner, "/v1/items?sort=-sku&limit=7", XLSX).await;
    assert_eq!(items.len(), ITEMS + 1, "whole, with one heading");
    assert_eq!(cell(&items, 1, "sku"), &Data::String(format!("K-{:03}", ITEMS - 1)));
    assert_eq!(cell(&items, ITEMS, "name"), &Data::String("=1+1".to_owned()), "a text, and no formula");

    let anna = app.user(&company, "anna", Role::ApClerk).await;
    let vendor = anna.posts("/v1/vendors", json!({ "name": "@SUM(A1)", "address": { "country": "DE" } })).await.succeeds().id();
    for (number, currency, price) in [("2026-03-01", "EUR", "-1234.50"), ("0117", "JPY", "1200"), ("7", "EUR", "999999999999.99")] {
        let line = json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price.trim_start_matches('-'), "tax": { "code": "S", "rate": "0" } });
        let invoice = json!({ "vendor_id": vendor, "number": number, "issue_date": "2026-10-31", "currency": currency, "lines": [line] });
        anna.posts("/v1/invoices", invoice).await.succeeds();
    }
    let position = anna.posts("/v1/items", json!({ "sku": "last", "name": "x", "unit": "C62" })).await.succeeds().position();
    let invoices = sheet(&anna, &format!("/v1/invoices?sort=issue_date&min_position={position}"), XLSX).await;
    let of = |number: &str| {
        (1..4).find(|row| cell(&invoices, *row, "number") == &Data::String(number.to_owned())).expect("a text, as it was written")
    };
    let open = |number: &str| cell(&invoices, of(number), "open").clone();
    assert_eq!(open("0117").as_i64(), Some(1200));
    assert_eq!(open("2026-03-01").to_string(), "1234.5");
    assert_eq!(open("7").to_string(), "999999999999.99", "to the last cent");
    assert_eq!(cell(&invoices, of("7"), "open_currency"), &Data::String("EUR".to_owned()));
    assert_eq!(day(cell(&invoices, of("7"), "issue_date")), Some((2026, 10, 31)));
    assert!(matches!(cell(&invoices, of("7"), "id"), Data::String(_)));
    assert!(matches!(cell(&invoices, of("7"), "vendor_name"), Data::String(name) if name == "@SUM(A1)"));

    // A report says the same by its parameter.
    let ageing = sheet(&company.owner, &format!("/v1/reports/open-items?format=xlsx&min_position={position}"), "*/*").await;
    assert_eq!((ageing.len(), day(cell(&ageing, 1, "due_date")).is_some()), (4, true), "{ageing:?}");
    let (status, problem) = company.owner.reads_as("/v1/items?color=red", XLSX).await;
    assert_eq!((status, problem.first()), (400, Some(&b'{')), "a refusal is no sheet");
}
