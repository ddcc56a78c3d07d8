//! From the canonical invoice to documents: UBL 2.1, CII, and a Factur-X PDF with readable pages.

mod amount;
mod cii;
mod node;
mod terms;
mod ubl;

pub use cii::write_cii;
pub use ubl::write_ubl;
