//! What stands on the pages, in the order in which people read an invoice.

pub(super) mod cheque;
mod head;
mod lines;
mod payment;
pub(super) mod remittance;
mod totals;
mod words;

use quittance_einvoice::CanonicalInvoice;

use super::font::Fonts;
use super::page::{BODY, Mark, Pages};
pub(super) use words::title;

pub(super) fn pages(invoice: &CanonicalInvoice, fonts: &Fonts) -> Vec<Vec<Mark>> {
    let mut pages = Pages::new(fonts);
    head::head(&mut pages, invoice);
    lines::lines(&mut pages, invoice);
    totals::totals(&mut pages, invoice);
    payment::payment(&mut pages, invoice);
    notes(&mut pages, invoice);
    // A page that is alone still says of what it is.
    pages.finish(&format!("{} {} · {}", title(&invoice.type_code), invoice.number, head::imprint(&invoice.seller)))
}

fn notes(pages: &mut Pages<'_>, invoice: &CanonicalInvoice) {
    if invoice.notes.is_empty() {
        return;
    }
    pages.heading("Notes");
    for note in &invoice.notes {
        pages.flow(&note.text, BODY);
        pages.y += 4.0;
    }
}
