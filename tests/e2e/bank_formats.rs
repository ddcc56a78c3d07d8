//! The same account told in several formats, each with names of its own for the same entries: each entry is there once.

use quittance_tests::app::TestApp;
use quittance_tests::today;
use serde_json::{Value, json};

use crate::bank::{Booked, DEBTOR, Sent, camt053};

/// Reports of the day, which state no balances.
fn camt052(entries: &[Booked<'_>]) -> String {
    let statement = camt053(&today().to_string(), "0", "0", entries);
    let (head, rest) = statement.split_once("<Bal>").expect("balances");
    let (_, entries) = rest.rsplit_once("</Bal>").expect("balances");
    let report = format!("{head}{entries}").replace("camt.053", "camt.052").replace("BkToCstmrStmt", "BkToCstmrAcctRpt");
    report.replace("<Stmt>", "<Rpt>").replace("</Stmt>", "</Rpt>")
}

fn fee(amount: &'static str, reference: &'static str) -> Booked<'static> {
    (amount, "DBIT", reference, None, None)
}

/// A page of today's statement: what each entry took.
fn mt940(page: u32, opening: u32, entries: &[&str]) -> String {
    let day = today().format("%y%m%d").to_string();
    let taken: u32 = entries.iter().map(|amount| amount.parse::<u32>().expect("a number")).sum();
    let entries: String = entries.iter().map(|amount| format!(":61:{day}{}D{amount},00NTRFNONREF\n:86:FEE\n", &day[2..])).collect();
    let closing = opening - taken;
    format!(":20:S\n:25:{DEBTOR}\n:28C:9/{page}\n:60F:C{day}EUR{opening},00\n{entries}:62F:C{day}EUR{closing},00\n-\n")
}

fn brought(imported: &Value) -> (u64, u64) {
    let statement = &imported["statements"][0];
    (statement["lines"].as_u64().expect("lines"), statement["repeated"].as_u64().expect("repeated"))
}

/// Reports tell two fees of 5 and one of 7 during the day; the day's statement, in another format, has three of 5. One of them is new, and
/// the next page's is another one, though nothing but its place tells it from the others.
#[tokio::test(flavor = "multi_thread")]
async fn what_reports_told_in_another_format_is_not_told_again() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    assert_eq!(brought(&sent.imports(&camt052(&[fee("5.00", "A1"), fee("7.00", "A2")])).await), (2, 0));
    assert_eq!(brought(&sent.imports(&camt052(&[fee("5.00", "A1"), fee("5.00", "A3")])).await), (1, 1), "one format names them alike");
    let first = mt940(1, 100, &["5", "5", "7", "5"]);
    assert_eq!(brought(&sent.imports(&first).await), (1, 3));
    assert_eq!(brought(&sent.imports(&first.replace(":20:S", ":20:T")).await), (0, 4), "another copy of it");
    assert_eq!(brought(&sent.imports(&mt940(2, 78, &["5"])).await), (1, 0), "the next page");

    let whole = [fee("5.00", "A1"), fee("5.00", "A3"), fee("7.00", "A2"), fee("5.00", "A4"), fee("5.00", "A5")];
    let whole = camt053(&today().to_string(), "100.00", "73.00", &whole);
    assert_eq!(brought(&sent.imports(&whole).await), (0, 5), "the day in a third format");
    assert_eq!(sent.tess.gets("/v1/bank-lines?limit=50").await.succeeds().body["data"].as_array().expect("lines").len(), 5);
}

/// Two reports that overlap, the statement and its copy in another format, in each of the orders in which four files may come.
#[tokio::test(flavor = "multi_thread")]
async fn each_entry_is_there_once_in_whatever_order_files_come() {
    let app = TestApp::start().await;
    let day = [fee("5.00", "A1"), fee("7.00", "A2"), fee("5.00", "A3"), fee("5.00", "A4"), fee("7.00", "A5")];
    let whole = camt053(&today().to_string(), "100.00", "71.00", &day);
    let files = [camt052(&day[..3]), camt052(&day[1..4]), mt940(1, 100, &["7", "5", "5", "7", "5"]), whole];
    for order in (0..256).map(|code| [code / 64, code / 16 % 4, code / 4 % 4, code % 4]) {
        if (0..4).any(|file| !order.contains(&file)) {
            continue;
        }
        let company = app.company(&format!("Of {order:?}")).await;
        let sent = Sent::open(&app, &company).await;
        for file in order {
            sent.imports(&files[file]).await;
        }
        let lines = sent.tess.gets("/v1/bank-lines?limit=50").await.succeeds().body["data"].clone();
        let mut amounts: Vec<&str> = lines.as_array().expect("lines").iter().filter_map(|line| line["amount"]["amount"].as_str()).collect();
        amounts.sort_unstable();
        assert_eq!(amounts, ["-5.00", "-5.00", "-5.00", "-7.00", "-7.00"], "{order:?}");
    }
}

/// The statement comes first, and a late report after it; a report of what the statement does not have tells something new.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_report_tells_nothing_again() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    assert_eq!(brought(&sent.imports(&mt940(1, 100, &["5", "7"])).await), (2, 0));
    assert_eq!(brought(&sent.imports(&camt052(&[fee("5.00", "A1"), fee("5.00", "A2"), fee("7.00", "A3")])).await), (1, 2));
    assert_eq!(brought(&sent.imports(&camt052(&[fee("7.00", "A3"), fee("7.00", "A4")])).await), (1, 1));
}

/// Four copies of a statement race after a report: each entry is told again once, and what is new is brought by one of them.
#[tokio::test(flavor = "multi_thread")]
async fn copies_that_come_at_once_bring_what_is_new_once() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    sent.imports(&camt052(&[fee("5.00", "A1"), fee("7.00", "A2")])).await;
    let statement = mt940(1, 100, &["5", "5", "7"]);
    let copies: Vec<String> = (0..4).map(|copy| statement.replace(":20:S", &format!(":20:S{copy}"))).collect();
    let answers = futures::future::join_all(copies.iter().map(|copy| sent.imports(copy))).await;
    let mut counts: Vec<(u64, u64)> = answers.iter().map(brought).collect();
    counts.sort_unstable();
    assert_eq!(counts, [(0, 3), (0, 3), (0, 3), (1, 2)]);
    assert_eq!(brought(&sent.imports(&mt940(2, 83, &["5"])).await), (1, 0), "the next page");
}

/// Two transfers of one sum on one day, each by an id of its own, are two, whatever format tells of them.
#[tokio::test(flavor = "multi_thread")]
async fn two_ids_are_two_entries() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    assert_eq!(brought(&sent.imports(&camt052(&[("5.00", "DBIT", "A1", Some("E2E-ONE"), None)])).await), (1, 0));
    let other = mt940(1, 100, &["5"]).replace(":86:FEE", ":86:166?00TRANSFER?20EREF+E2E-TWO");
    assert_eq!(brought(&sent.imports(&other).await), (1, 0));
    let both = mt940(2, 95, &["5"]).replace(":86:FEE", ":86:166?00TRANSFER?20EREF+E2E-ONE");
    assert_eq!(brought(&sent.imports(&both).await), (0, 1));
}

/// What a withdrawn statement had told again another one may tell again.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_statement_has_told_nothing_again() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    assert_eq!(brought(&sent.imports(&camt052(&[fee("5.00", "A1")])).await), (1, 0));
    let told = sent.imports(&mt940(1, 100, &["5"])).await;
    assert_eq!(brought(&told), (0, 1));
    let id = told["statements"][0]["id"].as_str().expect("an id");
    let reason = json!({ "reason": "of the wrong day" });
    sent.tess.posts(&format!("/v1/bank-statements/{id}/withdraw"), reason).await.succeeds();
    assert_eq!(brought(&sent.imports(&mt940(1, 100, &["5", "5"])).await), (1, 1));
}
