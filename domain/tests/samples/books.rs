//! The calendar, the chart of accounts, and what people post by hand.

use quittance_domain::Currency;
use quittance_domain::calendar::{CalendarEvent, Closing, Holiday};
use quittance_domain::chart::{
    Account, AccountKind, BankLedgerAccount, ChartEvent, ChartPlan, Code, Dimension, PostingAccounts, PostingRole, TaxCode, TaxRate,
};
use quittance_domain::exchange_rate::{DayRate, RatesEvent};
use quittance_domain::journal::{
    Accrual, ClosingValue, JournalEvent, ManualEntry, ManualLine, Revaluation, RevaluationAccounts, RevaluedCurrency, RevaluedHolding,
    Reversal,
};
use rust_decimal::dec;

use super::Sample;
use crate::fixtures::*;

fn code(text: &str) -> Code {
    text.parse().expect("a code")
}

pub fn charts() -> Vec<Sample<ChartEvent>> {
    let account = Account { code: code("6100"), name: "Rent".to_owned(), kind: AccountKind::Expense, active: true };
    let dimension = |name: &str| Dimension { code: code("NORTH"), name: name.to_owned(), active: true };
    let tax_code = TaxCode {
        code: code("RC"),
        name: "Services from abroad".to_owned(),
        category: "AE".to_owned(),
        rates: vec![TaxRate { from: day("2021-01-01"), percent: dec!(19) }],
        input_account: code("1400"),
        output_account: Some(code("2200")),
        active: true,
    };
    let accounts = PostingAccounts([(PostingRole::DefaultExpense, code("6100"))].into());
    let kept = |in_books_from| BankLedgerAccount { account_code: code("1000"), in_books_from };
    vec![
        ("", ChartEvent::Adopted { plan: Box::new(before_retentions()), by: DORA }),
        ("with_retentions", ChartEvent::Adopted { plan: Box::new(before_bank_charges(None)), by: DORA }),
        ("with_bank_charges", ChartEvent::Adopted { plan: Box::new(before_receivables(None)), by: DORA }),
        ("with_receivables", ChartEvent::Adopted { plan: Box::new(before_discounts_granted(None)), by: DORA }),
        ("with_discounts_granted", ChartEvent::Adopted { plan: Box::new(ChartPlan::standard(None)), by: DORA }),
        ("", ChartEvent::AccountDefined { account, by: DORA }),
        ("", ChartEvent::CostCentreDefined { cost_centre: dimension("The north"), by: DORA }),
        ("", ChartEvent::ProjectDefined { project: dimension("New halls"), by: DORA }),
        ("", ChartEvent::TaxCodeDefined { tax_code, by: DORA }),
        ("", ChartEvent::PostingAccountsAssigned { accounts, by: DORA }),
        ("", ChartEvent::BankAccountAssigned { bank_account_id: ACCOUNT, kept: kept(Some(day("2026-03-01"))), by: DORA }),
        ("from_the_start", ChartEvent::BankAccountAssigned { bank_account_id: ACCOUNT, kept: kept(None), by: DORA }),
    ]
}

pub fn calendars() -> Vec<Sample<CalendarEvent>> {
    let period = "2026-03".parse().expect("a period");
    let holidays = vec![Holiday { on: day("2026-12-25"), name: "Christmas".to_owned() }];
    let reason = "a late bill".to_owned();
    vec![
        ("", CalendarEvent::FiscalYearSet { first_month: 4, by: DORA }),
        ("", CalendarEvent::HolidaysDeclared { year: 2026, holidays, by: DORA }),
        ("", CalendarEvent::PeriodClosed { period, closing: Closing::Soft, by: DORA }),
        ("hard", CalendarEvent::PeriodClosed { period, closing: Closing::Hard, by: DORA }),
        ("", CalendarEvent::PeriodReopened { period, from: Closing::Hard, reason, by: DORA }),
    ]
}

pub fn exchange_rates() -> Vec<Sample<RatesEvent>> {
    let rates = [("2026-03-02", dec!(1.0812)), ("2026-03-03", dec!(1.0799))];
    let rates = rates.map(|(on, rate)| DayRate { currency: Currency::USD, on: day(on), rate }).to_vec();
    let (unit, source) = (Currency::EUR, "ECB reference rates".to_owned());
    vec![("", RatesEvent::Quoted { unit, source, rates, by: DORA })]
}

pub fn journal_entries() -> Vec<Sample<JournalEvent>> {
    let line = |account: &str, amount, base| ManualLine {
        account: code(account),
        cost_centre: Some(code("NORTH")),
        project: None,
        tax_code: None,
        amount: money(amount, "USD"),
        base: money(base, Currency::EUR.code()),
    };
    let lines = vec![line("6100", dec!(110.00), dec!(100.00)), line("2300", dec!(-110.00), dec!(-100.00))];
    let entry = ManualEntry {
        effective_date: day("2026-03-31"),
        reason: "Rent of March".to_owned(),
        lines,
        by: DORA,
        revaluation: None,
        accrual: None,
        opening_of: None,
    };
    let accrual = Accrual { period: "2026-03".parse().expect("a period") };
    let reversal = Reversal { effective_date: day("2026-04-01"), reason: "Accrual".to_owned(), by: DORA };
    vec![
        ("accrual", JournalEvent::Posted(Box::new(ManualEntry { accrual: Some(accrual), ..entry.clone() }))),
        ("opening", JournalEvent::Posted(Box::new(ManualEntry { opening_of: Some(ACCOUNT), ..entry.clone() }))),
        ("", JournalEvent::Posted(Box::new(entry))),
        ("revaluation", JournalEvent::Posted(Box::new(revalued(vec![])))),
        ("bank_revaluation", JournalEvent::Posted(Box::new(revalued(vec![holding()])))),
        ("receivables_revaluation", JournalEvent::Posted(Box::new(with_receivables()))),
        ("", JournalEvent::Reversed(reversal)),
    ]
}

fn euros(amount: rust_decimal::Decimal) -> quittance_domain::Money {
    money(amount, Currency::EUR.code())
}

fn holding() -> RevaluedHolding {
    RevaluedHolding {
        bank_account_id: ACCOUNT,
        account_code: code("1001"),
        held: money(dec!(500.00), "USD"),
        value: closing_value(dec!(450.00), dec!(462.45)),
    }
}

fn closing_value(carried: rust_decimal::Decimal, closing: rust_decimal::Decimal) -> ClosingValue {
    ClosingValue {
        carried: euros(carried),
        numerator: dec!(1),
        denominator: dec!(1.0812),
        quoted_on: day("2026-03-31"),
        source: "ECB reference rates".to_owned(),
        closing: euros(closing),
    }
}

fn revalued(holdings: Vec<RevaluedHolding>) -> ManualEntry {
    let open = money(dec!(1100.00), "USD");
    let value = closing_value(dec!(1000.00), dec!(1017.39));
    let currencies = vec![RevaluedCurrency { open, value }];
    let revaluation = Revaluation { through: 4711, currencies, receivables: vec![], holdings };
    closed(revaluation)
}

fn with_receivables() -> ManualEntry {
    let due = RevaluedCurrency { open: money(dec!(200.00), "USD"), value: closing_value(dec!(180.00), dec!(184.98)) };
    closed(Revaluation { through: 4711, currencies: vec![], receivables: vec![due], holdings: vec![] })
}

fn closed(revaluation: Revaluation) -> ManualEntry {
    let (payables, receivables) = (code("2010"), code("1355"));
    let accounts = RevaluationAccounts { payables, receivables, gain: code("4810"), loss: code("6810") };
    let (lines, reason) = (revaluation.lines(&accounts), "Closing rates of March".to_owned());
    let effective_date = day("2026-03-31");
    ManualEntry { effective_date, reason, lines, by: DORA, revaluation: Some(revaluation), accrual: None, opening_of: None }
}

/// The standard chart as it was before customers kept anything for paying early.
fn before_discounts_granted(country: Option<&str>) -> ChartPlan {
    let mut plan = ChartPlan::standard(country);
    plan.accounts.retain(|account| account.code.as_str() != "4600");
    plan.posting_accounts.0.remove(&PostingRole::DiscountsGranted);
    plan
}

/// The standard chart as it was before customers owed anything.
fn before_receivables(country: Option<&str>) -> ChartPlan {
    use PostingRole::{BadDebts, DefaultRevenue, OutputTax, ReceivablesControl, ReceivablesRevaluation};
    let mut plan = before_discounts_granted(country);
    plan.accounts.retain(|account| !["1350", "1355", "6870"].contains(&account.code.as_str()));
    for role in [ReceivablesControl, ReceivablesRevaluation, OutputTax, DefaultRevenue, BadDebts] {
        plan.posting_accounts.0.remove(&role);
    }
    plan
}

/// The standard chart as it was before lines of bank statements were booked.
fn before_bank_charges(country: Option<&str>) -> ChartPlan {
    let mut plan = before_receivables(country);
    plan.accounts.retain(|account| !["1095", "4900", "6850", "6860"].contains(&account.code.as_str()));
    plan
}

/// The standard chart as it was before anything was kept back, or owed in a vendor's place.
fn before_retentions() -> ChartPlan {
    let mut plan = before_bank_charges(Some("DE"));
    plan.tax_codes.retain(|tax_code| tax_code.output_account.is_none());
    plan.accounts.retain(|account| account.name != "Retentions");
    plan.posting_accounts.0.remove(&PostingRole::Retentions);
    plan
}
