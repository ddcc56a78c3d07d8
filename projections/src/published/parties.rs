//! What others may know of the company, its vendors, its customers and its people.

use quittance_domain::bank_account::BankAccount;
use quittance_domain::customer::{CustomerDetails, CustomerEvent};
use quittance_domain::exception::AnswerTimes;
use quittance_domain::invoice::Assignment;
use quittance_domain::party::{Address, Party};
use quittance_domain::tenant::{AchOrigination, BankChangeControl, CompanyAccount, CompanyIdentity, DiscountTax, StockRules, TenantEvent};
use quittance_domain::user::{ApiKey, UserEvent};
use quittance_domain::vendor::{DefaultCoding, PaymentData, VendorDetails, VendorEvent};
use quittance_domain::vouching::{HandedKey, VouchingEvent};
use serde_json::Value;

use super::data;

pub fn tenant(event: &TenantEvent) -> Value {
    match event {
        TenantEvent::Created { name, base_currency, address: place } => data! { name, base_currency, address: address(place) },
        TenantEvent::AccountAdded { account: CompanyAccount { id, name, account: bank, currency }, by } => {
            data! { account: data! { id, name, account: account(bank), currency }, by }
        }
        TenantEvent::BankChangeControlSet { control: guard, by }
        | TenantEvent::BankChangeControlLooseningDeclined { control: guard, by } => {
            data! { control: control(guard), by }
        }
        TenantEvent::BankChangeControlLooseningProposed { control: guard, by, at } => data! { control: control(guard), by, at },
        TenantEvent::BankChangeControlLooseningConfirmed { control: guard, by } => data! { control: control(guard), by },
        TenantEvent::AchOriginationSet { origination, by } => {
            // What the bank knows the company by may be its tax number.
            let AchOrigination { bank_account_id, entry_description, balanced, .. } = origination;
            data! { origination: data! { bank_account_id, entry_description, balanced }, by }
        }
        TenantEvent::StockRulesSet { rules: StockRules { below_zero_allowed }, by } => data! { rules: data! { below_zero_allowed }, by },
        TenantEvent::AnswerTimesSet { times: AnswerTimes { hours }, by } => data! { times: data! { hours }, by },
        TenantEvent::IdentityChanged { identity, by } => {
            let CompanyIdentity { name, vat_id, tax_registration, legal_id, address: place } = &**identity;
            data! { identity: data! { name, vat_id, tax_registration, legal_id, address: address(place) }, by }
        }
        TenantEvent::TimeZoneSet { time_zone, by } => data! { time_zone, by },
        TenantEvent::DiscountTaxSet { discount_tax: DiscountTax { reduces_input_tax }, by } => {
            data! { discount_tax: data! { reduces_input_tax }, by }
        }
    }
}

fn control(guard: &BankChangeControl) -> Value {
    let BankChangeControl { second_person, cooling_off_days } = guard;
    data! { second_person, cooling_off_days }
}

/// People leave as ids and roles.
pub fn user(event: &UserEvent) -> Value {
    match event {
        UserEvent::Added { email: _, name: _, roles } => data! { roles },
        UserEvent::RolesChanged { roles, by } => data! { roles, by },
        UserEvent::AuthoritySet { manager, approval_limit, by } => data! { manager, approval_limit, by },
        UserEvent::Deactivated { by } => data! { by },
        UserEvent::KeyIssued { key: ApiKey { key_id, prefix: _, hash: _, expires_at } } => {
            data! { key: data! { key_id, expires_at } }
        }
        UserEvent::KeyRevoked { key_id, by } => data! { key_id, by },
    }
}

pub fn vouching(event: &VouchingEvent) -> Value {
    match event {
        VouchingEvent::KeyHanded { key: HandedKey { user_id, key_id, by, at } } => data! { key: data! { user_id, key_id, by, at } },
        VouchingEvent::Given { user_id, by } => data! { user_id, by },
    }
}

pub fn vendor(event: &VendorEvent) -> Value {
    match event {
        VendorEvent::Registered { party: named, currency, payment_days, origin, by } => {
            data! { party: party(named), currency, payment_days, origin, by }
        }
        VendorEvent::Changed { party: named, currency, payment_days, by } => {
            data! { party: party(named), currency, payment_days, by }
        }
        VendorEvent::Described { details, by } => data! { details: described(details), by },
        VendorEvent::BankAccountAdded { id, account: bank, by, holder: _ } => data! { id, account: account(bank), by },
        VendorEvent::BankAccountProposed { id, account: bank, replaces, by, at, cooling_off_days: _, holder: _ } => {
            data! { id, account: account(bank), replaces, by, at }
        }
        VendorEvent::BankAccountVerified { id, by, payable_from } => data! { id, by, payable_from },
        VendorEvent::BankAccountRejected { id, by, reason } => data! { id, by, reason },
        VendorEvent::BankAccountRemoved { id, by } => data! { id, by },
        VendorEvent::PaymentDataChanged { before, after, by } => data! { before: paid_by(before), after: paid_by(after), by },
        VendorEvent::Verified { by } | VendorEvent::PaymentDataConfirmed { by } | VendorEvent::Unblocked { by } => data! { by },
        VendorEvent::Blocked { reason, by } => data! { reason, by },
        VendorEvent::MergedInto { into, by } => data! { into, by },
        VendorEvent::Absorbed { vendors, by } => data! { vendors, by },
    }
}

pub fn customer(event: &CustomerEvent) -> Value {
    match event {
        CustomerEvent::Registered { details, by } | CustomerEvent::DetailsChanged { details, by } => {
            data! { details: sold_to(details), by }
        }
        CustomerEvent::Blocked { reason, by } => data! { reason, by },
        CustomerEvent::Unblocked { by } => data! { by },
        CustomerEvent::MergedInto { into, by } => data! { into, by },
        CustomerEvent::Absorbed { customers, by } => data! { customers, by },
    }
}

/// Its contacts are people, and what it wants to read on its invoices may name one: both stay here.
fn sold_to(details: &CustomerDetails) -> Value {
    let CustomerDetails { party: named, other_names, number, group, contacts: _, buyer_reference: _, .. } = details;
    let CustomerDetails { currency, payment_terms, coding, .. } = details;
    let coded = |Assignment { account_code, cost_centre, project, tax_code }: &Assignment| {
        data! { account_code, cost_centre, project, tax_code }
    };
    data! { party: party(named), other_names, number, group, currency, payment_terms, coding: coding.as_ref().map(coded) }
}

/// Contacts are people, and what the law or the company thinks of it is its own matter: they stay here.
fn described(details: &VendorDetails) -> Value {
    let VendorDetails { number, group, customer, person: _, contacts: _, coding, payment_terms, .. } = details;
    let VendorDetails { withholding_tax: _, legal_priority: _, risk: _, .. } = details;
    let DefaultCoding { account_code, cost_centre, tax_code } = coding;
    data! { number, group, customer, coding: data! { account_code, cost_centre, tax_code }, payment_terms }
}

/// Its tax and whether it is a person stay here, as in what describes it.
fn paid_by(data: &PaymentData) -> Value {
    let PaymentData { name, vat_id, tax_registration, legal_id, address: place, .. } = data;
    let PaymentData { payment_days, payment_terms, withholding_tax: _, person: _, legal_priority: _, risk: _, .. } = data;
    data! { name, vat_id, tax_registration, legal_id, address: address(place), payment_days, payment_terms }
}

/// A business partner; its mail and electronic addresses may be a person's.
pub(super) fn party(party: &Party) -> Value {
    let Party { name, vat_id, tax_registration, legal_id, electronic_address: _, email: _, address: place } = party;
    data! { name, vat_id, tax_registration, legal_id, address: address(place) }
}

pub(super) fn address(address: &Address) -> Value {
    let Address { lines, city, postal_code, subdivision, country } = address;
    data! { lines, city, postal_code, subdivision, country }
}

/// Enough to recognise the account, too little to pay to it.
pub(super) fn account(account: &BankAccount) -> Value {
    let kind = match account {
        BankAccount::Iban { .. } => "iban",
        BankAccount::Us { .. } => "us",
        BankAccount::Other { .. } => "other",
        BankAccount::MobileMoney { .. } => "mobile_money",
    };
    data! { kind, masked: account.masked() }
}
