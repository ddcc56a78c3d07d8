//! A payment: planned against open amounts, authorised by a second person, sent once, settled or not.
//!
//! It may hold many items, one an invoice; each item ends on its own, because a bank returns single transactions.

mod ach;
mod advice;
mod bank_status;
mod cheque;
mod command;
mod ending;
mod event;
mod found_outcome;
mod international;
mod method;
mod on_account;
mod plan;
mod refusal;
mod state;
mod status;
mod transfer;

pub use ach::{AchControl, AchEntry, AchReceiver, ach_entry_claim, bank_file_claim};
pub use advice::{AdviceOutcome, AdviceRequest, MailedAdvice};
pub use bank_status::{BankStatusReport, ReportedStatus};
pub use cheque::{Cheque, cheque_claim};
pub use command::PaymentCommand;
pub use event::{CreditSetOff, CreditorItem, ManualRecord, PaymentEvent, PaymentPlan, SentFile};
pub use found_outcome::{FoundOutcome, OutcomeFinding};
pub use international::{ChargeBearer, International, TransferInstructions};
pub use method::{Method, RecordedMethod};
pub use on_account::AccountCredit;
pub use refusal::PaymentRefusal;
pub use state::{InFlight, Item, ItemState, Payment};
pub use status::PaymentStatus;
pub use transfer::{Transfer, TransferOutcome, TransferReport, transfer_key};
