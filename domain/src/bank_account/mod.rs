//! Where money is sent: bank accounts, and the identifiers that name them and the payments to them, valid by construction.
//!
//! Every identifier is parsed leniently (spaces, lower case), stored normalised, and refused with a stable code.
//! `Debug` and `masked` show only enough to recognise an account; `Display` and serde carry it in full.

mod aba_routing_number;
mod account;
mod account_number;
mod bank;
mod bic;
mod clearing_member;
mod country;
mod creditor_reference;
mod iban;
mod iban_registry;
mod mod97;
mod payment_reference;
mod purpose_code;
mod qr_reference;
mod refusal;
mod text_value;

pub use aba_routing_number::AbaRoutingNumber;
pub use account::{BankAccount, UsAccountType};
pub use account_number::{AccountNumber, MobileMoneyProvider};
pub use bank::Bank;
pub use bic::Bic;
pub use clearing_member::{ClearingMember, ClearingMemberId, ClearingSystem};
pub use country::Country;
pub use creditor_reference::CreditorReference;
pub use iban::Iban;
pub use iban_registry::bban_structure;
pub use payment_reference::PaymentReference;
pub use purpose_code::PurposeCode;
pub use qr_reference::QrReference;
pub use refusal::IdentifierRefusal;
