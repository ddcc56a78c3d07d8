//! What goods cost beside their order's price: units are billed in the turn in which they came, and every cent of an
//! invoice's difference finds its goods once both are there.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::Currency;
use quittance_domain::ids::{GoodsReceiptId, InvoiceId};
use quittance_domain::purchase_order::{BilledSum, Billing, OrderLine, PurchaseOrderEvent, ReceivedLine, price_differences};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

const PRICE: Decimal = dec!(10);

fn received(receipt: u128, accepted: Decimal) -> PurchaseOrderEvent {
    let receipt_id = GoodsReceiptId(Uuid::from_u128(receipt));
    PurchaseOrderEvent::Received { receipt_id, lines: vec![ReceivedLine::of(1, accepted, dec!(0))] }
}

fn billing(invoice: u128, quantity: Decimal, net: Decimal) -> Billing {
    let lines = vec![BilledSum { line: 1, quantity, net, unit_price: PRICE, repriced: dec!(0) }];
    let (invoice_id, effective_date) = (InvoiceId(Uuid::from_u128(invoice)), day("2026-03-03"));
    Billing {
        invoice_id,
        lines,
        charges: vec![],
        currency: Currency::EUR,
        effective_date,
        issue_date: None,
        relief: None,
        prepayment: None,
    }
}

fn billed(invoice: u128, quantity: Decimal, net: Decimal) -> PurchaseOrderEvent {
    PurchaseOrderEvent::Billed(billing(invoice, quantity, net))
}

/// Invoice, receipt, how many goods, and how much dearer.
fn told(events: &[PurchaseOrderEvent]) -> Vec<(u128, u128, Decimal, Decimal)> {
    let (number, currency) = ("PO-1".to_owned(), Currency::EUR);
    let lines = vec![OrderLine::of(1, ITEM, "Bolts", dec!(1000), PRICE)];
    let placed = PurchaseOrderEvent::Placed { vendor_id: VENDOR, number, currency, lines, charges: vec![], by: ANNA };
    let shown = price_differences(std::iter::once(&placed).chain(events)).into_iter();
    shown.map(|(g, p)| (g.invoice_id.0.as_u128(), g.receipt_id.0.as_u128(), p.quantity, p.difference.amount())).collect()
}

#[test]
fn units_are_billed_in_the_turn_in_which_they_came() {
    let came = [received(1, dec!(6)), received(2, dec!(4))];
    let all = |more: &[PurchaseOrderEvent]| told(&[came.as_slice(), more].concat());
    assert_eq!(all(&[billed(7, dec!(10), dec!(100))]), []);
    assert_eq!(all(&[billed(7, dec!(10), dec!(105))]), [(7, 1, dec!(6), dec!(3)), (7, 2, dec!(4), dec!(2))]);
    assert_eq!(
        all(&[billed(7, dec!(4), dec!(41)), billed(8, dec!(6), dec!(66))]),
        [(7, 1, dec!(4), dec!(1)), (8, 1, dec!(2), dec!(2)), (8, 2, dec!(4), dec!(4))]
    );
}

#[test]
fn an_invoice_that_comes_first_finds_its_goods_when_they_come() {
    let first = billed(7, dec!(10), dec!(95));
    assert_eq!(told(std::slice::from_ref(&first)), []);
    assert_eq!(told(&[first.clone(), received(1, dec!(4))]), [(7, 1, dec!(4), dec!(-2))]);
    assert_eq!(told(&[first, received(1, dec!(4)), received(2, dec!(9))]), [(7, 1, dec!(4), dec!(-2)), (7, 2, dec!(6), dec!(-3))]);
}

#[test]
fn what_is_withdrawn_differs_no_longer_and_a_credit_note_gives_back_what_has_left() {
    let dearer = [received(1, dec!(10)), billed(7, dec!(10), dec!(105))];
    let with = |event| told(&[dearer.as_slice(), &[event]].concat());
    assert_eq!(with(PurchaseOrderEvent::BillingWithdrawn(billing(7, dec!(10), dec!(105)))), []);
    assert_eq!(with(billed(8, dec!(-2), dec!(-21))), [(7, 1, dec!(10), dec!(5)), (8, 1, dec!(0), dec!(-1))]);
}

proptest! {
    #[test]
    fn every_cent_finds_its_goods(
        came in prop::collection::vec(1i64..90, 1..8), bills in prop::collection::vec((1i64..90, -400i64..400), 1..8)
    ) {
        let tenths = |n: i64| Decimal::new(n, 1);
        let bills: Vec<_> = bills.into_iter().map(|(n, cents)| (tenths(n), tenths(n) * PRICE + Decimal::new(cents, 2))).collect();
        let owed: Decimal = bills.iter().map(|(quantity, _)| *quantity).sum();
        let dearer: Decimal = bills.iter().map(|(quantity, net)| net - quantity * PRICE).sum();
        let mut events: Vec<_> = (1u128..).zip(&came).map(|(id, n)| received(id, tenths(*n))).collect();
        events.extend((1u128..).zip(&bills).map(|(id, (quantity, net))| billed(id, *quantity, *net)));
        events.push(received(99, owed));
        let told = told(&events);
        prop_assert_eq!(told.iter().map(|t| t.3).sum::<Decimal>(), dearer);
        for receipt in 1..=came.len() as u128 {
            let billed: Decimal = told.iter().filter(|t| t.1 == receipt).map(|t| t.2).sum();
            prop_assert!(billed <= tenths(came[receipt as usize - 1]), "no goods are billed twice");
        }
    }
}
