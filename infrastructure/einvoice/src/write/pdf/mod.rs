//! A Factur-X invoice, the advice of a payment, or its cheque: pages that people read and the same invoice as XML inside, together one PDF/A-3 file.
//!
//! `page` lays text, tables and rules out into pages; `content` says what stands on them; `file` makes the PDF of it.

mod cheque;
mod content;
mod file;
mod font;
mod metadata;
mod page;
mod qr;
mod remittance;
mod table;
mod text;

pub use cheque::{ChequePage, write_cheques};
pub use file::write_facturx;
pub use remittance::{Remittance, RemittanceLine, write_remittance};
