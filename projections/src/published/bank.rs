//! What others may know of bank statements: amounts and what they were matched to, never whose account the other side has.

use quittance_domain::bank_statement::{BankStatementEvent, Import, MatchTarget, Matching, StatedBalance, StatementLine};
use serde_json::Value;

use super::data;

pub fn statement(event: &BankStatementEvent) -> Value {
    match event {
        BankStatementEvent::Imported(import) => imported(import),
        BankStatementEvent::Matched { line, matching: Matching { target, score, evidence, by } } => {
            data! { line, target: matched_to(target), score, evidence, by }
        }
        BankStatementEvent::Unmatched { line, by, reason: _ } => data! { line, by },
    }
}

fn imported(import: &Import) -> Value {
    let Import { bank_account_id, format, kind, statement_id, sequence, currency, from, to, opening, closing, .. } = import;
    let Import { proof, lines, repeated, pending, sha256, imported_by, .. } = import;
    let lines = lines.iter().map(line).collect::<Vec<_>>();
    data! {
        bank_account_id, format, kind, statement_id, sequence, currency, from, to, opening: balance(opening), closing: balance(closing),
        proof, lines, repeated, pending, sha256, imported_by,
    }
}

fn balance(stated: &Option<StatedBalance>) -> Option<Value> {
    stated.as_ref().map(|StatedBalance { amount, date }| data! { amount, date })
}

fn line(line: &StatementLine) -> Value {
    let StatementLine { line, identity, booked_on, value_date, amount, end_to_end_id, is_return, return_reason, .. } = line;
    data! { line, identity, booked_on, value_date, amount, end_to_end_id, is_return, return_reason }
}

fn matched_to(target: &MatchTarget) -> Value {
    match target {
        MatchTarget::Payment { payment_id, items, effect, value_date } => data! { payment_id, items, effect, value_date },
        // The words are a person's.
        MatchTarget::Explained { explanation: _ } => data! { explained: true },
    }
}
