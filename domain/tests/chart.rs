//! The chart of accounts: adopted once, every posting of the engine's own has an account, tax codes know their days.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::chart::{
    Account, AccountKind, BankLedgerAccount, Chart, ChartCommand, ChartEvent, ChartPlan, ChartRefusal, Code, Dimension, PostingAccounts,
    PostingRole, TaxCode, TaxRate,
};
use rust_decimal::{Decimal, dec};
use strum::VariantArray;

fn code(text: &str) -> Code {
    text.parse().expect("a code")
}

fn adopted() -> Vec<ChartEvent> {
    vec![ChartEvent::Adopted { plan: Box::new(ChartPlan::standard(Some("DE"))), by: DORA }]
}

fn rent() -> Account {
    Account { code: code("6100"), name: "Rent".to_owned(), kind: AccountKind::Expense, active: true }
}

fn reverse_charge() -> TaxCode {
    TaxCode {
        code: code("RC"),
        name: "Reverse charge".to_owned(),
        category: "AE".to_owned(),
        rates: vec![TaxRate { from: day("2021-01-01"), percent: dec!(19) }],
        input_account: code("1400"),
        output_account: Some(code("2200")),
        active: true,
    }
}

fn account(account: Account) -> ChartCommand {
    ChartCommand::DefineAccount { account, by: DORA }
}

fn tax_code(tax_code: TaxCode) -> ChartCommand {
    ChartCommand::DefineTaxCode { tax_code, by: DORA }
}

#[test]
fn the_standard_plan_is_adopted_once() {
    let plan = || Box::new(ChartPlan::standard(Some("DE")));
    nothing::<Chart>().when(ChartCommand::Adopt { plan: plan(), by: DORA }).then_expect_events(adopted());
    given::<Chart>(adopted()).when(ChartCommand::Adopt { plan: plan(), by: DORA }).then_expect_error(ChartRefusal::ChartExists);
    nothing::<Chart>().when(account(rent())).then_expect_error(ChartRefusal::ChartUnknown);
}

#[test]
fn every_role_has_an_account_in_the_standard_plan() {
    for country in [None, Some("DE"), Some("FR")] {
        let chart = Chart::replay([ChartEvent::Adopted { plan: Box::new(ChartPlan::standard(country)), by: DORA }]);
        for role in PostingRole::VARIANTS {
            let code = chart.posting_account(*role).unwrap_or_else(|| panic!("no account for {role}"));
            chart.open_account(code).expect("an account that is open");
        }
    }
}

#[test]
fn a_plan_without_an_account_for_a_role_is_refused() {
    let mut plan = ChartPlan::standard(None);
    plan.posting_accounts.0.remove(&PostingRole::Rounding);
    let adopt = ChartCommand::Adopt { plan: Box::new(plan), by: DORA };
    nothing::<Chart>().when(adopt).then_expect_error(ChartRefusal::PostingRoleMissing(PostingRole::Rounding));
    let mut plan = ChartPlan::standard(None);
    plan.accounts.push(plan.accounts[0].clone());
    let adopt = ChartCommand::Adopt { plan: Box::new(plan), by: DORA };
    nothing::<Chart>().when(adopt).then_expect_error(ChartRefusal::AccountRepeated(code("1000")));
}

#[test]
fn a_chart_adopted_before_a_role_was_thought_of_has_the_standard_account_for_it() {
    let before = |taken: bool| {
        let mut plan = ChartPlan::standard(None);
        plan.posting_accounts.0.remove(&PostingRole::Retentions);
        plan.accounts.retain(|account| account.name != "Retentions");
        plan.accounts.extend(taken.then(|| Account { code: code("2020"), name: "Loans".to_owned(), ..rent() }));
        let chart = Chart::replay([ChartEvent::Adopted { plan: Box::new(plan), by: DORA }]);
        let account = chart.posting_account(PostingRole::Retentions).expect("an account").clone();
        (account.to_string(), chart.open_account(&account).expect("it is there").name.clone())
    };
    assert_eq!(before(false), ("2020".to_owned(), "Retentions".to_owned()));
    assert_eq!(before(true), ("RETENTIONS".to_owned(), "Retentions".to_owned()));
}

/// What documents add up to stays theirs, also on the account that another one follows.
#[test]
fn accounts_that_documents_move_are_not_posted_to_by_hand() {
    let accounts = PostingAccounts([(PostingRole::PayablesControl, code("2001"))].into());
    let follower = Account { code: code("2001"), kind: AccountKind::Liability, ..rent() };
    let defined = ChartEvent::AccountDefined { account: follower, by: DORA };
    let chart = Chart::replay([adopted(), vec![defined, ChartEvent::PostingAccountsAssigned { accounts, by: DORA }]].concat());
    for text in ["2000", "2001", "2010", "2020", "2100", "1200", "1300"] {
        assert_eq!(chart.account_for_entries(&code(text)), Err(ChartRefusal::AccountControlled(code(text))));
    }
    for text in ["1000", "1090", "6000"] {
        assert!(chart.account_for_entries(&code(text)).is_ok(), "{text}");
    }
}

/// Entries by hand take off the clearing account what a bank kept of a return; no document is what was spent there.
#[test]
fn documents_are_not_coded_to_the_clearing_account() {
    let chart = Chart::replay(adopted());
    assert!(chart.account_for_entries(&code("1090")).is_ok());
    assert_eq!(chart.account_for_documents(&code("1090")), Err(ChartRefusal::AccountControlled(code("1090"))));
    assert_eq!(chart.account_for_documents(&code("2000")), Err(ChartRefusal::AccountControlled(code("2000"))));
    assert!(chart.account_for_documents(&code("6000")).is_ok());
}

/// What is assigned on the standard chart, where 1000 is a bank's account and retentions stood on 2300 before, and what comes of it.
#[test]
fn what_documents_prove_stands_on_an_account_of_its_own_and_of_its_kind() {
    use PostingRole as Role;
    let new = |text: &str, kind| ChartEvent::AccountDefined { account: Account { code: code(text), kind, ..rent() }, by: DORA };
    let to = |roles: &[(Role, &str)]| PostingAccounts(roles.iter().map(|(role, text)| (*role, code(text))).collect());
    let assigned = |roles| ChartEvent::PostingAccountsAssigned { accounts: to(roles), by: DORA };
    let bank = BankLedgerAccount { account_code: code("1000"), in_books_from: None };
    let known = vec![
        ChartEvent::BankAccountAssigned { bank_account_id: ACCOUNT, kept: bank, by: DORA },
        new("1201", AccountKind::Asset),
        new("2001", AccountKind::Liability),
        new("2301", AccountKind::Liability),
        assigned(&[(Role::Retentions, "2300")]),
        assigned(&[(Role::Retentions, "2301")]),
    ];
    let chart = Chart::replay([adopted(), known].concat());
    let own = "ChartPostingAccountsAssigned";
    let table: &[(&[(Role, &str)], &str)] = &[
        (&[(Role::GoodsReceivedNotInvoiced, "2000")], "posting_account_shared"),
        (&[(Role::PayablesControl, "2100")], "posting_account_shared"),
        (&[(Role::PayablesControl, "2001")], own),
        (&[(Role::PayablesControl, "2001"), (Role::GoodsReceivedNotInvoiced, "2001")], "posting_account_shared"),
        // What was owed on the account before is owed on it still.
        (&[(Role::PayablesControl, "2001"), (Role::GoodsReceivedNotInvoiced, "2000")], "posting_account_shared"),
        (&[(Role::PayablesControl, "2300")], "posting_account_shared"),
        (&[(Role::Retentions, "2300")], own),
        (&[(Role::PayablesControl, "1000")], "account_controlled"),
        (&[(Role::PayablesControl, "2200")], "posting_account_shared"),
        (&[(Role::PayablesControl, "1201")], "posting_account_kind"),
        (&[(Role::PayablesRevaluation, "6000")], "posting_account_kind"),
        (&[(Role::Retentions, "3000")], "posting_account_kind"),
        (&[(Role::Prepayments, "2001")], "posting_account_kind"),
        (&[(Role::Prepayments, "1200")], "posting_account_shared"),
        (&[(Role::Inventory, "6000")], "posting_account_kind"),
        (&[(Role::Inventory, "1400")], "posting_account_shared"),
        (&[(Role::InputTax, "1201"), (Role::Inventory, "1400")], "account_in_use"),
        (&[(Role::Inventory, "1201")], own),
        (&[(Role::OutputTax, "2300"), (Role::PayablesControl, "2200")], "account_in_use"),
        (&[(Role::ReceivablesControl, "2000")], "posting_account_kind"),
        (&[(Role::ReceivablesControl, "1200")], "posting_account_shared"),
        (&[(Role::ReceivablesControl, "1201")], own),
        (&[(Role::DefaultRevenue, "6000")], "posting_account_kind"),
        (&[(Role::BadDebts, "6900")], own),
        (&[(Role::BankClearing, "2000")], "posting_account_shared"),
        (&[(Role::BankClearing, "1201")], own),
        (&[(Role::InputTax, "1090")], "posting_account_shared"),
        (&[(Role::InputTax, "2200")], own),
        (&[(Role::DefaultExpense, "2000")], "posting_account_kind"),
        (&[(Role::DefaultExpense, "1200")], "posting_account_shared"),
        (&[(Role::DefaultExpense, "4000")], "posting_account_kind"),
        (&[(Role::SmallDifferences, "2000")], "posting_account_kind"),
        // Nobody proves what these hold: they may share one.
        (&[(Role::RealisedFxGain, "6800"), (Role::UnrealisedFxGain, "6800")], own),
        (&[(Role::DiscountsReceived, "6900")], own),
    ];
    for (roles, expected) in table {
        assert_eq!(verdict(&chart, ChartCommand::AssignPostingAccounts { accounts: to(roles), by: DORA }), *expected, "{roles:?}");
    }
    for (text, expected) in [("2000", "account_controlled"), ("1090", "account_controlled"), ("1000", "account_controlled"), ("6000", own)]
    {
        let codes =
            [TaxCode { input_account: code(text), ..reverse_charge() }, TaxCode { output_account: Some(code(text)), ..reverse_charge() }];
        for tax in codes {
            assert_eq!(verdict(&chart, tax_code(tax)), expected.replace("PostingAccountsAssigned", "TaxCodeDefined"), "{text}");
        }
    }
}

/// What was taken before the rule came loads, and is mended role by role.
#[test]
fn a_chart_with_two_parts_on_one_account_loads_and_is_mended() {
    let assign = |text: &str| PostingAccounts([(PostingRole::GoodsReceivedNotInvoiced, code(text))].into());
    let shared = ChartEvent::PostingAccountsAssigned { accounts: assign("2000"), by: DORA };
    let chart = Chart::replay([adopted(), vec![shared]].concat());
    assert_eq!(chart.posting_account(PostingRole::GoodsReceivedNotInvoiced), Some(&code("2000")));
    let said = |text| verdict(&chart, ChartCommand::AssignPostingAccounts { accounts: assign(text), by: DORA });
    assert_eq!([said("2000"), said("2100")], ["nothing", "ChartPostingAccountsAssigned"]);
}

#[test]
fn a_plan_with_two_parts_on_one_account_is_not_adopted() {
    let mut plan = ChartPlan::standard(None);
    plan.posting_accounts.0.insert(PostingRole::Inventory, code("1300"));
    let refused = Chart::default().decide(ChartCommand::Adopt { plan: Box::new(plan), by: DORA }).expect_err("two parts on one account");
    assert_eq!(quittance_domain::Refusal::pointer(&refused).as_deref(), Some("/prepayments"));
}

/// A bank's account moves as its statements say: nobody else posts there, and no two banks share one.
#[test]
fn an_account_that_moves_with_a_bank_account_is_its_own() {
    let assign = |bank_account_id, text: &str| {
        let kept = BankLedgerAccount { account_code: code(text), in_books_from: None };
        ChartCommand::AssignBankAccount { bank_account_id, kept, by: DORA }
    };
    let assigned = ChartEvent::BankAccountAssigned {
        bank_account_id: ACCOUNT,
        kept: BankLedgerAccount { account_code: code("1000"), in_books_from: None },
        by: DORA,
    };
    given::<Chart>(adopted()).when(assign(ACCOUNT, "1000")).then_expect_events(vec![assigned.clone()]);
    let chart = Chart::replay([adopted(), vec![assigned]].concat());
    let said = |command: ChartCommand| match chart.decide(command) {
        Ok(events) => format!("{} events", events.len()),
        Err(refused) => quittance_domain::Refusal::code(&refused).to_owned(),
    };
    for (account, text, expected) in [
        (ACCOUNT, "1000", "0 events"),
        (OTHER_ACCOUNT, "1000", "account_controlled"),
        (OTHER_ACCOUNT, "2000", "account_controlled"),
        (OTHER_ACCOUNT, "1090", "account_in_use"),
        (OTHER_ACCOUNT, "6000", "account_in_use"),
        (OTHER_ACCOUNT, "4000", "account_in_use"),
        (OTHER_ACCOUNT, "4900", "account_holds_no_money"),
        (OTHER_ACCOUNT, "2300", "1 events"),
        (OTHER_ACCOUNT, "9999", "account_unknown"),
        (ACCOUNT, "2300", "1 events"),
    ] {
        assert_eq!(said(assign(account, text)), expected, "{text}");
    }
    assert_eq!(chart.account_for_entries(&code("1000")), Err(ChartRefusal::AccountControlled(code("1000"))));
    let clearing = PostingAccounts([(PostingRole::BankClearing, code("1000"))].into());
    assert_eq!(said(ChartCommand::AssignPostingAccounts { accounts: clearing, by: DORA }), "account_controlled");
    let inactive = Account { code: code("1000"), name: "Bank".to_owned(), kind: AccountKind::Asset, active: false };
    assert_eq!(said(account(inactive)), "account_in_use");
    assert_eq!(chart.next_bank_account(), Some(code("1001")));
}

#[test]
fn defining_the_same_again_says_nothing() {
    let defined = ChartEvent::AccountDefined { account: rent(), by: DORA };
    given::<Chart>(adopted()).when(account(rent())).then_expect_events(vec![defined.clone()]);
    given::<Chart>([adopted(), vec![defined]].concat()).when(account(rent())).then_expect_events(vec![]);
}

/// A command on the standard chart, and what comes of it.
#[test]
fn what_is_defined_must_hold() {
    let inactive = |text: &str| Account { code: code(text), name: "Purchases and services".to_owned(), active: false, ..rent() };
    let centre = |name: &str| Dimension { code: code("N"), name: name.to_owned(), active: true };
    let assign = |text: &str| {
        let accounts = PostingAccounts([(PostingRole::DefaultExpense, code(text))].into());
        ChartCommand::AssignPostingAccounts { accounts, by: DORA }
    };
    let rates = |rates: &[(&str, Decimal)]| {
        let rates = rates.iter().map(|(from, percent)| TaxRate { from: day(from), percent: *percent }).collect();
        tax_code(TaxCode { rates, ..reverse_charge() })
    };
    let table = [
        (account(Account { name: " ".to_owned(), ..rent() }), "name_missing"),
        (account(Account { code: code("6000"), kind: AccountKind::Asset, ..rent() }), "account_kind_fixed"),
        (account(inactive("6000")), "account_in_use"),
        (account(inactive("6999")), "ChartAccountDefined"),
        (ChartCommand::DefineCostCentre { cost_centre: centre("The north"), by: DORA }, "ChartCostCentreDefined"),
        (ChartCommand::DefineCostCentre { cost_centre: centre(""), by: DORA }, "name_missing"),
        (ChartCommand::DefineProject { project: centre("Halls"), by: DORA }, "ChartProjectDefined"),
        (assign("6900"), "ChartPostingAccountsAssigned"),
        (assign("6000"), "nothing"),
        (assign("6999"), "account_unknown"),
        (tax_code(reverse_charge()), "ChartTaxCodeDefined"),
        (tax_code(TaxCode { category: " ".to_owned(), ..reverse_charge() }), "tax_category_missing"),
        (tax_code(TaxCode { input_account: code("9"), ..reverse_charge() }), "account_unknown"),
        (rates(&[]), "tax_rates_invalid"),
        (rates(&[("2021-01-01", dec!(19)), ("2021-01-01", dec!(16))]), "tax_rates_invalid"),
        (rates(&[("2021-01-01", dec!(100.1))]), "tax_rates_invalid"),
    ];
    let chart = Chart::replay(adopted());
    for (command, expected) in table {
        let asked = format!("{command:?}");
        assert_eq!(verdict(&chart, command), expected, "{asked}");
    }
}

/// Category and rate of a document's part, the document's day, and the tax code that names it best.
#[test]
fn a_tax_code_is_found_by_its_rate_on_the_day() {
    let mut chart = Chart::replay(adopted());
    let table = [
        ("S", dec!(19), "2020-06-30", Some("VST19")),
        ("S", dec!(19), "2020-07-01", Some("S")),
        ("S", dec!(16), "2020-12-31", Some("VST19")),
        ("S", dec!(16), "2021-01-01", Some("S")),
        ("S", dec!(5), "2020-08-01", Some("VST7")),
        ("S", dec!(19.00), "2026-01-01", Some("VST19")),
        ("S", dec!(8.1), "2026-01-01", Some("S")),
        ("AE", dec!(0), "2026-01-01", Some("RC19")),
        ("K", dec!(0), "2026-01-01", Some("IGE19")),
        ("G", dec!(0), "2026-01-01", Some("G")),
        ("XX", dec!(0), "2026-01-01", None),
    ];
    for (category, percent, on, expected) in table {
        let found = chart.tax_code_for(category, percent, day(on)).map(|t| t.code.as_str().to_owned());
        assert_eq!(found.as_deref(), expected, "{category} {percent} on {on}");
    }
    let retired = TaxCode { active: false, ..chart.tax_codes[&code("RC19")].clone() };
    for defined in [retired, reverse_charge()] {
        cqrs_es::Aggregate::apply(&mut chart, ChartEvent::TaxCodeDefined { tax_code: defined, by: DORA });
    }
    assert_eq!(chart.tax_code_for("AE", dec!(0), day("2026-01-01")).map(|t| t.code.as_str()), Some("RC"));
}

/// A text, and whether it is a code.
#[test]
fn codes_are_short_and_plain() {
    let table = [
        ("6000", true),
        (" a-1 ", true),
        ("1.2_x", true),
        ("", false),
        ("-1", false),
        ("a b", false),
        ("Ä1", false),
        ("123456789012345678901", false),
    ];
    for (text, valid) in table {
        assert_eq!(text.parse::<Code>().is_ok(), valid, "{text:?}");
    }
    assert_eq!(code(" a-1 "), code("A-1"));
}
