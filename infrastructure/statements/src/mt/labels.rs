//! Narratives of `/EREF/…/REMI/…` codes and of Dutch `IBAN: … NAAM: …` labels.

use crate::number::{has_shape_of_iban, present};
use crate::{Charge, Detail, Exchange, ReturnReason};

/// Codes of the Dutch SEPA agreement and of SWIFT's own list; `/` and four letters that stand in a text are no code.
const CODES: [&str; 38] = [
    "EREF", "PREF", "KREF", "MARF", "CSID", "BENM", "ORDP", "CNTP", "NAME", "IBAN", "BIC", "ACCW", "REMI", "USTD", "STRD", "ISDT", "TRTP",
    "RTRN", "IREF", "PURP", "ULTC", "ULTD", "ULTB", "ADDR", "TRCD", "OCMT", "EXCH", "CHGS", "INFO", "ID", "RREF", "SVCL", "TRAN", "PY",
    "OCCR", "ORIG", "BO", "RFB",
];

const LABELS: [&str; 9] = ["IBAN:", "BIC:", "NAAM:", "OMSCHRIJVING:", "KENMERK:", "REK:", "MACHTIGING:", "INCASSANT:", "BETALINGSKENM.:"];

/// False where the narrative has neither.
pub(super) fn describe(detail: &mut Detail, unwrapped: &str, wrapped: &str) -> bool {
    let codes = slash_codes(unwrapped);
    if !codes.is_empty() && unwrapped.trim_start().starts_with('/') {
        codes.iter().for_each(|(code, value)| take_code(detail, code, value));
        return true;
    }
    take_labels(detail, wrapped)
}

/// Each `/CODE/` with the text up to the next one.
fn slash_codes(text: &str) -> Vec<(&str, &str)> {
    let mut found: Vec<(usize, usize, &str)> = vec![];
    for (at, _) in text.match_indices('/') {
        let rest = &text[at + 1..];
        let code = CODES.into_iter().find(|code| rest.strip_prefix(code).is_some_and(|behind| behind.starts_with('/')));
        if let Some(code) = code {
            found.push((at, at + code.len() + 2, code));
        }
    }
    let ends = found.iter().skip(1).map(|(at, ..)| *at).chain([text.len()]);
    found.iter().zip(ends).map(|((_, content, code), end)| (*code, text[(*content).min(end)..end].trim_matches('/'))).collect()
}

fn take_code(detail: &mut Detail, code: &str, value: &str) {
    let Some(value) = present(value) else { return };
    match code {
        "EREF" => detail.references.end_to_end_id = Some(value).filter(|id| !id.eq_ignore_ascii_case("NOTPROVIDED")),
        "PREF" => detail.references.payment_information_id = Some(value),
        "KREF" => detail.references.customer = Some(value),
        "MARF" => detail.references.mandate_id = Some(value),
        "CSID" => detail.references.creditor_id = Some(value),
        "IREF" => detail.references.instruction_id = Some(value),
        "NAME" => detail.counterparty.name = Some(value),
        "IBAN" | "ACCW" => detail.counterparty.account = Some(value),
        "BIC" => detail.counterparty.bank = Some(value),
        "ADDR" => detail.counterparty.address.push(value),
        "CNTP" => counterparty(detail, &value),
        "ULTC" | "ULTD" | "ULTB" => detail.ultimate_counterparty = Some(value),
        "REMI" | "USTD" | "INFO" => detail.remittance.unstructured.push(value),
        "STRD" => detail.remittance.references.push(structured(&value)),
        "PURP" => detail.purpose = Some(value),
        "RTRN" => detail.return_reason = Some(ReturnReason { code: Some(value), text: vec![] }),
        "EXCH" => detail.exchange.get_or_insert_default().rate = crate::number::decimal(&value),
        "OCMT" => original(detail.exchange.get_or_insert_default(), &value),
        "CHGS" => charge(detail, &value),
        other => detail.references.other.push((other.to_ascii_lowercase(), value)),
    }
}

/// ING: `/CNTP/account/bic/name/city///`.
fn counterparty(detail: &mut Detail, value: &str) {
    let mut parts = value.split('/').map(present);
    detail.counterparty.account = parts.next().flatten();
    detail.counterparty.bank = parts.next().flatten();
    detail.counterparty.name = parts.next().flatten();
    detail.counterparty.address.extend(parts.next().flatten());
}

/// `CUR/9999` names the kind of reference first.
fn structured(value: &str) -> String {
    value.rsplit('/').find(|part| !part.trim().is_empty()).unwrap_or(value).trim().to_owned()
}

/// `USD1234,56`
fn original(exchange: &mut Exchange, value: &str) {
    let (currency, amount) = value.split_at_checked(3).unwrap_or(("", value));
    exchange.instructed_amount = crate::number::decimal(amount.trim());
    exchange.instructed_currency = crate::number::is_currency(currency).then(|| currency.to_owned());
}

fn charge(detail: &mut Detail, value: &str) {
    let (currency, amount) = value.split_at_checked(3).unwrap_or(("", value));
    match crate::number::decimal(amount.trim().trim_start_matches('/')) {
        Some(amount) => {
            detail.charges.push(Charge { amount: crate::number::debit(amount), currency: present(currency), included: None, kind: None })
        }
        None => detail.references.other.push(("chgs".to_owned(), value.to_owned())),
    }
}

fn take_labels(detail: &mut Detail, text: &str) -> bool {
    let flat = text.replace('\n', " ");
    let mut found: Vec<(usize, &str)> = LABELS.into_iter().filter_map(|label| Some((position(&flat, label)?, label))).collect();
    found.sort_unstable();
    let Some(&(first, _)) = found.first() else { return false };
    detail.remittance.unstructured.extend(present(&flat[..first]));
    let ends: Vec<usize> = found.iter().skip(1).map(|(at, _)| *at).chain([flat.len()]).collect();
    for ((at, label), end) in found.into_iter().zip(ends) {
        take_label(detail, label, flat[at + label.len()..end].trim_end_matches(['/', ' ']));
    }
    true
}

/// A label stands at the start of a word.
fn position(text: &str, label: &str) -> Option<usize> {
    text.match_indices(label).map(|(at, _)| at).find(|&at| at == 0 || text[..at].ends_with([' ', '/']))
}

fn take_label(detail: &mut Detail, label: &str, value: &str) {
    let Some(value) = present(value) else { return };
    match label {
        "IBAN:" | "REK:" => {
            let account = value.split_whitespace().next().unwrap_or_default();
            detail.counterparty.account = Some(if has_shape_of_iban(account) { account.to_owned() } else { value });
        }
        "BIC:" => detail.counterparty.bank = Some(value),
        "NAAM:" => detail.counterparty.name = Some(value),
        "KENMERK:" => detail.references.end_to_end_id = Some(value).filter(|id| !id.eq_ignore_ascii_case("NOTPROVIDED")),
        "MACHTIGING:" => detail.references.mandate_id = Some(value),
        "INCASSANT:" => detail.references.creditor_id = Some(value),
        "BETALINGSKENM.:" => detail.remittance.references.push(value),
        _ => detail.remittance.unstructured.push(value),
    }
}
