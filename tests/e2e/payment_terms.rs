//! Payment terms of a vendor: what an invoice's early payment is worth, and that it is taken in time only (M4, P2).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::NaiveDate;
use quittance_domain::role::Role;
use quittance_projections::clock::Clock;
use quittance_tests::app::{Answer, Person, TestApp};
use quittance_tests::{day, today};
use serde_json::{Value, json};

use crate::approval_deadlines::Ahead;

pub(crate) struct Office {
    pub owner: Person,
    pub anna: Person,
    pub bob: Person,
    pub tess: Person,
    theo: Person,
    pub vendor: String,
    pub app: TestApp,
}

impl Office {
    /// A vendor that grants 2 % within ten days.
    async fn open() -> Self {
        Self::in_app(TestApp::start().await).await
    }

    pub async fn in_app(app: TestApp) -> Self {
        let company = app.company("Acme").await;
        let anna = app.user(&company, "anna", Role::ApClerk).await;
        let bob = app.user(&company, "bob", Role::Approver).await;
        let tess = app.user(&company, "tess", Role::Treasurer).await;
        let theo = app.user(&company, "theo", Role::Treasurer).await;
        let vendor = json!({ "name": "Muster GmbH", "vat_id": "DE136695976", "address": { "country": "DE" } });
        let vendor = anna.posts("/v1/vendors", vendor).await.succeeds().id();
        anna.posts("/v1/payment-terms", terms("2")).await.succeeds();
        let details = json!({ "number": "V-1007", "payment_terms": "2-10-N30" });
        anna.posts(&format!("/v1/vendors/{vendor}/details"), details).await.succeeds();
        bob.posts(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.succeeds();
        Self { owner: company.owner, anna, bob, tess, theo, vendor, app }
    }

    pub async fn approved(&self, number: &str, net: &str, issued: NaiveDate) -> String {
        let id = self.received(number, net, issued).await;
        self.anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
        self.bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
        id
    }

    /// An amount and 20 % tax; two invoices of one amount would look alike and be held.
    pub async fn received(&self, number: &str, net: &str, issued: NaiveDate) -> String {
        let line =
            json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": net, "tax": { "code": "S", "rate": "20" } });
        let invoice = json!({ "vendor_id": self.vendor, "number": number, "issue_date": issued, "currency": "EUR", "lines": [line] });
        self.anna.posts("/v1/invoices", invoice).await.succeeds().id()
    }

    pub async fn plans(&self, invoice: &str, on: NaiveDate) -> Answer {
        let plan = json!({ "method": "manual", "execution_date": on, "items": [{ "invoice_id": invoice }] });
        self.tess.posts("/v1/payments", plan).await
    }

    async fn total(&self, payment: &Answer) -> Value {
        let path = format!("/v1/payments/{}?min_position={}", payment.id(), payment.position());
        self.tess.gets(&path).await.succeeds().body["total"]["amount"].clone()
    }

    pub async fn records(&self, payment: &str, on: NaiveDate) -> Answer {
        self.theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
        let record = json!({ "method": "wire", "reference": "W-1", "paid_on": on });
        self.tess.posts(&format!("/v1/payments/{payment}/record"), record).await
    }
}

fn terms(percent: &str) -> Value {
    let rule = json!({
        "name": "2/10 net 30",
        "instalments": [{ "percent": "100", "due": { "kind": "net_days", "days": 30 } }],
        "discounts": [{ "percent": percent, "days": 10 }],
    });
    json!({ "code": "2-10-N30", "rule": rule })
}

#[tokio::test]
async fn paid_in_time_the_discount_settles_the_rest() {
    let office = Office::open().await;
    let invoice = office.approved("1", "1000", today()).await;
    let planned = office.plans(&invoice, today()).await.succeeds();
    assert_eq!(office.total(&planned).await, "1176.00");
    office.records(&planned.id(), today()).await.succeeds();
    let settle = json!({ "value_date": today() });
    let settled = office.tess.posts(&format!("/v1/payments/{}/settle", planned.id()), settle).await.succeeds();
    let seen = office.anna.gets(&format!("/v1/invoices/{invoice}?min_position={}", settled.position())).await.succeeds().body;
    assert_eq!((&seen["status"], &seen["open"]["amount"]), (&json!("paid"), &json!("0.00")));
    let discount = &seen["terms"]["discounts"][0];
    assert_eq!((&discount["amount"]["amount"], &discount["until"]), (&json!("24.00"), &json!(day(10))));
    assert_eq!(seen["due_date"], json!(day(30)));
}

/// The tax of what was never paid is not deducted, from the day of the payment on, and deducted again when the money comes back.
#[tokio::test]
async fn a_discount_takes_its_tax_back() {
    let office = Office::open().await;
    let set = office.owner.posts("/v1/company/discount-tax", json!({ "reduces_input_tax": true })).await.succeeds();
    let company = office.owner.gets(&format!("/v1/company?min_position={}", set.position())).await.succeeds().body;
    assert_eq!(company["discount_tax"], json!({ "reduces_input_tax": true }));
    office.anna.posts("/v1/company/discount-tax", json!({ "reduces_input_tax": false })).await.is_refused_as("role-missing");
    let invoice = office.approved("1", "1000", day(-3)).await;
    let planned = office.plans(&invoice, today()).await.succeeds();
    office.records(&planned.id(), today()).await.succeeds();
    let payment = format!("/v1/payments/{}", planned.id());
    let settled = office.tess.posts(&format!("{payment}/settle"), json!({ "value_date": today() })).await.succeeds();
    // Net and tax of one day.
    let taxed = async |on: NaiveDate, known: i64| {
        let report = office.tess.gets(&format!("/v1/reports/tax?from={on}&to={on}&min_position={known}")).await.succeeds().body;
        let lines = report["lines"].as_array().expect("lines").clone();
        let moved =
            |line: &Value| format!("{} {}", line["part"].as_str().expect("a part"), line["amount"]["amount"].as_str().expect("an amount"));
        let mut moved: Vec<String> = lines.iter().map(moved).collect();
        moved.sort();
        moved
    };
    assert_eq!(taxed(day(-3), settled.position()).await, ["input 200.00", "net 1000.00"]);
    assert_eq!(taxed(today(), settled.position()).await, ["input -4.00", "net -20.00"]);
    let back = json!({ "value_date": today(), "reason": "account closed" });
    let returned = office.theo.posts(&format!("{payment}/return"), back).await.succeeds();
    assert_eq!(taxed(today(), returned.position()).await, Vec::<String>::new());
    let ageing = office.tess.gets(&format!("/v1/reports/ap-ageing?min_position={}", returned.position())).await.succeeds().body;
    assert_eq!(ageing["totals"][0]["control"]["difference"]["amount"], "0.00", "{ageing}");
}

/// 1,000.00 at 20 % and 1,000.00 free of tax are 2,200.00; a credit note takes the second away. The discount is 24.00 of 1,200.00 then, and of
/// it 4.00 are tax: by what was billed at first it would be 2.18.
#[tokio::test]
async fn a_discount_of_what_a_credit_note_leaves_takes_back_the_tax_of_that() {
    let office = Office::open().await;
    office.owner.posts("/v1/company/discount-tax", json!({ "reduces_input_tax": true })).await.succeeds();
    let line = |code: &str, rate: &str| json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "1000", "tax": { "code": code, "rate": rate } });
    let approved = async |number: &str, kind: &str, lines: Value| {
        let body =
            json!({ "vendor_id": office.vendor, "number": number, "kind": kind, "issue_date": day(-3), "currency": "EUR", "lines": lines });
        let id = office.anna.posts("/v1/invoices", body).await.succeeds().id();
        office.anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
        office.bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();
        id
    };
    let invoice = approved("1", "invoice", json!([line("S", "20"), line("Z", "0")])).await;
    let credit = approved("C-1", "credit_note", json!([line("Z", "0")])).await;
    let apply = json!({ "credit_note_id": credit, "effective_date": day(-1) });
    office.anna.posts(&format!("/v1/invoices/{invoice}/apply-credit"), apply).await.succeeds();
    let planned = office.plans(&invoice, today()).await.succeeds();
    assert_eq!(office.total(&planned).await, "1176.00");
    office.records(&planned.id(), today()).await.succeeds();
    let settle = json!({ "value_date": today() });
    let settled = office.tess.posts(&format!("/v1/payments/{}/settle", planned.id()), settle).await.succeeds();
    let path = format!("/v1/reports/tax?from={}&to={}&min_position={}", today(), today(), settled.position());
    let report = office.tess.gets(&path).await.succeeds().body;
    let input: Vec<&Value> = report["lines"].as_array().expect("lines").iter().filter(|line| line["part"] == "input").collect();
    assert_eq!(input.iter().map(|line| &line["amount"]["amount"]).collect::<Vec<_>>(), ["-4.00"], "{report}");
}

#[tokio::test]
async fn what_paying_early_earns_is_listed_until_its_last_day() {
    let office = Office::open().await;
    let invoice = office.approved("1", "1000", today()).await;
    let listed = async |on: NaiveDate| {
        let path = format!("/v1/reports/discount-opportunities?as_of={on}");
        office.tess.gets(&path).await.succeeds().body
    };
    let found = listed(today()).await;
    let line = &found["lines"][0];
    assert_eq!((&line["invoice_id"], &line["in_payment"]), (&json!(invoice), &json!(false)), "{found}");
    assert_eq!((&line["discount"]["amount"], &line["to_pay"]["amount"]), (&json!("24.00"), &json!("1176.00")));
    assert_eq!((&line["days_left"], &line["yearly_percent"]), (&json!(10), &json!("37.24")), "2/10 net 30");
    assert_eq!(found["totals"][0]["amount"], "24.00");
    let explained = office.tess.gets(line["explained_by"].as_str().expect("a link")).await.succeeds().body;
    assert_eq!(explained["agrees"], true, "{explained}");
    assert_eq!(listed(day(10)).await["lines"][0]["days_left"], 0);
    assert_eq!(listed(day(11)).await["lines"], json!([]), "it is over");
}

#[tokio::test]
async fn paid_too_late_there_is_no_discount_and_a_late_record_of_a_planned_one_is_refused() {
    let office = Office::open().await;
    let late = office.approved("1", "1000", day(-11)).await;
    assert_eq!(office.total(&office.plans(&late, today()).await.succeeds()).await, "1200.00");
    // Nothing leaves in the past; what was paid by other means was paid when it was, and is recorded as paid on such a day.
    let sepa = json!({ "method": "sepa_credit_transfer", "execution_date": day(-1), "items": [{ "invoice_id": late }] });
    office.tess.posts("/v1/payments", sepa).await.is_refused_as("day-passed");
    let second = office.approved("2", "2000", day(-11)).await;
    let in_time = office.plans(&second, day(-1)).await.succeeds();
    assert_eq!(office.total(&in_time).await, "2352.00");
    office.records(&in_time.id(), today()).await.is_refused_as("discount-expired");
    let record = json!({ "method": "wire", "reference": "W-1", "paid_on": day(-1) });
    office.tess.posts(&format!("/v1/payments/{}/record", in_time.id()), record).await.succeeds();
    let early = office.approved("3", "3000", day(-1)).await;
    let before_it_counts = office.plans(&early, day(-2)).await;
    before_it_counts.is_refused_as("value-date-too-early");
}

#[tokio::test]
async fn a_late_record_of_a_planned_discount_is_refused() {
    let clock = Arc::new(Ahead(AtomicI64::new(0)));
    let office = Office::in_app(TestApp::by_the_time_of(clock.clone()).await).await;
    let last_day = office.approved("2", "2000", day(-10)).await;
    let planned = office.plans(&last_day, today()).await.succeeds();
    assert_eq!(office.total(&planned).await, "2352.00");
    office.records(&planned.id(), day(1)).await.is_refused_as("day-to-come");
    clock.0.store(24, Ordering::Relaxed);
    let record = json!({ "method": "wire", "reference": "W-1", "paid_on": day(1) });
    office.tess.posts(&format!("/v1/payments/{}/record", planned.id()), record).await.is_refused_as("discount-expired");
}

/// A person who says when money moved is held to what else is known.
#[tokio::test]
async fn money_moves_neither_before_it_was_owed_or_paid_nor_long_before_it_moves() {
    let office = Office::open().await;
    let invoice = office.approved("1", "1000", day(-20)).await;
    let planned = office.plans(&invoice, today()).await.succeeds().id();
    office.records(&planned, day(-5)).await.succeeds();
    let settle = async |on: NaiveDate| office.tess.posts(&format!("/v1/payments/{planned}/settle"), json!({ "value_date": on })).await;
    let back = async |on: NaiveDate| {
        office.tess.posts(&format!("/v1/payments/{planned}/return"), json!({ "value_date": on, "reason": "AC04" })).await
    };
    settle(day(-21)).await.is_refused_as("value-date-too-early");
    settle(day(-6)).await.is_refused_as("value-date-too-early");
    settle(day(8)).await.is_refused_as("day-to-come");
    settle(day(-4)).await.succeeds();
    back(day(-5)).await.is_refused_as("value-date-too-early");
    back(day(-4)).await.succeeds();
}

/// What left on one day and came back on another was ours to owe again from the second on: nothing pays it in between, and on no day is
/// less than nothing owed.
#[tokio::test]
async fn what_came_back_is_paid_again_from_then_on() {
    let office = Office::open().await;
    let invoice = office.approved("1", "1000", day(-20)).await;
    let first = office.plans(&invoice, today()).await.succeeds().id();
    office.records(&first, day(-6)).await.succeeds();
    office.tess.posts(&format!("/v1/payments/{first}/settle"), json!({ "value_date": day(-5) })).await.succeeds();
    let back = json!({ "value_date": day(-2), "reason": "AC04" });
    office.theo.posts(&format!("/v1/payments/{first}/return"), back).await.succeeds();

    let retain = json!({ "percent": "5", "release_on": day(300), "effective_date": day(-3), "reason": "a year" });
    let kept = office.anna.posts(&format!("/v1/invoices/{invoice}/retain"), retain).await;
    kept.is_refused_as("allocation-too-early");
    assert_eq!(kept.body["errors"][0]["pointer"], "/effective_date", "{}", kept.body);
    let second = office.plans(&invoice, today()).await.succeeds().id();
    let early = office.records(&second, day(-3)).await;
    early.is_refused_as("value-date-too-early");
    assert_eq!(early.body["errors"][0]["pointer"], "/paid_on", "{}", early.body);
    let record = json!({ "method": "wire", "reference": "W-2", "paid_on": day(-2) });
    office.tess.posts(&format!("/v1/payments/{second}/record"), record).await.succeeds();
    let settled = office.tess.posts(&format!("/v1/payments/{second}/settle"), json!({ "value_date": day(-1) })).await.succeeds();
    for (on, owed) in [(-6, "1200.00"), (-5, "0.00"), (-3, "0.00"), (-2, "1200.00"), (-1, "0.00")] {
        let path = format!("/v1/reports/ap-ageing?as_of={}&min_position={}", day(on), settled.position());
        let ageing = office.tess.gets(&path).await.succeeds().body;
        assert_eq!(ageing["totals"][0]["total"]["amount"].as_str().unwrap_or("0.00"), owed, "{on}: {ageing}");
    }
}

/// Nor is it said to have been paid before it was owed, or by what nobody knows.
#[tokio::test]
async fn what_was_paid_by_hand_was_owed_by_then_and_paid_by_known_means() {
    let office = Office::open().await;
    let invoice = office.approved("1", "1000", day(-20)).await;
    let planned = office.plans(&invoice, today()).await.succeeds().id();
    let early = office.records(&planned, day(-21)).await;
    early.is_refused_as("value-date-too-early");
    assert_eq!(early.body["errors"][0]["pointer"], "/paid_on", "{}", early.body);
    let record = async |method: &str| {
        let record = json!({ "method": method, "reference": "W-1", "paid_on": day(-20) });
        office.tess.posts(&format!("/v1/payments/{planned}/record"), record).await
    };
    let unknown = record("carrier pigeon").await;
    assert_eq!((unknown.status, &unknown.body["errors"][0]["pointer"]), (422, &json!("/method")), "{}", unknown.body);
    record("mobile_money").await.succeeds();
}

#[tokio::test]
async fn new_terms_change_no_invoice_that_has_come_in() {
    let office = Office::open().await;
    let before = office.approved("1", "1000", today()).await;
    office.anna.posts("/v1/payment-terms", terms("5")).await.succeeds();
    let after = office.approved("2", "2000", today()).await;
    assert_eq!(office.total(&office.plans(&before, today()).await.succeeds()).await, "1176.00");
    assert_eq!(office.total(&office.plans(&after, today()).await.succeeds()).await, "2280.00");
}

#[tokio::test]
async fn a_vendor_is_found_by_what_the_company_calls_it_and_what_cannot_be_is_refused() {
    let office = Office::open().await;
    let details = format!("/v1/vendors/{}/details", office.vendor);
    office.anna.posts(&details, json!({ "payment_terms": "never" })).await.is_refused_as("payment-terms-missing");
    let described = office.anna.posts(&details, json!({ "number": "V-7", "group": "metal", "customer": true })).await.succeeds();
    for filter in ["search=v-7", "search=136695976", "number=V-7", "group=metal", "customer=true"] {
        let found = office.anna.gets(&format!("/v1/vendors?{filter}&min_position={}", described.position())).await.succeeds().body;
        assert_eq!(found["data"][0]["id"], json!(office.vendor), "{filter}");
    }
    let other = json!({ "name": "Other", "vat_id": "DE1366959" });
    office.anna.posts("/v1/vendors", other).await.is_refused_as("vat-id-invalid");
    let other = office.anna.posts("/v1/vendors", json!({ "name": "Other" })).await.succeeds().id();
    office.anna.posts(&format!("/v1/vendors/{other}/details"), json!({ "number": "v-7" })).await.is_refused_as("vendor-number-taken");
}

#[tokio::test]
async fn a_missed_discount_is_listed_with_what_kept_it_from_being_taken() {
    let clock = Arc::new(Ahead(AtomicI64::new(0)));
    let office = Office::in_app(TestApp::by_the_time_of(clock.clone()).await).await;
    let waiting = office.received("1", "1000", today()).await;
    let approved = office.approved("2", "2000", today()).await;
    let paid = office.approved("3", "3000", today()).await;
    office.plans(&paid, today()).await.succeeds();
    let after_days = async |days: i64| {
        clock.0.store(24 * days, Ordering::Relaxed);
        let system = &office.app.system;
        Clock::new(system.database.clone(), system.commands.clone()).look().await.expect("the clock looks");
        let head = system.database.heads().await.expect("heads").into_iter().map(|(_, head)| head).max().expect("a log");
        office.tess.gets(&format!("/v1/reports/missed-discounts?min_position={head}")).await.succeeds().body
    };
    assert_eq!(after_days(10).await["data"], json!([]), "it can still be taken");
    for day in [11, 12] {
        let found = after_days(day).await;
        let lines = found["data"].as_array().expect("lines");
        let said: Vec<_> = lines.iter().map(|line| (&line["invoice_id"], &line["amount"]["amount"], &line["cause"])).collect();
        let (late, run) = (json!("approval_late"), json!("run_not_executed"));
        let expected = [(&json!(waiting), &json!("24.00"), &late), (&json!(approved), &json!("48.00"), &run)];
        assert!(said.len() == 2 && expected.iter().all(|line| said.contains(line)), "day {day}: {found}");
        assert_eq!(found["totals"].as_array().map(Vec::len), Some(2), "{found}");
    }
    let narrowed = office.tess.gets("/v1/reports/missed-discounts?cause=approval_late").await.succeeds().body;
    assert_eq!((&narrowed["data"][0]["invoice_id"], narrowed["data"].as_array().map(Vec::len)), (&json!(waiting), Some(1)));
}

/// A direct debit that took its discount on the tenth day is recorded on the twelfth: nobody missed anything. Once it comes back, somebody has.
#[tokio::test]
async fn what_turns_out_to_have_been_paid_in_time_was_not_missed() {
    let clock = Arc::new(Ahead(AtomicI64::new(0)));
    let office = Office::in_app(TestApp::by_the_time_of(clock.clone()).await).await;
    let invoice = office.approved("1", "1000", today()).await;
    clock.0.store(24 * 12, Ordering::Relaxed);
    let missed = async |known_at: &str| {
        let system = &office.app.system;
        let listed = async || {
            let head = system.database.heads().await.expect("heads").into_iter().map(|(_, head)| head).max().expect("a log");
            office.tess.gets(&format!("/v1/reports/missed-discounts?min_position={head}{known_at}")).await.succeeds().body
        };
        // The clock looks at what has been read by then.
        listed().await;
        Clock::new(system.database.clone(), system.commands.clone()).look().await.expect("the clock looks");
        let found = listed().await;
        let amounts = found["data"].as_array().expect("lines").iter().map(|line| line["amount"]["amount"].as_str().expect("an amount"));
        let total = found["totals"][0]["amount"]["amount"].as_str().unwrap_or("nothing").to_owned();
        (amounts.map(str::to_owned).collect::<Vec<_>>().join(" "), total, found["data"][0]["recorded_at"].as_str().map(str::to_owned))
    };
    let (said, _, recorded_at) = missed("").await;
    assert_eq!(said, "24.00");
    let planned = office.plans(&invoice, day(10)).await.succeeds();
    assert_eq!(office.total(&planned).await, "1176.00");
    office.records(&planned.id(), day(10)).await.succeeds();
    let payment = format!("/v1/payments/{}", planned.id());
    office.tess.posts(&format!("{payment}/settle"), json!({ "value_date": day(10) })).await.succeeds();
    let (said, total, _) = missed("").await;
    assert_eq!((said.as_str(), total.as_str()), ("", "nothing"));
    let known_at = format!("&known_at={}", recorded_at.expect("recorded").replace('+', "%2B"));
    let (said, total, _) = missed(&known_at).await;
    assert_eq!((said.as_str(), total.as_str()), ("24.00", "24.00"), "as it was known then");
    let back = json!({ "value_date": day(11), "reason": "account closed" });
    office.theo.posts(&format!("{payment}/return"), back).await.succeeds();
    let (said, total, _) = missed("").await;
    assert_eq!((said.as_str(), total.as_str()), ("24.00", "24.00"));
}
