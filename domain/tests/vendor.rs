//! A vendor: registered, verified by a second person, paid to accounts that somebody else than the approver changed.

mod fixtures;

use fixtures::*;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::ids::{BankAccountId, UserId};
use quittance_domain::party::Party;
use quittance_domain::tenant::BankChangeControl;
use quittance_domain::vendor::{Origin, Proposal, Vendor, VendorCommand, VendorDetails, VendorEvent, VendorRefusal, vendor_keys};
use quittance_domain::{Currency, Root};

fn nordlicht() -> Party {
    party("Nordlicht GmbH")
}

fn registration(origin: Origin) -> VendorEvent {
    VendorEvent::Registered { party: nordlicht(), currency: Some(Currency::EUR), payment_days: 30, origin, by: ANNA }
}

fn registered() -> Vec<VendorEvent> {
    vec![registration(Origin::Person)]
}

fn unverified() -> Vec<VendorEvent> {
    vec![registration(Origin::Document)]
}

fn register(party: Party) -> VendorCommand {
    VendorCommand::Register { party, currency: Some(Currency::EUR), payment_days: 30, origin: Origin::Person, by: ANNA }
}

fn change(party: Party) -> VendorCommand {
    VendorCommand::Change { party, currency: Some(Currency::EUR), payment_days: 30, by: CARL, control: BankChangeControl::default() }
}

fn changed(party: Party) -> VendorEvent {
    VendorEvent::Changed { party, currency: Some(Currency::EUR), payment_days: 30, by: CARL }
}

fn account_added() -> VendorEvent {
    VendorEvent::BankAccountAdded { id: ACCOUNT, account: account(), by: BOB, holder: None }
}

fn propose(id: BankAccountId, account: BankAccount) -> VendorCommand {
    let proposal = Proposal { id, account, replaces: None, by: BOB, at: at("2026-11-02T09:00:00Z"), holder: None };
    VendorCommand::ProposeAccount { proposal, control: BankChangeControl::default() }
}

fn approve(by: UserId) -> VendorCommand {
    VendorCommand::ApproveAccount { id: ACCOUNT, by, at: at("2026-11-03T09:00:00Z"), control: BankChangeControl::default() }
}

fn reject(by: UserId) -> VendorCommand {
    VendorCommand::RejectAccount { id: ACCOUNT, by, reason: "never called back".to_owned() }
}

#[test]
fn a_vendor_is_registered_once_and_has_a_name() {
    nothing::<Vendor>().when(register(nordlicht())).then_expect_events(registered());
    nothing::<Vendor>().when(register(party(" "))).then_expect_error(VendorRefusal::NameMissing);
    given::<Vendor>(registered()).when(register(nordlicht())).then_expect_error(VendorRefusal::VendorExists);
}

#[test]
fn who_was_never_registered_is_unknown() {
    let commands = [
        change(nordlicht()),
        propose(ACCOUNT, account()),
        approve(DORA),
        reject(DORA),
        VendorCommand::RemoveAccount { id: ACCOUNT, by: BOB },
        VendorCommand::Verify { by: BOB },
        VendorCommand::Block { reason: "fraud".to_owned(), by: BOB },
        VendorCommand::Unblock { by: BOB },
    ];
    for command in commands {
        nothing::<Vendor>().when(command).then_expect_error(VendorRefusal::VendorUnknown);
    }
    assert_eq!(Vendor::default().profile().expect_err("no profile"), VendorRefusal::VendorUnknown);
}

#[test]
fn a_change_says_what_is_new_or_nothing() {
    let elsewhere = Party { email: Some("post@nordlicht.example".to_owned()), ..nordlicht() };
    given::<Vendor>(registered()).when(change(elsewhere.clone())).then_expect_events(vec![changed(elsewhere)]);
    given::<Vendor>(registered()).when(change(nordlicht())).then_expect_events(vec![]);
    given::<Vendor>(registered()).when(change(party(""))).then_expect_error(VendorRefusal::NameMissing);
    let control = BankChangeControl::default();
    let in_any_currency = VendorCommand::Change { party: nordlicht(), currency: None, payment_days: 30, by: CARL, control };
    let changed = VendorEvent::Changed { party: nordlicht(), currency: None, payment_days: 30, by: CARL };
    given::<Vendor>(registered()).when(in_any_currency).then_expect_events(vec![changed]);
}

#[test]
fn an_unverified_vendors_account_is_added_once_under_one_id_and_verified_with_the_vendor() {
    let with_account = || given::<Vendor>(unverified()).and(vec![account_added()]);
    let second = VendorEvent::BankAccountAdded { id: OTHER_ACCOUNT, account: other_account(), by: BOB, holder: None };
    given::<Vendor>(unverified()).when(propose(ACCOUNT, account())).then_expect_events(vec![account_added()]);
    with_account().when(propose(ACCOUNT, account())).then_expect_events(vec![]);
    with_account().when(propose(OTHER_ACCOUNT, other_account())).then_expect_events(vec![second]);
    with_account().when(propose(OTHER_ACCOUNT, account())).then_expect_error(VendorRefusal::BankAccountExists);
    with_account().when(propose(ACCOUNT, other_account())).then_expect_error(VendorRefusal::BankAccountExists);
    with_account().when(approve(DORA)).then_expect_error(VendorRefusal::VendorUnverified);
    with_account().and(vec![VendorEvent::Verified { by: DORA }]).when(approve(DORA)).then_expect_events(vec![]);
}

#[test]
fn an_account_is_removed_by_its_id() {
    let remove = || VendorCommand::RemoveAccount { id: ACCOUNT, by: CARL };
    let removed = VendorEvent::BankAccountRemoved { id: ACCOUNT, by: CARL };
    let with_account = [registered(), vec![account_added()]].concat();
    given::<Vendor>(with_account.clone()).when(remove()).then_expect_events(vec![removed.clone()]);
    given::<Vendor>(with_account).and(vec![removed]).when(remove()).then_expect_error(VendorRefusal::BankAccountUnknown);
    given::<Vendor>(registered()).when(remove()).then_expect_error(VendorRefusal::BankAccountUnknown);
}

#[test]
fn everybody_who_ever_changed_an_account_is_remembered() {
    let history = vec![account_added(), VendorEvent::BankAccountRemoved { id: ACCOUNT, by: CARL }, account_added()];
    let vendor = Vendor::replay([registered(), history].concat());
    assert_eq!(vendor.profile().expect("registered").account_editors, [BOB, CARL]);
}

/// Who registers or changes an unverified vendor or its accounts, and may verify it or not.
#[test]
fn a_vendor_from_a_document_is_verified_by_somebody_else() {
    let verify = |by| VendorCommand::Verify { by };
    let edited = || given::<Vendor>(unverified()).and(vec![changed(party("Nordlicht AG")), account_added()]);
    for editor in [ANNA, CARL, BOB] {
        edited().when(verify(editor)).then_expect_error(VendorRefusal::SelfVerification);
    }
    edited().when(verify(DORA)).then_expect_events(vec![VendorEvent::Verified { by: DORA }]);
    edited().and(vec![VendorEvent::Verified { by: DORA }]).when(verify(ERIN)).then_expect_events(vec![]);
}

/// Verified from the start, and looked at by nobody but who registered it: verifying says that somebody else has, once.
#[test]
fn a_vendor_that_a_person_registered_is_looked_at_by_somebody_else() {
    let verify = |by| VendorCommand::Verify { by };
    let looked = || VendorEvent::Verified { by: DORA };
    given::<Vendor>(registered()).when(verify(ANNA)).then_expect_error(VendorRefusal::SelfVerification);
    given::<Vendor>(registered()).when(verify(DORA)).then_expect_events(vec![looked()]);
    let approved = VendorEvent::BankAccountVerified { id: ACCOUNT, by: DORA, payable_from: at("2026-03-01T00:00:00Z") };
    for look in [looked(), approved, VendorEvent::PaymentDataConfirmed { by: DORA }] {
        given::<Vendor>(registered()).and(vec![look]).when(verify(ERIN)).then_expect_events(vec![]);
    }
    let by_herself = VendorEvent::BankAccountVerified { id: ACCOUNT, by: ANNA, payable_from: at("2026-03-01T00:00:00Z") };
    given::<Vendor>(registered()).and(vec![by_herself]).when(verify(DORA)).then_expect_events(vec![looked()]);
}

#[test]
fn a_vendor_is_blocked_and_unblocked_once() {
    let block = |reason: &str| VendorCommand::Block { reason: reason.to_owned(), by: BOB };
    let blocked = |reason: &str| VendorEvent::Blocked { reason: reason.to_owned(), by: BOB };
    let unblock = || VendorCommand::Unblock { by: DORA };
    let held = || given::<Vendor>(registered()).and(vec![blocked("fraud")]);
    given::<Vendor>(registered()).when(block("fraud")).then_expect_events(vec![blocked("fraud")]);
    given::<Vendor>(registered()).when(unblock()).then_expect_events(vec![]);
    held().when(block("fraud")).then_expect_events(vec![]);
    held().when(block("sanctions")).then_expect_events(vec![blocked("sanctions")]);
    held().when(unblock()).then_expect_events(vec![VendorEvent::Unblocked { by: DORA }]);
}

/// What has happened, and whether money may go there.
#[test]
fn only_a_verified_vendor_that_is_not_blocked_is_paid() {
    let blocked = VendorEvent::Blocked { reason: "fraud".to_owned(), by: BOB };
    let table = [
        (registered(), Ok(())),
        (unverified(), Err(VendorRefusal::VendorUnverified)),
        ([unverified(), vec![VendorEvent::Verified { by: DORA }]].concat(), Ok(())),
        ([registered(), vec![blocked.clone()]].concat(), Err(VendorRefusal::VendorBlocked("fraud".to_owned()))),
        ([unverified(), vec![blocked.clone()]].concat(), Err(VendorRefusal::VendorBlocked("fraud".to_owned()))),
        ([registered(), vec![blocked, VendorEvent::Unblocked { by: DORA }]].concat(), Ok(())),
    ];
    for (events, payable) in table {
        assert_eq!(Vendor::replay(events).profile().expect("registered").payable(), payable);
    }
}

/// Vendors with one tax id, legal id or account are one group, whatever they call themselves.
#[test]
fn a_vendor_belongs_to_the_groups_of_its_ids_and_accounts() {
    let vendor = Vendor::replay([registered(), vec![account_added()]].concat());
    let account_key = format!("account:{}", account().canonical());
    let keys = vendor.profile().expect("registered").group_keys(VENDOR);
    assert_eq!(keys, [format!("vendor:{VENDOR}"), "vat:DE123456789".to_owned(), "legal:HRB12345".to_owned(), account_key]);
}

/// A party, and the facts by which a document's seller is recognised as it.
#[test]
fn a_seller_is_recognised_by_official_ids_or_else_by_name_and_country() {
    let nameless = |name: &str| Party { vat_id: None, legal_id: None, ..party(name) };
    let elsewhere = |name: &str| Party { address: Default::default(), ..nameless(name) };
    let table = [
        (nordlicht(), "vendor|vat:DE123456789 vendor|legal:HRB12345"),
        (Party { vat_id: Some("de-123.456/789".to_owned()), ..nameless("X") }, "vendor|vat:DE123456789"),
        (Party { vat_id: Some(" - ".to_owned()), ..nameless("X") }, "vendor|name:DE:X"),
        (Party { tax_registration: Some("12/345".to_owned()), ..nameless("X") }, "vendor|tax:12345"),
        (nameless("Nord-Licht  GmbH"), "vendor|name:DE:NORDLICHTGMBH"),
        (elsewhere("ｎordlicht"), "vendor|name:-:NORDLICHT"),
    ];
    for (party, expected) in table {
        assert_eq!(vendor_keys(&party).join(" "), expected);
    }
}

#[test]
fn an_identity_is_claimed_by_one_vendor_and_freed_when_it_changes() {
    let moved = Party { vat_id: Some("DE999999999".to_owned()), ..nordlicht() };
    let vendor = Vendor::replay(registered());
    assert_eq!(claims(&Vendor::default(), &registration(Origin::Person)), "+vendor|vat:DE123456789 +vendor|legal:HRB12345");
    assert_eq!(claims(&vendor, &changed(moved)), "-vendor|vat:DE123456789 +vendor|vat:DE999999999");
    assert_eq!(claims(&vendor, &changed(nordlicht())), "");
    assert_eq!(claims(&vendor, &account_added()), "");
}

fn numbered(number: &str) -> VendorDetails {
    VendorDetails { number: Some(number.to_owned()), ..VendorDetails::default() }
}

#[test]
fn what_the_company_keeps_of_a_vendor_is_kept_once() {
    let describe = |details| VendorCommand::Describe { details, by: CARL, control: BankChangeControl::default() };
    let described = |details| VendorEvent::Described { details, by: CARL };
    given::<Vendor>(registered()).when(describe(VendorDetails::default())).then_expect_events(vec![]);
    given::<Vendor>(registered()).when(describe(numbered("V-7"))).then_expect_events(vec![described(numbered("V-7"))]);
    given::<Vendor>(registered()).and(vec![described(numbered("V-7"))]).when(describe(numbered("V-7"))).then_expect_events(vec![]);
    given::<Vendor>(registered()).when(describe(numbered(" "))).then_expect_error(VendorRefusal::VendorNumberInvalid);
}

#[test]
fn a_vendors_number_is_claimed_and_freed_when_it_changes() {
    let described = |details| VendorEvent::Described { details, by: CARL };
    let vendor = Vendor::replay([registered(), vec![described(numbered("v 7"))]].concat());
    assert_eq!(claims(&Vendor::replay(registered()), &described(numbered("v 7"))), "+vendor|number|V7");
    assert_eq!(claims(&vendor, &described(numbered("V7"))), "");
    assert_eq!(claims(&vendor, &described(numbered("V8"))), "-vendor|number|V7 +vendor|number|V8");
    assert_eq!(claims(&vendor, &described(VendorDetails::default())), "-vendor|number|V7");
}

/// A person is told of a VAT identifier that cannot be; a document states what it states, and nobody has to mend it first.
#[test]
fn a_person_registers_no_vat_identifier_that_cannot_be() {
    let odd = |name: &str| Party { vat_id: Some("DE12".to_owned()), ..party(name) };
    nothing::<Vendor>().when(register(odd("X"))).then_expect_error(VendorRefusal::VatIdInvalid);
    given::<Vendor>(registered()).when(change(odd("X"))).then_expect_error(VendorRefusal::VatIdInvalid);
    let from_document =
        |party| VendorEvent::Registered { party, currency: Some(Currency::EUR), payment_days: 30, origin: Origin::Document, by: ANNA };
    let import =
        VendorCommand::Register { party: odd("X"), currency: Some(Currency::EUR), payment_days: 30, origin: Origin::Document, by: ANNA };
    nothing::<Vendor>().when(import).then_expect_events(vec![from_document(odd("X"))]);
    let reached = Party { email: None, ..odd("X") };
    given::<Vendor>(vec![from_document(odd("X"))]).when(change(reached.clone())).then_expect_events(vec![changed(reached)]);
}
