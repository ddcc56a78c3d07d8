//! ACH files in the Nacha format: read and judged field by field, written byte for byte the same for the same facts.
//!
//! A record keeps its 94 characters, so what was read is written back unchanged; tables of fields say what stands where. No crate of
//! the registry reads or writes the format with its rules, so this one does.

mod addenda_layout;
mod banking_day;
mod change;
mod check;
mod credits;
mod entry_class;
mod field;
mod file;
mod layout;
mod reader;
mod record;
mod remittance;
mod returned;
mod rule;

/// The records of the format: a module each, with a constant for each field.
pub mod records {
    pub use super::addenda_layout::*;
    pub use super::layout::*;
}

pub use banking_day::first_banking_day;
pub use change::{Change, Corrected, changes};
pub use credits::{AccountKind, Credit, CreditBatch, CreditClass, CreditRefusal, Offset, Originator, write_credits};
pub use entry_class::{Direction, EntryClass};
pub use field::{Content, Field};
pub use file::{Batch, Entry, File};
pub use reader::{Reading, read};
pub use record::{RECORD, Record};
pub use remittance::{Paid, RemittanceOrder, note, payment_order};
pub use returned::{Returned, Stage, reason_text, returns};
pub use rule::{Finding, Level, Rule};
