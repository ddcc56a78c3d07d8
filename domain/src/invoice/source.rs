//! Where an invoice came from.

use serde::{Deserialize, Serialize};

use crate::ids::{InvoiceImportId, RecurringInvoiceId};

/// How the invoice came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "channel")]
pub enum Source {
    /// Typed in or sent by a program.
    Json,
    /// Rows of a sheet that was imported as a whole.
    Sheet {
        import_id: InvoiceImportId,
        /// Its first row in the file, from 1.
        row: u32,
    },
    /// An occurrence, from 0, of what was arranged to recur: nobody sent it.
    Recurring { recurring_invoice_id: RecurringInvoiceId, occurrence: u32 },
    /// An electronic document, whose bytes are kept.
    Document {
        /// `ubl_invoice`, `ubl_credit_note`, `cii`, `factur_x`.
        format: String,
        /// BT-24.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        specification: Option<String>,
        /// SHA-256 of the original bytes, hex.
        sha256: String,
        size_bytes: u64,
        media_type: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file_name: Option<String>,
    },
}

impl Source {
    /// The original's, where there is one.
    pub fn sha256(&self) -> Option<&str> {
        match self {
            Self::Json | Self::Sheet { .. } | Self::Recurring { .. } => None,
            Self::Document { sha256, .. } => Some(sha256),
        }
    }
}
