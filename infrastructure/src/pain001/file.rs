//! The facts of a payment file, independent of the version that it is written in.

use chrono::{DateTime, NaiveDate, Utc};
use iso_currency::Currency;
use quittance_domain::bank_account::{BankAccount, Country, CreditorReference, PaymentReference, PurposeCode, QrReference};

use super::InstructedAmount;

#[derive(Clone, Debug)]
pub struct CreditTransferFile {
    pub message_id: PaymentReference,
    pub created_at: DateTime<Utc>,
    pub initiating_party: InitiatingParty,
    pub blocks: Vec<PaymentBlock>,
    pub overlong: Overlong,
}

#[derive(Clone, Debug)]
pub struct InitiatingParty {
    pub name: String,
    /// The number under which the bank knows the sender, where it gave one.
    pub identification: Option<PaymentReference>,
}

/// Transfers from one account on one day.
#[derive(Clone, Debug)]
pub struct PaymentBlock {
    pub id: PaymentReference,
    pub debtor: Party,
    pub debtor_account: BankAccount,
    pub debtor_account_currency: Option<Currency>,
    pub execution_date: NaiveDate,
    /// Whether the statement shows one sum or every transfer; without it the bank's agreement decides.
    pub batch_booking: Option<bool>,
    pub service: Service,
    /// What kind of payment our bank is to take it for.
    pub category_purpose: Option<PurposeCode>,
    pub transactions: Vec<CreditTransfer>,
}

#[derive(Clone, Debug)]
pub struct CreditTransfer {
    pub instruction_id: Option<PaymentReference>,
    pub end_to_end_id: PaymentReference,
    pub amount: InstructedAmount,
    pub creditor: Party,
    pub creditor_account: BankAccount,
    /// Told to the creditor's bank.
    pub purpose: Option<PurposeCode>,
    pub remittance: Remittance,
}

#[derive(Clone, Debug)]
pub struct Party {
    pub name: String,
    pub address: Option<Address>,
}

#[derive(Clone, Debug, Default)]
pub struct Address {
    pub street: Option<String>,
    pub building_number: Option<String>,
    /// What is not known to be a street or a number.
    pub lines: Vec<String>,
    pub postal_code: Option<String>,
    pub town: Option<String>,
    pub subdivision: Option<String>,
    pub country: Option<Country>,
}

#[derive(Clone, Debug)]
pub enum Remittance {
    None,
    Unstructured(String),
    Structured(CreditorReference),
    Swiss(QrReference),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Service {
    /// Euros between IBANs of the SEPA area, charges shared.
    Sepa,
    /// Any currency, any account that a bank can find.
    International { urgency: Urgency, charges: Charges },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Urgency {
    Normal,
    Urgent,
}

/// Who bears the banks' charges.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Charges {
    Shared,
    Debtor,
    Creditor,
}

/// What happens to a name, an address or a remittance text that is longer than the field. Ids are never cut.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Overlong {
    Refuse,
    Truncate,
}
