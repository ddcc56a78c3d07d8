//! A tenant: created once, with its own bank accounts.

mod fixtures;

use fixtures::*;
use quittance_domain::exception::{AnswerTimes, QueueKind};
use quittance_domain::ids::UserId;
use quittance_domain::party::Address;
use quittance_domain::tenant::{
    BankChangeControl, Company, CompanyAccount, CompanyIdentity, StockRules, Tenant, TenantCommand, TenantEvent, TenantRefusal,
};
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
    let other_currency = CompanyAccount { currency: Currency::USD, ..same_bank.clone() };
    let same_id = CompanyAccount { account: other_account(), ..house_account() };
    let with_account = || given::<Tenant>(created()).and(vec![added(house_account())]);
    given::<Tenant>(created()).when(add(house_account())).then_expect_events(vec![added(house_account())]);
    with_account().when(add(house_account())).then_expect_events(vec![]);
    with_account().when(add(second.clone())).then_expect_events(vec![added(second)]);
    with_account().when(add(other_currency.clone())).then_expect_events(vec![added(other_currency)]);
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

fn control(second_person: bool, cooling_off_days: u16) -> BankChangeControl {
    BankChangeControl { second_person, cooling_off_days }
}

fn guards(control: BankChangeControl) -> TenantCommand {
    TenantCommand::SetBankChangeControl { control, by: DORA, at: at("2026-11-02T09:00:00Z") }
}

fn guarded(control: BankChangeControl, by: UserId) -> TenantEvent {
    TenantEvent::BankChangeControlSet { control, by }
}

fn loosening(control: BankChangeControl) -> TenantEvent {
    TenantEvent::BankChangeControlLooseningProposed { control, by: DORA, at: at("2026-11-02T09:00:00Z") }
}

fn confirm(control: BankChangeControl, by: Option<UserId>) -> TenantCommand {
    TenantCommand::ConfirmBankChangeControl { control, by }
}

fn decline(control: BankChangeControl, by: UserId) -> TenantCommand {
    TenantCommand::DeclineBankChangeControl { control, by }
}

/// From a second person and three days: what is wanted, and whether it is so at once.
#[test]
fn a_tighter_control_holds_at_once_and_a_looser_one_waits() {
    let table = [
        (control(true, 4), true),
        (control(true, 90), true),
        (control(true, 2), false),
        (control(true, 0), false),
        (control(false, 3), false),
        (control(false, 0), false),
        // Tighter in one respect is not tighter.
        (control(false, 90), false),
    ];
    for (wanted, at_once) in table {
        let event = if at_once { guarded(wanted, DORA) } else { loosening(wanted) };
        given::<Tenant>(created()).when(guards(wanted)).then_expect_events(vec![event]);
    }
    given::<Tenant>(created()).when(guards(control(true, 3))).then_expect_events(vec![]);
    given::<Tenant>(created()).when(guards(control(true, 91))).then_expect_error(TenantRefusal::CoolingOffTooLong);
    let loose = || given::<Tenant>(created()).and(vec![guarded(control(false, 0), DORA)]);
    loose().when(guards(control(true, 0))).then_expect_events(vec![guarded(control(true, 0), DORA)]);
    loose().when(guards(control(false, 1))).then_expect_events(vec![guarded(control(false, 1), DORA)]);
}

#[test]
fn another_person_confirms_what_loosens_and_nobody_what_they_have_not_seen() {
    let off = control(false, 0);
    let waiting = || given::<Tenant>(created()).and(vec![loosening(off)]);
    let confirmed = |by| vec![TenantEvent::BankChangeControlLooseningConfirmed { control: off, by }, guarded(off, DORA)];
    waiting().when(guards(off)).then_expect_events(vec![]);
    waiting().when(confirm(off, Some(DORA))).then_expect_error(TenantRefusal::SelfLoosening);
    waiting().when(confirm(off, Some(BOB))).then_expect_events(confirmed(Some(BOB)));
    waiting().when(confirm(off, None)).then_expect_events(confirmed(None));
    waiting().when(confirm(control(true, 0), Some(BOB))).then_expect_error(TenantRefusal::LooseningNotProposed);
    given::<Tenant>(created()).when(confirm(off, Some(BOB))).then_expect_error(TenantRefusal::LooseningNotProposed);
    let done = || waiting().and(confirmed(Some(BOB)));
    done().when(confirm(off, Some(BOB))).then_expect_events(vec![]);
    done().when(decline(off, DORA)).then_expect_error(TenantRefusal::LooseningNotProposed);
    let tenant = Tenant::replay([created(), vec![loosening(off)]].concat());
    let company = tenant.company().expect("created");
    assert_eq!(company.bank_change_control, control(true, 3), "nothing is looser before it is confirmed");
    assert_eq!(company.bank_change_control_loosening.as_ref().map(|waits| (waits.control, waits.by)), Some((off, DORA)));
    let tenant = Tenant::replay([created(), vec![loosening(off)], confirmed(Some(BOB))].concat());
    assert_eq!(
        tenant.company().map(|company| (company.bank_change_control, company.bank_change_control_loosening.is_some())),
        Ok((off, false))
    );
}

#[test]
fn what_loosens_is_taken_back_declined_or_overtaken() {
    let (off, sooner) = (control(false, 0), control(true, 1));
    let waiting = || given::<Tenant>(created()).and(vec![loosening(off)]);
    let declined = |by| TenantEvent::BankChangeControlLooseningDeclined { control: off, by };
    waiting().when(decline(off, DORA)).then_expect_events(vec![declined(DORA)]);
    waiting().when(decline(off, BOB)).then_expect_events(vec![declined(BOB)]);
    waiting().when(decline(sooner, BOB)).then_expect_error(TenantRefusal::LooseningNotProposed);
    let gone = || waiting().and(vec![declined(DORA)]);
    gone().when(confirm(off, Some(BOB))).then_expect_error(TenantRefusal::LooseningNotProposed);
    gone().when(decline(off, DORA)).then_expect_error(TenantRefusal::LooseningNotProposed);
    gone().when(guards(off)).then_expect_events(vec![loosening(off)]);
    // Another wish takes its place, and so does a tighter control.
    waiting().when(guards(sooner)).then_expect_events(vec![loosening(sooner)]);
    for (overtaken, wanted) in [(loosening(sooner), off), (guarded(control(true, 5), DORA), off)] {
        waiting().and(vec![overtaken]).when(confirm(wanted, Some(BOB))).then_expect_error(TenantRefusal::LooseningNotProposed);
    }
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

fn identity() -> CompanyIdentity {
    Tenant::replay(created()).company().expect("created").identity()
}

#[test]
fn a_company_says_who_it_is_in_law() {
    let changes = |identity: &CompanyIdentity| TenantCommand::ChangeIdentity { identity: identity.clone(), by: DORA };
    let changed = |identity: &CompanyIdentity| TenantEvent::IdentityChanged { identity: Box::new(identity.clone()), by: DORA };
    let company = || given::<Tenant>(created());
    company().when(changes(&identity())).then_expect_events(vec![]);
    let renamed = CompanyIdentity { name: "Acme Group SE".to_owned(), vat_id: Some("DE136695976".to_owned()), ..identity() };
    company().when(changes(&renamed)).then_expect_events(vec![changed(&renamed)]);
    company().and(vec![changed(&renamed)]).when(changes(&renamed)).then_expect_events(vec![]);
    let bare = CompanyIdentity { vat_id: None, address: Address::default(), ..renamed.clone() };
    company().and(vec![changed(&renamed)]).when(changes(&bare)).then_expect_events(vec![changed(&bare)]);
    let moved = |country: &str| CompanyIdentity { address: Address { country: Some(country.to_owned()), ..address() }, ..identity() };
    company().when(changes(&moved("at"))).then_expect_events(vec![changed(&moved("AT"))]);
    company().when(changes(&moved("Austria"))).then_expect_error(TenantRefusal::CountryUnknown);
    company().when(changes(&CompanyIdentity { name: " ".to_owned(), ..identity() })).then_expect_error(TenantRefusal::NameMissing);
    let slip = CompanyIdentity { vat_id: Some("DE1366".to_owned()), ..identity() };
    company().when(changes(&slip)).then_expect_error(TenantRefusal::VatIdInvalid);
    nothing::<Tenant>().when(changes(&identity())).then_expect_error(TenantRefusal::TenantUnknown);
    let tenant = Tenant::replay([created(), vec![changed(&renamed)]].concat());
    assert_eq!(tenant.company().map(Company::identity), Ok(renamed));
}
