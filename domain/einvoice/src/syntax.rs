//! The syntaxes that an invoice can be written in.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Syntax {
    UblInvoice,
    UblCreditNote,
    /// UN/CEFACT Cross Industry Invoice, D16B and D22B.
    Cii,
    /// ZUGFeRD 1: an older Cross Industry Invoice with namespaces of its own.
    Zugferd1,
}

impl Syntax {
    pub fn is_ubl(self) -> bool {
        matches!(self, Self::UblInvoice | Self::UblCreditNote)
    }
}
