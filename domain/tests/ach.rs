//! ACH: one entry an account, found again by its id; one file a name; what a bank's header holds.

mod fixtures;

use fixtures::*;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::ids::PaymentRunId;
use quittance_domain::payment::{
    AchReceiver, Method, Payment, PaymentCommand, PaymentEvent, PaymentPlan, PaymentRefusal, ach_entry_claim, bank_file_claim,
};
use quittance_domain::tenant::{AchOrigination, CompanyAccount, Tenant, TenantCommand, TenantEvent, TenantRefusal};
use quittance_domain::{ClaimChange, Currency, Root};
use rust_decimal::dec;
use serde_json::json;
use uuid::Uuid;

#[test]
fn what_one_account_is_sent_is_one_entry_of_fifteen_characters() {
    let plan = ach_plan();
    let entries = plan.ach_entries();
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].items.len(), entries[0].amount.amount()), (2, dec!(120.50)));
    let id = entries[0].identification;
    assert!(id.len() == 15 && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()), "{id}");
    assert!(self::plan().ach_entries().is_empty(), "a SEPA payment has none");
}

#[test]
fn another_payment_vendor_account_or_invoice_of_a_person_is_another_entry() {
    let account = us_account("4711");
    let company =
        |payment, vendor_id, account: &BankAccount| AchReceiver { vendor_id, account, line_of_person: None }.identification(payment);
    let person = |line| AchReceiver { vendor_id: VENDOR, account: &account, line_of_person: Some(line) }.identification(PAYMENT);
    let ids = [
        company(PAYMENT, VENDOR, &account),
        company(OTHER_PAYMENT, VENDOR, &account),
        company(PAYMENT, OTHER_VENDOR, &account),
        company(PAYMENT, VENDOR, &us_account("4712")),
        person(1),
        person(2),
    ];
    for (index, id) in ids.iter().enumerate() {
        assert!(!ids[..index].contains(id), "{index}");
    }
    assert_eq!(company(PAYMENT, VENDOR, &us_account("47 11")), ids[0], "however the number is written");
}

#[test]
fn entries_and_file_names_are_taken_once() {
    let (payment, plan) = (Payment::default(), ach_plan());
    let entry = ach_entry_claim(plan.ach_entries()[0].identification);
    assert_eq!(payment.claims(&PaymentEvent::Planned(Box::new(plan.clone()))), [ClaimChange::Take(entry)]);
    let file = PaymentEvent::FileSent { file: sent_ach_file() };
    let of_plan = |plan: PaymentPlan| Payment::replay([PaymentEvent::Planned(Box::new(plan))]);
    assert_eq!(of_plan(plan.clone()).claims(&file), [ClaimChange::Take(bank_file_claim("1123456789-20260329-A"))]);
    let of_run = PaymentPlan { payment_run_id: Some(PaymentRunId(Uuid::from_u128(1))), ..plan };
    assert_eq!(of_plan(of_run).claims(&file), [], "the run has taken it");
    assert_eq!(of_plan(self::plan()).claims(&PaymentEvent::FileSent { file: sent_file() }), [], "a pain.001 is named by its payment");
}

#[test]
fn an_ach_payment_starts_by_file_and_not_by_hand() {
    let authorised = vec![PaymentEvent::Planned(Box::new(ach_plan())), PaymentEvent::Authorised { by: DORA }];
    let now = at("2026-03-29T10:00:00Z");
    let started = PaymentEvent::Started { by: ERIN, at: now };
    given::<Payment>(authorised.clone()).when(PaymentCommand::Start { by: ERIN, at: now }).then_expect_events(vec![started]);
    let by_hand = PaymentCommand::RecordManually { by: ERIN, at: now, record: manual_record() };
    let refused = PaymentRefusal::WrongMethod { method: Method::AchCreditTransfer };
    given::<Payment>(authorised).when(by_hand).then_expect_error(refused);
}

fn company() -> Vec<TenantEvent> {
    let account = |id, account| CompanyAccount { id, name: "Operating".to_owned(), account, currency: Currency::USD };
    let added = |account| TenantEvent::AccountAdded { account, by: DORA };
    vec![
        TenantEvent::Created { name: "Acme Inc".to_owned(), base_currency: Currency::USD, address: address() },
        added(account(ACCOUNT, fixtures::account())),
        added(account(OTHER_ACCOUNT, us_account("99"))),
    ]
}

fn set(origination: AchOrigination) -> TenantCommand {
    TenantCommand::SetAchOrigination { origination, by: DORA }
}

#[test]
fn an_american_account_says_once_how_its_bank_takes_files() {
    let event = TenantEvent::AchOriginationSet { origination: ach_origination(), by: DORA };
    given::<Tenant>(company()).when(set(ach_origination())).then_expect_events(vec![event.clone()]);
    given::<Tenant>(company()).and(vec![event.clone()]).when(set(ach_origination())).then_expect_events(vec![]);
    let unbalanced = AchOrigination { balanced: false, ..ach_origination() };
    let changed = TenantEvent::AchOriginationSet { origination: unbalanced.clone(), by: DORA };
    given::<Tenant>(company()).and(vec![event.clone()]).when(set(unbalanced.clone())).then_expect_events(vec![changed.clone()]);
    let tenant = Tenant::replay([company(), vec![event, changed]].concat());
    assert_eq!(tenant.company().expect("a company").ach_originations, [unbalanced]);
}

#[test]
fn what_a_file_header_cannot_hold_is_refused_by_its_field() {
    let iban = AchOrigination { bank_account_id: ACCOUNT, ..ach_origination() };
    given::<Tenant>(company()).when(set(iban)).then_expect_error(TenantRefusal::AccountNotAmerican);
    let text = |text: &str| text.to_owned();
    let broken = [
        ("immediate_origin", AchOrigination { immediate_origin: text("12345678901"), ..ach_origination() }),
        ("immediate_origin", AchOrigination { immediate_origin: text("12-3456789"), ..ach_origination() }),
        ("immediate_origin", AchOrigination { immediate_origin: text("0000000000"), ..ach_origination() }),
        ("company_id", AchOrigination { company_id: text(""), ..ach_origination() }),
        ("destination_name", AchOrigination { destination_name: text("Erste Bank für Österreich"), ..ach_origination() }),
        ("entry_description", AchOrigination { entry_description: text(" PAYMENT"), ..ach_origination() }),
    ];
    for (field, origination) in broken {
        given::<Tenant>(company()).when(set(origination)).then_expect_error(TenantRefusal::AchOriginationInvalid { field });
    }
}

/// A SEPA transfer goes to an IBAN of the SEPA, an ACH credit to a number that its entry has room for, written as people write it.
#[test]
fn a_method_reaches_what_its_file_can_say() {
    let iban = |iban: &str| bank_account(json!({ "kind": "iban", "iban": iban }));
    let us = |number: &str| bank_account(json!({ "kind": "us", "routing_number": "121042882", "account": number }));
    let table = [
        (Method::SepaCreditTransfer, iban("DE89370400440532013000"), true),
        (Method::SepaCreditTransfer, iban("AE070331234567890123456"), false),
        (Method::InternationalCreditTransfer, iban("AE070331234567890123456"), true),
        (Method::SepaCreditTransfer, us("1"), false),
        (Method::AchCreditTransfer, us("12345 67890 12345 67"), true),
        (Method::AchCreditTransfer, us("123456789012345678"), false),
        (Method::Manual, us("123456789012345678"), true),
    ];
    for (method, account, reached) in table {
        assert_eq!(method.reaches(&account), reached, "{method} {account:?}");
    }
}
