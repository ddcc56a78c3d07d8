//! What a vendor is paid by is changed by one person and confirmed by another; money waits meanwhile.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::ids::UserId;
use quittance_domain::party::{Address, Party};
use quittance_domain::tenant::BankChangeControl;
use quittance_domain::vendor::{
    LegalGround, LegalPriority, Origin, PaymentData, RiskClass, Vendor, VendorCommand, VendorDetails, VendorEvent, VendorRefusal,
    VendorRisk,
};
use quittance_domain::{Currency, Refusal, Root};

fn named(name: &str) -> Party {
    party(name)
}

fn registered() -> Vec<VendorEvent> {
    registered_by(Origin::Person)
}

fn registered_by(origin: Origin) -> Vec<VendorEvent> {
    vec![VendorEvent::Registered { party: named("Nordlicht"), currency: Some(Currency::EUR), payment_days: 30, origin, by: ANNA }]
}

fn data(name: &str) -> PaymentData {
    let history = vec![VendorEvent::Registered { party: named(name), currency: None, payment_days: 30, origin: Origin::Person, by: ANNA }];
    Vendor::replay(history).profile().expect("registered").payment_data()
}

fn rename(name: &str, by: UserId) -> VendorCommand {
    let control = BankChangeControl::default();
    VendorCommand::Change { party: named(name), currency: Some(Currency::EUR), payment_days: 30, by, control }
}

/// What renaming comes to.
fn renamed(from: &str, to: &str, by: UserId) -> Vec<VendorEvent> {
    vec![
        VendorEvent::Changed { party: named(to), currency: Some(Currency::EUR), payment_days: 30, by },
        VendorEvent::PaymentDataChanged { before: Box::new(data(from)), after: Box::new(data(to)), by },
    ]
}

fn verify(by: UserId) -> VendorCommand {
    VendorCommand::Verify { by }
}

fn payable(events: Vec<VendorEvent>) -> Result<(), VendorRefusal> {
    Vendor::replay(events).profile().expect("registered").payable()
}

#[test]
fn a_change_says_what_was_before_and_is_after_and_money_waits_for_a_second_person() {
    let changed = [registered(), renamed("Nordlicht", "Nordlicht AG", CARL)].concat();
    given::<Vendor>(registered()).when(rename("Nordlicht AG", CARL)).then_expect_events(renamed("Nordlicht", "Nordlicht AG", CARL));
    assert_eq!(payable(changed.clone()), Err(VendorRefusal::VendorChangeUnconfirmed));
    given::<Vendor>(changed.clone()).when(verify(CARL)).then_expect_error(VendorRefusal::SelfVerification);
    let confirmed = VendorEvent::PaymentDataConfirmed { by: DORA };
    given::<Vendor>(changed.clone()).when(verify(DORA)).then_expect_events(vec![confirmed.clone()]);
    let confirmed = [changed, vec![confirmed]].concat();
    assert_eq!(payable(confirmed.clone()), Ok(()));
    given::<Vendor>(confirmed).when(verify(CARL)).then_expect_events(vec![]);
}

#[test]
fn who_changed_a_part_of_it_does_not_confirm_what_somebody_else_changed_after() {
    let twice = [renamed("Nordlicht", "Nordlicht AG", CARL), renamed("Nordlicht AG", "Sudlicht", BOB)].concat();
    let changed = || given::<Vendor>(registered()).and(twice.clone());
    changed().when(verify(CARL)).then_expect_error(VendorRefusal::SelfVerification);
    changed().when(verify(BOB)).then_expect_error(VendorRefusal::SelfVerification);
    changed().when(verify(ANNA)).then_expect_events(vec![VendorEvent::PaymentDataConfirmed { by: ANNA }]);
}

#[test]
fn what_is_taken_back_needs_nobody() {
    let back = [registered(), renamed("Nordlicht", "Nordlicht AG", CARL), renamed("Nordlicht AG", "Nordlicht", BOB)].concat();
    assert_eq!(payable(back), Ok(()));
    let half_back = [registered(), renamed("Nordlicht", "A", CARL), renamed("A", "B", BOB), renamed("B", "A", CARL)].concat();
    assert_eq!(payable(half_back), Err(VendorRefusal::VendorChangeUnconfirmed));
}

#[test]
fn who_works_alone_confirms_what_they_change() {
    let control = BankChangeControl { second_person: false, ..BankChangeControl::default() };
    let alone = VendorCommand::Change { party: named("Nordlicht AG"), currency: Some(Currency::EUR), payment_days: 30, by: CARL, control };
    let events = [renamed("Nordlicht", "Nordlicht AG", CARL), vec![VendorEvent::PaymentDataConfirmed { by: CARL }]].concat();
    given::<Vendor>(registered()).when(alone).then_expect_events(events.clone());
    assert_eq!(payable([registered(), events].concat()), Ok(()));
}

#[test]
fn what_waits_for_a_second_person_waits_also_once_there_is_none() {
    let control = BankChangeControl { second_person: false, ..BankChangeControl::default() };
    let change =
        |name: &str| VendorCommand::Change { party: named(name), currency: Some(Currency::EUR), payment_days: 30, by: CARL, control };
    let waiting = || [registered(), renamed("Nordlicht", "Fraud Ltd", CARL)].concat();
    let further = renamed("Fraud Ltd", "Fraud Inc", CARL);
    given::<Vendor>(waiting()).when(change("Fraud Inc")).then_expect_events(further.clone());
    let changed = || [waiting(), further.clone()].concat();
    assert_eq!(payable(changed()), Err(VendorRefusal::VendorChangeUnconfirmed));
    given::<Vendor>(changed()).when(verify(CARL)).then_expect_error(VendorRefusal::SelfVerification);
    // Taken back, it waits no more, and what is changed from then on is nobody else's business.
    let back = [changed(), renamed("Fraud Inc", "Nordlicht", CARL)].concat();
    assert_eq!(payable(back.clone()), Ok(()));
    let alone = [renamed("Nordlicht", "Nordlicht AG", CARL), vec![VendorEvent::PaymentDataConfirmed { by: CARL }]].concat();
    given::<Vendor>(back).when(change("Nordlicht AG")).then_expect_events(alone);
}

#[test]
fn a_vendor_that_nobody_verified_is_verified_with_what_was_changed_and_not_by_who_changed_it() {
    let described = VendorDetails { payment_terms: Some("N7".to_owned()), ..VendorDetails::default() };
    let describe = VendorCommand::Describe { details: described.clone(), by: BOB, control: BankChangeControl::default() };
    let after = PaymentData { payment_terms: Some("N7".to_owned()), ..data("Nordlicht") };
    let events = vec![
        VendorEvent::Described { details: described, by: BOB },
        VendorEvent::PaymentDataChanged { before: Box::new(data("Nordlicht")), after: Box::new(after), by: BOB },
    ];
    given::<Vendor>(registered_by(Origin::Document)).when(describe).then_expect_events(events.clone());
    let described = [registered_by(Origin::Document), events].concat();
    given::<Vendor>(described.clone()).when(verify(BOB)).then_expect_error(VendorRefusal::SelfVerification);
    given::<Vendor>(described.clone()).when(verify(DORA)).then_expect_events(vec![VendorEvent::Verified { by: DORA }]);
    assert_eq!(payable([described, vec![VendorEvent::Verified { by: DORA }]].concat()), Ok(()));
}

/// Changes of before there was a second person for them stop nothing.
#[test]
fn an_old_change_stands() {
    let old = VendorEvent::Changed { party: named("Nordlicht AG"), currency: None, payment_days: 7, by: CARL };
    assert_eq!(payable([registered(), vec![old]].concat()), Ok(()));
}

/// What is changed, and whether money waits for it.
#[test]
fn what_only_the_company_cares_for_needs_nobody() {
    let text = |text: &str| Some(text.to_owned());
    let party = named("Nordlicht");
    let moved = Address { city: text("Bremen"), ..party.address.clone() };
    let changes = [
        (Party { vat_id: text("DE999999999"), ..party.clone() }, 30, "vat_id"),
        (Party { tax_registration: text("9/9"), ..party.clone() }, 30, "tax_registration"),
        (Party { legal_id: text("HRB 9"), ..party.clone() }, 30, "legal_id"),
        (Party { address: moved, ..party.clone() }, 30, "address"),
        (party.clone(), 7, "payment_days"),
        (Party { email: text("a@b.example"), electronic_address: text("0204:9"), ..party.clone() }, 30, ""),
    ];
    let control = BankChangeControl::default();
    let row = |command, fields: &str| {
        let events = Vendor::replay(registered()).decide(command).expect("allowed");
        let differing = events.iter().find_map(|event| match event {
            VendorEvent::PaymentDataChanged { before, after, .. } => Some(before.differing(after).join(" ")),
            _ => None,
        });
        assert_eq!(differing.unwrap_or_default(), fields);
    };
    for (party, payment_days, fields) in changes {
        row(VendorCommand::Change { party, currency: Some(Currency::EUR), payment_days, by: CARL, control }, fields);
    }
    let bare = VendorDetails::default;
    let details = [
        (VendorDetails { payment_terms: text("N7"), ..bare() }, "payment_terms"),
        (VendorDetails { withholding_tax: text("W"), ..bare() }, "withholding_tax"),
        (VendorDetails { person: true, ..bare() }, "person"),
        (VendorDetails { risk: Some(risk(RiskClass::Low)), ..bare() }, "risk"),
        (VendorDetails { legal_priority: Some(wages("paid first in insolvency")), ..bare() }, "legal_priority"),
        (VendorDetails { number: text("V-1"), group: text("freight"), customer: true, ..bare() }, ""),
    ];
    for (details, fields) in details {
        row(VendorCommand::Describe { details, by: CARL, control }, fields);
    }
}

fn wages(reason: &str) -> LegalPriority {
    LegalPriority { ground: LegalGround::Wages, reason: reason.to_owned() }
}

fn risk(class: RiskClass) -> VendorRisk {
    VendorRisk { class, reason: "as it is known".to_owned() }
}

#[derive(Debug)]
enum Act {
    States(RiskClass),
    TakesBack,
    Confirms,
}

/// What is done one after the other, and what counts then.
#[test]
fn a_lower_risk_counts_once_a_second_person_has_confirmed_it() {
    use Act::{Confirms, States, TakesBack};
    use RiskClass::{High, Low, Medium};
    let table: [(&[Act], Option<RiskClass>); 8] = [
        (&[], None),
        (&[States(Low)], Some(Low)),
        (&[States(High)], Some(High)),
        (&[States(High), Confirms, States(Low)], Some(High)),
        (&[States(High), Confirms, TakesBack], Some(High)),
        (&[States(High), Confirms, States(Low), Confirms], Some(Low)),
        (&[States(Medium), Confirms, States(Low), States(High)], Some(High)),
        (&[States(Medium), Confirms, TakesBack, Confirms], None),
    ];
    let describe = |risk: Option<VendorRisk>| {
        let details = VendorDetails { risk, ..VendorDetails::default() };
        VendorCommand::Describe { details, by: CARL, control: BankChangeControl::default() }
    };
    for (acts, counts) in table {
        let mut events = registered();
        for act in acts {
            let command = match act {
                States(class) => describe(Some(risk(*class))),
                TakesBack => describe(None),
                Confirms => verify(DORA),
            };
            events.extend(Vendor::replay(events.clone()).decide(command).expect("allowed"));
        }
        assert_eq!(Vendor::replay(events).profile().expect("registered").risk(), counts, "{acts:?}");
    }
}

#[test]
fn what_is_thought_of_a_vendor_is_said_with_a_reason() {
    let details = VendorDetails { risk: Some(VendorRisk { reason: String::new(), ..risk(RiskClass::Low) }), ..VendorDetails::default() };
    let describe = VendorCommand::Describe { details, by: CARL, control: BankChangeControl::default() };
    given::<Vendor>(registered()).when(describe).then_expect_error(VendorRefusal::ReasonMissing { of: "risk" });
}

#[test]
fn who_is_paid_before_others_is_said_with_a_reason() {
    let details = VendorDetails { legal_priority: Some(wages(" ")), ..VendorDetails::default() };
    let refusal = VendorRefusal::ReasonMissing { of: "legal_priority" };
    assert_eq!(refusal.pointer().as_deref(), Some("/legal_priority/reason"));
    let describe = VendorCommand::Describe { details, by: CARL, control: BankChangeControl::default() };
    given::<Vendor>(registered()).when(describe).then_expect_error(refusal);
}

proptest! {
    /// Whoever changes and confirms in whatever order: money goes only by data that two people have seen.
    #[test]
    fn nobody_pays_by_what_one_person_alone_has_seen(acts in prop::collection::vec((0..3_u8, 0..4_u8), 0..12)) {
        let people = [ANNA, BOB, CARL];
        let (mut events, mut trusted, mut makers) = (registered(), "0".to_owned(), Vec::new());
        events.extend(renamed("Nordlicht", "0", ANNA));
        events.push(VendorEvent::PaymentDataConfirmed { by: BOB });
        for (who, what) in acts {
            let by = people[usize::from(who)];
            let vendor = Vendor::replay(events.clone());
            let command = if what == 3 { verify(by) } else { rename(&what.to_string(), by) };
            let Ok(decided) = vendor.decide(command) else { continue };
            if what == 3 && !decided.is_empty() {
                prop_assert!(!makers.contains(&by));
                trusted = vendor.profile().expect("registered").party.name.clone();
                makers.clear();
            } else if what != 3 && !decided.is_empty() {
                makers.push(by);
            }
            events.extend(decided);
            let now = Vendor::replay(events.clone());
            let profile = now.profile().expect("registered");
            if profile.party.name == trusted {
                makers.clear();
            }
            prop_assert_eq!(profile.payable().is_ok(), profile.party.name == trusted);
        }
    }
}
