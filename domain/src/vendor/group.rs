//! Which vendors are one: those that share an official id, and those that share a bank account, unless both are registered for tax under
//! different numbers (SEMANTICS 2). An account that two legal entities share is a factor's, or a group's treasury's.

use crate::aggregate::tells_apart;

const ACCOUNT: &str = "account:";

pub(super) fn account_key(canonical: &str) -> String {
    format!("{ACCOUNT}{canonical}")
}

pub(crate) fn is_account(key: &str) -> bool {
    key.starts_with(ACCOUNT)
}

/// The number under which a vendor is registered for tax, with its kind: the VAT identifier before any other.
pub(crate) fn registration(keys: &[String]) -> Option<&str> {
    ["vat:", "tax:"].iter().find_map(|kind| keys.iter().find(|key| key.starts_with(kind))).map(String::as_str)
}

/// Whether two vendors, by the keys of their groups, are one.
pub fn are_one(ours: &[String], theirs: &[String]) -> bool {
    let apart = registration(ours).zip(registration(theirs)).is_some_and(|(our, their)| tells_apart(our, their));
    ours.iter().filter(|key| theirs.contains(key)).any(|key| !is_account(key) || !apart)
}
