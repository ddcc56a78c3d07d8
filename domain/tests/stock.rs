//! Stock: what moves it, that it never goes below zero, and that it is low once a crossing.

mod fixtures;

use chrono::Days;
use fixtures::*;
use proptest::prelude::*;
use quittance_domain::ids::StockId;
use quittance_domain::stock::{ReceiptLine, Stock, StockAction, StockCommand, StockEvent, StockPlace, StockRefusal, Valuation};
use quittance_domain::{Currency, Refusal, Root};
use rust_decimal::{Decimal, dec};

const LEVEL: Decimal = dec!(10);

fn command(action: StockAction) -> StockCommand {
    let place = StockPlace {
        item_id: ITEM,
        location: "main".to_owned(),
        reorder_level: Some(LEVEL),
        valuation: Valuation::MovingAverage,
        below_zero_allowed: false,
    };
    StockCommand { place, effective_date: day("2026-03-02"), action }
}

fn receipt(line: u32) -> ReceiptLine {
    ReceiptLine { receipt_id: RECEIPT, line, inspection: 0 }
}

fn receive(line: u32, quantity: Decimal) -> StockCommand {
    command(StockAction::Receive { receipt: receipt(line), quantity, unit_cost: dec!(12.50), currency: Currency::EUR })
}

fn issue(quantity: Decimal) -> StockCommand {
    command(StockAction::Issue { quantity, reference: None, reason: "order 5".to_owned(), by: CARL })
}

fn adjust(difference: Decimal) -> StockCommand {
    command(StockAction::Adjust { difference, reason: "broken".to_owned(), by: CARL })
}

fn count(counted: Decimal) -> StockCommand {
    command(StockAction::Count { counted, by: CARL })
}

fn opened() -> StockEvent {
    StockEvent::Opened { item_id: ITEM, location: "main".to_owned(), valuation: Valuation::MovingAverage }
}

fn received(line: u32, quantity: Decimal, on_hand: Decimal) -> StockEvent {
    let (unit_cost, currency, effective_date) = (dec!(12.50), Currency::EUR, day("2026-03-02"));
    StockEvent::Received { receipt: receipt(line), quantity, unit_cost, currency, on_hand, effective_date }
}

fn issued(quantity: Decimal, on_hand: Decimal) -> StockEvent {
    StockEvent::Issued { quantity, on_hand, reference: None, reason: "order 5".to_owned(), by: CARL, effective_date: day("2026-03-02") }
}

fn adjusted(difference: Decimal, on_hand: Decimal) -> StockEvent {
    StockEvent::Adjusted { difference, on_hand, reason: "broken".to_owned(), by: CARL, effective_date: day("2026-03-02") }
}

fn counted(counted: Decimal, difference: Decimal) -> StockEvent {
    StockEvent::Counted { counted, difference, by: CARL, effective_date: day("2026-03-02") }
}

fn ran_low(on_hand: Decimal) -> StockEvent {
    StockEvent::RanLow { on_hand, reserved: dec!(0), reorder_level: LEVEL }
}

/// 50 on hand, reorder level 10.
fn fifty() -> Vec<StockEvent> {
    vec![opened(), received(1, dec!(50), dec!(50))]
}

#[test]
fn the_first_movement_opens_the_stock() {
    nothing::<Stock>().when(receive(1, dec!(50))).then_expect_events(fifty());
    nothing::<Stock>().when(count(dec!(20))).then_expect_events(vec![opened(), counted(dec!(20), dec!(20))]);
    given::<Stock>(fifty()).when(receive(2, dec!(1.5))).then_expect_events(vec![received(2, dec!(1.5), dec!(51.5))]);
}

/// The alert is given again when it runs low again, whoever had taken the level away meanwhile.
#[test]
fn what_ran_low_recovers_although_its_level_is_gone() {
    let low = [fifty(), vec![issued(dec!(46), dec!(4)), ran_low(dec!(4))]].concat();
    let mut unwatched = receive(2, dec!(100));
    unwatched.place.reorder_level = None;
    let recovered = StockEvent::Recovered { on_hand: dec!(104), reserved: dec!(0), reorder_level: LEVEL };
    let higher = vec![received(2, dec!(100), dec!(104)), recovered];
    given::<Stock>(low.clone()).when(unwatched).then_expect_events(higher.clone());
    given::<Stock>([low, higher].concat()).when(issue(dec!(99))).then_expect_events(vec![issued(dec!(99), dec!(5)), ran_low(dec!(5))]);
}

#[test]
fn a_receipt_line_comes_in_once() {
    given::<Stock>(fifty()).when(receive(1, dec!(50))).then_expect_events(vec![]);
}

#[test]
fn a_receipt_line_is_remembered_for_a_while_and_the_memory_is_bounded() {
    let receipts = |n: u32| std::iter::once(opened()).chain((1..=n).map(|line| received(line, dec!(1), Decimal::from(line))));
    assert_eq!(verdict(&Stock::replay(receipts(64)), receive(1, dec!(1))), "nothing");
    assert_eq!(Stock::replay(receipts(1000)).receipts.len(), 64);
}

#[test]
fn goods_go_out_as_far_as_there_are_any() {
    let refusal = StockRefusal::InsufficientStock { wanted: dec!(50.01), on_hand: dec!(50) };
    given::<Stock>(fifty()).when(issue(dec!(30))).then_expect_events(vec![issued(dec!(30), dec!(20))]);
    given::<Stock>(fifty()).when(issue(dec!(50.01))).then_expect_error(refusal.clone());
    given::<Stock>(fifty()).when(adjust(dec!(-50.01))).then_expect_error(refusal);
    nothing::<Stock>().when(issue(dec!(1))).then_expect_error(StockRefusal::InsufficientStock { wanted: dec!(1), on_hand: dec!(0) });
}

/// 10 came in on the 5th, 10 more on the 20th, and 8 left on the 10th: what can leave on a day is what is there then and later.
#[test]
fn goods_leave_on_days_on_which_there_were_any() {
    let on = |text: &str, mut command: StockCommand| {
        command.effective_date = day(text);
        command
    };
    let mut events = vec![];
    for (text, command) in [("2026-03-05", receive(1, dec!(10))), ("2026-03-10", issue(dec!(8))), ("2026-03-20", receive(2, dec!(10)))] {
        let decided = Stock::replay(events.clone()).decide(on(text, command)).expect("it moves");
        events.extend(decided);
    }
    let stock = Stock::replay(events);
    let table = [
        ("2026-03-04", dec!(1), Some(dec!(0))),
        ("2026-03-05", dec!(2), None),
        ("2026-03-05", dec!(3), Some(dec!(2))),
        ("2026-03-19", dec!(3), Some(dec!(2))),
        ("2026-03-20", dec!(12), None),
        ("2026-03-20", dec!(13), Some(dec!(12))),
    ];
    let send = |quantity| StockAction::SendAway { transfer: uuid::Uuid::nil(), to: "north".to_owned(), quantity, by: CARL };
    for (text, wanted, short) in table {
        for taken in [issue(wanted), adjust(-wanted), command(send(wanted))] {
            let expected = short.map(|on_hand| StockRefusal::InsufficientStock { wanted, on_hand });
            assert_eq!(stock.decide(on(text, taken.clone())).err(), expected, "{taken:?} on {text}");
            let mut allowed = on(text, taken);
            allowed.place.below_zero_allowed = true;
            assert!(stock.decide(allowed).is_ok());
        }
    }
    let counted_none = stock.decide(on("2026-03-06", count(dec!(7)))).err();
    assert_eq!(counted_none, Some(StockRefusal::InsufficientStock { wanted: dec!(3), on_hand: dec!(2) }), "8 left later");
}

#[test]
fn an_adjustment_goes_both_ways_and_a_count_says_what_there_is() {
    given::<Stock>(fifty()).when(adjust(dec!(2))).then_expect_events(vec![adjusted(dec!(2), dec!(52))]);
    given::<Stock>(fifty()).when(adjust(dec!(-2))).then_expect_events(vec![adjusted(dec!(-2), dec!(48))]);
    given::<Stock>(fifty()).when(count(dec!(47))).then_expect_events(vec![counted(dec!(47), dec!(-3))]);
    given::<Stock>(fifty()).when(count(dec!(50))).then_expect_events(vec![counted(dec!(50), dec!(0))]);
}

fn on(date: &str, command: StockCommand) -> StockCommand {
    StockCommand { effective_date: day(date), ..command }
}

fn counted_on(date: &str, counted: Decimal, difference: Decimal) -> StockEvent {
    StockEvent::Counted { counted, difference, by: CARL, effective_date: day(date) }
}

/// 50 came on the 2nd, 20 left on the 5th.
#[test]
fn a_count_is_held_against_what_was_there_at_the_end_of_its_day() {
    let sold = StockEvent::Issued {
        quantity: dec!(20),
        on_hand: dec!(30),
        reference: None,
        reason: "order 5".to_owned(),
        by: CARL,
        effective_date: day("2026-03-05"),
    };
    let history = [fifty(), vec![sold]].concat();
    for (date, quantity, difference) in [
        ("2026-03-01", dec!(0), dec!(0)),
        ("2026-03-02", dec!(50), dec!(0)),
        ("2026-03-04", dec!(52), dec!(2)),
        ("2026-03-04", dec!(20), dec!(-30)),
        ("2026-03-05", dec!(29), dec!(-1)),
        ("2026-03-09", dec!(31), dec!(1)),
    ] {
        let events = Stock::replay(history.clone()).decide(on(date, count(quantity))).expect("a count");
        assert_eq!(events[0], counted_on(date, quantity, difference), "{date}");
        assert_eq!(Stock::replay([history.clone(), events].concat()).on_hand, dec!(30) + difference, "{date}");
    }
    let impossible = StockRefusal::InsufficientStock { wanted: dec!(31), on_hand: dec!(30) };
    given::<Stock>(history).when(on("2026-03-04", count(dec!(19)))).then_expect_error(impossible);
}

#[test]
fn what_was_counted_later_stands() {
    let history = [fifty(), vec![counted_on("2026-03-08", dec!(40), dec!(-10)), counted_on("2026-03-20", dec!(39), dec!(-1))]].concat();
    let more = vec![counted_on("2026-03-04", dec!(55), dec!(5)), counted_on("2026-03-08", dec!(40), dec!(-5))];
    let less = vec![counted_on("2026-03-08", dec!(40), dec!(45)), counted_on("2026-03-04", dec!(5), dec!(-45))];
    given::<Stock>(history.clone()).when(on("2026-03-04", count(dec!(55)))).then_expect_events(more);
    given::<Stock>(history.clone()).when(on("2026-03-04", count(dec!(5)))).then_expect_events(less);
    given::<Stock>(history).when(on("2026-03-04", count(dec!(50)))).then_expect_events(vec![counted_on("2026-03-04", dec!(50), dec!(0))]);
}

/// A movement that makes no sense, how it is refused, and which field is to blame.
#[test]
fn a_movement_must_make_sense() {
    let nowhere = StockCommand { place: StockPlace { location: " ".to_owned(), ..issue(dec!(1)).place }, ..issue(dec!(1)) };
    let table = [
        (receive(2, dec!(0)), StockRefusal::QuantityNotPositive, "/quantity"),
        (receive(2, dec!(-1)), StockRefusal::QuantityNotPositive, "/quantity"),
        (receive(2, Decimal::MAX), StockRefusal::QuantityTooLarge, "/quantity"),
        (issue(dec!(0)), StockRefusal::QuantityNotPositive, "/quantity"),
        (issue(dec!(-1)), StockRefusal::QuantityNotPositive, "/quantity"),
        (adjust(dec!(0)), StockRefusal::NoDifference, "/difference"),
        (adjust(Decimal::MAX), StockRefusal::QuantityTooLarge, "/quantity"),
        (count(dec!(-1)), StockRefusal::CountNegative, "/counted"),
        (nowhere, StockRefusal::LocationMissing, "/location"),
    ];
    for (command, refusal, pointer) in table {
        assert_eq!(refusal.pointer().as_deref(), Some(pointer));
        given::<Stock>(fifty()).when(command).then_expect_error(refusal);
    }
}

#[test]
fn stock_runs_low_when_it_reaches_the_level_and_only_then() {
    let low = || given::<Stock>(fifty()).and(vec![issued(dec!(40), LEVEL), ran_low(LEVEL)]);
    let recovered = StockEvent::Recovered { on_hand: dec!(10.01), reserved: dec!(0), reorder_level: LEVEL };
    given::<Stock>(fifty()).when(issue(dec!(39.99))).then_expect_events(vec![issued(dec!(39.99), dec!(10.01))]);
    given::<Stock>(fifty()).when(issue(dec!(40))).then_expect_events(vec![issued(dec!(40), LEVEL), ran_low(LEVEL)]);
    low().when(issue(dec!(5))).then_expect_events(vec![issued(dec!(5), dec!(5))]);
    low().when(adjust(dec!(0.01))).then_expect_events(vec![adjusted(dec!(0.01), dec!(10.01)), recovered]);
}

#[test]
fn an_item_without_a_level_never_runs_low() {
    let mut command = issue(dec!(50));
    command.place.reorder_level = None;
    given::<Stock>(fifty()).when(command).then_expect_events(vec![issued(dec!(50), dec!(0))]);
}

#[test]
fn the_same_item_at_the_same_place_is_the_same_stock() {
    assert_eq!(StockId::of(ITEM, "main"), StockId::of(ITEM, " Main "));
    assert_ne!(StockId::of(ITEM, "main"), StockId::of(ITEM, "north"));
}

fn reserve(reference: &str, quantity: Decimal) -> StockCommand {
    command(StockAction::Reserve { reference: reference.to_owned(), quantity, by: CARL })
}

fn release(reference: &str) -> StockCommand {
    command(StockAction::Release { reference: reference.to_owned(), by: CARL })
}

fn issue_reserved(reference: &str, quantity: Decimal) -> StockCommand {
    command(StockAction::Issue { quantity, reference: Some(reference.to_owned()), reason: "sold".to_owned(), by: CARL })
}

fn reserved(reference: &str, quantity: Decimal) -> StockEvent {
    StockEvent::Reserved { reference: reference.to_owned(), quantity, by: CARL }
}

fn send(to: &str, quantity: Decimal) -> StockCommand {
    command(StockAction::SendAway { transfer: TRANSFER, to: to.to_owned(), quantity, by: CARL })
}

const TRANSFER: uuid::Uuid = uuid::Uuid::from_u128(0x7a);

#[test]
fn what_is_reserved_leaves_only_under_its_reference() {
    let set_aside = || given::<Stock>(fifty()).and(vec![reserved("S-1", dec!(30))]);
    let taken = StockRefusal::StockReserved { wanted: dec!(21), free: dec!(20) };
    set_aside().when(issue(dec!(21))).then_expect_error(taken.clone());
    set_aside().when(reserve("S-2", dec!(21))).then_expect_error(taken.clone());
    set_aside().when(send("north", dec!(21))).then_expect_error(taken);
    set_aside().when(reserve(" S-1 ", dec!(50))).then_expect_events(vec![reserved("S-1", dec!(50)), low_at(dec!(50), dec!(50))]);
    set_aside().when(reserve("S-1", dec!(30))).then_expect_events(vec![]);
    let refused = StockRefusal::ReservationExceeded { wanted: dec!(31), reserved: dec!(30) };
    set_aside().when(issue_reserved("S-1", dec!(31))).then_expect_error(refused);
    set_aside().when(issue_reserved("S-2", dec!(1))).then_expect_error(StockRefusal::ReservationUnknown);
    set_aside().when(reserve(" ", dec!(1))).then_expect_error(StockRefusal::ReferenceMissing);
}

fn low_at(on_hand: Decimal, reserved: Decimal) -> StockEvent {
    StockEvent::RanLow { on_hand, reserved, reorder_level: LEVEL }
}

#[test]
fn a_reservation_is_used_up_or_given_back() {
    let set_aside = fifty().into_iter().chain([reserved("S-1", dec!(30))]);
    let mut stock = Stock::replay(set_aside);
    for quantity in [dec!(10), dec!(20)] {
        for event in stock.decide(issue_reserved("S-1", quantity)).expect("it is reserved") {
            cqrs_es::Aggregate::apply(&mut stock, event);
        }
    }
    assert_eq!((stock.on_hand, stock.free(), stock.reserved.len()), (dec!(20), dec!(20), 0));
    let released = StockEvent::ReservationReleased { reference: "S-1".to_owned(), quantity: dec!(30), by: CARL };
    given::<Stock>(fifty()).and(vec![reserved("S-1", dec!(30))]).when(release("S-1")).then_expect_events(vec![released]);
    given::<Stock>(fifty()).when(release("S-1")).then_expect_events(vec![]);
}

#[test]
fn what_is_missing_is_missing_although_it_was_reserved() {
    let set_aside = || given::<Stock>(fifty()).and(vec![reserved("S-1", dec!(50)), low_at(dec!(50), dec!(50))]);
    set_aside().when(adjust(dec!(-40))).then_expect_events(vec![adjusted(dec!(-40), dec!(10))]);
    let fewer = set_aside().and(vec![counted(dec!(5), dec!(-45))]);
    fewer.when(issue_reserved("S-1", dec!(6))).then_expect_error(StockRefusal::InsufficientStock { wanted: dec!(6), on_hand: dec!(5) });
}

#[test]
fn goods_go_from_one_place_to_another_and_not_to_their_own() {
    let to_stock = StockId::of(ITEM, "north");
    let sent = |quantity, on_hand| {
        let (to, effective_date) = ("north".to_owned(), day("2026-03-02"));
        StockEvent::SentAway { transfer: TRANSFER, to, to_stock, quantity, on_hand, by: CARL, effective_date }
    };
    given::<Stock>(fifty()).when(send("north", dec!(20))).then_expect_events(vec![sent(dec!(20), dec!(30))]);
    given::<Stock>(fifty()).when(send(" MAIN", dec!(20))).then_expect_error(StockRefusal::SamePlace);
    given::<Stock>(fifty()).when(send(" ", dec!(20))).then_expect_error(StockRefusal::LocationMissing);
}

#[test]
fn goods_leave_before_they_came_in_only_where_the_company_allows_it() {
    let mut beforehand = issue(dec!(60));
    beforehand.place.below_zero_allowed = true;
    let events = vec![issued(dec!(60), dec!(-10)), StockEvent::RanLow { on_hand: dec!(-10), reserved: dec!(0), reorder_level: LEVEL }];
    given::<Stock>(fifty()).when(beforehand).then_expect_events(events);
}

fn any_quantity() -> impl Strategy<Value = Decimal> {
    (-200i64..600).prop_map(|tenths| Decimal::new(tenths, 1))
}

fn any_command() -> impl Strategy<Value = StockCommand> {
    let dated =
        |(command, later): (StockCommand, u64)| StockCommand { effective_date: command.effective_date + Days::new(later), ..command };
    let command = prop_oneof![
        (0u32..40, any_quantity()).prop_map(|(line, quantity)| receive(line, quantity)),
        any_quantity().prop_map(issue),
        any_quantity().prop_map(adjust),
        any_quantity().prop_map(count),
        (0u8..3, any_quantity()).prop_map(|(reference, quantity)| reserve(&reference.to_string(), quantity)),
        (0u8..3).prop_map(|reference| release(&reference.to_string())),
        (0u8..3, any_quantity()).prop_map(|(reference, quantity)| issue_reserved(&reference.to_string(), quantity)),
        any_quantity().prop_map(|quantity| send("north", quantity)),
    ];
    (command, 0u64..5).prop_map(dated)
}

proptest! {
    /// Whatever is asked in whatever order: a model that only adds and compares agrees with every event.
    #[test]
    fn any_history_keeps_stock_above_zero_and_tells_each_crossing_once(commands in prop::collection::vec(any_command(), 1..80)) {
        let (mut stock, mut on_hand, mut low) = (Stock::default(), Decimal::ZERO, false);
        let mut changes = Vec::new();
        for command in commands {
            let before = stock.clone();
            let count = match command.action {
                StockAction::Count { counted, .. } => Some((command.effective_date, counted)),
                _ => None,
            };
            let Ok(events) = stock.decide(command) else {
                prop_assert_eq!(&stock, &before);
                continue;
            };
            for event in events {
                let so_far = on_hand;
                match &event {
                    StockEvent::Opened { .. } => prop_assert_eq!(before.item_id, None),
                    StockEvent::Received { quantity, .. } => on_hand += quantity,
                    StockEvent::Issued { quantity, .. } | StockEvent::Returned { quantity, .. } | StockEvent::SentAway { quantity, .. } => {
                        on_hand -= quantity;
                    }
                    StockEvent::TakenIn { quantity, .. } | StockEvent::BroughtBack { quantity, .. } => on_hand += quantity,
                    StockEvent::Adjusted { difference, .. } | StockEvent::Counted { difference, .. } => on_hand += difference,
                    StockEvent::RanLow { .. } => {
                        prop_assert!(!low && stock.free() <= LEVEL);
                        low = true;
                    }
                    StockEvent::Recovered { .. } => {
                        prop_assert!(low && stock.free() > LEVEL);
                        low = false;
                    }
                    StockEvent::Reserved { .. } | StockEvent::ReservationReleased { .. } | StockEvent::Revalued { .. } => {}
                }
                prop_assert_eq!(event.on_hand(so_far), on_hand);
                changes.extend(event.moved_on().map(|day| (day, on_hand - so_far)));
                cqrs_es::Aggregate::apply(&mut stock, event);
            }
            prop_assert!(on_hand >= Decimal::ZERO);
            if let Some((day, counted)) = count {
                let then: Decimal = changes.iter().filter(|(moved_on, _)| *moved_on <= day).map(|(_, change)| *change).sum();
                prop_assert_eq!(then, counted, "what was counted is what was there at the end of the day");
            }
            prop_assert_eq!(stock.on_hand, on_hand);
            prop_assert_eq!(stock.low, stock.item_id.is_some() && stock.free() <= LEVEL);
            let lost = before.on_hand > on_hand;
            prop_assert!(stock.free() >= Decimal::ZERO || lost || before.free() < Decimal::ZERO, "only a loss takes what is reserved");
        }
    }
}
