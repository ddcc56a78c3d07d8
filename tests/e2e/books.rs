//! The books: every financial fact posts balanced lines, and every figure of the trial balance is explained.

use quittance_domain::role::Role;
use quittance_tests::app::{Answer, Company, Person, TestApp};
use quittance_tests::day;
use rust_decimal::Decimal;
use serde_json::{Value, json};

pub struct Office {
    pub company: Company,
    pub anna: Person,
    pub bob: Person,
    pub tess: Person,
    pub theo: Person,
}

pub async fn office() -> Office {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let anna = app.user(&company, "anna", Role::ApClerk).await;
    let bob = app.user(&company, "bob", Role::Approver).await;
    let tess = app.user(&company, "tess", Role::Treasurer).await;
    let theo = app.user(&company, "theo", Role::Treasurer).await;
    // Whatever the amount: a bill whose rate is not known waits for it in the books, not in approval.
    let step = json!({ "stage": 1, "approvers": { "role": "approver" }, "quorum": 1 });
    company.owner.posts("/v1/approval-policy", json!({ "currency": "EUR", "rules": [{ "from": "0", "steps": [step] }] })).await.succeeds();
    Office { company, anna, bob, tess, theo }
}

impl Office {
    pub async fn vendor(&self) -> String {
        let vendor = json!({ "name": "Muster GmbH", "vat_id": "DE136695976", "address": { "country": "DE" } });
        self.anna.posts("/v1/vendors", vendor).await.succeeds().id()
    }

    pub async fn approved(&self, invoice: Value) -> String {
        let id = self.anna.posts("/v1/invoices", invoice).await.succeeds().id();
        self.anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
        let approved = self.bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds().position();
        self.read(&format!("/v1/invoices/{id}?min_position={approved}")).await;
        id
    }

    /// Pays by hand: planned, authorised, recorded, settled.
    pub async fn pays(&self, invoice: &str, amount: Option<Value>, value_date: &str) -> Answer {
        let item = amount.map_or(json!({ "invoice_id": invoice }), |amount| json!({ "invoice_id": invoice, "amount": amount }));
        let id = self.tess.posts("/v1/payments", json!({ "method": "manual", "items": [item] })).await.succeeds().id();
        self.theo.posts(&format!("/v1/payments/{id}/authorise"), json!({})).await.succeeds();
        let record = json!({ "method": "wire", "reference": "W-1", "paid_on": value_date });
        self.tess.posts(&format!("/v1/payments/{id}/record"), record).await.succeeds();
        let settled = self.tess.posts(&format!("/v1/payments/{id}/settle"), json!({ "value_date": value_date })).await.succeeds();
        self.read(&format!("/v1/payments/{id}?min_position={}", settled.position())).await;
        settled
    }

    pub async fn read(&self, path: &str) -> Value {
        self.tess.gets(path).await.succeeds().body
    }

    /// The balances of the books, `account currency balance base`, at a query.
    pub async fn balances(&self, after: i64, query: &str) -> Vec<String> {
        let balance = self.read(&format!("/v1/reports/trial-balance?min_position={after}{query}")).await;
        self.explained(&balance).await;
        let lines = balance["lines"].as_array().expect("lines");
        let text = |line: &Value, field: &str| line[field].as_str().expect("a text").to_owned();
        let shown = |line: &Value| {
            let amount = line["balance"]["amount"].as_str().expect("an amount");
            format!("{} {} {amount} {}", text(line, "account"), text(line, "currency"), text(line, "base_balance"))
        };
        lines.iter().map(shown).filter(|line| !line.ends_with(" 0.00 0.00")).collect()
    }

    /// What is under way is waited for, by asking again.
    async fn closes_hard(&self, period: &str) {
        for _ in 0..10 {
            let answer = self.tess.posts("/v1/periods/close", json!({ "period": period, "closing": "hard" })).await;
            if answer.body["code"] != "postings-under-way" {
                answer.succeeds();
                return;
            }
        }
        panic!("{period} could not be closed");
    }

    /// Each cell's link leads to lines that add up to it; debits equal credits.
    async fn explained(&self, balance: &Value) {
        for total in balance["totals"].as_array().expect("totals") {
            assert_eq!(total["debit"], total["credit"], "{balance}");
        }
        assert_eq!(balance["base"]["debit"], balance["base"]["credit"], "{balance}");
        for line in balance["lines"].as_array().expect("lines") {
            let link = line["explained_by"].as_str().expect("a link");
            let page = self.tess.gets(&format!("{link}&limit=200")).await.succeeds().body;
            let lines = page["data"].as_array().expect("lines");
            let sum: Decimal = lines.iter().map(|l| decimal(&l["amount"]["amount"])).sum();
            assert_eq!(sum, decimal(&line["balance"]["amount"]), "{link}");
        }
    }
}

pub fn decimal(value: &Value) -> Decimal {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is no decimal"))
}

/// 19 % on one line.
pub fn taxed(vendor: &str, number: &str, price: &str, on: &str) -> Value {
    let quantity = json!({ "value": "1", "unit": "C62" });
    let line = json!({ "name": "Brackets", "quantity": quantity, "unit_price": price, "tax": { "code": "S", "rate": "19" } });
    json!({ "vendor_id": vendor, "number": number, "issue_date": on, "currency": "EUR", "lines": [line] })
}

#[tokio::test]
async fn an_invoice_and_its_payment_are_posted_and_explained() {
    let o = office().await;
    let vendor = o.vendor().await;
    let invoice = o.approved(taxed(&vendor, "F-1", "1000.00", "2026-10-05")).await;
    let paid = o.pays(&invoice, Some(json!({ "amount": "500.00", "currency": "EUR" })), "2026-10-20").await.position();

    let before = ["1400 EUR 190.00 190.00", "2000 EUR -1190.00 -1190.00", "6000 EUR 1000.00 1000.00"];
    assert_eq!(o.balances(paid, "&as_of=2026-10-19").await, before);
    let after = ["1090 EUR -500.00 -500.00", "1400 EUR 190.00 190.00", "2000 EUR -690.00 -690.00", "6000 EUR 1000.00 1000.00"];
    assert_eq!(o.balances(paid, "&as_of=2026-10-20").await, after);
    assert!(o.balances(paid, "&as_of=2026-10-04").await.is_empty());
    assert!(o.balances(paid, "&as_of=2026-10-20&known_at=2020-01-01T00:00:00Z").await.is_empty(), "nothing was known then");

    let ageing = o.anna.gets("/v1/reports/ap-ageing?as_of=2026-10-20").await.succeeds().body;
    assert_eq!(ageing["totals"][0]["total"]["amount"], "690.00", "the control account is what is owed");
    let lines = o.anna.gets(&format!("/v1/journal?document_id={invoice}")).await.succeeds().body;
    assert_eq!(lines["data"].as_array().expect("lines").len(), 5, "{lines}");
    assert_eq!(lines["data"][1]["tax_code"], "S");
}

#[tokio::test]
async fn goods_and_their_invoice_meet_on_the_account_between_them() {
    let o = office().await;
    let vendor = o.vendor().await;
    let item = o.anna.posts("/v1/items", json!({ "sku": "P-4", "name": "Paper", "unit": "C62" })).await.succeeds().id();
    let line = json!({ "line": 1, "item_id": item, "description": "Paper", "quantity": "10", "unit_price": "12.50" });
    let order = json!({ "vendor_id": vendor, "number": "PO-7", "currency": "EUR", "lines": [line] });
    let order = o.anna.posts("/v1/purchase-orders", order).await.succeeds().id();
    let receipt = json!({ "purchase_order_id": order, "location": "main", "effective_date": "2026-10-02",
        "lines": [{ "line": 1, "accepted": "8", "rejected": "0" }] });
    let received = o.anna.posts("/v1/goods-receipts", receipt).await.succeeds().position();
    assert_eq!(o.balances(received, "&as_of=2026-10-31").await, ["1200 EUR 100.00 100.00", "2100 EUR -100.00 -100.00"]);

    let mut invoice = taxed(&vendor, "F-2", "100.00", "2026-10-06");
    invoice["references"] = json!({ "purchase_order": "po 7" });
    o.anna.posts("/v1/invoices", invoice.clone()).await.succeeds();
    invoice["references"] = json!({ "purchase_order": "PO-7" });
    invoice["number"] = json!("F-3");
    let line = &mut invoice["lines"][0];
    (line["order_line"], line["unit_price"], line["quantity"]["value"]) = (json!("1"), json!("12.50"), json!("8"));
    o.anna.posts("/v1/invoices", invoice).await.succeeds();
    let issue = json!({ "item_id": item, "location": "main", "quantity": "3", "reason": "sold", "effective_date": "2026-10-07" });
    let issued = o.anna.posts("/v1/stock/issue", issue).await.succeeds().position();
    let expected =
        ["1200 EUR 62.50 62.50", "1400 EUR 38.00 38.00", "2000 EUR -238.00 -238.00", "5000 EUR 37.50 37.50", "6000 EUR 100.00 100.00"];
    assert_eq!(o.balances(issued, "&as_of=2026-10-31").await, expected);
}

#[tokio::test]
async fn an_entry_by_hand_balances_or_is_refused_and_is_reversed_once() {
    let o = office().await;
    let entry = |account: &str, amount: &str, other: &str| {
        let line = |account: &str, amount: &str| json!({ "account": account, "amount": { "amount": amount, "currency": "EUR" } });
        json!({ "effective_date": "2026-10-31", "reason": "Rent", "lines": [line(account, amount), line("2300", other)] })
    };
    let (reversal, early) =
        (json!({ "effective_date": "2026-11-01", "reason": "Billed" }), json!({ "effective_date": "2026-10-30", "reason": "x" }));
    o.anna.posts("/v1/journal-entries", entry("6000", "1.00", "-1.00")).await.is_refused_as("role-missing");
    o.tess.posts("/v1/journal-entries", entry("6000", "1.00", "-1.01")).await.is_refused_as("entry-unbalanced");
    o.tess.posts("/v1/journal-entries", entry("2000", "1.00", "-1.00")).await.is_refused_as("account-controlled");
    o.tess.posts("/v1/journal-entries", entry("9999", "1.00", "-1.00")).await.is_refused_as("account-unknown");
    let mut foreign = entry("6000", "1.00", "-1.00");
    foreign["lines"][0]["amount"]["currency"] = json!("USD");
    o.tess.posts("/v1/journal-entries", foreign).await.is_refused_as("base-amount-missing");
    o.tess.posts_with_key("/v1/journal-entries", entry("6000", "1.00", "-1.00"), None).await.is_refused_as("idempotency-key-missing");

    let posted = o.tess.posts("/v1/journal-entries", entry("6000", "800.00", "-800.00")).await.succeeds();
    let reverse = format!("/v1/journal-entries/{}/reverse", posted.id());
    assert_eq!(o.balances(posted.position(), "&as_of=2026-11-30").await, ["2300 EUR -800.00 -800.00", "6000 EUR 800.00 800.00"]);
    o.tess.posts(&reverse, early).await.is_refused_as("reversal-too-early");
    let reversed = o.tess.posts(&reverse, reversal.clone()).await.succeeds().position();
    o.tess.posts(&reverse, reversal).await.succeeds();
    o.tess.posts(&reverse, json!({ "effective_date": "2026-11-02", "reason": "x" })).await.is_refused_as("already-reversed");
    assert!(o.balances(reversed, "&as_of=2026-11-30").await.is_empty());
    assert_eq!(o.balances(reversed, "&as_of=2026-10-31").await.len(), 2, "at the end of October it stood");
}

#[tokio::test]
async fn the_chart_is_seeded_and_what_it_assigns_is_posted_to() {
    let o = office().await;
    let vendor = o.vendor().await;
    let chart = o.anna.gets("/v1/chart").await.succeeds().body;
    assert_eq!(chart["posting_accounts"]["payables_control"], "2000");
    o.anna.posts("/v1/chart/accounts", json!({ "code": "6200", "name": "Parts", "kind": "expense" })).await.is_refused_as("role-missing");
    o.tess.posts("/v1/chart/accounts", json!({ "code": "6200", "name": "Parts", "kind": "expense" })).await.succeeds();
    o.anna.posts("/v1/invoices", taxed(&vendor, "F-1", "10.00", "2026-10-05")).await.succeeds();
    let owner = &o.company.owner;
    let unknown = owner.posts("/v1/chart/posting-accounts", json!({ "default_expense": "6201" })).await;
    unknown.is_refused_as("account-unknown");
    assert_eq!(unknown.body["errors"][0]["pointer"], "/default_expense");
    let tax = json!({ "code": "X", "name": "X", "category": "S", "rates": [], "input_account": "9401" });
    let unknown = owner.posts("/v1/chart/tax-codes", tax).await;
    unknown.is_refused_as("account-unknown");
    assert_eq!(unknown.body["errors"][0]["pointer"], "/input_account");
    for (role, account, code) in [
        ("goods_received_not_invoiced", "2000", "posting-account-shared"),
        ("inventory", "6000", "posting-account-kind"),
        ("payables_control", "1000", "posting-account-kind"),
    ] {
        let refused = owner.posts("/v1/chart/posting-accounts", json!({ role: account })).await;
        refused.is_refused_as(code);
    }
    owner.posts("/v1/chart/posting-accounts", json!({ "default_expense": "6200" })).await.succeeds();
    let second = o.anna.posts("/v1/invoices", taxed(&vendor, "F-2", "20.00", "2026-10-05")).await.succeeds().position();
    let spent: Vec<String> = o.balances(second, "&as_of=2026-10-31").await.into_iter().filter(|line| line.starts_with('6')).collect();
    assert_eq!(spent, ["6000 EUR 10.00 10.00", "6200 EUR 20.00 20.00"], "what was posted before stays where it is");
}

/// What is open when another account takes over is settled where it was posted: together they are what is owed.
#[tokio::test]
async fn ageing_ties_to_every_account_that_was_the_control_account() {
    let o = office().await;
    let vendor = o.vendor().await;
    o.approved(taxed(&vendor, "F-1", "100.00", "2026-10-05")).await;
    let other = json!({ "code": "2001", "name": "Other payables", "kind": "liability" });
    o.tess.posts("/v1/chart/accounts", other).await.succeeds();
    o.company.owner.posts("/v1/chart/posting-accounts", json!({ "payables_control": "2001" })).await.succeeds();
    let second = o.anna.posts("/v1/invoices", taxed(&vendor, "G-22", "200.00", "2026-09-01")).await.succeeds().position();
    let ageing = o.read(&format!("/v1/reports/ap-ageing?as_of=2026-10-31&min_position={second}")).await;
    let control = &ageing["totals"][0]["control"];
    assert_eq!((&control["account"], &control["balance"]["amount"]), (&json!("2001"), &json!("238.00")));
    let former = &control["former"][0];
    assert_eq!((&former["account"], &former["balance"]["amount"]), (&json!("2000"), &json!("119.00")));
    assert_eq!((&ageing["totals"][0]["total"]["amount"], &control["difference"]["amount"]), (&json!("357.00"), &json!("0.00")));
}

#[tokio::test]
async fn nothing_posts_into_a_closed_period_and_its_name_is_told() {
    let o = office().await;
    let vendor = o.vendor().await;
    let owner = &o.company.owner;
    let close = |closing: &str| json!({ "period": "2026-09", "closing": closing });
    let open = o.approved(taxed(&vendor, "F-1", "1000.00", "2026-09-05")).await;
    o.anna.posts("/v1/periods/close", close("soft")).await.is_refused_as("role-missing");
    o.tess.posts("/v1/periods/close", close("hard")).await.is_refused_as("soft-close-first");
    o.tess.posts("/v1/periods/close", json!({ "period": "2999-01", "closing": "soft" })).await.is_refused_as("period-not-over");
    o.tess.posts("/v1/periods/close", close("soft")).await.succeeds();

    let mut dated = taxed(&vendor, "F-2", "10.00", "2026-09-10");
    dated["effective_date"] = json!("2026-09-10");
    let refused = o.anna.posts("/v1/invoices", dated).await;
    assert!(refused.body["detail"].as_str().is_some_and(|d| d.contains("2026-09")), "{refused:?}");
    refused.is_refused_as("period-closed");
    let late = o.anna.posts("/v1/invoices", taxed(&vendor, "F-2", "10.00", "2026-09-10")).await.succeeds();
    let late = o.read(&format!("/v1/invoices/{}?min_position={}", late.id(), late.position())).await;
    assert_eq!(late["effective_date"], "2026-10-01", "without a day of its own it counts on the first open one");
    for (ahead, refused) in [(40, None), (400, Some("day-to-come"))] {
        let mut early = taxed(&vendor, &format!("F-{ahead}"), "10.00", "2026-10-10");
        early["effective_date"] = json!(day(ahead));
        let dated = taxed(&vendor, &format!("D-{ahead}"), "11.00", &day(ahead).to_string());
        for (invoice, pointer) in [(early, "/effective_date"), (dated, "/issue_date")] {
            let answer = o.anna.posts("/v1/invoices", invoice).await;
            match refused {
                Some(code) => {
                    answer.is_refused_as(code);
                    assert_eq!(answer.body["errors"][0]["pointer"], pointer);
                }
                None => drop(answer.succeeds()),
            }
        }
    }
    let mut amended = taxed(&vendor, "F-1", "999.00", "2026-10-05");
    amended["effective_date"] = json!("2026-09-05");
    let amend = json!({ "invoice": amended, "reason": "price" });
    o.anna.posts(&format!("/v1/invoices/{open}/amend"), amend).await.is_refused_as("period-closed");

    let by_hand = |on: &str| {
        let line = |account: &str, amount: &str| json!({ "account": account, "amount": { "amount": amount, "currency": "EUR" } });
        json!({ "effective_date": on, "reason": "Rent", "lines": [line("6000", "1.00"), line("2300", "-1.00")] })
    };
    o.tess.posts("/v1/journal-entries", by_hand("2026-09-30")).await.succeeds();
    o.closes_hard("2026-09").await;
    o.tess.posts("/v1/periods/close", close("hard")).await.succeeds();
    o.tess.posts("/v1/journal-entries", by_hand("2026-09-30")).await.is_refused_as("period-closed");

    let item = json!([{ "invoice_id": open }]);
    let payment = o.tess.posts("/v1/payments", json!({ "method": "manual", "items": item })).await.succeeds().id();
    o.theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
    let record = json!({ "method": "wire", "reference": "W-1", "paid_on": "2026-09-30" });
    o.tess.posts(&format!("/v1/payments/{payment}/record"), record).await.succeeds();
    let settle = |on: &str| json!({ "value_date": on });
    o.tess.posts(&format!("/v1/payments/{payment}/settle"), settle("2026-09-30")).await.is_refused_as("period-closed");
    o.tess.posts("/v1/periods/reopen", json!({ "period": "2026-09", "reason": "x" })).await.is_refused_as("role-missing");
    for _ in 0..2 {
        owner.posts("/v1/periods/reopen", json!({ "period": "2026-09", "reason": "the bank was late" })).await.succeeds();
    }
    o.tess.posts(&format!("/v1/payments/{payment}/settle"), settle("2026-09-30")).await.succeeds();
}

/// Whoever comes second sees the other: after the close was answered, nothing more counts in the period.
#[tokio::test]
async fn a_closing_that_races_postings_lets_none_in_after_it() {
    let o = office().await;
    let vendor = o.vendor().await;
    let post = |n: usize| {
        let (anna, vendor) = (o.anna.clone(), vendor.clone());
        async move {
            let mut invoice = taxed(&vendor, &format!("F-{n}"), "10.00", "2026-09-10");
            invoice["effective_date"] = json!("2026-09-10");
            anna.posts("/v1/invoices", invoice).await
        }
    };
    let close = async {
        tokio::time::sleep(std::time::Duration::from_millis(40)).await;
        o.tess.posts("/v1/periods/close", json!({ "period": "2026-09", "closing": "soft" })).await.succeeds().position()
    };
    let (posted, closed) = tokio::join!(futures::future::join_all((0..64).map(post)), close);
    let mut accepted = 0;
    for answer in posted {
        match answer.status {
            201 => {
                assert!(answer.position() < closed, "{answer:?} counts in a period that was closed at {closed}");
                accepted += 1;
            }
            _ => answer.is_refused_as("period-closed"),
        }
    }
    let later = o.anna.posts("/v1/invoices", {
        let mut invoice = taxed(&vendor, "F-late", "10.00", "2026-09-10");
        invoice["effective_date"] = json!("2026-09-10");
        invoice
    });
    later.await.is_refused_as("period-closed");
    let lines = o.read(&format!("/v1/journal?account=2000&min_position={closed}&limit=200")).await;
    assert_eq!(lines["data"].as_array().expect("lines").len(), accepted, "{accepted} were accepted before the close");
}

pub fn dollars(vendor: &str, number: &str, price: &str, on: &str) -> Value {
    let quantity = json!({ "value": "1", "unit": "C62" });
    let line = json!({ "name": "Licence", "quantity": quantity, "unit_price": price, "tax": { "code": "O", "rate": "0" } });
    json!({ "vendor_id": vendor, "number": number, "issue_date": on, "currency": "USD", "lines": [line] })
}

#[tokio::test]
async fn a_bill_in_dollars_waits_for_its_rate_and_gains_or_loses_when_it_is_paid() {
    let o = office().await;
    let vendor = o.vendor().await;
    let quote =
        |on: &str, rate: &str| json!({ "source": "House bank", "quotes": [{ "unit": "EUR", "currency": "USD", "on": on, "rate": rate }] });
    let bill = o.approved(dollars(&vendor, "US-1", "100.00", "2026-09-02")).await;
    let before = o.read("/v1/periods/2026-09/checklist").await;
    let waiting = before["checks"].as_array().expect("checks").iter().find(|c| c["check"] == "exchange_rates_missing").cloned();
    assert_eq!(waiting, Some(json!({ "check": "exchange_rates_missing", "left": 1, "blocks": true })));
    o.tess.posts("/v1/periods/close", json!({ "period": "2026-09", "closing": "soft" })).await.succeeds();
    o.tess.posts("/v1/periods/close", json!({ "period": "2026-09", "closing": "hard" })).await.is_refused_as("checklist-incomplete");

    o.tess.posts("/v1/exchange-rates", quote("2026-09-01", "1.25")).await.succeeds();
    let last = o.tess.posts("/v1/exchange-rates", quote("2026-10-15", "1.20")).await.succeeds().position();
    assert_eq!(o.balances(last, "&as_of=2026-09-30").await, ["2000 USD -100.00 -80.00", "6000 USD 100.00 80.00"]);
    let asked = o.anna.gets("/v1/exchange-rates/conversion?from=USD&to=EUR&on=2026-10-14").await.succeeds().body;
    assert_eq!((&asked["quoted_on"], &asked["days_old"]), (&json!("2026-09-01"), &json!(43)), "the gap is told");
    assert_eq!(o.anna.gets("/v1/exchange-rates/conversion?from=USD&to=EUR&on=2026-08-31").await.status, 404);
    let itself = o.anna.gets("/v1/exchange-rates/conversion?from=EUR&to=EUR&on=2026-08-31").await.succeeds().body;
    assert_eq!((&itself["numerator"], &itself["denominator"], &itself["days_old"]), (&json!("1"), &json!("1"), &json!(0)));

    let paid = o.pays(&bill, None, "2026-10-20").await.position();
    let expected = ["1090 USD -100.00 -83.33", "6000 USD 100.00 80.00", "6800 EUR 0.00 3.33"];
    assert_eq!(o.balances(paid, "&as_of=2026-10-31").await, expected);
    o.closes_hard("2026-09").await;
}

#[tokio::test]
async fn the_rates_of_the_central_bank_are_imported_once() {
    let o = office().await;
    let whole = std::fs::read_to_string(quittance_tests::data::data("ecb-fx/eurofxref-hist.csv")).expect("the ECB's file");
    // The newest years: an unoptimised build takes its time, and a request has not much of it.
    let text: String = whole.lines().take(1_000).map(|line| format!("{line}\n")).collect();
    let file = text.clone().into_bytes();
    let first = o.tess.shows_as("/v1/exchange-rates/import", file.clone(), "text/csv").await;
    assert_eq!(first.status, 200, "{first:?}");
    assert_eq!(first.body["days"].as_u64(), Some(text.lines().count() as u64 - 1));
    let again = o.tess.shows_as("/v1/exchange-rates/import", file, "text/csv").await;
    assert_eq!(again.body["version"], first.body["version"], "nothing is new the second time: {again:?}");
    let after = first.position();
    // Every quote of some currencies, gaps included, is found on its day and carries over the days without one.
    let names: Vec<&str> = text.lines().next().expect("a header").split(',').collect();
    let column = names.iter().position(|name| *name == "USD").expect("dollars");
    let line = text.lines().nth(500).expect("a day");
    let (day, rate) = (line.split(',').next().expect("a day"), line.split(',').nth(column).expect("a rate"));
    let found = o.read(&format!("/v1/exchange-rates/conversion?from=EUR&to=USD&on={day}&min_position={after}")).await;
    assert_eq!((decimal(&found["numerator"]), &found["quoted_on"]), (rate.parse().expect("a rate"), &json!(day)));
    let christmas = o.anna.gets("/v1/exchange-rates/conversion?from=GBP&to=USD&on=2024-12-26").await.succeeds().body;
    assert_eq!((&christmas["quoted_on"], &christmas["days_old"]), (&json!("2024-12-24"), &json!(2)));
    o.tess.shows_as("/v1/exchange-rates/import", b"not,rates".to_vec(), "text/csv").await.is_refused_as("rates-unreadable");
}

/// What a period cost and nobody has invoiced: there on its last day, gone on the next one's first, in every currency.
#[tokio::test]
async fn an_accrual_counts_in_its_period_and_nowhere_else() {
    let o = office().await;
    let line =
        |account: &str, amount: &str, currency: &str| json!({ "account": account, "amount": { "amount": amount, "currency": currency } });
    let accrual =
        |period: &str, to: &str, lines: Vec<Value>| json!({ "period": period, "reason": "Cleaning", "accrued_to": to, "lines": lines });
    let mut dollars = line("6000", "110.00", "USD");
    dollars["base_amount"] = json!("100.00");
    let lines = vec![line("6000", "240.00", "EUR"), dollars.clone()];
    let done = o.tess.posts("/v1/accruals", accrual("2026-02", "2300", lines)).await.succeeds();
    assert_eq!(o.balances(done.position(), "&as_of=2026-02-27").await, Vec::<String>::new());
    let held = ["2300 EUR -240.00 -240.00", "2300 USD -110.00 -100.00", "6000 EUR 240.00 240.00", "6000 USD 110.00 100.00"];
    assert_eq!(o.balances(done.position(), "&as_of=2026-02-28").await, held);
    assert_eq!(o.balances(done.position(), "&as_of=2026-03-01").await, Vec::<String>::new());
    let report = async |query: &str| o.read(&format!("/v1/reports/accruals?{query}")).await;
    let told = |report: &Value, at: &str| -> Vec<String> {
        let lines = report["data"].as_array().expect("lines").iter();
        lines.map(|line| line.pointer(at).map_or(String::new(), |value| value.to_string().replace('"', ""))).collect()
    };
    let standing = report("as_of=2026-02-28").await;
    let owed = standing["totals"].as_array().expect("totals").iter().map(|total| {
        let [owed, balance, beside] = ["owed", "balance", "beside"].map(|name| decimal(&total[name]["amount"]));
        (total["accrued_to"].as_str().expect("a code").to_owned(), owed, balance, beside, decimal(&total["base_owed"]))
    });
    let [euros, dollars_owed] = [(-240, -240), (-110, -100)].map(|(owed, base)| {
        let [owed, base] = [owed, base].map(Decimal::from);
        ("2300".to_owned(), owed, owed, Decimal::ZERO, base)
    });
    assert_eq!(owed.collect::<Vec<_>>(), [euros, dollars_owed], "{standing}");
    assert_eq!(told(&standing, "/stands"), ["true", "true"]);
    assert_eq!(told(&standing, "/account"), ["6000", "6000"]);
    assert_eq!(told(&standing, "/accrued_to"), ["2300", "2300"]);
    assert_eq!(told(&standing, "/accrued_by/name"), ["tess", "tess"]);
    assert_eq!(told(&standing, "/period"), ["2026-02", "2026-02"]);
    let page = report("as_of=2026-02-28&limit=1").await;
    let next = report(&format!("as_of=2026-02-28&limit=1&cursor={}", page["next_cursor"].as_str().expect("more"))).await;
    assert_eq!((told(&page, "/amount/currency"), told(&next, "/amount/currency")), (vec!["EUR".to_owned()], vec!["USD".to_owned()]));
    let after = report("as_of=2026-03-01").await;
    assert_eq!((&after["totals"], told(&after, "/stands")), (&json!([]), vec!["false".to_owned(), "false".to_owned()]));
    assert_eq!(told(&after, "/taken_back_on"), ["2026-03-01", "2026-03-01"]);
    assert_eq!(report("as_of=2026-02-27").await["data"], json!([]));
    assert_eq!(report("as_of=2026-02-28&known_at=2020-01-01T00:00:00Z").await["data"], json!([]));
    let explained = o.read(standing["data"][0]["explained_by"].as_str().expect("a path")).await;
    assert_eq!(explained["data"].as_array().map(Vec::len), Some(8));
    let (status, table) = o.tess.downloads("/v1/reports/accruals?as_of=2026-02-28&format=csv").await;
    assert_eq!((status, String::from_utf8_lossy(&table).lines().count()), (200, 3));
    // What came later, accrued or posted by hand, was not known then.
    let known = standing["data"][1]["recorded_at"].as_str().expect("a moment").to_owned();
    let by_hand = json!({ "effective_date": "2026-02-28", "reason": "brought over", "lines": [line("6000", "7.00", "EUR"), line("2300", "-7.00", "EUR")] });
    let late = o.tess.posts("/v1/journal-entries", by_hand).await.succeeds().id();
    let more = accrual("2026-02", "2300", vec![line("6000", "3.00", "EUR")]);
    let more = o.tess.posts("/v1/accruals", more).await.succeeds().position();
    let owed = |report: &Value| ["owed", "balance", "beside"].map(|name| decimal(&report["totals"][0][name]["amount"]));
    assert_eq!(owed(&report(&format!("as_of=2026-02-28&min_position={more}")).await), [-243, -250, -7].map(Decimal::from));
    assert_eq!(owed(&report(&format!("as_of=2026-02-28&known_at={known}")).await), [-240, -240, 0].map(Decimal::from));
    let undone = json!({ "effective_date": "2026-02-28", "reason": "in error" });
    o.tess.posts(&format!("/v1/journal-entries/{late}/reverse"), undone).await.succeeds();
    let journal = o.read(&format!("/v1/journal?account=2300&limit=200&document_id={}", done.id())).await;
    let reasons: Vec<&Value> = journal["data"].as_array().expect("lines").iter().map(|line| &line["reason"]).collect();
    assert_eq!(reasons, [&json!("accrued"), &json!("accrued"), &json!("accrual_reversed"), &json!("accrual_reversed")]);
    // It is taken back once: not by hand as well.
    let reverse = json!({ "effective_date": "2026-03-05", "reason": "once more" });
    o.tess.posts(&format!("/v1/journal-entries/{}/reverse", done.id()), reverse).await.is_refused_as("already-reversed");

    let one = || vec![line("6000", "1.00", "EUR")];
    o.tess.posts("/v1/accruals", accrual("2026-02", "2000", one())).await.is_refused_as("account-controlled");
    o.tess.posts("/v1/accruals", accrual("2026-02", "9999", one())).await.is_refused_as("account-unknown");
    o.tess.posts("/v1/accruals", accrual("2026-02", "2300", vec![])).await.is_refused_as("too-few-lines");
    o.tess.posts("/v1/accruals", accrual("2026-02", "2300", vec![line("6000", "1.00", "USD")])).await.is_refused_as("base-amount-missing");
    let itself = o.tess.posts("/v1/accruals", accrual("2026-02", "6000", one())).await;
    itself.is_refused_as("accrued-to-itself");
    assert_eq!(itself.body["errors"][0]["pointer"], "/lines/0/account");
    let mut opposed = line("6000", "1.00", "USD");
    opposed["base_amount"] = json!("-0.90");
    let opposed = o.tess.posts("/v1/accruals", accrual("2026-02", "2300", vec![opposed])).await;
    opposed.is_refused_as("base-amount-opposed");
    assert_eq!(opposed.body["errors"][0]["pointer"], "/lines/0/base_amount");
    o.anna.posts("/v1/accruals", accrual("2026-02", "2300", one())).await.is_refused_as("role-missing");
    let close = |closing: &str| json!({ "period": "2026-02", "closing": closing });
    o.tess.posts("/v1/periods/close", close("soft")).await.succeeds();
    o.tess.posts("/v1/accruals", accrual("2026-02", "2300", one())).await.succeeds();
    o.closes_hard("2026-02").await;
    o.tess.posts("/v1/periods/close", close("hard")).await.succeeds();
    let closed = o.tess.posts("/v1/accruals", accrual("2026-02", "2300", one())).await;
    closed.is_refused_as("period-closed");
    assert_eq!(closed.body["errors"][0]["pointer"], "/period");
}
