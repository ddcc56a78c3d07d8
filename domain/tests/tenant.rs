//! A tenant: created once, with its own bank accounts.

mod fixtures;

use fixtures::*;
use quittance_domain::exception::{AnswerTimes, QueueKind};
use quittance_domain::tenant::{BankChangeControl, CompanyAccount, StockRules, Tenant, TenantCommand, TenantEvent, TenantRefusal};
use quittance_domain::time_zone::TimeZone;
use quittance_domain::{Currency, Root};

fn create(name: &str) -> TenantCommand {
    TenantCommand::Create { name: name.to_owned(), base_currency: Currency::EUR, address: address() }
}

fn created() -> Vec<TenantEvent> {
    vec![TenantEvent::Created { name: "Acme SE".to_owned(), base_currency: Currency::EUR, address: address() }]
}

fn house_account() -> CompanyAccount {
    CompanyAccount { id: ACCOUNT, name: "House bank".to_owned(), account: account(), currency: Currency::EUR }
}

fn add(account: CompanyAccount) -> TenantCommand {
    TenantCommand::AddAccount { account, by: DORA }
}

fn added(account: CompanyAccount) -> TenantEvent {
    TenantEvent::AccountAdded { account, by: DORA }
}

#[test]
fn a_tenant_is_created_once_and_has_a_name() {
    nothing::<Tenant>().when(create("Acme SE")).then_expect_events(created());
    nothing::<Tenant>().when(create(" ")).then_expect_error(TenantRefusal::NameMissing);
    given::<Tenant>(created()).when(create("Acme SE")).then_expect_error(TenantRefusal::TenantExists);
}

#[test]
fn who_was_never_created_is_unknown() {
    nothing::<Tenant>().when(add(house_account())).then_expect_error(TenantRefusal::TenantUnknown);
    assert_eq!(Tenant::default().company().expect_err("no company"), TenantRefusal::TenantUnknown);
}

#[test]
fn an_account_is_added_once_under_one_id() {
    let second = CompanyAccount { id: OTHER_ACCOUNT, account: other_account(), ..house_account() };
    let same_bank = CompanyAccount { id: OTHER_ACCOUNT, ..house_account() };
    let same_id = CompanyAccount { account: other_account(), ..house_account() };
    let with_account = || given::<Tenant>(created()).and(vec![added(house_account())]);
    given::<Tenant>(created()).when(add(house_account())).then_expect_events(vec![added(house_account())]);
    with_account().when(add(house_account())).then_expect_events(vec![]);
    with_account().when(add(second.clone())).then_expect_events(vec![added(second)]);
    with_account().when(add(same_bank)).then_expect_error(TenantRefusal::AccountExists);
    with_account().when(add(same_id)).then_expect_error(TenantRefusal::AccountExists);
}

#[test]
fn payments_leave_from_the_companys_own_accounts() {
    let tenant = Tenant::replay([created(), vec![added(house_account())]].concat());
    let company = tenant.company().expect("created");
    assert_eq!(company.account(ACCOUNT), Ok(&house_account()));
    assert_eq!(company.account(OTHER_ACCOUNT), Err(TenantRefusal::CompanyAccountUnknown));
}

#[test]
fn a_new_company_guards_bank_changes_until_it_says_otherwise() {
    let set = |cooling_off_days| TenantCommand::SetBankChangeControl {
        control: BankChangeControl { second_person: true, cooling_off_days },
        by: DORA,
    };
    let event = |cooling_off_days| TenantEvent::BankChangeControlSet {
        control: BankChangeControl { second_person: true, cooling_off_days },
        by: DORA,
    };
    given::<Tenant>(created()).when(set(3)).then_expect_events(vec![]);
    given::<Tenant>(created()).when(set(0)).then_expect_events(vec![event(0)]);
    given::<Tenant>(created()).and(vec![event(0)]).when(set(0)).then_expect_events(vec![]);
    given::<Tenant>(created()).when(set(90)).then_expect_events(vec![event(90)]);
    given::<Tenant>(created()).when(set(91)).then_expect_error(TenantRefusal::CoolingOffTooLong);
}

#[test]
fn a_company_says_how_soon_it_wants_answers() {
    let times = |hours| AnswerTimes { hours: [(QueueKind::Price, hours)].into() };
    let set = |hours| TenantCommand::SetAnswerTimes { times: times(hours), by: DORA };
    let event = TenantEvent::AnswerTimesSet { times: times(48), by: DORA };
    given::<Tenant>(created()).when(set(48)).then_expect_events(vec![event.clone()]);
    given::<Tenant>(created()).and(vec![event]).when(set(48)).then_expect_events(vec![]);
    let outlandish = TenantRefusal::AnswerTimeOutlandish { kind: QueueKind::Price };
    given::<Tenant>(created()).when(set(0)).then_expect_error(outlandish);
}

#[test]
fn a_company_says_where_it_keeps_its_calendar() {
    let set = |name: &str| TenantCommand::SetTimeZone { name: name.to_owned(), by: DORA };
    let event = |name: &str| TenantEvent::TimeZoneSet { time_zone: TimeZone::named(name).expect("a zone"), by: DORA };
    given::<Tenant>(created()).when(set("UTC")).then_expect_events(vec![]);
    given::<Tenant>(created()).when(set("Asia/Phnom_Penh")).then_expect_events(vec![event("Asia/Phnom_Penh")]);
    given::<Tenant>(created()).and(vec![event("Asia/Phnom_Penh")]).when(set("Asia/Phnom_Penh")).then_expect_events(vec![]);
    given::<Tenant>(created()).and(vec![event("Asia/Phnom_Penh")]).when(set("UTC")).then_expect_events(vec![event("UTC")]);
    given::<Tenant>(created()).when(set("Phnom Penh")).then_expect_error(TenantRefusal::TimeZoneUnknown);
}

#[test]
fn a_new_company_keeps_stock_above_zero_until_it_says_otherwise() {
    let rules = |below_zero_allowed| StockRules { below_zero_allowed };
    let set = |allowed| TenantCommand::SetStockRules { rules: rules(allowed), by: DORA };
    let event = |allowed| TenantEvent::StockRulesSet { rules: rules(allowed), by: DORA };
    given::<Tenant>(created()).when(set(false)).then_expect_events(vec![]);
    given::<Tenant>(created()).when(set(true)).then_expect_events(vec![event(true)]);
    given::<Tenant>(created()).and(vec![event(true)]).when(set(false)).then_expect_events(vec![event(false)]);
}
