//! Registration numbers whose shape or check digits the rules know, by the scheme that they are of.

use crate::outline::Element;
use crate::rules::Flag;
use crate::rules::judge::Judge;

struct Scheme {
    code: &'static str,
    rule: &'static str,
    flag: Flag,
    holds: fn(&str) -> bool,
    text: &'static str,
}

const fn fatal(code: &'static str, rule: &'static str, holds: fn(&str) -> bool, text: &'static str) -> Scheme {
    Scheme { code, rule, flag: Flag::Fatal, holds, text }
}

const fn warning(code: &'static str, rule: &'static str, holds: fn(&str) -> bool, text: &'static str) -> Scheme {
    Scheme { code, rule, flag: Flag::Warning, holds, text }
}

const SCHEMES: &[Scheme] = &[
    fatal("0088", "PEPPOL-COMMON-R040", is_gln, "the GLN's check digit is wrong"),
    fatal("0192", "PEPPOL-COMMON-R041", is_norwegian, "this is no Norwegian organisation number"),
    fatal("0184", "PEPPOL-COMMON-R042", is_danish_cvr, "this is no Danish CVR number"),
    fatal("0208", "PEPPOL-COMMON-R043", is_belgian, "this is no Belgian enterprise number"),
    warning("0201", "PEPPOL-COMMON-R044", is_ipa, "this is no Italian IPA code"),
    warning("0210", "PEPPOL-COMMON-R045", is_codice_fiscale, "this is no Italian codice fiscale"),
    warning("0211", "PEPPOL-COMMON-R047", is_partita_iva, "this is no Italian partita IVA"),
    fatal("0007", "PEPPOL-COMMON-R049", is_swedish, "this is no Swedish organisation number"),
    fatal("0151", "PEPPOL-COMMON-R050", is_abn, "this is no Australian Business Number"),
    warning("0096", "PEPPOL-COMMON-R052", is_danish_p, "this is no Danish P number"),
    warning("0198", "PEPPOL-COMMON-R053", is_danish_se, "this is no Danish SE number"),
];

/// Schemes of electronic addresses alone, the second only in CII.
const OF_ADDRESSES: &[Scheme] = &[warning("9907", "PEPPOL-COMMON-R046", is_codice_fiscale, "this is no Italian codice fiscale")];
const OF_ADDRESSES_IN_CII: &[Scheme] = &[warning("9906", "PEPPOL-COMMON-R048", is_partita_iva, "this is no Italian partita IVA")];

pub(super) fn check(at: Element<'_>, judge: &mut Judge) {
    of(SCHEMES, at, judge);
}

pub(super) fn check_address(at: Element<'_>, is_ubl: bool, judge: &mut Judge) {
    of(SCHEMES, at, judge);
    of(OF_ADDRESSES, at, judge);
    if !is_ubl {
        of(OF_ADDRESSES_IN_CII, at, judge);
    }
}

fn of(schemes: &[Scheme], at: Element<'_>, judge: &mut Judge) {
    let Some(code) = at.attribute("schemeID") else { return };
    for scheme in schemes.iter().filter(|scheme| scheme.code == code && !(scheme.holds)(at.raw())) {
        judge.broken(scheme.rule, scheme.flag, at, scheme.text);
    }
}

/// So many decimal digits and nothing else.
fn digits<const N: usize>(text: &str) -> Option<[u32; N]> {
    let bytes: &[u8; N] = text.as_bytes().try_into().ok()?;
    bytes.iter().all(u8::is_ascii_digit).then(|| bytes.map(|byte| u32::from(byte - b'0')))
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// GS1: weights 3 and 1 from the right, of any length.
fn is_gln(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().rev().map(|byte| u32::from(byte.wrapping_sub(b'0')));
    let weighted = digits.enumerate().map(|(at, digit)| if at % 2 == 1 { digit * 3 } else { digit });
    all_digits(text) && weighted.fold(0, |sum, digit| (sum + digit) % 10) == 0
}

/// Modulo 11 with weights 3 2 7 6 5 4 3 2.
pub(super) fn is_norwegian(text: &str) -> bool {
    let Some(digits) = digits::<9>(text.trim()) else { return false };
    let check = (11 - weighted(&digits, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    digits.iter().any(|digit| *digit > 0) && check == digits[8]
}

fn is_danish_cvr(text: &str) -> bool {
    digits::<8>(text.strip_prefix("DK").unwrap_or(text)).is_some()
}

fn is_danish_se(text: &str) -> bool {
    text.strip_prefix("DK").is_some_and(|number| digits::<8>(number).is_some())
}

fn is_danish_p(text: &str) -> bool {
    digits::<10>(text).is_some()
}

/// The last two digits are 97 less the remainder of the others.
fn is_belgian(text: &str) -> bool {
    let Some(digits) = digits::<10>(text.trim()) else { return false };
    let number = digits[..8].iter().fold(0, |number, digit| number * 10 + digit);
    97 - number % 97 == digits[8] * 10 + digits[9]
}

fn is_ipa(text: &str) -> bool {
    let text = text.trim();
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Eleven digits, or sixteen characters: LLLLLL NN L NN xxx N L.
fn is_codice_fiscale(text: &str) -> bool {
    let bytes = text.trim().as_bytes();
    let all = |from: usize, to: usize, is: fn(&u8) -> bool| bytes[from..to].iter().all(is);
    match bytes.len() {
        11 => all(0, 11, u8::is_ascii_digit),
        16 => {
            let letters = all(0, 6, u8::is_ascii_alphabetic) && all(8, 9, u8::is_ascii_alphabetic) && all(15, 16, u8::is_ascii_alphabetic);
            letters && all(6, 8, u8::is_ascii_digit) && all(9, 11, u8::is_ascii_digit) && all(14, 15, u8::is_ascii_digit)
        }
        _ => false,
    }
}

/// Only what begins with the country is judged: eleven digits, every second one doubled, adding up to a multiple of 10.
fn is_partita_iva(text: &str) -> bool {
    let Some(number) = text.trim().strip_prefix("IT").or_else(|| text.trim().strip_prefix("it")) else { return true };
    digits::<11>(number).is_some_and(|digits| luhn(&digits) == 0)
}

pub(super) fn is_swedish(text: &str) -> bool {
    digits::<10>(text.trim()).is_some_and(|digits| luhn(&digits) == 0)
}

/// The sum modulo 10 in which every second digit from the right, not the last one, is doubled and its digits added.
fn luhn(digits: &[u32]) -> u32 {
    let doubled = digits.iter().rev().enumerate().map(|(at, digit)| if at % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { *digit });
    doubled.sum::<u32>() % 10
}

/// The first digit less one, weighted, divides by 89.
fn is_abn(text: &str) -> bool {
    let Some(digits) = digits::<11>(text.trim()) else { return false };
    let sum = weighted(&digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) as i32 - 10;
    sum % 89 == 0
}

/// A Greek TIN; what stands behind its nine digits is not looked at.
pub(super) fn is_greek_tin(text: &str) -> bool {
    let Some(digits) = text.get(..9).and_then(digits::<9>) else { return false };
    weighted(&digits, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == digits[8]
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of well-known organisations, and each with a digit changed.
    #[test]
    fn check_digits_are_computed() {
        let cases = [
            (is_gln as fn(&str) -> bool, "4006381333931", "4006381333932"),
            (is_norwegian, "974760673", "974760674"),
            (is_danish_cvr, "DK13585628", "DK1358562"),
            (is_danish_se, "DK13585628", "13585628"),
            (is_danish_p, "1003403794", "100340379"),
            (is_belgian, "0202239951", "0202239952"),
            (is_ipa, "UFBM9X", "UFBM9"),
            (is_codice_fiscale, "RSSMRA85T10A562S", "RSSMRA85T10A562"),
            (is_partita_iva, "IT00743110157", "IT00743110158"),
            (is_swedish, "2021005489", "2021005488"),
            (is_abn, "51824753556", "51824753557"),
            (is_greek_tin, "094259216", "094259217"),
        ];
        for (is_valid, right, wrong) in cases {
            assert!(is_valid(right), "{right}");
            assert!(!is_valid(wrong), "{wrong}");
        }
    }

    #[test]
    fn hostile_identifiers_are_just_invalid() {
        for text in ["", " ", "0", "٣٤٥٦٧٨٩٠١", "é23456789", "999999999999999999999999999999999999999999"] {
            for is_valid in [is_norwegian, is_belgian, is_codice_fiscale, is_swedish, is_abn, is_greek_tin] {
                assert!(!is_valid(text), "{text}");
            }
        }
    }
}
