//! Use cases: what happens when a command comes in, across aggregates, all or nothing.
//!
//! [`Commands`] carries out a [`UseCase`]: load what it touches, let the domain decide, append everything in one
//! write, retry on a lost race. Everything outside the process is a port in [`ports`].

pub mod accrual;
pub mod ach;
pub mod allocation;
pub mod approval;
pub mod attachment;
pub mod authorisation;
pub mod bank_booking;
mod bank_file;
pub mod bank_line;
pub mod bank_statement;
pub mod bank_unmatch;
pub mod cache;
pub mod calendar;
pub mod cheque;
mod claiming;
pub mod coding;
pub mod commands;
pub mod comment;
pub mod context;
pub mod delegation;
pub mod despatch_advice;
pub mod discount;
pub mod dispute;
pub mod duplicate;
pub mod exchange_rate;
pub mod failure;
pub mod goods_price;
pub mod goods_receipt;
pub mod hold;
pub mod import_mapping;
pub mod invoice;
pub mod invoice_import;
pub mod journal;
pub mod landed_cost;
pub mod matching;
pub mod message;
pub mod order_document;
pub mod payment;
pub mod payment_run;
pub mod ports;
pub mod provider;
pub mod purchase_order;
pub mod reaction;
pub mod recurring_invoice;
pub mod remittance;
mod slot;
pub mod stock;
pub mod subject;
pub mod tenant;
pub mod terms;
pub mod tolerance;
pub mod transfer_outcome;
pub mod user;
pub mod value_date;
pub mod vendor;
pub mod vouching;
pub mod withholding;
pub mod work;
mod zones;

pub use commands::{Commands, Done, Receipt, UseCase};
pub use context::{Channel, Context};
pub use failure::{Failure, Refused};
pub use work::Work;
