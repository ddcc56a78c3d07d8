//! What a correction does to the books, by whether the period in which the invoice counts is closed.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::calendar::{CalendarEvent, Closing, FiscalCalendar};
use quittance_domain::invoice::{Adjustment, Amendment, DocumentKind, Invoice, InvoiceEvent, Rebooking};
use rust_decimal::dec;

fn closed(closings: &[&str]) -> FiscalCalendar {
    let closing =
        |period: &&str| CalendarEvent::PeriodClosed { period: period.parse().expect("a period"), closing: Closing::Soft, by: BOB };
    FiscalCalendar::replay(closings.iter().map(closing))
}

fn of(amendment: &Amendment, named: Option<&str>, calendar: &FiscalCalendar) -> Rebooking {
    let invoice = Invoice::replay([InvoiceEvent::Received(Box::new(reception()))]);
    let payable = invoice.received().expect("received");
    payable.rebooking(amendment.vendor_id, &amendment.document, amendment.payable, named.map(day), calendar)
}

#[test]
fn what_posts_nothing_stands_and_what_does_goes_to_the_first_open_period() {
    let march = closed(&["2026-03"]);
    let open = Rebooking::From(day("2026-04-01"));
    type Change = fn(&mut Amendment);
    let table: [(&str, Change, Rebooking); 18] = [
        ("nothing", |_| (), Rebooking::Stands),
        ("the account", |a| a.pay_to = None, Rebooking::Stands),
        ("the due date", |a| (a.due_date, a.document.due_date) = (day("2026-06-01"), Some(day("2026-06-01"))), Rebooking::Stands),
        ("the remittance", |a| a.document.payment.remittance = Some("RF18".to_owned()), Rebooking::Stands),
        ("the means", |a| a.document.payment.means_code = Some("59".to_owned()), Rebooking::Stands),
        ("the number", |a| a.document.number = "2026-002".to_owned(), Rebooking::Stands),
        ("the buyer's reference", |a| a.document.references.buyer = Some("B".to_owned()), Rebooking::Stands),
        ("a note", |a| a.document.notes.push("paid late".to_owned()), Rebooking::Stands),
        ("a line's name", |a| a.document.lines[0].name = "Paper".to_owned(), Rebooking::Stands),
        ("the digits of a number", |a| a.document.lines[0].net = dec!(1000.000), Rebooking::Stands),
        ("a line's amount", |a| a.document.lines[0].net = dec!(999), open),
        ("a line's quantity", |a| a.document.lines[0].quantity.value = dec!(99), open),
        ("a line's id", |a| a.document.lines[0].id = "2".to_owned(), open),
        ("what is owed", |a| a.payable = eur(dec!(1189)), open),
        ("the vendor", |a| a.vendor_id = OTHER_VENDOR, open),
        ("the day", |a| a.document.issue_date = day("2026-03-02"), open),
        ("the order", |a| a.document.references.purchase_order = None, open),
        ("a charge", |a| a.document.adjustments.push(Adjustment { is_charge: true, amount: dec!(1), reason: None, tax: None }), open),
    ];
    for (what, change, expected) in table {
        let mut amendment = amendment();
        change(&mut amendment);
        assert_eq!(of(&amendment, None, &march), expected, "{what}");
        assert_eq!(of(&amendment, None, &closed(&["2026-04"])), Rebooking::InPlace, "{what}: its period is open");
    }
    let credit = |a: &mut Amendment| a.document.kind = DocumentKind::CreditNote;
    let mut amendment = amendment();
    credit(&mut amendment);
    assert_eq!(of(&amendment, None, &closed(&["2026-03", "2026-04"])), Rebooking::From(day("2026-05-01")));
}

#[test]
fn a_day_that_is_named_is_a_change_unless_it_is_the_one_on_which_it_counts() {
    let march = closed(&["2026-03"]);
    assert_eq!(of(&amendment(), Some("2026-03-01"), &march), Rebooking::Stands);
    assert_eq!(of(&amendment(), Some("2026-04-05"), &march), Rebooking::From(day("2026-04-01")));
}
