//! Two users are one person as long as somebody else than the two has not vouched for who had their key handed out.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::Root;
use quittance_domain::ids::{KeyId, UserId};
use quittance_domain::vouching::{HandedKey, Vouching, VouchingCommand, VouchingEvent, VouchingRefusal};
use uuid::Uuid;

const OTHER_KEY: KeyId = KeyId(Uuid::from_u128(77));

fn key(user_id: UserId, key_id: KeyId, by: UserId) -> HandedKey {
    HandedKey { user_id, key_id, by, at: at("2026-11-02T09:00:00Z") }
}

fn handed(user: UserId, by: UserId) -> VouchingEvent {
    VouchingEvent::KeyHanded { key: key(user, KEY, by) }
}

fn vouch(user_id: UserId, by: UserId) -> VouchingCommand {
    VouchingCommand::Vouch { user_id, by: Some(by), in_force: vec![OTHER_KEY] }
}

fn given_by(user_id: UserId, by: UserId) -> VouchingEvent {
    VouchingEvent::Given { user_id, by: Some(by) }
}

#[test]
fn a_key_is_handed_once_and_somebody_else_vouches() {
    let hand = || VouchingCommand::HandKey { key: key(BOB, KEY, ANNA) };
    nothing::<Vouching>().when(hand()).then_expect_events(vec![handed(BOB, ANNA)]);
    let by_anna = || given::<Vouching>(vec![handed(BOB, ANNA)]);
    by_anna().when(hand()).then_expect_events(vec![]);
    by_anna().when(vouch(BOB, ANNA)).then_expect_error(VouchingRefusal::SelfVouching);
    by_anna().when(vouch(BOB, BOB)).then_expect_error(VouchingRefusal::SelfVouching);
    by_anna().when(vouch(BOB, DORA)).then_expect_events(vec![given_by(BOB, DORA)]);
    by_anna().and(vec![given_by(BOB, DORA)]).when(vouch(BOB, DORA)).then_expect_events(vec![]);
    nothing::<Vouching>().when(vouch(BOB, DORA)).then_expect_events(vec![]);
}

#[test]
fn nobody_vouches_while_a_handed_key_opens_something() {
    let in_force = VouchingCommand::Vouch { user_id: BOB, by: Some(DORA), in_force: vec![OTHER_KEY, KEY] };
    given::<Vouching>(vec![handed(BOB, ANNA)]).when(in_force).then_expect_error(VouchingRefusal::HandedKeyInForce);
    let by_operator = |in_force| VouchingCommand::Vouch { user_id: BOB, by: None, in_force };
    given::<Vouching>(vec![handed(BOB, ANNA)]).when(by_operator(vec![KEY])).then_expect_error(VouchingRefusal::HandedKeyInForce);
    let vouched = VouchingEvent::Given { user_id: BOB, by: None };
    given::<Vouching>(vec![handed(BOB, ANNA)]).when(by_operator(vec![])).then_expect_events(vec![vouched]);
}

/// Whom somebody has added vouches for nobody that the same person has added, however long the chain.
#[test]
fn a_person_does_not_vouch_for_themselves_by_way_of_others() {
    let chain = || given::<Vouching>(vec![handed(BOB, ANNA), handed(CARL, BOB), handed(DORA, ANNA)]);
    for (user, by) in [(CARL, ANNA), (CARL, BOB), (CARL, DORA), (BOB, DORA), (DORA, CARL)] {
        chain().when(vouch(user, by)).then_expect_error(VouchingRefusal::SelfVouching);
    }
    chain().when(vouch(CARL, ERIN)).then_expect_events(vec![given_by(CARL, ERIN)]);
}

/// What happened, two users, and whether they may be one person.
#[test]
fn who_may_be_whom() {
    let chain = vec![handed(BOB, ANNA), handed(CARL, BOB)];
    let vouched = [chain.clone(), vec![given_by(BOB, DORA)]].concat();
    let of_two = vec![handed(CARL, ANNA), VouchingEvent::KeyHanded { key: key(CARL, OTHER_KEY, BOB) }];
    let table = [
        (vec![], ANNA, BOB, false),
        (vec![], ANNA, ANNA, true),
        (chain.clone(), ANNA, BOB, true),
        (chain.clone(), ANNA, CARL, true),
        (chain, ANNA, DORA, false),
        (vec![handed(BOB, ANNA), handed(CARL, ANNA)], BOB, CARL, true),
        // Bob is somebody else now; Carl may still be Bob, and no longer Anna.
        (vouched.clone(), ANNA, BOB, false),
        (vouched.clone(), BOB, CARL, true),
        (vouched, ANNA, CARL, false),
        // Either may act as Carl; that makes them no one person.
        (of_two.clone(), ANNA, CARL, true),
        (of_two.clone(), BOB, CARL, true),
        (of_two, ANNA, BOB, false),
    ];
    for (row, (events, one, other, expected)) in table.into_iter().enumerate() {
        let vouching = Vouching::replay(events);
        assert_eq!((vouching.may_be_one(one, other), vouching.may_be_one(other, one)), (expected, expected), "row {row}");
    }
}

proptest! {
    /// However keys are handed around, people who share a hand are one, both ways, and a user who was vouched for is one with
    /// nobody but those whose keys they had.
    #[test]
    fn other_selves_are_mutual(keys in prop::collection::vec((0..5_usize, 0..5_usize), 0..9), vouched in 0..5_usize) {
        let people = [ANNA, BOB, CARL, DORA, ERIN];
        let mut events: Vec<_> = keys.iter().filter(|(user, by)| user != by).map(|(user, by)| handed(people[*user], people[*by])).collect();
        events.push(VouchingEvent::Given { user_id: people[vouched], by: None });
        let vouching = Vouching::replay(events);
        for one in people {
            for other in vouching.other_selves(one) {
                prop_assert!(other != one && vouching.other_selves(other).contains(&one));
            }
        }
        let free = people[vouched];
        for other in vouching.other_selves(free) {
            prop_assert!(vouching.handed.iter().any(|key| key.user_id == other));
        }
    }
}
