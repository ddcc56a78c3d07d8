//! Every month of public spend and the payments of a company through the import: nothing is lost, nothing is counted
//! twice, and what is set aside says why. The sums are held against those of a plain reading of each file.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use quittance_tests::app::{Person, TestApp};
use quittance_tests::data::{data, files};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::imports::{begins, ended};

/// The columns of a publisher: vendor, number, date, amount, description; and the currency.
type Columns = [&'static str; 6];

const LONDON: Columns = ["Vendor Name", "Document No", "Clearing Date", "Amount", "Expenditure Account Code Description", "GBP"];
const CALDERDALE: Columns = ["Supplier(Beneficiary) Name", "Invoice Number", "Date", "Net Amount", "Purpose of Spend (Summary)", "GBP"];
const NORTH_TYNESIDE: Columns =
    ["Supplier (Beneficiary) Name", "Transaction Number", "Payment Date", "Net Amount", "Purpose of Spend", "GBP"];
const PAYMENTS: Columns = ["VendorNum", "InvNum", "Date", "Amount", "InvNum", "USD"];

fn mapping([vendor, number, date, net, text, currency]: Columns) -> Value {
    let column = |name: &str| json!({ "column": name });
    json!({
        "fields": {
            "vendor_name": column(vendor), "number": column(number), "issue_date": column(date), "net": column(net),
            "description": column(text), "currency": { "value": currency },
        },
        "grouping": "number_and_date",
    })
}

/// Rows of a file with anything in them, and what their amounts come to: read without the engine.
fn plainly(file: &Path, columns: Columns) -> (usize, Decimal) {
    let bytes = std::fs::read(file).expect("a file");
    let text = String::from_utf8(bytes).expect("UTF-8");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let at = reader.headers().expect("columns").iter().position(|name| name == columns[3]).expect("the amount's column");
    let (mut rows, mut sum) = (0, Decimal::ZERO);
    for record in reader.records() {
        let record = record.expect("a row");
        rows += usize::from(record.iter().any(|cell| !cell.trim().is_empty()));
        let cell = record[at].replace(',', "");
        let amount = match cell.strip_prefix('(').and_then(|cell| cell.strip_suffix(')')) {
            Some(negative) => negative.parse::<Decimal>().map(|amount| -amount),
            None => cell.parse::<Decimal>(),
        };
        sum += amount.unwrap_or_default();
    }
    (rows, sum)
}

/// What an import set aside: rows, amounts, and how often for which reason.
async fn set_aside(person: &Person, id: &str) -> (u64, Decimal, BTreeMap<String, u32>) {
    let (_, csv) = person.downloads(&format!("/v1/imports/{id}/set-aside")).await;
    let (mut rows, mut sum, mut reasons) = (0, Decimal::ZERO, BTreeMap::new());
    for record in csv::Reader::from_reader(&csv[..]).records() {
        let record = record.expect("a row");
        rows += record[1].parse::<u64>().expect("rows");
        sum += record[7].parse::<Decimal>().unwrap_or_default();
        *reasons.entry(record[2].to_owned()).or_default() += 1;
    }
    (rows, sum, reasons)
}

async fn balances(folder: &str, columns: Columns) {
    let app = TestApp::start().await;
    let person = &app.company(folder).await.owner;
    let all = if data(folder).is_dir() { files(folder, &[".csv"]) } else { vec![data(folder)] };
    for file in all {
        let (rows, sum) = plainly(&file, columns);
        let key = file.display().to_string();
        let started = Instant::now();
        let begun = begins(person, &std::fs::read(&file).expect("a file"), &mapping(columns), &key).await.succeeds();
        let import = ended(person, &begun.id()).await;
        let took = started.elapsed();
        let (_, aside, reasons) = set_aside(person, &begun.id()).await;
        let taken: Decimal = import["amounts"]
            .as_array()
            .expect("amounts")
            .iter()
            .map(|a| a["amount"].as_str().expect("an amount").parse::<Decimal>().expect("a number"))
            .sum();
        println!(
            "{key}: {} rows, {} documents, {} taken ({taken}), set aside {aside}: {reasons:?}; {:.0} rows a second",
            import["rows"],
            import["documents"],
            import["taken"],
            rows as f64 / took.as_secs_f64()
        );
        assert_eq!((import["status"].as_str(), import["rows"].as_u64()), (Some("finished"), Some(rows as u64)), "{key}");
        assert_eq!(import["taken"].as_u64().zip(import["set_aside"].as_u64()).map(|(t, s)| t + s), import["documents"].as_u64(), "{key}");
        assert_eq!(taken + aside, sum, "{key}: every amount is in an invoice or set aside");
        let known = [
            "duplicate_invoice",
            "field_missing",
            "amount_unreadable",
            "date_unreadable",
            "rows_differ",
            "field_invalid",
            "below_minor_unit",
        ];
        assert!(reasons.keys().all(|reason| known.contains(&reason.as_str())), "{key}: {reasons:?}");
        assert!(import["taken"].as_u64() > Some(rows as u64 / 100), "{key}: a file of cards has the most rows an invoice, some fifty");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_period_of_london_goes_through_the_import_to_the_penny() {
    balances("uk-ap-spend/london", LONDON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_month_of_calderdale_goes_through_the_import_to_the_penny() {
    balances("uk-ap-spend/calderdale", CALDERDALE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_of_north_tyneside_goes_through_the_import_to_the_penny() {
    balances("uk-ap-spend/northtyneside", NORTH_TYNESIDE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_s_payments_go_through_the_import_to_the_cent() {
    balances("corporate-payments/corporate-payment.first2000.csv", PAYMENTS).await;
}
