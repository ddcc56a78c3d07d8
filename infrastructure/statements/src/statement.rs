//! A statement as facts: whose account, which days, the balances that the bank states, and the entries between them.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::{Entry, Place};

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct StatementFile {
    pub format: Format,
    /// The bank's id of the file or message.
    pub message_id: Option<String>,
    pub created_at: Option<String>,
    pub statements: Vec<Statement>,
    /// What the file says and this model has no place for; nothing is dropped in silence.
    pub unmapped: Vec<Unmapped>,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// `message` is 052, 053 or 054, `version` as in the namespace (`001.08`); none where the namespace does not say.
    Camt {
        message: &'static str,
        version: Option<String>,
    },
    Mt940,
    Mt942,
    Bai2,
    /// OFX 1 and QFX: SGML.
    OfxSgml,
    /// OFX 2: XML.
    OfxXml,
    Csv,
}

impl Format {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Camt { message: "052", .. } => "camt.052",
            Self::Camt { message: "054", .. } => "camt.054",
            Self::Camt { .. } => "camt.053",
            Self::Mt940 => "mt940",
            Self::Mt942 => "mt942",
            Self::Bai2 => "bai2",
            Self::OfxSgml | Self::OfxXml => "ofx",
            Self::Csv => "csv",
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementKind {
    /// A closed day or period: the one that the books are reconciled with.
    EndOfPeriod,
    /// Of a day that still runs; its entries come again in the statement of the day.
    Intraday,
    /// Entries alone, to tell of them or to list what a batch holds (camt.054).
    Notification,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Statement {
    pub kind: StatementKind,
    pub account: Account,
    pub id: Option<String>,
    /// The bank's running number of statements of this account, as written.
    pub sequence: Option<String>,
    pub legal_sequence: Option<String>,
    pub page: Option<String>,
    pub created_at: Option<String>,
    pub period: Period,
    pub balances: Vec<Balance>,
    pub entries: Vec<Entry>,
    /// Sums and counts that the file states about itself, beside what they really are.
    pub controls: Vec<Control>,
    pub information: Option<String>,
    /// What was odd and how it was read.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Account {
    pub iban: Option<String>,
    /// The number as the bank writes it, where it is no IBAN.
    pub other: Option<String>,
    pub name: Option<String>,
    pub owner: Option<String>,
    pub currency: Option<String>,
    /// BIC, national bank code or the bank's own name.
    pub servicer: Option<String>,
}

impl Account {
    /// The IBAN, else the other number.
    pub fn id(&self) -> Option<&str> {
        self.iban.as_deref().or(self.other.as_deref())
    }
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Period {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Balance {
    pub kind: BalanceKind,
    /// Signed: below zero the account is overdrawn.
    pub amount: Decimal,
    pub currency: Option<String>,
    pub date: Option<NaiveDate>,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BalanceKind {
    OpeningBooked,
    /// Between the pages of one statement (MT940 60M).
    OpeningInterim,
    ClosingBooked,
    /// Between the pages of one statement (MT940 62M).
    ClosingInterim,
    PreviouslyClosedBooked,
    /// While the day runs.
    InterimBooked,
    OpeningAvailable,
    ClosingAvailable,
    InterimAvailable,
    ForwardAvailable,
    Expected,
    /// A kind of the bank's own, by its code.
    Other(String),
}

/// One sum or count that the file states about itself.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Control {
    pub what: &'static str,
    pub stated: Decimal,
    pub computed: Decimal,
}

impl Control {
    pub fn holds(&self) -> bool {
        self.stated == self.computed
    }
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Unmapped {
    pub at: Place,
    /// The path of the element or the name of the field.
    pub name: String,
    pub content: String,
}

impl Statement {
    pub(crate) fn new(kind: StatementKind) -> Self {
        Self {
            kind,
            account: Account::default(),
            id: None,
            sequence: None,
            legal_sequence: None,
            page: None,
            created_at: None,
            period: Period::default(),
            balances: vec![],
            entries: vec![],
            controls: vec![],
            information: None,
            notes: vec![],
        }
    }

    pub fn balance(&self, kind: &BalanceKind) -> Option<&Balance> {
        self.balances.iter().find(|balance| balance.kind == *kind)
    }
}
