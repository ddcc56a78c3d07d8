//! Lines that are expected book themselves: the first rule that fits, once, never in a closed period, and never again what a person took back.

use quittance_domain::role::Role;
use quittance_tests::app::{Company, Person, TestApp};
use quittance_tests::today;
use serde_json::{Value, json};

use crate::bank::{Booked, Sent, camt053, first_of_this_month};

/// A treasurer who imports, an admin who sets the rules, and a statement with fees, interest and a charge that no rule knows.
struct Desk {
    app: TestApp,
    company: Company,
    sent: Sent,
    admin: Person,
}

fn rule(name: &str, when: Value, parts: Value) -> Value {
    let mut all = json!({ "direction": "paid", "amount_max": { "amount": "20.00", "currency": "EUR" } });
    all.as_object_mut().expect("an object").extend(when.as_object().expect("an object").clone());
    json!({ "name": name, "when": all, "parts": parts, "reason": format!("{name} of the month") })
}

/// Card fees with their tax; then every charge.
fn rules() -> Value {
    let card = json!({ "transaction_code": { "scheme": "iso20022", "code": "PMNT/CCRD" }, "counterparty_name": { "contains": "müßig" } });
    let split = json!([{ "account_code": "1400", "percent": "15.9664" }, { "account_code": "6850" }]);
    let charges = json!({ "text_contains": "service fees" });
    json!([rule("Card fees", card, split), rule("Charges", charges, json!([{ "account_code": "6850" }]))])
}

/// Amount, side, reference, code of the card family, name, text.
fn told(camt: &str, reference: &str, name: &str, text: &str, code: &str) -> String {
    let party = format!("<RltdPties><Cdtr><Pty><Nm>{name}</Nm></Pty></Cdtr></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf>");
    let mut parts = code.split('/');
    let mut next = || parts.next().expect("three parts");
    let code =
        format!("<BkTxCd><Domn><Cd>{}</Cd><Fmly><Cd>{}</Cd><SubFmlyCd>{}</SubFmlyCd></Fmly></Domn></BkTxCd>", next(), next(), next());
    let plain = format!("<AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls></TxDtls></NtryDtls>");
    let rich = format!("<AcctSvcrRef>{reference}</AcctSvcrRef>{code}<NtryDtls><TxDtls>{party}</TxDtls></NtryDtls>");
    assert!(camt.contains(&plain), "{camt}");
    camt.replace(&plain, &rich)
}

/// A card fee of 11.90, charges of 5.00 and of 500.00, and something of 7.00 that no rule knows.
fn statement(day: &str) -> String {
    let entries: [Booked<'_>; 4] = [
        ("11.90", "DBIT", "B-1", None, None),
        ("5.00", "DBIT", "B-2", None, None),
        ("500.00", "DBIT", "B-3", None, None),
        ("7.00", "DBIT", "B-4", None, None),
    ];
    let camt = camt053(day, "1000.00", "476.10", &entries);
    let camt = told(&camt, "B-1", "CAFE\u{301} MÜSSIG", "Terminal", "PMNT/CCRD/POSD");
    let camt = told(&camt, "B-2", "Bank", "Service  FEES", "ACMT/MDOP/CHRG");
    let camt = told(&camt, "B-3", "Bank", "Service fees", "ACMT/MDOP/CHRG");
    told(&camt, "B-4", "Kiosk", "Newspapers", "PMNT/CCRD/POSD")
}

impl Desk {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Acme").await;
        let sent = Sent::open(&app, &company).await;
        let admin = app.user(&company, "ada", Role::Admin).await;
        Self { app, company, sent, admin }
    }

    async fn adopts(&self, rules: Value) -> Value {
        self.admin.posts("/v1/bank-rules", json!({ "rules": rules })).await.succeeds().body
    }

    /// Lines in order of their number, once everything that follows has been done.
    async fn lines(&self) -> Vec<Value> {
        crate::bank::catches_up(&self.app, &self.company).await;
        let found = self.sent.tess.gets("/v1/bank-lines").await.succeeds().body;
        let mut lines = found["data"].as_array().expect("lines").clone();
        lines.sort_by_key(|line| line["line"].as_i64());
        lines
    }

    async fn asks(&self, statement: &Value, verb: &str, body: Value) -> quittance_tests::app::Answer {
        let id = statement["statements"][0]["id"].as_str().expect("an id");
        self.sent.tess.posts(&format!("/v1/bank-statements/{id}/{verb}"), body).await
    }
}

/// Whose rule took each line.
fn taken(lines: &[Value]) -> Vec<Option<u64>> {
    lines.iter().map(|line| line["booking"]["rule"]["rule"].as_u64()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_expected_books_itself_once() {
    let desk = Desk::open().await;
    let day = today().to_string();
    desk.adopts(rules()).await;
    let imported = desk.sent.imports(&statement(&day)).await;
    let lines = desk.lines().await;
    assert_eq!(taken(&lines), [Some(1), Some(2), None, None], "500.00 are above the limit: {lines:?}");
    let booked = &lines[0]["booking"];
    assert_eq!((&booked["rule"]["version"], &booked["rule"]["name"], &booked["by"]), (&json!(1), &json!("Card fees"), &Value::Null));
    assert_eq!(booked["reason"], "Card fees of the month");
    assert_eq!(lines[0]["transaction_codes"], json!([{ "scheme": "iso20022", "code": "PMNT/CCRD/POSD" }]));

    // The bank sends it again, in another file: nothing is booked twice.
    let opened = desk.sent.opens(&imported).await;
    desk.sent.tess.uploads("/v1/bank-statements/import", format!("{}\n", statement(&day)).into_bytes(), "again").await.succeeds();
    desk.sent.tess.uploads("/v1/bank-statements/import", statement(&day).into_bytes(), "the same").await.succeeds();
    assert_eq!(taken(&desk.lines().await), [Some(1), Some(2), None, None]);
    let books = desk.sent.books(&opened, &day).await;
    for line in ["1000 983.10", "1400 1.90", "6850 15.00"] {
        assert!(books.contains(&line.to_owned()), "{line}: {books:?}");
    }
    let told = desk.sent.reconciliation(&opened, &day).await;
    assert_eq!((&told["proven"], &told["only_bank_total"]["amount"]), (&json!(true), &json!("-507.00")), "{told}");

    // What a person takes back stays with the person, also when somebody has the rules tried again.
    desk.asks(&imported, "unbook", json!({ "line": 1, "reason": "it was private" })).await.succeeds();
    desk.adopts(json!([rule("Kiosk", json!({ "text_contains": "newspapers" }), json!([{ "account_code": "6000" }])), rules()[0]])).await;
    assert_eq!(taken(&desk.lines().await), [None, Some(2), None, None], "rules are for what comes");
    desk.asks(&imported, "book-automatically", json!({})).await.succeeds();
    let lines = desk.lines().await;
    assert_eq!(taken(&lines), [None, Some(2), None, Some(1)]);
    assert_eq!(lines[3]["booking"]["rule"]["version"], 2);
    let versions = desk.admin.gets("/v1/bank-rules/versions").await.succeeds().body;
    assert_eq!(versions.as_array().map(|all| all.iter().map(|one| one["version"].clone()).collect()), Some(vec![json!(2), json!(1)]));
}

/// The payment comes first, whatever a rule says of its words.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_a_payment_is_no_rules() {
    let desk = Desk::open().await;
    let day = today().to_string();
    let all = json!({ "amount_max": { "amount": "1000.00", "currency": "EUR" }, "text_contains": "service fees" });
    desk.adopts(json!([rule("All", all, json!([{ "account_code": "6850" }]))])).await;
    let entries: [Booked<'_>; 1] = [("100.00", "DBIT", "B-1", Some(desk.sent.end_to_end_id.as_str()), None)];
    let camt = camt053(&day, "1000.00", "900.00", &entries);
    let id = format!("<EndToEndId>{}</EndToEndId></Refs>", desk.sent.end_to_end_id);
    desk.sent.imports(&camt.replace(&id, &format!("{id}<RmtInf><Ustrd>service fees</Ustrd></RmtInf>"))).await;
    let lines = desk.lines().await;
    assert_eq!((taken(&lines), &lines[0]["matching"]["target"]["payment"]["payment_id"]), (vec![None], &json!(desk.sent.payment)));
    assert_eq!(lines[0]["text"], "service fees");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_period_keeps_the_line_in_the_queue_with_the_reason() {
    let desk = Desk::open().await;
    let last = first_of_this_month().pred_opt().expect("a day before");
    let period = last.format("%Y-%m").to_string();
    desk.adopts(rules()).await;
    desk.sent.tess.posts("/v1/periods/close", json!({ "period": period, "closing": "soft" })).await.succeeds();
    let imported = desk.sent.imports(&statement(&last.to_string())).await;
    let lines = desk.lines().await;
    assert_eq!(taken(&lines), [None; 4]);
    let withheld: Vec<&Value> = lines.iter().map(|line| &line["withheld"]["code"]).collect();
    assert_eq!(withheld, [&json!("period_closed"), &json!("period_closed"), &Value::Null, &Value::Null], "{lines:?}");
    assert_eq!(lines[1]["withheld"]["rule"], json!({ "version": 1, "rule": 2, "name": "Charges" }));

    // A person books one by hand; the other is tried again once the period is open.
    let by_hand = json!({ "line": 2, "parts": [{ "account_code": "6850" }], "reason": "charges" });
    desk.asks(&imported, "book", by_hand).await.succeeds();
    desk.admin.posts("/v1/periods/reopen", json!({ "period": period, "reason": "charges came late" })).await.succeeds();
    desk.asks(&imported, "book-automatically", json!({})).await.succeeds();
    let lines = desk.lines().await;
    assert_eq!((taken(&lines), &lines[0]["withheld"]), (vec![Some(1), None, None, None], &Value::Null));
    assert_eq!((&lines[0]["booking"]["posted"]["effective_date"], &lines[1]["withheld"]), (&json!(last), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_could_not_book_are_refused_and_others_are_asked_first() {
    let desk = Desk::open().await;
    let day = today().to_string();
    let charges = |when: Value, account: &str| json!([rule("Charges", when, json!([{ "account_code": account }]))]);
    let words = || json!({ "text_contains": "service fees" });
    let dollars =
        json!({ "text_contains": "fees", "bank_account_id": desk.sent.account, "amount_max": { "amount": "1.00", "currency": "USD" } });
    let stranger = json!({ "text_contains": "fees", "bank_account_id": desk.sent.payment });
    let by_two = json!([rule("Charges", words(), json!([{ "account_code": "6850" }, { "account_code": "6000" }]))]);
    for (rules, code, pointer) in [
        (charges(json!({}), "6850"), "bank-rule-too-wide", "/rules/0/when"),
        (charges(json!({ "text_contains": "e" }), "6850"), "bank-rule-pattern-invalid", "/rules/0/when/text_contains"),
        (charges(words(), "2000"), "account-controlled", "/rules/0/parts/0/account_code"),
        (charges(words(), "9999"), "account-unknown", "/rules/0/parts/0/account_code"),
        (charges(dollars, "6850"), "currency-mismatch", "/rules/0/when/amount_max"),
        (charges(stranger, "6850"), "company-account-unknown", "/rules/0/when/bank_account_id"),
        (by_two, "bank-rule-parts-invalid", "/rules/0/parts"),
    ] {
        for refused in [
            desk.admin.posts("/v1/bank-rules", json!({ "rules": rules })).await,
            desk.admin.posts("/v1/bank-rules/replay", json!({ "rules": rules })).await,
        ] {
            refused.is_refused_as(code);
            assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{}", refused.body);
        }
    }
    let unbounded = json!({ "rules": [{ "name": "x", "when": { "direction": "paid", "text_contains": "fees" }, "parts": [{ "account_code": "6850" }], "reason": "x" }] });
    let refused = desk.admin.posts("/v1/bank-rules", unbounded).await;
    refused.is_refused_as("invalid-field");
    assert_eq!(refused.body["errors"][0]["pointer"], "/rules/0/when/amount_max");
    // Who imports does not set the rules.
    desk.sent.tess.posts("/v1/bank-rules", json!({ "rules": rules() })).await.is_refused_as("role-missing");

    let imported = desk.sent.imports(&statement(&day)).await;
    desk.asks(&imported, "book", json!({ "line": 2, "parts": [{ "account_code": "6850" }], "reason": "charges" })).await.succeeds();
    desk.asks(&imported, "match", json!({ "line": 4, "explanation": "another system's" })).await.succeeds();
    let before = desk.lines().await;
    let kiosk = rule("Kiosk", json!({ "text_contains": "newspapers" }), json!([{ "account_code": "6000" }]));
    let proposed = json!([rules()[0], rules()[1], kiosk]);
    let asked = json!({ "rules": proposed, "booked_from": day, "booked_to": day });
    let told = desk.admin.posts("/v1/bank-rules/replay", asked).await.succeeds().body;
    let mut bookings: Vec<Value> = told["bookings"].as_array().expect("bookings").clone();
    bookings.sort_by_key(|booking| booking["line"].as_i64());
    let seen: Vec<(&Value, &Value, &Value)> = bookings.iter().map(|own| (&own["line"], &own["rule"], &own["now"])).collect();
    let [one, two, three, four] = [json!(1), json!(2), json!(3), json!(4)];
    let (open, alike, matched) = (json!("unexplained"), json!("booked_alike"), json!("matched"));
    assert_eq!(seen, [(&one, &one, &open), (&two, &two, &alike), (&four, &three, &matched)], "{told}");
    assert_eq!((&told["lines"], &told["next_cursor"]), (&json!(4), &Value::Null));
    assert_eq!(told["rules"][0], json!({ "rule": 1, "lines": 1, "total": [{ "amount": "-11.90", "currency": "EUR" }] }));
    assert_eq!(bookings[0]["parts"][1], json!({ "account_code": "6850", "amount": { "amount": "10.00", "currency": "EUR" } }));
    let queue = json!({ "rules": proposed, "unexplained": true });
    let queued = desk.admin.posts("/v1/bank-rules/replay", queue).await.succeeds().body;
    assert_eq!((&queued["lines"], queued["bookings"].as_array().map(Vec::len)), (&json!(2), Some(1)), "{queued}");
    assert_eq!(desk.lines().await, before, "a question changes nothing");

    let next_door = desk.app.company("Other").await.owner;
    let theirs = next_door.posts("/v1/bank-rules/replay", json!({ "rules": charges(words(), "6850") })).await.succeeds().body;
    assert_eq!(theirs["lines"], 0);
    assert_eq!(next_door.gets("/v1/bank-rules").await.succeeds().body["rules"], json!([]));
    let id = imported["statements"][0]["id"].as_str().expect("an id");
    next_door.posts(&format!("/v1/bank-statements/{id}/book-automatically"), json!({})).await.is_refused_as("not-found");
}
