//! Tolerances: adopted in versions, refused where they say nothing sensible.

mod fixtures;

use fixtures::*;
use quittance_domain::Refusal;
use quittance_domain::tolerance::{
    Applies, Band, Limits, ToleranceRule, ToleranceSet, Tolerances, TolerancesCommand, TolerancesEvent, TolerancesRefusal,
};
use rust_decimal::{Decimal, dec};

fn rule(applies: Applies, percent: Decimal) -> ToleranceRule {
    let price_up = Some(Band { percent: Some(percent), amount: None });
    ToleranceRule { applies, limits: Limits { price_up, ..Default::default() } }
}

fn set(rules: Vec<ToleranceRule>) -> ToleranceSet {
    ToleranceSet { rules, ..Default::default() }
}

fn adopt(rules: Vec<ToleranceRule>) -> TolerancesCommand {
    TolerancesCommand::Adopt { set: set(rules), by: ANNA }
}

fn adopted(version: u32, rules: Vec<ToleranceRule>) -> TolerancesEvent {
    TolerancesEvent::Adopted { version, set: set(rules), by: ANNA }
}

#[test]
fn each_change_is_a_version_and_the_same_again_is_none() {
    let (one, two) = (vec![rule(Applies::Tenant, dec!(1))], vec![rule(Applies::Tenant, dec!(2))]);
    nothing::<Tolerances>().when(adopt(one.clone())).then_expect_events(vec![adopted(1, one.clone())]);
    given::<Tolerances>(vec![adopted(1, one.clone())]).when(adopt(one.clone())).then_expect_events(vec![]);
    given::<Tolerances>(vec![adopted(1, one)]).when(adopt(two.clone())).then_expect_events(vec![adopted(2, two)]);
}

#[test]
fn to_tolerate_nothing_is_a_decision_too() {
    nothing::<Tolerances>().when(adopt(vec![])).then_expect_events(vec![adopted(1, vec![])]);
}

#[test]
fn a_rule_is_refused_that_is_negative_or_there_already() {
    let negative = TolerancesRefusal::ToleranceNegative { rule: 1 };
    assert_eq!(negative.pointer().as_deref(), Some("/rules/1"));
    nothing::<Tolerances>()
        .when(adopt(vec![rule(Applies::Tenant, dec!(1)), rule(Applies::Item(ITEM), dec!(-1))]))
        .then_expect_error(negative);
    nothing::<Tolerances>()
        .when(adopt(vec![rule(Applies::Item(ITEM), dec!(1)), rule(Applies::Item(ITEM), dec!(2))]))
        .then_expect_error(TolerancesRefusal::RuleRepeated { rule: 1 });
}
