//! Receivables: our invoices to customers, from the draft to the last payment.

pub mod body;
pub mod credit;
pub mod draft;
pub mod ending;
pub mod payment;
pub mod query;
