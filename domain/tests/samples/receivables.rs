//! Receivables, and the numbers that they take.

use quittance_domain::ids::IncomingPaymentId;
use quittance_domain::incoming::{IncomingChannel, IncomingRecord};
use quittance_domain::invoice::{TaxSubtotal, Totals};
use quittance_domain::receivable::{
    CreditNote, CreditedAdjustment, CreditedLine, CustomerRefund, GrantedDiscount, IncomingPayment, NumberSeriesEvent, ReceivableDocument,
    ReceivableEvent, SoldGoods,
};
use rust_decimal::{Decimal, dec};
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
    let goods = document.lines[0].goods.clone().map(|goods| SoldGoods { quantity: dec!(2), ..goods });
    let category = document.lines[0].line.tax.clone();
    let credited = |net: Decimal, allowance: Decimal| {
        let (taxable, tax) = (net - allowance, (net - allowance) * dec!(0.19));
        let totals = Totals {
            lines: net,
            allowances: allowance,
            charges: dec!(0),
            net: taxable,
            tax,
            gross: taxable + tax,
            prepaid: dec!(0),
            rounding: dec!(0),
            payable: taxable + tax,
        };
        (vec![TaxSubtotal { category: category.clone(), taxable, tax }], totals)
    };
    let tax_part = TaxSubtotal { category: category.clone(), taxable: dec!(21.00), tax: dec!(3.99) };
    let incoming_payment_id = IncomingPaymentId(Uuid::from_u128(1));
    let discount = GrantedDiscount { incoming_payment_id, amount: eur(dec!(24.99)), tax_breakdown: vec![tax_part] };
    let gross = GrantedDiscount { tax_breakdown: vec![], ..discount.clone() };
    let (tax_breakdown, totals) = credited(dec!(200.00), dec!(10.00));
    let credit_note = CreditNote {
        number: "CN-2026-00003".to_owned(),
        issue_date: day("2026-04-01"),
        lines: vec![CreditedLine { line: "1".to_owned(), quantity: dec!(2), net: dec!(200.00), goods }],
        adjustments: vec![CreditedAdjustment { index: 0, amount: dec!(10.00) }],
        tax_breakdown,
        totals,
        goods_returned: true,
        reason: "two arrived broken".to_owned(),
    };
    let (tax_breakdown, totals) = credited(dec!(50.00), dec!(0));
    let lines = vec![CreditedLine { line: "2".to_owned(), quantity: dec!(0), net: dec!(50.00), goods: None }];
    let bare = CreditNote { lines, adjustments: vec![], tax_breakdown, totals, goods_returned: false, ..credit_note.clone() };
    let refunded = refund(4, eur(dec!(226.10)), "2026-04-03");
    let on_debit = CustomerRefund { channel: IncomingChannel::BankLine(Uuid::from_u128(9)), ..refunded.clone() };
    let record = Some(Box::new(IncomingRecord { method: "transfer".to_owned(), reference: "REF-4711".to_owned(), account_code: None }));
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
        ("", ReceivableEvent::DiscountGranted { discount: discount.clone(), value_date: day("2026-03-20") }),
        ("gross", ReceivableEvent::DiscountGranted { discount: gross, value_date: day("2026-03-20") }),
        ("", ReceivableEvent::DiscountTakenBack { discount, effective_date: day("2026-03-25") }),
        ("", ReceivableEvent::Credited { credit_note: Box::new(credit_note), open: eur(dec!(0)), owed_back: eur(dec!(226.10)), by: ERIN }),
        ("bare", ReceivableEvent::Credited { credit_note: Box::new(bare), open: eur(dec!(1190)), owed_back: eur(dec!(0)), by: ERIN }),
        ("", ReceivableEvent::Refunded { refund: refunded.clone(), owed_back: eur(dec!(0)), record, by: Some(ERIN) }),
        ("bank_line", ReceivableEvent::Refunded { refund: on_debit, owed_back: eur(dec!(0)), record: None, by: None }),
        (
            "",
            ReceivableEvent::RefundTakenBack {
                refund_id: refunded.refund_id,
                amount: refunded.amount,
                effective_date: day("2026-04-09"),
                reason: "the account was closed".to_owned(),
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
