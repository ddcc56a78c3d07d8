//! A despatch advice: announced once, received once, and never more than an announcement.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::despatch_advice::{
    AnnouncedLine, Announcement, DespatchAdvice, DespatchAdviceCommand, DespatchAdviceEvent, DespatchAdviceRefusal, number_key,
};
use rust_decimal::{Decimal, dec};

fn announcement(lines: &[(u32, Decimal)]) -> Announcement {
    Announcement {
        purchase_order_id: ORDER,
        vendor_id: VENDOR,
        number: "L-99".to_owned(),
        issue_date: day("2026-03-01"),
        despatch_date: Some(day("2026-03-01")),
        expected_date: Some(day("2026-03-03")),
        tracking: None,
        lines: lines.iter().map(|&(line, quantity)| AnnouncedLine { line, quantity }).collect(),
        source: document_source(),
        announced_by: ANNA,
    }
}

fn announce(announcement: Announcement) -> DespatchAdviceCommand {
    DespatchAdviceCommand::Announce(Box::new(announcement))
}

fn announced() -> Vec<DespatchAdviceEvent> {
    vec![DespatchAdviceEvent::Announced(Box::new(announcement(&[(1, dec!(9))])))]
}

#[test]
fn what_is_on_its_way_is_announced_once() {
    nothing::<DespatchAdvice>().when(announce(announcement(&[(1, dec!(9))]))).then_expect_events(announced());
    given::<DespatchAdvice>(announced())
        .when(announce(announcement(&[(1, dec!(9))])))
        .then_expect_error(DespatchAdviceRefusal::DespatchAdviceExists);
}

#[test]
fn an_announcement_says_how_much_of_which_line() {
    let cases: [(&[(u32, Decimal)], DespatchAdviceRefusal); 4] = [
        (&[], DespatchAdviceRefusal::NothingDespatched),
        (&[(1, dec!(0))], DespatchAdviceRefusal::LineAmounts { line: 1 }),
        (&[(1, dec!(1)), (2, dec!(-1))], DespatchAdviceRefusal::LineAmounts { line: 2 }),
        (&[(1, dec!(1)), (1, dec!(1))], DespatchAdviceRefusal::LineRepeated { line: 1 }),
    ];
    for (lines, refusal) in cases {
        nothing::<DespatchAdvice>().when(announce(announcement(lines))).then_expect_error(refusal);
    }
    let nameless = Announcement { number: " ".to_owned(), ..announcement(&[(1, dec!(1))]) };
    nothing::<DespatchAdvice>().when(announce(nameless)).then_expect_error(DespatchAdviceRefusal::NumberMissing);
}

#[test]
fn its_goods_are_received_once() {
    let receive = |goods_receipt_id| DespatchAdviceCommand::Receive { goods_receipt_id, by: CARL };
    let received = DespatchAdviceEvent::Received { goods_receipt_id: RECEIPT, by: CARL };
    let done = [announced(), vec![received.clone()]].concat();
    given::<DespatchAdvice>(announced()).when(receive(RECEIPT)).then_expect_events(vec![received]);
    given::<DespatchAdvice>(done.clone()).when(receive(RECEIPT)).then_expect_events(vec![]);
    given::<DespatchAdvice>(done).when(receive(OTHER_RECEIPT)).then_expect_error(DespatchAdviceRefusal::DespatchAdviceReceived);
    nothing::<DespatchAdvice>().when(receive(RECEIPT)).then_expect_error(DespatchAdviceRefusal::DespatchAdviceUnknown);
}

#[test]
fn one_advice_of_a_vendor_has_a_number() {
    let event = &announced()[0];
    assert_eq!(claims(&DespatchAdvice::default(), event), format!("+{}", number_key(VENDOR, "l-99")));
    assert_ne!(number_key(VENDOR, "L-99"), number_key(OTHER_VENDOR, "L-99"));
    assert!(DespatchAdvice::replay(announced()).announcement().is_ok());
}
