//! Readers and writers between the neutral electronic invoice and UBL 2.1, UN/CEFACT CII and Factur-X/ZUGFeRD PDF; readers of orders
//! (UBL, Order-X) and despatch advices (UBL).
//!
//! ```no_run
//! use quittance_einvoice::{capture, check_totals};
//! use quittance_einvoice_formats::read;
//!
//! let document = read(&std::fs::read("invoice.pdf")?)?; // UBL, CII or PDF, found by content
//! let invoice = document.invoice(); // what it states, complete or not
//! for line in invoice.all_lines() {
//!     println!("{:?} at {}", line.net_amount.value(), line.at.xpath());
//! }
//! for finding in check_totals(&invoice).findings {
//!     println!("{} {:?}: {:?} instead of {:?}", finding.rule, finding.level, finding.stated, finding.computed);
//! }
//! println!("{} pieces have no place in the model", invoice.unmapped.len());
//! match capture(&invoice) {
//!     Ok(canonical) => println!("{} of {}", canonical.number, canonical.seller.name),
//!     Err(missing) => missing.iter().for_each(|term| println!("{term} ({})", term.location)),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Writing is one call too, and says what the other format could not carry:
//!
//! ```no_run
//! use quittance_einvoice_formats::{Format, convert};
//!
//! let converted = convert(&std::fs::read("invoice.xml")?, Format::FacturX)?; // or Ubl, or Cii
//! std::fs::write("invoice.pdf", &converted.bytes)?;
//! converted.not_carried.iter().for_each(|lost| println!("{lost:?}"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Orders and despatch advices are read alike:
//!
//! ```no_run
//! use quittance_einvoice::{capture_despatch_advice, capture_order};
//! use quittance_einvoice_formats::{ReadDocument, read_document};
//!
//! match read_document(&std::fs::read("order-x.pdf")?)? {
//!     ReadDocument::Order(read) => println!("{:?}", capture_order(&read.order()).map(|order| order.lines.len())),
//!     ReadDocument::DespatchAdvice(read) => println!("{:?}", capture_despatch_advice(&read.advice()).map(|advice| advice.order)),
//!     ReadDocument::Invoice(read) => println!("{:?}", read.syntax()),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every file costs bounded time and memory ([`Limits`]), and a refusal ([`ReadError`]) has a stable code and, in XML, a position.

mod cii;
mod examine;
mod limits;
mod mapping;
mod open;
mod pdf;
mod read;
mod refusal;
mod svrl;
mod ubl;
mod write;
mod xml;

pub use examine::{Examination, examine, examine_by, judge};
pub use limits::Limits;
pub use read::{
    ReadDespatchAdvice, ReadDocument, ReadInvoice, ReadOrder, read, read_despatch_advice, read_document, read_order, read_within,
};
pub use refusal::{Limited, Position, ReadError};
pub use svrl::svrl;
pub use write::{
    ChequePage, ConvertError, Converted, Format, NotCarried, Remittance, RemittanceLine, WriteError, convert, write_cheques, write_cii,
    write_facturx, write_remittance, write_ubl,
};
