//! On no day is less than nothing owed of an invoice, or more applied of a prepayment than was paid, in whatever order things are said
//! and on whatever days they count.

mod fixtures;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use fixtures::*;
use proptest::prelude::*;
use quittance_domain::calendar::FiscalCalendar;
use quittance_domain::day_balance::DayBalance;
use quittance_domain::ids::{AllocationId, PaymentId};
use quittance_domain::invoice::{
    Against, Allocation, DocumentKind, Invoice, InvoiceCommand, InvoiceDocument, InvoiceEvent, Payable, Reception, ReleaseCause,
};
use quittance_domain::{Money, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

const OPEN: Decimal = dec!(1190);

fn on(n: u64) -> NaiveDate {
    day("2026-03-01") + Days::new(n)
}

fn payment(n: u128) -> PaymentId {
    PaymentId(Uuid::from_u128(n))
}

fn settled(n: u128, amount: Decimal, value_date: NaiveDate) -> Vec<InvoiceEvent> {
    let (payment_id, amount) = (payment(n), eur(amount));
    vec![InvoiceEvent::PaymentClaimed { payment_id, amount }, InvoiceEvent::PaymentSettled { payment_id, amount, value_date }]
}

fn returned(n: u128, amount: Decimal, value_date: NaiveDate) -> InvoiceEvent {
    InvoiceEvent::PaymentReturned { payment_id: payment(n), amount: eur(amount), value_date, reason: "AC04".to_owned() }
}

/// Paid whole on the 10th, and back on the 20th.
fn paid_and_back() -> Vec<InvoiceEvent> {
    [approved(reception()), settled(1, OPEN, on(9)), vec![returned(1, OPEN, on(19))]].concat()
}

fn allocate(against: Against, amount: Decimal, effective_date: NaiveDate) -> InvoiceCommand {
    let allocation = Allocation { allocation_id: AllocationId(Uuid::from_u128(1)), against, amount: eur(amount), effective_date };
    InvoiceCommand::Allocate { allocation, by: ERIN, reason: None, tax_breakdown: vec![] }
}

/// Nothing takes the place of money before it came back, whatever it is.
#[test]
fn what_was_paid_and_came_back_is_open_from_then_on() {
    let credit = Against::CreditNote(OTHER_INVOICE);
    let retention = Against::Retention { release_on: day("2027-01-01") };
    let invoice = Invoice::replay(paid_and_back());
    for against in [credit, retention, Against::SmallDifference, Against::Prepayment(OTHER_INVOICE)] {
        assert_eq!(verdict(&invoice, allocate(against, dec!(1), on(18))), "allocation_too_early", "{against:?}");
        assert_eq!(verdict(&invoice, allocate(against, OPEN, on(19))), "InvoiceAllocated", "{against:?}");
    }
    // What was never paid of it was open all the time.
    let partly = [approved(reception()), settled(1, dec!(1000), on(9)), vec![returned(1, dec!(1000), on(19))]].concat();
    assert_eq!(verdict(&Invoice::replay(partly.clone()), allocate(credit, dec!(190), on(9))), "InvoiceAllocated");
    assert_eq!(verdict(&Invoice::replay(partly), allocate(credit, dec!(190.01), on(9))), "allocation_too_early");
}

/// The bank is believed: its money counts from the first day on which it can.
#[test]
fn a_second_payment_counts_from_when_the_first_came_back() {
    let claimed = InvoiceEvent::PaymentClaimed { payment_id: payment(2), amount: eur(OPEN) };
    let settle = |value_date| InvoiceCommand::Settle { payment_id: payment(2), value_date };
    let counts = |value_date| InvoiceEvent::PaymentSettled { payment_id: payment(2), amount: eur(OPEN), value_date };
    for (told, counted) in [(on(0), on(19)), (on(18), on(19)), (on(25), on(25))] {
        let events = [paid_and_back(), vec![claimed.clone()]].concat();
        given::<Invoice>(events).when(settle(told)).then_expect_events(vec![counts(counted)]);
    }
}

#[test]
fn what_was_paid_meanwhile_is_voided_and_amended_from_when_it_came_back() {
    let void = |effective_date| InvoiceCommand::Void { by: ANNA, reason: "mistake".to_owned(), effective_date };
    let voided = |effective_date| InvoiceEvent::Voided { by: ANNA, reason: "mistake".to_owned(), effective_date };
    given::<Invoice>(paid_and_back()).when(void(on(12))).then_expect_events(vec![voided(on(19))]);
    // Nor before it counts itself.
    let counts_from = reception().effective_date;
    given::<Invoice>(approved(reception())).when(void(day("2020-01-01"))).then_expect_events(vec![voided(counts_from)]);
    let invoice = Invoice::replay(paid_and_back());
    let payable = invoice.received().expect("received");
    let lower = (payable.vendor_id, &payable.document, eur(dec!(1)));
    let rebooking = payable.rebooking(lower.0, lower.1, lower.2, None, &FiscalCalendar::default());
    assert_eq!(rebooking.reversed_on(), Some(on(19)));
}

#[derive(Clone, Debug)]
enum Ask {
    Pay { payment: u128, cents: i64, on: u64 },
    Return { payment: u128, on: u64 },
    Withdraw { payment: u128, on: u64 },
    Fail { payment: u128 },
    Allocate { id: u128, against: usize, cents: i64, on: u64 },
    Apply { id: u128, refund: bool, cents: i64, on: u64 },
    Reverse { id: u128, on: u64 },
    Void { on: u64 },
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let (cents, on) = (|| prop::sample::select(vec![1, 10_000, 60_000, 119_000]), || 0..30_u64);
    let (payment, id) = (|| 1..4_u128, || 1..9_u128);
    prop_oneof![
        6 => (payment(), cents(), on()).prop_map(|(payment, cents, on)| Ask::Pay { payment, cents, on }),
        4 => (payment(), on()).prop_map(|(payment, on)| Ask::Return { payment, on }),
        2 => (payment(), on()).prop_map(|(payment, on)| Ask::Withdraw { payment, on }),
        1 => payment().prop_map(|payment| Ask::Fail { payment }),
        4 => (id(), 0..3_usize, cents(), on()).prop_map(|(id, against, cents, on)| Ask::Allocate { id, against, cents, on }),
        4 => (id(), any::<bool>(), cents(), on()).prop_map(|(id, refund, cents, on)| Ask::Apply { id, refund, cents, on }),
        4 => (id(), on()).prop_map(|(id, on)| Ask::Reverse { id, on }),
        1 => on().prop_map(|on| Ask::Void { on }),
    ]
}

fn commands(ask: &Ask, of: &Payable) -> Vec<InvoiceCommand> {
    let effective = |n| on(n).max(of.effective_date);
    let new = |id: u128| AllocationId(Uuid::from_u128(id));
    let standing = |id: u128| of.allocations.iter().chain(&of.applications).any(|a| a.allocation_id == new(id));
    match *ask {
        Ask::Pay { payment: n, cents, on: day } => {
            let claim = InvoiceCommand::Claim { payment_id: payment(n), amount: eur(Decimal::new(cents, 2)) };
            vec![claim, InvoiceCommand::Settle { payment_id: payment(n), value_date: on(day) }]
        }
        Ask::Return { payment: n, on: day } => {
            vec![InvoiceCommand::Return { payment_id: payment(n), value_date: on(day), reason: "AC04".to_owned() }]
        }
        Ask::Withdraw { payment: n, on: day } => {
            let (payment_id, effective_date) = (payment(n), on(day));
            vec![InvoiceCommand::WithdrawSettlement { payment_id, effective_date, reason: "not ours".to_owned() }]
        }
        Ask::Fail { payment: n } => vec![InvoiceCommand::Release { payment_id: payment(n), because: ReleaseCause::PaymentFailed }],
        // Of one id there is one allocation at a time, as its derivation sees to.
        Ask::Allocate { id, .. } | Ask::Apply { id, .. } if standing(id) => vec![],
        Ask::Allocate { id, against, cents, on: n } => {
            let retention = Against::Retention { release_on: day("2027-01-01") };
            let against = [Against::CreditNote(OTHER_INVOICE), retention, Against::SmallDifference][against];
            let (amount, effective_date) = (eur(Decimal::new(cents, 2)), effective(n));
            let allocation = Allocation { allocation_id: new(id), against, amount, effective_date };
            vec![InvoiceCommand::Allocate { allocation, by: ERIN, reason: None, tax_breakdown: vec![] }]
        }
        Ask::Apply { id, refund, cents, on: n } => {
            let (amount, effective_date) = (eur(Decimal::new(cents, 2)), effective(n));
            let against = if refund { Against::RECORDED_REFUND } else { Against::Invoice(OTHER_INVOICE) };
            let allocation = Allocation { allocation_id: new(id), against, amount, effective_date };
            vec![match refund {
                true => InvoiceCommand::Refund { allocation, record: None, by: None },
                false => InvoiceCommand::ApplyPrepayment { allocation, by: ERIN },
            }]
        }
        Ask::Reverse { id, on } => {
            let (allocation_id, effective_date) = (new(id), effective(on));
            vec![InvoiceCommand::ReverseAllocation { allocation_id, effective_date, by: ERIN, reason: "wrong".to_owned() }]
        }
        Ask::Void { on: n } => vec![InvoiceCommand::Void { by: ANNA, reason: "mistake".to_owned(), effective_date: on(n) }],
    }
}

/// What is owed, and what of a prepayment is applied, by day, from the events alone.
#[derive(Default)]
struct ByDay {
    owed: BTreeMap<NaiveDate, Decimal>,
    applied_by_day: BTreeMap<NaiveDate, Decimal>,
    applied: BTreeMap<AllocationId, Decimal>,
}

impl ByDay {
    fn on(&mut self, event: &InvoiceEvent) {
        match event {
            InvoiceEvent::Received(reception) => self.owes(reception.effective_date, reception.payable.amount()),
            InvoiceEvent::Voided { effective_date, .. } => self.owes(*effective_date, -OPEN),
            InvoiceEvent::PaymentSettled { amount, value_date, .. } => self.owes(*value_date, -amount.amount()),
            InvoiceEvent::PaymentReturned { amount, value_date, .. } => self.owes(*value_date, amount.amount()),
            InvoiceEvent::Allocated { allocation, .. } => self.owes(allocation.effective_date, -allocation.amount.amount()),
            InvoiceEvent::AllocationReversed { amount, effective_date, .. } => self.owes(*effective_date, amount.amount()),
            InvoiceEvent::PrepaymentApplied { allocation, .. } | InvoiceEvent::Refunded { allocation, .. } => {
                self.applied.insert(allocation.allocation_id, allocation.amount.amount());
                *self.applied_by_day.entry(allocation.effective_date).or_default() += allocation.amount.amount();
            }
            InvoiceEvent::PrepaymentTakenBack { allocation_id, effective_date, .. }
            | InvoiceEvent::RefundReversed { allocation_id, effective_date, .. } => {
                *self.applied_by_day.entry(*effective_date).or_default() -= self.applied[allocation_id];
            }
            _ => {}
        }
    }

    fn owes(&mut self, day: NaiveDate, amount: Decimal) {
        *self.owed.entry(day).or_default() += amount;
    }
}

/// What the changes come to on each day.
fn balances(changes: &BTreeMap<NaiveDate, Decimal>) -> impl Iterator<Item = Decimal> {
    changes.values().scan(dec!(0), |balance, change| {
        *balance += change;
        Some(*balance)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn on_no_day_is_less_than_nothing_owed(prepayment in any::<bool>(), asked in prop::collection::vec(any_ask(), 1..40)) {
        let type_code = if prepayment { InvoiceDocument::PREPAYMENT.to_owned() } else { document().type_code };
        let document = InvoiceDocument { kind: DocumentKind::Invoice, type_code, ..document() };
        let events = approved(Reception { document, ..reception() });
        let mut days = ByDay::default();
        events.iter().for_each(|event| days.on(event));
        let mut invoice = Invoice::replay(events);
        for ask in &asked {
            for command in commands(ask, invoice.received().expect("received")) {
                for event in invoice.decide(command).unwrap_or_default() {
                    days.on(&event);
                    cqrs_es::Aggregate::apply(&mut invoice, event);
                }
            }
            prop_assert!(balances(&days.owed).all(|owed| owed >= dec!(0)), "after {ask:?}: {:?}", days.owed);
            prop_assert!(balances(&days.applied_by_day).all(|applied| applied <= OPEN), "after {ask:?}: {:?}", days.applied_by_day);
        }
    }

    /// Held against each day by itself.
    #[test]
    fn a_balance_is_within_its_limit_from_the_first_day_after_which_it_never_leaves_it(
        changes in prop::collection::vec((0..20_u64, -5..6_i64), 0..12),
        limit in -6..7_i64,
    ) {
        let mut balance = DayBalance::default();
        changes.iter().for_each(|(n, by)| balance.change(on(*n), Decimal::from(*by)));
        let at = |n: u64| changes.iter().filter(|(day, _)| *day <= n).map(|(_, by)| by).sum::<i64>();
        let at_most_from = |n: u64| (n..=20).all(|n| at(n) <= limit);
        match balance.at_most_from(Decimal::from(limit)) {
            None => prop_assert!(!at_most_from(20)),
            Some(NaiveDate::MIN) => prop_assert!(limit >= 0 && at_most_from(0)),
            Some(from) => {
                let n = from.signed_duration_since(on(0)).num_days().unsigned_abs();
                prop_assert!(at_most_from(n));
                prop_assert!(n.checked_sub(1).map_or(limit < 0, |before| !at_most_from(before)));
            }
        }
    }
}

#[test]
fn a_prepayment_is_applied_once_on_each_day() {
    let document = InvoiceDocument { type_code: InvoiceDocument::PREPAYMENT.to_owned(), ..document() };
    let paid = [approved(Reception { document, ..reception() }), settled(1, dec!(500), on(9))].concat();
    let application = |n, effective_date| Allocation {
        allocation_id: AllocationId(Uuid::from_u128(n)),
        against: Against::Invoice(OTHER_INVOICE),
        amount: eur(dec!(500)),
        effective_date,
    };
    let apply = |n, effective_date| InvoiceCommand::ApplyPrepayment { allocation: application(n, effective_date), by: ERIN };
    let applied = InvoiceEvent::PrepaymentApplied { allocation: application(1, on(9)), by: ERIN };
    let (allocation_id, amount) = (AllocationId(Uuid::from_u128(1)), Money::rounded(dec!(500), eur(dec!(1)).currency()));
    let reason = "wrong".to_owned();
    let taken_back = InvoiceEvent::PrepaymentTakenBack { allocation_id, amount, effective_date: on(19), by: ERIN, reason };
    let again = Invoice::replay([paid, vec![applied, taken_back]].concat());
    assert_eq!(verdict(&again, apply(2, on(18))), "allocation_too_early");
    assert_eq!(verdict(&again, apply(2, on(19))), "InvoicePrepaymentApplied");
}
