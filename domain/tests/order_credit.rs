//! What credit notes say of the goods on their order: at the price that was billed they take back the bill, at another one only the
//! goods that went back, and what is left costs less.

mod fixtures;

use std::collections::BTreeMap;

use cqrs_es::Aggregate;
use fixtures::*;
use proptest::prelude::*;
use quittance_domain::ids::{GoodsReceiptId, InvoiceId};
use quittance_domain::purchase_order::{
    BilledSum, Billing, OrderLine, PurchaseOrder, PurchaseOrderCommand, PurchaseOrderEvent, ReceivedLine, Relief, ReturnedLine,
};
use quittance_domain::{Currency, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

fn takes(invoice_id: InvoiceId, quantity: Decimal, net: Decimal) -> Billing {
    let sum = BilledSum { line: 1, quantity, net, unit_price: dec!(10), repriced: dec!(0) };
    let relief = (net < dec!(0)).then_some(Relief::Approved);
    let (currency, effective_date) = (Currency::EUR, day("2026-03-03"));
    Billing { invoice_id, lines: vec![sum], charges: vec![], currency, effective_date, issue_date: None, relief, prepayment: None }
}

fn bill(invoice: InvoiceId, quantity: Decimal, net: Decimal) -> PurchaseOrderEvent {
    PurchaseOrderEvent::Billed(takes(invoice, quantity, net))
}

fn came(quantity: Decimal) -> PurchaseOrderEvent {
    PurchaseOrderEvent::Received { receipt_id: RECEIPT, lines: vec![ReceivedLine::of(1, quantity, dec!(0))] }
}

fn went_back(quantity: Decimal) -> PurchaseOrderEvent {
    let lines = vec![ReturnedLine { line: 1, quantity, reason: "scratched".to_owned() }];
    PurchaseOrderEvent::Returned { receipt_id: RECEIPT, lines }
}

fn ordered(happened: &[PurchaseOrderEvent]) -> PurchaseOrder {
    let (number, lines) = ("PO-1".to_owned(), vec![OrderLine::of(1, ITEM, "Bolts", dec!(100), dec!(10))]);
    let placed = PurchaseOrderEvent::Placed { vendor_id: VENDOR, number, currency: Currency::EUR, lines, charges: vec![], by: ANNA };
    PurchaseOrder::replay([&[placed], happened].concat())
}

/// What the order records of a credit note: how many it gives back, and of how many it corrects the price.
fn credited(happened: &[PurchaseOrderEvent], quantity: Decimal, net: Decimal) -> Option<(Decimal, Decimal)> {
    let billing = takes(CREDIT_NOTE, -quantity, -net);
    let events = ordered(happened).decide(PurchaseOrderCommand::Bill { billing }).expect("it is counted");
    let PurchaseOrderEvent::Billed(billing) = events.last()? else { panic!("{events:?}") };
    Some((-billing.lines[0].quantity, billing.lines[0].repriced))
}

#[test]
fn a_credit_note_gives_back_what_was_billed_at_its_price_and_else_what_went_back() {
    let dearer = bill(INVOICE, dec!(10), dec!(120));
    // What has happened, quantity and net of the credit note, what it gives back and what it corrects.
    let cases = [
        (vec![came(dec!(10)), dearer.clone()], dec!(10), dec!(20), dec!(0), dec!(10)),
        (vec![came(dec!(10)), dearer.clone()], dec!(10), dec!(120), dec!(10), dec!(0)),
        (vec![came(dec!(10)), dearer.clone()], dec!(3), dec!(36), dec!(3), dec!(0)),
        (vec![came(dec!(10)), dearer.clone()], dec!(3), dec!(30), dec!(0), dec!(3)),
        // Another bill had that price.
        (vec![dearer.clone(), bill(OTHER_INVOICE, dec!(5), dec!(50))], dec!(3), dec!(30), dec!(3), dec!(0)),
        (vec![came(dec!(10)), dearer.clone(), went_back(dec!(3))], dec!(3), dec!(18), dec!(3), dec!(0)),
        (vec![came(dec!(10)), dearer.clone(), went_back(dec!(3))], dec!(10), dec!(20), dec!(3), dec!(7)),
        // What went back before it was ever billed needs no credit note: this one is about the rest.
        (vec![came(dec!(10)), went_back(dec!(3)), bill(INVOICE, dec!(7), dec!(84))], dec!(7), dec!(7), dec!(0), dec!(7)),
        // Another credit note has given it back.
        (vec![came(dec!(10)), dearer, went_back(dec!(3)), bill(OTHER_INVOICE, dec!(-3), dec!(-36))], dec!(3), dec!(6), dec!(0), dec!(3)),
        // Nothing billed yet: the agreed price is the one that it will be.
        (vec![], dec!(3), dec!(30), dec!(3), dec!(0)),
        (vec![], dec!(3), dec!(3), dec!(0), dec!(3)),
    ];
    for (happened, quantity, net, back, corrected) in cases {
        assert_eq!(credited(&happened, quantity, net), Some((back, corrected)), "{quantity} for {net} after {happened:?}");
    }
}

/// The vendor agreed before the goods were on their way: the order knows when they have gone.
#[test]
fn what_goes_back_later_is_given_back_then_and_stays_so() {
    let recorded = |happened: &[PurchaseOrderEvent]| {
        let billing = takes(CREDIT_NOTE, dec!(-3), dec!(-18));
        let events = ordered(happened).decide(PurchaseOrderCommand::Bill { billing }).expect("it is counted");
        [happened, &events].concat()
    };
    let sums = |happened: &[PurchaseOrderEvent]| ordered(happened).order().expect("placed").invoiced(1);
    let credited = recorded(&[came(dec!(10)), bill(INVOICE, dec!(10), dec!(120))]);
    assert_eq!(sums(&credited), (dec!(10), dec!(102)), "the price alone");
    let gone = recorded(&[credited, vec![went_back(dec!(2))]].concat());
    assert_eq!(sums(&gone), (dec!(8), dec!(102)));
    let all = recorded(&[gone, vec![went_back(dec!(1))]].concat());
    assert_eq!(sums(&all), (dec!(7), dec!(102)));
    assert_eq!(recorded(&all), all, "said once");
    // Goods that come and are billed after it change nothing of what it was about.
    let more = recorded(&[all, vec![bill(OTHER_INVOICE, dec!(5), dec!(60)), came(dec!(9))]].concat());
    assert_eq!(sums(&more), (dec!(12), dec!(162)));
}

/// What a history does to an order, and what every bill of it is asked for again, as matching does after each change.
#[derive(Clone, Debug)]
enum Happens {
    Comes(u8),
    Costs(u8),
    /// Pieces, of which three are one ordered.
    Bills {
        invoice: u8,
        pieces: i8,
        price: u8,
    },
    Voids(u8),
}

fn invoice_id(invoice: u8) -> InvoiceId {
    InvoiceId(Uuid::from_u128(u128::from(invoice) + 1))
}

fn happens() -> impl Strategy<Value = Happens> {
    let bills = (0_u8..5, -9_i8..30, 8_u8..13).prop_filter("a bill of something", |(_, quantity, _)| *quantity != 0);
    prop_oneof![
        (1_u8..8).prop_map(Happens::Comes),
        (8_u8..13).prop_map(Happens::Costs),
        bills.prop_map(|(invoice, pieces, price)| Happens::Bills { invoice, pieces, price }),
        (0_u8..5).prop_map(Happens::Voids),
    ]
}

proptest! {
    /// Each bill that is counted anew makes the others of its order look again: they come to rest, whatever the order was amended to.
    #[test]
    fn bills_of_an_amended_order_come_to_rest(history in proptest::collection::vec(happens(), 1..14)) {
        let lines = |price: Decimal| vec![OrderLine::of(1, ITEM, "Bolts", dec!(1000), price)];
        let mut order = ordered(&[]);
        let (mut price, mut bills) = (dec!(10), BTreeMap::<u8, (Decimal, Decimal)>::new());
        for (receipt, happens) in history.iter().enumerate() {
            match *happens {
                Happens::Comes(quantity) => {
                    let receipt_id = GoodsReceiptId(Uuid::from_u128(receipt as u128 + 1));
                    order.apply(PurchaseOrderEvent::Received { receipt_id, lines: vec![ReceivedLine::of(1, quantity.into(), dec!(0))] });
                }
                Happens::Costs(now) => {
                    price = now.into();
                    order.apply(PurchaseOrderEvent::Amended { revision: 1, lines: lines(price), charges: vec![], reason: "new prices".to_owned(), by: ANNA });
                }
                Happens::Bills { invoice, pieces, price } => {
                    let quantity = (Decimal::from(pieces) / dec!(3)).round_dp(18).normalize();
                    bills.insert(invoice, (quantity, (quantity * Decimal::from(price)).round_dp(2)));
                }
                Happens::Voids(invoice) => {
                    bills.remove(&invoice);
                    let void = PurchaseOrderCommand::Withdraw { invoice_id: invoice_id(invoice), effective_date: None };
                    order.decide(void).expect("it is withdrawn").into_iter().for_each(|event| order.apply(event));
                }
            }
            let mut rounds = 0;
            loop {
                let mut moved = 0;
                for (invoice, (quantity, net)) in &bills {
                    let mut billing = takes(invoice_id(*invoice), *quantity, *net);
                    billing.lines[0].unit_price = price;
                    let events = order.decide(PurchaseOrderCommand::Bill { billing }).expect("it is counted");
                    moved += events.len();
                    events.into_iter().for_each(|event| order.apply(event));
                }
                rounds += 1;
                if moved == 0 {
                    break;
                }
                prop_assert!(rounds < 8, "{history:?} goes round for ever");
            }
        }
    }
}
