//! The tenant, its users, its policy and its vendors.

use quittance_domain::Currency;
use quittance_domain::delegation::{Delegation, DelegationEvent, Scope};
use quittance_domain::exception::{AnswerTimes, QueueKind};
use quittance_domain::invoice::ExceptionKind;
use quittance_domain::party::{Address, Contact};
use quittance_domain::policy::{
    Approvers, Channel, ImmaterialChange, Managed, Person, PolicyEvent, PolicyRule, PolicyRules, PolicyStep, StageDeadlines, Terms, When,
};
use quittance_domain::role::Role;
use quittance_domain::tenant::{BankChangeControl, CompanyAccount, CompanyIdentity, DiscountTax, StockRules, TenantEvent};
use quittance_domain::time_zone::TimeZone;
use quittance_domain::user::{ApiKey, UserEvent};
use quittance_domain::vendor::{
    DefaultCoding, LegalGround, LegalPriority, Origin, PaymentData, RiskClass, VendorDetails, VendorEvent, VendorRisk,
};
use quittance_domain::vouching::{HandedKey, VouchingEvent};
use rust_decimal::dec;
use serde_json::{Value, json};
use strum::VariantArray;

use super::Sample;
use crate::fixtures::*;

pub fn tenants() -> Vec<Sample<TenantEvent>> {
    let control = BankChangeControl { second_person: false, cooling_off_days: 0 };
    let text = |text: &str| Some(text.to_owned());
    let (name, address) = ("Acme Group SE".to_owned(), address());
    let identity = CompanyIdentity {
        vat_id: text("DE136695976"),
        tax_registration: text("27/123/45678"),
        legal_id: text("HRB 12345"),
        name: name.clone(),
        address: address.clone(),
    };
    let bare = CompanyIdentity { name, vat_id: None, tax_registration: None, legal_id: None, address: Address::default() };
    let account = CompanyAccount { id: ACCOUNT, name: "House bank".to_owned(), account: account(), currency: Currency::EUR };
    vec![
        ("", TenantEvent::Created { name: "Acme SE".to_owned(), base_currency: Currency::EUR, address }),
        ("", TenantEvent::AccountAdded { account, by: DORA }),
        ("", TenantEvent::AchOriginationSet { origination: ach_origination(), by: DORA }),
        ("", TenantEvent::DiscountTaxSet { discount_tax: DiscountTax { reduces_input_tax: true }, by: DORA }),
        ("", TenantEvent::StockRulesSet { rules: StockRules { below_zero_allowed: true }, by: DORA }),
        (
            "",
            TenantEvent::AnswerTimesSet {
                times: AnswerTimes { hours: [(QueueKind::Price, 48), (QueueKind::OnHold, 240)].into() },
                by: DORA,
            },
        ),
        ("", TenantEvent::TimeZoneSet { time_zone: TimeZone::named("Asia/Phnom_Penh").expect("a zone"), by: DORA }),
        ("", TenantEvent::BankChangeControlSet { control: BankChangeControl { second_person: true, cooling_off_days: 5 }, by: DORA }),
        ("", TenantEvent::BankChangeControlLooseningProposed { control, by: DORA, at: at("2026-11-02T09:00:00Z") }),
        ("", TenantEvent::BankChangeControlLooseningConfirmed { control, by: Some(BOB) }),
        ("by_operator", TenantEvent::BankChangeControlLooseningConfirmed { control, by: None }),
        ("", TenantEvent::BankChangeControlLooseningDeclined { control, by: BOB }),
        ("", TenantEvent::IdentityChanged { identity: Box::new(identity), by: DORA }),
        ("bare", TenantEvent::IdentityChanged { identity: Box::new(bare), by: DORA }),
    ]
}

pub fn users() -> Vec<Sample<UserEvent>> {
    let (email, name) = ("bob@acme.example".to_owned(), "Bob".to_owned());
    let key = |expires_at| ApiKey { key_id: KEY, prefix: "qk_live_1a2b3c4d".to_owned(), hash: "ab".repeat(32), expires_at };
    vec![
        ("", UserEvent::Added { email, name, roles: Role::VARIANTS.to_vec() }),
        ("", UserEvent::RolesChanged { roles: vec![Role::ApClerk, Role::Approver], by: DORA }),
        ("", UserEvent::AuthoritySet { manager: Some(DORA), approval_limit: Some(eur(dec!(5000.00))), by: DORA }),
        ("of_nobody", UserEvent::AuthoritySet { manager: None, approval_limit: None, by: DORA }),
        ("", UserEvent::Deactivated { by: DORA }),
        ("", UserEvent::KeyIssued { key: key(Some(at("2027-01-01T00:00:00Z"))) }),
        ("for_ever", UserEvent::KeyIssued { key: key(None) }),
        ("", UserEvent::KeyRevoked { key_id: KEY, by: DORA }),
    ]
}

pub fn policies() -> Vec<Sample<PolicyEvent>> {
    let by_role = PolicyStep { stage: 1, approvers: Approvers::Role(Role::Approver), quorum: 1 };
    let by_name = PolicyStep { stage: 2, approvers: Approvers::Users(vec![BOB, CARL]), quorum: 2 };
    let rules = vec![
        PolicyRule { to: Some(dec!(10000.00)), ..PolicyRule::from_amount(dec!(0), vec![by_role.clone()]) },
        PolicyRule::from_amount(dec!(10000.00), vec![by_role, by_name]),
    ];
    let adopted = |version, rules| PolicyEvent::Adopted { version, rules, by: DORA };
    vec![
        ("", adopted(1, PolicyRules::new(Currency::EUR, rules))),
        ("conditions", adopted(2, with_conditions())),
        ("immaterial", adopted(3, bearing_small_changes())),
        ("category_and_risk", adopted(4, by_category_and_risk())),
        ("", PolicyEvent::Confirmed { version: 2, by: Some(BOB) }),
        ("by_operator", PolicyEvent::Confirmed { version: 3, by: None }),
    ]
}

fn bearing_small_changes() -> PolicyRules {
    let terms = Terms { immaterial_change: Some(ImmaterialChange { percent: dec!(2), amount: dec!(5.00) }), ..Terms::default() };
    PolicyRules { terms, ..PolicyRules::default_for(Currency::EUR) }
}

fn by_category_and_risk() -> PolicyRules {
    let when = When { categories: vec!["metal".to_owned()], vendor_risks: vec![RiskClass::Medium, RiskClass::High], ..When::default() };
    let owner = PolicyStep { stage: 1, approvers: Approvers::Role(Role::Owner), quorum: 1 };
    PolicyRules::new(Currency::EUR, vec![PolicyRule { when, ..PolicyRule::from_amount(dec!(0), vec![owner]) }])
}

/// Conditions and terms that a policy can have.
fn with_conditions() -> PolicyRules {
    let when = When {
        vendors: vec![VENDOR],
        currencies: vec![Currency::EUR],
        sources: vec![Channel::Json, Channel::Document],
        exceptions: vec![ExceptionKind::BankAccount],
        new_vendor: Some(true),
        bank_changed: Some(false),
        accounts: vec![],
        cost_centres: vec![],
        projects: vec![],
        categories: vec![],
        vendor_risks: vec![],
    };
    let manager = |person| PolicyStep { stage: 1, approvers: Approvers::ManagerOf(Managed { person, level: 1 }), quorum: 1 };
    let steps = vec![manager(Person::Submitter), manager(Person::Enterer), manager(Person::User(BOB))];
    let rule = PolicyRule { aggregate: true, when, ..PolicyRule::from_amount(dec!(0), steps) };
    let hours = StageDeadlines { stage: 1, remind_after_hours: Some(24), escalate_after_hours: Some(48), expire_after_hours: Some(168) };
    let terms = Terms {
        splitting_window_days: 14,
        bank_change_days: Some(30),
        exclude_receivers: true,
        same_person_in_stages: true,
        immaterial_change: None,
        deadlines: vec![hours],
    };
    PolicyRules { terms, ..PolicyRules::new(Currency::EUR, vec![rule]) }
}

pub fn delegations() -> Vec<Sample<DelegationEvent>> {
    let scope = Scope { max_amount: Some(eur(dec!(5000.00))), raises_limit: true, categories: vec![] };
    let (starts_at, ends_at) = (at("2026-03-01T00:00:00Z"), at("2026-03-15T00:00:00Z"));
    let delegation = Delegation { id: DELEGATION, delegator: BOB, delegate: CARL, starts_at, ends_at, scope };
    let of_everything = Delegation { scope: Scope::default(), ..delegation.clone() };
    let of_metal = Delegation { scope: Scope { categories: vec!["metal".to_owned()], ..Scope::default() }, ..delegation.clone() };
    vec![
        ("", DelegationEvent::Granted { delegation, by: BOB }),
        ("of_category", DelegationEvent::Granted { delegation: of_metal, by: BOB }),
        ("of_everything", DelegationEvent::Granted { delegation: of_everything, by: BOB }),
        ("", DelegationEvent::Revoked { id: DELEGATION, by: DORA }),
    ]
}

pub fn vouchings() -> Vec<Sample<VouchingEvent>> {
    let key = HandedKey { user_id: BOB, key_id: KEY, by: ANNA, at: at("2026-11-02T09:00:00Z") };
    vec![
        ("", VouchingEvent::KeyHanded { key }),
        ("", VouchingEvent::Given { user_id: BOB, by: Some(DORA) }),
        ("by_operator", VouchingEvent::Given { user_id: BOB, by: None }),
    ]
}

pub fn vendors() -> Vec<Sample<VendorEvent>> {
    let (party, currency, payment_days) = (party("Nordlicht GmbH"), Some(Currency::EUR), 30);
    let registered = |origin| VendorEvent::Registered { party: party.clone(), currency: None, payment_days, origin, by: ANNA };
    let added = |written: Value| VendorEvent::BankAccountAdded { id: ACCOUNT, account: bank_account(written), by: BOB, holder: None };
    let proposed = |replaces, cooling_off_days| {
        let at = at("2026-11-02T09:00:00Z");
        VendorEvent::BankAccountProposed { id: ACCOUNT, account: account(), replaces, by: BOB, at, cooling_off_days, holder: None }
    };
    vec![
        ("", registered(Origin::Person)),
        ("from_document", registered(Origin::Document)),
        ("", VendorEvent::Changed { party: party.clone(), currency, payment_days, by: CARL }),
        ("", added(json!({"kind": "iban", "iban": "DE89370400440532013000", "bic": "DEUTDEFF"}))),
        ("factor", VendorEvent::BankAccountAdded { id: ACCOUNT, account: account(), by: BOB, holder: Some("Factor Bank AG".to_owned()) }),
        ("us", added(json!({"kind": "us", "routing_number": "011000015", "account": "000123456789"}))),
        ("other", added(json!({"kind": "other", "account": "12345678", "clearing": {"system": "GBDSC", "member": "200415"}}))),
        ("mobile_money", added(json!({"kind": "mobile_money", "provider": "wing", "handle": "012345678"}))),
        ("", VendorEvent::Described { details: details(), by: CARL }),
        ("person", VendorEvent::Described { details: VendorDetails { person: true, ..VendorDetails::default() }, by: CARL }),
        (
            "withholding",
            VendorEvent::Described { details: VendorDetails { withholding_tax: Some("WHT-10".to_owned()), ..details() }, by: CARL },
        ),
        ("bare", VendorEvent::Described { details: VendorDetails::default(), by: CARL }),
        (
            "legal_priority",
            VendorEvent::Described {
                details: VendorDetails { legal_priority: Some(legal_priority()), ..VendorDetails::default() },
                by: CARL,
            },
        ),
        ("", proposed(Some(OTHER_ACCOUNT), None)),
        ("first", proposed(None, None)),
        ("cooling_off", proposed(Some(OTHER_ACCOUNT), Some(3))),
        ("", VendorEvent::BankAccountVerified { id: ACCOUNT, by: DORA, payable_from: at("2026-11-05T09:00:00Z") }),
        ("", VendorEvent::BankAccountRejected { id: ACCOUNT, by: DORA, reason: "never called back".to_owned() }),
        ("", VendorEvent::BankAccountRemoved { id: ACCOUNT, by: CARL }),
        ("", VendorEvent::Verified { by: DORA }),
        ("", VendorEvent::Blocked { reason: "fraud".to_owned(), by: BOB }),
        ("", VendorEvent::Unblocked { by: DORA }),
        ("", payment_data_changed(None, None)),
        ("legal_priority", payment_data_changed(Some(legal_priority()), None)),
        ("risk", VendorEvent::Described { details: VendorDetails { risk: Some(risk()), ..VendorDetails::default() }, by: CARL }),
        ("risk", payment_data_changed(None, Some(risk()))),
        ("", VendorEvent::PaymentDataConfirmed { by: DORA }),
        ("", VendorEvent::MergedInto { into: VENDOR, by: BOB }),
        ("", VendorEvent::Absorbed { vendors: vec![VENDOR], by: BOB }),
    ]
}

fn legal_priority() -> LegalPriority {
    LegalPriority { ground: LegalGround::Taxes, reason: "wage tax is due by the 10th".to_owned() }
}

fn risk() -> VendorRisk {
    VendorRisk { class: RiskClass::High, reason: "late with its accounts".to_owned() }
}

fn payment_data_changed(legal_priority: Option<LegalPriority>, risk: Option<VendorRisk>) -> VendorEvent {
    let text = |text: &str| Some(text.to_owned());
    let before = PaymentData {
        name: "Nordlicht GmbH".to_owned(),
        vat_id: text("DE123456789"),
        tax_registration: text("12/345/67890"),
        legal_id: text("HRB12345"),
        address: party("Nordlicht GmbH").address,
        payment_days: 30,
        payment_terms: None,
        withholding_tax: None,
        person: false,
        legal_priority: None,
        risk: None,
    };
    let after = PaymentData {
        name: "Nordlicht Logistik GmbH".to_owned(),
        payment_days: 14,
        payment_terms: text("2-10-N30"),
        withholding_tax: text("WHT-10"),
        person: true,
        legal_priority,
        risk,
        ..before.clone()
    };
    VendorEvent::PaymentDataChanged { before: Box::new(before), after: Box::new(after), by: CARL }
}

fn details() -> VendorDetails {
    let text = |text: &str| Some(text.to_owned());
    VendorDetails {
        number: text("V-1007"),
        group: text("freight"),
        customer: true,
        person: false,
        contacts: vec![Contact {
            name: "Frieda Fracht".to_owned(),
            subject: text("reminders"),
            email: text("frieda@nordlicht.example"),
            phone: text("+49 40 123"),
        }],
        coding: DefaultCoding { account_code: text("6300"), cost_centre: text("LOG"), tax_code: text("V19") },
        payment_terms: text("2-10-N30"),
        withholding_tax: None,
        legal_priority: None,
        risk: None,
    }
}
