//! Real orders with what came in of them: short and rejected goods hold their invoices, line by line, and what was put
//! into stock is worth what the file says. `QUITTANCE_DATA` holds the file.

use std::collections::BTreeMap;

use quittance_domain::role::Role;
use quittance_tests::app::{Person, TestApp};
use quittance_tests::data::data;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

/// As many orders as a test should take; the whole file is of one kind.
const ORDERS: usize = 600;
const BATCH: usize = 200;

struct Line {
    due: String,
    ordered: Decimal,
    product: String,
    price: Decimal,
    rejected: Decimal,
    stocked: Decimal,
}

impl Line {
    /// Order, detail, due, ordered, product, unit price, line total, received, rejected, stocked, modified.
    fn read(row: &str) -> (u32, Self) {
        let field: Vec<&str> = row.split('\t').collect();
        // The file writes `.00`.
        let number = |at: usize| format!("0{}", field[at].trim()).parse::<Decimal>().unwrap_or_else(|e| panic!("{row}: {e}"));
        let line = Self {
            due: field[2][..10].to_owned(),
            ordered: number(3),
            product: field[4].to_owned(),
            price: number(5),
            rejected: number(8),
            stocked: number(9),
        };
        (field[0].parse().expect("an order"), line)
    }

    fn is_short(&self) -> bool {
        self.stocked < self.ordered
    }

    fn worth(&self, quantity: Decimal) -> Decimal {
        (quantity * self.price).round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
    }
}

fn orders() -> BTreeMap<u32, Vec<Line>> {
    let text = std::fs::read_to_string(data("adventureworks-p2p/PurchaseOrderDetail.csv")).expect("the orders");
    let mut orders: BTreeMap<u32, Vec<Line>> = BTreeMap::new();
    for (order, line) in text.lines().filter(|row| !row.trim().is_empty()).map(Line::read) {
        orders.entry(order).or_default().push(line);
    }
    let first = orders.into_iter().take(ORDERS).collect::<BTreeMap<_, _>>();
    assert_eq!(first.len(), ORDERS, "the file is not whole");
    first
}

/// Runs commands in batches and answers the ids of what they made.
pub async fn all(person: &Person, operation: &str, bodies: Vec<Value>) -> Vec<String> {
    let mut ids = Vec::new();
    for part in bodies.chunks(BATCH) {
        let commands: Vec<Value> = part.iter().map(|body| json!({ "operation": operation, "body": body })).collect();
        let answer = person.posts("/v1/commands", json!({ "commands": commands })).await.succeeds();
        for result in answer.body["results"].as_array().expect("results") {
            ids.push(result["done"]["id"].as_str().unwrap_or_else(|| panic!("{operation}: {result}")).to_owned());
        }
    }
    ids
}

#[tokio::test]
async fn short_and_rejected_goods_hold_their_invoices_and_stocked_goods_tie() {
    let app = TestApp::start().await;
    let company = app.company("Adventure Works").await;
    let anna = app.user(&company, "anna", Role::ApClerk).await;
    let orders = orders();
    let vendor = anna.posts("/v1/vendors", json!({ "name": "Litware, Inc." })).await.succeeds().id();
    let mut products: Vec<&str> = orders.values().flatten().map(|line| line.product.as_str()).collect();
    products.sort_unstable();
    products.dedup();
    let cards = products.iter().map(|product| json!({ "sku": format!("P-{product}"), "name": "Part", "unit": "EA" })).collect();
    let items: BTreeMap<&str, String> = products.iter().copied().zip(all(&anna, "create_item", cards).await).collect();

    let lines = |lines: &[Line], of: &dyn Fn(u32, &Line) -> Option<Value>| -> Vec<Value> {
        (1..).zip(lines).filter_map(|(number, line)| of(number, line)).collect()
    };
    let place = orders.iter().map(|(order, stated)| {
        let of = |number, line: &Line| {
            Some(json!({ "line": number, "item_id": items[line.product.as_str()], "description": "Part", "quantity": line.ordered.to_string(),
                "unit_price": line.price.to_string(), "due_date": line.due }))
        };
        json!({ "vendor_id": vendor, "number": format!("AW-{order}"), "currency": "USD", "lines": lines(stated, &of) })
    });
    let ids = all(&anna, "place_purchase_order", place.collect()).await;
    let came = orders.values().zip(&ids).filter_map(|(stated, id)| {
        let of = |number, line: &Line| {
            let came = !(line.stocked.is_zero() && line.rejected.is_zero());
            came.then(|| json!({ "line": number, "accepted": line.stocked.to_string(), "rejected": line.rejected.to_string() }))
        };
        let lines = lines(stated, &of);
        (!lines.is_empty()).then(|| {
            json!({ "purchase_order_id": id, "location": "main", "effective_date": stated[0].due,
            "over_receipt_allowed": true, "lines": lines })
        })
    });
    all(&anna, "post_goods_receipt", came.collect()).await;
    // The vendor bills what was ordered.
    let bills = orders.iter().map(|(order, stated)| {
        let of = |number: u32, line: &Line| {
            Some(json!({ "name": "Part", "quantity": { "value": line.ordered.to_string(), "unit": "EA" }, "unit_price": line.price.to_string(),
                "order_line": number.to_string(), "tax": { "code": "S", "rate": "0" } }))
        };
        json!({ "vendor_id": vendor, "number": format!("B{order:05}"), "issue_date": stated[0].due, "currency": "USD",
            "references": { "purchase_order": format!("AW-{order}") }, "lines": lines(stated, &of) })
    });
    let invoices = all(&anna, "create_invoice", bills.collect()).await;

    let last = anna.posts("/v1/items", json!({ "sku": "LAST", "name": "x", "unit": "EA" })).await.succeeds();
    let mut held: BTreeMap<String, usize> = BTreeMap::new();
    let mut path = format!("/v1/exceptions?status=open&kind=missing_receipt&limit=200&min_position={}", last.position());
    loop {
        let page = anna.gets(&path).await.succeeds().body;
        for exception in page["data"].as_array().expect("exceptions") {
            *held.entry(exception["invoice_id"].as_str().expect("an invoice").to_owned()).or_default() += 1;
        }
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/exceptions?status=open&kind=missing_receipt&limit=200&cursor={cursor}");
    }
    let mut short = 0;
    for (stated, invoice) in orders.values().zip(&invoices) {
        let expected = stated.iter().filter(|line| line.is_short()).count();
        assert_eq!(held.get(invoice).copied().unwrap_or_default(), expected, "{invoice}");
        short += expected;
    }
    assert!(short > 50, "only {short} short lines: the test tests nothing");

    let grni = anna.gets("/v1/reports/grni?as_of=2100-01-01").await.succeeds().body;
    let stocked: Decimal = orders.values().flatten().map(|line| line.worth(line.stocked) - line.worth(line.ordered)).sum();
    assert_eq!(grni["totals"], json!([{ "amount": format!("{stocked:.2}"), "currency": "USD" }]));
}
