//! What a type code says: which balance, or which side of the account.

use crate::statement::BalanceKind;

/// None for the codes that are sums of transactions.
pub(super) fn balance(code: &str) -> Option<BalanceKind> {
    match code {
        "010" => Some(BalanceKind::OpeningBooked),
        "015" => Some(BalanceKind::ClosingBooked),
        "030" => Some(BalanceKind::InterimBooked),
        "040" => Some(BalanceKind::OpeningAvailable),
        "045" => Some(BalanceKind::ClosingAvailable),
        "060" => Some(BalanceKind::InterimAvailable),
        _ if code.starts_with('0') || code.starts_with('9') => Some(BalanceKind::Other(code.to_owned())),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Side {
    Credit,
    Debit,
    /// 890 to 899 carry words, no money.
    Information,
}

/// Credits are 101 to 399 and 920 to 959, debits 401 to 699 and 960 to 999; in the loan range payments made come first.
pub(super) fn side(code: &str) -> Option<Side> {
    match code.parse::<u16>().ok().filter(|_| code.len() == 3)? {
        100..=399 | 920..=959 => Some(Side::Credit),
        400..=699 | 960..=999 => Some(Side::Debit),
        720..=759 => Some(Side::Credit),
        700..=719 | 760..=799 => Some(Side::Debit),
        890..=899 => Some(Side::Information),
        _ => None,
    }
}

/// Money that comes back: returned items, reversals and rejected transfers.
pub(super) fn is_return(code: &str) -> bool {
    matches!(code, "252" | "255" | "256" | "257" | "258" | "261" | "266" | "552" | "555" | "556" | "557" | "558" | "561" | "566")
}
