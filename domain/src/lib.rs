//! The pure heart of Quittance: aggregates decide, events record, value objects compute.
//!
//! Nothing here does I/O, reads a clock or draws randomness: time and ids come in with the command.
//! Each noun is one folder: `event.rs` (what happened, for ever), `command.rs` (what is asked), `mod.rs`
//! (state, `decide`, `apply`) and its given-when-then tests in `tests/`.

pub mod adoption;
pub mod aggregate;
pub mod approval;
pub mod attachment;
pub mod bank_account;
pub mod bank_rules;
pub mod bank_statement;
pub mod calendar;
pub mod chart;
pub mod chequebook;
pub mod comment;
pub mod customer;
pub mod day_balance;
pub mod delegation;
pub mod despatch_advice;
pub mod exception;
pub mod exchange_rate;
pub mod goods_receipt;
pub mod ids;
pub mod import_mapping;
pub mod incoming;
pub mod invoice;
pub mod invoice_import;
pub mod item;
pub mod journal;
pub mod ledger;
pub mod limits;
pub mod location;
pub mod matching;
pub mod message;
pub mod money;
pub mod order_document;
pub mod party;
pub mod payment;
pub mod payment_calendar;
pub mod payment_run;
pub mod policy;
pub mod provider;
pub mod purchase_order;
pub mod quantity;
pub mod receivable;
pub mod recurring_invoice;
pub mod refusal;
pub mod refused_reaction;
pub mod role;
pub mod stock;
pub mod subject;
pub mod tenant;
pub mod terms;
pub mod time_zone;
pub mod tolerance;
pub mod user;
pub mod vat_id;
pub mod vendor;
pub mod vouching;
pub mod withholding;

pub use aggregate::{Claim, ClaimChange, Root, Upcaster};
pub use money::{Currency, Money};
pub use refusal::{Refusal, RefusalKind};
