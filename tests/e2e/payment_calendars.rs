//! Days of payment asked of a past period, over HTTP (B5): what would have been paid when, with which discount, how late.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{Datelike, NaiveDate, Weekday};
use quittance_tests::app::TestApp;
use quittance_tests::{day, today};
use serde_json::{Value, json};

use crate::approval_deadlines::Ahead;
use crate::payment_terms::Office;

const REPLAY: &str = "/v1/payment-calendar/replay";

/// Forty days in which one invoice was paid early, one late, one was held and one nobody approved; each grants 2 % for ten days.
struct Past {
    office: Office,
    early: String,
    late: String,
    held: String,
    unapproved: String,
}

impl Past {
    async fn lived() -> Self {
        let clock = Arc::new(Ahead(AtomicI64::new(0)));
        let office = Office::in_app(TestApp::by_the_time_of(clock.clone()).await).await;
        let late = office.approved("1", "1000", today()).await;
        let early = office.approved("2", "2000", today()).await;
        let held = office.approved("3", "3000", today()).await;
        let hold = json!({ "kind": "legal", "reason": "asked" });
        office.bob.posts(&format!("/v1/invoices/{held}/hold"), hold).await.succeeds();
        let unapproved = office.received("4", "4000", today()).await;
        for (days, invoice) in [(5, &early), (35, &late)] {
            clock.0.store(24 * days, Ordering::Relaxed);
            office.pays(invoice, day(days)).await;
        }
        clock.0.store(24 * 40, Ordering::Relaxed);
        Self { office, early, late, held, unapproved }
    }

    fn body(calendar: Value) -> Value {
        json!({ "calendar": calendar, "from": today(), "to": day(40) })
    }

    async fn told(&self, calendar: Value) -> Value {
        self.office.tess.posts(REPLAY, Self::body(calendar)).await.succeeds().body
    }
}

impl Office {
    async fn pays(&self, invoice: &str, on: NaiveDate) {
        let planned = self.plans(invoice, on).await.succeeds().id();
        self.records(&planned, on).await.succeeds();
        let settled = self.tess.posts(&format!("/v1/payments/{planned}/settle"), json!({ "value_date": on })).await.succeeds();
        let seen = self.anna.gets(&format!("/v1/invoices/{invoice}?min_position={}", settled.position())).await.succeeds().body;
        assert_eq!(seen["status"], "paid");
    }
}

/// The day itself, or the Monday after.
fn working(days: i64) -> NaiveDate {
    let on = day(days);
    match on.weekday() {
        Weekday::Sat => day(days + 2),
        Weekday::Sun => day(days + 1),
        _ => on,
    }
}

fn line<'a>(told: &'a Value, invoice: &str) -> &'a Value {
    let lines = told["lines"].as_array().expect("lines");
    lines.iter().find(|line| line["invoice_id"] == invoice).unwrap_or_else(|| panic!("{invoice} in {told}"))
}

/// When it would have been paid, the discount then, and whether too late.
fn would(line: &Value) -> (Value, &str, bool) {
    let paid = &line["would_have_been"];
    let discount = paid["discount"]["amount"].as_str().expect("an amount");
    (paid["paid_on"].clone(), discount, paid["late"].as_bool().expect("yes or no"))
}

#[tokio::test]
async fn other_days_of_payment_are_asked_of_the_past_as_it_was() {
    let past = Past::lived().await;
    let before = past.office.app.system.database.heads().await.expect("heads");
    let (first, last) = (working(7), working(28));

    let told = past.told(json!({ "dates": [day(7), day(28)], "hurdle_rate": "0.10" })).await;
    assert_eq!(told["runs"], json!([first, last]));
    let late = line(&told, &past.late);
    assert_eq!((&late["was"]["paid_on"], &late["was"]["late"], &late["due_date"]), (&json!(day(35)), &json!(true), &json!(day(30))));
    assert_eq!((would(late), &late["discount_until"]), ((json!(first), "24.00", false), &json!(day(10))));
    assert_eq!(late["days_later"], (first - day(35)).num_days());
    let early = line(&told, &past.early);
    assert_eq!((&early["was"]["paid_on"], &early["was"]["discount"]["amount"]), (&json!(day(5)), &json!("48.00")));
    assert_eq!((would(early), &early["amount"]["amount"]), ((json!(first), "48.00", false), &json!("2400.00")));
    for never in [&past.held, &past.unapproved] {
        assert_eq!(would(line(&told, never)), (Value::Null, "0.00", true), "nothing pays what is not free");
    }
    let sums = &told["totals"][0];
    let days = |amount: i64, days: i64| amount * days;
    let amount_days = days(1200, (first - day(35)).num_days()) + days(2400, (first - day(5)).num_days());
    assert_eq!(sums["amount_days"], format!("{amount_days}.00"), "{sums}");
    let figures = ["instalments", "changed", "late", "would_have_been_late"].map(|name| sums[name].as_i64());
    assert_eq!(figures, [Some(4), Some(2), Some(3), Some(2)]);
    assert_eq!((&sums["discount_gained"]["amount"], &sums["discount_lost"]["amount"]), (&json!("24.00"), &json!("0.00")));
    assert_eq!((&sums["paid"]["amount"], &told["unchanged"]), (&json!("3600.00"), &json!(2)));
    assert_eq!(told["vendors"][0]["vendor_id"], past.office.vendor.as_str());
    assert_eq!(told["vendors"][0]["discount_gained"], sums["discount_gained"], "one vendor, all of it");

    let dear = past.told(json!({ "dates": [day(7), day(28)], "hurdle_rate": "0.50" })).await;
    assert_eq!(would(line(&dear, &past.early)), (json!(last), "0.00", false), "the money is worth more until it is due");
    let rare = past.told(json!({ "dates": [day(28)] })).await;
    assert_eq!((&rare["totals"][0]["discount_lost"]["amount"], &rare["totals"][0]["would_have_been_late"]), (&json!("48.00"), &json!(2)));

    let heads = past.office.app.system.database.heads().await.expect("heads");
    assert_eq!(heads, before, "nothing was written");
}

#[tokio::test]
async fn a_long_past_goes_on_where_the_answer_ended_and_a_stranger_has_none_of_it() {
    let past = Past::lived().await;
    let from = |invoice: &str| {
        let mut body = Past::body(json!({ "weekdays": ["thursday"] }));
        body["continue_from"] = json!(invoice);
        body
    };
    let all = past.told(json!({ "weekdays": ["thursday"] })).await;
    let ids = |told: &Value| told["lines"].as_array().expect("lines").iter().map(|line| line["invoice_id"].clone()).collect::<Vec<_>>();
    assert_eq!((ids(&all).len(), &all["continue_from"]), (4, &Value::Null));
    let second = ids(&all)[1].as_str().expect("an id").to_owned();
    let rest = past.office.tess.posts(REPLAY, from(&second)).await.succeeds().body;
    assert_eq!(ids(&rest), ids(&all)[1..]);
    let earlier = json!({ "calendar": { "weekdays": ["thursday"] }, "from": day(-40), "to": day(-10) });
    assert_eq!(past.office.tess.posts(REPLAY, earlier).await.succeeds().body["lines"], json!([]), "nothing fell due then");
    let stranger = past.office.app.company("Next door").await.owner;
    let theirs = stranger.posts(REPLAY, from(&second)).await.succeeds().body;
    assert_eq!((&theirs["lines"], &theirs["totals"], &theirs["vendors"]), (&json!([]), &json!([]), &json!([])));
}

#[tokio::test]
async fn what_is_no_past_period_or_no_day_of_payment_is_refused_by_its_field() {
    let clock = Arc::new(Ahead(AtomicI64::new(24 * 40)));
    let office = Office::in_app(TestApp::by_the_time_of(clock).await).await;
    let thursdays = json!({ "weekdays": ["thursday"] });
    let asked = |calendar: &Value, from: i64, to: i64| json!({ "calendar": calendar, "from": day(from), "to": day(to) });
    let mut unknown = asked(&thursdays, 0, 10);
    unknown["horizon"] = json!(3);
    let table = [
        (asked(&thursdays, 10, 9), "invalid-field", "/to"),
        (asked(&thursdays, 10, 41), "invalid-field", "/to"),
        (asked(&thursdays, -326, 40), "invalid-field", "/to"),
        (asked(&json!({}), 0, 10), "no-payment-run", "/calendar"),
        (asked(&json!({ "dates": [day(20)] }), 0, 10), "no-payment-run", "/calendar"),
        (asked(&json!({ "days_of_month": [1, 32] }), 0, 10), "day-invalid", "/calendar/days_of_month/1"),
        (asked(&json!({ "weekdays": ["thursday"], "hurdle_rate": "-0.1" }), 0, 10), "hurdle-rate-negative", "/calendar/hurdle_rate"),
        (asked(&json!({ "weekdays": ["someday"] }), 0, 10), "invalid-field", "/calendar/weekdays/0"),
        (unknown, "invalid-field", "/horizon"),
    ];
    for (body, code, pointer) in table {
        let refused = office.tess.posts(REPLAY, body.clone()).await;
        assert_eq!((refused.status, &refused.body["code"]), (422, &json!(code)), "{body}: {refused:?}");
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{body}");
    }
    office.tess.posts(REPLAY, asked(&thursdays, -325, 40)).await.succeeds();
    office.anna.posts(REPLAY, asked(&thursdays, 0, 10)).await.is_refused_as("role-missing");
}
