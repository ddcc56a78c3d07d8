//! Why an invoice was not written. Variants and their codes are stable: others branch on them.

use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WriteError {
    #[error("UBL has no invoice without lines")]
    WithoutLines,
    #[error("a built-in font cannot be read")]
    Font,
    #[error("the pages cannot be made a PDF/A-3 file")]
    Pages,
    #[error("the file has no place for the metadata of Factur-X")]
    Metadata,
}

impl WriteError {
    /// The stable name of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WithoutLines => "without_lines",
            Self::Font => "font",
            Self::Pages => "pages",
            Self::Metadata => "metadata",
        }
    }
}
