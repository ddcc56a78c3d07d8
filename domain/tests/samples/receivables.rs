//! Receivables, and the numbers that they take.

use quittance_domain::ids::IncomingPaymentId;
use quittance_domain::incoming::IncomingChannel;
use quittance_domain::receivable::{IncomingPayment, NumberSeriesEvent, ReceivableDocument, ReceivableEvent};
use rust_decimal::dec;
use uuid::Uuid;

use super::Sample;
use crate::fixtures::*;

pub fn number_series() -> Vec<Sample<NumberSeriesEvent>> {
    vec![("", NumberSeriesEvent::Taken { series: "2026".to_owned(), number: 17, receivable_id: RECEIVABLE })]
}

pub fn receivables() -> Vec<Sample<ReceivableEvent>> {
    let document = receivable_document();
    let mut service = receivable_of(document.lines[1..].to_vec(), document.currency);
    service = ReceivableDocument { payment_terms: None, delivered_on: None, notes: vec![], ..service };
    let on_line = IncomingPayment { channel: IncomingChannel::BankLine(Uuid::from_u128(9)), ..incoming(2, eur(dec!(49.50)), "2026-03-21") };
    vec![
        ("", receivable_drafted(&document)),
        ("bare", receivable_drafted(&service)),
        ("", ReceivableEvent::Revised { customer_id: OTHER_CUSTOMER, document: Box::new(service), by: BOB }),
        ("", receivable_issued(&document)),
        ("", payment_received(incoming(1, eur(dec!(1200)), "2026-03-20"), eur(dec!(49.50)))),
        ("bank_line", ReceivableEvent::PaymentReceived { payment: on_line, open: eur(dec!(0)), record: None, by: None }),
        (
            "",
            ReceivableEvent::PaymentTakenBack {
                incoming_payment_id: IncomingPaymentId(Uuid::from_u128(1)),
                amount: eur(dec!(1200)),
                effective_date: day("2026-03-25"),
                reason: "the cheque bounced".to_owned(),
                by: ERIN,
            },
        ),
        ("", ReceivableEvent::GoodsHandedOver { effective_date: day("2026-03-21"), by: ANNA }),
        (
            "",
            ReceivableEvent::WrittenOff {
                amount: eur(dec!(1249.50)),
                effective_date: day("2026-09-30"),
                reason: "insolvent".to_owned(),
                by: ERIN,
            },
        ),
        (
            "",
            ReceivableEvent::Reinstated {
                amount: eur(dec!(1249.50)),
                effective_date: day("2026-10-15"),
                reason: "the administrator pays".to_owned(),
                by: ERIN,
            },
        ),
        ("", ReceivableEvent::Cancelled { effective_date: day("2026-03-03"), reason: "another customer's".to_owned(), by: DORA }),
    ]
}
