//! Documents around an order.

use quittance_domain::Money;
use quittance_domain::despatch_advice::{AnnouncedLine, Announcement, DespatchAdviceEvent};
use quittance_domain::import_mapping::ImportMappingEvent;
use quittance_domain::invoice_import::{
    Chunk, DateOrder, DecimalMark, Delimiter, FieldSource, Grouping, ImportSheet, InvoiceImportEvent, SavedMapping, SetAside, SheetField,
    SheetFormat, SheetMapping,
};
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
    vec![("", OrderDocumentEvent::Kept(Box::new(full))), ("bare", OrderDocumentEvent::Kept(Box::new(bare)))]
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

fn sheet_mapping() -> SheetMapping {
    let column = |name: &str| FieldSource::Column(name.to_owned());
    let fields = [
        (SheetField::VendorName, column("Supplier")),
        (SheetField::Number, column("Invoice No")),
        (SheetField::IssueDate, column("Date")),
        (SheetField::Currency, FieldSource::Value("GBP".to_owned())),
        (SheetField::Net, column("Net Amount")),
    ];
    SheetMapping {
        fields: fields.into(),
        dates: DateOrder::DayFirst,
        decimal_mark: DecimalMark::Comma,
        grouping: Grouping::NumberAndDate,
        sheet: Some("March".to_owned()),
        delimiter: Some(Delimiter::Semicolon),
        rows_above: 2,
    }
}

pub fn import_mappings() -> Vec<Sample<ImportMappingEvent>> {
    let saved = ImportMappingEvent::Saved { name: "Council spend".to_owned(), version: 2, mapping: Box::new(sheet_mapping()), by: ANNA };
    vec![("", saved)]
}

pub fn invoice_imports() -> Vec<Sample<InvoiceImportEvent>> {
    let sheet = ImportSheet {
        sha256: "ab".repeat(32),
        size_bytes: 614_607,
        file_name: Some("march.csv".to_owned()),
        format: SheetFormat::Csv,
        mapping: Some(sheet_mapping()),
        saved_mapping: None,
        rows: 5,
        documents: 3,
        begun_by: ANNA,
    };
    let zip = ImportSheet { file_name: None, format: SheetFormat::Zip, mapping: None, ..sheet.clone() };
    let used = SavedMapping { name: "Council spend".to_owned(), version: 2 };
    let by_saved_mapping = ImportSheet { saved_mapping: Some(used), ..sheet.clone() };
    let set_aside = SetAside {
        row: 4,
        rows: 2,
        vendor: Some("Northern Gas".to_owned()),
        number: Some("G-7".to_owned()),
        amount: Some(dec!(-438.80)),
        field: Some(SheetField::IssueDate),
        code: "date_unreadable".to_owned(),
        detail: "\"31.02.2026\" is no date".to_owned(),
        existing_id: Some(INVOICE.0),
    };
    let amounts = vec![Money::exact(dec!(4101.36), "GBP".parse().expect("a currency")).expect("an amount")];
    let chunk = Chunk { first: 0, next: 3, taken: 2, amounts, set_aside: vec![set_aside] };
    let nothing_taken = Chunk { first: 0, next: 1, taken: 0, amounts: vec![], set_aside: chunk.set_aside.clone() };
    vec![
        ("", InvoiceImportEvent::Begun(Box::new(sheet))),
        ("zip", InvoiceImportEvent::Begun(Box::new(zip))),
        ("by_saved_mapping", InvoiceImportEvent::Begun(Box::new(by_saved_mapping))),
        ("", InvoiceImportEvent::ChunkTaken(chunk)),
        ("nothing_taken", InvoiceImportEvent::ChunkTaken(nothing_taken)),
        ("", InvoiceImportEvent::Finished { taken: 2, set_aside: 1 }),
        ("", InvoiceImportEvent::Cancelled { by: ANNA, reason: "the wrong month".to_owned() }),
        ("", InvoiceImportEvent::Resumed { by: ANNA, next: 3 }),
    ]
}
