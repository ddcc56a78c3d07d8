//! What two spellings of one invoice number have in common, and the facts by which a duplicate is found.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::Claim;
use quittance_domain::invoice::{DocumentKind, duplicate_claims, normalised_number};

/// A number as its issuer wrote it, and its normal form.
#[test]
fn numbers_are_compared_without_dress() {
    let table = [
        ("INV-0042", "INV42"),
        ("inv 42", "INV42"),
        ("2024-007", "2024007"),
        ("2024/7", "20247"),
        ("R.2024_000_1", "R20240001"),
        ("100", "100"),
        ("00100", "100"),
        ("0", "0"),
        ("000", "0"),
        ("A000", "A0"),
        ("A-000-B", "A0B"),
        ("0-5", "5"),
        ("1-0-5", "105"),
        ("7-007", "7007"),
        ("2026-01-15", "20260115"),
        ("2026-11-5", "2026115"),
        ("A0B0", "A0B0"),
        ("ＩＮＶ－００４２", "INV42"),
        ("№ 7", "NO7"),
        ("①②", "12"),
        ("x²", "X2"),
        ("straße 1", "STRASSE1"),
        ("cafe\u{301}", "CAFÉ"),
        ("café", "CAFÉ"),
        ("Счёт 07", "СЧЁТ7"),
        ("請求書-01", "請求書1"),
        ("٠٠٧", "٠٠٧"),
        ("--- / ---", ""),
        ("", ""),
    ];
    for (written, normal) in table {
        assert_eq!(normalised_number(written), normal, "{written:?}");
    }
}

#[test]
fn a_duplicate_is_looked_for_under_every_key_of_the_vendors_group() {
    let on = day("2026-03-01");
    let claims = duplicate_claims(&vendor_keys(), DocumentKind::Invoice, "INV-0042", on);
    let keys: Vec<&str> = claims.iter().map(|c| c.key.as_str()).collect();
    assert_eq!(keys, [format!("invoice|vendor:{VENDOR}|invoice|INV42").as_str(), "invoice|vat:DE123456789|invoice|INV42"]);
    assert!(claims.iter().all(|c| c.on == Some(on)));
    assert_eq!(Claim::WINDOW_DAYS, 366);
}

/// Two documents of one vendor, and whether they are one.
#[test]
fn a_duplicate_has_the_same_kind_and_the_same_number() {
    let (invoice, credit_note) = (DocumentKind::Invoice, DocumentKind::CreditNote);
    let table = [
        ((invoice, "INV-0042"), (invoice, "inv 42"), true),
        ((invoice, "2026-001"), (invoice, "2026/001"), true),
        ((invoice, "2026-001"), (invoice, "2026/1"), true),
        ((invoice, "2026001"), (invoice, "2026/001"), true),
        ((invoice, "2026-01-15"), (invoice, "2026-11-5"), false),
        ((invoice, "2026-01-15"), (invoice, "2026/1/15"), true),
        ((invoice, "2026-001"), (invoice, "2026-010"), false),
        ((invoice, "2026-001"), (credit_note, "2026-001"), false),
        ((credit_note, "C 0001"), (credit_note, "C-1"), true),
    ];
    let claims = |(kind, number)| duplicate_claims(&vendor_keys()[..1], kind, number, day("2026-03-01"));
    for (one, other, same) in table {
        let collide = claims(one).iter().any(|claim| claims(other).iter().any(|own| own.collides(claim)));
        assert_eq!(collide, same, "{one:?} {other:?}");
    }
}

/// Letters, digits, zeros, punctuation and marks, often enough next to each other to matter.
fn any_number() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9A-Za-z/ .-]{0,20}", "[01/-]{0,12}", any::<String>(), "[ｱ-ﾝ가-힣ᄀ-하-ᅵㄱ-ㅎ\u{300}-\u{345}αΐﬁßŉ0-]{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_normal_form_is_its_own_normal_form(number in any_number()) {
        let normal = normalised_number(&number);
        prop_assert_eq!(normalised_number(&normal), normal);
    }

    #[test]
    fn a_normal_form_has_only_capital_letters_and_digits(number in any_number()) {
        let normal = normalised_number(&number);
        prop_assert!(normal.chars().all(|c| c.is_alphanumeric() && !c.is_ascii_lowercase()), "{normal:?}");
    }

    /// Every day of a series is another number.
    #[test]
    fn days_are_told_apart(one in 0..1_500_u64, other in 0..1_500_u64) {
        let number = |n: u64| format!("RENT-{}", day("2024-01-01") + chrono::Days::new(n));
        let claims = |n| duplicate_claims(&vendor_keys()[..1], DocumentKind::Invoice, &number(n), day("2026-03-01"));
        let collide = claims(one).iter().any(|claim| claims(other).iter().any(|own| own.collides(claim)));
        prop_assert_eq!(collide, one == other, "{} {}", number(one), number(other));
    }

    /// Dress is case, punctuation at the ends and zeros before a number.
    #[test]
    fn dress_never_makes_another_number(letters in "[A-Z]{1,4}", number in 1u32.., zeros in 0usize..6, dress in "[ ./_-]{0,3}") {
        let plain = format!("{letters}{number}");
        let dressed = format!("{dress}{}{dress}{}{number}{dress}", letters.to_lowercase(), "0".repeat(zeros));
        prop_assert_eq!(normalised_number(&dressed), plain);
    }
}
