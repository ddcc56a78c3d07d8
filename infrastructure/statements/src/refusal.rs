//! Why a file was not read. Variants and their codes are stable: others branch on them.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

/// Where in the file, counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

impl Place {
    pub(crate) fn line(line: usize) -> Self {
        Self { line, column: 1 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum StatementRefusal {
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the file is no bank statement of a known format (camt.052/053/054, MT940/942, BAI2, OFX)")]
    UnknownFormat,
    #[error("the encoding {name} is not supported")]
    UnsupportedEncoding { name: String },
    #[error("the bytes at offset {offset} are not {encoding}")]
    WrongEncoding { encoding: &'static str, offset: usize },
    #[error("{at}: not well-formed: {reason}")]
    Malformed { at: Place, reason: String },
    #[error("{at}: {name} is missing")]
    Missing { at: Place, name: &'static str },
    #[error("{at}: {name} is not valid: {value}")]
    Invalid { at: Place, name: &'static str, value: String },
    #[error("the file holds no statement")]
    NoStatement,
    #[error("the bank answered with error {code} instead of a statement: {message}")]
    BankError { code: String, message: String },
    #[error(
        "{at}: transaction {by} corrects {corrected}, which is not in this file: take it out of the file, and book or match by hand what it changes"
    )]
    Corrects { at: Place, by: String, corrected: String },
    #[error("the mapping names no column {0}")]
    ColumnMissing(String),
    #[error("the file has more than one column {0}")]
    ColumnRepeated(String),
}

impl StatementRefusal {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too_large",
            Self::UnknownFormat => "unknown_format",
            Self::UnsupportedEncoding { .. } => "unsupported_encoding",
            Self::WrongEncoding { .. } => "wrong_encoding",
            Self::Malformed { .. } => "malformed",
            Self::Missing { .. } => "missing",
            Self::Invalid { .. } => "invalid",
            Self::NoStatement => "no_statement",
            Self::BankError { .. } => "bank_error",
            Self::Corrects { .. } => "corrects",
            Self::ColumnMissing(_) => "column_missing",
            Self::ColumnRepeated(_) => "column_repeated",
        }
    }

    /// A value that cannot be read, shortened so that a hostile file does not fill the log.
    pub(crate) fn invalid(at: Place, name: &'static str, value: &str) -> Self {
        Self::Invalid { at, name, value: value.chars().take(60).collect() }
    }
}
