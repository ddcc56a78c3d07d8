//! Documents around an order.

use quittance_domain::despatch_advice::{AnnouncedLine, Announcement, DespatchAdviceEvent};
use quittance_domain::order_document::{OrderDocumentEvent, StatedLine, StatedOrder};
use rust_decimal::dec;

use super::Sample;
use crate::fixtures::*;

pub fn order_documents() -> Vec<Sample<OrderDocumentEvent>> {
    let line = StatedLine { line: 1, stated_id: "10A".to_owned(), unit: Some("C62".to_owned()), net: Some(dec!(125)) };
    let full = stated_order(vec![line]);
    let bare = StatedOrder {
        quotation: None,
        payment_terms: None,
        requested_until: None,
        adjustments: vec![],
        payable: None,
        lines: vec![StatedLine { line: 1, stated_id: "1".to_owned(), unit: None, net: None }],
        notes: vec![],
        ..full.clone()
    };
    vec![("", OrderDocumentEvent::Kept(full)), ("bare", OrderDocumentEvent::Kept(bare))]
}

pub fn despatch_advices() -> Vec<Sample<DespatchAdviceEvent>> {
    let full = Announcement {
        purchase_order_id: ORDER,
        vendor_id: VENDOR,
        number: "L-99".to_owned(),
        issue_date: day("2026-03-01"),
        despatch_date: Some(day("2026-03-01")),
        expected_date: Some(day("2026-03-03")),
        tracking: Some("T-1".to_owned()),
        lines: vec![AnnouncedLine { line: 1, quantity: dec!(9) }],
        source: document_source(),
        announced_by: ANNA,
    };
    let bare = Announcement { despatch_date: None, expected_date: None, tracking: None, ..full.clone() };
    vec![
        ("", DespatchAdviceEvent::Announced(Box::new(full))),
        ("bare", DespatchAdviceEvent::Announced(Box::new(bare))),
        ("", DespatchAdviceEvent::Received { goods_receipt_id: RECEIPT, by: CARL }),
    ]
}
