//! From the canonical invoice to documents: UBL 2.1, CII, and a Factur-X PDF with readable pages.

mod amount;
mod carried;
mod cii;
mod convert;
mod error;
mod node;
mod pdf;
mod rate;
mod terms;
mod ubl;

pub use carried::NotCarried;
pub use cii::write_cii;
pub use convert::{ConvertError, Converted, Format, convert};
pub use error::WriteError;
pub use pdf::{ChequePage, Remittance, RemittanceLine, write_cheques, write_facturx, write_remittance};
pub use ubl::write_ubl;
