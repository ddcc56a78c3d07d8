//! UBL 2.1 Invoice and CreditNote, in the order of their schemas and the binding of EN 16931-3-2.

mod document;
mod line;
mod party;
mod payment;
mod reference;

pub use document::write_ubl;
