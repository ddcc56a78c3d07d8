//! Why an invoice was not written. Variants and their codes are stable: others branch on them.

use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WriteError {
    #[error("UBL has no invoice without lines")]
    WithoutLines,
}

impl WriteError {
    /// The stable name of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WithoutLines => "without_lines",
        }
    }
}
