//! The normalised invoice number of SEMANTICS 2: what two spellings of one number have in common.

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use super::document::DocumentKind;
use crate::aggregate::Claim;

/// NFKC, upper case, letters and digits only, leading zeros of each digit run stripped.
pub fn normalised(number: &str) -> String {
    let mut kept = String::with_capacity(number.len());
    let mut zeros_only = false;
    let mut in_digits = false;
    for c in number.nfkc().flat_map(char::to_uppercase) {
        if c.is_ascii_digit() {
            if !in_digits {
                (in_digits, zeros_only) = (true, true);
            }
            if c != '0' || !zeros_only {
                zeros_only = false;
                kept.push(c);
            }
            continue;
        }
        end_of_run(&mut kept, &mut in_digits, zeros_only);
        if c.is_alphanumeric() {
            kept.push(c);
        }
    }
    end_of_run(&mut kept, &mut in_digits, zeros_only);
    kept
}

/// A run of nothing but zeros is still the digit zero.
fn end_of_run(kept: &mut String, in_digits: &mut bool, zeros_only: bool) {
    if *in_digits && zeros_only {
        kept.push('0');
    }
    *in_digits = false;
}

/// The facts that only one live invoice may hold (rule D1): one for each key its vendor's group is joined by.
pub fn duplicate_claims(vendor_keys: &[String], kind: DocumentKind, number: &str, issued: NaiveDate) -> Vec<Claim> {
    let number = normalised(number);
    vendor_keys.iter().map(|vendor| Claim::dated(format!("invoice|{vendor}|{kind}|{number}"), issued, "duplicate_invoice")).collect()
}
