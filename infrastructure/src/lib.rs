//! Adapters: everything outside the process, behind the application's ports.

pub mod ach_answers;
pub mod ach_files;
pub mod attachment_store;
pub mod bank_files;
pub mod bank_statements;
pub mod database;
pub mod decision_links;
pub mod directory;
pub mod documents;
pub mod ecb_rates;
pub mod edge;
pub mod embedded;
pub mod event_store;
pub mod identity;
pub mod invoice_sheets;
pub mod lookalikes;
pub mod pain001;
pub mod pain002;
pub mod positive_pay_files;
pub mod provider;
pub mod sealed_secrets;
pub mod signed_documents;
pub mod trade_documents;
