//! Days of payment asked of the past: which run pays, never before it can, and what payments had settled of which part.

mod fixtures;

use chrono::{Days, NaiveDate};
use fixtures::*;
use proptest::prelude::*;
use quittance_domain::calendar::{CalendarEvent, FiscalCalendar, Holiday};
use quittance_domain::invoice::{Invoice, InvoiceEvent};
use quittance_domain::payment_calendar::{Owed, PaidByRun, PastInstalment, PastPayment, PaymentCalendar, PaymentCalendarRefusal, Runs};
use quittance_domain::payment_run::Discount;
use quittance_domain::terms::{AgreedTerms, Instalment};
use quittance_domain::{Money, Root};
use rust_decimal::{Decimal, dec};
use serde_json::json;

fn calendar(written: serde_json::Value) -> PaymentCalendar {
    serde_json::from_value(written).expect("a payment calendar")
}

fn easter() -> FiscalCalendar {
    let holidays = ["2026-04-03", "2026-04-06"].map(|on| Holiday { on: day(on), name: "Easter".to_owned() });
    FiscalCalendar::replay([CalendarEvent::HolidaysDeclared { year: 2026, holidays: holidays.to_vec(), by: DORA }])
}

fn within(written: serde_json::Value, from: &str, to: &str) -> Vec<String> {
    let runs = calendar(written).runs(&easter(), (day(from), day(to)), day(to)).expect("runs");
    runs.within().iter().map(ToString::to_string).collect()
}

#[test]
fn a_run_that_falls_on_no_working_day_leaves_on_the_next_one() {
    let table = [
        (json!({ "weekdays": ["friday"] }), "2026-03-20", "2026-04-10", vec!["2026-03-20", "2026-03-27", "2026-04-07", "2026-04-10"]),
        (json!({ "weekdays": ["friday"] }), "2026-04-04", "2026-04-09", vec!["2026-04-07"]),
        (json!({ "days_of_month": [31] }), "2026-02-01", "2026-04-30", vec!["2026-02-02", "2026-03-02", "2026-03-31", "2026-04-30"]),
        (json!({ "days_of_month": [3, 5] }), "2026-04-01", "2026-04-30", vec!["2026-04-07"]),
        (json!({ "dates": ["2026-04-15", "2026-04-06"] }), "2026-04-01", "2026-04-30", vec!["2026-04-07", "2026-04-15"]),
        (json!({ "dates": ["2026-04-06"], "weekdays": ["monday"] }), "2026-04-01", "2026-04-14", vec!["2026-04-07", "2026-04-13"]),
    ];
    for (written, from, to, runs) in table {
        assert_eq!(within(written.clone(), from, to), runs, "{written} {from} {to}");
    }
}

#[test]
fn a_calendar_that_pays_on_no_day_is_refused() {
    let table = [
        (json!({}), PaymentCalendarRefusal::NoPaymentRun),
        (json!({ "dates": ["2026-05-01"] }), PaymentCalendarRefusal::NoPaymentRun),
        (json!({ "dates": ["2026-04-30"], "hurdle_rate": "-0.01" }), PaymentCalendarRefusal::HurdleRateNegative),
        (json!({ "days_of_month": [1, 0] }), PaymentCalendarRefusal::DayInvalid { index: 1 }),
        (json!({ "days_of_month": [32] }), PaymentCalendarRefusal::DayInvalid { index: 0 }),
    ];
    for (written, refusal) in table {
        let refused =
            calendar(written.clone()).runs(&easter(), (day("2026-04-01"), day("2026-04-30")), day("2026-04-30")).expect_err("a refusal");
        assert_eq!(refused, refusal, "{written}");
    }
}

fn pays(runs: &Runs, due: &str, discount: Option<(&str, Decimal)>, free: &[(&str, &str)]) -> Option<(String, Decimal)> {
    let granted = discount.map(|(until, amount)| Discount { amount: eur(amount), until: day(until) });
    let owed = Owed {
        amount: eur(dec!(1000)),
        due_date: day(due),
        discount: &|on| granted.filter(|granted| on <= granted.until),
        free: &|on| free.iter().any(|(from, until)| day(from) <= on && on < day(until)),
    };
    runs.pay(&owed).map(|PaidByRun { on, discount }| (on.to_string(), discount.amount()))
}

/// A day, and the discount until it or on it.
type Taken = Option<(&'static str, Decimal)>;
/// From a day on, before another.
type Times = &'static [(&'static str, &'static str)];

/// Runs on the 10th, 17th, 24th and 31st of March.
#[test]
fn what_is_owed_is_paid_by_the_last_run_that_still_meets_its_day() {
    let tuesdays = json!({ "weekdays": ["tuesday"], "hurdle_rate": "0.10" });
    let runs = calendar(tuesdays).runs(&easter(), (day("2026-03-10"), day("2026-03-31")), day("2026-03-31")).expect("runs");
    let always: Times = &[("2026-01-01", "2027-01-01")];
    let table: [(&str, &str, Taken, Times, Taken); 12] = [
        ("due on a run", "2026-03-24", None, always, Some(("2026-03-24", dec!(0)))),
        ("due the day before one", "2026-03-23", None, always, Some(("2026-03-17", dec!(0)))),
        ("overdue", "2026-01-05", None, always, Some(("2026-03-10", dec!(0)))),
        ("due after the period", "2026-04-14", None, always, Some(("2026-04-14", dec!(0)))),
        ("a discount worth it", "2026-03-31", Some(("2026-03-20", dec!(20))), always, Some(("2026-03-17", dec!(20)))),
        ("one that is not", "2026-03-31", Some(("2026-03-20", dec!(0.50))), always, Some(("2026-03-31", dec!(0)))),
        ("one that ends with the due date is taken", "2026-03-24", Some(("2026-03-24", dec!(20))), always, Some(("2026-03-24", dec!(20)))),
        ("approved after the last run that meets it", "2026-03-16", None, &[("2026-03-11", "2027-01-01")], Some(("2026-03-17", dec!(0)))),
        (
            "approved after the discount",
            "2026-04-30",
            Some(("2026-03-16", dec!(20))),
            &[("2026-03-11", "2027-01-01")],
            Some(("2026-04-28", dec!(0))),
        ),
        (
            "held on the run that meets it",
            "2026-03-23",
            None,
            &[("2026-01-01", "2026-03-16"), ("2026-03-20", "2027-01-01")],
            Some(("2026-03-24", dec!(0))),
        ),
        ("free on the day of a run only", "2026-03-09", None, &[("2026-03-17", "2026-03-18")], Some(("2026-03-17", dec!(0)))),
        ("never free", "2026-03-20", None, &[], None),
    ];
    for (what, due, discount, free, expected) in table {
        assert_eq!(pays(&runs, due, discount, free), expected.map(|(on, discount)| (on.to_owned(), eur(discount).amount())), "{what}");
    }
}

#[test]
fn after_the_last_date_that_is_named_nobody_waits_for_a_run_that_meets_a_due_date_of_the_period() {
    let runs = calendar(json!({ "dates": ["2026-03-10", "2026-03-17"] }))
        .runs(&easter(), (day("2026-03-01"), day("2026-03-31")), day("2026-03-31"))
        .expect("runs");
    let always: &[(&str, &str)] = &[("2026-01-01", "2027-01-01")];
    assert_eq!(pays(&runs, "2026-03-31", None, always), Some(("2026-03-17".to_owned(), eur(dec!(0)).amount())));
    assert_eq!(pays(&runs, "2026-04-01", None, always), None, "who knows when the next run is");
}

proptest! {
    /// Free from a day on for good: the run is the last that meets the due date, or the first that there is.
    #[test]
    fn nothing_is_paid_before_it_can_be_nor_earlier_than_it_must(
        weekday in 0_usize..5, free in 0_u64..90, due in 0_u64..120, until in 0_u64..60, cents in 0_i64..3000,
    ) {
        let first = day("2026-03-02");
        let word = ["monday", "tuesday", "wednesday", "thursday", "friday"][weekday];
        let runs = calendar(json!({ "weekdays": [word], "hurdle_rate": "0.05" })).runs(&FiscalCalendar::default(), (first, first + Days::new(60)), first + Days::new(60)).expect("runs");
        let (free_from, due, until) = (first + Days::new(free), first + Days::new(due), first + Days::new(until));
        let granted = Discount { amount: eur(Decimal::new(cents, 2)), until };
        let discount = |on: NaiveDate| Some(granted).filter(|granted| on <= granted.until);
        let owed = Owed { amount: eur(dec!(1000)), due_date: due, discount: &discount, free: &|on| on >= free_from };
        let paid = runs.pay(&owed).expect("somebody pays");
        let week = |on: NaiveDate| on + Days::new(7);
        let (can, none) = (|on: NaiveDate| on >= free_from.max(first), eur(dec!(0)));
        prop_assert!(can(paid.on));
        prop_assert_eq!(paid.discount != none, paid.on <= until && cents > 0);
        let worth_it = granted.yearly_rate(eur(dec!(1000)), due).is_some_and(|rate| rate >= dec!(0.05)) && cents > 0;
        let meets = |on: NaiveDate| on <= due || (on <= until && worth_it);
        // A week later it would have met neither, and a week earlier it met both as well or was not to be had.
        prop_assert!(week(paid.on) > due || (week(paid.on) > until && worth_it && paid.on <= until));
        prop_assert!(meets(paid.on) || !can(paid.on - Days::new(7)));
    }
}

fn invoice(instalments: &[(&str, Decimal)], more: Vec<InvoiceEvent>) -> Vec<PastInstalment> {
    let instalments = instalments.iter().map(|(due, amount)| Instalment { due_date: day(due), amount: eur(*amount) }).collect();
    let terms = AgreedTerms { instalments, ..agreed_terms() };
    let received = vec![InvoiceEvent::Received(Box::new(reception())), InvoiceEvent::TermsAgreed { terms }];
    Invoice::replay([received, more].concat()).received().expect("received").past_instalments()
}

fn settled(payment_id: quittance_domain::ids::PaymentId, cash: Decimal, discount: Decimal, on: &str) -> Vec<InvoiceEvent> {
    let (amount, taken, value_date) = (eur(cash), eur(discount), day(on));
    let mut events =
        vec![InvoiceEvent::PaymentClaimed { payment_id, amount }, InvoiceEvent::PaymentSettled { payment_id, amount, value_date }];
    if !taken.is_zero() {
        events.push(InvoiceEvent::DiscountTaken { payment_id, amount: taken, value_date, tax_breakdown: vec![] });
    }
    events
}

fn paid(on: &str, amount: Decimal, discount: Decimal) -> PastPayment {
    PastPayment { on: day(on), amount: eur(amount), discount: eur(discount) }
}

/// The invoice of the fixtures comes to 1,190.00.
#[test]
fn payments_settle_the_first_part_first() {
    let halves = [("2026-04-01", dec!(595)), ("2026-05-01", dec!(595))];
    let first = settled(PAYMENT, dec!(700), dec!(0), "2026-03-20");
    let rest = settled(OTHER_PAYMENT, dec!(480), dec!(10), "2026-05-03");
    let parts = invoice(&halves, [first.clone(), rest].concat());
    assert_eq!(parts[0].payments, [paid("2026-03-20", dec!(595), dec!(0))]);
    assert_eq!(parts[1].payments, [paid("2026-03-20", dec!(105), dec!(0)), paid("2026-05-03", dec!(490), dec!(10))]);
    assert_eq!((parts[0].paid_on(), parts[1].paid_on()), (Some(day("2026-03-20")), Some(day("2026-05-03"))));
    assert_eq!((parts[0].after, parts[1].after), (eur(dec!(595)), eur(dec!(0))));
    // Two days earlier for 490.00, 42 days later for 105.00.
    assert_eq!(parts[1].amount_days(day("2026-05-01")), Some(dec!(490) * dec!(-2) + dec!(105) * dec!(42)));
    let open = invoice(&halves, first);
    assert_eq!((open[1].paid_on(), open[1].amount_days(day("2026-05-01"))), (None, None));
}

#[test]
fn what_came_back_settled_nothing_and_what_a_credit_settled_is_not_paid() {
    let back = InvoiceEvent::PaymentReturned {
        payment_id: PAYMENT,
        amount: eur(dec!(700)),
        value_date: day("2026-03-25"),
        reason: "AC04".to_owned(),
    };
    let returned = [settled(PAYMENT, dec!(700), dec!(0), "2026-03-20"), vec![back]].concat();
    assert_eq!(invoice(&[("2026-04-01", dec!(1190))], returned)[0].payments, []);
    let credit = json!({ "Allocated": { "allocation": { "allocation_id": ALLOCATION, "against": { "credit_note": CREDIT_NOTE },
        "amount": eur(dec!(190)), "effective_date": "2026-03-12" }, "by": ERIN } });
    let credited: InvoiceEvent = serde_json::from_value(credit).expect("an event");
    let parts = invoice(&[("2026-04-01", dec!(1190))], [vec![credited], settled(PAYMENT, dec!(1000), dec!(0), "2026-04-02")].concat());
    assert_eq!((parts[0].amount, parts[0].paid_on()), (eur(dec!(1000)), Some(day("2026-04-02"))));
    let voided = InvoiceEvent::Voided { by: ANNA, reason: "billed twice".to_owned(), effective_date: day("2026-03-20") };
    assert_eq!(invoice(&[("2026-04-01", dec!(1190))], vec![voided]), []);
}

#[test]
fn a_discount_is_of_an_invoice_that_is_owed_in_one_part() {
    let look = |events: Vec<InvoiceEvent>, on: &str| -> Option<Money> {
        Invoice::replay(events).received().expect("received").discount_if_paid_whole(day(on)).map(|discount| discount.amount)
    };
    let agreed = |terms| vec![InvoiceEvent::Received(Box::new(reception())), InvoiceEvent::TermsAgreed { terms }];
    let (last_day, amount) = (agreed_terms().discounts[0].last_day, agreed_terms().discounts[0].amount);
    assert_eq!(look(agreed(agreed_terms()), &last_day.to_string()), Some(amount));
    assert_eq!(look(agreed(agreed_terms()), &(last_day + Days::new(1)).to_string()), None);
    // Paid already it would have been the same.
    let paid = [agreed(agreed_terms()), settled(PAYMENT, dec!(1166.20), dec!(23.80), "2026-03-13")].concat();
    assert_eq!(look(paid, &last_day.to_string()), Some(amount));
    let half = |due| Instalment { due_date: day(due), amount: eur(dec!(595)) };
    let parts = AgreedTerms { instalments: vec![half("2026-04-01"), half("2026-05-01")], ..agreed_terms() };
    assert_eq!(look(agreed(parts), &last_day.to_string()), None);
}
