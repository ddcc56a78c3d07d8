//! What came in and is not invoiced ties to its account: only what bills an order clears it, and what differs is told by its document.

use quittance_tests::day;
use serde_json::{Value, json};

use crate::matching::{Office, office};

impl Office {
    async fn grni(&self, after: i64) -> Value {
        self.anna.gets(&format!("/v1/reports/grni?as_of={}&min_position={after}", day(0))).await.succeeds().body
    }

    /// Account, amount, of what the invoice posted beside what is owed.
    async fn spent(&self, invoice: &str, after: i64) -> Vec<String> {
        let path = format!("/v1/journal?document_id={invoice}&min_position={after}");
        let journal = self.anna.gets(&path).await.succeeds().body["data"].clone();
        let mut sums = std::collections::BTreeMap::<String, rust_decimal::Decimal>::new();
        for line in journal.as_array().expect("lines") {
            let amount: rust_decimal::Decimal = line["amount"]["amount"].as_str().expect("an amount").parse().expect("a decimal");
            *sums.entry(line["account"].as_str().expect("an account").to_owned()).or_default() += amount;
        }
        sums.retain(|account, sum| account != "2000" && !sum.is_zero());
        sums.into_iter().map(|(account, sum)| format!("{account} {sum}")).collect()
    }
}

fn figures(report: &Value) -> [String; 3] {
    let amount = |money: &Value| money["amount"].as_str().unwrap_or("none").to_owned();
    let control = &report["controls"][0];
    [amount(&report["totals"][0]), amount(&control["balance"]), amount(&control["difference"])]
}

/// An invoice may name an order that is another vendor's, or bill freight that is no line of it: nothing that came in pays for that.
#[tokio::test]
async fn only_lines_that_bill_the_order_clear_what_its_receipts_posted() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "10")).await;
    o.receives(&order, json!({ "line": 1, "accepted": "10" })).await;
    let stranger = o.anna.posts("/v1/vendors", json!({ "name": "Fremd KG", "address": { "country": "DE" } })).await.succeeds().id();
    let mut stray = o.invoice("S-1", "PO-1", "3", "250");
    stray["vendor_id"] = json!(stranger);
    let stray = o.anna.posts("/v1/invoices", stray).await.succeeds().id();
    let after = o.now().await.position();
    assert_eq!(o.spent(&stray, after).await, ["6000 750.00"]);
    assert_eq!(figures(&o.grni(after).await), ["100.00", "100.00", "0.00"]);

    let mut mixed = o.invoice("M-1", "PO-1", "4", "10");
    let freight = json!({ "id": "F", "name": "Freight", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "7.50",
        "tax": { "code": "S", "rate": "0" } });
    mixed["lines"].as_array_mut().expect("lines").push(freight);
    mixed["adjustments"] = json!([{ "is_charge": true, "amount": "2.50", "reason": "Packing", "tax": { "code": "S", "rate": "0" } }]);
    let mixed = o.anna.posts("/v1/invoices", mixed).await.succeeds().id();
    let after = o.now().await.position();
    assert_eq!(o.spent(&mixed, after).await, ["2100 40.00", "6000 10.00"]);
    assert_eq!(figures(&o.grni(after).await), ["60.00", "60.00", "0.00"]);

    // What bills no line of the order is coded like any other, and what does is not.
    o.anna.posts("/v1/chart/accounts", json!({ "code": "6300", "name": "Freight", "kind": "expense" })).await.is_refused_as("role-missing");
    o.company.owner.posts("/v1/chart/accounts", json!({ "code": "6300", "name": "Freight", "kind": "expense" })).await.succeeds();
    let code = |line: &str| json!({ "lines": [{ "line": line, "parts": [{ "account_code": "6300" }] }] });
    o.anna.posts(&format!("/v1/invoices/{mixed}/coding"), code("1")).await.is_refused_as("coded-by-order");
    let coded = o.anna.posts(&format!("/v1/invoices/{mixed}/coding"), code("F")).await.succeeds().position();
    assert_eq!(o.spent(&mixed, coded).await, ["2100 40.00", "6000 2.50", "6300 7.50"]);
    assert_eq!(figures(&o.grni(coded).await), ["60.00", "60.00", "0.00"]);
}

/// An order that is placed after its invoice came in is the invoice's from then on, in the books as in the report.
#[tokio::test]
async fn an_order_that_comes_after_its_invoice_is_billed_by_it() {
    let o = office().await;
    let invoice = o.bills("I-1", "PO-9", "10", "10").await;
    let before = o.now().await.position();
    assert_eq!(o.spent(&invoice, before).await, ["6000 100.00"]);
    let order = o.order("PO-9", o.line("10", "10")).await;
    o.receives(&order, json!({ "line": 1, "accepted": "10" })).await;
    o.anna.posts(&format!("/v1/invoices/{invoice}/match"), json!({})).await.succeeds();
    let after = o.now().await.position();
    assert_eq!(o.spent(&invoice, after).await, ["2100 100.00"]);
    assert_eq!(figures(&o.grni(after).await)[2], "0.00");
}

/// Billed dearer before it came: the account holds the invoice's price, and the report says whose.
#[tokio::test]
async fn a_difference_is_named_by_its_order_and_documents() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "100")).await;
    let bill = o.bills("I-1", "PO-1", "10", "100.13").await;
    let report = o.grni(o.now().await.position()).await;
    assert_eq!(figures(&report), ["-1000.00", "-1001.30", "1.30"]);
    let [difference] = report["differences"].as_array().expect("differences").as_slice() else { panic!("one order: {report}") };
    assert_eq!((&difference["purchase_order_id"], &difference["difference"]["amount"]), (&json!(order), &json!("1.30")));
    let document = &difference["documents"][0];
    let told = [&document["document_id"], &document["in_report"]["amount"], &document["in_account"]["amount"]];
    assert_eq!(told, [&json!(bill), &json!("-1000.00"), &json!("-1001.30")]);
    o.receives(&order, json!({ "line": 1, "accepted": "10" })).await;
    let report = o.grni(o.now().await.position()).await;
    assert_eq!((&report["differences"], &figures(&report)[2]), (&json!([]), &"0.00".to_owned()));
}

/// What stands on the account that was it before is counted with it, and told apart.
#[tokio::test]
async fn the_report_ties_to_every_account_that_held_goods_not_invoiced() {
    let o = office().await;
    let order = o.order("PO-1", o.line("10", "10")).await;
    o.receives(&order, json!({ "line": 1, "accepted": "6" })).await;
    let owner = &o.company.owner;
    owner.posts("/v1/chart/accounts", json!({ "code": "2101", "name": "Goods in", "kind": "liability" })).await.succeeds();
    owner.posts("/v1/chart/posting-accounts", json!({ "goods_received_not_invoiced": "2101" })).await.succeeds();
    let rest = o.receives(&order, json!({ "line": 1, "accepted": "4" })).await.position();
    let report = o.grni(rest.max(o.now().await.position())).await;
    assert_eq!(figures(&report), ["100.00", "40.00", "0.00"]);
    let former = &report["controls"][0]["former"][0];
    assert_eq!((&former["account"], &former["balance"]["amount"]), (&json!("2100"), &json!("60.00")));
}
