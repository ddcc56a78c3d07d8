//! One line of a statement and the transactions behind it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::Place;

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Entry {
    pub at: Place,
    /// Signed: above zero the account grows. A reversed debit is above zero, a reversed credit below.
    pub amount: Decimal,
    pub currency: Option<String>,
    pub reversal: bool,
    pub status: EntryStatus,
    pub booking_date: Option<NaiveDate>,
    pub value_date: Option<NaiveDate>,
    pub codes: Vec<TransactionCode>,
    pub references: References,
    pub charges: Vec<Charge>,
    /// The transactions that the entry sums up; empty where the bank names none.
    pub details: Vec<Detail>,
    /// The bank's own words on the entry, with its line breaks.
    pub text: Option<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryStatus {
    Booked,
    Pending,
    Future,
    /// Moves no money.
    Information,
    /// Corrected by another transaction of the same file: it never counted.
    TakenBack,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct TransactionCode {
    pub scheme: CodeScheme,
    pub code: String,
    pub issuer: Option<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeScheme {
    /// `PMNT/RCDT/ESCT`
    Iso20022,
    /// `NTRF`
    Swift,
    /// The German business transaction code of three digits.
    Gvc,
    Bai2,
    Ofx,
    Proprietary,
}

#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct References {
    /// The entry's number on the statement.
    pub entry: Option<String>,
    /// The bank's own reference, the first choice for telling two lines apart.
    pub servicer: Option<String>,
    pub message_id: Option<String>,
    pub payment_information_id: Option<String>,
    pub instruction_id: Option<String>,
    pub end_to_end_id: Option<String>,
    pub transaction_id: Option<String>,
    pub uetr: Option<String>,
    pub mandate_id: Option<String>,
    pub creditor_id: Option<String>,
    pub cheque_number: Option<String>,
    pub clearing: Option<String>,
    /// The account holder's reference where the format does not say which kind (MT940 :61:, BAI2).
    pub customer: Option<String>,
    /// Type and reference.
    pub other: Vec<(String, String)>,
}

#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Detail {
    /// Signed like the entry; none where the entry's amount is meant.
    pub amount: Option<Decimal>,
    pub currency: Option<String>,
    pub references: References,
    pub codes: Vec<TransactionCode>,
    /// Who is on the other side of the transfer.
    pub counterparty: Party,
    /// For whom the counterparty acts.
    pub ultimate_counterparty: Option<String>,
    pub remittance: Remittance,
    pub charges: Vec<Charge>,
    pub exchange: Option<Exchange>,
    pub return_reason: Option<ReturnReason>,
    pub purpose: Option<String>,
    pub text: Option<String>,
}

#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Party {
    pub name: Option<String>,
    pub account: Option<String>,
    pub bank: Option<String>,
    pub id: Option<String>,
    pub address: Vec<String>,
}

#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Remittance {
    pub unstructured: Vec<String>,
    /// Creditor references (`RF…`, ISR, OGM, KID).
    pub references: Vec<String>,
    /// Invoice and credit note numbers.
    pub documents: Vec<String>,
    pub additional: Vec<String>,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Charge {
    /// Signed like the entry: below zero the account pays.
    pub amount: Decimal,
    pub currency: Option<String>,
    pub included: Option<bool>,
    pub kind: Option<String>,
}

/// What the other side saw in another currency.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Exchange {
    pub instructed_amount: Option<Decimal>,
    pub instructed_currency: Option<String>,
    pub rate: Option<Decimal>,
    pub source_currency: Option<String>,
    pub target_currency: Option<String>,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ReturnReason {
    pub code: Option<String>,
    pub text: Vec<String>,
}

impl Entry {
    pub(crate) fn new(at: Place, amount: Decimal, currency: Option<String>) -> Self {
        Self {
            at,
            amount,
            currency,
            reversal: false,
            status: EntryStatus::Booked,
            booking_date: None,
            value_date: None,
            codes: vec![],
            references: References::default(),
            charges: vec![],
            details: vec![],
            text: None,
        }
    }

    pub fn code(&self, scheme: CodeScheme) -> Option<&str> {
        let below = || self.details.iter().find_map(|detail| code_of(&detail.codes, scheme));
        code_of(&self.codes, scheme).or_else(below)
    }
}

pub(crate) fn code_of(codes: &[TransactionCode], scheme: CodeScheme) -> Option<&str> {
    codes.iter().find(|code| code.scheme == scheme).map(|code| code.code.as_str())
}

impl TransactionCode {
    pub(crate) fn new(scheme: CodeScheme, code: impl Into<String>) -> Self {
        Self { scheme, code: code.into(), issuer: None }
    }
}
