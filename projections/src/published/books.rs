//! What others may know of the books: the fiscal calendar, the chart of accounts, and what people post by hand.

use quittance_domain::calendar::{CalendarEvent, Holiday};
use quittance_domain::chart::{Account, BankLedgerAccount, ChartEvent, ChartPlan, Dimension, TaxCode, TaxRate};
use quittance_domain::exchange_rate::{DayRate, RatesEvent};
use quittance_domain::journal::{
    Accrual, ClosingValue, JournalEvent, ManualEntry, ManualLine, Revaluation, RevaluedCurrency, RevaluedHolding, Reversal,
};
use serde_json::Value;

use super::data;

pub fn calendar(event: &CalendarEvent) -> Value {
    match event {
        CalendarEvent::FiscalYearSet { first_month, by } => data! { first_month, by },
        CalendarEvent::HolidaysDeclared { year, holidays, by } => {
            data! { year, holidays: holidays.iter().map(holiday).collect::<Vec<_>>(), by }
        }
        CalendarEvent::PeriodClosed { period, closing, by } => data! { period, closing, by },
        CalendarEvent::PeriodReopened { period, from, reason, by } => data! { period, from, reason, by },
    }
}

fn holiday(holiday: &Holiday) -> Value {
    let Holiday { on, name } = holiday;
    data! { on, name }
}

pub fn chart(event: &ChartEvent) -> Value {
    match event {
        ChartEvent::Adopted { plan, by } => data! { plan: adopted(plan), by },
        ChartEvent::AccountDefined { account: defined, by } => data! { account: account(defined), by },
        ChartEvent::CostCentreDefined { cost_centre, by } => data! { cost_centre: dimension(cost_centre), by },
        ChartEvent::ProjectDefined { project, by } => data! { project: dimension(project), by },
        ChartEvent::TaxCodeDefined { tax_code: defined, by } => data! { tax_code: tax_code(defined), by },
        ChartEvent::PostingAccountsAssigned { accounts, by } => data! { accounts, by },
        ChartEvent::BankAccountAssigned { bank_account_id, kept: BankLedgerAccount { account_code, in_books_from }, by } => {
            data! { bank_account_id, account_code, in_books_from, by }
        }
    }
}

fn adopted(plan: &ChartPlan) -> Value {
    let ChartPlan { accounts, tax_codes, posting_accounts } = plan;
    let accounts: Vec<Value> = accounts.iter().map(account).collect();
    let tax_codes: Vec<Value> = tax_codes.iter().map(tax_code).collect();
    data! { accounts, tax_codes, posting_accounts }
}

fn account(account: &Account) -> Value {
    let Account { code, name, kind, active } = account;
    data! { code, name, kind, active }
}

fn dimension(dimension: &Dimension) -> Value {
    let Dimension { code, name, active } = dimension;
    data! { code, name, active }
}

fn tax_code(tax_code: &TaxCode) -> Value {
    let TaxCode { code, name, category, rates, input_account, output_account, active } = tax_code;
    let rates: Vec<Value> = rates.iter().map(rate).collect();
    data! { code, name, category, rates, input_account, output_account, active }
}

fn rate(rate: &TaxRate) -> Value {
    let TaxRate { from, percent } = rate;
    data! { from, percent }
}

pub fn rates(event: &RatesEvent) -> Value {
    let RatesEvent::Quoted { unit, source, rates, by } = event;
    data! { unit, source, rates: rates.iter().map(day_rate).collect::<Vec<_>>(), by }
}

fn day_rate(day: &DayRate) -> Value {
    let DayRate { currency, on, rate } = day;
    data! { currency, on, rate }
}

pub fn journal(event: &JournalEvent) -> Value {
    match event {
        JournalEvent::Posted(entry) => {
            let ManualEntry { effective_date, reason, lines, by, revaluation, accrual, opening_of } = &**entry;
            let lines: Vec<Value> = lines.iter().map(line).collect();
            match (revaluation, accrual) {
                (None, None) if opening_of.is_some() => data! { effective_date, reason, lines, by, opening_of },
                (None, None) => data! { effective_date, reason, lines, by },
                (None, Some(Accrual { period })) => data! { effective_date, reason, lines, by, accrual: data! { period } },
                (Some(found), _) => data! { effective_date, reason, lines, by, revaluation: revalued(found) },
            }
        }
        JournalEvent::Reversed(Reversal { effective_date, reason, by }) => data! { effective_date, reason, by },
    }
}

fn revalued(found: &Revaluation) -> Value {
    let Revaluation { through, currencies, receivables, holdings } = found;
    let currency = |of: &RevaluedCurrency| {
        let RevaluedCurrency { open, value: ClosingValue { carried, numerator, denominator, quoted_on, source, closing } } = of;
        data! { open, carried, numerator, denominator, quoted_on, source, closing }
    };
    let holding = |of: &RevaluedHolding| {
        let RevaluedHolding { bank_account_id, account_code, held, value } = of;
        let ClosingValue { carried, numerator, denominator, quoted_on, source, closing } = value;
        data! { bank_account_id, account_code, held, carried, numerator, denominator, quoted_on, source, closing }
    };
    let currencies = currencies.iter().map(currency).collect::<Vec<_>>();
    let mut told = data! { through, currencies };
    if !receivables.is_empty() {
        told["receivables"] = receivables.iter().map(currency).collect();
    }
    if !holdings.is_empty() {
        told["holdings"] = holdings.iter().map(holding).collect();
    }
    told
}

fn line(line: &ManualLine) -> Value {
    let ManualLine { account, cost_centre, project, tax_code, amount, base } = line;
    data! { account_code: account, cost_centre, project, tax_code, amount, base }
}
