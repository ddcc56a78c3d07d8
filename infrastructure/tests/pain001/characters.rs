//! From any script to the characters that every bank accepts.

use proptest::prelude::*;
use quittance_infrastructure::pain001::bank_text;

#[test]
fn scripts_and_signs() {
    let table = [
        ("Müller & Söhne_Straße", "Muller + Sohne-Strasse"),
        ("Société Générale de Thé", "Societe Generale de The"),
        ("e\u{301}te\u{301}", "ete"),
        ("Łódź Øre Æsir Þór", "Lodz Ore Aesir Thor"),
        ("ООО Ромашка", "OOO Romashka"),
        ("Ελληνική Τράπεζα", "Elliniki Trapeza"),
        ("ក្រុមហ៊ុន", "kromhon"),
        ("  a\tb\r\n\u{a0}c  ", "a b c"),
        ("a\u{0}b", "a b"),
        ("x <y> [z] {w}", "x (y) (z) (w)"),
        ("50% @ \"home\"; #1 = €2", "50. . 'home', .1 . EUR2"),
        ("", ""),
    ];
    for (text, expected) in table {
        assert_eq!(bank_text(text), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn nothing_else_comes_out(text in any::<String>()) {
        let plain = bank_text(&text);
        prop_assert!(plain.bytes().all(|b| b.is_ascii_alphanumeric() || b" /-?:().,'+".contains(&b)), "{}", plain);
        prop_assert_eq!(plain.trim(), &plain);
        prop_assert_eq!(bank_text(&plain), plain);
    }

    #[test]
    fn plain_text_is_left_alone(text in "[A-Za-z0-9/?:().,'+-]{1,20}( [A-Za-z0-9/?:().,'+-]{1,20}){0,3}") {
        prop_assert_eq!(bank_text(&text), text);
    }
}
