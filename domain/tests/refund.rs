//! What vendors pay back: never more than they owe, once, posted against the account that their line of a statement takes it from.

mod fixtures;

use fixtures::*;
use quittance_domain::bank_statement::{AUTOMATIC_FROM, StatementLine, propose_refund};
use quittance_domain::ids::AllocationId;
use quittance_domain::incoming::{IncomingChannel, IncomingRecord};
use quittance_domain::invoice::{
    Against, Allocation, DocumentKind, Invoice, InvoiceCommand, InvoiceDocument, InvoiceEvent, InvoiceRefusal, InvoiceStatus, Payable,
    Reception,
};
use quittance_domain::ledger::{Books, Entry, PayableAccount, Posting, Quote, RateTable};
use quittance_domain::{Currency, Money, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

const LINE: Uuid = Uuid::from_u128(0x11);

fn credit() -> Reception {
    Reception { document: InvoiceDocument { kind: DocumentKind::CreditNote, ..document() }, ..reception() }
}

fn prepayment() -> Reception {
    Reception { document: InvoiceDocument { type_code: InvoiceDocument::PREPAYMENT.to_owned(), ..document() }, ..reception() }
}

fn paid_before(amount: Decimal) -> Vec<InvoiceEvent> {
    let amount = eur(amount);
    let claimed = InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount };
    let settled = InvoiceEvent::PaymentSettled { payment_id: PAYMENT, amount, value_date: day("2026-03-10") };
    [approved(prepayment()), vec![claimed, settled]].concat()
}

fn back(n: u128, channel: IncomingChannel, amount: Money) -> Allocation {
    let allocation_id = AllocationId(Uuid::from_u128(n));
    Allocation { allocation_id, against: Against::Refund(channel), amount, effective_date: day("2026-03-20") }
}

fn refund(allocation: Allocation) -> InvoiceCommand {
    InvoiceCommand::Refund { allocation, record: None, by: Some(ERIN) }
}

fn refunded(allocation: Allocation) -> InvoiceEvent {
    InvoiceEvent::Refunded { allocation, record: None, by: Some(ERIN) }
}

fn reversed(n: u128, amount: Money) -> InvoiceEvent {
    let (effective_date, reason) = (day("2026-03-25"), "wrong".to_owned());
    InvoiceEvent::RefundReversed { allocation_id: AllocationId(Uuid::from_u128(n)), amount, effective_date, by: ERIN, reason }
}

fn left(events: Vec<InvoiceEvent>) -> Money {
    Invoice::replay(events).received().map(Payable::refundable).expect("received")
}

#[test]
fn a_vendor_pays_back_what_it_owes_and_no_more() {
    let bill = || approved(reception());
    let table = [
        ("a credit note", approved(credit()), eur(dec!(1190)), "2026-03-20", "InvoiceRefunded"),
        ("a part", approved(credit()), eur(dec!(0.01)), "2026-03-20", "InvoiceRefunded"),
        ("too much", approved(credit()), eur(dec!(1190.01)), "2026-03-20", "exceeds_refundable"),
        ("nothing", approved(credit()), eur(dec!(0)), "2026-03-20", "amount_not_positive"),
        ("dollars", approved(credit()), money(dec!(1), "USD"), "2026-03-20", "currency_mismatch"),
        ("before it counts", approved(credit()), eur(dec!(1)), "1999-01-01", "allocation_too_early"),
        ("unapproved", approved(credit())[..1].to_vec(), eur(dec!(1)), "2026-03-20", "wrong_state"),
        ("an invoice", bill(), eur(dec!(1)), "2026-03-20", "not_refundable"),
        ("a prepayment as far as it was paid", paid_before(dec!(500)), eur(dec!(500)), "2026-03-20", "InvoiceRefunded"),
        ("more than was paid", paid_before(dec!(500)), eur(dec!(500.01)), "2026-03-20", "exceeds_refundable"),
    ];
    for (case, given, amount, on, expected) in table {
        let asked = Allocation { effective_date: day(on), ..back(1, IncomingChannel::Recorded, amount) };
        assert_eq!(verdict(&Invoice::replay(given), refund(asked)), expected, "{case}");
    }
}

#[test]
fn what_was_paid_back_is_set_off_no_more_and_what_was_set_off_is_not_paid_back() {
    let whole = back(1, IncomingChannel::BankLine(LINE), eur(dec!(1190)));
    let events = [approved(credit()), vec![refunded(whole.clone())]].concat();
    let credit_note = Invoice::replay(events.clone());
    assert_eq!(credit_note.received().map(Payable::status), Ok(InvoiceStatus::Paid));
    given::<Invoice>(events.clone()).when(refund(whole)).then_expect_events(vec![]);
    let set_off = Allocation { against: Against::Invoice(OTHER_INVOICE), ..back(2, IncomingChannel::Recorded, eur(dec!(1))) };
    let allocate = InvoiceCommand::Allocate { allocation: set_off, by: ERIN, reason: None, tax_breakdown: vec![] };
    assert_eq!(verdict(&credit_note, allocate.clone()), "exceeds_open_amount");

    let used = Invoice::replay(approved(credit())).decide(allocate).expect("it is set off");
    let (wanted, available) = (eur(dec!(1190)), eur(dec!(1189)));
    let refusal = InvoiceRefusal::ExceedsRefundable { wanted, available };
    given::<Invoice>([approved(credit()), used].concat())
        .when(refund(back(3, IncomingChannel::Recorded, wanted)))
        .then_expect_error(refusal);

    // Taken back once, and the amount is there again.
    let reverse = InvoiceCommand::ReverseAllocation {
        allocation_id: AllocationId(Uuid::from_u128(1)),
        effective_date: day("2026-03-25"),
        by: ERIN,
        reason: "wrong".to_owned(),
    };
    given::<Invoice>(events.clone()).when(reverse.clone()).then_expect_events(vec![reversed(1, eur(dec!(1190)))]);
    let after = [events, vec![reversed(1, eur(dec!(1190)))]].concat();
    assert_eq!(left(after.clone()), eur(dec!(1190)));
    given::<Invoice>(after).when(reverse).then_expect_events(vec![]);
}

/// Money that the vendor paid back came back, whatever becomes of the payment that it had been part of.
#[test]
fn a_prepayments_rest_comes_back_and_stays_back() {
    let some = back(1, IncomingChannel::Recorded, eur(dec!(200)));
    let events = [paid_before(dec!(500)), vec![refunded(some)]].concat();
    assert_eq!(left(events.clone()), eur(dec!(300)));
    let returned = InvoiceEvent::PaymentReturned {
        payment_id: PAYMENT,
        amount: eur(dec!(500)),
        value_date: day("2026-03-22"),
        reason: "AC04".to_owned(),
    };
    let invoice = Invoice::replay([events, vec![returned]].concat());
    let payable = invoice.received().expect("received");
    assert_eq!((payable.applied_unpaid().len(), payable.refundable()), (0, eur(dec!(0))));
}

fn told(amount: Decimal, text: &str, name: Option<&str>, account: Option<&str>) -> StatementLine {
    StatementLine {
        line: 1,
        identity: "aa".to_owned(),
        booked_on: day("2026-03-20"),
        value_date: None,
        amount: eur(amount),
        bank_reference: None,
        end_to_end_id: None,
        references: vec![],
        counterparty_name: name.map(str::to_owned),
        counterparty_account: account.map(str::to_owned),
        text: Some(text.to_owned()),
        is_return: false,
        return_reason: None,
        transaction_codes: vec![],
        cheque_number: None,
    }
}

/// The number, the amount, the name: what each line comes to, and whether it is enough without asking. No account of the vendor is known.
#[test]
fn a_line_that_names_the_credit_note_is_likely_and_what_leaves_or_returns_is_none() {
    let credit_note = Invoice::replay(approved(credit()));
    let credit_note = credit_note.received().expect("received");
    let (number, name) = (credit_note.document.number.clone(), credit_note.document.seller.name.clone());
    let refund_of = format!("Refund {number}");
    let table = [
        ("all", told(dec!(1190), &refund_of, Some(&name), None), Some(65)),
        ("a part, named", told(dec!(500), &refund_of, None, None), Some(35)),
        ("the amount alone", told(dec!(1190), "refund", None, None), Some(20)),
        ("nothing in common", told(dec!(5), "refund", None, None), None),
        ("more than is owed", told(dec!(1190.01), &refund_of, None, None), None),
        ("money that left", told(dec!(-1190), &refund_of, None, None), None),
        ("a return", StatementLine { is_return: true, ..told(dec!(1190), &refund_of, None, None) }, None),
    ];
    for (case, line, expected) in table {
        let score = propose_refund(&line, INVOICE, credit_note, None, &[]).map(|proposal| proposal.score);
        assert_eq!(score, expected, "{case}");
        assert!(score.is_none_or(|score| score < AUTOMATIC_FROM), "{case}");
    }
    // What a person recorded is what the line tells of, until another line has.
    let recorded = back(1, IncomingChannel::Recorded, eur(dec!(300)));
    let waiting = Invoice::replay([approved(credit()), vec![refunded(recorded.clone())]].concat());
    let waiting = waiting.received().expect("received");
    let line = told(dec!(300), "deposit", None, None);
    let recorded_as = |told: &[AllocationId]| propose_refund(&line, INVOICE, waiting, None, told).and_then(|proposal| proposal.recorded);
    assert_eq!(recorded_as(&[]), Some(recorded.allocation_id));
    assert_eq!(recorded_as(&[recorded.allocation_id]), None);
}

fn at<'a>(books: &'a Books, rates: &'a RateTable) -> Posting<'a> {
    Posting { books, rates, invoice: INVOICE.0, recorded_on: day("2026-03-10"), order: None, deducted: nothing_deducted() }
}

/// `account amount currency base`, a line each.
fn shown(entries: Vec<Entry>) -> Vec<String> {
    let lines = entries.into_iter().flat_map(|entry| entry.balanced().expect("it balances").lines);
    lines.map(|l| format!("{} {} {}", l.account, l.amount, l.base.map_or("?".to_owned(), |base| base.normalize().to_string()))).collect()
}

/// A credit note of 1,190.00 dollars at 1.25 a euro is worth 952; half of it, 476, comes back at 2.00 as 297.50: 178.50 are lost. Taken back at
/// whatever rate, the stored numbers go back.
#[test]
fn what_a_refund_in_dollars_is_worth_less_is_lost() {
    let mut rates = RateTable::default();
    for (on, rate) in [("2026-03-02", dec!(1.25)), ("2026-03-20", dec!(2)), ("2026-03-25", dec!(4))] {
        rates.quote(Quote { unit: Currency::EUR, currency: Currency::USD, on: day(on), rate });
    }
    let (books, credit) = (books(), credit());
    let document = InvoiceDocument { currency: Currency::USD, issue_date: day("2026-03-02"), ..credit.document.clone() };
    let (mut account, _) =
        PayableAccount::received(&Reception { document, payable: money(dec!(1190), "USD"), ..credit }, at(&books, &rates));
    let half = money(dec!(595), "USD");
    let posted = account.on(&refunded(back(1, IncomingChannel::Recorded, half)), at(&books, &rates));
    assert_eq!(shown(posted), ["2000 -595.00 USD -476", "1090 595.00 USD 297.5", "6800 0.00 EUR 178.5"]);
    let posted = account.on(&reversed(1, half), at(&books, &rates));
    assert_eq!(shown(posted), ["2000 595.00 USD 476", "1090 -595.00 USD -297.5", "6800 0.00 EUR -178.5"]);
}

#[test]
fn cash_goes_where_it_is_kept_and_a_prepayment_gives_back_its_tax() {
    let (books, rates) = (books(), RateTable::default());
    let record = IncomingRecord { method: "cash".to_owned(), reference: "12".to_owned(), account_code: Some(code("1010")) };
    let (mut account, _) = PayableAccount::received(&credit(), at(&books, &rates));
    let event =
        InvoiceEvent::Refunded { allocation: back(1, record.channel(), eur(dec!(90))), record: Some(Box::new(record)), by: Some(ERIN) };
    assert_eq!(shown(account.on(&event, at(&books, &rates))), ["2000 -90.00 EUR -90", "1010 90.00 EUR 90"]);

    let (mut account, _) = PayableAccount::received(&prepayment(), at(&books, &rates));
    let given_back = account.on(&refunded(back(1, IncomingChannel::BankLine(LINE), eur(dec!(100)))), at(&books, &rates));
    assert_eq!(shown(given_back), ["1090 100.00 EUR 100", "1300 -84.03 EUR -84.03", "1400 -15.97 EUR -15.97"]);
    let taken_back = account.on(&reversed(1, eur(dec!(100))), at(&books, &rates));
    assert_eq!(shown(taken_back), ["1090 -100.00 EUR -100", "1300 84.03 EUR 84.03", "1400 15.97 EUR 15.97"]);
}
