//! Matching a 100-line invoice against its order and receipts, inside the engine: what it takes of the order, what is
//! found, and both decided. `cargo bench -p quittance-tests --bench matching`; ends with an error beyond 5 ms.

use std::time::{Duration, Instant};

use chrono::NaiveDate;
use quittance_domain::ids::{GoodsReceiptId, InvoiceId, ItemId, UserId, VendorId};
use quittance_domain::matching::{Billed, BilledLine, evaluate};
use quittance_domain::purchase_order::{
    Order, OrderLine, PurchaseOrder, PurchaseOrderCommand, PurchaseOrderEvent, ReceivedLine, billing_of,
};
use quittance_domain::tolerance::{Applies, Band, Limits, ToleranceRule, ToleranceSet};
use quittance_domain::{Currency, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

const LINES: u32 = 100;
/// Receipts of the order and invoices before this one.
const BEFORE: u128 = 20;
const RUNS: usize = 2_000;
const LIMIT: Duration = Duration::from_millis(5);

const VENDOR: VendorId = VendorId(Uuid::from_u128(1));

fn main() {
    let order = order();
    let (ids, tolerances) = (ids(), tolerances());
    let bill = bill(&ids);
    let mut times: Vec<Duration> = (0..RUNS).map(|run| timed(&order, &bill, &tolerances, run)).collect();
    times.sort_unstable();
    let (median, worst) = (times[RUNS / 2], times[RUNS - 1]);
    println!(
        "{LINES} lines, {BEFORE} receipts and {BEFORE} invoices before: median {median:?}, 99 % {:?}, worst {worst:?}",
        times[RUNS * 99 / 100]
    );
    assert!(median <= LIMIT, "{median:?} is more than {LIMIT:?}");
}

fn timed(order: &PurchaseOrder, bill: &Billed<'_>, tolerances: &ToleranceSet, run: usize) -> Duration {
    let invoice = InvoiceId(Uuid::from_u128(10_000 + run as u128));
    let start = Instant::now();
    let placed = placed(order);
    let billing = billing_of(invoice, bill.issue_date, bill, &placed.as_seen_by(invoice, None));
    let events = order.decide(PurchaseOrderCommand::Bill { billing }).expect("it can be billed");
    let mut counted = order.clone();
    events.into_iter().for_each(|event| cqrs_es::Aggregate::apply(&mut counted, event));
    let findings = evaluate(bill, &self::placed(&counted).as_seen_by(invoice, None), tolerances);
    let took = start.elapsed();
    assert_eq!(findings.len(), 4 * LINES as usize, "price, both quantities and total of each line");
    took
}

fn placed(order: &PurchaseOrder) -> &Order {
    order.order().expect("it is placed")
}

fn order() -> PurchaseOrder {
    let item = |line: u32| ItemId(Uuid::from_u128(1_000 + u128::from(line)));
    let lines = (1..=LINES).map(|line| OrderLine::of(line, item(line), "Bolt", dec!(1000), dec!(1.2345))).collect();
    let by = UserId(Uuid::from_u128(2));
    let placed =
        PurchaseOrderEvent::Placed { vendor_id: VENDOR, number: "PO-1".to_owned(), currency: Currency::EUR, lines, charges: vec![], by };
    let mut order = PurchaseOrder::replay([placed]);
    let ids = ids();
    for n in 0..BEFORE {
        let lines = (1..=LINES).map(|line| ReceivedLine::of(line, dec!(50), dec!(0))).collect();
        let received = PurchaseOrderEvent::Received { receipt_id: GoodsReceiptId(Uuid::from_u128(100 + n)), lines };
        cqrs_es::Aggregate::apply(&mut order, received);
        let (invoice, bill) = (InvoiceId(Uuid::from_u128(200 + n)), bill(&ids));
        let billing = billing_of(invoice, bill.issue_date, &bill, &placed_as_seen(&order, invoice));
        cqrs_es::Aggregate::apply(&mut order, PurchaseOrderEvent::Billed(billing));
    }
    order
}

fn placed_as_seen(order: &PurchaseOrder, invoice: InvoiceId) -> quittance_domain::matching::Ordered<'_> {
    placed(order).as_seen_by(invoice, None)
}

fn ids() -> Vec<String> {
    (1..=LINES).map(|line| line.to_string()).collect()
}

fn bill(ids: &[String]) -> Billed<'_> {
    let numbered = ids.iter().zip(1..=LINES);
    let lines = numbered
        .map(|(id, number)| BilledLine { id, order_line: Some(number), quantity: dec!(40), unit: "C62", net: dec!(49.40) })
        .collect();
    let issue_date = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a date");
    Billed {
        vendor_id: VENDOR,
        currency: Currency::EUR,
        issue_date,
        is_credit: false,
        is_approved: false,
        lines,
        charges: vec![],
        prepayment: None,
    }
}

/// A rule for each item, as a large tenant has them.
fn tolerances() -> ToleranceSet {
    let band = Some(Band { percent: Some(dec!(2)), amount: Some(dec!(10)) });
    let limits = Limits { price_up: band, line_total: band, quantity_ordered_percent: Some(Decimal::ONE), ..Limits::default() };
    let item = |n: u128| Applies::Item(ItemId(Uuid::from_u128(5_000 + n)));
    let own = (0..200).map(|n| ToleranceRule { applies: item(n), limits: limits.clone() });
    let rules = own.chain([ToleranceRule { applies: Applies::Tenant, limits: limits.clone() }]).collect();
    ToleranceSet { rules, ..ToleranceSet::default() }
}
