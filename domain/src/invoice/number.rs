//! The normalised invoice number of SEMANTICS 2: what two spellings of one number have in common.

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

use super::document::DocumentKind;
use crate::aggregate::Claim;
use crate::vendor::group;

/// NFKC, upper case, letters and digits only, then leading zeros of each digit run stripped: so a normalised number is its own normal form.
///
/// Zeros behind punctuation stay (`2024-007` is `2024007`): without them `2026-01-15` would be `2026-11-5`. See [`parted`].
pub fn normalised(number: &str) -> String {
    let upper: String = number.nfkc().flat_map(char::to_uppercase).collect();
    let kept: String = upper.chars().filter(|c| c.is_alphanumeric()).nfkc().collect();
    without_leading_zeros(&kept)
}

/// What stands between the punctuation, leading zeros of each part stripped, where punctuation parts digits: `2024-007` and `2024/7` are
/// `2024.7`, and `2026-01-15` is `2026.1.15`.
fn parted(number: &str) -> Option<String> {
    let punctuated = number.split(|c: char| !c.is_alphanumeric());
    let parts: Vec<String> = punctuated.map(normalised).filter(|part| !part.is_empty()).collect();
    let is_digit = |c: char| c.is_ascii_digit();
    let digits_meet = parts.windows(2).any(|two| two[0].ends_with(is_digit) && two[1].starts_with(is_digit));
    digits_meet.then(|| parts.join("."))
}

/// What it is compared by. Numbers that have one of these in common are one number.
pub(super) fn compared(number: &str) -> impl Iterator<Item = String> {
    std::iter::once(normalised(number)).chain(parted(number))
}

pub(super) fn are_one(number: &str, other: &str) -> bool {
    compared(number).any(|form| compared(other).any(|own| own == form))
}

/// A run of nothing but zeros keeps one: it is still the digit zero.
fn without_leading_zeros(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut run_is_zero = false;
    for c in text.chars() {
        let continues_zero = run_is_zero && c.is_ascii_digit();
        if continues_zero {
            kept.pop();
        }
        run_is_zero = c == '0' && (continues_zero || !kept.ends_with(|before: char| before.is_ascii_digit()));
        kept.push(c);
    }
    kept
}

/// The facts that only one live invoice may hold (rule D1): by each form of its number, one for each key its vendor's group is joined by.
/// Who is registered for tax is told by that from others whom the same account is paid for: it may be a factor's.
pub fn duplicate_claims(vendor_keys: &[String], kind: DocumentKind, number: &str, issued: NaiveDate) -> Vec<Claim> {
    let registration = group::registration(vendor_keys);
    let claim = |number: &str, vendor: &String| {
        let claim = Claim::dated(format!("invoice|{vendor}|{kind}|{number}"), issued, "duplicate_invoice");
        match registration.filter(|_| group::is_account(vendor)) {
            Some(registration) => claim.by(registration),
            None => claim,
        }
    };
    let mut claims = Vec::new();
    compared(number).for_each(|number| claims.extend(vendor_keys.iter().map(|vendor| claim(&number, vendor))));
    claims
}

/// The second key of SEMANTICS 2: letters that are easily read as digits are those digits, and letters of other scripts
/// that look like a Latin one are that one (the skeletons of UTS 39).
///
/// It is made of the number as stated, for a zero that was read as a letter stands in a run of digits: `INV-1O01` is
/// `INV-1001`, which loses no zero.
pub(super) fn misread(number: &str) -> String {
    let upper: String = number.nfkc().flat_map(char::to_uppercase).collect();
    let digit = |c| match c {
        'O' | 'o' => '0',
        'I' | 'L' | 'i' | 'l' => '1',
        other => other,
    };
    normalised(&skeleton(&upper).map(digit).collect::<String>())
}
