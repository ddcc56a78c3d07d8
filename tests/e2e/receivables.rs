//! What customers owe over HTTP: numbers without gaps, goods that are set aside and leave once, payments never beyond what is open, and
//! an account that holds what is open at every step.

use futures::future::join_all;
use quittance_domain::role::Role;
use quittance_tests::app::{Answer, Company, Person, TestApp};
use quittance_tests::day;
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::books::decimal;

const OURS: &str = "DE02120300000000202051";

/// A customer with thirty days, and an item of which twelve lie in `main`, bought at 4.00.
struct Shop {
    app: TestApp,
    company: Company,
    anna: Person,
    tess: Person,
    customer: String,
    item: String,
}

fn eur(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

impl Shop {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Acme").await;
        let anna = app.user(&company, "anna", Role::ApClerk).await;
        let tess = app.user(&company, "tess", Role::Treasurer).await;
        let net = json!({ "code": "NET30", "rule": { "name": "30 days", "instalments": [{ "percent": "100", "due": { "kind": "net_days", "days": 30 } }] } });
        anna.posts("/v1/payment-terms", net).await.succeeds();
        let buyer = json!({ "party": { "name": "Nordlicht GmbH" }, "payment_terms": "NET30", "buyer_reference": "PO-17" });
        let customer = anna.posts("/v1/customers", buyer).await.succeeds().id();
        let card = json!({ "sku": "P-4", "name": "Paper", "unit": "C62", "conversions": [{ "unit": "BX", "factor": "6" }] });
        let item = anna.posts("/v1/items", card).await.succeeds().id();
        let shop = Self { app, company, anna, tess, customer, item };
        let came = shop.receives().await;
        assert_eq!(shop.stock(came).await, (dec!(12), dec!(0)));
        shop
    }

    async fn receives(&self) -> i64 {
        let (anna, item) = (&self.anna, &self.item);
        let vendor = json!({ "name": "Muster GmbH", "vat_id": "DE136695976", "address": { "city": "Köln", "country": "DE" } });
        let vendor = anna.posts("/v1/vendors", vendor).await.succeeds().id();
        let line = json!({ "line": 1, "item_id": item, "description": "Paper", "quantity": "12", "unit_price": "4.00" });
        let order = json!({ "vendor_id": vendor, "number": "PO-9", "currency": "EUR", "lines": [line] });
        let order = anna.posts("/v1/purchase-orders", order).await.succeeds().id();
        let came = json!({ "purchase_order_id": order, "location": "main", "effective_date": day(-20),
            "lines": [{ "line": 1, "accepted": "12", "rejected": "0" }] });
        anna.posts("/v1/goods-receipts", came).await.succeeds().position()
    }

    /// So many boxes of six at 60.00, and 19 % on top.
    fn invoice(&self, boxes: &str) -> Value {
        let goods = json!({ "item_id": self.item, "location": "main" });
        let line = json!({ "name": "Paper", "quantity": { "value": boxes, "unit": "BX" }, "unit_price": "60.00",
            "tax": { "code": "S", "rate": "19" }, "goods": goods });
        json!({ "customer_id": self.customer, "currency": "EUR", "lines": [line] })
    }

    async fn drafts(&self, boxes: &str) -> String {
        self.anna.posts("/v1/receivables", self.invoice(boxes)).await.succeeds().id()
    }

    async fn issues(&self, id: &str) -> Answer {
        self.anna.posts(&format!("/v1/receivables/{id}/issue"), json!({ "issue_date": day(-10) })).await
    }

    async fn issued(&self, boxes: &str) -> String {
        let id = self.drafts(boxes).await;
        self.issues(&id).await.succeeds();
        id
    }

    async fn pays(&self, id: &str, amount: &str) -> Answer {
        let payment = json!({ "amount": eur(amount), "method": "cheque", "reference": "CHQ-1", "value_date": day(-3) });
        self.tess.posts(&format!("/v1/receivables/{id}/payments"), payment).await
    }

    async fn does(&self, id: &str, what: &str) -> Answer {
        self.tess.posts(&format!("/v1/receivables/{id}/{what}"), json!({ "reason": "so it is" })).await
    }

    async fn reads(&self, path: &str) -> Value {
        self.company.owner.gets(path).await.succeeds().body
    }

    async fn shown(&self, id: &str, after: i64) -> Value {
        self.reads(&format!("/v1/receivables/{id}?min_position={after}")).await
    }

    /// On hand and set aside.
    async fn stock(&self, after: i64) -> (Decimal, Decimal) {
        let stock = self.reads(&format!("/v1/stock?min_position={after}")).await;
        (decimal(&stock["data"][0]["on_hand"]), decimal(&stock["data"][0]["reserved"]))
    }

    /// An account of ours, and a statement of it with one line: the amount, what the bank says of it.
    async fn imports(&self, amount: &str, told: &str) -> Value {
        self.imports_as("C", amount, told).await
    }

    async fn imports_as(&self, mark: &str, amount: &str, told: &str) -> Value {
        let own = json!({ "name": "Main", "currency": "EUR", "account": { "kind": "iban", "iban": OURS } });
        let account = self.tess.posts("/v1/company/bank-accounts", own).await;
        assert!(account.status < 300 || account.body["code"] == "account-exists", "{account:?}");
        let short = day(0).format("%y%m%d").to_string();
        let balance = if mark == "C" { "C" } else { "D" };
        let file = format!(
            ":20:1\n:25:{OURS}\n:28C:1\n:60F:C{short}EUR0,00\n:61:{short}{}{mark}{amount}NTRFNONREF//{told:.8}\n:86:166?00BUCHUNG{told}\n:62F:{balance}{short}EUR{amount}\n",
            &short[2..]
        );
        self.tess.uploads("/v1/bank-statements/import", file.into_bytes(), told).await.succeeds().body
    }

    async fn line(&self, imported: &Value) -> Value {
        let statement = imported["statements"][0]["id"].as_str().expect("an id");
        let path = format!("/v1/bank-lines?bank_statement_id={statement}&min_position={}", imported["position"]);
        self.reads(&path).await["data"][0].clone()
    }

    async fn verb(&self, imported: &Value, verb: &str, body: Value) -> Answer {
        let statement = imported["statements"][0]["id"].as_str().expect("an id");
        self.tess.posts(&format!("/v1/bank-statements/{statement}/{verb}"), body).await
    }

    /// Account by account, debit above zero; what is not moved is left out. What is owed is in some bucket, explained, and on its account.
    async fn books(&self, after: i64) -> Vec<(String, Decimal)> {
        let ageing = self.reads(&format!("/v1/reports/ar-ageing?min_position={after}")).await;
        for total in ageing["totals"].as_array().expect("totals") {
            assert_eq!(total["control"]["difference"]["amount"], "0.00", "{ageing}");
            let cells = total["buckets"].as_array().expect("buckets");
            let sum: Decimal = cells.iter().map(|cell| decimal(&cell["open"]["amount"])).sum();
            assert_eq!(sum, decimal(&total["total"]["amount"]), "{ageing}");
            for explained in cells.iter().chain([total]).map(|cell| cell["explained_by"].as_str().expect("a link")) {
                assert_eq!(self.reads(explained).await["agrees"], json!(true), "{explained}");
            }
        }
        let balance = self.reads(&format!("/v1/reports/trial-balance?min_position={after}")).await;
        let lines = balance["lines"].as_array().expect("lines").iter();
        let held = lines.map(|line| (line["account"].as_str().expect("a code").to_owned(), decimal(&line["balance"]["amount"])));
        held.filter(|(account, held)| {
            ["1000", "1200", "1350", "1090", "2200", "4000", "4600", "5000", "6870"].contains(&account.as_str()) && !held.is_zero()
        })
        .collect()
    }
}

fn held(accounts: &[(&str, Decimal)]) -> Vec<(String, Decimal)> {
    accounts.iter().map(|(account, amount)| ((*account).to_owned(), *amount)).collect()
}

#[tokio::test]
async fn an_invoice_is_drafted_issued_paid_and_its_goods_leave_once() {
    let shop = Shop::open().await;
    let id = shop.drafts("2").await;
    let other = shop.anna.posts(&format!("/v1/receivables/{id}/revise"), shop.invoice("1")).await.succeeds().position();
    let draft = shop.shown(&id, other).await;
    assert_eq!((&draft["status"], &draft["number"], &draft["open"]), (&json!("draft"), &Value::Null, &eur("0.00")), "{draft}");
    assert_eq!((&draft["amount"], &draft["document"]["references"]["buyer"]), (&eur("71.40"), &json!("PO-17")));
    assert_eq!(shop.stock(other).await, (dec!(12), dec!(0)), "a draft sets nothing aside");

    let issued = shop.issues(&id).await.succeeds().position();
    shop.issues(&id).await.succeeds();
    let invoice = shop.shown(&id, issued).await;
    let number = invoice["number"].as_str().expect("a number").to_owned();
    assert_eq!(number, format!("{}-00001", day(-10).format("%Y")));
    assert_eq!((&invoice["status"], &invoice["open"], &invoice["overdue"]), (&json!("issued"), &eur("71.40"), &json!(false)));
    assert_eq!((&invoice["issue_date"], &invoice["due_date"]), (&json!(day(-10)), &json!(day(20))));
    assert_eq!(shop.stock(issued).await, (dec!(12), dec!(6)));
    let goods = [("1200", dec!(48))];
    let owed = [("1350", dec!(71.40)), ("2200", dec!(-11.40)), ("4000", dec!(-60))];
    assert_eq!(shop.books(issued).await, held(&[&goods[..], &owed[..]].concat()));
    shop.anna.posts(&format!("/v1/receivables/{id}/revise"), shop.invoice("1")).await.is_refused_as("wrong-state");
    let tax = shop.reads(&format!("/v1/reports/tax?from={}&to={}&min_position={issued}", day(-10), day(-10))).await;
    let told: Vec<String> = tax["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| format!("{} {} {}", line["part"], line["account"], line["amount"]["amount"]))
        .collect();
    assert_eq!(told.join(", ").replace('"', ""), "output 2200 -11.40, net 4000 -60.00", "{tax}");

    shop.pays(&id, "71.41").await.is_refused_as("exceeds-open-amount");
    let part = shop.pays(&id, "20.00").await.succeeds().position();
    let shown = shop.shown(&id, part).await;
    assert_eq!((&shown["status"], &shown["open"]), (&json!("partially_paid"), &eur("51.40")));
    assert_eq!(shop.stock(part).await, (dec!(12), dec!(6)), "a part hands nothing over");
    let rest = shop.pays(&id, "51.40").await.succeeds().position();
    assert_eq!(shop.shown(&id, rest).await["status"], json!("paid"));
    assert_eq!(shop.stock(rest).await, (dec!(6), dec!(0)));
    let paid = [("1090", dec!(71.40)), ("1200", dec!(24)), ("2200", dec!(-11.40)), ("4000", dec!(-60)), ("5000", dec!(24))];
    assert_eq!(shop.books(rest).await, held(&paid));

    // It bounces, and is paid once more: nothing leaves a second time.
    let payment = shop.shown(&id, rest).await["payments"][1]["id"].clone();
    let back = json!({ "incoming_payment_id": payment, "reason": "the cheque bounced" });
    let back = shop.tess.posts(&format!("/v1/receivables/{id}/take-payment-back"), back).await.succeeds().position();
    let shown = shop.shown(&id, back).await;
    assert_eq!((&shown["status"], &shown["open"], &shown["handed_over"]), (&json!("partially_paid"), &eur("51.40"), &json!(true)));
    shop.does(&id, "cancel").await.is_refused_as("payments-stand");
    let again = shop.pays(&id, "51.40").await.succeeds().position();
    assert_eq!(shop.shown(&id, again).await["status"], json!("paid"));
    assert_eq!(shop.stock(again).await, (dec!(6), dec!(0)));
    assert_eq!(shop.books(again).await, held(&paid));
    let verified = shop.reads(&format!("/v1/receivables?status=paid&number={number}&customer_id={}", shop.customer)).await;
    assert_eq!(verified["data"].as_array().map(Vec::len), Some(1), "{verified}");
}

#[tokio::test]
async fn what_is_not_there_is_not_issued_and_takes_no_number() {
    let shop = Shop::open().await;
    let drafts = join_all((0..6).map(|_| shop.drafts("1"))).await;
    let answers = join_all(drafts.iter().map(|id| shop.issues(id))).await;
    let (issued, refused): (Vec<_>, Vec<_>) = drafts.iter().zip(answers).partition(|(_, answer)| answer.status == 200);
    assert_eq!((issued.len(), refused.len()), (2, 4), "twelve pieces are two boxes");
    for (_, answer) in &refused {
        answer.is_refused_as("stock-reserved");
        assert!(answer.body["detail"].as_str().is_some_and(|detail| detail.starts_with("line 1: ")), "{answer:?}");
    }
    // What is cancelled keeps its number and frees its goods; the next invoice has the next number.
    let gone = shop.does(issued[0].0, "cancel").await.succeeds().position();
    let shown = shop.shown(issued[0].0, gone).await;
    assert_eq!((&shown["status"], &shown["open"]), (&json!("cancelled"), &eur("0.00")));
    assert_eq!(shop.stock(gone).await, (dec!(12), dec!(6)));
    let next = shop.issues(refused[0].0).await.succeeds().position();
    let all = shop.reads(&format!("/v1/receivables?sort=number&min_position={next}")).await;
    let numbers: Vec<&str> = all["data"].as_array().expect("a list").iter().filter_map(|own| own["number"].as_str()).collect();
    let year = day(-10).format("%Y").to_string();
    assert_eq!(numbers, [1, 2, 3].map(|n| format!("{year}-{n:05}")));
    let owed = [("1200", dec!(48)), ("1350", dec!(142.80)), ("2200", dec!(-22.80)), ("4000", dec!(-120))];
    assert_eq!(shop.books(next).await, held(&owed));
}

#[tokio::test]
async fn sixteen_who_record_one_payment_at_once_record_it_once() {
    let shop = Shop::open().await;
    let id = shop.issued("1").await;
    let answers = join_all((0..16).map(|_| shop.pays(&id, "50.00"))).await;
    let paid: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(paid.len(), 1, "{answers:?}");
    let shown = shop.shown(&id, paid[0].position()).await;
    assert_eq!((&shown["open"], shown["payments"].as_array().map(Vec::len)), (&eur("21.40"), Some(1)));
}

#[tokio::test]
async fn what_nobody_expects_is_a_loss_until_somebody_does() {
    let shop = Shop::open().await;
    let id = shop.issued("1").await;
    shop.pays(&id, "21.40").await.succeeds();
    shop.anna.posts(&format!("/v1/receivables/{id}/write-off"), json!({ "reason": "insolvent" })).await.is_refused_as("role-missing");
    let lost = shop.does(&id, "write-off").await.succeeds().position();
    let shown = shop.shown(&id, lost).await;
    assert_eq!((&shown["status"], &shown["open"], &shown["written_off"]["amount"]), (&json!("written_off"), &eur("0.00"), &eur("50.00")));
    assert_eq!(shop.stock(lost).await, (dec!(12), dec!(0)), "what it had set aside is free");
    let books = [("1090", dec!(21.40)), ("1200", dec!(48)), ("2200", dec!(-11.40)), ("4000", dec!(-60)), ("6870", dec!(50))];
    assert_eq!(shop.books(lost).await, held(&books));
    shop.pays(&id, "50.00").await.is_refused_as("wrong-state");
    let again = shop.does(&id, "reinstate").await.succeeds().position();
    assert_eq!(shop.stock(again).await, (dec!(12), dec!(6)));
    let handed = shop.anna.posts(&format!("/v1/receivables/{id}/hand-over"), json!({})).await.succeeds().position();
    assert_eq!(shop.stock(handed).await, (dec!(6), dec!(0)));
    let whole = shop.pays(&id, "50.00").await.succeeds().position();
    assert_eq!(shop.stock(whole).await, (dec!(6), dec!(0)), "what has left does not leave once more");
    assert_eq!(shop.shown(&id, whole).await["status"], json!("paid"));
}

/// Half is due after ten days and half after forty; a part is paid in between.
#[tokio::test]
async fn what_is_owed_is_as_late_as_its_parts_as_known_then() {
    let shop = Shop::open().await;
    let half = |days: u16| json!({ "percent": "50", "due": { "kind": "net_days", "days": days } });
    let halves = json!({ "code": "HALVES", "rule": { "name": "Halves", "instalments": [half(10), half(40)] } });
    shop.anna.posts("/v1/payment-terms", halves).await.succeeds();
    let mut body = shop.invoice("1");
    (body["payment_terms"], body["lines"][0]["goods"]) = (json!("HALVES"), Value::Null);
    let id = shop.anna.posts("/v1/receivables", body).await.succeeds().id();
    let issued = shop.anna.posts(&format!("/v1/receivables/{id}/issue"), json!({ "issue_date": day(-60) })).await.succeeds().position();
    let issued = shop.shown(&id, issued).await;
    let paid = json!({ "amount": eur("40.00"), "method": "cash", "reference": "1", "value_date": day(-15), "account_code": "1095" });
    let paid = shop.tess.posts(&format!("/v1/receivables/{id}/payments"), paid).await.succeeds().position();
    assert_eq!((&issued["due_date"], &issued["overdue"]), (&json!(day(-50)), &json!(true)));
    assert_eq!(shop.shown(&id, paid).await["due_date"], json!(day(-20)), "the first part is paid");

    let owed = async |query: &str| {
        let ageing = shop.reads(&format!("/v1/reports/ar-ageing?min_position={paid}&buckets=30{query}")).await;
        let cells = ageing["customers"]["data"][0]["buckets"].as_array().cloned().unwrap_or_default();
        cells.iter().map(|cell| cell["open"]["amount"].as_str().expect("an amount").to_owned()).collect::<Vec<_>>()
    };
    // Not due, up to thirty days late, later.
    assert_eq!(owed("").await, ["0.00", "31.40", "0.00"]);
    assert_eq!(owed(&format!("&as_of={}", day(-16))).await, ["0.00", "35.70", "35.70"]);
    assert_eq!(owed(&format!("&as_of={}", day(-55))).await, ["71.40", "0.00", "0.00"]);
    assert_eq!(owed("&by=invoice_date").await, ["0.00", "0.00", "31.40"]);
    assert!(owed(&format!("&as_of={}", day(-61))).await.is_empty(), "it was not issued");
    assert!(owed("&known_at=2020-01-01T00:00:00Z").await.is_empty(), "nothing was known then");
    shop.books(paid).await;

    let items = async |query: &str| {
        let found = shop.reads(&format!("/v1/reports/receivable-open-items?min_position={paid}{query}")).await;
        for item in found["data"].as_array().expect("items") {
            assert_eq!(item["customer_name"], "Nordlicht GmbH");
            assert_eq!(item["number"], issued["number"]);
            assert_eq!(shop.reads(item["explained_by"].as_str().expect("a link")).await["agrees"], json!(true), "{item}");
        }
        let told = |item: &Value| (item["due_date"].clone(), item["days_late"].as_i64(), item["open"]["amount"].clone());
        let all: Vec<_> = found["data"].as_array().expect("items").iter().map(told).collect();
        (all, found["totals"].clone())
    };
    let (first, second) = (json!(day(-50)), json!(day(-20)));
    let (now, totals) = items("").await;
    assert_eq!(now, [(second.clone(), Some(20), json!("31.40"))]);
    assert_eq!((&totals[0]["items"], &totals[0]["open"], &totals[0]["overdue"]), (&json!(1), &eur("31.40"), &eur("31.40")));
    assert_eq!(shop.reads(totals[0]["explained_by"].as_str().expect("a link")).await["agrees"], json!(true));
    let (then, totals) = items(&format!("&as_of={}", day(-30))).await;
    assert_eq!(then, [(first, Some(20), json!("35.70")), (second.clone(), Some(-10), json!("35.70"))]);
    assert_eq!((&totals[0]["open"], &totals[0]["overdue"]), (&eur("71.40"), &eur("35.70")));
    let (one, _) = items(&format!("&as_of={}&due_from={}&due_to={}", day(-30), day(-25), day(0))).await;
    assert_eq!(one, [(second, Some(-10), json!("35.70"))]);
    assert_eq!(items("&currency=USD").await, (vec![], json!([])));
    assert_eq!(items(&format!("&customer_id={}", uuid::Uuid::from_u128(1))).await.0, []);
    let path = format!("/v1/reports/customer-statement?min_position={paid}&customer_id={}&from={}&to={}", shop.customer, day(-15), day(0));
    let statement = shop.reads(&path).await;
    assert_eq!((&statement["opening"], &statement["closing"]), (&json!([eur("71.40")]), &json!([eur("31.40")])), "{statement}");
    assert_eq!((&statement["moved"], &statement["data"][0]["kind"]), (&json!([eur("-40.00")]), &json!("paid")));
    assert!(shop.reads(&format!("{path}&known_at=2020-01-01T00:00:00Z")).await["closing"].as_array().is_some_and(Vec::is_empty));
    for (path, heading) in
        [(path, "position,receivable_id,customer_id"), ("/v1/reports/receivable-open-items".to_owned(), "receivable_id,number")]
    {
        let (status, csv) = shop.anna.reads_as(&path, "text/csv").await;
        assert_eq!(status, 200);
        assert!(String::from_utf8_lossy(&csv).starts_with(heading), "{path}: {}", String::from_utf8_lossy(&csv));
    }

    // 31.40 of 71.40 is open after a period of 61 days; 40.00 took 45 days.
    let waited = shop.reads(&format!("/v1/reports/days-sales?min_position={paid}&from={}&to={}", day(-60), day(0))).await;
    let line = &waited["lines"][0];
    assert_eq!((&line["owed"], &line["invoiced"], &line["received"]), (&eur("31.40"), &eur("71.40"), &eur("40.00")), "{waited}");
    assert_eq!((&line["days_sales"], &line["days_to_payment"]), (&json!("26.8"), &json!("45")));
    assert_eq!(shop.reads(line["explained_by"].as_str().expect("a link")).await["agrees"], json!(true));
}

/// Whoever was invoiced under two names owes it all under the one that goes on, from when the two were known to be one.
#[tokio::test]
async fn a_survivor_owes_what_it_was_invoiced_under_both_names() {
    let shop = Shop::open().await;
    shop.issued("1").await;
    let twin =
        shop.anna.posts("/v1/customers", json!({ "party": { "name": "Nordlicht" }, "payment_terms": "NET30" })).await.succeeds().id();
    let mut second = shop.invoice("1");
    second["customer_id"] = json!(twin);
    let second = shop.anna.posts("/v1/receivables", second).await.succeeds().id();
    let issued = shop.issues(&second).await.succeeds().position();
    let facts = shop.reads(&format!("/v1/reports/receivable-facts?receivable_id={second}&min_position={issued}")).await;
    let known = facts["data"][0]["recorded_at"].as_str().expect("a time").to_owned();
    let merged = shop.anna.posts(&format!("/v1/customers/{twin}/merge"), json!({ "into": shop.customer })).await.succeeds().position();

    let own = format!("customer_id={}&min_position={merged}", shop.customer);
    let statement = format!("/v1/reports/customer-statement?{own}&from={}&to={}", day(-60), day(0));
    assert_eq!(shop.reads(&statement).await["closing"], json!([eur("142.80")]));
    assert_eq!(shop.reads(&format!("{statement}&known_at={known}")).await["closing"], json!([eur("71.40")]));
    let items = format!("/v1/reports/receivable-open-items?{own}");
    assert_eq!(shop.reads(&items).await["totals"][0]["open"], eur("71.40"));
    for (at, open) in [(String::new(), "142.80"), (format!("&known_at={known}"), "71.40")] {
        let all = shop.reads(&format!("{items}&with_absorbed=true{at}")).await;
        assert_eq!(all["totals"][0]["open"], eur(open), "{all}");
        let explained = shop.reads(all["totals"][0]["explained_by"].as_str().expect("a link")).await;
        assert_eq!(explained["agrees"], json!(true), "{explained}");
    }
}

/// Dollars at 1.25 to the euro when they were invoiced, at 1.00 when the period closes: a gain that is taken back on the next day.
#[tokio::test]
async fn what_is_owed_in_dollars_is_worth_the_closing_rate_for_a_day() {
    let shop = Shop::open().await;
    let quote = |on: i64, rate: &str| json!({ "unit": "EUR", "currency": "USD", "on": day(on), "rate": rate });
    let rates = json!({ "source": "House bank", "quotes": [quote(-40, "1.25"), quote(-5, "1.00")] });
    shop.tess.posts("/v1/exchange-rates", rates).await.succeeds();
    let mut body = shop.invoice("1");
    (body["currency"], body["lines"][0]["goods"]) = (json!("USD"), Value::Null);
    let id = shop.anna.posts("/v1/receivables", body).await.succeeds().id();
    let issued = shop.anna.posts(&format!("/v1/receivables/{id}/issue"), json!({ "issue_date": day(-30) })).await.succeeds().position();
    let report = shop.reads(&format!("/v1/reports/revaluation?as_of={}&min_position={issued}", day(-2))).await;
    let due = &report["receivables"][0];
    assert_eq!((&due["open"]["amount"], &due["carried"], &due["closing"]), (&json!("71.40"), &eur("57.12"), &eur("71.40")), "{report}");
    assert_eq!((&due["difference"], &report["lines"]), (&eur("14.28"), &json!([])));
    let table = shop.company.owner.downloads(&format!("/v1/reports/revaluation?as_of={}&format=csv", day(-2))).await.1;
    let table = String::from_utf8(table).expect("UTF-8");
    let rows: Vec<&str> = table.lines().map(|row| row.split_once(',').map_or(row, |(of, _)| of)).collect();
    assert_eq!(rows, ["of", "customers"], "{table}");
    assert!(table.contains(",USD,71.40,") && table.contains(",14.28,"), "{table}");
    let close = json!({ "effective_date": day(-2), "reason": "closing rates" });
    let closed = shop.tess.posts("/v1/revaluations", close.clone()).await.succeeds().position();
    let held = async |on: i64| {
        let balance = shop.reads(&format!("/v1/reports/trial-balance?as_of={}&min_position={closed}", day(on))).await;
        let of = |account: &str| {
            let lines = balance["lines"].as_array().expect("lines").iter().filter(|line| line["account"] == account);
            lines.map(|line| decimal(&line["base_balance"])).sum::<Decimal>()
        };
        (of("1350"), of("1355"), of("4810"))
    };
    assert_eq!(held(-2).await, (dec!(57.12), dec!(14.28), dec!(-14.28)));
    assert_eq!(held(-1).await, (dec!(57.12), dec!(0), dec!(0)));
    shop.tess.posts("/v1/revaluations", close).await.is_refused_as("nothing-to-revalue");
}

/// A refund at 1.00 whose rate was corrected to 1.25 before the bank told of it: what is too much on the way is gained.
#[tokio::test]
async fn a_refund_in_dollars_leaves_nothing_on_the_way() {
    let shop = Shop::open().await;
    let quote = async |on: i64, rate: &str| {
        let rates = json!({ "source": "House bank", "quotes": [{ "unit": "EUR", "currency": "USD", "on": day(on), "rate": rate }] });
        shop.tess.posts("/v1/exchange-rates", rates).await.succeeds().position()
    };
    quote(-40, "1.25").await;
    quote(-2, "1.00").await;
    let mut body = shop.invoice("1");
    (body["currency"], body["lines"][0]["goods"]) = (json!("USD"), Value::Null);
    let id = shop.anna.posts("/v1/receivables", body).await.succeeds().id();
    shop.anna.posts(&format!("/v1/receivables/{id}/issue"), json!({ "issue_date": day(-30) })).await.succeeds();
    let said = |on: i64| json!({ "method": "cheque", "reference": "CHQ-1", "account_code": "1000", "value_date": day(on) });
    let paid = shop.tess.posts(&format!("/v1/receivables/{id}/payments"), said(-20)).await;
    paid.succeeds();
    let credit = json!({ "reason": "wet", "issue_date": day(-10) });
    shop.tess.posts(&format!("/v1/receivables/{id}/credit-notes"), credit).await.succeeds();
    let refund = json!({ "method": "transfer", "reference": "R-1", "value_date": day(-2) });
    shop.tess.posts(&format!("/v1/receivables/{id}/refunds"), refund).await.succeeds();
    let corrected = quote(-2, "1.25").await;
    shop.reads(&format!("/v1/reports/revaluation?min_position={corrected}")).await;

    let own = json!({ "name": "Dollars", "currency": "USD", "account": { "kind": "iban", "iban": OURS } });
    shop.tess.posts("/v1/company/bank-accounts", own).await.succeeds();
    let short = day(-2).format("%y%m%d").to_string();
    let file = format!(
        ":20:1\n:25:{OURS}\n:28C:1\n:60F:C{short}USD71,40\n:61:{short}{}D71,40NTRFNONREF//R1\n:86:166?00BUCHUNG\n:62F:C{short}USD0,00\n",
        &short[2..]
    );
    let imported = shop.tess.uploads("/v1/bank-statements/import", file.into_bytes(), "usd").await.succeeds().body;
    let matched = shop.verb(&imported, "match", json!({ "line": 1, "receivable_id": id })).await.succeeds().position();
    let balance = shop.reads(&format!("/v1/reports/trial-balance?min_position={matched}")).await;
    let clearing: Vec<&Value> = balance["lines"].as_array().expect("lines").iter().filter(|line| line["account"] == "1090").collect();
    let left: Decimal = clearing.iter().map(|line| decimal(&line["base_balance"])).sum();
    assert_eq!(left, dec!(0), "{balance}");
}

/// The request, its refusal, and the field that is to blame.
#[tokio::test]
async fn a_draft_that_does_not_hold_is_refused_at_its_field() {
    let shop = Shop::open().await;
    let with = |pointer: &str, value: Value| {
        let mut body = shop.invoice("1");
        *body.pointer_mut(pointer).expect("a field") = value;
        body
    };
    let coded = |account: &str| {
        let mut body = shop.invoice("1");
        body["lines"][0]["coding"] = json!({ "account_code": account });
        body
    };
    let taxed = |code: &str| {
        let mut body = coded("4000");
        body["lines"][0]["coding"]["tax_code"] = json!(code);
        body
    };
    let nobody = "01990000-0000-7000-8000-000000000001";
    let elsewhere = shop.app.company("Other").await;
    let stranger = elsewhere.owner.posts("/v1/customers", json!({ "party": { "name": "Elsewhere" } })).await.succeeds().id();
    let table = [
        (with("/customer_id", json!(nobody)), "customer-unknown", "/customer_id"),
        (with("/customer_id", json!(stranger)), "customer-unknown", "/customer_id"),
        (with("/lines/0/goods/item_id", json!(nobody)), "item-unknown", "/lines/0/goods/item_id"),
        (with("/lines/0/quantity/unit", json!("KGM")), "unit-not-convertible", "/lines/0/quantity/unit"),
        (with("/lines/0/quantity/value", json!("-1")), "sold-quantity-not-positive", "/lines/0/quantity"),
        (with("/lines/0/tax/rate", json!("0")), "tax-category-unfit", "/lines/0/tax"),
        (with("/lines/0/unit_price", json!("0")), "nothing-asked-for", "/lines"),
        (with("/lines", json!([])), "invalid-field", "/lines"),
        (coded("9999"), "account-unknown", "/lines/0/coding/account_code"),
        (taxed("E"), "tax-code-unfit", "/lines/0/coding/tax_code"),
        (coded("1350"), "account-controlled", "/lines/0/coding/account_code"),
    ];
    for (body, code, pointer) in table {
        let answer = shop.anna.posts("/v1/receivables", body.clone()).await;
        answer.is_refused_as(code);
        assert_eq!(answer.body["errors"][0]["pointer"], json!(pointer), "{body}");
    }
    let blocked = shop.tess.posts(&format!("/v1/customers/{}/block", shop.customer), json!({ "reason": "three reminders" })).await;
    blocked.succeeds();
    shop.anna.posts("/v1/receivables", shop.invoice("1")).await.is_refused_as("customer-blocked");
}

/// Our number and the amount are enough: nobody has to say anything, and the goods leave.
#[tokio::test]
async fn a_line_that_names_an_invoice_of_ours_pays_it() {
    let shop = Shop::open().await;
    let id = shop.issued("1").await;
    let number = format!("{}-00001", day(-10).format("%Y"));
    let imported = shop.imports("71,40", &format!("?20Rechnung {number}?32Nordlicht GmbH")).await;
    assert_eq!(imported["statements"][0]["matched"], 1, "{imported}");
    let at = imported["position"].as_i64().expect("a position");
    let line = shop.line(&imported).await;
    let target = &line["matching"]["target"]["receivable"];
    assert_eq!((&target["receivable_id"], &line["matching"]["score"]), (&json!(id), &json!(90)), "{line}");
    let shown = shop.shown(&id, at).await;
    assert_eq!((&shown["status"], &shown["handed_over"]), (&json!("paid"), &json!(true)), "{shown}");
    assert_eq!(shown["payments"][0]["channel"], json!({ "bank_line": line["id"] }));
    let paid = [("1000", dec!(71.40)), ("1200", dec!(24)), ("2200", dec!(-11.40)), ("4000", dec!(-60)), ("5000", dec!(24))];
    assert_eq!(shop.books(at).await, held(&paid));
    let payment = json!({ "incoming_payment_id": shown["payments"][0]["id"], "reason": "wrong" });
    shop.tess.posts(&format!("/v1/receivables/{id}/take-payment-back"), payment).await.is_refused_as("payment-on-statement");

    // It was another's money: the receivable is open again, and the engine does not match that line to it by itself any more.
    let back = shop.verb(&imported, "unmatch", json!({ "line": 1, "reason": "another customer's" })).await.succeeds().position();
    assert_eq!(shop.shown(&id, back).await["open"], eur("71.40"));
    let again = shop.verb(&imported, "match-automatically", json!({})).await.succeeds().position();
    assert_eq!(shop.shown(&id, again).await["open"], eur("71.40"));
    let said = shop.verb(&imported, "match", json!({ "line": 1, "receivable_id": id })).await.succeeds().position();
    shop.verb(&imported, "match", json!({ "line": 1, "receivable_id": id })).await.succeeds();
    assert_eq!(shop.shown(&id, said).await["open"], eur("0.00"));
    assert_eq!(shop.books(said).await, held(&paid), "said twice, paid once, and nothing has left a second time");
}

/// A cheque that a person recorded is what the bank tells of later; a part without our number waits for a person.
#[tokio::test]
async fn what_a_person_recorded_is_what_the_bank_tells_of_later() {
    let shop = Shop::open().await;
    let id = shop.issued("1").await;
    shop.pays(&id, "20.00").await.succeeds();
    let number = format!("{}-00001", day(-10).format("%Y"));
    let cashed = shop.imports("20,00", &format!("?20CHQ-1 {number}")).await;
    assert_eq!(cashed["statements"][0]["matched"], 1, "{cashed}");
    let shown = shop.shown(&id, cashed["position"].as_i64().expect("a position")).await;
    assert_eq!((&shown["open"], shown["payments"].as_array().map(Vec::len)), (&eur("51.40"), Some(1)));

    let part = shop.imports("31,40", "?20thanks?32Nordlicht GmbH").await;
    assert_eq!(part["statements"][0]["matched"], 0, "{part}");
    let line = shop.line(&part).await;
    let found = shop.reads(&format!("/v1/bank-lines/{}/candidates", line["id"].as_str().expect("an id"))).await;
    let owed = &found["receivables"][0];
    assert_eq!((&owed["receivable_id"], &owed["number"], &owed["open"]), (&json!(id), &json!(number), &eur("51.40")), "{found}");
    assert_eq!((&owed["score"], &owed["evidence"]), (&json!(10), &json!(["counterparty_name"])));
    let matched = shop.verb(&part, "match", json!({ "line": 1, "receivable_id": id })).await.succeeds().position();
    let shown = shop.shown(&id, matched).await;
    assert_eq!((&shown["open"], &shown["status"]), (&eur("20.00"), &json!("partially_paid")));
    let books = [("1000", dec!(51.40)), ("1200", dec!(48)), ("1350", dec!(20)), ("2200", dec!(-11.40)), ("4000", dec!(-60))];
    assert_eq!(shop.books(matched).await, held(&books));
    let more = shop.imports("20,01", &format!("?20for {number}")).await;
    assert_eq!(more["statements"][0]["matched"], 0, "more than is open waits for a person: {more}");
    let both = json!({ "line": 1, "receivable_id": id, "explanation": "x" });
    shop.verb(&more, "match", both).await.is_refused_as("invalid-field");
    shop.pays(&id, "20.01").await.is_refused_as("exceeds-open-amount");
    let line = shop.line(&more).await;
    let found = shop.reads(&format!("/v1/bank-lines/{}/candidates", line["id"].as_str().expect("an id"))).await;
    assert_eq!(found["receivables"][0]["receivable_id"], json!(id), "{found}");
    let matched = shop.verb(&more, "match", json!({ "line": 1, "receivable_id": id })).await.succeeds().position();
    let shown = shop.shown(&id, matched).await;
    assert_eq!((&shown["status"], &shown["open"], &shown["owed_back"]), (&json!("paid"), &eur("0.00"), &eur("0.01")));
    assert!(shop.books(matched).await.contains(&("1350".to_owned(), dec!(-0.01))));
}

/// A box is sold and paid for, and half of it comes back: at what it left at, with its revenue and its tax; the customer is owed it, and has it.
#[tokio::test]
async fn what_a_customer_sends_back_is_in_stock_again_and_owed_to_the_customer() {
    let shop = Shop::open().await;
    let id = shop.issued("1").await;
    let left = shop.pays(&id, "71.40").await.succeeds().position();
    assert_eq!(shop.stock(left).await, (dec!(6), dec!(0)));
    let half = json!({ "goods_returned": true, "reason": "wet", "lines": [{ "line": "1", "quantity": "0.5" }] });
    let notes = format!("/v1/receivables/{id}/credit-notes");
    assert_eq!(shop.anna.posts(&notes, half.clone()).await.status, 403, "who issues invoices does not make them vanish");
    let key = Some("half of one box");
    let first = shop.tess.posts_with_key(&notes, half.clone(), key).await.succeeds();
    shop.tess.posts_with_key(&notes, half, key).await.succeeds();
    assert_eq!(shop.stock(first.position()).await, (dec!(9), dec!(0)));
    let shown = shop.shown(&id, first.position()).await;
    assert_eq!((&shown["status"], &shown["open"], &shown["owed_back"]), (&json!("paid"), &eur("0.00"), &eur("35.70")));
    let (note, number) = (&shown["credit_notes"][0], format!("CN-{}-00001", day(0).format("%Y")));
    assert_eq!((note["number"].as_str(), note["totals"]["payable"].as_str()), (Some(number.as_str()), Some("35.70")));
    assert_eq!(decimal(&note["lines"][0]["goods"]["quantity"]), dec!(3));
    let books = shop.books(first.position()).await;
    let held = |code: &str| books.iter().find(|(account, _)| account == code).map(|(_, amount)| *amount);
    assert_eq!(
        [held("1200"), held("1350"), held("4000"), held("5000"), held("2200")],
        [Some(dec!(36)), Some(dec!(-35.70)), Some(dec!(-30)), Some(dec!(12)), Some(dec!(-5.70))]
    );
    let refunds = format!("/v1/receivables/{id}/refunds");
    let word = json!({ "method": "transfer", "reference": "R-1" });
    let too_much = json!({ "method": "transfer", "reference": "R-1", "amount": eur("35.71") });
    shop.tess.posts(&refunds, too_much).await.is_refused_as("exceeds-owed-back");
    let paid = shop.tess.posts(&refunds, word).await.succeeds().position();
    let shown = shop.shown(&id, paid).await;
    assert_eq!((&shown["owed_back"], &shown["refunds"][0]["amount"]), (&eur("0.00"), &eur("35.70")));
    let books = shop.books(paid).await;
    let held = |code: &str| books.iter().find(|(account, _)| account == code).map(|(_, amount)| *amount);
    assert_eq!((held("1350"), held("1090")), (None, Some(dec!(35.70))));
    shop.does(&id, "cancel").await.is_refused_as("payments-stand");
}

/// What is credited before it left is not set aside any more, and does not leave once the rest is paid.
#[tokio::test]
async fn what_is_credited_before_it_left_stays_here() {
    let shop = Shop::open().await;
    let id = shop.issued("2").await;
    let notes = format!("/v1/receivables/{id}/credit-notes");
    shop.tess.posts(&notes, json!({ "goods_returned": true, "reason": "never sent" })).await.is_refused_as("goods-not-left");
    let one = json!({ "reason": "one is enough", "lines": [{ "line": "1", "quantity": "1" }] });
    let credited = shop.tess.posts(&notes, one).await.succeeds().position();
    assert_eq!(shop.stock(credited).await, (dec!(12), dec!(6)));
    assert_eq!(shop.shown(&id, credited).await["open"], eur("71.40"));
    let left = shop.pays(&id, "71.40").await.succeeds().position();
    assert_eq!(shop.stock(left).await, (dec!(6), dec!(0)));
    let bad = json!({ "reason": "more", "lines": [{ "line": "1", "quantity": "1.5" }] });
    let refused = shop.tess.posts(&notes, bad).await;
    refused.is_refused_as("exceeds-line-quantity");
    assert_eq!(refused.body["errors"][0]["pointer"], "/lines/0/quantity", "{refused:?}");
}

/// A credit note that leaves nothing open hands over what was paid for.
#[tokio::test]
async fn the_rest_that_is_paid_leaves_with_the_credit_note() {
    let shop = Shop::open().await;
    let id = shop.issued("2").await;
    shop.pays(&id, "71.40").await.succeeds();
    let one = json!({ "reason": "one is enough", "lines": [{ "line": "1", "quantity": "1" }] });
    let left = shop.tess.posts(&format!("/v1/receivables/{id}/credit-notes"), one).await.succeeds().position();
    assert_eq!(shop.stock(left).await, (dec!(6), dec!(0)));
    assert_eq!(shop.shown(&id, left).await["status"], "paid");
}

/// Eight at once credit a quarter of a box each: four do, under four numbers without a gap, and nothing is credited twice.
#[tokio::test]
async fn no_more_is_credited_than_was_sold_however_many_try() {
    let shop = Shop::open().await;
    let id = shop.issued("1").await;
    let quarter = || json!({ "reason": "wet", "lines": [{ "line": "1", "quantity": "0.25" }] });
    let path = format!("/v1/receivables/{id}/credit-notes");
    let tries = join_all((0..8).map(|_| shop.tess.posts(&path, quarter()))).await;
    let codes: Vec<_> = tries.iter().filter(|answer| answer.status >= 300).map(|answer| answer.body["code"].clone()).collect();
    assert_eq!(codes, vec![json!("exceeds-line-quantity"); 4]);
    let last = tries.iter().filter(|answer| answer.status < 300).map(Answer::position).max().expect("four");
    let shown = shop.shown(&id, last).await;
    let numbers: Vec<&str> = shown["credit_notes"].as_array().expect("notes").iter().filter_map(|note| note["number"].as_str()).collect();
    let expected: Vec<String> = (1..=4).map(|number| format!("CN-{}-{number:05}", day(0).format("%Y"))).collect();
    assert_eq!(numbers, expected);
    assert_eq!((&shown["status"], &shown["open"]), (&json!("credited"), &eur("0.00")));
    assert_eq!(shop.stock(last).await, (dec!(12), dec!(0)));
}

/// Money that leaves by a line is a customer's refund by a person's word, or what a person had recorded; taken back it is owed again.
#[tokio::test]
async fn the_line_by_which_money_left_tells_of_a_refund() {
    let shop = Shop::open().await;
    let id = shop.issued("1").await;
    shop.pays(&id, "71.40").await.succeeds();
    let credited = shop.tess.posts(&format!("/v1/receivables/{id}/credit-notes"), json!({ "reason": "wet" })).await.succeeds();
    let number = shop.shown(&id, credited.position()).await["number"].as_str().expect("a number").to_owned();
    let imported = shop.imports_as("D", "71,40", &format!("?20ERSTATTUNG {number}?32NORDLICHT GMBH")).await;
    let line = shop.line(&imported).await;
    let candidates = shop.reads(&format!("/v1/bank-lines/{}/candidates", line["id"].as_str().expect("an id"))).await;
    let first = &candidates["receivables"][0];
    assert_eq!((&first["receivable_id"], &first["owed_back"]), (&json!(id), &eur("71.40")), "{candidates}");
    let matched = shop.verb(&imported, "match", json!({ "line": 1, "receivable_id": id })).await.succeeds().position();
    let shown = shop.shown(&id, matched).await;
    assert_eq!((&shown["owed_back"], shown["refunds"].as_array().map(Vec::len)), (&eur("0.00"), Some(1)));
    let books = shop.books(matched).await;
    let held = |code: &str| books.iter().find(|(account, _)| account == code).map(|(_, amount)| *amount);
    assert_eq!(held("1350"), None);
    let refund = shown["refunds"][0]["id"].clone();
    let back = json!({ "refund_id": refund, "reason": "never arrived" });
    shop.tess.posts(&format!("/v1/receivables/{id}/take-refund-back"), back).await.is_refused_as("refund-on-statement");
    let undone = shop.verb(&imported, "unmatch", json!({ "line": 1, "reason": "another's" })).await.succeeds().position();
    assert_eq!(shop.shown(&id, undone).await["owed_back"], eur("71.40"));
    let word = json!({ "method": "transfer", "reference": "R-1", "value_date": day(0) });
    shop.tess.posts(&format!("/v1/receivables/{id}/refunds"), word).await.succeeds();
    let matched = shop.verb(&imported, "match", json!({ "line": 1, "receivable_id": id })).await.succeeds().position();
    let shown = shop.shown(&id, matched).await;
    assert_eq!((&shown["owed_back"], shown["refunds"].as_array().map(Vec::len)), (&eur("0.00"), Some(1)), "told of, not done again");
}

/// A direct debit that comes back was paid once, and is owed again.
#[tokio::test]
async fn what_a_customer_had_paid_goes_back() {
    let shop = Shop::open().await;
    let id = shop.issued("1").await;
    let number = format!("{}-00001", day(-10).format("%Y"));
    let collected = shop.imports("71,40", &format!("?20LASTSCHRIFT {number}")).await;
    let paid = shop.shown(&id, collected["position"].as_i64().expect("a position")).await;
    assert_eq!(paid["open"], eur("0.00"), "{paid}");

    let gone = shop.imports_as("RC", "71,40", &format!("?20RETOURE AC04 {number}?32NORDLICHT GMBH")).await;
    assert_eq!(gone["statements"][0]["matched"], 0, "a person says so: {gone}");
    let line = shop.line(&gone).await;
    let candidates = shop.reads(&format!("/v1/bank-lines/{}/candidates", line["id"].as_str().expect("an id"))).await;
    let first = &candidates["receivables"][0];
    assert_eq!((&first["receivable_id"], &first["returned"]), (&json!(id), &paid["payments"][0]["id"]), "{candidates}");
    assert_eq!(first["evidence"], json!(["amount", "own_invoice_number", "counterparty_name", "date"]), "{first}");
    let matched = shop.verb(&gone, "match", json!({ "line": 1, "receivable_id": id })).await.succeeds().position();
    shop.verb(&gone, "match", json!({ "line": 1, "receivable_id": id })).await.succeeds();
    let shown = shop.shown(&id, matched).await;
    assert_eq!((&shown["status"], &shown["open"], &shown["payments"]), (&json!("issued"), &eur("71.40"), &json!([])), "{shown}");
    let owed = [("1200", dec!(24)), ("1350", dec!(71.40)), ("2200", dec!(-11.40)), ("4000", dec!(-60)), ("5000", dec!(24))];
    assert_eq!(shop.books(matched).await, held(&owed), "nothing at the bank, nothing on its way");

    // Neither line tells of something else without the other one.
    for told in [&gone, &collected] {
        let unmatch = json!({ "line": 1, "reason": "looked wrong" });
        shop.verb(told, "unmatch", unmatch).await.is_refused_as("match-moved-payment");
    }
    let again = shop.pays(&id, "71.40").await.succeeds().position();
    let shown = shop.shown(&id, again).await;
    assert_eq!((&shown["status"], shown["payments"].as_array().map(Vec::len)), (&json!("paid"), Some(1)), "{shown}");
}

/// Two percent within a fortnight: the line that brings the rest pays the whole, by itself; taken back, all of it is open again.
#[tokio::test]
async fn a_line_that_leaves_out_the_discount_in_time_pays_the_invoice() {
    let shop = Shop::open().await;
    let early = json!({ "code": "2-14", "rule": { "name": "2 % in 14 days", "instalments": [{ "percent": "100", "due": { "kind": "net_days", "days": 30 } }],
        "discounts": [{ "percent": "2", "days": 14 }] } });
    shop.anna.posts("/v1/payment-terms", early).await.succeeds();
    shop.company.owner.posts("/v1/company/discount-tax", json!({ "reduces_input_tax": true })).await.succeeds();
    let mut draft = shop.invoice("1");
    draft["payment_terms"] = json!("2-14");
    let id = shop.anna.posts("/v1/receivables", draft).await.succeeds().id();
    let issued = shop.issues(&id).await.succeeds().position();
    let number = shop.shown(&id, issued).await["number"].as_str().expect("a number").to_owned();
    let imported = shop.imports("69,97", &format!("?20RE {number}?32NORDLICHT GMBH")).await;
    assert_eq!(imported["statements"][0]["matched"], 1, "{imported}");
    let at = imported["position"].as_i64().expect("a position");
    let shown = shop.shown(&id, at).await;
    assert_eq!((&shown["status"], &shown["open"], &shown["discounts"][0]["amount"]), (&json!("paid"), &eur("0.00"), &eur("1.43")));
    assert_eq!(shown["handed_over"], true, "what is paid for leaves");
    let kept =
        [("1000", dec!(69.97)), ("1200", dec!(24)), ("2200", dec!(-11.17)), ("4000", dec!(-60)), ("4600", dec!(1.20)), ("5000", dec!(24))];
    assert_eq!(shop.books(at).await, held(&kept));
    let back = shop.verb(&imported, "unmatch", json!({ "line": 1, "reason": "another customer's" })).await.succeeds().position();
    let shown = shop.shown(&id, back).await;
    assert_eq!((&shown["open"], shown["discounts"].as_array().map(Vec::len)), (&eur("71.40"), Some(0)));
    let goods = [("1200", dec!(24)), ("1350", dec!(71.40)), ("2200", dec!(-11.40)), ("4000", dec!(-60)), ("5000", dec!(24))];
    let unexplained = shop.books(back).await;
    assert!(goods.iter().all(|(account, amount)| unexplained.contains(&((*account).to_owned(), *amount))), "{unexplained:?}");
}
