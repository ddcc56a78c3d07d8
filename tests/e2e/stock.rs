//! Stock as people run it: set aside, sent elsewhere, allowed below zero or not; and what it is worth at any time, which
//! is what its account holds.

use quittance_tests::day;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::books::{Office, decimal, office};

/// An item with an order of 100 pieces at `price`, to receive from.
struct Goods {
    o: Office,
    item: String,
    order: String,
}

async fn goods(card: Value, price: &str) -> Goods {
    let o = office().await;
    let vendor = o.vendor().await;
    let item = o.anna.posts("/v1/items", card).await.succeeds().id();
    let line =
        |line: u32, price: &str| json!({ "line": line, "item_id": item, "description": "Paper", "quantity": "100", "unit_price": price });
    let lines = [line(1, price), line(2, "15.00")];
    let order = json!({ "vendor_id": vendor, "number": "PO-9", "currency": "EUR", "lines": lines });
    let order = o.anna.posts("/v1/purchase-orders", order).await.succeeds().id();
    Goods { o, item, order }
}

fn fifo() -> Value {
    json!({ "sku": "P-4", "name": "Paper", "unit": "C62", "valuation": "fifo", "reorder_level": "5" })
}

impl Goods {
    async fn receives(&self, line: u32, quantity: &str, on: &str) -> String {
        let receipt = json!({ "purchase_order_id": self.order, "location": "main", "effective_date": on,
            "lines": [{ "line": line, "accepted": quantity, "rejected": "0" }] });
        let receipt = self.o.anna.posts("/v1/goods-receipts", receipt).await.succeeds();
        self.o.read(&format!("/v1/stock?min_position={}", receipt.position())).await;
        receipt.id()
    }

    fn of(&self, more: Value) -> Value {
        let mut body = json!({ "item_id": self.item, "location": "main" });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        body
    }

    async fn issues(&self, quantity: &str, on: &str) -> i64 {
        let issue = self.of(json!({ "quantity": quantity, "reason": "sold", "effective_date": on }));
        self.o.anna.posts("/v1/stock/issue", issue).await.succeeds().position()
    }

    /// What everything is worth, which is explained and is what the account holds.
    async fn worth(&self, after: i64, query: &str) -> (Decimal, Vec<(String, Decimal, Decimal)>) {
        let report = self.o.read(&format!("/v1/reports/stock-value?min_position={after}{query}")).await;
        let total = decimal(&report["total"]);
        assert_eq!(decimal(&report["account"]["balance"]), total, "{report}");
        assert_eq!(decimal(&report["account"]["beside_stock"]), Decimal::ZERO);
        let mut lines = Vec::new();
        for line in report["lines"].as_array().expect("lines") {
            let facts = self.o.read(&format!("{}&limit=200", line["explained_by"].as_str().expect("a link"))).await;
            let sum = |field: &str| -> Decimal {
                let of = |fact: &Value| fact[field].as_str().map_or(Decimal::ZERO, |text| text.parse().expect("a number"));
                facts["data"].as_array().expect("facts").iter().map(of).sum()
            };
            assert_eq!(facts["agrees"], true, "{facts}");
            assert_eq!((sum("quantity"), sum("value")), (decimal(&line["quantity"]), decimal(&line["value"])), "{facts}");
            lines.push((line["location"].as_str().expect("a place").to_owned(), sum("quantity"), sum("value")));
        }
        (total, lines)
    }
}

fn dec(text: &str) -> Decimal {
    text.parse().expect("a number")
}

#[tokio::test]
async fn what_came_in_first_leaves_first_and_is_worth_it_at_any_time() {
    let g = goods(fifo(), "10.00").await;
    g.receives(1, "10", "2026-10-01").await;
    g.receives(2, "10", "2026-10-03").await;
    let issued = g.issues("15", "2026-10-05").await;
    assert_eq!(g.worth(issued, "&as_of=2026-10-31").await, (dec("75"), vec![("main".to_owned(), dec("5"), dec("75"))]));
    assert_eq!(g.worth(issued, "&as_of=2026-10-04").await.0, dec("250"));
    assert_eq!(g.worth(issued, "&as_of=2026-10-02").await.0, dec("100"));
    assert_eq!(g.worth(issued, "&as_of=2026-10-31&known_at=2020-01-01T00:00:00Z").await.0, dec("0"), "nothing was known then");
}

/// A receipt of the day before is entered late: what left cost less, which is booked today and says what it changed.
#[tokio::test]
async fn a_late_receipt_adjusts_what_left_and_shows_what_would_have_been() {
    let g = goods(fifo(), "10.00").await;
    g.receives(2, "10", "2026-10-03").await;
    let issued = g.issues("4", "2026-10-05").await;
    assert_eq!(g.worth(issued, "").await.0, dec("90"));
    g.receives(1, "10", "2026-10-01").await;
    let settled = g.issues("1", "2026-10-06").await;
    assert_eq!(g.worth(settled, "").await.0, dec("200"), "5 left at 10, 5 of them and 10 at 15 are here");
    assert_eq!(g.worth(settled, "&as_of=2026-10-31").await.0, dec("180"), "in October it stood as it was booked");

    let stock = g.o.read(&format!("/v1/stock?min_position={settled}")).await["data"][0]["id"].as_str().expect("an id").to_owned();
    let facts = g.o.read(&format!("/v1/reports/stock-value/facts?stock_id={stock}&reason=cost_adjusted")).await;
    let adjusted = &facts["data"][0];
    assert_eq!((adjusted["value"].as_str(), adjusted["affected"][0]["effective_date"].as_str()), (Some("20.00"), Some("2026-10-05")));
    let affected = &adjusted["affected"][0];
    assert_eq!((decimal(&affected["booked"]), decimal(&affected["replayed"])), (dec("-60"), dec("-40")));
    let replay = g.o.read(&format!("/v1/stock/{stock}/replay")).await;
    let costs: Vec<_> =
        replay["movements"].as_array().expect("movements").iter().map(|m| (decimal(&m["booked"]), decimal(&m["replayed"]))).collect();
    assert_eq!(costs, [("100", "100"), ("150", "150"), ("-60", "-40"), ("-10", "-10")].map(|(a, b)| (dec(a), dec(b))));

    let line = g.o.read("/v1/reports/stock-value?as_of=2026-10-31").await["lines"][0].clone();
    let explained = line["explained_by"].as_str().expect("a link").to_owned();
    let later = g.issues("1", "2026-10-07").await;
    let found = g.o.read(&format!("{explained}&min_position={later}")).await;
    assert_eq!(
        (&found["agrees"], &found["sums"][0]["value"], &found["sums"][0]["quantity"]),
        (&json!(true), &line["value"], &line["quantity"])
    );
    let other = explained.replace("&figure=180", "&figure=181");
    assert!(other != explained && g.o.read(&other).await["agrees"] == false, "{explained}");
    let known_now = g.o.read(explained.split("&through=").next().expect("a link")).await;
    assert_ne!(known_now["sums"][0]["value"], found["sums"][0]["value"], "{known_now}");
}

#[tokio::test]
async fn what_is_set_aside_leaves_under_its_reference_and_goods_go_elsewhere_at_their_cost() {
    let g = goods(fifo(), "10.00").await;
    g.receives(1, "10", "2026-10-01").await;
    let anna = &g.o.anna;
    anna.posts("/v1/stock/reserve", g.of(json!({ "reference": "S-1", "quantity": "7" }))).await.succeeds();
    anna.posts("/v1/stock/reserve", g.of(json!({ "reference": "S-2", "quantity": "4" }))).await.is_refused_as("stock-reserved");
    let low = g.o.company.owner.gets("/v1/audit-trail?action=StockRanLow").await.succeeds();
    assert_eq!(low.body["data"].as_array().map(Vec::len), Some(1), "what is free crossed the level: {low:?}");
    let issue = |more: &str, quantity: &str| g.of(json!({ "reference": more, "quantity": quantity, "reason": "sold" }));
    anna.posts("/v1/stock/issue", issue("S-1", "8")).await.is_refused_as("reservation-exceeded");
    anna.posts("/v1/stock/issue", issue("S-1", "3")).await.succeeds();
    anna.posts("/v1/stock/transfer", g.of(json!({ "to": "north", "quantity": "4" }))).await.is_refused_as("stock-reserved");
    anna.posts("/v1/stock/transfer", g.of(json!({ "to": "Main ", "quantity": "1" }))).await.is_refused_as("same-place");
    anna.posts("/v1/stock/release", g.of(json!({ "reference": "S-1" }))).await.succeeds();
    let moved = anna.posts("/v1/stock/transfer", g.of(json!({ "to": "north", "quantity": "4" }))).await.succeeds().position();
    let (total, lines) = g.worth(moved, "").await;
    let expected =
        [("main", "3", "30"), ("north", "4", "40")].map(|(place, quantity, value)| (place.to_owned(), dec(quantity), dec(value)));
    assert_eq!((total, lines), (dec("70"), expected.to_vec()));
    let stock = g.o.read(&format!("/v1/stock?location=main&min_position={moved}")).await;
    assert_eq!((stock["data"][0]["on_hand"].as_str(), stock["data"][0]["reserved"].as_str()), (Some("3"), Some("0")), "{stock}");
}

#[tokio::test]
async fn goods_leave_before_they_come_in_where_the_company_says_so() {
    let g = goods(fifo(), "10.00").await;
    g.receives(1, "1", "2026-10-01").await;
    let issue = g.of(json!({ "quantity": "3", "reason": "sold", "effective_date": "2026-10-02" }));
    g.o.anna.posts("/v1/stock/issue", issue.clone()).await.is_refused_as("insufficient-stock");
    g.o.anna.posts("/v1/company/stock-rules", json!({ "below_zero_allowed": true })).await.is_refused_as("role-missing");
    g.o.company.owner.posts("/v1/company/stock-rules", json!({ "below_zero_allowed": true })).await.succeeds();
    let issued = g.o.anna.posts("/v1/stock/issue", issue).await.succeeds().position();
    assert_eq!(g.worth(issued, "").await.1, [("main".to_owned(), dec("-2"), dec("-20"))], "at what the last ones cost");
    g.receives(2, "10", "2026-10-04").await;
    let last = g.issues("1", "2026-10-05").await;
    assert_eq!(g.worth(last, "").await.1, [("main".to_owned(), dec("7"), dec("105"))]);
    let balances = g.o.balances(last, "&as_of=2026-10-31").await;
    assert!(balances.contains(&"5000 EUR 55.00 55.00".to_owned()), "10 and two of 15, and one more of 15: {balances:?}");
}

#[tokio::test]
async fn what_goes_back_to_the_vendor_leaves_the_books_as_it_came() {
    let g = goods(fifo(), "10.00").await;
    let first = g.receives(1, "10", "2026-10-01").await;
    g.receives(2, "10", "2026-10-01").await;
    let back = json!({ "lines": [{ "line": 1, "quantity": "4", "reason": "scratched" }], "effective_date": "2026-10-02" });
    let returned = g.o.anna.posts(&format!("/v1/goods-receipts/{first}/return"), back).await.succeeds().position();
    assert_eq!(g.worth(returned, "").await.0, dec("210"));
    assert_eq!(g.o.balances(returned, "").await, ["1200 EUR 210.00 210.00", "2100 EUR -210.00 -210.00"]);
}

/// Ten came at 10, six left; the invoice says 10.50 each. Then the carrier's invoice is spread over both receipts.
#[tokio::test]
async fn what_goods_cost_in_the_end_is_split_between_those_here_and_those_that_have_left() {
    let g = goods(fifo(), "10.00").await;
    let first = g.receives(1, "10", "2026-10-01").await;
    g.issues("6", "2026-10-02").await;
    let vendor = g.o.read(&format!("/v1/purchase-orders/{}", g.order)).await["vendor_id"].as_str().expect("an id").to_owned();
    let mut invoice = crate::books::taxed(&vendor, "F-9", "10.50", "2026-10-05");
    invoice["references"] = json!({ "purchase_order": "PO-9" });
    invoice["lines"][0]["quantity"]["value"] = json!("10");
    invoice["lines"][0]["order_line"] = json!("1");
    let billed = g.o.anna.posts("/v1/invoices", invoice).await.succeeds();
    let at = billed.position();
    let expected =
        ["1200 EUR 42.00 42.00", "1400 EUR 19.95 19.95", "2000 EUR -124.95 -124.95", "5000 EUR 60.00 60.00", "5100 EUR 3.00 3.00"];
    assert_eq!(g.o.balances(at, "&as_of=2026-10-31").await, expected, "nothing is left between goods and invoices");
    assert_eq!(g.worth(at, "").await.0, dec("42"));

    let second = g.receives(2, "2", "2026-10-06").await;
    let spread = |basis: &str| {
        let amount = json!({ "amount": "13.00", "currency": "EUR" });
        json!({ "amount": amount, "account": "6000", "basis": basis, "receipts": [first, second], "effective_date": "2026-10-07" })
    };
    g.o.anna.posts("/v1/stock/landed-costs", spread("value")).await.is_refused_as("role-missing");
    g.o.tess.posts("/v1/stock/landed-costs", spread("weight")).await.is_refused_as("unit-weight-unknown");
    g.o.tess.posts("/v1/stock/landed-costs", spread("volume")).await.is_refused_as("unit-volume-unknown");
    let spread = g.o.tess.posts("/v1/stock/landed-costs", spread("value")).await.succeeds().position();
    // 100 and 30 bear 10 and 3; of the first 4 of 10 are here.
    assert_eq!(g.worth(spread, "").await.0, dec("79"));
    let moved = ["5100 EUR 9.00 9.00", "6000 EUR -13.00 -13.00"];
    let balances = g.o.balances(spread, "&as_of=2026-10-31").await;
    assert!(moved.iter().all(|line| balances.contains(&(*line).to_owned())), "{balances:?}");

    let void = json!({ "reason": "a mistake" });
    let voided = g.o.anna.posts(&format!("/v1/invoices/{}/void", billed.id()), void).await.succeeds().position();
    let balances = g.o.balances(voided, "").await;
    assert!(balances.contains(&"2100 EUR -130.00 -130.00".to_owned()), "as if it had never been billed: {balances:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_is_held_against_what_was_there_on_its_day() {
    let g = goods(fifo(), "12.00").await;
    let (bought, counted, sold) = (day(-10).to_string(), day(-5).to_string(), day(-3).to_string());
    g.receives(1, "10", &bought).await;
    g.issues("4", &sold).await;
    let counts = |quantity: &str, on: &str| g.of(json!({ "counted": quantity, "effective_date": on }));
    let as_told = g.o.anna.posts("/v1/stock/count", counts("10", &counted)).await.succeeds().position();
    assert_eq!(g.worth(as_told, "").await.0, dec("72.00"), "the books had it so");
    let missing = g.o.anna.posts("/v1/stock/count", counts("9", &counted)).await.succeeds().position();
    let now = g.o.read(&format!("/v1/stock?min_position={missing}&item_id={}", g.item)).await;
    assert_eq!(decimal(&now["data"][0]["on_hand"]), dec("5"), "one was missing then, and is now");
    for (on, quantity, value) in [(day(-6), "10", "120.00"), (day(-4), "9", "108.00"), (day(0), "5", "60.00")] {
        let (total, lines) = g.worth(missing, &format!("&as_of={on}")).await;
        assert_eq!((total, lines[0].1), (dec(value), dec(quantity)), "on {on}");
    }
    let last = g.o.anna.posts("/v1/stock/count", counts("5", &day(-1).to_string())).await.succeeds().position();
    let since = g.o.anna.posts("/v1/stock/count", counts("10", &counted)).await.succeeds().position();
    assert_eq!(g.worth(since, &format!("&as_of={}", day(-2))).await.0, dec("72.00"), "it was there after all");
    assert_eq!(g.worth(since, "").await.0, g.worth(last, "").await.0, "what was counted later stands");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_goods_move_on_a_day_to_come() {
    let g = goods(fifo(), "12.00").await;
    let receipt = g.receives(1, "10", &day(-1).to_string()).await;
    let ahead = day(2);
    let came = |lines: Value| json!({ "purchase_order_id": g.order, "location": "main", "effective_date": ahead, "lines": lines });
    let moves = |more: Value| {
        let mut body = g.of(more);
        body["effective_date"] = json!(ahead);
        body
    };
    let table = [
        ("/v1/goods-receipts".to_owned(), came(json!([{ "line": 1, "accepted": "1" }]))),
        (
            format!("/v1/goods-receipts/{receipt}/return"),
            json!({ "effective_date": ahead, "lines": [{ "line": 1, "quantity": "1", "reason": "scratched" }] }),
        ),
        ("/v1/stock/issue".to_owned(), moves(json!({ "quantity": "1", "reason": "sold" }))),
        ("/v1/stock/adjust".to_owned(), moves(json!({ "difference": "1", "reason": "found" }))),
        ("/v1/stock/count".to_owned(), moves(json!({ "counted": "1" }))),
        ("/v1/stock/transfer".to_owned(), moves(json!({ "to": "north", "quantity": "1" }))),
    ];
    for (path, body) in table {
        g.o.anna.posts(&path, body).await.is_refused_as("day-to-come");
    }
    let waiting = json!([{ "line": 1, "accepted": "0", "to_inspect": "1" }]);
    let waiting = json!({ "purchase_order_id": g.order, "location": "main", "effective_date": day(-1), "lines": waiting });
    let waiting = g.o.anna.posts("/v1/goods-receipts", waiting).await.succeeds().id();
    let judged = json!({ "effective_date": ahead, "lines": [{ "line": 1, "accepted": "1", "rejected": "0" }] });
    g.o.anna.posts(&format!("/v1/goods-receipts/{waiting}/inspect"), judged).await.is_refused_as("day-to-come");
}

impl Goods {
    /// The order as it stands now, which what was recorded last tells.
    async fn ordered(&self, order: &str, sku: &str) -> Value {
        let now = self.o.anna.posts("/v1/items", json!({ "sku": sku, "name": "x", "unit": "C62" })).await.succeeds().position();
        self.o.read(&format!("/v1/purchase-orders/{order}?min_position={now}")).await
    }

    async fn bills(&self, order: &str, number: &str, quantity: &str, price: &str, on: &str) -> i64 {
        let placed = self.ordered(order, number).await;
        let mut invoice = crate::books::taxed(placed["vendor_id"].as_str().expect("an id"), number, price, on);
        invoice["currency"] = placed["net"]["currency"].clone();
        invoice["references"] = json!({ "purchase_order": placed["number"] });
        invoice["lines"][0]["quantity"]["value"] = json!(quantity);
        invoice["lines"][0]["order_line"] = json!("1");
        self.o.anna.posts("/v1/invoices", invoice).await.succeeds().position()
    }

    /// Nothing is left between goods and invoices, in the report as in the books, in any currency.
    async fn nothing_is_left(&self, after: i64) {
        let report = self.o.read(&format!("/v1/reports/grni?min_position={after}")).await;
        assert_eq!((&report["lines"], &report["differences"]), (&json!([]), &json!([])), "{report}");
        let balances = self.o.balances(after, "").await;
        assert!(balances.iter().all(|line| !line.starts_with("2100 ")), "{balances:?}");
    }
}

/// Ten came at 10, four left, and two bills of five say 12 each.
#[tokio::test]
async fn bills_in_parts_value_goods_as_one_bill_would() {
    let g = goods(fifo(), "10.00").await;
    g.receives(1, "10", &day(-10).to_string()).await;
    g.issues("4", &day(-8).to_string()).await;
    g.bills(&g.order, "B-1", "5", "12.00", &day(-3).to_string()).await;
    let last = g.bills(&g.order, "B-2", "5", "12.00", &day(-3).to_string()).await;
    assert_eq!(g.worth(last, "").await.0, dec("72"));
    assert!(g.o.balances(last, "").await.contains(&"5100 EUR 8.00 8.00".to_owned()));
    g.nothing_is_left(last).await;
}

/// Ten came at 10, six went to another place, where one was sold, and two of them further; then the bill says 12 each.
#[tokio::test]
async fn a_price_follows_goods_to_where_they_were_sent() {
    let g = goods(fifo(), "10.00").await;
    g.receives(1, "10", &day(-10).to_string()).await;
    let transfer = |from: &str, to: &str, quantity: &str| json!({ "item_id": g.item, "location": from, "to": to, "quantity": quantity, "effective_date": day(-8) });
    g.o.anna.posts("/v1/stock/transfer", transfer("main", "north", "6")).await.succeeds();
    let sold = json!({ "item_id": g.item, "location": "north", "quantity": "1", "reason": "sold", "effective_date": day(-7) });
    g.o.anna.posts("/v1/stock/issue", sold).await.succeeds();
    g.o.anna.posts("/v1/stock/transfer", transfer("north", "south", "2")).await.succeeds();
    let billed = g.bills(&g.order, "B-1", "10", "12.00", &day(-3).to_string()).await;
    let (total, lines) = g.worth(billed, "").await;
    let expected = [("main", "4", "48"), ("north", "3", "36"), ("south", "2", "24")];
    assert_eq!((total, lines), (dec("108"), expected.map(|(place, n, value)| (place.to_owned(), dec(n), dec(value))).to_vec()));
    assert!(g.o.balances(billed, "").await.contains(&"5100 EUR 2.00 2.00".to_owned()), "of the one that was sold");
    g.nothing_is_left(billed).await;
    let north = g.o.read("/v1/stock?location=north").await["data"][0]["id"].as_str().expect("an id").to_owned();
    let replay = g.o.read(&format!("/v1/stock/{north}/replay")).await;
    assert_eq!((decimal(&replay["booked"]), decimal(&replay["replayed"])), (dec("36"), dec("36")), "{replay}");

    // What comes to light later of north's past splits its own share anew, and no other place's.
    let late = json!({ "item_id": g.item, "location": "north", "quantity": "1", "reason": "sold", "effective_date": day(-6) });
    let late = g.o.anna.posts("/v1/stock/issue", late).await.succeeds().position();
    let (total, lines) = g.worth(late, "").await;
    assert_eq!((total, lines[0].2, lines[1].1, lines[2].2), (dec("96"), dec("48"), dec("2"), dec("24")));
    assert_eq!(lines[1].2, dec("24"));
}

/// The price is agreed after the goods came, of which half are billed at first.
#[tokio::test]
async fn a_price_that_is_agreed_after_the_goods_came_is_what_they_cost() {
    let g = goods(fifo(), "10.00").await;
    g.receives(1, "10", &day(-10).to_string()).await;
    let line =
        |line: u32, price: &str| json!({ "line": line, "item_id": g.item, "description": "Paper", "quantity": "100", "unit_price": price });
    let agreed = json!({ "lines": [line(1, "15.00"), line(2, "15.00")], "reason": "price agreed" });
    g.o.anna.posts(&format!("/v1/purchase-orders/{}/amend", g.order), agreed).await.succeeds();
    let half = g.bills(&g.order, "B-1", "5", "15.00", &day(-3).to_string()).await;
    let report = g.o.read(&format!("/v1/reports/grni?min_position={half}")).await;
    let amounts = [&report["lines"][0]["value"]["amount"], &report["controls"][0]["balance"]["amount"]];
    assert_eq!(amounts, [&json!("50.00"), &json!("50.00")], "five are here at the old price: {report}");
    let last = g.bills(&g.order, "B-2", "5", "15.00", &day(-3).to_string()).await;
    assert_eq!(g.worth(last, "").await.0, dec("150"));
    g.nothing_is_left(last).await;
}

/// 100.00 USD came in at 2.0 to the euro and are billed at 1.6: what the dollar rose by is lost by exchange.
#[tokio::test]
async fn goods_in_dollars_are_billed_at_another_rate() {
    let g = goods(fifo(), "10.00").await;
    let quote = |on: i64, rate: &str| json!({ "unit": "EUR", "currency": "USD", "on": day(on), "rate": rate });
    let quotes = json!({ "source": "House bank", "quotes": [quote(-20, "2"), quote(-4, "1.6")] });
    g.o.tess.posts("/v1/exchange-rates", quotes).await.succeeds();
    let vendor = g.ordered(&g.order, "now").await["vendor_id"].clone();
    let line = json!({ "line": 1, "item_id": g.item, "description": "Paper", "quantity": "10", "unit_price": "10.00" });
    let order = json!({ "vendor_id": vendor, "number": "PO-US", "currency": "USD", "lines": [line] });
    let order = g.o.anna.posts("/v1/purchase-orders", order).await.succeeds().id();
    let receipt = json!({ "purchase_order_id": order, "location": "main", "effective_date": day(-10),
        "lines": [{ "line": 1, "accepted": "10", "rejected": "0" }] });
    g.o.anna.posts("/v1/goods-receipts", receipt).await.succeeds();
    let half = g.bills(&order, "US-1", "4", "10.00", &day(-3).to_string()).await;
    assert!(g.o.balances(half, "").await.contains(&"2100 USD -60.00 -30.00".to_owned()), "what is left is left at its own rate");
    let last = g.bills(&order, "US-2", "6", "10.00", &day(-3).to_string()).await;
    assert_eq!(g.worth(last, "").await.0, dec("50"));
    g.nothing_is_left(last).await;
    let balances = g.o.balances(last, "").await;
    assert!(balances.contains(&"6800 EUR 0.00 12.50".to_owned()), "{balances:?}");
}

/// The dollar is worth 50 cents when the goods come and are billed two dollars dearer, and more ever after. What the bill added is worth what
/// its own day says: also where it counts in the books from another day on, and where it is voided later.
#[tokio::test]
async fn what_a_bill_in_dollars_adds_is_worth_what_its_day_says_until_it_is_voided() {
    let g = goods(fifo(), "10.00").await;
    let quote = |on: i64, rate: &str| json!({ "unit": "EUR", "currency": "USD", "on": day(on), "rate": rate });
    let quotes = json!({ "source": "House bank", "quotes": [quote(-30, "2"), quote(-4, "1.6")] });
    g.o.tess.posts("/v1/exchange-rates", quotes).await.succeeds();
    let vendor = g.ordered(&g.order, "now").await["vendor_id"].clone();
    for (number, counts_from) in [("US-1", day(-9)), ("US-22", day(-3))] {
        let line = json!({ "line": 1, "item_id": g.item, "description": "Paper", "quantity": "10", "unit_price": "10.00" });
        let order = json!({ "vendor_id": vendor, "number": format!("PO-{number}"), "currency": "USD", "lines": [line] });
        let order = g.o.anna.posts("/v1/purchase-orders", order).await.succeeds().id();
        let receipt = json!({ "purchase_order_id": order, "location": "main", "effective_date": day(-10),
            "lines": [{ "line": 1, "accepted": "10", "rejected": "0" }] });
        let receipt = g.o.anna.posts("/v1/goods-receipts", receipt).await.succeeds();
        let before = g.worth(receipt.position(), "").await.0;
        let line = json!({ "name": "Paper", "quantity": { "value": "10", "unit": "C62" }, "unit_price": "12.00", "order_line": "1",
            "tax": { "code": "Z", "rate": "0" } });
        let bill = json!({ "vendor_id": vendor, "number": number, "issue_date": day(-9), "effective_date": counts_from, "currency": "USD",
            "references": { "purchase_order": format!("PO-{number}") }, "lines": [line] });
        let bill = g.o.anna.posts("/v1/invoices", bill).await.succeeds();
        assert_eq!(g.worth(bill.position(), "").await.0 - before, dec("10"), "{number}: 20 dollars at 2");
        g.nothing_is_left(bill.position()).await;
        let void = json!({ "reason": "a mistake" });
        let voided = g.o.anna.posts(&format!("/v1/invoices/{}/void", bill.id()), void).await.succeeds().position();
        assert_eq!(g.worth(voided, "").await.0, before, "{number}");
        let balances = g.o.balances(voided, "").await;
        assert!(!balances.iter().any(|line| line.starts_with("6800") || line.starts_with("5100")), "{number}: {balances:?}");
        g.o.tess.posts(&format!("/v1/purchase-orders/{order}/close"), json!({ "reason": "over" })).await;
        let back = json!({ "lines": [{ "line": 1, "quantity": "10", "reason": "over" }], "effective_date": day(-1) });
        g.o.anna.posts(&format!("/v1/goods-receipts/{}/return", receipt.id()), back).await.succeeds();
    }
}

/// Came in at 10 dollars, went elsewhere in part and were billed at 12 before anybody knew what a dollar was worth: half a euro.
#[tokio::test]
async fn goods_in_dollars_that_went_elsewhere_are_worth_what_was_billed_once_the_rate_is_known() {
    let g = goods(fifo(), "10.00").await;
    let vendor = g.ordered(&g.order, "now").await["vendor_id"].clone();
    let line = json!({ "line": 1, "item_id": g.item, "description": "Paper", "quantity": "10", "unit_price": "10.00" });
    let order = json!({ "vendor_id": vendor, "number": "PO-US", "currency": "USD", "lines": [line] });
    let order = g.o.anna.posts("/v1/purchase-orders", order).await.succeeds().id();
    let receipt = json!({ "purchase_order_id": order, "location": "main", "effective_date": day(-10),
        "lines": [{ "line": 1, "accepted": "10", "rejected": "0" }] });
    let receipt = g.o.anna.posts("/v1/goods-receipts", receipt).await.succeeds();
    g.o.read(&format!("/v1/stock?min_position={}", receipt.position())).await;
    let sent = g.of(json!({ "to": "north", "quantity": "6", "effective_date": day(-8) }));
    g.o.anna.posts("/v1/stock/transfer", sent).await.succeeds();
    g.bills(&order, "US-1", "10", "12.00", &day(-3).to_string()).await;
    let quotes = json!({ "source": "House bank", "quotes": [{ "unit": "EUR", "currency": "USD", "on": day(-20), "rate": "2" }] });
    let known = g.o.tess.posts("/v1/exchange-rates", quotes).await.succeeds().position();
    let (total, lines) = g.worth(known, "").await;
    let expected = [("main", "4", "24"), ("north", "6", "36")].map(|(place, n, value)| (place.to_owned(), dec(n), dec(value)));
    assert_eq!((total, lines), (dec("60"), expected.to_vec()));
    g.nothing_is_left(known).await;
}

/// Nothing leaves on a day before it came, nor what had to be there later.
#[tokio::test]
async fn goods_leave_on_days_on_which_there_were_any() {
    let g = goods(fifo(), "10.00").await;
    g.receives(1, "10", &day(-5).to_string()).await;
    let issue = |on: i64| g.of(json!({ "quantity": "3", "reason": "sold", "effective_date": day(on) }));
    g.o.anna.posts("/v1/stock/issue", issue(-8)).await.is_refused_as("insufficient-stock");
    let transfer = g.of(json!({ "to": "north", "quantity": "3", "effective_date": day(-6) }));
    g.o.anna.posts("/v1/stock/transfer", transfer).await.is_refused_as("insufficient-stock");
    g.o.anna.posts("/v1/stock/issue", issue(-5)).await.succeeds();
}

/// A bulky item bears the freight of the room that it takes.
#[tokio::test]
async fn freight_is_spread_by_the_room_that_goods_take() {
    let paper = json!({ "sku": "P-4", "name": "Paper", "unit": "C62", "unit_volume": "0.5" });
    let g = goods(paper, "10.00").await;
    let foam = json!({ "sku": "F-1", "name": "Foam", "unit": "C62", "unit_volume": "0" });
    g.o.anna.posts("/v1/items", foam).await.is_refused_as("unit-volume-not-positive");
    let foam = json!({ "sku": "F-1", "name": "Foam", "unit": "C62", "unit_volume": "3" });
    let foam = g.o.anna.posts("/v1/items", foam).await.succeeds();
    let (position, foam) = (foam.position(), foam.id());
    let vendor = g.o.read(&format!("/v1/purchase-orders/{}?min_position={position}", g.order)).await["vendor_id"].clone();
    let line = json!({ "line": 1, "item_id": foam, "description": "Foam", "quantity": "100", "unit_price": "10.00" });
    let order = json!({ "vendor_id": vendor, "number": "PO-10", "currency": "EUR", "lines": [line] });
    let order = g.o.anna.posts("/v1/purchase-orders", order).await.succeeds().id();
    let on = day(-5).to_string();
    let first = g.receives(1, "2", &on).await;
    let receipt = json!({ "purchase_order_id": order, "location": "main", "effective_date": on,
        "lines": [{ "line": 1, "accepted": "3", "rejected": "0" }] });
    let second = g.o.anna.posts("/v1/goods-receipts", receipt).await.succeeds().id();
    let spread = json!({ "amount": { "amount": "10.00", "currency": "EUR" }, "account": "6000", "basis": "volume",
        "receipts": [first, second], "effective_date": day(-4) });
    let spread = g.o.tess.posts("/v1/stock/landed-costs", spread).await.succeeds().position();
    let mut values: Vec<Decimal> = g.worth(spread, "").await.1.into_iter().map(|(_, _, value)| value).collect();
    values.sort_unstable();
    assert_eq!(values, [dec("21"), dec("39")], "1 and 9 cubic metres bear 1 and 9");
    let spread = |amount: &str, on: i64| {
        json!({ "amount": { "amount": amount, "currency": "EUR" }, "account": "6000", "basis": "quantity", "receipts": [first, second],
            "effective_date": day(on) })
    };
    let early = g.o.tess.posts("/v1/stock/landed-costs", spread("10.00", -6)).await;
    early.is_refused_as("before-receipt");
    assert_eq!(early.body["errors"][0]["pointer"], "/effective_date", "{}", early.body);
    // 21.00 and 39.00 bear 21.00 and 31.50 less.
    let most = g.o.tess.posts("/v1/stock/landed-costs", spread("-52.53", -3)).await;
    most.is_refused_as("cost-below-zero");
    assert_eq!(most.body["errors"][0]["pointer"], "/amount", "{}", most.body);
    let all = g.o.tess.posts("/v1/stock/landed-costs", spread("-52.50", -3)).await.succeeds().position();
    assert_eq!(g.worth(all, "").await.0, dec("7.50"));
}
