//! Which vendors are one, by the keys of their groups, and whose numbers keep each other's out.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::Claim;
use quittance_domain::invoice::{DocumentKind, duplicate_claims};
use quittance_domain::vendor::group::are_one;

fn keys(of: &[&str]) -> Vec<String> {
    of.iter().map(|&key| key.to_owned()).collect()
}

fn claims(of: &[String]) -> Vec<Claim> {
    duplicate_claims(of, DocumentKind::Invoice, "2026-001", day("2026-03-01"))
}

fn collide(ours: &[String], theirs: &[String]) -> bool {
    claims(ours).iter().any(|our| claims(theirs).iter().any(|their| our.collides(their)))
}

#[test]
fn an_account_joins_whom_no_tax_number_tells_apart() {
    let factor = "account:DE89370400440532013000";
    let table: [(&[&str], &[&str], bool); 11] = [
        (&["vendor:a", "vat:DE1", factor], &["vendor:b", "vat:DE2", factor], false),
        (&["vendor:a", "tax:1", factor], &["vendor:b", "tax:2", factor], false),
        (&["vendor:a", "vat:DE1", factor], &["vendor:b", factor], true),
        (&["vendor:a", factor], &["vendor:b", factor], true),
        (&["vendor:a", "legal:HRB1", factor], &["vendor:b", "legal:HRB2", factor], true),
        (&["vendor:a", "vat:DE1", factor], &["vendor:b", "tax:2", factor], true),
        (&["vendor:a", "vat:DE1", "tax:1", factor], &["vendor:b", "vat:DE2", "tax:1", factor], true),
        (&["vendor:a", "vat:DE1", factor], &["vendor:b", "vat:DE1"], true),
        (&["vendor:a", "vat:DE1", factor], &["vendor:a", "vat:DE2", factor], true),
        (&["vendor:a", "vat:DE1"], &["vendor:b", "vat:DE2"], false),
        (&["vendor:a", "account:DE1"], &["vendor:b", factor], false),
    ];
    for (one, other, joined) in table {
        let (one, other) = (keys(one), keys(other));
        assert_eq!(are_one(&one, &other), joined, "{one:?} {other:?}");
        assert_eq!(collide(&one, &other), joined, "a number of {one:?} and {other:?}");
    }
}

fn some_keys() -> impl Strategy<Value = Vec<String>> {
    let of = |kind: &'static str| proptest::option::of((0..3_u8).prop_map(move |n| format!("{kind}:{n}")));
    (of("vendor"), of("vat"), of("tax"), of("legal"), of("account"))
        .prop_map(|(vendor, vat, tax, legal, account)| [vendor, vat, tax, legal, account].into_iter().flatten().collect())
}

proptest! {
    /// One rule, whoever of the two comes first: what joins two vendors is what their numbers collide by.
    #[test]
    fn vendors_are_one_if_their_numbers_collide(one in some_keys(), other in some_keys()) {
        prop_assert_eq!(are_one(&one, &other), are_one(&other, &one));
        prop_assert_eq!(collide(&one, &other), are_one(&one, &other));
        prop_assert_eq!(collide(&one, &other), collide(&other, &one));
    }
}
