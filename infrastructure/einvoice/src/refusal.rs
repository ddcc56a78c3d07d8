//! Why a file was not read. Variants and their codes are stable: others branch on them.

use std::fmt;

use thiserror::Error;

/// Where in the document's text, counted from 1. Columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    /// The position of a byte of the text; an offset inside a character means that character.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let offset = (0..=offset.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self { line: before.bytes().filter(|&byte| byte == b'\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    #[error("the file is empty")]
    Empty,
    #[error("the file is neither XML nor PDF")]
    UnknownFormat,
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the encoding {name} is not supported")]
    UnsupportedEncoding { name: String },
    #[error("the bytes at offset {offset} are not {encoding}")]
    WrongEncoding { encoding: &'static str, offset: usize },
    #[error("{at}: not well-formed: {reason}")]
    Malformed { at: Position, reason: String },
    #[error("{at}: a document type declaration is not allowed")]
    DoctypeForbidden { at: Position },
    #[error("{at}: the entity &{name}; is not allowed")]
    EntityForbidden { at: Position, name: String },
    #[error("{at}: more than {limit} {what}")]
    LimitExceeded { at: Position, what: Limited, limit: usize },
    #[error("a document with the root {root} is no invoice that can be read")]
    NotAnInvoice { root: String },
    #[error("a document with the root {root} is no order that can be read")]
    NotAnOrder { root: String },
    #[error("a document with the root {root} is no despatch advice that can be read")]
    NotADespatchAdvice { root: String },
    #[error("a document with the root {root} is no invoice, order or despatch advice that can be read")]
    UnknownDocument { root: String },
    #[error("the PDF cannot be read: {reason}")]
    PdfUnreadable { reason: &'static str },
    #[error("the PDF is encrypted")]
    PdfEncrypted,
    #[error("a stream of the PDF unpacks to more than {limit} bytes")]
    PdfStreamTooLarge { limit: usize },
    #[error("the PDF holds no invoice; {}", listed(attachments))]
    PdfWithoutInvoice { attachments: Vec<String> },
    #[error("the PDF holds no order; {}", listed(attachments))]
    PdfWithoutOrder { attachments: Vec<String> },
    #[error("the PDF holds no despatch advice; {}", listed(attachments))]
    PdfWithoutDespatchAdvice { attachments: Vec<String> },
    #[error("the PDF holds no invoice, order or despatch advice; {}", listed(attachments))]
    PdfWithoutDocument { attachments: Vec<String> },
    #[error("the document {name} inside the PDF: {error}")]
    PdfAttachment { name: String, error: Box<ReadError> },
}

/// Attachments that a message names.
const NAMED_MAX: usize = 10;
const NAME_CHARS: usize = 100;

/// The PDF's attachments in words. A name is the file's own: it may be empty, or of any length.
fn listed(attachments: &[String]) -> String {
    if attachments.is_empty() {
        return "nothing is attached to it".into();
    }
    let named = attachments.iter().take(NAMED_MAX).map(|name| match name.as_str() {
        "" => "one without a name".into(),
        name => name.chars().take(NAME_CHARS).collect::<String>(),
    });
    let more = attachments.len().saturating_sub(NAMED_MAX);
    let others = (more > 0).then(|| format!("{more} more"));
    format!("attached: {}", named.chain(others).collect::<Vec<_>>().join(", "))
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    Depth,
    Elements,
    ModelBytes,
    Attributes,
    Namespaces,
    Names,
    NameBytes,
}

impl fmt::Display for Limited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Depth => "nested elements",
            Self::Elements => "elements",
            Self::ModelBytes => "bytes for lines and other groups",
            Self::Attributes => "attributes",
            Self::Namespaces => "namespaces",
            Self::Names => "different names",
            Self::NameBytes => "bytes in a name and its namespace",
        })
    }
}

impl ReadError {
    /// The stable name of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::UnknownFormat => "unknown_format",
            Self::TooLarge { .. } => "too_large",
            Self::UnsupportedEncoding { .. } => "unsupported_encoding",
            Self::WrongEncoding { .. } => "wrong_encoding",
            Self::Malformed { .. } => "malformed",
            Self::DoctypeForbidden { .. } => "doctype_forbidden",
            Self::EntityForbidden { .. } => "entity_forbidden",
            Self::LimitExceeded { .. } => "limit_exceeded",
            Self::NotAnInvoice { .. } => "not_an_invoice",
            Self::NotAnOrder { .. } => "not_an_order",
            Self::NotADespatchAdvice { .. } => "not_a_despatch_advice",
            Self::UnknownDocument { .. } => "unknown_document",
            Self::PdfUnreadable { .. } => "pdf_unreadable",
            Self::PdfEncrypted => "pdf_encrypted",
            Self::PdfStreamTooLarge { .. } => "pdf_stream_too_large",
            Self::PdfWithoutInvoice { .. } => "pdf_without_invoice",
            Self::PdfWithoutOrder { .. } => "pdf_without_order",
            Self::PdfWithoutDespatchAdvice { .. } => "pdf_without_despatch_advice",
            Self::PdfWithoutDocument { .. } => "pdf_without_document",
            Self::PdfAttachment { error, .. } => error.code(),
        }
    }

    pub fn position(&self) -> Option<Position> {
        match self {
            Self::Malformed { at, .. }
            | Self::DoctypeForbidden { at }
            | Self::EntityForbidden { at, .. }
            | Self::LimitExceeded { at, .. } => Some(*at),
            Self::PdfAttachment { error, .. } => error.position(),
            _ => None,
        }
    }
}
