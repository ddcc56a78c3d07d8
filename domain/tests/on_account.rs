//! Credit on account: invoices have each part of it once, what comes back is taken from them, and the books follow.

mod fixtures;

use fixtures::*;
use quittance_domain::ids::AllocationId;
use quittance_domain::invoice::{Against, Allocation};
use quittance_domain::ledger::{Books, Entry, OnAccount, OnAccountPosting, Quote, RateTable};
use quittance_domain::payment::{AccountCredit, Payment, PaymentCommand, PaymentEvent};
use quittance_domain::tenant::TenantEvent;
use quittance_domain::{Currency, Money, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

/// Both items failed by somebody's word, and the bank has moved the money of the first all the same: 1,190.00.
fn late() -> Vec<PaymentEvent> {
    vec![
        PaymentEvent::Planned(Box::new(plan())),
        PaymentEvent::Authorised { by: DORA },
        PaymentEvent::Started { by: ERIN, at: at("2026-03-29T10:00:00Z") },
        PaymentEvent::FileSent { file: sent_file() },
        PaymentEvent::Failed { items: vec![1, 2], reason: "no idea".to_owned() },
        PaymentEvent::CreditedOnAccount { vendor_id: VENDOR, amount: eur(dec!(1190)), value_date: day("2026-03-30"), item: Some(1) },
    ]
}

fn used(n: u128, amount: Money, on: &str) -> Allocation {
    let allocation_id = AllocationId(Uuid::from_u128(n));
    Allocation { allocation_id, against: Against::Invoice(OTHER_INVOICE), amount, effective_date: day(on) }
}

fn apply(item: Option<u32>, allocation: Allocation) -> PaymentCommand {
    PaymentCommand::ApplyCredit { item, allocation, by: ERIN }
}

fn applied(allocation: Allocation) -> PaymentEvent {
    PaymentEvent::CreditApplied { vendor_id: VENDOR, item: Some(1), credited_on: day("2026-03-30"), allocation, by: ERIN }
}

fn taken_back(n: u128, amount: Money, on: &str, by_hand: bool, reason: &str) -> PaymentEvent {
    let Allocation { allocation_id, against, amount, effective_date } = used(n, amount, on);
    let (vendor_id, item, credited_on) = (VENDOR, Some(1), day("2026-03-30"));
    let (by, reason) = (by_hand.then_some(ERIN), reason.to_owned());
    PaymentEvent::CreditTakenBack { vendor_id, item, credited_on, allocation_id, against, amount, effective_date, by, reason }
}

fn left(events: Vec<PaymentEvent>) -> Vec<Money> {
    Payment::replay(events).credits().iter().map(AccountCredit::left).collect()
}

#[test]
fn no_more_is_set_off_than_is_on_account() {
    let table = [
        ("whole", Some(1), eur(dec!(1190)), "2026-04-01", "PaymentCreditApplied"),
        ("the only one", None, eur(dec!(0.01)), "2026-03-30", "PaymentCreditApplied"),
        ("too much", Some(1), eur(dec!(1190.01)), "2026-04-01", "exceeds_credit"),
        ("nothing", Some(1), eur(dec!(0)), "2026-04-01", "credit_not_positive"),
        ("dollars", Some(1), money(dec!(1), "USD"), "2026-04-01", "credit_in_other_currency"),
        ("before it left", Some(1), eur(dec!(1)), "2026-03-29", "credit_too_early"),
        ("an item that failed", Some(2), eur(dec!(1)), "2026-04-01", "nothing_on_account"),
    ];
    for (case, item, amount, on, expected) in table {
        assert_eq!(verdict(&Payment::replay(late()), apply(item, used(1, amount, on))), expected, "{case}");
    }
    let part = used(1, eur(dec!(1000)), "2026-04-01");
    given::<Payment>(late()).when(apply(Some(1), part.clone())).then_expect_events(vec![applied(part.clone())]);
    let after = [late(), vec![applied(part.clone())]].concat();
    assert_eq!(left(after.clone()), [eur(dec!(190))]);
    given::<Payment>(after.clone()).when(apply(Some(1), part)).then_expect_events(vec![]);
    assert_eq!(verdict(&Payment::replay(after), apply(Some(1), used(2, eur(dec!(190.01)), "2026-04-01"))), "exceeds_credit");
}

#[test]
fn what_was_taken_back_is_set_off_from_then_on() {
    let whole = eur(dec!(1190));
    let back = [late(), vec![applied(used(1, whole, "2026-04-01")), taken_back(1, whole, "2026-04-05", true, "wrong")]].concat();
    for (on, expected) in [("2026-04-04", "credit_too_early"), ("2026-04-05", "PaymentCreditApplied")] {
        assert_eq!(verdict(&Payment::replay(back.clone()), apply(Some(1), used(2, whole, on))), expected, "{on}");
    }
}

#[test]
fn what_is_taken_back_is_there_again_and_what_comes_back_is_taken_from_invoices() {
    let (one, two) = (used(1, eur(dec!(100)), "2026-04-01"), used(2, eur(dec!(200)), "2026-04-05"));
    let both = [late(), vec![applied(one), applied(two)]].concat();
    let take_back = |on: &str| PaymentCommand::TakeCreditBack {
        allocation_id: AllocationId(Uuid::from_u128(2)),
        effective_date: day(on),
        by: ERIN,
        reason: "wrong".to_owned(),
    };
    let back = taken_back(2, eur(dec!(200)), "2026-04-06", true, "wrong");
    given::<Payment>(both.clone()).when(take_back("2026-04-06")).then_expect_events(vec![back.clone()]);
    let after = [both.clone(), vec![back]].concat();
    assert_eq!(left(after.clone()), [eur(dec!(1090))]);
    given::<Payment>(after).when(take_back("2026-04-06")).then_expect_events(vec![]);

    // Never before it was applied.
    let returned = PaymentCommand::Return { items: Some(vec![1]), value_date: day("2026-04-03"), reason: "AC04".to_owned(), by: None };
    let (amount, reason) = (eur(dec!(1190)), "AC04".to_owned());
    let gone = PaymentEvent::CreditReturned { vendor_id: VENDOR, amount, value_date: day("2026-04-03"), reason, item: Some(1) };
    let expected =
        vec![taken_back(2, eur(dec!(200)), "2026-04-05", false, "AC04"), taken_back(1, eur(dec!(100)), "2026-04-03", false, "AC04"), gone];
    given::<Payment>(both.clone()).when(returned).then_expect_events(expected.clone());
    let over = [both, expected].concat();
    assert_eq!(left(over.clone()), []);
    assert_eq!(verdict(&Payment::replay(over), apply(Some(1), used(3, eur(dec!(1)), "2026-04-07"))), "nothing_on_account");
}

fn books() -> Books {
    let mut books = Books::default();
    books.learn_company(&TenantEvent::Created { name: "Acme".to_owned(), base_currency: Currency::EUR, address: address() });
    books
}

/// `account amount currency base`, a line each.
fn shown(entry: Entry) -> Vec<String> {
    let lines = entry.balanced().expect("it balances").lines.into_iter();
    lines.map(|l| format!("{} {} {}", l.account, l.amount, l.base.map_or("?".to_owned(), |base| base.normalize().to_string()))).collect()
}

/// 100.00 dollars left at 1.25 a euro and are worth 80; invoices have them at 2.00 and at 1.00, and the last takes the rest exactly.
#[test]
fn dollars_on_account_meet_their_invoices_at_the_rate_of_the_day() {
    let mut rates = RateTable::default();
    for (on, rate) in [("2026-03-30", dec!(1.25)), ("2026-04-01", dec!(2)), ("2026-04-05", dec!(1))] {
        rates.quote(Quote { unit: Currency::EUR, currency: Currency::USD, on: day(on), rate });
    }
    let books = books();
    let at = OnAccountPosting { books: &books, rates: &rates, payment: PAYMENT.0 };
    let usd = |amount: Decimal| money(amount, "USD");
    let credited =
        PaymentEvent::CreditedOnAccount { vendor_id: VENDOR, amount: usd(dec!(100)), value_date: day("2026-03-30"), item: Some(1) };
    let (mut account, entry) = OnAccount::credited(&credited, at).expect("an account");
    assert_eq!(shown(entry), ["2000 100.00 USD 80", "1090 -100.00 USD -80"]);
    let mut on = |event: PaymentEvent| shown(account.on(&event, at).expect("an entry"));
    let (part, rest) = (used(1, usd(dec!(30)), "2026-04-01"), used(2, usd(dec!(70)), "2026-04-05"));
    assert_eq!(on(applied(part)), ["2000 -30.00 USD -24", "1090 30.00 USD 15", "6800 0.00 EUR 9"]);
    assert_eq!(on(applied(rest)), ["2000 -70.00 USD -56", "1090 70.00 USD 70", "4800 0.00 EUR -14"]);
    let back = taken_back(2, usd(dec!(70)), "2026-04-06", true, "wrong");
    assert_eq!(on(back), ["2000 70.00 USD 56", "1090 -70.00 USD -70", "4800 0.00 EUR 14"]);
}

/// What no rate was known for is posted with it as soon as one is.
#[test]
fn what_waited_for_its_rate_is_posted_with_it() {
    let (books, unknown) = (books(), RateTable::default());
    let mut known = RateTable::default();
    for (on, rate) in [("2026-03-30", dec!(1.25)), ("2026-04-01", dec!(2))] {
        known.quote(Quote { unit: Currency::EUR, currency: Currency::USD, on: day(on), rate });
    }
    let at = |rates| OnAccountPosting { books: &books, rates, payment: PAYMENT.0 };
    let usd = |amount: Decimal| money(amount, "USD");
    let credited =
        PaymentEvent::CreditedOnAccount { vendor_id: VENDOR, amount: usd(dec!(100)), value_date: day("2026-03-30"), item: Some(1) };
    let (mut account, _) = OnAccount::credited(&credited, at(&unknown)).expect("an account");
    let entry = account.on(&applied(used(1, usd(dec!(30)), "2026-04-01")), at(&unknown)).expect("an entry");
    assert_eq!(shown(entry), ["2000 -30.00 USD ?", "1090 30.00 USD ?"]);
    assert_eq!(account.untranslated(), Some(Currency::USD));
    let entries: Vec<Vec<String>> = account.translate(at(&known)).into_iter().map(shown).collect();
    assert_eq!(entries[1][2..], ["2000 -30.00 USD -24", "1090 30.00 USD 15", "6800 0.00 EUR 9"]);
    assert_eq!((account.untranslated(), entries.len()), (None, 2));
}
