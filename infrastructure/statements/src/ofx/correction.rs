//! Corrections: a transaction that names another one by `CORRECTFITID` replaces or deletes it (OFX 11.4.2.3.1). It does so within its file;
//! what an earlier file brought is no longer the reader's to take back, and that it is wrong must not pass unseen.

use super::tree::Element;
use crate::{Entry, EntryStatus, StatementRefusal};

/// Entries and the elements that they come from, in one order.
pub(super) fn correct(elements: &[&Element], entries: &mut [Entry]) -> Result<(), StatementRefusal> {
    for (index, element) in elements.iter().enumerate() {
        let Some(corrected) = element.text("CORRECTFITID") else { continue };
        let deletes = match element.text("CORRECTACTION").as_deref() {
            Some("REPLACE") => false,
            Some("DELETE") => true,
            other => return Err(StatementRefusal::invalid(element.at, "CORRECTACTION", other.unwrap_or_default())),
        };
        let is_meant = |(other, entry): (usize, &Entry)| {
            let stands = other != index && entry.status == EntryStatus::Booked;
            (stands && entry.references.servicer.as_deref() == Some(&corrected)).then_some(other)
        };
        let mut meant = entries.iter().enumerate().filter_map(is_meant);
        match (meant.next(), meant.next()) {
            (Some(meant), None) => entries[meant].status = EntryStatus::TakenBack,
            _ => return Err(beyond_the_file(element, corrected)),
        }
        if deletes {
            entries[index].status = EntryStatus::TakenBack;
        }
    }
    Ok(())
}

fn beyond_the_file(element: &Element, corrected: String) -> StatementRefusal {
    let by = element.text("FITID").unwrap_or_default();
    let shortened = |id: String| id.chars().take(60).collect();
    StatementRefusal::Corrects { at: element.at, by: shortened(by), corrected: shortened(corrected) }
}
