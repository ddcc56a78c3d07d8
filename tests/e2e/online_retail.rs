//! Real days of a shop: everything it sold, took back, wrote off and found goes through stock, line by line, and what is
//! on hand at the end of every day is what the lines add up to. `QUITTANCE_DATA` holds the files.

use std::collections::BTreeMap;

use quittance_domain::role::Role;
use quittance_tests::app::TestApp;
use quittance_tests::data::data;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::adventureworks::all;

/// Short days with returns, a write-off and finds; all twenty are of one kind.
const DAYS: [&str; 3] = ["2010-12-19", "2010-12-22", "2010-12-23"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Line {
    invoice_no: String,
    stock_code: String,
    quantity: i64,
    unit_price: Decimal,
    #[serde(rename = "CustomerID")]
    customer: String,
}

/// What a line does to stock; or why it does nothing.
enum Deed {
    Sold,
    TakenBack,
    /// Written off below zero, found above.
    Corrected,
    NoGoods,
}

impl Line {
    fn deed(&self) -> Deed {
        match () {
            // Postage, fees, discounts and vouchers: goods have a number of five digits.
            () if self.stock_code.len() < 5 || !self.stock_code.bytes().take(5).all(|b| b.is_ascii_digit()) => Deed::NoGoods,
            () if self.invoice_no.starts_with('C') => Deed::TakenBack,
            () if self.unit_price.is_zero() && self.customer.is_empty() => Deed::Corrected,
            () => Deed::Sold,
        }
    }

    fn sku(&self) -> String {
        self.stock_code.to_uppercase()
    }
}

fn lines(day: &str) -> Vec<Line> {
    let path = data(&format!("online-retail/by-day/{day}.csv"));
    let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    reader.deserialize().collect::<Result<_, _>>().unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[tokio::test]
async fn what_a_shop_sold_took_back_and_wrote_off_adds_up_to_what_is_on_hand() {
    let app = TestApp::start().await;
    let company = app.company("Gifts").await;
    let anna = app.user(&company, "anna", Role::ApClerk).await;
    // The shop's own records do not say what it had at first: it sells from what is not entered.
    company.owner.posts("/v1/company/stock-rules", json!({ "below_zero_allowed": true })).await.succeeds();
    let days: Vec<(&str, Vec<Line>)> = DAYS.iter().map(|day| (*day, lines(day))).collect();

    let mut skus: Vec<String> = days.iter().flat_map(|(_, lines)| lines).map(Line::sku).collect();
    skus.sort_unstable();
    skus.dedup();
    let cards = skus.iter().map(|sku| json!({ "sku": sku, "name": "Gift", "unit": "C62" })).collect();
    let items: BTreeMap<&str, String> = skus.iter().map(String::as_str).zip(all(&anna, "create_item", cards).await).collect();

    let (mut issues, mut adjustments, mut quarantined) = (vec![], vec![], 0);
    let mut expected: BTreeMap<(&str, String), i64> = BTreeMap::new();
    for (day, lines) in &days {
        for line in lines {
            let item = items[line.sku().as_str()].clone();
            let body = |field: &str, quantity: i64, reason: &str| json!({ "item_id": item, "location": "shop", field: quantity.to_string(), "reason": reason, "effective_date": day });
            match line.deed() {
                Deed::Sold => issues.push(body("quantity", line.quantity, &line.invoice_no)),
                Deed::TakenBack => adjustments.push(body("difference", -line.quantity, &format!("taken back {}", line.invoice_no))),
                // For nobody and at no price: the file corrects what is there, in the sign of stock and not of sales.
                Deed::Corrected => adjustments.push(body("difference", line.quantity, "written off or found")),
                Deed::NoGoods => {
                    quarantined += 1;
                    continue;
                }
            }
            let left = if matches!(line.deed(), Deed::Corrected) { -line.quantity } else { line.quantity };
            *expected.entry((day, item)).or_default() -= left;
        }
    }
    let rows: usize = days.iter().map(|(_, lines)| lines.len()).sum();
    assert_eq!((rows, quarantined, issues.len() + adjustments.len()), (1_776, 10, 1_766), "every line is booked or put aside");
    let moved = issues.len() + adjustments.len();
    all(&anna, "issue_stock", issues).await;
    all(&anna, "adjust_stock", adjustments).await;
    let last = anna.posts("/v1/items", json!({ "sku": "LAST", "name": "x", "unit": "C62" })).await.succeeds().position();
    anna.gets(&format!("/v1/items?limit=1&min_position={last}")).await.succeeds();

    let mut running: BTreeMap<String, i64> = BTreeMap::new();
    for (day, _) in &days {
        for ((_, item), difference) in expected.iter().filter(|((on, _), _)| on == day) {
            *running.entry(item.clone()).or_default() += difference;
        }
        let report = anna.gets(&format!("/v1/reports/stock-value?as_of={day}")).await.succeeds().body;
        let mut found: BTreeMap<String, i64> = BTreeMap::new();
        for line in report["lines"].as_array().expect("lines") {
            let quantity: i64 = line["quantity"].as_str().and_then(|text| text.parse().ok()).expect("pieces");
            found.insert(line["item_id"].as_str().expect("an item").to_owned(), quantity);
        }
        let there: BTreeMap<String, i64> = running.iter().filter(|(_, n)| **n != 0).map(|(item, n)| (item.clone(), *n)).collect();
        assert_eq!(found, there, "at the end of {day}");
    }
    assert_eq!(movements(&anna).await, moved);
}

async fn movements(anna: &quittance_tests::app::Person) -> usize {
    let (mut seen, mut path) = (0, "/v1/stock/movements?limit=200".to_owned());
    loop {
        let page: Value = anna.gets(&path).await.succeeds().body;
        seen += page["data"].as_array().expect("movements").len();
        let Some(cursor) = page["next_cursor"].as_str() else { return seen };
        path = format!("/v1/stock/movements?limit=200&cursor={cursor}");
    }
}
