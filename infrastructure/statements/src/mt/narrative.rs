//! `:86:`, the narrative: German subfields, slash codes (SEPA in the Netherlands and SWIFT's own), Dutch labels, or plain words.

use super::{german, labels};
use crate::number::{has_shape_of_iban, present};
use crate::{Detail, Entry};

/// Puts a narrative's facts on its entry; the words stay on it as they are.
pub(super) fn describe(entry: &mut Entry, lines: &[&str]) {
    let text = lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n");
    let Some(text) = present(&text) else { return };
    let unwrapped = text.replace('\n', "");
    let mut detail = Detail::default();
    let understood = german::describe(entry, &mut detail, &joined(lines)) || labels::describe(&mut detail, &unwrapped, &text);
    if !understood {
        detail.remittance.unstructured.push(text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"));
    }
    account_in_reference(entry, &mut detail);
    detail.text = Some(text.clone());
    entry.text = Some(match entry.text.take() {
        Some(before) => format!("{before}\n{text}"),
        None => text,
    });
    match entry.details.first_mut() {
        Some(first) => go_on(first, detail),
        None => entry.details.push(detail),
    }
}

/// A second narrative is of the same transaction: it says what the first one has left out, and more words.
fn go_on(first: &mut Detail, second: Detail) {
    let Detail {
        references, counterparty, ultimate_counterparty, remittance, charges, exchange, return_reason, purpose, text, codes, ..
    } = second;
    let own = &mut first.references;
    own.end_to_end_id = own.end_to_end_id.take().or(references.end_to_end_id);
    own.customer = own.customer.take().or(references.customer);
    own.mandate_id = own.mandate_id.take().or(references.mandate_id);
    own.creditor_id = own.creditor_id.take().or(references.creditor_id);
    own.other.extend(references.other);
    first.ultimate_counterparty = first.ultimate_counterparty.take().or(ultimate_counterparty);
    first.return_reason = first.return_reason.take().or(return_reason);
    first.exchange = first.exchange.take().or(exchange);
    first.purpose = first.purpose.take().or(purpose);
    first.charges.extend(charges);
    first.codes.extend(codes);
    first.counterparty.name = first.counterparty.name.take().or(counterparty.name);
    first.counterparty.account = first.counterparty.account.take().or(counterparty.account);
    first.counterparty.bank = first.counterparty.bank.take().or(counterparty.bank);
    first.remittance.unstructured.extend(remittance.unstructured);
    first.remittance.references.extend(remittance.references);
    first.text = first.text.iter().cloned().chain(text).reduce(|before, after| format!("{before}\n{after}"));
}

/// German banks fill each line to the last of 65 characters, so that a blank at its end counts.
fn joined(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim_end_matches(['\r', '\n'])).collect()
}

/// Dutch savings banks write the other account where the reference belongs.
fn account_in_reference(entry: &Entry, detail: &mut Detail) {
    let reference = entry.references.customer.as_deref();
    let supplement = entry.references.other.iter().find(|(kind, _)| kind == "supplementary").map(|(_, text)| text.as_str());
    let account = [reference, supplement].into_iter().flatten().find(|text| has_shape_of_iban(text));
    if detail.counterparty.account.is_none() {
        detail.counterparty.account = account.map(str::to_owned);
    }
}
