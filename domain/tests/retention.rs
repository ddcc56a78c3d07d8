//! Retentions: kept back until their day, released once, and the sums hold throughout.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::ids::{AllocationId, PaymentId};
use quittance_domain::invoice::{Against, Allocation, Invoice, InvoiceCommand, InvoiceEvent, InvoiceRefusal, InvoiceStatus, Payable};
use quittance_domain::ledger::{Books, Entry, PayableAccount, Posting, RateTable};
use quittance_domain::{Money, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

fn approved() -> Vec<InvoiceEvent> {
    fixtures::approved(reception())
}

fn retention(n: u128, amount: Money, release_on: &str) -> Allocation {
    let against = Against::Retention { release_on: day(release_on) };
    Allocation { allocation_id: AllocationId(Uuid::from_u128(n)), against, amount, effective_date: day("2026-03-20") }
}

fn retain(allocation: Allocation) -> InvoiceCommand {
    InvoiceCommand::Allocate { allocation, by: ERIN, reason: None, tax_breakdown: vec![] }
}

fn retained(n: u128, amount: Decimal) -> InvoiceEvent {
    InvoiceEvent::Allocated { allocation: retention(n, eur(amount), "2027-03-20"), by: ERIN, reason: None, tax_breakdown: vec![] }
}

fn release(n: u128, on: &str) -> InvoiceCommand {
    InvoiceCommand::ReleaseRetention {
        allocation_id: AllocationId(Uuid::from_u128(n)),
        effective_date: day(on),
        by: ERIN,
        reason: "it stands".to_owned(),
    }
}

fn look<T>(events: Vec<InvoiceEvent>, at: impl Fn(&Payable) -> T) -> T {
    at(Invoice::replay(events).received().expect("received"))
}

fn paid(amount: Decimal) -> Vec<InvoiceEvent> {
    let amount = eur(amount);
    let claimed = InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount };
    vec![claimed, InvoiceEvent::PaymentSettled { payment_id: PAYMENT, amount, value_date: day("2026-03-30") }]
}

#[test]
fn what_is_kept_back_is_neither_open_nor_paid() {
    let kept = || [approved(), vec![retained(1, dec!(59.50))]].concat();
    let told = |p: &Payable| (p.open(), p.retained(), p.status());
    assert_eq!(look(kept(), told), (eur(dec!(1130.50)), eur(dec!(59.50)), InvoiceStatus::Approved));
    assert_eq!(look([kept(), paid(dec!(100))].concat(), told).2, InvoiceStatus::PartiallyPaid);
    assert_eq!(look([kept(), paid(dec!(1130.50))].concat(), told), (eur(dec!(0)), eur(dec!(59.50)), InvoiceStatus::PartiallyPaid));
    let claim = InvoiceCommand::Claim { payment_id: PaymentId(Uuid::from_u128(9)), amount: eur(dec!(1130.51)) };
    assert_eq!(verdict(&Invoice::replay(kept()), claim), "exceeds_open_amount");
}

/// What is released, when, and the verdict; it is kept back until the 20th of March 2027.
const RELEASES: &[(u128, &str, &str)] = &[
    (1, "2027-03-19", "retention_not_due"),
    (1, "2027-03-20", "InvoiceAllocationReversed"),
    (1, "2028-01-01", "InvoiceAllocationReversed"),
    (2, "2027-03-20", "allocation_unknown"),
    (3, "2027-03-20", "allocation_unknown"),
];

#[test]
fn a_retention_is_released_on_its_day_and_not_before() {
    let credit = Allocation { against: Against::CreditNote(OTHER_INVOICE), ..retention(2, eur(dec!(10)), "2027-03-20") };
    let credited = InvoiceEvent::Allocated { allocation: credit, by: ERIN, reason: None, tax_breakdown: vec![] };
    let state = Invoice::replay([approved(), vec![retained(1, dec!(59.50)), credited]].concat());
    for (n, on, expected) in RELEASES {
        assert_eq!(verdict(&state, release(*n, on)), *expected, "{n} on {on}");
    }
    let released = state.decide(release(1, "2027-03-20")).expect("its day has come");
    let after = released.into_iter().fold(state, |mut state, event| {
        cqrs_es::Aggregate::apply(&mut state, event);
        state
    });
    assert_eq!(verdict(&after, release(1, "2027-03-21")), "nothing", "once");
    // In error is another matter.
    let back = InvoiceCommand::ReverseAllocation {
        allocation_id: AllocationId(Uuid::from_u128(1)),
        effective_date: day("2026-03-21"),
        by: ERIN,
        reason: "meant for another".to_owned(),
    };
    assert_eq!(verdict(&Invoice::replay([approved(), vec![retained(1, dec!(59.50))]].concat()), back), "InvoiceAllocationReversed");
}

#[test]
fn nothing_is_kept_back_for_no_time_nor_beyond_what_is_open() {
    let over = retain(retention(1, eur(dec!(10)), "2026-03-20"));
    given::<Invoice>(approved()).when(over).then_expect_error(InvoiceRefusal::RetentionOver);
    let all = retain(retention(1, eur(dec!(1190.01)), "2027-03-20"));
    assert_eq!(verdict(&Invoice::replay(approved()), all), "exceeds_open_amount");
    let unapproved = Invoice::replay(approved().into_iter().take(1));
    assert_eq!(verdict(&unapproved, retain(retention(1, eur(dec!(10)), "2027-03-20"))), "wrong_state");
}

fn at<'a>(books: &'a Books, rates: &'a RateTable) -> Posting<'a> {
    Posting { books, rates, invoice: INVOICE.0, recorded_on: day("2026-03-10"), order: None, deducted: nothing_deducted() }
}

fn shown(entries: Vec<Entry>) -> Vec<String> {
    let entry = entries.into_iter().next().expect("an entry").balanced().expect("it balances");
    entry.lines.iter().map(|line| format!("{} {}", line.account, line.amount)).collect()
}

#[test]
fn what_is_kept_back_is_owed_on_its_own_account_and_goes_back_to_what_is_payable() {
    let (books, rates) = (books(), RateTable::default());
    let (mut account, _) = PayableAccount::received(&reception(), at(&books, &rates));
    let kept = account.on(&retained(1, dec!(59.50)), at(&books, &rates));
    assert_eq!(shown(kept), ["2000 59.50 EUR", "2020 -59.50 EUR"]);
    let released = InvoiceEvent::AllocationReversed {
        allocation_id: AllocationId(Uuid::from_u128(1)),
        amount: eur(dec!(59.50)),
        effective_date: day("2027-03-20"),
        by: ERIN,
        reason: "it stands".to_owned(),
    };
    assert_eq!(shown(account.on(&released, at(&books, &rates))), ["2000 -59.50 EUR", "2020 59.50 EUR"]);
}

proptest! {
    /// Whatever is kept back, released and paid in whatever order: open, kept back and paid come to what is due, none below zero.
    #[test]
    fn open_kept_back_and_paid_come_to_what_is_due(steps in prop::collection::vec((0u8..3, 1i64..70_000, 0usize..6), 1..32)) {
        let mut invoice = Invoice::replay(approved());
        for (n, (kind, cents, which)) in (1u128..).zip(steps) {
            let amount = eur(Decimal::new(cents, 2));
            let payment_id = PaymentId(Uuid::from_u128(n));
            let commands = match kind {
                0 => vec![retain(retention(n, amount, "2027-03-20"))],
                1 => {
                    let payable = invoice.received().expect("received");
                    let ids: Vec<AllocationId> = payable.allocations.iter().map(|a| a.allocation_id).collect();
                    ids.get(which).map(|id| release(id.0.as_u128(), "2027-03-20")).into_iter().collect()
                }
                _ => vec![
                    InvoiceCommand::Claim { payment_id, amount },
                    InvoiceCommand::Settle { payment_id, value_date: day("2026-03-30") },
                ],
            };
            for command in commands {
                for event in invoice.decide(command).unwrap_or_default() {
                    cqrs_es::Aggregate::apply(&mut invoice, event);
                }
            }
            let payable = invoice.received().expect("received");
            let paid = payable.settled().amount() - payable.retained().amount();
            prop_assert!(payable.open().amount() >= Decimal::ZERO && payable.retained().amount() >= Decimal::ZERO && paid >= Decimal::ZERO);
            prop_assert_eq!(payable.open().amount() + payable.retained().amount() + paid, dec!(1190));
        }
    }
}
