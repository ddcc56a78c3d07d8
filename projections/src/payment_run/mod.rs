//! Payment runs: what each pays, and for everything else why not.

mod item;
mod open;
mod row;

pub use item::{PaymentRunItemFilter, PaymentRunItemState, PaymentRunItemView, PaymentRunItems, items, items_of_invoice, payments};
pub use open::open_invoices;
pub use row::{PaymentRunDetail, PaymentRunFilter, PaymentRunRow, PaymentRunSummary, get, list};
