//! `16`, a transaction, with the words of its continuations.

use rust_decimal::Decimal;

use super::account::{self, Opened};
use super::codes::{self, Side};
use super::funds::Fields;
use super::read::Group;
use super::records::{Record, without_slash};
use crate::number::{debit, present};
use crate::{CodeScheme, Detail, Entry, EntryStatus, ReturnReason, StatementRefusal, TransactionCode};

pub(super) fn add(record: &Record, open: &mut Opened, group: &Group) -> Result<(), StatementRefusal> {
    open.records += record.physical;
    let first = record.parts.first().copied().unwrap_or("");
    let mut fields = Fields::new([&first]);
    let code = fields.next();
    let side = codes::side(code).ok_or_else(|| StatementRefusal::invalid(record.at, "the type code", code))?;
    let written = fields.next();
    let amount = match (side, written) {
        (_, "") => Decimal::ZERO,
        _ => account::amount(written, open.scale).ok_or_else(|| StatementRefusal::invalid(record.at, "the amount", written))?,
    };
    open.total = open.total.checked_add(amount).ok_or_else(|| StatementRefusal::invalid(record.at, "the amount", written))?;
    let signed = if side == Side::Debit { debit(amount) } else { amount };
    let mut entry = Entry::new(record.at, signed, open.statement.account.currency.clone());
    entry.status = if side == Side::Information { EntryStatus::Information } else { EntryStatus::Booked };
    entry.codes.push(TransactionCode::new(CodeScheme::Bai2, code));
    let funds = fields.funds();
    entry.booking_date = group.as_of;
    entry.value_date = funds.value_date;
    entry.references.other.extend(funds.availability.map(|days| ("availability".to_owned(), days)));
    let mut continuations = &record.parts[1..];
    if let ([next, others @ ..], true) = (continuations, fields.is_at_end())
        && goes_on(next)
    {
        (fields, continuations) = (Fields::new([next]), others);
    }
    entry.references.servicer = present(fields.next());
    entry.references.customer = present(fields.next());
    describe(&mut entry, code, &fields.rest().join(","), continuations);
    open.statement.entries.push(entry);
    Ok(())
}

/// A record that stopped behind the funds is continued by both references and the text, not by words alone.
fn goes_on(continuation: &str) -> bool {
    continuation.matches(',').count() >= 2 && label(continuation).is_none()
}

fn describe(entry: &mut Entry, code: &str, text: &str, continuations: &[&str]) {
    let lines = [text].into_iter().chain(continuations.iter().map(|part| without_slash(part))).map(str::trim);
    let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let mut detail = Detail::default();
    let labelled = continuations.iter().filter_map(|part| label(without_slash(part)));
    labelled.for_each(|(label, value)| take(&mut detail, entry.amount.is_sign_positive(), label, value));
    if codes::is_return(code) {
        detail.return_reason = Some(ReturnReason { code: reason(&text), text: vec![] });
    }
    if detail.remittance.unstructured.is_empty() {
        detail.remittance.unstructured.extend(present(&text));
    }
    detail.text = present(&text);
    entry.text = detail.text.clone();
    if detail.text.is_some() {
        entry.details.push(detail);
    }
}

/// `EREF: …`: four capitals, as several US banks label their continuations.
fn label(line: &str) -> Option<(&str, &str)> {
    let (label, value) = line.trim_start_matches(':').split_once(':')?;
    let is_label = label.len() == 4 && label.bytes().all(|byte| byte.is_ascii_uppercase());
    is_label.then_some((label, value))
}

/// Names and accounts say whose they are; ours is the creditor of money that came in.
fn take(detail: &mut Detail, is_credit: bool, label: &str, value: &str) {
    let Some(value) = present(value) else { return };
    let other_side = if is_credit { 'D' } else { 'C' };
    match (label, label.starts_with(other_side)) {
        ("EREF", _) => detail.references.end_to_end_id = Some(value),
        ("CREF", _) => detail.references.clearing = Some(value),
        ("CHKN", _) => detail.references.cheque_number = Some(value),
        ("REMI", _) => detail.remittance.unstructured.push(value),
        ("IDNM", _) => detail.counterparty.id = Some(value),
        ("CRNM" | "DBNM", true) => detail.counterparty.name = Some(value),
        ("CACT" | "DACT", true) => detail.counterparty.account = Some(value),
        ("CABA" | "DABA" | "CBIC" | "DBIC", true) => detail.counterparty.bank = Some(value),
        _ => detail.references.other.push((label.to_ascii_lowercase(), value)),
    }
}

/// `Reason: "R02"`
fn reason(text: &str) -> Option<String> {
    let (_, behind) = text.split_once("Reason: \"")?;
    behind.split('"').next().and_then(present)
}
