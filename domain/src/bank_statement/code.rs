//! What kind of transaction the bank says that a line is, in the codes of its format.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TransactionCode {
    pub scheme: CodeScheme,
    #[cfg_attr(feature = "schema", schema(example = "PMNT/CCRD/POSD"))]
    pub code: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CodeScheme {
    /// Domain, family and sub-family: `PMNT/CCRD/POSD`.
    Iso20022,
    /// `NCHG`
    Swift,
    /// The German business transaction code of three digits.
    Gvc,
    /// Three digits.
    Bai2,
    /// `SRVCHG`, `INT`
    Ofx,
    /// The bank's own.
    Proprietary,
}

impl TransactionCode {
    /// Whether `stated` is this code or, of ISO 20022, one below it.
    pub(crate) fn covers(&self, stated: &Self) -> bool {
        let (own, theirs) = (self.code.trim(), stated.code.trim());
        let below = || {
            let rest = theirs.get(own.len()..).is_some_and(|rest| rest.starts_with('/'));
            rest && theirs.get(..own.len()).is_some_and(|first| first.eq_ignore_ascii_case(own))
        };
        self.scheme == stated.scheme && (own.eq_ignore_ascii_case(theirs) || (self.scheme == CodeScheme::Iso20022 && below()))
    }
}
