//! What others may know of what customers owe.

use quittance_domain::invoice::Assignment;
use quittance_domain::receivable::{
    CreditNote, CreditedAdjustment, CreditedLine, CustomerRefund, GrantedDiscount, IncomingPayment, NumberSeriesEvent, ReceivableDocument,
    ReceivableEvent as Event, ReceivableLine, SoldGoods,
};
use serde_json::Value;

use super::data;
use super::invoice::{adjustment, line, references, subtotal, totals};
use super::terms::agreed;

pub fn numbers(NumberSeriesEvent::Taken { series, number, receivable_id }: &NumberSeriesEvent) -> Value {
    data! { series, number, receivable_id }
}

/// How a person says that money came in stays here: people write account numbers there.
pub fn receivable(event: &Event) -> Value {
    match event {
        Event::Drafted { customer_id, document: said, by } | Event::Revised { customer_id, document: said, by } => {
            data! { customer_id, document: document(said), by }
        }
        Event::Issued { number, customer_id, amount, issue_date, terms, by } => {
            data! { number, customer_id, amount, issue_date, terms: agreed(terms), by }
        }
        Event::PaymentReceived { payment, open, record: _, by } => {
            let IncomingPayment { incoming_payment_id, amount, value_date, channel } = payment;
            data! { payment: data! { incoming_payment_id, amount, value_date, channel }, open, by }
        }
        Event::PaymentTakenBack { incoming_payment_id, amount, effective_date, reason, by } => {
            data! { incoming_payment_id, amount, effective_date, reason, by }
        }
        Event::DiscountGranted { discount, value_date } => data! { discount: granted(discount), value_date },
        Event::DiscountTakenBack { discount, effective_date } => data! { discount: granted(discount), effective_date },
        Event::Credited { credit_note, open, owed_back, by } => data! { credit_note: credited(credit_note), open, owed_back, by },
        Event::Refunded { refund, owed_back, record: _, by } => {
            let CustomerRefund { refund_id, amount, value_date, channel } = refund;
            data! { refund: data! { refund_id, amount, value_date, channel }, owed_back, by }
        }
        Event::RefundTakenBack { refund_id, amount, effective_date, reason, by } => {
            data! { refund_id, amount, effective_date, reason, by }
        }
        Event::GoodsHandedOver { effective_date, by } => data! { effective_date, by },
        Event::WrittenOff { amount, effective_date, reason, by } | Event::Reinstated { amount, effective_date, reason, by } => {
            data! { amount, effective_date, reason, by }
        }
        Event::Cancelled { effective_date, reason, by } => data! { effective_date, reason, by },
    }
}

fn document(document: &ReceivableDocument) -> Value {
    let ReceivableDocument { currency, payment_terms, references: referred, delivered_on, lines, .. } = document;
    let ReceivableDocument { adjustments, tax_breakdown, totals: sums, notes: _, .. } = document;
    data! {
        currency, payment_terms, delivered_on,
        references: references(referred),
        lines: lines.iter().map(sold).collect::<Vec<_>>(),
        adjustments: adjustments.iter().map(adjustment).collect::<Vec<_>>(),
        tax_breakdown: tax_breakdown.iter().map(subtotal).collect::<Vec<_>>(),
        totals: totals(sums),
    }
}

fn granted(GrantedDiscount { incoming_payment_id, amount, tax_breakdown }: &GrantedDiscount) -> Value {
    data! { incoming_payment_id, amount, tax_breakdown: tax_breakdown.iter().map(subtotal).collect::<Vec<_>>() }
}

fn credited(note: &CreditNote) -> Value {
    let CreditNote { number, issue_date, lines, adjustments, tax_breakdown, totals: sums, goods_returned, reason } = note;
    let of_line =
        |CreditedLine { line, quantity, net, goods }: &CreditedLine| data! { line, quantity, net, goods: goods.as_ref().map(lies) };
    data! {
        number, issue_date, goods_returned, reason,
        lines: lines.iter().map(of_line).collect::<Vec<_>>(),
        adjustments: adjustments.iter().map(|CreditedAdjustment { index, amount }| data! { index, amount }).collect::<Vec<_>>(),
        tax_breakdown: tax_breakdown.iter().map(subtotal).collect::<Vec<_>>(),
        totals: totals(sums),
    }
}

fn lies(SoldGoods { item_id, location, quantity }: &SoldGoods) -> Value {
    data! { item_id, location, quantity }
}

fn sold(sold: &ReceivableLine) -> Value {
    let ReceivableLine { line: stated, coding: Assignment { account_code, cost_centre, project, tax_code }, goods } = sold;
    data! { line: line(stated), coding: data! { account_code, cost_centre, project, tax_code }, goods: goods.as_ref().map(lies) }
}
