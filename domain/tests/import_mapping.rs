//! A mapping is saved under a name; saved again, the name means something new.

mod fixtures;

use fixtures::*;
use quittance_domain::import_mapping::{ImportMapping, ImportMappingCommand, ImportMappingEvent, ImportMappingRefusal};
use quittance_domain::invoice_import::{DateOrder, FieldSource, SheetField, SheetMapping};

fn mapping(dates: DateOrder) -> Box<SheetMapping> {
    let needed = [SheetField::VendorName, SheetField::Number, SheetField::IssueDate, SheetField::Currency, SheetField::UnitPrice];
    let fields = needed.map(|field| (field, FieldSource::Column(field.to_string()))).into();
    Box::new(SheetMapping { fields, dates, ..SheetMapping::default() })
}

fn save(name: &str, mapping: Box<SheetMapping>) -> ImportMappingCommand {
    ImportMappingCommand::Save { name: name.to_owned(), mapping, by: ANNA }
}

fn saved(version: u32, dates: DateOrder) -> ImportMappingEvent {
    ImportMappingEvent::Saved { name: "Council spend".to_owned(), version, mapping: mapping(dates), by: ANNA }
}

#[test]
fn saving_again_makes_the_next_version_and_the_same_is_nothing_new() {
    let first = || vec![saved(1, DateOrder::YearFirst)];
    nothing::<ImportMapping>().when(save("Council spend", mapping(DateOrder::YearFirst))).then_expect_events(first());
    given::<ImportMapping>(first()).when(save("Council spend", mapping(DateOrder::YearFirst))).then_expect_events(vec![]);
    let next = vec![saved(2, DateOrder::DayFirst)];
    given::<ImportMapping>(first()).when(save("Council spend", mapping(DateOrder::DayFirst))).then_expect_events(next);
}

#[test]
fn a_mapping_that_reads_no_invoice_or_has_no_name_is_refused() {
    for name in ["", " x", "x ", "a/b", &"x".repeat(61)] {
        nothing::<ImportMapping>()
            .when(save(name, mapping(DateOrder::YearFirst)))
            .then_expect_error(ImportMappingRefusal::MappingNameInvalid);
    }
    for field in [SheetField::Number, SheetField::Currency] {
        let mut partial = mapping(DateOrder::YearFirst);
        partial.fields.remove(&field);
        nothing::<ImportMapping>().when(save("x", partial)).then_expect_error(ImportMappingRefusal::MappingIncomplete { field });
    }
    let mut priceless = mapping(DateOrder::YearFirst);
    priceless.fields.remove(&SheetField::UnitPrice);
    let refusal = ImportMappingRefusal::MappingIncomplete { field: SheetField::Net };
    nothing::<ImportMapping>().when(save("x", priceless)).then_expect_error(refusal);
}
