//! A customer: registered once, blocked and unblocked, merged for ever.

mod fixtures;

use std::collections::HashMap;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::Refusal;
use quittance_domain::Root;
use quittance_domain::customer::{Customer, CustomerCommand, CustomerDetails, CustomerEvent, CustomerRefusal, CustomerStatus, Standing};
use quittance_domain::ids::CustomerId;
use quittance_domain::party::{Address, Contact, Party};
use uuid::Uuid;

fn nordlicht() -> CustomerDetails {
    CustomerDetails { party: party("Nordlicht GmbH"), ..CustomerDetails::default() }
}

fn register(details: CustomerDetails) -> CustomerCommand {
    CustomerCommand::Register { details: Box::new(details), by: ANNA }
}

fn change(details: CustomerDetails) -> CustomerCommand {
    CustomerCommand::ChangeDetails { details: Box::new(details), by: CARL }
}

fn registered(details: CustomerDetails) -> Vec<CustomerEvent> {
    vec![CustomerEvent::Registered { details: Box::new(details), by: ANNA }]
}

fn changed(details: CustomerDetails) -> CustomerEvent {
    CustomerEvent::DetailsChanged { details: Box::new(details), by: CARL }
}

fn block(reason: &str) -> CustomerCommand {
    CustomerCommand::Block { reason: reason.to_owned(), by: BOB }
}

fn blocked(reason: &str) -> CustomerEvent {
    CustomerEvent::Blocked { reason: reason.to_owned(), by: BOB }
}

fn merge(into: CustomerId) -> CustomerCommand {
    CustomerCommand::Merge { into, by: BOB }
}

fn absorb(customers: Vec<CustomerId>) -> CustomerCommand {
    CustomerCommand::Absorb { customers, by: BOB }
}

fn merged() -> Vec<CustomerEvent> {
    [registered(nordlicht()), vec![CustomerEvent::MergedInto { into: OTHER_CUSTOMER, by: BOB }]].concat()
}

#[test]
fn a_customer_is_registered_once() {
    nothing::<Customer>().when(register(nordlicht())).then_expect_events(registered(nordlicht()));
    given::<Customer>(registered(nordlicht())).when(register(nordlicht())).then_expect_error(CustomerRefusal::CustomerExists);
}

#[test]
fn who_was_never_registered_is_unknown() {
    let commands =
        [change(nordlicht()), block("fraud"), CustomerCommand::Unblock { by: BOB }, merge(OTHER_CUSTOMER), absorb(vec![OTHER_CUSTOMER])];
    for command in commands {
        nothing::<Customer>().when(command).then_expect_error(CustomerRefusal::CustomerUnknown);
    }
    assert_eq!(Customer::default().profile().expect_err("no profile"), CustomerRefusal::CustomerUnknown);
}

/// What is stated, the code of the rule that it breaks, and where.
#[test]
fn what_cannot_be_is_refused_where_it_stands() {
    type Change = fn(&mut CustomerDetails);
    let rows: &[(Change, &str, &str)] = &[
        (|d| d.party.name = " ".to_owned(), "name_missing", "/party/name"),
        (|d| d.party.vat_id = Some("DE12".to_owned()), "vat_id_invalid", "/party/vat_id"),
        (|d| d.party.electronic_address = Some("DE123456789".to_owned()), "electronic_address_invalid", "/party/electronic_address"),
        (|d| d.party.electronic_address = Some("99300:1".to_owned()), "electronic_address_invalid", "/party/electronic_address"),
        (|d| d.party.electronic_address = Some("em:a@b.example".to_owned()), "electronic_address_invalid", "/party/electronic_address"),
        (|d| d.party.electronic_address = Some("9930:".to_owned()), "electronic_address_invalid", "/party/electronic_address"),
        (|d| d.party.electronic_address = Some("9930:a b".to_owned()), "electronic_address_invalid", "/party/electronic_address"),
        (|d| d.party.address.country = Some("Germany".to_owned()), "country_invalid", "/party/address/country"),
        (|d| d.party.address.country = Some("de".to_owned()), "country_invalid", "/party/address/country"),
        (|d| d.number = Some(" \t".to_owned()), "customer_number_invalid", "/number"),
        (|d| d.other_names = vec!["Versand".to_owned(), String::new()], "other_name_missing", "/other_names/1"),
        (|d| d.contacts = vec![Contact::default()], "contact_name_missing", "/contacts/0/name"),
    ];
    for (wrong, code, pointer) in rows {
        let mut details = nordlicht();
        wrong(&mut details);
        let registered = Customer::replay(registered(nordlicht()));
        let refusals = [Customer::default().decide(register(details.clone())), registered.decide(change(details))];
        for refusal in refusals.map(|decided| decided.expect_err(code)) {
            assert_eq!((refusal.code(), refusal.pointer().as_deref()), (*code, Some(*pointer)));
        }
    }
    for address in ["0204:991-1234512345-06", "EM:post@nordlicht.example"] {
        let party = Party { electronic_address: Some(address.to_owned()), ..nordlicht().party };
        let details = CustomerDetails { party, ..nordlicht() };
        nothing::<Customer>().when(register(details.clone())).then_expect_events(registered(details));
    }
}

#[test]
fn a_change_says_what_is_new_or_nothing() {
    let renamed = CustomerDetails { buyer_reference: Some("LEITWEG".to_owned()), ..nordlicht() };
    given::<Customer>(registered(nordlicht())).when(change(renamed.clone())).then_expect_events(vec![changed(renamed.clone())]);
    given::<Customer>(registered(nordlicht())).when(change(nordlicht())).then_expect_events(vec![]);
    let again = [registered(nordlicht()), vec![blocked("fraud")]].concat();
    given::<Customer>(again).when(change(renamed.clone())).then_expect_events(vec![changed(renamed)]);
}

#[test]
fn a_block_has_a_reason_and_is_lifted_once() {
    let unblock = || CustomerCommand::Unblock { by: DORA };
    let is_blocked = || [registered(nordlicht()), vec![blocked("fraud")]].concat();
    given::<Customer>(registered(nordlicht())).when(block("fraud")).then_expect_events(vec![blocked("fraud")]);
    given::<Customer>(is_blocked()).when(block("fraud")).then_expect_events(vec![]);
    given::<Customer>(is_blocked()).when(block("bankrupt")).then_expect_events(vec![blocked("bankrupt")]);
    given::<Customer>(is_blocked()).when(unblock()).then_expect_events(vec![CustomerEvent::Unblocked { by: DORA }]);
    given::<Customer>(registered(nordlicht())).when(unblock()).then_expect_events(vec![]);
    let profile = |events| Customer::replay(events).profile().cloned().expect("it is registered");
    assert_eq!((profile(is_blocked()).status(), profile(is_blocked()).blocked()), (CustomerStatus::Blocked, Some("fraud")));
    let lifted = profile([is_blocked(), vec![CustomerEvent::Unblocked { by: DORA }]].concat());
    assert_eq!((lifted.status(), lifted.blocked()), (CustomerStatus::Active, None));
}

#[test]
fn who_was_merged_never_changes_again() {
    let refused = CustomerRefusal::CustomerMerged { into: OTHER_CUSTOMER };
    let other = CustomerDetails { number: Some("C-1".to_owned()), ..nordlicht() };
    for command in [
        change(other),
        change(nordlicht()),
        block("fraud"),
        CustomerCommand::Unblock { by: BOB },
        merge(CustomerId(Uuid::from_u128(7))),
        absorb(vec![CUSTOMER]),
    ] {
        given::<Customer>(merged()).when(command).then_expect_error(refused.clone());
    }
    given::<Customer>(merged()).when(merge(OTHER_CUSTOMER)).then_expect_events(vec![]);
    assert!(refused.to_string().contains(&OTHER_CUSTOMER.to_string()), "it says who goes on");
    let merges = merged()[1..].to_vec();
    given::<Customer>(registered(nordlicht())).when(merge(OTHER_CUSTOMER)).then_expect_events(merges);
    let is_blocked = [registered(nordlicht()), vec![blocked("fraud")]].concat();
    given::<Customer>(is_blocked).when(merge(OTHER_CUSTOMER)).then_expect_error(CustomerRefusal::CustomerBlocked("fraud".to_owned()));
}

#[test]
fn official_ids_names_and_numbers_are_held_by_one_customer() {
    let state = Customer::replay(registered(nordlicht()));
    let event = |details| CustomerEvent::Registered { details: Box::new(details), by: ANNA };
    let first = event(CustomerDetails { number: Some("c-1 ".to_owned()), ..nordlicht() });
    let all = "+customer|vat:DE123456789 +customer|legal:HRB12345 +customer|number|C-1";
    assert_eq!(claims(&Customer::default(), &first), all);
    let plain = Party {
        name: "Laden am Eck".to_owned(),
        address: Address { country: Some("DE".to_owned()), ..Address::default() },
        ..Party::default()
    };
    let plain = CustomerDetails { party: plain, ..CustomerDetails::default() };
    assert_eq!(claims(&Customer::default(), &event(plain)), "+customer|name:DE:LADENAMECK");
    let numbered = CustomerDetails { number: Some("C-2".to_owned()), ..nordlicht() };
    assert_eq!(claims(&state, &changed(numbered.clone())), "+customer|number|C-2", "what stays is left alone");
    let with_number = Customer::replay([registered(nordlicht()), vec![changed(numbered)]].concat());
    let foreign = CustomerDetails { party: Party { vat_id: Some("ATU12345678".to_owned()), ..nordlicht().party }, ..nordlicht() };
    let moved = "-customer|vat:DE123456789 -customer|number|C-2 +customer|vat:ATU12345678";
    assert_eq!(claims(&with_number, &changed(foreign)), moved);
    assert_eq!(claims(&state, &merged()[1]), "", "what came in under its ids still finds it");
}

/// Both sides of a merger, as one write decides them.
fn merges(all: &mut HashMap<u128, Customer>, from: u128, into: u128) -> bool {
    let id = |n: u128| CustomerId(Uuid::from_u128(n));
    let absorbed = all[&from].profile().expect("it is registered").absorbed.clone();
    let names = std::iter::once(id(from)).chain(absorbed).collect();
    let Ok(given_up) = all[&from].decide(merge(id(into))) else { return false };
    let Ok(gone_on) = all[&into].decide(absorb(names)) else { return false };
    if given_up.is_empty() {
        return false;
    }
    for (of, events) in [(from, given_up), (into, gone_on)] {
        let state = all.get_mut(&of).expect("it is registered");
        events.into_iter().for_each(|event| cqrs_es::Aggregate::apply(state, event));
    }
    true
}

proptest! {
    /// Whatever is merged into whatever, in any order: every chain ends with one that goes on, which knows all that it was.
    #[test]
    fn mergers_never_go_round(pairs in proptest::collection::vec((0u128..6, 0u128..6), 1..40)) {
        let mut all: HashMap<u128, Customer> = (0..6).map(|n| (n, Customer::replay(registered(nordlicht())))).collect();
        let done = pairs.into_iter().filter(|(from, into)| from != into && merges(&mut all, *from, *into)).count();
        prop_assert!(done <= 5, "one is always left");
        let merged_into = |n: u128| all[&n].profile().ok()?.merged_into();
        for n in 0..6 {
            let (mut last, mut steps) = (n, 0);
            while let Some(into) = merged_into(last) {
                (last, steps) = (into.0.as_u128(), steps + 1);
                prop_assert!(steps <= 5, "{n} goes round");
            }
            let survivor = all[&last].profile().expect("it is registered");
            prop_assert_eq!(&survivor.standing, &Standing::Active);
            let known = survivor.absorbed.contains(&CustomerId(Uuid::from_u128(n)));
            prop_assert_eq!(known, last != n, "the survivor knows who it was");
        }
    }
}
