//! A payment: planned against open amounts, authorised by a second person, sent once, settled or not.
//!
//! It may hold many items, one an invoice; each item ends on its own, because a bank returns single transactions.

mod command;
mod event;
mod state;
mod transfer;

pub use command::PaymentCommand;
pub use event::{CreditorItem, ManualRecord, Method, PaymentEvent, PaymentPlan, SentFile};
pub use state::{InFlight, Item, ItemState, Payment, PaymentRefusal, PaymentStatus};
pub use transfer::{Transfer, TransferOutcome, TransferReport, transfer_key};
