//! The form of VAT identifiers.

use quittance_domain::vat_id::is_plausible;

#[test]
fn a_slip_of_the_pen_is_seen_and_a_foreign_number_is_taken_as_stated() {
    let table = [
        ("DE136695976", true),
        ("de 136.695/976", true),
        ("DE13669597", false),
        ("DE1366959766", false),
        ("DE13669597X", false),
        ("FRAB303265045", true),
        ("FR303265045", false),
        ("ESA1234567Z", true),
        ("ES123456789", false),
        ("NL123456789B01", true),
        ("NL123456789X01", false),
        ("CHE123456789", true),
        ("CHE-123.456.789 MWST", true),
        ("CHE12345678", false),
        ("US12-3456789", true),
        ("123456789", true),
        ("ÉÀ", true),
    ];
    for (text, plausible) in table {
        assert_eq!(is_plausible(text), plausible, "{text}");
    }
}
