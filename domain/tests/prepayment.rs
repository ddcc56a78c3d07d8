//! Prepayments: applied as far as they were paid, posted back exactly, in whatever parts and order.

mod fixtures;

use std::collections::BTreeMap;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::chart::Code;
use quittance_domain::ids::{AllocationId, PaymentId};
use quittance_domain::invoice::{
    Against, Allocation, Invoice, InvoiceCommand, InvoiceDocument, InvoiceEvent, InvoiceRefusal, Payable, Reception, Split, TaxSubtotal,
    Totals,
};
use quittance_domain::ledger::{Books, Entry, PayableAccount, Posting, Quote, RateTable};
use quittance_domain::{Currency, Money, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

fn prepayment() -> Reception {
    let document = InvoiceDocument { type_code: InvoiceDocument::PREPAYMENT.to_owned(), ..document() };
    Reception { document, ..reception() }
}

fn paid(amount: Decimal) -> Vec<InvoiceEvent> {
    let amount = eur(amount);
    let claimed = InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount };
    let settled = InvoiceEvent::PaymentSettled { payment_id: PAYMENT, amount, value_date: day("2026-03-10") };
    [approved(prepayment()), vec![claimed, settled]].concat()
}

fn allocation(n: u128, amount: Money) -> Allocation {
    let allocation_id = AllocationId(Uuid::from_u128(n));
    Allocation { allocation_id, against: Against::Invoice(OTHER_INVOICE), amount, effective_date: day("2026-03-20") }
}

fn apply(n: u128, amount: Money) -> InvoiceCommand {
    InvoiceCommand::ApplyPrepayment { allocation: allocation(n, amount), by: ERIN }
}

fn applied(n: u128, amount: Money) -> InvoiceEvent {
    InvoiceEvent::PrepaymentApplied { allocation: allocation(n, amount), by: ERIN }
}

fn unapplied(events: Vec<InvoiceEvent>) -> Money {
    Invoice::replay(events).received().map(Payable::unapplied).expect("received")
}

#[test]
fn what_was_paid_is_applied_and_no_more() {
    given::<Invoice>(paid(dec!(500))).when(apply(1, eur(dec!(500)))).then_expect_events(vec![applied(1, eur(dec!(500)))]);
    let too_much = |wanted, available| InvoiceRefusal::ExceedsPrepaid { wanted: eur(wanted), available: eur(available) };
    given::<Invoice>(paid(dec!(500))).when(apply(1, eur(dec!(500.01)))).then_expect_error(too_much(dec!(500.01), dec!(500)));
    let once = || given::<Invoice>(paid(dec!(500))).and(vec![applied(1, eur(dec!(300)))]);
    once().when(apply(2, eur(dec!(200.01)))).then_expect_error(too_much(dec!(200.01), dec!(200)));
    once().when(apply(1, eur(dec!(300)))).then_expect_events(vec![]);
    // Nothing of what nobody has paid, whatever is approved.
    given::<Invoice>(approved(prepayment())).when(apply(1, eur(dec!(1)))).then_expect_error(too_much(dec!(1), dec!(0)));
    given::<Invoice>(approved(reception())).when(apply(1, eur(dec!(1)))).then_expect_error(InvoiceRefusal::NotAPrepayment);
}

#[test]
fn what_is_taken_back_can_be_applied_again() {
    let back = InvoiceCommand::ReverseAllocation {
        allocation_id: AllocationId(Uuid::from_u128(1)),
        effective_date: day("2026-03-21"),
        by: ERIN,
        reason: "wrong".to_owned(),
    };
    let taken_back = InvoiceEvent::PrepaymentTakenBack {
        allocation_id: AllocationId(Uuid::from_u128(1)),
        amount: eur(dec!(300)),
        effective_date: day("2026-03-21"),
        by: ERIN,
        reason: "wrong".to_owned(),
    };
    let events = [paid(dec!(500)), vec![applied(1, eur(dec!(300)))]].concat();
    given::<Invoice>(events.clone()).when(back.clone()).then_expect_events(vec![taken_back.clone()]);
    given::<Invoice>(events.clone()).and(vec![taken_back.clone()]).when(back).then_expect_events(vec![]);
    assert_eq!(unapplied(events.clone()), eur(dec!(200)));
    assert_eq!(unapplied([events, vec![taken_back]].concat()), eur(dec!(500)));
}

#[test]
fn money_that_came_back_leaves_nothing_to_apply() {
    let returned = InvoiceEvent::PaymentReturned {
        payment_id: PAYMENT,
        amount: eur(dec!(500)),
        value_date: day("2026-04-02"),
        reason: "AC04".to_owned(),
    };
    assert_eq!(unapplied([paid(dec!(500)), vec![applied(1, eur(dec!(300))), returned]].concat()), eur(dec!(0)));
}

#[test]
fn what_invoices_have_of_it_keeps_it_from_being_voided_and_goes_the_newest_first() {
    let returned = |amount| InvoiceEvent::PaymentReturned {
        payment_id: PAYMENT,
        amount: eur(amount),
        value_date: day("2026-04-02"),
        reason: "AC04".to_owned(),
    };
    let bounced = |amount| [paid(dec!(500)), (1..=3).map(|n| applied(n, eur(dec!(150)))).collect(), vec![returned(amount)]].concat();
    let unpaid = |amount: Decimal| {
        let prepayment = Invoice::replay(bounced(amount));
        let unpaid = prepayment.received().expect("received").applied_unpaid().into_iter().map(|a| a.allocation_id.0.as_u128());
        unpaid.collect::<Vec<_>>()
    };
    let table: [(Decimal, &[u128]); 5] =
        [(dec!(50), &[]), (dec!(50.01), &[3]), (dec!(200.01), &[3, 2]), (dec!(350), &[3, 2]), (dec!(500), &[3, 2, 1])];
    for (came_back, taken_back) in table {
        assert_eq!(unpaid(came_back), taken_back, "{came_back} came back");
    }
    let void = InvoiceCommand::Void { by: ANNA, reason: "not needed".to_owned(), effective_date: day("2026-04-03") };
    given::<Invoice>(bounced(dec!(500))).when(void).then_expect_error(InvoiceRefusal::PaymentInProgress);
}

#[test]
fn a_prepayment_is_not_paid_by_another_nor_coded() {
    let by_another = Allocation { against: Against::Prepayment(OTHER_INVOICE), ..allocation(1, eur(dec!(10))) };
    let allocate = InvoiceCommand::Allocate { allocation: by_another.clone(), by: ERIN, reason: None, tax_breakdown: vec![] };
    given::<Invoice>(approved(prepayment())).when(allocate.clone()).then_expect_error(InvoiceRefusal::NotSetOff);
    let allocated = InvoiceEvent::Allocated { allocation: by_another, by: ERIN, reason: None, tax_breakdown: vec![] };
    given::<Invoice>(approved(reception())).when(allocate).then_expect_events(vec![allocated]);
    let code = InvoiceCommand::Code { splits: vec![Split::by_hand("1".to_owned(), vec![])], by: CARL, effective_date: None };
    given::<Invoice>(vec![InvoiceEvent::Received(Box::new(prepayment()))]).when(code).then_expect_error(InvoiceRefusal::PrepaymentNotCoded);
}

// What it posts.

fn at<'a>(books: &'a Books, rates: &'a RateTable) -> Posting<'a> {
    Posting { books, rates, invoice: INVOICE.0, recorded_on: day("2026-03-10"), order: None, deducted: nothing_deducted() }
}

fn shown(entry: &Entry) -> Vec<String> {
    let base = |base: Option<Decimal>| base.map_or("?".to_owned(), |b| b.normalize().to_string());
    entry.lines.iter().map(|l| format!("{} {} {}", l.account, l.amount, base(l.base))).collect()
}

fn checked(entries: Vec<Entry>) -> Vec<Entry> {
    entries.into_iter().map(|entry| entry.balanced().expect("it balances")).collect()
}

#[test]
fn a_prepayment_waits_on_its_account_and_gives_back_its_tax_in_proportion() {
    let (books, rates) = (books(), RateTable::default());
    let (mut account, entries) = PayableAccount::received(&prepayment(), at(&books, &rates));
    assert_eq!(shown(&checked(entries)[0]), ["2000 -1190.00 EUR -1190", "1300 1000.00 EUR 1000", "1400 190.00 EUR 190"]);
    let part = checked(account.on(&applied(1, eur(dec!(100))), at(&books, &rates)));
    assert_eq!(shown(&part[0]), ["1090 100.00 EUR 100", "1300 -84.03 EUR -84.03", "1400 -15.97 EUR -15.97"]);
    let rest = checked(account.on(&applied(2, eur(dec!(1090))), at(&books, &rates)));
    assert_eq!(shown(&rest[0]), ["1090 1090.00 EUR 1090", "1300 -915.97 EUR -915.97", "1400 -174.03 EUR -174.03"]);
}

#[test]
fn the_invoice_that_has_it_relieves_what_is_owed_against_the_same_account() {
    let (books, rates) = (books(), RateTable::default());
    let (mut account, _) = PayableAccount::received(&reception(), at(&books, &rates));
    let allocation = Allocation { against: Against::Prepayment(OTHER_INVOICE), ..allocation(1, eur(dec!(100))) };
    let entries =
        checked(account.on(&InvoiceEvent::Allocated { allocation, by: ERIN, reason: None, tax_breakdown: vec![] }, at(&books, &rates)));
    assert_eq!(shown(&entries[0]), ["2000 100.00 EUR 100", "1090 -100.00 EUR -100"]);
}

fn in_dollars(reception: Reception) -> Reception {
    let document = InvoiceDocument { currency: Currency::USD, issue_date: day("2026-03-02"), ..reception.document };
    Reception { document, payable: money(dec!(1190), "USD"), ..reception }
}

fn dollars(quotes: &[(&str, Decimal)]) -> RateTable {
    let mut rates = RateTable::default();
    for (on, rate) in quotes {
        rates.quote(Quote { unit: Currency::EUR, currency: Currency::USD, on: day(on), rate: *rate });
    }
    rates
}

/// What an account holds after all entries: in its currency and in the books'.
fn held(entries: &[Entry], account: &str) -> (Decimal, Decimal) {
    let code: Code = account.parse().expect("a code");
    let lines = entries.iter().flat_map(|entry| &entry.lines).filter(|line| line.account == code);
    lines.fold((Decimal::ZERO, Decimal::ZERO), |(amount, base), line| (amount + line.amount.amount(), base + line.base.unwrap_or_default()))
}

#[test]
fn in_another_currency_both_meet_at_the_rate_of_the_day_and_nothing_stays() {
    let (books, rates) = (books(), dollars(&[("2026-03-02", dec!(1.25)), ("2026-03-20", dec!(1.00))]));
    let (mut before, mut all) = PayableAccount::received(&in_dollars(prepayment()), at(&books, &rates));
    let (mut invoice, entries) = PayableAccount::received(&in_dollars(reception()), at(&books, &rates));
    all.extend(entries);
    for (n, amount) in [(1, dec!(333.33)), (2, dec!(856.67))] {
        let amount = money(amount, "USD");
        all.extend(before.on(&applied(n, amount), at(&books, &rates)));
        let allocation = Allocation { against: Against::Prepayment(OTHER_INVOICE), ..allocation(n, amount) };
        all.extend(invoice.on(&InvoiceEvent::Allocated { allocation, by: ERIN, reason: None, tax_breakdown: vec![] }, at(&books, &rates)));
    }
    let all = checked(all);
    assert_eq!(held(&all, "1090"), (dec!(0), dec!(0)), "nothing stays in clearing");
    assert_eq!(held(&all, "1300"), (dec!(0), dec!(0)), "nothing stays paid before");
    // 1,190 dollars cost 952.00 and are worth 1,190.00 on the day: what the prepayment gains the liability loses.
    assert_eq!(held(&all, "4800").1 + held(&all, "6800").1, dec!(0));
}

#[test]
fn what_is_applied_before_its_rate_is_known_is_posted_once_it_is() {
    let (books, unknown) = (books(), dollars(&[]));
    let (mut account, mut all) = PayableAccount::received(&in_dollars(prepayment()), at(&books, &unknown));
    all.extend(account.on(&applied(1, money(dec!(1190), "USD")), at(&books, &unknown)));
    assert!(account.untranslated().is_some());
    let rates = dollars(&[("2026-03-02", dec!(1.25)), ("2026-03-20", dec!(1.00))]);
    all.extend(account.translate(at(&books, &rates)));
    assert!(account.untranslated().is_none());
    let all = checked(all);
    assert_eq!(held(&all, "1300"), (dec!(0), dec!(0)));
    assert_eq!(held(&all, "1090"), (dec!(1190), dec!(1190)));
    assert_eq!(held(&all, "4800").1, dec!(-238), "worth 1190.00 on the day, and cost 952.00");
}

/// An invoice of 2,380.00 that deducts the 1,190.00 itself: BT-113.
fn deducting() -> Reception {
    let document = document();
    let totals = Totals {
        prepaid: dec!(1190.00),
        lines: dec!(2000),
        net: dec!(2000),
        tax: dec!(380),
        gross: dec!(2380),
        payable: dec!(1190),
        ..document.totals
    };
    let tax_breakdown = vec![TaxSubtotal { category: standard_rate(), taxable: dec!(2000.00), tax: dec!(380.00) }];
    let lines = vec![line("1", dec!(100), dec!(20.00), dec!(2000.00))];
    Reception { document: InvoiceDocument { totals, tax_breakdown, lines, ..document }, ..reception() }
}

fn stated(n: u128, amount: Money) -> Allocation {
    Allocation { against: Against::StatedPrepayment(OTHER_INVOICE), ..allocation(n, amount) }
}

/// What the document deducts is applied without reducing what is payable once more, and no more of it than it deducts.
#[test]
fn what_the_invoice_deducts_itself_is_not_taken_off_again() {
    let allocate = |allocation| InvoiceCommand::Allocate { allocation, by: ERIN, reason: None, tax_breakdown: vec![] };
    let told = |allocation| InvoiceEvent::Allocated { allocation, by: ERIN, reason: None, tax_breakdown: vec![] };
    let first = stated(1, eur(dec!(1000)));
    given::<Invoice>(approved(deducting())).when(allocate(first.clone())).then_expect_events(vec![told(first.clone())]);
    let events = [approved(deducting()), vec![told(first)]].concat();
    let invoice = Invoice::replay(events.clone());
    let left = invoice.received().map(|p| (p.open(), p.unclaimed(), p.stated_prepaid_left())).expect("received");
    assert_eq!(left, (eur(dec!(1190)), eur(dec!(1190)), eur(dec!(190))));
    let refusal = InvoiceRefusal::ExceedsStatedPrepaid { wanted: eur(dec!(190.01)), available: eur(dec!(190)) };
    given::<Invoice>(events.clone()).when(allocate(stated(2, eur(dec!(190.01))))).then_expect_error(refusal);
    // As long as it stands for a prepayment it is neither voided nor amended; taken back, nothing more is open than before.
    let void = InvoiceCommand::Void { by: ANNA, reason: "?".to_owned(), effective_date: day("2026-03-20") };
    given::<Invoice>(events.clone()).when(void).then_expect_error(InvoiceRefusal::PaymentInProgress);
    let (allocation_id, effective_date, reason) = (AllocationId(Uuid::from_u128(1)), day("2026-03-21"), "another".to_owned());
    let back = InvoiceCommand::ReverseAllocation { allocation_id, effective_date, by: ERIN, reason: reason.clone() };
    let reversed = InvoiceEvent::AllocationReversed { allocation_id, amount: eur(dec!(0)), effective_date, by: ERIN, reason };
    given::<Invoice>(events.clone()).when(back).then_expect_events(vec![reversed.clone()]);
    let after = Invoice::replay([events, vec![reversed]].concat());
    assert_eq!(after.received().map(|p| (p.open(), p.stated_prepaid_left())), Ok((eur(dec!(1190)), eur(dec!(1190)))));
    // What deducts nothing has nothing to stand for.
    let none = InvoiceRefusal::ExceedsStatedPrepaid { wanted: eur(dec!(1)), available: eur(dec!(0)) };
    given::<Invoice>(approved(reception())).when(allocate(stated(1, eur(dec!(1))))).then_expect_error(none);
}

/// The prepayment of 1,190.00 and the invoice that deducts it: tax is deducted once, and nothing stays paid before.
#[test]
fn the_asset_is_cleared_against_what_the_invoice_deducts() {
    let (books, rates) = (books(), dollars(&[]));
    let (mut before, mut all) = PayableAccount::received(&prepayment(), at(&books, &rates));
    let (mut invoice, entries) = PayableAccount::received(&deducting(), at(&books, &rates));
    all.extend(entries);
    assert_eq!((held(&all, "1300").0, held(&all, "1400").0), (dec!(-190), dec!(570)), "deducted twice until it is applied");
    for (n, amount) in [(1, dec!(333.33)), (2, dec!(856.67))] {
        let by = Allocation { against: Against::StatedBy(OTHER_INVOICE), ..allocation(n, eur(amount)) };
        all.extend(before.on(&InvoiceEvent::PrepaymentApplied { allocation: by, by: ERIN }, at(&books, &rates)));
        let told = InvoiceEvent::Allocated { allocation: stated(n, eur(amount)), by: ERIN, reason: None, tax_breakdown: vec![] };
        all.extend(invoice.on(&told, at(&books, &rates)));
    }
    let taken_back = |n| InvoiceEvent::PrepaymentTakenBack {
        allocation_id: AllocationId(Uuid::from_u128(n)),
        amount: eur(dec!(0)),
        effective_date: day("2026-03-21"),
        by: ERIN,
        reason: "wrong".to_owned(),
    };
    let held_by = |all: &[Entry]| ["1300", "1400", "1090", "2000"].map(|account| held(all, account).0);
    assert_eq!(held_by(&checked(all.clone())), [dec!(0), dec!(380), dec!(0), dec!(-2380)]);
    all.extend([1, 2].into_iter().flat_map(|n| before.on(&taken_back(n), at(&books, &rates))));
    assert_eq!(held_by(&checked(all)), [dec!(-190), dec!(570), dec!(0), dec!(-2380)]);
}

/// The invoice deducts the prepayment at the rate of its own day, and there they meet: 1,190 dollars at 1.25, 1.19 and 1.00 on the
/// days of the prepayment, the invoice and the application are 952.00, 1,000.00 and 1,190.00 euros, so 48.00 is gained. Thirds that round up
/// leave the last what is left.
#[test]
fn in_another_currency_what_an_invoice_deducts_is_met_at_the_invoices_own_rate() {
    let (books, unknown) = (books(), dollars(&[("2026-03-02", dec!(1.25)), ("2026-03-20", dec!(1.00))]));
    let rates = dollars(&[("2026-03-02", dec!(1.25)), ("2026-03-10", dec!(1.19)), ("2026-03-20", dec!(1.00))]);
    let mut following = in_dollars(deducting());
    following.document.issue_date = day("2026-03-10");
    for known_late in [false, true] {
        let first = if known_late { RateTable::default() } else { unknown.clone() };
        let (mut before, mut all) = PayableAccount::received(&in_dollars(prepayment()), at(&books, &first));
        let (mut invoice, entries) = PayableAccount::received(&following, at(&books, if known_late { &first } else { &rates }));
        all.extend(entries);
        let deducted = |invoice: &PayableAccount| invoice.deducted().collect();
        for (n, amount) in [(1, dec!(396.67)), (2, dec!(396.67)), (3, dec!(396.66))] {
            let told =
                InvoiceEvent::Allocated { allocation: stated(n, money(amount, "USD")), by: ERIN, reason: None, tax_breakdown: vec![] };
            assert_eq!(invoice.on(&told, at(&books, &first)), vec![], "it was posted with the document");
            let by = Allocation { against: Against::StatedBy(OTHER_INVOICE), ..allocation(n, money(amount, "USD")) };
            let posting = Posting { deducted: &deducted(&invoice), ..at(&books, &first) };
            all.extend(before.on(&InvoiceEvent::PrepaymentApplied { allocation: by, by: ERIN }, posting));
        }
        if known_late {
            all.extend(before.translate(Posting { deducted: &deducted(&invoice), ..at(&books, &rates) }));
            assert!(before.untranslated().is_some(), "it waits for its invoice");
            all.extend(invoice.translate(at(&books, &rates)));
            all.extend(before.translate(Posting { deducted: &deducted(&invoice), ..at(&books, &rates) }));
        }
        assert!(before.untranslated().is_none() && invoice.untranslated().is_none());
        let all = checked(all);
        assert_eq!(held(&all, "1300"), (dec!(0), dec!(0)), "nothing stays paid before");
        assert_eq!((held(&all, "4800").1, held(&all, "6800").1), (dec!(-48), dec!(0)));
    }
}

proptest! {
    /// Any sequence of applications and of taking them back: never more is applied than was paid, the entries balance, and
    /// the accounts hold exactly what is not applied, each line to the cent once all is.
    #[test]
    fn applications_never_exceed_what_was_paid_and_come_back_exactly(
        paid_cents in 1i64..=119_000,
        steps in prop::collection::vec((0u8..4, 1i64..80_000), 1..24),
    ) {
        let (books, rates) = (books(), RateTable::default());
        let mut invoice = Invoice::replay(paid(Decimal::new(paid_cents, 2)));
        let (mut account, mut entries) = PayableAccount::received(&prepayment(), at(&books, &rates));
        let mut standing: BTreeMap<u128, Decimal> = BTreeMap::new();
        for (n, (kind, cents)) in (1u128..).zip(steps) {
            let command = match standing.keys().nth(cents as usize % standing.len().max(1)) {
                Some(id) if kind == 0 => InvoiceCommand::ReverseAllocation {
                    allocation_id: AllocationId(Uuid::from_u128(*id)),
                    effective_date: day("2026-03-25"),
                    by: ERIN,
                    reason: "back".to_owned(),
                },
                _ => apply(n, eur(Decimal::new(cents, 2))),
            };
            let Ok(events) = invoice.decide(command) else { continue };
            for event in events {
                match &event {
                    InvoiceEvent::PrepaymentApplied { allocation, .. } => {
                        standing.insert(allocation.allocation_id.0.as_u128(), allocation.amount.amount());
                    }
                    InvoiceEvent::PrepaymentTakenBack { allocation_id, .. } => drop(standing.remove(&allocation_id.0.as_u128())),
                    other => prop_assert!(false, "{other:?}"),
                }
                entries.extend(account.on(&event, at(&books, &rates)));
                cqrs_es::Aggregate::apply(&mut invoice, event);
            }
            let applied: Decimal = standing.values().sum();
            prop_assert!(applied <= Decimal::new(paid_cents, 2));
            let all = checked(entries.clone());
            prop_assert_eq!(held(&all, "1090").0, applied);
            prop_assert_eq!(held(&all, "1300").0 + held(&all, "1400").0, dec!(1190) - applied);
            if applied == dec!(1190) || applied.is_zero() && paid_cents > 0 && standing.is_empty() {
                let left = if applied.is_zero() { (dec!(1000), dec!(190)) } else { (dec!(0), dec!(0)) };
                prop_assert_eq!((held(&all, "1300").0, held(&all, "1400").0), left);
            }
        }
    }
}

#[test]
fn the_payment_of_a_prepayment_is_any_payment() {
    let claim = InvoiceCommand::Claim { payment_id: PaymentId(Uuid::from_u128(9)), amount: eur(dec!(1190)) };
    let state = Invoice::replay(approved(prepayment()));
    assert_eq!(verdict(&state, claim), "InvoicePaymentClaimed");
}
