//! Which column holds what, and how the bank writes dates and amounts.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CsvMapping {
    /// Of the account, unless a column names it.
    pub account: String,
    pub currency: String,
    #[serde(default = "comma")]
    pub delimiter: char,
    /// Lines above the header.
    #[serde(default)]
    pub skip_lines: usize,
    /// Rows below the last line, such as one with the balance; empty ones are none.
    #[serde(default)]
    pub skip_last_lines: usize,
    /// As in `strftime`, `%d.%m.%Y`.
    #[serde(default = "iso")]
    pub date_format: String,
    #[serde(default)]
    pub decimal_mark: DecimalMark,
    /// The first line is the latest.
    #[serde(default)]
    pub newest_first: bool,
    pub booking_date: String,
    #[serde(default)]
    pub value_date: Option<String>,
    pub amount: AmountColumns,
    /// The balance after each line: with it the statement can be proved.
    #[serde(default)]
    pub balance: Option<String>,
    #[serde(default)]
    pub line_currency: Option<String>,
    #[serde(default)]
    pub end_to_end_id: Option<String>,
    #[serde(default)]
    pub bank_reference: Option<String>,
    #[serde(default)]
    pub cheque_number: Option<String>,
    #[serde(default)]
    pub counterparty_name: Option<String>,
    #[serde(default)]
    pub counterparty_account: Option<String>,
    #[serde(default)]
    pub remittance: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountColumns {
    /// One column with a sign.
    Signed(String),
    /// One column each; the empty one is not meant.
    DebitAndCredit { debit: String, credit: String },
    /// One column without sign, another that says which side by one of these words; any other word says nothing certain.
    WithSide { amount: String, side: String, debit_words: Vec<String>, credit_words: Vec<String> },
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    #[default]
    Point,
    Comma,
}

fn comma() -> char {
    ','
}

fn iso() -> String {
    "%Y-%m-%d".to_owned()
}
