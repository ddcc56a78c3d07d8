//! Writes credit transfers as ISO 20022 pain.001 files: a pure function from facts to bytes, the same bytes for the same facts.
//!
//! A file that a bank would refuse is refused here, with a stable code and a pointer to the transaction at fault; nothing is repaired
//! silently. Texts are transliterated to the set that every bank accepts, because an unknown character makes banks drop the payment.

mod address;
mod agent;
mod amount;
mod charset;
mod document;
mod file;
mod ordered;
mod party;
mod refusal;
mod version;
mod xml;

pub use amount::InstructedAmount;
pub use charset::bank_text;
pub use document::{ControlFigures, WrittenFile, write};
pub use file::{
    Address, Charges, CreditTransfer, CreditTransferFile, InitiatingParty, Overlong, Party, PaymentBlock, Remittance, Service, Urgency,
};
pub use ordered::{OrderedTransfer, ordered_in};
pub use refusal::{Pain001Error, Refusal};
pub use version::Version;
