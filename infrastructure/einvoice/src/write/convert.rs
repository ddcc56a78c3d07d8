//! Any readable invoice into another format, with the list of what the other format could not carry.
//!
//! Nothing is trusted to have been carried: what was written is read again and compared with what was to be written.

use quittance_einvoice::{CanonicalInvoice, MissingTerm, capture};
use thiserror::Error;

use super::carried::{NotCarried, changed, not_captured};
use super::{WriteError, write_cii, write_facturx, write_ubl};
use crate::read::read;
use crate::refusal::ReadError;

/// What an invoice can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Ubl,
    Cii,
    /// A PDF/A-3 with readable pages and CII inside.
    FacturX,
}

#[derive(Clone, Debug)]
pub struct Converted {
    pub bytes: Vec<u8>,
    /// Nothing else of the source is missing or different.
    pub not_carried: Vec<NotCarried>,
}

#[derive(Clone, Debug, Error)]
pub enum ConvertError {
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    #[error("the invoice is incomplete: {}", listed(.0))]
    Incomplete(Vec<MissingTerm>),
    #[error(transparent)]
    Unwritable(#[from] WriteError),
}

impl ConvertError {
    /// The stable name of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(error) => error.code(),
            Self::Incomplete(_) => "incomplete",
            Self::Unwritable(error) => error.code(),
        }
    }
}

fn listed(missing: &[MissingTerm]) -> String {
    missing.iter().map(MissingTerm::to_string).collect::<Vec<_>>().join(", ")
}

/// Reads an invoice in any syntax and writes it in this one.
pub fn convert(bytes: &[u8], format: Format) -> Result<Converted, ConvertError> {
    let document = read(bytes)?;
    let stated = document.invoice();
    let invoice = capture(&stated).map_err(ConvertError::Incomplete)?;
    let bytes = write(&invoice, format)?;
    let mut not_carried = not_captured(&stated, &invoice);
    not_carried.extend(changed(&invoice, &read_again(&bytes)?));
    Ok(Converted { bytes, not_carried })
}

fn write(invoice: &CanonicalInvoice, format: Format) -> Result<Vec<u8>, WriteError> {
    match format {
        Format::Ubl => write_ubl(invoice).map(String::into_bytes),
        Format::Cii => Ok(write_cii(invoice).into_bytes()),
        Format::FacturX => write_facturx(invoice),
    }
}

fn read_again(bytes: &[u8]) -> Result<CanonicalInvoice, ConvertError> {
    capture(&read(bytes)?.invoice()).map_err(ConvertError::Incomplete)
}
