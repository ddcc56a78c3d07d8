//! Lists as files: whole, by the same filters, for the same people, and nothing in them runs in a spreadsheet (L4).

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
