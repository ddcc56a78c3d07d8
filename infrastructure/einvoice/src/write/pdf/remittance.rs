//! A remittance advice as a PDF: what is said of it in words and numbers comes in, pages come out.

use chrono::NaiveDate;
use krilla::metadata::Metadata;
use rust_decimal::Decimal;

use super::content::remittance;
use super::file::{day, drawn};
use super::font::Fonts;
use crate::write::WriteError;

/// One vendor's part of a payment, in words.
#[derive(Clone, Debug)]
pub struct Remittance {
    pub payer: String,
    pub payee: String,
    pub payee_address: Vec<String>,
    pub payment_date: NaiveDate,
    /// Names and values, as they are to be read.
    pub facts: Vec<(&'static str, String)>,
    pub currency: String,
    pub lines: Vec<RemittanceLine>,
    pub paid: Decimal,
}

#[derive(Clone, Debug)]
pub struct RemittanceLine {
    pub invoice: String,
    pub date: NaiveDate,
    pub reference: String,
    pub amount: Decimal,
    pub discount: Decimal,
    pub paid: Decimal,
}

/// The file is as old as the payment: the same advice always gives the same bytes.
pub fn write_remittance(advice: &Remittance) -> Result<Vec<u8>, WriteError> {
    let fonts = Fonts::load()?;
    let document = drawn(remittance::pages(advice, &fonts), &fonts, described(advice))?;
    document.finish().map_err(|_| WriteError::Pages)
}

fn described(advice: &Remittance) -> Metadata {
    let title = format!("Remittance advice of {}", advice.payment_date);
    Metadata::new()
        .document_id(format!("{title} {} {}", advice.payer, advice.payee))
        .description(format!("What {} pays {}", advice.payer, advice.payee))
        .title(title)
        .authors(vec![advice.payer.clone()])
        .creator("Quittance".into())
        .producer("Quittance".into())
        .language("en".into())
        .creation_date(day(advice.payment_date))
}
