//! The tenant, its users, its policy and its vendors.

use quittance_domain::Currency;
use quittance_domain::policy::{Approvers, PolicyEvent, PolicyRule, PolicyRules, PolicyStep};
use quittance_domain::role::Role;
use quittance_domain::tenant::{BankChangeControl, CompanyAccount, TenantEvent};
use quittance_domain::user::{ApiKey, UserEvent};
use quittance_domain::vendor::{Contact, DefaultCoding, Origin, VendorDetails, VendorEvent};
use rust_decimal::dec;
use serde_json::{Value, json};
use strum::VariantArray;

use super::Sample;
use crate::fixtures::*;

pub fn tenants() -> Vec<Sample<TenantEvent>> {
    let account = CompanyAccount { id: ACCOUNT, name: "House bank".to_owned(), account: account(), currency: Currency::EUR };
    vec![
        ("", TenantEvent::Created { name: "Acme SE".to_owned(), base_currency: Currency::EUR, address: address() }),
        ("", TenantEvent::AccountAdded { account, by: DORA }),
        ("", TenantEvent::BankChangeControlSet { control: BankChangeControl { second_person: true, cooling_off_days: 5 }, by: DORA }),
    ]
}

pub fn users() -> Vec<Sample<UserEvent>> {
    let (email, name) = ("bob@acme.example".to_owned(), "Bob".to_owned());
    let key = |expires_at| ApiKey { key_id: KEY, prefix: "qk_live_1a2b3c4d".to_owned(), hash: "ab".repeat(32), expires_at };
    vec![
        ("", UserEvent::Added { email, name, roles: Role::VARIANTS.to_vec() }),
        ("", UserEvent::RolesChanged { roles: vec![Role::ApClerk, Role::Approver], by: DORA }),
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
        PolicyRule { from: dec!(0), to: Some(dec!(10000.00)), steps: vec![by_role.clone()] },
        PolicyRule { from: dec!(10000.00), to: None, steps: vec![by_role, by_name] },
    ];
    vec![("", PolicyEvent::Adopted { version: 1, rules: PolicyRules { currency: Currency::EUR, rules }, by: DORA })]
}

pub fn vendors() -> Vec<Sample<VendorEvent>> {
    let (party, currency, payment_days) = (party("Nordlicht GmbH"), Some(Currency::EUR), 30);
    let registered = |origin| VendorEvent::Registered { party: party.clone(), currency: None, payment_days, origin, by: ANNA };
    let added = |written: Value| VendorEvent::BankAccountAdded { id: ACCOUNT, account: bank_account(written), by: BOB };
    let proposed =
        |replaces| VendorEvent::BankAccountProposed { id: ACCOUNT, account: account(), replaces, by: BOB, at: at("2026-11-02T09:00:00Z") };
    vec![
        ("", registered(Origin::Person)),
        ("from_document", registered(Origin::Document)),
        ("", VendorEvent::Changed { party: party.clone(), currency, payment_days, by: CARL }),
        ("", added(json!({"kind": "iban", "iban": "DE89370400440532013000", "bic": "DEUTDEFF"}))),
        ("us", added(json!({"kind": "us", "routing_number": "011000015", "account": "000123456789"}))),
        ("other", added(json!({"kind": "other", "account": "12345678", "clearing": {"system": "GBDSC", "member": "200415"}}))),
        ("mobile_money", added(json!({"kind": "mobile_money", "provider": "wing", "handle": "012345678"}))),
        ("", VendorEvent::Described { details: details(), by: CARL }),
        ("bare", VendorEvent::Described { details: VendorDetails::default(), by: CARL }),
        ("", proposed(Some(OTHER_ACCOUNT))),
        ("first", proposed(None)),
        ("", VendorEvent::BankAccountVerified { id: ACCOUNT, by: DORA, payable_from: at("2026-11-05T09:00:00Z") }),
        ("", VendorEvent::BankAccountRejected { id: ACCOUNT, by: DORA, reason: "never called back".to_owned() }),
        ("", VendorEvent::BankAccountRemoved { id: ACCOUNT, by: CARL }),
        ("", VendorEvent::Verified { by: DORA }),
        ("", VendorEvent::Blocked { reason: "fraud".to_owned(), by: BOB }),
        ("", VendorEvent::Unblocked { by: DORA }),
    ]
}

fn details() -> VendorDetails {
    let text = |text: &str| Some(text.to_owned());
    VendorDetails {
        number: text("V-1007"),
        group: text("freight"),
        customer: true,
        contacts: vec![Contact {
            name: "Frieda Fracht".to_owned(),
            subject: text("reminders"),
            email: text("frieda@nordlicht.example"),
            phone: text("+49 40 123"),
        }],
        coding: DefaultCoding { account: text("6300"), cost_centre: text("LOG"), tax_code: text("V19") },
        payment_terms: text("2-10-N30"),
    }
}
