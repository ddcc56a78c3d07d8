//! Where a vendor's money goes: one person proposes, another approves, and a change waits.

mod fixtures;

use chrono::{DateTime, Utc};
use fixtures::*;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::ids::{BankAccountId, UserId};
use quittance_domain::tenant::BankChangeControl;
use quittance_domain::vendor::{AccountStatus, Origin, Profile, Proposal, Vendor, VendorCommand, VendorEvent, VendorRefusal};
use quittance_domain::{Refusal, Root};

const MONDAY: &str = "2026-11-02T09:00:00Z";
const TUESDAY: &str = "2026-11-03T09:00:00Z";
const THURSDAY: &str = "2026-11-05T09:00:00Z";
const FRIDAY: &str = "2026-11-06T09:00:00Z";

fn guarded() -> BankChangeControl {
    BankChangeControl { second_person: true, cooling_off_days: 3 }
}

fn registered() -> Vec<VendorEvent> {
    vec![VendorEvent::Registered { party: party("Nordlicht GmbH"), currency: None, payment_days: 30, origin: Origin::Person, by: ANNA }]
}

fn proposal(id: BankAccountId, account: BankAccount, replaces: Option<BankAccountId>) -> Proposal {
    Proposal { id, account, replaces, by: ANNA, at: at(MONDAY), holder: None }
}

fn proposed(id: BankAccountId, account: BankAccount, replaces: Option<BankAccountId>) -> VendorEvent {
    proposed_under(Some(3), id, account, replaces)
}

fn proposed_under(cooling_off_days: Option<u16>, id: BankAccountId, account: BankAccount, replaces: Option<BankAccountId>) -> VendorEvent {
    VendorEvent::BankAccountProposed { id, account, replaces, by: ANNA, at: at(MONDAY), cooling_off_days, holder: None }
}

fn verified(id: BankAccountId, payable_from: &str) -> VendorEvent {
    VendorEvent::BankAccountVerified { id, by: BOB, payable_from: at(payable_from) }
}

/// A vendor with one trusted account.
fn trusted() -> Vec<VendorEvent> {
    [registered(), vec![proposed(ACCOUNT, account(), None), verified(ACCOUNT, MONDAY)]].concat()
}

/// Another account has been proposed in its place.
fn changing() -> Vec<VendorEvent> {
    [trusted(), vec![proposed(OTHER_ACCOUNT, other_account(), Some(ACCOUNT))]].concat()
}

/// It was approved on Tuesday.
fn changed() -> Vec<VendorEvent> {
    [changing(), vec![verified(OTHER_ACCOUNT, FRIDAY)]].concat()
}

fn propose(proposal: Proposal, control: BankChangeControl) -> VendorCommand {
    VendorCommand::ProposeAccount { proposal, control }
}

fn approve(id: BankAccountId, by: UserId) -> VendorCommand {
    VendorCommand::ApproveAccount { id, by, at: at(TUESDAY), control: guarded() }
}

fn reject(id: BankAccountId) -> VendorCommand {
    VendorCommand::RejectAccount { id, by: BOB, reason: "never called back".to_owned() }
}

fn rejected(id: BankAccountId) -> VendorEvent {
    VendorEvent::BankAccountRejected { id, by: BOB, reason: "never called back".to_owned() }
}

fn removed(id: BankAccountId) -> VendorEvent {
    VendorEvent::BankAccountRemoved { id, by: CARL }
}

fn with_profile<T>(events: Vec<VendorEvent>, look: impl FnOnce(&Profile) -> T) -> T {
    look(Vendor::replay(events).profile().expect("registered"))
}

fn payable(events: Vec<VendorEvent>, id: BankAccountId, account: &BankAccount, now: DateTime<Utc>) -> &'static str {
    with_profile(events, |p| p.payable_to(id, account, now).map_or_else(|refusal| refusal.code(), |()| "paid"))
}

/// Who proposed it cannot approve it, and everybody else can, once.
#[test]
fn a_second_person_approves() {
    let waiting = || given::<Vendor>([registered(), vec![proposed(ACCOUNT, account(), None)]].concat());
    let first = proposal(ACCOUNT, account(), None);
    given::<Vendor>(registered()).when(propose(first.clone(), guarded())).then_expect_events(vec![proposed(ACCOUNT, account(), None)]);
    waiting().when(propose(first, guarded())).then_expect_events(vec![]);
    waiting().when(approve(ACCOUNT, ANNA)).then_expect_error(VendorRefusal::SelfVerification);
    waiting().when(approve(ACCOUNT, BOB)).then_expect_events(vec![verified(ACCOUNT, TUESDAY)]);
    given::<Vendor>(trusted()).when(approve(ACCOUNT, CARL)).then_expect_events(vec![]);
    given::<Vendor>(registered()).when(approve(ACCOUNT, BOB)).then_expect_error(VendorRefusal::BankAccountUnknown);
}

/// A vendor's first account changes nothing; every later one is a change, also when the first is gone.
#[test]
fn a_change_cools_off_and_a_first_account_does_not() {
    given::<Vendor>(changing()).when(approve(OTHER_ACCOUNT, BOB)).then_expect_events(vec![verified(OTHER_ACCOUNT, FRIDAY)]);
    let emptied = [trusted(), vec![removed(ACCOUNT), proposed(OTHER_ACCOUNT, other_account(), None)]].concat();
    given::<Vendor>(emptied).when(approve(OTHER_ACCOUNT, BOB)).then_expect_events(vec![verified(OTHER_ACCOUNT, FRIDAY)]);
}

#[test]
fn a_company_of_one_turns_the_second_person_off_and_keeps_the_time() {
    let alone = BankChangeControl { second_person: false, ..guarded() };
    let both = vec![
        proposed(OTHER_ACCOUNT, other_account(), None),
        VendorEvent::BankAccountVerified { id: OTHER_ACCOUNT, by: ANNA, payable_from: at(THURSDAY) },
    ];
    given::<Vendor>(trusted()).when(propose(proposal(OTHER_ACCOUNT, other_account(), None), alone)).then_expect_events(both);
    let at_once = BankChangeControl { second_person: false, cooling_off_days: 0 };
    let both = vec![
        proposed_under(Some(0), OTHER_ACCOUNT, other_account(), None),
        VendorEvent::BankAccountVerified { id: OTHER_ACCOUNT, by: ANNA, payable_from: at(MONDAY) },
    ];
    given::<Vendor>(trusted()).when(propose(proposal(OTHER_ACCOUNT, other_account(), None), at_once)).then_expect_events(both);
}

/// What the company kept to when the account was proposed, what it keeps to at the approval on Tuesday, and from when it is paid to.
#[test]
fn a_proposal_keeps_the_rule_that_it_was_made_under_unless_a_stricter_one_came() {
    let table = [
        (Some(3), 3, FRIDAY),
        (Some(3), 0, FRIDAY),
        (Some(0), 3, FRIDAY),
        (Some(0), 0, TUESDAY),
        // From before proposals said it.
        (None, 3, FRIDAY),
        (None, 0, TUESDAY),
    ];
    for (then, cooling_off_days, payable_from) in table {
        let waiting = || [trusted(), vec![proposed_under(then, OTHER_ACCOUNT, other_account(), Some(ACCOUNT))]].concat();
        let control = BankChangeControl { second_person: false, cooling_off_days };
        let approve = |by| VendorCommand::ApproveAccount { id: OTHER_ACCOUNT, by, at: at(TUESDAY), control };
        given::<Vendor>(waiting()).when(approve(BOB)).then_expect_events(vec![verified(OTHER_ACCOUNT, payable_from)]);
        given::<Vendor>(waiting()).when(approve(ANNA)).then_expect_error(VendorRefusal::SelfVerification);
        let again = propose(proposal(OTHER_ACCOUNT, other_account(), Some(ACCOUNT)), control);
        given::<Vendor>(waiting()).when(again).then_expect_events(vec![]);
    }
}

#[test]
fn a_rejected_account_is_proposed_anew_or_never_paid() {
    given::<Vendor>(changing()).when(reject(OTHER_ACCOUNT)).then_expect_events(vec![rejected(OTHER_ACCOUNT)]);
    let gone = || given::<Vendor>([changing(), vec![rejected(OTHER_ACCOUNT)]].concat());
    gone().when(reject(OTHER_ACCOUNT)).then_expect_events(vec![]);
    gone().when(approve(OTHER_ACCOUNT, BOB)).then_expect_error(VendorRefusal::BankAccountNotProposed);
    let again = || proposed(OTHER_ACCOUNT, other_account(), None);
    gone().when(propose(proposal(OTHER_ACCOUNT, other_account(), None), guarded())).then_expect_events(vec![again()]);
    given::<Vendor>(trusted()).when(reject(ACCOUNT)).then_expect_error(VendorRefusal::BankAccountNotProposed);
}

#[test]
fn only_an_account_of_the_vendor_is_replaced() {
    let unknown = proposal(OTHER_ACCOUNT, other_account(), Some(ACCOUNT));
    given::<Vendor>(registered()).when(propose(unknown.clone(), guarded())).then_expect_error(VendorRefusal::ReplacedAccountUnknown);
    let gone = [trusted(), vec![removed(ACCOUNT)]].concat();
    given::<Vendor>(gone).when(propose(unknown, guarded())).then_expect_error(VendorRefusal::ReplacedAccountUnknown);
}

/// A vendor goes back to the account it had: proposed and approved like any other.
#[test]
fn a_replaced_account_is_proposed_anew() {
    let back = Proposal { at: at(FRIDAY), ..proposal(ACCOUNT, account(), Some(OTHER_ACCOUNT)) };
    let (replaces, cooling_off_days) = (Some(OTHER_ACCOUNT), Some(3));
    let event = VendorEvent::BankAccountProposed {
        id: ACCOUNT,
        account: account(),
        replaces,
        by: ANNA,
        at: at(FRIDAY),
        cooling_off_days,
        holder: None,
    };
    given::<Vendor>(changed()).when(propose(back, guarded())).then_expect_events(vec![event.clone()]);
    assert_eq!(payable([changed(), vec![event]].concat(), ACCOUNT, &account(), at(FRIDAY)), "bank_account_unverified");
}

/// What has happened, and on which day money goes to the old account and to the new one.
#[test]
fn the_old_account_is_paid_until_the_new_one_may_be() {
    let friday_morning = "2026-11-06T08:59:59Z";
    let table = [
        (registered(), TUESDAY, "bank_account_unknown", "bank_account_unknown"),
        (trusted(), TUESDAY, "paid", "bank_account_unknown"),
        (changing(), TUESDAY, "paid", "bank_account_unverified"),
        (changed(), TUESDAY, "paid", "bank_account_cooling_off"),
        (changed(), friday_morning, "paid", "bank_account_cooling_off"),
        (changed(), FRIDAY, "bank_account_replaced", "paid"),
        ([changing(), vec![rejected(OTHER_ACCOUNT)]].concat(), FRIDAY, "paid", "bank_account_unknown"),
        ([changed(), vec![removed(OTHER_ACCOUNT)]].concat(), FRIDAY, "bank_account_replaced", "bank_account_unknown"),
        ([changed(), vec![removed(ACCOUNT)]].concat(), TUESDAY, "bank_account_unknown", "bank_account_cooling_off"),
        (
            [changed(), vec![VendorEvent::Blocked { reason: "fraud".to_owned(), by: BOB }]].concat(),
            FRIDAY,
            "vendor_blocked",
            "vendor_blocked",
        ),
    ];
    for (row, (events, now, old, new)) in table.into_iter().enumerate() {
        let paid = (payable(events.clone(), ACCOUNT, &account(), at(now)), payable(events, OTHER_ACCOUNT, &other_account(), at(now)));
        assert_eq!(paid, (old, new), "row {row}");
    }
}

#[test]
fn an_id_with_another_account_behind_it_is_not_paid() {
    assert_eq!(payable(trusted(), ACCOUNT, &other_account(), at(FRIDAY)), "bank_account_unknown");
}

/// An invoice that names no account goes where the vendor is paid; a proposal alone draws no invoice to it.
#[test]
fn a_proposal_does_not_become_the_usual_account() {
    let usual = |events, now| with_profile(events, |p| p.default_account(at(now)).map(|a| a.id));
    let with_first = [registered(), vec![proposed(ACCOUNT, account(), None)]].concat();
    let table = [
        (registered(), MONDAY, None),
        (with_first, MONDAY, Some(ACCOUNT)),
        (changing(), MONDAY, Some(ACCOUNT)),
        (changed(), TUESDAY, Some(ACCOUNT)),
        (changed(), FRIDAY, Some(OTHER_ACCOUNT)),
        ([changed(), vec![removed(OTHER_ACCOUNT)]].concat(), FRIDAY, None),
    ];
    for (row, (events, now, expected)) in table.into_iter().enumerate() {
        assert_eq!(usual(events, now), expected, "row {row}");
    }
}

#[test]
fn a_document_that_names_a_replaced_account_names_none_of_the_vendors() {
    let named = |now| with_profile(changed(), |p| p.named_account(&account(), at(now)).map(|a| a.id));
    assert_eq!(named(TUESDAY), Some(ACCOUNT));
    assert_eq!(named(FRIDAY), None);
}

#[test]
fn rejected_and_removed_accounts_join_no_group() {
    let keys = |events| with_profile(events, |p| p.group_keys(VENDOR).iter().filter(|k| k.starts_with("account:")).count());
    assert_eq!(keys(changed()), 2);
    assert_eq!(keys([changing(), vec![rejected(OTHER_ACCOUNT), removed(ACCOUNT)]].concat()), 0);
}

#[test]
fn an_accounts_status_is_one_word() {
    let status = |events, id, now| with_profile(events, |p| p.account(id).map(|a| a.status(p.verified, at(now))));
    let table = [
        (changing(), OTHER_ACCOUNT, TUESDAY, AccountStatus::Proposed),
        (changed(), OTHER_ACCOUNT, TUESDAY, AccountStatus::CoolingOff),
        (changed(), OTHER_ACCOUNT, FRIDAY, AccountStatus::Payable),
        (changed(), ACCOUNT, FRIDAY, AccountStatus::Replaced),
        ([changing(), vec![rejected(OTHER_ACCOUNT)]].concat(), OTHER_ACCOUNT, FRIDAY, AccountStatus::Rejected),
        ([changed(), vec![removed(ACCOUNT)]].concat(), ACCOUNT, FRIDAY, AccountStatus::Removed),
    ];
    for (row, (events, id, now, expected)) in table.into_iter().enumerate() {
        assert_eq!(status(events, id, now), Some(expected), "row {row}");
    }
}

/// Whose account it is, is part of what a second person approves.
#[test]
fn an_account_that_is_known_gets_no_other_name() {
    let in_name = |holder: Option<&str>| Proposal { holder: holder.map(str::to_owned), ..proposal(ACCOUNT, account(), None) };
    let factor = VendorEvent::BankAccountProposed {
        id: ACCOUNT,
        account: account(),
        replaces: None,
        by: ANNA,
        at: at(MONDAY),
        cooling_off_days: Some(3),
        holder: Some("Factor Bank AG".to_owned()),
    };
    let known = [registered(), vec![factor]].concat();
    given::<Vendor>(known.clone()).when(propose(in_name(Some("Factor Bank AG")), guarded())).then_expect_events(vec![]);
    for (held, holder) in [(known.clone(), None), (known, Some("Quick Cash Ltd")), (trusted(), Some("Factor Bank AG"))] {
        assert_eq!(verdict(&Vendor::replay(held), propose(in_name(holder), guarded())), "bank_account_exists", "{holder:?}");
    }
}
