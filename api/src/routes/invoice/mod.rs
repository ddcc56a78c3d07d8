//! Invoices: in, amended, decided, out of the way, and read.

pub mod allocate;
pub mod body;
pub mod coding;
pub mod create;
pub mod decide;
mod decision;
pub mod discuss;
pub mod dispute;
pub mod hold;
pub mod import;
pub mod matching;
pub mod namesake;
pub mod query;
pub mod refund;
pub mod retain;
