//! What others may know of the documents around an order.

use quittance_domain::despatch_advice::{AnnouncedLine, Announcement, DespatchAdviceEvent};
use quittance_domain::import_mapping::ImportMappingEvent;
use quittance_domain::invoice_import::{Chunk, ImportSheet, InvoiceImportEvent};
use quittance_domain::order_document::{OrderDocumentEvent, StatedAdjustment, StatedLine, StatedOrder};
use serde_json::Value;

use super::data;
use super::invoice::source;
use super::parties::party;

pub fn order_document(event: &OrderDocumentEvent) -> Value {
    let OrderDocumentEvent::Kept(stated) = event;
    let StatedOrder {
        purchase_order_id,
        issue_date,
        buyer,
        seller,
        quotation,
        contract,
        payment_terms: _,
        requested_from,
        requested_until,
        adjustments,
        payable,
        lines,
        notes: _,
        source: origin,
        kept_by,
    } = &**stated;
    data! {
        purchase_order_id,
        issue_date,
        buyer: party(buyer),
        seller: party(seller),
        quotation,
        contract,
        requested_from,
        requested_until,
        adjustments: adjustments.iter().map(adjustment).collect::<Vec<_>>(),
        payable,
        lines: lines.iter().map(stated_line).collect::<Vec<_>>(),
        source: source(origin),
        kept_by,
    }
}

fn adjustment(adjustment: &StatedAdjustment) -> Value {
    let StatedAdjustment { is_charge, amount, reason: _ } = adjustment;
    data! { is_charge, amount }
}

fn stated_line(line: &StatedLine) -> Value {
    let StatedLine { line, stated_id, unit, net } = line;
    data! { line, stated_id, unit, net }
}

pub fn despatch_advice(event: &DespatchAdviceEvent) -> Value {
    match event {
        DespatchAdviceEvent::Announced(announcement) => announced(announcement),
        DespatchAdviceEvent::Received { goods_receipt_id, by } => data! { goods_receipt_id, by },
    }
}

fn announced(announcement: &Announcement) -> Value {
    let Announcement {
        purchase_order_id,
        vendor_id,
        number,
        issue_date,
        despatch_date,
        expected_date,
        tracking,
        lines,
        source: origin,
        announced_by,
    } = announcement;
    data! {
        purchase_order_id,
        vendor_id,
        number,
        issue_date,
        despatch_date,
        expected_date,
        tracking,
        lines: lines.iter().map(announced_line).collect::<Vec<_>>(),
        source: source(origin),
        announced_by,
    }
}

fn announced_line(line: &AnnouncedLine) -> Value {
    let AnnouncedLine { line, quantity } = line;
    data! { line, quantity }
}

/// That it was saved; how its files look is the company's own.
pub fn import_mapping(event: &ImportMappingEvent) -> Value {
    let ImportMappingEvent::Saved { name, version, mapping: _, by } = event;
    data! { name, version, by }
}

pub fn invoice_import(event: &InvoiceImportEvent) -> Value {
    match event {
        InvoiceImportEvent::Begun(sheet) => {
            let ImportSheet { sha256, size_bytes, file_name: _, format, mapping: _, saved_mapping: _, rows, documents, begun_by } =
                &**sheet;
            data! { sha256, size_bytes, format, rows, documents, begun_by }
        }
        // What was set aside stays with the import: the documents of the chunk that were not taken.
        InvoiceImportEvent::ChunkTaken(Chunk { first, next, taken, amounts, set_aside: _ }) => data! { first, next, taken, amounts },
        InvoiceImportEvent::Finished { taken, set_aside } => data! { taken, set_aside },
        InvoiceImportEvent::Cancelled { by, reason: _ } => data! { by },
        InvoiceImportEvent::Resumed { by, next } => data! { by, next },
    }
}
