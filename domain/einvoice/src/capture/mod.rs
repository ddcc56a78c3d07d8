//! From what a document states to the invoice that the engine stores, or to the list of terms that stand in the way.
//!
//! Strict where money moves: an amount, date or number that is missing, unreadable, stated twice differently or in another
//! currency is named and nothing is captured. Text that only describes is taken as it is.

pub(crate) mod document;
pub(crate) mod intake;
pub(crate) mod line;
pub(crate) mod party;
mod payment;
mod terms;
pub(crate) mod text;

pub use intake::{MissingTerm, Problem};

use crate::canonical::CanonicalInvoice;
use crate::model::Invoice;
use intake::Intake;

/// The canonical invoice, or every term that keeps the document from being one.
pub fn capture(invoice: &Invoice<'_>) -> Result<CanonicalInvoice, Vec<MissingTerm>> {
    let mut intake = Intake::for_currency(document::currency(invoice));
    let canonical = document::document(invoice, &mut intake);
    match (canonical, intake.into_missing()) {
        (Some(canonical), missing) if missing.is_empty() => Ok(canonical),
        (_, missing) => Err(missing),
    }
}
