//! One `Ntry` and the batch or transactions in it.

use super::detail::{self, Around, own_sides_count};
use super::statement::{is_credit, signed};
use super::tree::Element;
use crate::statement::Account;
use crate::{CodeScheme, Entry, EntryStatus, StatementRefusal, TransactionCode};

pub(super) fn entry(node: Element, account: &Account) -> Result<Entry, StatementRefusal> {
    let missing = || StatementRefusal::Missing { at: node.place(), name: "the amount of an entry" };
    let (amount, own_currency) = node.amount("Amt")?.ok_or_else(missing)?;
    let amount = signed(node, amount)?;
    let mut entry = Entry::new(node.place(), amount, own_currency.or_else(|| account.currency.clone()));
    entry.reversal = matches!(node.text("RvslInd").as_deref(), Some("true" | "1"));
    entry.status = status(node)?;
    entry.booking_date = node.date("BookgDt")?;
    entry.value_date = node.date("ValDt")?;
    entry.codes = node.child("BkTxCd").map(codes).unwrap_or_default();
    entry.references.entry = node.text("NtryRef");
    entry.references.servicer = node.text("AcctSvcrRef");
    entry.charges = detail::charges(node)?;
    entry.text = node.text("AddtlNtryInf");
    // The first version lists the transactions without a group around them.
    let transactions: Vec<Element> =
        node.children("NtryDtls").flat_map(|group| group.children("TxDtls")).chain(node.children("TxDtls")).collect();
    node.children("NtryDtls").for_each(|group| batch(group, &mut entry));
    let is_credit = is_credit(node)?;
    let around = Around {
        is_credit,
        own_sides: own_sides_count(transactions.iter().copied(), is_credit),
        account: account.id(),
        currency: entry.currency.clone(),
    };
    entry.details = transactions.into_iter().map(|transaction| detail::detail(transaction, &around)).collect::<Result<_, _>>()?;
    Ok(entry)
}

/// A code alone, inside `Cd` since version 07, or the bank's own.
fn status(node: Element) -> Result<EntryStatus, StatementRefusal> {
    let Some(element) = node.child("Sts") else {
        return Err(StatementRefusal::Missing { at: node.place(), name: "the status of an entry" });
    };
    let code = element.any(&["Cd", "Prtry"]).unwrap_or(element).own_text().unwrap_or_default();
    match code.as_str() {
        "BOOK" => Ok(EntryStatus::Booked),
        "PDNG" => Ok(EntryStatus::Pending),
        "FUTR" => Ok(EntryStatus::Future),
        "INFO" => Ok(EntryStatus::Information),
        other => Err(StatementRefusal::invalid(element.place(), "the status of an entry", other)),
    }
}

pub(super) fn codes(node: Element) -> Vec<TransactionCode> {
    let domain = node.child("Domn").and_then(|domain| {
        let family = domain.child("Fmly");
        let parts = [domain.text("Cd"), family.and_then(|family| family.text("Cd")), family.and_then(|family| family.text("SubFmlyCd"))];
        let code = parts.into_iter().flatten().collect::<Vec<_>>().join("/");
        Some(code).filter(|code| !code.is_empty())
    });
    let mut codes: Vec<_> = domain.map(|code| TransactionCode::new(CodeScheme::Iso20022, code)).into_iter().collect();
    if let Some((proprietary, code)) = node.child("Prtry").and_then(|own| Some((own, own.text("Cd")?))) {
        codes.extend(german(&code).map(|gvc| TransactionCode::new(CodeScheme::Gvc, gvc)));
        codes.push(TransactionCode { issuer: proprietary.text("Issr"), ..TransactionCode::new(CodeScheme::Proprietary, code) });
    }
    codes
}

/// `NTRF+166+…` of the German banks: SWIFT code, transaction code, prima nota, extension.
fn german(code: &str) -> Option<&str> {
    let (swift, rest) = code.split_once('+')?;
    let gvc = rest.split('+').next()?;
    (swift.len() == 4 && gvc.len() == 3 && gvc.bytes().all(|byte| byte.is_ascii_digit())).then_some(gvc)
}

fn batch(group: Element, entry: &mut Entry) {
    let Some(batch) = group.child("Btch") else { return };
    entry.references.message_id = batch.text("MsgId");
    entry.references.payment_information_id = batch.text("PmtInfId");
    if let Some(count) = batch.text("NbOfTxs") {
        entry.references.other.push(("number_of_transactions".to_owned(), count));
    }
}
