//! A goods receipt: posted once, never changed; inspected and sent back from.

mod fixtures;

use fixtures::*;
use quittance_domain::goods_receipt::{
    DeliveredLine, Delivery, GoodsReceipt, GoodsReceiptCommand, GoodsReceiptEvent, GoodsReceiptRefusal, InspectedLine, SentBackLine,
};
use quittance_domain::purchase_order::{JudgedLine, ReturnedLine};
use quittance_domain::{Currency, Root};
use rust_decimal::{Decimal, dec};

fn delivery() -> Delivery {
    let line = DeliveredLine {
        line: 1,
        item_id: ITEM,
        accepted: dec!(9),
        rejected: dec!(1),
        to_inspect: dec!(4),
        unit_cost: dec!(12.50),
        currency: Currency::EUR,
        contains: None,
    };
    Delivery {
        purchase_order_id: ORDER,
        location: "main".to_owned(),
        effective_date: day("2026-03-02"),
        delivery_note: Some("L-99".to_owned()),
        lines: vec![line],
        received_by: CARL,
    }
}

fn post(delivery: Delivery) -> GoodsReceiptCommand {
    GoodsReceiptCommand::Post(delivery)
}

#[test]
fn a_receipt_is_posted_once() {
    let posted = vec![GoodsReceiptEvent::Posted(delivery())];
    nothing::<GoodsReceipt>().when(post(delivery())).then_expect_events(posted.clone());
    given::<GoodsReceipt>(posted).when(post(delivery())).then_expect_events(vec![]);
}

#[test]
fn a_posted_receipt_never_says_anything_else() {
    let other = Delivery { location: "north".to_owned(), ..delivery() };
    given::<GoodsReceipt>(vec![GoodsReceiptEvent::Posted(delivery())])
        .when(post(other))
        .then_expect_error(GoodsReceiptRefusal::GoodsReceiptExists);
}

#[test]
fn goods_lie_somewhere() {
    let nowhere = Delivery { location: " ".to_owned(), ..delivery() };
    nothing::<GoodsReceipt>().when(post(nowhere)).then_expect_error(GoodsReceiptRefusal::LocationMissing);
}

fn inspect(accepted: Decimal, rejected: Decimal) -> GoodsReceiptCommand {
    let lines = vec![JudgedLine { line: 1, accepted, rejected }];
    GoodsReceiptCommand::Inspect { lines, effective_date: day("2026-03-04"), by: BOB }
}

fn inspected(inspection: u32, accepted: Decimal, rejected: Decimal) -> GoodsReceiptEvent {
    let line = InspectedLine { line: 1, item_id: ITEM, accepted, rejected, unit_cost: dec!(12.50), currency: Currency::EUR };
    GoodsReceiptEvent::Inspected { purchase_order_id: ORDER, inspection, lines: vec![line], effective_date: day("2026-03-04"), by: BOB }
}

fn send_back(line: u32, quantity: Decimal) -> GoodsReceiptCommand {
    let lines = vec![ReturnedLine { line, quantity, reason: "scratched".to_owned() }];
    GoodsReceiptCommand::Return { lines, effective_date: day("2026-03-05"), by: BOB }
}

fn sent_back(quantity: Decimal) -> GoodsReceiptEvent {
    let (reason, unit_cost) = ("scratched".to_owned(), dec!(12.50));
    let line = SentBackLine { line: 1, item_id: ITEM, quantity, reason, unit_cost, currency: Currency::EUR };
    GoodsReceiptEvent::Returned {
        purchase_order_id: ORDER,
        location: "main".to_owned(),
        lines: vec![line],
        effective_date: day("2026-03-05"),
        by: BOB,
    }
}

fn posted() -> Vec<GoodsReceiptEvent> {
    vec![GoodsReceiptEvent::Posted(delivery())]
}

#[test]
fn what_was_left_for_inspection_is_judged_in_parts_and_never_twice() {
    given::<GoodsReceipt>(posted()).when(inspect(dec!(3), dec!(0))).then_expect_events(vec![inspected(1, dec!(3), dec!(0))]);
    let first = || given::<GoodsReceipt>(posted()).and(vec![inspected(1, dec!(3), dec!(0))]);
    first().when(inspect(dec!(0), dec!(1))).then_expect_events(vec![inspected(2, dec!(0), dec!(1))]);
    let too_much = GoodsReceiptRefusal::NotWaitingForInspection { line: 1, wanted: dec!(2), waiting: dec!(1) };
    first().when(inspect(dec!(1), dec!(1))).then_expect_error(too_much);
    first().when(inspect(dec!(0), dec!(0))).then_expect_error(GoodsReceiptRefusal::QuantityNotPositive { line: 1 });
    first().when(inspect(dec!(-1), dec!(2))).then_expect_error(GoodsReceiptRefusal::QuantityNotPositive { line: 1 });
    first().when(inspect(Decimal::MAX, dec!(1))).then_expect_error(GoodsReceiptRefusal::QuantityNotPositive { line: 1 });
}

#[test]
fn nothing_becomes_of_goods_before_they_came() {
    let early = || GoodsReceiptRefusal::BeforeReceipt { came_on: day("2026-03-02") };
    for (on, refused) in [("2026-03-01", true), ("2026-03-02", false)] {
        let (judged, back) = (inspect(dec!(3), dec!(0)), send_back(1, dec!(1)));
        let GoodsReceiptCommand::Inspect { lines, by, .. } = judged else { panic!("{judged:?}") };
        let judge = GoodsReceiptCommand::Inspect { lines, effective_date: day(on), by };
        let GoodsReceiptCommand::Return { lines, by, .. } = back else { panic!("{back:?}") };
        let back = GoodsReceiptCommand::Return { lines, effective_date: day(on), by };
        for command in [judge, back] {
            assert_eq!(GoodsReceipt::replay(posted()).decide(command).err(), refused.then(early), "{on}");
        }
    }
}

#[test]
fn only_what_was_accepted_and_is_still_here_goes_back() {
    given::<GoodsReceipt>(posted()).when(send_back(1, dec!(9))).then_expect_events(vec![sent_back(dec!(9))]);
    let exceeds = |wanted, kept| GoodsReceiptRefusal::ReturnExceedsReceipt { line: 1, wanted, kept };
    given::<GoodsReceipt>(posted()).when(send_back(1, dec!(10))).then_expect_error(exceeds(dec!(10), dec!(9)));
    let after = || given::<GoodsReceipt>(posted()).and(vec![inspected(1, dec!(3), dec!(1)), sent_back(dec!(5))]);
    after().when(send_back(1, dec!(8))).then_expect_error(exceeds(dec!(8), dec!(7)));
    after().when(send_back(1, dec!(7))).then_expect_events(vec![sent_back(dec!(7))]);
    after().when(send_back(1, dec!(0))).then_expect_error(GoodsReceiptRefusal::QuantityNotPositive { line: 1 });
    after().when(send_back(2, dec!(1))).then_expect_error(GoodsReceiptRefusal::ReceiptLineUnknown { line: 2 });
    nothing::<GoodsReceipt>().when(send_back(1, dec!(1))).then_expect_error(GoodsReceiptRefusal::GoodsReceiptUnknown);
}
