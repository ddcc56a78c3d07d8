//! Tolerances: adopted in versions, refused where they say nothing sensible.

mod fixtures;

use fixtures::*;
use quittance_domain::ids::UserId;
use quittance_domain::tolerance::{
    Applies, Band, Limits, ToleranceRule, ToleranceSet, Tolerances, TolerancesCommand, TolerancesEvent, TolerancesRefusal,
};
use quittance_domain::{Currency, Money, Refusal, Root};
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

#[test]
fn a_version_is_confirmed_by_anybody_but_its_adopter_and_once() {
    let confirm = |version, by| TolerancesCommand::Confirm { version, by };
    let waiting = || given::<Tolerances>(vec![adopted(1, vec![rule(Applies::Tenant, dec!(1))])]);
    waiting().when(confirm(1, Some(ANNA))).then_expect_error(TolerancesRefusal::SelfAdopted);
    for by in [Some(BOB), None] {
        let confirmed = vec![TolerancesEvent::Confirmed { version: 1, by }];
        waiting().when(confirm(1, by)).then_expect_events(confirmed.clone());
        waiting().and(confirmed).when(confirm(1, Some(ANNA))).then_expect_events(vec![]);
    }
    for unknown in [0, 2] {
        waiting().when(confirm(unknown, None)).then_expect_error(TolerancesRefusal::VersionNotAdopted);
    }
}

#[test]
fn nobody_writes_off_by_a_limit_of_their_own() {
    let euros = |amount| Money::rounded(amount, Currency::EUR);
    let of = |amount| ToleranceSet { write_off: vec![euros(amount)], ..ToleranceSet::default() };
    let adopted = |version, amount, by| TolerancesEvent::Adopted { version, set: of(amount), by };
    let confirmed = TolerancesEvent::Confirmed { version: 1, by: Some(BOB) };
    let limits = |events: &[TolerancesEvent]| {
        let tolerances = Tolerances::replay(events.to_vec());
        [ANNA, BOB].map(|person| tolerances.write_off_limit(Currency::EUR, |adopter| adopter == person))
    };
    assert_eq!(limits(&[adopted(1, dec!(1), ANNA)]), [euros(dec!(0)), euros(dec!(1))]);
    assert_eq!(limits(&[adopted(1, dec!(1), ANNA), confirmed.clone()]), [euros(dec!(1)); 2]);
    assert_eq!(limits(&[adopted(1, dec!(1), ANNA), confirmed, adopted(2, dec!(50000), ANNA)]), [euros(dec!(1)), euros(dec!(50000))]);
    assert_eq!(of(dec!(-1)).check(), Err(TolerancesRefusal::WriteOffNegative { index: 0 }));
    let twice = ToleranceSet { write_off: vec![euros(dec!(2)), euros(dec!(1))], ..ToleranceSet::default() };
    assert_eq!(twice.check(), Err(TolerancesRefusal::WriteOffRepeated { index: 1 }));
}

/// To tolerate nothing is what a company begins with: who alone has tolerated something goes back to it without being asked.
#[test]
fn tolerances_are_their_adopters_alone_until_confirmed_or_taken_back() {
    let one = || vec![rule(Applies::Tenant, dec!(1))];
    let by = |by, version, rules| TolerancesEvent::Adopted { version, set: set(rules), by };
    let adopters =
        |events: Vec<TolerancesEvent>| (1..=3).map(move |version| Tolerances::replay(events.clone()).adopter_of(version)).collect();
    let table: [(Vec<TolerancesEvent>, [Option<UserId>; 3]); 4] = [
        (vec![adopted(1, vec![])], [None, None, None]),
        (vec![adopted(1, one()), adopted(2, vec![])], [Some(ANNA), None, None]),
        (vec![adopted(1, one()), by(BOB, 2, vec![])], [Some(ANNA), Some(BOB), None]),
        (
            vec![adopted(1, one()), TolerancesEvent::Confirmed { version: 1, by: None }, by(BOB, 2, vec![]), by(BOB, 3, one())],
            [None, Some(BOB), None],
        ),
    ];
    for (events, expected) in table {
        let found: Vec<Option<UserId>> = adopters(events.clone());
        assert_eq!(found, expected, "{events:?}");
    }
}
