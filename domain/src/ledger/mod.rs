//! The general ledger as pure rules: what a fact of the log posts, given what the books knew when it was recorded.
//!
//! Nothing is decided here twice: account determination, tax codes and exchange rates are events of the same log, so a
//! replay posts the same lines. An entry balances in every currency, and in the books' own where all its rates are known.

mod bank_line;
mod bill;
mod books;
mod clearing;
mod coding;
mod discount;
mod entry;
mod holding;
mod late_rate;
mod on_account;
mod payable;
mod prepayment;
mod rate;
mod receivable;
mod refund;
mod sale;
mod settlement;
mod stock;
mod uninvoiced;

pub use bank_line::{BankLine, BankLinePosting};
pub use books::Books;
pub use clearing::Clearing;
pub use entry::{Document, DocumentType, Entry, Line, Reason, Unbalanced};
pub(crate) use holding::adjusted;
pub use holding::{Carried, HoldingDay, Holdings, Moving, Valued};
pub use on_account::{OnAccount, OnAccountPosting};
pub use payable::{PayableAccount, Posting};
pub use prepayment::Deductions;
pub use rate::{MissingRate, Quote, RateTable, Translation};
pub use receivable::{ReceivableAccount, ReceivablePosting};
pub use stock::{
    Affected, Against, Cost, Moved, Movement, NewPrice, Parcel, Pile, Posted, StockAccount, StockPosting, ValueChange, Worth, Worths, costs,
};
pub use uninvoiced::Uninvoiced;
