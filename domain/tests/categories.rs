//! What an invoice is of, and how risky its vendor is: whom a policy asks by that, and whose delegates may decide.

mod fixtures;

use fixtures::*;
use quittance_domain::delegation::{Delegation, DelegationEvent, Delegations, Matter, Scope};
use quittance_domain::policy::{Facts, When};
use quittance_domain::vendor::RiskClass;
use rust_decimal::dec;

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// What the invoice is of, what a rule names, and whether it holds.
#[test]
fn a_rule_holds_when_a_line_is_of_what_it_names() {
    let table: [(&[&str], &[&str], bool); 5] = [
        (&["metal"], &["metal"], true),
        (&["metal", "paper"], &["paper", "wood"], true),
        (&["metal"], &["paper"], false),
        (&[], &["paper"], false),
        (&[], &[], true),
    ];
    for (of, named, holds) in table {
        let facts = Facts { categories: words(of), ..facts(eur(dec!(1))) };
        assert_eq!(When { categories: words(named), ..When::default() }.holds(&facts), holds, "{of:?} {named:?}");
    }
}

#[test]
fn a_rule_holds_when_the_vendor_is_as_risky_as_it_names() {
    use RiskClass::{High, Low, Medium};
    let table: [(Option<RiskClass>, &[RiskClass], bool); 5] = [
        (Some(High), &[Medium, High], true),
        (Some(Low), &[Medium, High], false),
        (None, &[Low], false),
        (None, &[], true),
        (Some(Low), &[], true),
    ];
    for (risk, named, holds) in table {
        let facts = Facts { vendor_risk: risk, ..facts(eur(dec!(1))) };
        assert_eq!(When { vendor_risks: named.to_vec(), ..When::default() }.holds(&facts), holds, "{risk:?} {named:?}");
    }
}

/// What all of an invoice is of (nothing where a line is of nothing), what the delegation is for, and whether it is for the invoice.
#[test]
fn a_delegation_is_for_what_is_of_its_categories_in_every_line() {
    let table: [(&[&str], bool, &[&str], bool); 7] = [
        (&["metal"], false, &["metal"], true),
        (&["metal"], false, &["metal", "paper"], true),
        (&["metal", "paper"], false, &["metal"], false),
        (&["metal"], true, &["metal"], false),
        (&[], false, &["metal"], false),
        (&[], true, &[], true),
        (&["metal", "paper"], false, &[], true),
    ];
    for (of, uncategorised, scope, covered) in table {
        let facts = Facts { categories: words(of), uncategorised, ..facts(eur(dec!(1))) };
        let (starts_at, ends_at) = (at("2026-03-01T00:00:00Z"), at("2026-03-15T00:00:00Z"));
        let scope = Scope { categories: words(scope), ..Scope::default() };
        let delegation = Delegation { id: DELEGATION, delegator: BOB, delegate: CARL, starts_at, ends_at, scope: scope.clone() };
        let mut register = Delegations::default();
        cqrs_es::Aggregate::apply(&mut register, DelegationEvent::Granted { delegation, by: BOB });
        let matter = Matter { amounts: &[], categories: facts.whole_categories() };
        let places: Vec<_> =
            register.paths(CARL, at("2026-03-02T00:00:00Z"), matter, true).into_iter().map(|path| path.principal).collect();
        assert_eq!(places == [BOB], covered, "{of:?} {uncategorised} {scope:?}");
    }
}
