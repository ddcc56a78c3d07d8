//! What an entry means, across the schemes of codes: whether it brings back money that was sent.

use rust_decimal::Decimal;

use crate::{CodeScheme, Entry};

/// ISO sub-families of returned, rejected and cancelled transfers.
const ISO_RETURNS: [&str; 8] = ["RRTN", "RPCR", "UPCT", "UPDD", "PRDD", "RCDD", "ARET", "RVSL"];
/// German codes of returned debits and transfers.
const GERMAN_RETURNS: [&str; 6] = ["108", "109", "159", "160", "184", "185"];

impl Entry {
    /// Whether the bank says that this is money coming back; a debit that it reversed is, too.
    pub fn is_return(&self) -> bool {
        self.reversal && self.amount > Decimal::ZERO
            || self.details.iter().any(|detail| detail.return_reason.is_some())
            || self.code(CodeScheme::Iso20022).and_then(|code| code.rsplit('/').next()).is_some_and(|family| ISO_RETURNS.contains(&family))
            || self.code(CodeScheme::Gvc).is_some_and(|code| GERMAN_RETURNS.contains(&code))
            || self.code(CodeScheme::Swift).is_some_and(|code| code == "NRTI" || code == "FRTI" || code == "SRTI")
    }
}
