//! What an entry means, across the schemes of codes: whether it brings back money that was sent, and which cheque it paid.

use rust_decimal::Decimal;

use crate::entry::code_of;
use crate::{CodeScheme, Detail, Entry};

/// ISO sub-families of returned, rejected and cancelled transfers.
const ISO_RETURNS: [&str; 8] = ["RRTN", "RPCR", "UPCT", "UPDD", "PRDD", "RCDD", "ARET", "RVSL"];
/// German codes of returned debits and transfers.
const GERMAN_RETURNS: [&str; 6] = ["108", "109", "159", "160", "184", "185"];

/// Cheques paid, certified ones too: their reference is the cheque's number.
const BAI2_CHEQUES: [&str; 2] = ["474", "475"];

impl Entry {
    /// The number of the cheque, where the format has a place for it; else the account holder's reference of an entry that paid one.
    pub fn cheque_number<'e>(&'e self, detail: Option<&'e Detail>) -> Option<&'e str> {
        let named = detail.and_then(|own| own.references.cheque_number.as_deref()).or(self.references.cheque_number.as_deref());
        let is_cheque = self.code(CodeScheme::Bai2).is_some_and(|code| BAI2_CHEQUES.contains(&code))
            || self.code(CodeScheme::Swift).is_some_and(|code| code.ends_with("CHK"));
        named.or_else(|| self.references.customer.as_deref().filter(|_| is_cheque))
    }

    /// Whether the bank says that this is money coming back; a debit that it reversed is, too. What a transaction of a batch says of itself
    /// goes before what is said of all of them.
    pub fn is_return(&self, detail: Option<&Detail>) -> bool {
        let has_reason = |detail: &Detail| detail.return_reason.is_some();
        let one_of_many = detail.filter(|_| self.details.len() > 1);
        let code = |scheme| match one_of_many {
            Some(own) => code_of(&own.codes, scheme).or_else(|| code_of(&self.codes, scheme)),
            None => self.code(scheme),
        };
        self.reversal && self.amount > Decimal::ZERO
            || one_of_many.map_or_else(|| self.details.iter().any(has_reason), has_reason)
            || code(CodeScheme::Iso20022).and_then(|code| code.rsplit('/').next()).is_some_and(|family| ISO_RETURNS.contains(&family))
            || code(CodeScheme::Gvc).is_some_and(|code| GERMAN_RETURNS.contains(&code))
            || code(CodeScheme::Swift).is_some_and(|code| code == "NRTI" || code == "FRTI" || code == "SRTI")
    }
}
