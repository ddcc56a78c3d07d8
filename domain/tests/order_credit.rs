//! What credit notes say of the goods on their order: at the price that was billed they take back the bill, at another one only the
//! goods that went back, and what is left costs less.

mod fixtures;

use fixtures::*;
use quittance_domain::ids::InvoiceId;
use quittance_domain::purchase_order::{
    BilledSum, Billing, OrderLine, PurchaseOrder, PurchaseOrderCommand, PurchaseOrderEvent, ReceivedLine, Relief, ReturnedLine,
};
use quittance_domain::{Currency, Root};
use rust_decimal::{Decimal, dec};

fn takes(invoice_id: InvoiceId, quantity: Decimal, net: Decimal) -> Billing {
    let sum = BilledSum { line: 1, quantity, net, unit_price: dec!(10), repriced: dec!(0) };
    let relief = (net < dec!(0)).then_some(Relief::Approved);
    let (currency, effective_date) = (Currency::EUR, day("2026-03-03"));
    Billing { invoice_id, lines: vec![sum], charges: vec![], currency, effective_date, relief, prepayment: None }
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
