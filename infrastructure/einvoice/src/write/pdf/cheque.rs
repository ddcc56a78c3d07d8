//! Cheques as a PDF, one below the other's stub on a page of its own: what is said of each in words and numbers comes in, pages come out.

use chrono::NaiveDate;
use krilla::metadata::Metadata;
use rust_decimal::Decimal;

use super::content::cheque;
use super::file::{day, drawn};
use super::font::Fonts;
use super::remittance::RemittanceLine;
use crate::write::WriteError;

/// One cheque and what it pays, in words.
#[derive(Clone, Debug)]
pub struct ChequePage {
    pub drawer: String,
    /// The account that it is drawn on, as its bank knows it.
    pub account: String,
    pub number: String,
    pub issued_on: NaiveDate,
    pub payee: String,
    pub payee_address: Vec<String>,
    pub currency: String,
    pub amount: Decimal,
    pub amount_in_words: String,
    /// Printed again for the files: nobody may cash it.
    pub is_void: bool,
    pub stub: Vec<RemittanceLine>,
}

/// The file is as old as the newest cheque in it: the same cheques always give the same bytes.
pub fn write_cheques(cheques: &[ChequePage]) -> Result<Vec<u8>, WriteError> {
    let fonts = Fonts::load()?;
    let document = drawn(cheque::pages(cheques, &fonts), &fonts, described(cheques))?;
    document.finish().map_err(|_| WriteError::Pages)
}

fn described(cheques: &[ChequePage]) -> Metadata {
    let numbers: Vec<&str> = cheques.iter().map(|cheque| cheque.number.as_str()).collect();
    let drawer = cheques.first().map(|cheque| cheque.drawer.clone()).unwrap_or_default();
    let title = format!("Cheques {}", numbers.join(", "));
    let metadata = Metadata::new()
        .document_id(format!("{title} {drawer}"))
        .description(format!("Cheques of {drawer}"))
        .title(title)
        .authors(vec![drawer])
        .creator("Quittance".into())
        .producer("Quittance".into())
        .language("en".into());
    match cheques.iter().map(|cheque| cheque.issued_on).max() {
        Some(newest) => metadata.creation_date(day(newest)),
        None => metadata,
    }
}
