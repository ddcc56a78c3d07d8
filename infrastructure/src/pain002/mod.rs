//! Reads ISO 20022 pain.002 reports: what the bank says became of a payment file, down to the single transfer.
//!
//! The versions from 03 on (2009) share the elements that matter here, so one reader serves them and their regional forms.

mod reader;
mod report;
mod said;

pub use reader::{Pain002Refusal, read};
pub use report::{BlockStatus, Control, Outcome, Reason, Status, StatusReport, TransactionStatus};
pub use said::{Answers, Said};
