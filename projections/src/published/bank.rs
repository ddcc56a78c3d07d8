//! What others may know of bank statements: amounts and what they were matched to, never whose account the other side has.

use quittance_domain::bank_rules::{BankRule, BankRuleSet, BankRulesEvent, LineWhen, RulePart};
use quittance_domain::bank_statement::{
    AppliedRule, BankStatementEvent, BookedPart, Booking, ChequeException, Cleared, DivisionSource, Import, LinePosting, MatchTarget,
    Matching, StatedBalance, StatementLine, Withheld,
};
use quittance_domain::invoice::Assignment;
use serde_json::Value;

use super::data;

pub fn statement(event: &BankStatementEvent) -> Value {
    match event {
        BankStatementEvent::Imported(import) => imported(import),
        BankStatementEvent::Matched { line, matching: Matching { target, score, evidence, by, posted: None } } => {
            data! { line, matching: data! { target: matched_to(target), score, evidence, by } }
        }
        BankStatementEvent::Matched { line, matching: Matching { target, score, evidence, by, posted: Some(posted) } } => {
            data! { line, matching: data! { target: matched_to(target), score, evidence, by, posted: posting(posted) } }
        }
        BankStatementEvent::Unmatched { line, by, reason: _, effective_date: None } => data! { line, by },
        BankStatementEvent::Unmatched { line, by, reason: _, effective_date } => data! { line, by, effective_date },
        BankStatementEvent::Divided { line: whole, parts, told: DivisionSource::File { sha256 }, by } => {
            data! { line: whole, parts: parts.iter().map(line).collect::<Vec<_>>(), told: data! { file: data! { sha256 } }, by }
        }
        // The words are a person's.
        BankStatementEvent::Divided { line: whole, parts, told: DivisionSource::Person { reason: _ }, by } => {
            data! { line: whole, parts: parts.iter().map(line).collect::<Vec<_>>(), told: data! { person: data! {} }, by }
        }
        BankStatementEvent::Booked { line, booking: booked } => data! { line, booking: booking(booked) },
        BankStatementEvent::BookingTakenBack { line, effective_date, by, reason: _ } => data! { line, effective_date, by },
        BankStatementEvent::BookingWithheld { line, withheld: Withheld { rule, code, detail: _ } } => {
            data! { line, withheld: data! { rule: applied(rule), code } }
        }
        BankStatementEvent::Withdrawn { lines, by, reason: _ } => data! { lines, by },
        BankStatementEvent::ChequeExceptionFound { line, exception: ChequeException { number, payment_id, finding } } => {
            data! { line, exception: data! { number, payment_id, finding } }
        }
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

fn posting(LinePosting { account_code, effective_date, clears }: &LinePosting) -> Value {
    let clears = clears.iter().map(|Cleared { amount, on }| data! { amount, on }).collect::<Vec<_>>();
    data! { account_code, effective_date, clears }
}

/// The words are a person's.
fn booking(Booking { parts, reason: _, posted, by, rule }: &Booking) -> Value {
    let part = |BookedPart { to, amount }: &BookedPart| {
        let Assignment { account_code, cost_centre, project, tax_code } = to;
        data! { account_code, cost_centre, project, tax_code, amount }
    };
    let parts = parts.iter().map(part).collect::<Vec<_>>();
    match rule {
        None => data! { parts, posted: posting(posted), by },
        Some(rule) => data! { parts, posted: posting(posted), by, rule: applied(rule) },
    }
}

fn applied(AppliedRule { version, rule, name: _ }: &AppliedRule) -> Value {
    data! { version, rule }
}

/// Up to which amounts lines book themselves, and where to; never whose lines, nor by which words.
pub fn rules(BankRulesEvent::Adopted { version, set: BankRuleSet { rules }, by }: &BankRulesEvent) -> Value {
    let rule = |BankRule { name: _, when, parts, reason: _ }: &BankRule| {
        let LineWhen { direction, amount_max, bank_account_id, transaction_code, .. } = when;
        let part = |RulePart { account_code, cost_centre, project, tax_code, percent }: &RulePart| {
            data! { account_code, cost_centre, project, tax_code, percent }
        };
        let parts = parts.iter().map(part).collect::<Vec<_>>();
        data! { when: data! { direction, amount_max, bank_account_id, transaction_code }, parts }
    };
    data! { version, set: data! { rules: rules.iter().map(rule).collect::<Vec<_>>() }, by }
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
        MatchTarget::Payment { payment_id, items, effect, value_date } => {
            data! { payment: data! { payment_id, items, effect, value_date } }
        }
        MatchTarget::Refund { invoice_id, allocation_id, value_date } => {
            data! { refund: data! { invoice_id, allocation_id, value_date } }
        }
        MatchTarget::Receivable { receivable_id, incoming_payment_id, value_date } => {
            data! { receivable: data! { receivable_id, incoming_payment_id, value_date } }
        }
        MatchTarget::CustomerRefund { receivable_id, refund_id, value_date } => {
            data! { customer_refund: data! { receivable_id, refund_id, value_date } }
        }
        MatchTarget::IncomingReturned { receivable_id, incoming_payment_id, paid_on, value_date } => {
            data! { incoming_returned: data! { receivable_id, incoming_payment_id, paid_on, value_date } }
        }
        // The words are a person's.
        MatchTarget::Explained { explanation: _ } => data! { explained: data! {} },
    }
}
