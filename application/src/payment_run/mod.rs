//! Payment runs: proposed from everything that is open, authorised by a second person, planned page by page, written as one file.

mod file;
mod pages;
mod propose;
mod remove;

pub use file::WriteRunFile;
pub use pages::PageStep;
pub(crate) use pages::take_step;
pub use propose::{OpenInvoice, OpenInvoices, ProposePaymentRun};
pub use remove::RemoveRunItem;
