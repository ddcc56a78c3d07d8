//! What others may know of payment runs.

use quittance_domain::payment::SentFile;
use quittance_domain::payment_run::{
    Criteria, Dropped, Excluded, Instalment, PageItem, Payee, PaymentRunEvent as Run, PaymentRunPageEvent as Page, RunProposal, Sums,
};
use serde_json::Value;

use super::data;

pub fn run(event: &Run) -> Value {
    match event {
        Run::Proposed(proposal) => proposed(proposal),
        Run::ItemRemoved { page, line, invoice_id, amount, withheld: _, last_of_payment, by, reason } => {
            data! { page, line, invoice_id, amount, last_of_payment, by, reason }
        }
        Run::Authorised { by } => data! { by },
        Run::Started { by, at } => data! { by, at },
        Run::Planned { sums } => data! { sums: self::sums(sums) },
        Run::FileWritten { by, at, file: SentFile { format, message_id, transactions, control_sum, sha256, ach_control: _ } } => {
            data! { by, at, file: data! { format, message_id, transactions, control_sum, sha256 } }
        }
        Run::Cancelled { by, reason } => data! { by, reason },
    }
}

fn proposed(proposal: &RunProposal) -> Value {
    let RunProposal {
        criteria,
        method,
        debtor_account_id,
        as_of,
        pages,
        exclusion_pages,
        excluded,
        sums,
        proposed_by,
        credits: _,
        instructions: _,
    } = proposal;
    data! {
        criteria: self::criteria(criteria), method, debtor_account_id, as_of, pages, exclusion_pages, excluded,
        sums: self::sums(sums), proposed_by,
    }
}

fn criteria(criteria: &Criteria) -> Value {
    let Criteria {
        run_date,
        next_run_date,
        due_until,
        hurdle_rate,
        account_rest_days,
        currencies,
        vendors,
        closed_currencies,
        cash_limits,
    } = criteria;
    data! { run_date, next_run_date, due_until, hurdle_rate, account_rest_days, currencies, vendors, closed_currencies, cash_limits }
}

fn sums(sums: &Sums) -> Value {
    let Sums { payments, items, totals, withheld: _ } = sums;
    data! { payments, items, totals }
}

pub fn page(event: &Page) -> Value {
    match event {
        Page::Selected { run_id, page, payees } => data! { run_id, page, payees: payees.iter().map(payee).collect::<Vec<_>>() },
        Page::Excluded { run_id, page, excluded } => {
            data! { run_id, page, excluded: excluded.iter().map(self::excluded).collect::<Vec<_>>() }
        }
        Page::ItemRemoved { line, by, reason } => data! { line, by, reason },
        Page::Planned { payments, dropped, so_far, withheld: _ } => {
            data! { payments, dropped: dropped.iter().map(self::dropped).collect::<Vec<_>>(), so_far: self::sums(so_far) }
        }
        Page::FileRecorded {} | Page::Released {} => data! {},
    }
}

fn payee(payee: &Payee) -> Value {
    let Payee { payment_id, vendor_id, bank_account_id, items } = payee;
    data! { payment_id, vendor_id, bank_account_id, items: items.iter().map(item).collect::<Vec<_>>() }
}

fn item(item: &PageItem) -> Value {
    let PageItem { line, instalment, amount, discount, withheld: _, set_off: _, legal_priority: _, with_instalments: _ } = item;
    let Instalment { invoice_id, number } = instalment;
    data! { line, instalment: data! { invoice_id, number }, amount, discount }
}

fn excluded(excluded: &Excluded) -> Value {
    let Excluded { instalment: Instalment { invoice_id, number }, reason } = excluded;
    data! { instalment: data! { invoice_id, number }, reason }
}

fn dropped(dropped: &Dropped) -> Value {
    let Dropped { line, code, detail } = dropped;
    data! { line, code, detail }
}
