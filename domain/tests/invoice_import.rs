//! A bulk import: begun once, taken in chunk by chunk, every document accounted for.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::invoice_import::{
    Chunk, FieldSource, ImportSheet, ImportStatus, InvoiceImport, InvoiceImportCommand, InvoiceImportEvent, InvoiceImportRefusal, SetAside,
    SheetField, SheetFormat, SheetMapping,
};

fn sheet(documents: u32) -> Box<ImportSheet> {
    let needed = [SheetField::VendorName, SheetField::Number, SheetField::IssueDate, SheetField::Currency, SheetField::Net];
    let fields = needed.map(|field| (field, FieldSource::Column(field.to_string()))).into();
    Box::new(ImportSheet {
        sha256: "00".repeat(32),
        size_bytes: 1,
        file_name: None,
        format: SheetFormat::Csv,
        mapping: Some(SheetMapping { fields, ..SheetMapping::default() }),
        saved_mapping: None,
        rows: documents,
        documents,
        begun_by: ANNA,
    })
}

fn begun(documents: u32) -> Vec<InvoiceImportEvent> {
    vec![InvoiceImportEvent::Begun(sheet(documents))]
}

fn chunk(first: u32, next: u32, taken: u32) -> Chunk {
    let set_aside = SetAside {
        row: 2,
        rows: 1,
        vendor: None,
        number: None,
        amount: None,
        field: None,
        code: "field_missing".to_owned(),
        detail: String::new(),
        existing_id: None,
    };
    let set_aside = vec![set_aside; (next.saturating_sub(first).saturating_sub(taken)) as usize];
    Chunk { first, next, taken, amounts: vec![], set_aside }
}

fn cancelled() -> InvoiceImportEvent {
    InvoiceImportEvent::Cancelled { by: ANNA, reason: "the wrong month".to_owned() }
}

#[test]
fn an_import_begins_once_and_goes_on_where_it_was_cancelled() {
    let begin = || InvoiceImportCommand::Begin(sheet(3));
    nothing::<InvoiceImport>().when(begin()).then_expect_events(begun(3));
    given::<InvoiceImport>(begun(3)).when(begin()).then_expect_events(vec![]);
    let stopped = [begun(3), vec![InvoiceImportEvent::ChunkTaken(chunk(0, 2, 2)), cancelled()]].concat();
    given::<InvoiceImport>(stopped).when(begin()).then_expect_events(vec![InvoiceImportEvent::Resumed { by: ANNA, next: 2 }]);
}

#[test]
fn a_file_without_rows_or_a_mapping_without_a_number_begins_nothing() {
    nothing::<InvoiceImport>().when(InvoiceImportCommand::Begin(sheet(0))).then_expect_error(InvoiceImportRefusal::ImportEmpty);
    let mut unnumbered = sheet(3);
    unnumbered.mapping.as_mut().expect("a mapping").fields.remove(&SheetField::Number);
    let refusal = InvoiceImportRefusal::MappingIncomplete { field: SheetField::Number };
    nothing::<InvoiceImport>().when(InvoiceImportCommand::Begin(unnumbered)).then_expect_error(refusal);
}

#[test]
fn a_chunk_begins_where_the_last_ended_and_accounts_for_all_of_its_documents() {
    let take = |chunk| InvoiceImportCommand::Take(chunk);
    let half = || [begun(4), vec![InvoiceImportEvent::ChunkTaken(chunk(0, 2, 1))]].concat();
    given::<InvoiceImport>(half()).when(take(chunk(2, 3, 1))).then_expect_events(vec![InvoiceImportEvent::ChunkTaken(chunk(2, 3, 1))]);
    let finished = InvoiceImportEvent::Finished { taken: 2, set_aside: 2 };
    let last = vec![InvoiceImportEvent::ChunkTaken(chunk(2, 4, 1)), finished];
    given::<InvoiceImport>(half()).when(take(chunk(2, 4, 1))).then_expect_events(last);
    let short = Chunk { taken: 1, ..chunk(2, 4, 2) };
    for wrong in [chunk(0, 2, 2), chunk(3, 4, 1), chunk(2, 5, 3), chunk(2, 2, 0), short] {
        given::<InvoiceImport>(half()).when(take(wrong)).then_expect_error(InvoiceImportRefusal::ChunkInconsistent);
    }
}

#[test]
fn what_is_cancelled_or_finished_takes_no_chunk() {
    let take = || InvoiceImportCommand::Take(chunk(0, 2, 2));
    let cancel = || InvoiceImportCommand::Cancel { by: ANNA, reason: "the wrong month".to_owned() };
    let stopped = || [begun(2), vec![cancelled()]].concat();
    given::<InvoiceImport>(begun(2)).when(cancel()).then_expect_events(vec![cancelled()]);
    given::<InvoiceImport>(stopped()).when(cancel()).then_expect_events(vec![]);
    given::<InvoiceImport>(stopped()).when(take()).then_expect_events(vec![]);
    let done = vec![InvoiceImportEvent::ChunkTaken(chunk(0, 2, 2)), InvoiceImportEvent::Finished { taken: 2, set_aside: 0 }];
    let done = || [begun(2), done.clone()].concat();
    given::<InvoiceImport>(done()).when(take()).then_expect_events(vec![]);
    given::<InvoiceImport>(done()).when(cancel()).then_expect_events(vec![]);
    nothing::<InvoiceImport>().when(cancel()).then_expect_error(InvoiceImportRefusal::ImportUnknown);
    let import = InvoiceImport::replay(done());
    let intake = import.intake().expect("an import");
    assert_eq!((intake.status, intake.next, intake.waits_for(2)), (ImportStatus::Finished, 2, false));
}
