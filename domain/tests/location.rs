//! The register of locations: a code is one place for ever, a closed one comes back, and from the first one on no other place is admitted.

mod fixtures;

use fixtures::*;
use quittance_domain::ids::LocationId;
use quittance_domain::location::{LocationCard, LocationCommand, LocationEvent, LocationRefusal, Locations};
use quittance_domain::party::Address;
use quittance_domain::{Refusal, Root};
use uuid::Uuid;

const YARD: LocationId = LocationId(Uuid::from_u128(77));

fn card(code: &str, name: &str) -> LocationCard {
    LocationCard { code: code.to_owned(), name: name.to_owned(), address: None }
}

fn in_country(country: &str) -> LocationCard {
    let address = Address { country: Some(country.to_owned()), ..Address::default() };
    LocationCard { address: Some(address), ..card("main", "Main warehouse") }
}

fn register(location_id: LocationId, card: LocationCard) -> LocationCommand {
    LocationCommand::Register { location_id, card, by: DORA }
}

fn registered(location_id: LocationId, card: LocationCard) -> LocationEvent {
    LocationEvent::Registered { location_id, card, by: DORA }
}

fn change(card: LocationCard) -> LocationCommand {
    LocationCommand::Change { location_id: LOCATION, card, by: ERIN }
}

fn close(location_id: LocationId) -> LocationCommand {
    LocationCommand::Close { location_id, reason: "flooded".to_owned(), by: ERIN }
}

fn reopen() -> LocationCommand {
    LocationCommand::Reopen { location_id: LOCATION, reason: "dry again".to_owned(), by: DORA }
}

fn one() -> Vec<LocationEvent> {
    vec![registered(LOCATION, card("main", "Main warehouse"))]
}

fn closed() -> LocationEvent {
    LocationEvent::Closed { location_id: LOCATION, reason: "flooded".to_owned(), by: ERIN }
}

fn reopened() -> LocationEvent {
    LocationEvent::Reopened { location_id: LOCATION, reason: "dry again".to_owned(), by: DORA }
}

#[test]
fn a_code_is_one_location_however_it_is_written() {
    let main = card("main", "Main warehouse");
    nothing::<Locations>().when(register(LOCATION, main.clone())).then_expect_events(one());
    for again in ["main", "MAIN", " Ｍain "] {
        given::<Locations>(one()).when(register(YARD, card(again, "Another"))).then_expect_error(LocationRefusal::LocationExists);
    }
    let yard = card("yard", "The yard");
    given::<Locations>(one()).when(register(YARD, yard.clone())).then_expect_events(vec![registered(YARD, yard)]);
}

/// A card, how it is refused, and which field is to blame.
#[test]
fn a_card_must_be_complete() {
    let table = [
        (card(" ", "Main warehouse"), LocationRefusal::LocationCodeMissing, "/code"),
        (card("main", " "), LocationRefusal::NameMissing, "/name"),
        (in_country("Atlantis"), LocationRefusal::CountryUnknown, "/address/country"),
    ];
    for (broken, refusal, pointer) in table {
        assert_eq!(refusal.pointer().as_deref(), Some(pointer));
        nothing::<Locations>().when(register(LOCATION, broken)).then_expect_error(refusal);
    }
    let nameless = change(card("main", ""));
    given::<Locations>(one()).when(nameless).then_expect_error(LocationRefusal::NameMissing);
}

#[test]
fn a_change_says_what_is_new_or_nothing_and_the_code_stays() {
    let renamed = card("Main", "Hamburg");
    let changed = LocationEvent::Changed { location_id: LOCATION, card: renamed.clone(), by: ERIN };
    given::<Locations>(one()).when(change(renamed)).then_expect_events(vec![changed]);
    given::<Locations>(one()).when(change(card("main", "Main warehouse"))).then_expect_events(vec![]);
    given::<Locations>(one()).when(change(card("north", "North"))).then_expect_error(LocationRefusal::LocationCodeFixed);
    nothing::<Locations>().when(change(card("main", "Main"))).then_expect_error(LocationRefusal::LocationUnknown);
}

#[test]
fn closing_and_reopening_twice_is_once() {
    let was_closed = || [one(), vec![closed()]].concat();
    given::<Locations>(one()).when(close(LOCATION)).then_expect_events(vec![closed()]);
    given::<Locations>(was_closed()).when(close(LOCATION)).then_expect_events(vec![]);
    given::<Locations>(was_closed()).when(reopen()).then_expect_events(vec![reopened()]);
    given::<Locations>(one()).when(reopen()).then_expect_events(vec![]);
    given::<Locations>(one()).when(close(YARD)).then_expect_error(LocationRefusal::LocationUnknown);
    let taken = register(YARD, card("main", "Another"));
    given::<Locations>(was_closed()).when(taken).then_expect_error(LocationRefusal::LocationExists);
}

/// What has happened, where goods are to move, and how that is refused.
#[test]
fn from_the_first_location_on_goods_move_where_one_is_open() {
    let with = |more: Vec<LocationEvent>| [one(), more].concat();
    let renamed = LocationEvent::Changed { location_id: LOCATION, card: card("MAIN", "Hamburg"), by: ERIN };
    let table = [
        (vec![], "anywhere", None),
        (one(), "main", None),
        (one(), " Main", None),
        (one(), "anywhere", Some("location_not_registered")),
        (with(vec![renamed]), "main", None),
        (with(vec![closed()]), "main", Some("location_closed")),
        (with(vec![closed()]), "anywhere", Some("location_not_registered")),
        (with(vec![closed(), reopened()]), "main", None),
        // Who moves goods asks for a place at all.
        (one(), " ", None),
    ];
    for (past, called, refusal) in table {
        let verdict = Locations::replay(past.clone()).admits(called);
        assert_eq!(verdict.err().map(|refusal| refusal.code()), refusal, "{called} after {past:?}");
    }
}
