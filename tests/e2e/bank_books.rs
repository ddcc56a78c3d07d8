//! What the bank says is in the ledger: lines that no payment explains are booked by a person, each of the company's accounts moves an account
//! of its own, and the proof ties statement, lines and ledger.

use chrono::SecondsFormat;
use quittance_application::ports::Edge;
use quittance_domain::role::Role;
use quittance_infrastructure::edge::SystemEdge;
use quittance_tests::app::TestApp;
use quittance_tests::{day, today};
use serde_json::{Value, json};

use crate::bank::{Booked, Sent, camt053, first_of_this_month};

impl Sent {
    async fn asks(&self, statement: &str, verb: &str, body: Value) -> quittance_tests::app::Answer {
        self.tess.posts(&format!("/v1/bank-statements/{statement}/{verb}"), body).await
    }
}

fn statement_of(imported: &Value) -> String {
    imported["statements"][0]["id"].as_str().expect("an id").to_owned()
}

fn fee(line: u32, parts: Value) -> Value {
    json!({ "line": line, "parts": parts, "reason": "charges of the month" })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_no_payment_explains_is_booked_and_taken_back() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let day = today().to_string();
    let entries: [Booked<'_>; 2] = [("11.90", "DBIT", "B-1", None, None), ("3.00", "CRDT", "B-2", None, None)];
    let imported = sent.imports(&camt053(&day, "1000.00", "991.10", &entries)).await;
    let opened = sent.opens(&imported).await;
    let id = statement_of(&imported);

    // What is refused changes nothing and names its field.
    let clerk = app.user(&company, "cleo", Role::ApClerk).await;
    clerk.posts(&format!("/v1/bank-statements/{id}/book"), fee(1, json!([{ "account_code": "6850" }]))).await.is_refused_as("role-missing");
    for (body, code) in [
        (fee(1, json!([])), "invalid-field"),
        (fee(1, json!([{ "account_code": "6850" }, { "account_code": "1400" }])), "invalid-field"),
        (fee(1, json!([{ "account_code": "6850", "amount": "11.89" }])), "booking-unbalanced"),
        (fee(1, json!([{ "account_code": "6850", "amount": "-11.90" }])), "booking-unbalanced"),
        (fee(1, json!([{ "account_code": "6850", "amount": "11.901" }])), "below-minor-unit"),
        (fee(1, json!([{ "account_code": "2000" }])), "account-controlled"),
        (fee(1, json!([{ "account_code": "1000" }])), "account-controlled"),
        (fee(1, json!([{ "account_code": "9999" }])), "account-unknown"),
        (fee(1, json!([{ "account_code": "6850", "cost_centre": "NOWHERE" }])), "cost-centre-unknown"),
        (fee(9, json!([{ "account_code": "6850" }])), "bank-line-unknown"),
        (json!({ "line": 1, "parts": [{ "account_code": "6850" }], "reason": " " }), "reason-missing"),
    ] {
        sent.asks(&id, "book", body).await.is_refused_as(code);
    }
    let by_hand = |account: &str| {
        let line = |account: &str, amount: &str| json!({ "account": account, "amount": { "amount": amount, "currency": "EUR" } });
        json!({ "reason": "x", "lines": [line(account, "1.00"), line("6000", "-1.00")] })
    };
    sent.tess.posts("/v1/journal-entries", by_hand("1000")).await.is_refused_as("account-controlled");
    let untouched = sent.books(&opened, &day).await;
    assert!(untouched.contains(&"1000 1000.00".to_owned()), "{untouched:?}");

    // A fee with its tax, and interest; the same again is once.
    let split = fee(1, json!([{ "account_code": "1400", "amount": "1.90" }, { "account_code": "6850" }]));
    sent.asks(&id, "book", split.clone()).await.succeeds();
    sent.asks(&id, "book", split).await.succeeds();
    let booked = sent.asks(&id, "book", fee(2, json!([{ "account_code": "4900", "amount": "-3.00" }]))).await.succeeds().body;
    let books = sent.books(&booked, &day).await;
    for line in ["1000 991.10", "1400 1.90", "4900 -3.00", "6850 10.00"] {
        assert!(books.contains(&line.to_owned()), "{line}: {books:?}");
    }
    let told = sent.reconciliation(&booked, &day).await;
    assert_eq!((&told["proven"], &told["only_bank"], &told["difference"]["amount"]), (&json!(true), &json!([]), &json!("0.00")), "{told}");
    assert_eq!(told["under_way"][0]["payment_id"], json!(sent.payment), "the bank has it and has said nothing: {told}");
    let lines = sent.tess.gets(&format!("/v1/bank-lines?bank_statement_id={id}&matched=false")).await.succeeds().body;
    assert_eq!(lines["data"], json!([]), "nothing is left to explain");
    let statement = sent.tess.gets(&format!("/v1/bank-statements/{id}")).await.succeeds().body;
    assert_eq!((&statement["matched"], &statement["booked"]), (&json!(0), &json!(2)));

    // What is booked is not matched; what is taken back can be.
    let explain = json!({ "line": 1, "explanation": "fees" });
    sent.asks(&id, "match", explain.clone()).await.is_refused_as("bank-line-booked");
    sent.asks(&id, "unbook", json!({ "line": 1, "reason": "x", "effective_date": "2020-01-01" })).await.is_refused_as("reversal-too-early");
    let back = sent.asks(&id, "unbook", json!({ "line": 1, "reason": "another account" })).await.succeeds().body;
    sent.asks(&id, "unbook", json!({ "line": 1, "reason": "twice" })).await.is_refused_as("bank-line-not-booked");
    let told = sent.reconciliation(&back, &day).await;
    let open = (&told["proven"], &told["only_bank_total"]["amount"], &told["ledger"]["balance"]["amount"]);
    assert_eq!(open, (&json!(true), &json!("-11.90"), &json!("1003.00")), "{told}");
    sent.asks(&id, "match", explain).await.succeeds();
    sent.asks(&id, "book", fee(1, json!([{ "account_code": "6850" }]))).await.is_refused_as("bank-line-matched");

    let stranger = app.company("Other").await.owner;
    stranger.posts(&format!("/v1/bank-statements/{id}/book"), fee(1, json!([{ "account_code": "6850" }]))).await.is_refused_as("not-found");
    let path = format!("/v1/bank-accounts/{}/ledger-account", sent.account);
    stranger.posts(&path, json!({ "ledger_account": "1000" })).await.is_refused_as("not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_respects_the_calendar() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let first = first_of_this_month();
    let last = first.pred_opt().expect("a day before");
    let close = |closing: &str| json!({ "period": last.format("%Y-%m").to_string(), "closing": closing });
    let entries: [Booked<'_>; 2] = [("5.00", "DBIT", "B-1", None, None), ("6.00", "DBIT", "B-2", None, None)];
    let imported = sent.imports(&camt053(&last.to_string(), "1000.00", "989.00", &entries)).await;
    let id = statement_of(&imported);
    sent.opens(&imported).await;
    let unexplained = async |after: &Value| {
        let path = format!("/v1/periods/{}/checklist?min_position={}", last.format("%Y-%m"), after["position"]);
        let checks = sent.tess.gets(&path).await.succeeds().body["checks"].as_array().expect("checks").clone();
        checks.into_iter().find(|check| check["check"] == "bank_lines_unexplained").expect("a check")["left"].clone()
    };
    assert_eq!(unexplained(&imported).await, 2);
    sent.tess.posts("/v1/periods/close", close("soft")).await.succeeds();
    // By hand also after a soft close; after a hard one on the first open day, and nothing goes back.
    let soft = sent.asks(&id, "book", fee(1, json!([{ "account_code": "6850" }]))).await.succeeds().body;
    assert!(sent.books(&soft, &last.to_string()).await.contains(&"6850 5.00".to_owned()));
    assert_eq!(unexplained(&soft).await, 1);
    while sent.tess.posts("/v1/periods/close", close("hard")).await.body["code"] == "postings-under-way" {}
    sent.asks(&id, "unbook", json!({ "line": 1, "reason": "x" })).await.is_refused_as("period-closed");
    let hard = sent.asks(&id, "book", fee(2, json!([{ "account_code": "6850" }]))).await.succeeds().body;
    assert!(sent.books(&hard, &last.to_string()).await.contains(&"6850 5.00".to_owned()));
    assert!(sent.books(&hard, &first.to_string()).await.contains(&"6850 11.00".to_owned()));
    let told = sent.reconciliation(&hard, &last.to_string()).await;
    assert_eq!((&told["proven"], &told["only_bank_total"]["amount"]), (&json!(true), &json!("-6.00")), "it counts later: {told}");
    let later = json!({ "line": 1, "reason": "another account", "effective_date": first });
    let back = sent.asks(&id, "unbook", later).await.succeeds().body;
    assert!(sent.books(&back, &first.to_string()).await.contains(&"6850 6.00".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_the_companys_accounts_moves_an_account_of_its_own() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let tess = app.user(&company, "tess", Role::Treasurer).await;
    let add = async |name: &str, iban: &str, ledger: Option<&str>| {
        let account = json!({ "kind": "iban", "iban": iban });
        tess.posts("/v1/company/bank-accounts", json!({ "name": name, "currency": "EUR", "account": account, "ledger_account": ledger }))
            .await
    };
    add("Main", "DE02120300000000202051", None).await.succeeds();
    add("Savings", "DE89370400440532013000", Some("2000")).await.is_refused_as("account-controlled");
    add("Savings", "DE89370400440532013000", Some("1000")).await.is_refused_as("account-controlled");
    let added = add("Savings", "DE89370400440532013000", None).await.succeeds();
    add("Main", "DE02120300000000202051", None).await.succeeds();
    let company_view = tess.gets(&format!("/v1/company?min_position={}", added.position())).await.succeeds().body;
    let accounts = company_view["accounts"].as_array().expect("accounts");
    let kept: Vec<&Value> = accounts.iter().map(|account| &account["ledger"]["account_code"]).collect();
    assert_eq!(kept, ["1000", "1001"], "what a refused request asked for is not added");
    let chart = tess.gets(&format!("/v1/chart?min_position={}", added.position())).await.succeeds().body;
    let defined = chart["accounts"].as_array().expect("accounts").iter().find(|account| account["code"] == "1001").expect("defined");
    assert_eq!((&defined["name"], &defined["kind"]), (&json!("Savings"), &json!("asset")));
    let savings = accounts[1]["id"].as_str().expect("an id");
    let path = format!("/v1/bank-accounts/{savings}/ledger-account");
    tess.posts(&path, json!({ "ledger_account": "4900" })).await.is_refused_as("account-holds-no-money");
    tess.posts(&path, json!({ "ledger_account": "2300" })).await.succeeds();
}

/// A company that has imported statements for a while takes the account into its books from a day on: what is before it is one opening entry.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_taken_into_the_books_from_a_day_on() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let (yesterday, now) = (day(-1).to_string(), day(0).to_string());
    let from = json!({ "ledger_account": "1000", "in_books_from": now });
    sent.tess.posts(&format!("/v1/bank-accounts/{}/ledger-account", sent.account), from).await.succeeds();
    let old = sent.imports(&camt053(&yesterday, "500.00", "490.00", &[("10.00", "DBIT", "A-1", None, None)])).await;
    sent.asks(&statement_of(&old), "book", fee(1, json!([{ "account_code": "6850" }]))).await.is_refused_as("ledger-account-missing");
    let id = Some(sent.end_to_end_id.as_str());
    let new = sent.imports(&camt053(&now, "490.00", "390.00", &[("100.00", "DBIT", "B-1", id, None)])).await;
    let opened = sent.opens(&new).await;
    let again = json!({ "against": "3000", "reason": "twice" });
    let path = format!("/v1/bank-accounts/{}/opening-entry", sent.account);
    sent.reconciliation(&opened, &now).await;
    sent.tess.posts(&path, again).await.is_refused_as("nothing-to-open");
    let told = sent.reconciliation(&opened, &now).await;
    assert_eq!((&told["opening"]["statement"]["amount"], &told["opening"]["on"]), (&json!("490.00"), &json!(yesterday)), "{told}");
    let proof = (&told["proven"], &told["ledger"]["balance"]["amount"], &told["only_bank"], &told["clearing"]["balance"]["amount"]);
    assert_eq!(proof, (&json!(true), &json!("390.00"), &json!([]), &json!("0.00")), "{told}");
}

/// What the proof said at a moment as far as was known then it says for ever, whatever is learnt later (B1).
#[tokio::test(flavor = "multi_thread")]
async fn a_reconciliation_of_a_moment_says_later_what_it_said_then() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let day = today().to_string();
    let entries: [Booked<'_>; 2] = [("11.90", "DBIT", "B-1", None, None), ("3.00", "CRDT", "B-2", None, None)];
    let imported = sent.imports(&camt053(&day, "1000.00", "991.10", &entries)).await;
    let id = statement_of(&imported);
    sent.opens(&imported).await;
    let booked = sent.asks(&id, "book", fee(1, json!([{ "account_code": "6850" }]))).await.succeeds().body;
    let now = sent.reconciliation(&booked, &day).await;

    let known_at = SystemEdge.now().to_rfc3339_opts(SecondsFormat::Micros, true);
    let asked = async |after: &Value| {
        let path =
            format!("/v1/bank-accounts/{}/reconciliation?on={day}&known_at={known_at}&min_position={}", sent.account, after["position"]);
        sent.tess.gets(&path).await.succeeds().body
    };
    let then = asked(&booked).await;
    let mut told = then.clone();
    assert!(told["known_at"].take().is_string() && now["known_at"].is_null());
    assert_eq!(told, now, "at its own moment it is all that is known");
    assert_eq!((&then["proven"], then["only_bank"].as_array().map(Vec::len)), (&json!(true), Some(1)), "{then}");
    assert_eq!(then["under_way"][0]["payment_id"], json!(sent.payment));

    // The line is booked, the other taken back, the payment told of, and the account kept from another day on.
    sent.asks(&id, "book", fee(2, json!([{ "account_code": "4900" }]))).await.succeeds();
    sent.asks(&id, "unbook", json!({ "line": 1, "reason": "another account" })).await.succeeds();
    let id = Some(sent.end_to_end_id.as_str());
    let more = sent.imports(&camt053(&day, "991.10", "891.10", &[("100.00", "DBIT", "B-3", id, None)])).await;
    crate::bank::catches_up(&app, &company).await;
    assert_eq!(asked(&more).await, then);
    let later = sent.reconciliation(&more, &day).await;
    let moved = (&later["statement_balance"]["amount"], &later["under_way"], &later["only_bank_total"]["amount"]);
    assert_eq!(moved, (&json!("891.10"), &json!([]), &json!("-11.90")), "{later}");
    let from = json!({ "ledger_account": "1000", "in_books_from": day });
    let path = format!("/v1/bank-accounts/{}/ledger-account", sent.account);
    let moved = sent.tess.posts(&path, from).await.succeeds().body;
    assert_eq!(asked(&moved).await, then);

    let before = format!("/v1/bank-accounts/{}/reconciliation?on={day}&known_at=2020-01-01T00:00:00Z", sent.account);
    sent.tess.gets(&before).await.is_refused_as("not-found");
}
