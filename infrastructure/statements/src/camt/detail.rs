//! One `TxDtls`: references, the other side, remittance, charges, exchange, return.

use rust_decimal::Decimal;

use super::entry::codes;
use super::statement::{account_id, agent, is_credit};
use super::tree::{Element, code_or_proprietary};
use crate::number::{debit, decimal};
use crate::{Charge, Detail, Exchange, Party, References, Remittance, ReturnReason, StatementRefusal};

/// Told in place of an id that the payer left out.
const NOT_PROVIDED: [&str; 2] = ["NOTPROVIDED", "NOT PROVIDED"];

/// What the entry around a transaction says about it.
pub(super) struct Around<'a> {
    pub is_credit: bool,
    /// Whether a transaction's own side counts: see [`own_sides_count`].
    pub own_sides: bool,
    /// Our account, which is never the counterparty's.
    pub account: Option<&'a str>,
    pub currency: Option<String>,
}

/// Some banks write every transaction of a debit from the payees' side; only where one agrees with the entry do sides differ on purpose.
pub(super) fn own_sides_count<'a, 'i: 'a>(mut transactions: impl Iterator<Item = Element<'a, 'i>>, is_credit: bool) -> bool {
    let side = if is_credit { "CRDT" } else { "DBIT" };
    transactions.any(|transaction| transaction.text("CdtDbtInd").as_deref() == Some(side))
}

pub(super) fn detail(node: Element, around: &Around) -> Result<Detail, StatementRefusal> {
    let own = amount(node, around.currency.as_deref())?;
    let side = match node.child("CdtDbtInd") {
        Some(_) if around.own_sides => is_credit(node)?,
        _ => around.is_credit,
    };
    let (amount, currency) = own.map_or((None, None), |(amount, currency)| (Some(if side { amount } else { debit(amount) }), currency));
    let parties = node.child("RltdPties");
    let agents = node.child("RltdAgts");
    Ok(Detail {
        amount,
        currency,
        references: node.child("Refs").map(references).unwrap_or_default(),
        codes: node.child("BkTxCd").map(codes).unwrap_or_default(),
        counterparty: counterparty(parties, agents, side, around.account),
        ultimate_counterparty: ultimate(parties, side),
        remittance: node.child("RmtInf").map(remittance).unwrap_or_default(),
        charges: charges(node)?,
        exchange: exchange(node)?,
        return_reason: node.child("RtrInf").map(return_reason),
        purpose: node.child("Purp").and_then(code_or_proprietary),
        text: node.text("AddtlTxInf"),
    })
}

/// The transaction's own amount, since version 04 directly, before that among the details; what was instructed, where it was in the
/// entry's currency.
fn amount(node: Element, of_entry: Option<&str>) -> Result<Option<(Decimal, Option<String>)>, StatementRefusal> {
    let among_details =
        |name: &'static str| node.path(&["AmtDtls", name]).map(|amount| amount.amount("Amt")).transpose().map(Option::flatten);
    if let Some(own) = node.amount("Amt")?.or(among_details("TxAmt")?) {
        return Ok(Some(own));
    }
    Ok(among_details("InstdAmt")?.filter(|(_, currency)| currency.as_deref() == of_entry))
}

fn references(node: Element) -> References {
    let id = |name| node.text(name).filter(|id: &String| !NOT_PROVIDED.contains(&id.to_ascii_uppercase().as_str()));
    References {
        entry: None,
        servicer: id("AcctSvcrRef"),
        message_id: id("MsgId"),
        payment_information_id: id("PmtInfId"),
        instruction_id: id("InstrId"),
        end_to_end_id: id("EndToEndId"),
        transaction_id: id("TxId"),
        uetr: id("UETR"),
        mandate_id: id("MndtId"),
        creditor_id: None,
        cheque_number: id("ChqNb"),
        clearing: id("ClrSysRef"),
        customer: id("AcctOwnrTxId"),
        other: node.children("Prtry").filter_map(|own| Some((own.text("Tp").unwrap_or_default(), own.text("Ref")?))).collect(),
    }
}

struct Side {
    party: &'static str,
    account: &'static str,
    agent: &'static str,
}

const DEBTOR: Side = Side { party: "Dbtr", account: "DbtrAcct", agent: "DbtrAgt" };
const CREDITOR: Side = Side { party: "Cdtr", account: "CdtrAcct", agent: "CdtrAgt" };

/// Money that came in came from the debtor; of money that came back we are the debtor ourselves.
fn counterparty(parties: Option<Element>, agents: Option<Element>, is_credit: bool, own: Option<&str>) -> Party {
    let (first, second) = if is_credit { (&DEBTOR, &CREDITOR) } else { (&CREDITOR, &DEBTOR) };
    let (expected, other) = (party(parties, agents, first), party(parties, agents, second));
    let is_own = own.is_some() && expected.account.as_deref() == own && other.account.as_deref() != own;
    if is_own { other } else { expected }
}

fn party(parties: Option<Element>, agents: Option<Element>, side: &Side) -> Party {
    let account = parties.and_then(|parties| parties.child(side.account)).map(account_id);
    let bank = agents.and_then(|agents| agents.child(side.agent)).and_then(|agent_of| agent_of.child("FinInstnId")).and_then(agent);
    let named = parties.and_then(|parties| parties.child(side.party)).map(unwrapped);
    Party {
        name: named.and_then(|party| party.text("Nm")),
        account: account.and_then(|(iban, other)| iban.or(other)),
        bank,
        id: named.and_then(|party| party.child("Id")).and_then(party_id),
        address: named.and_then(|party| party.child("PstlAdr")).map(address).unwrap_or_default(),
    }
}

/// Since version 08 a party is a person or company, or a bank, one element deeper.
fn unwrapped<'a, 'input>(party: Element<'a, 'input>) -> Element<'a, 'input> {
    match (party.child("Pty"), party.path(&["Agt", "FinInstnId"])) {
        (Some(inner), _) | (None, Some(inner)) => inner,
        (None, None) => party,
    }
}

fn party_id(id: Element) -> Option<String> {
    let kind = id.any(&["OrgId", "PrvtId"])?;
    let other = kind.child("Othr").and_then(|other| other.text("Id"));
    other.or_else(|| kind.any(&["AnyBIC", "BICOrBEI", "BEI", "LEI"])?.own_text())
}

fn address(node: Element) -> Vec<String> {
    const PARTS: [&str; 6] = ["Dept", "StrtNm", "BldgNb", "PstCd", "TwnNm", "CtrySubDvsn"];
    let lines = node.texts("AdrLine");
    let parts = PARTS.into_iter().filter_map(|part| node.text(part));
    parts.chain(lines).chain(node.text("Ctry")).collect()
}

fn ultimate(parties: Option<Element>, is_credit: bool) -> Option<String> {
    let name = if is_credit { "UltmtDbtr" } else { "UltmtCdtr" };
    unwrapped(parties?.child(name)?).text("Nm")
}

fn remittance(node: Element) -> Remittance {
    let mut remittance = Remittance { unstructured: node.texts("Ustrd"), ..Remittance::default() };
    for block in node.children("Strd") {
        remittance.documents.extend(block.children("RfrdDocInf").filter_map(|document| document.any(&["Nb", "RfrdDocNb"])?.own_text()));
        remittance.references.extend(block.child("CdtrRefInf").and_then(creditor_reference));
        remittance.additional.extend(block.texts("AddtlRmtInf"));
    }
    remittance
}

/// The first version calls it `CdtrRef`.
fn creditor_reference(node: Element) -> Option<String> {
    node.any(&["Ref", "CdtrRef"])?.own_text()
}

/// The records, on entries and transactions alike; before version 04 each record is a `Chrgs` of its own.
pub(super) fn charges(node: Element) -> Result<Vec<Charge>, StatementRefusal> {
    let mut found = vec![];
    for group in node.children("Chrgs") {
        let mut records: Vec<Element> = group.children("Rcrd").collect();
        if records.is_empty() {
            records.push(group);
        }
        for record in records {
            found.extend(charge(record)?);
        }
    }
    Ok(found)
}

fn charge(record: Element) -> Result<Option<Charge>, StatementRefusal> {
    let Some((amount, currency)) = record.amount("Amt")?.or(record.amount("TtlChrgsAndTaxAmt")?) else { return Ok(None) };
    let is_refund = record.text("CdtDbtInd").as_deref() == Some("CRDT");
    let included = record.text("ChrgInclInd").map(|text| matches!(text.as_str(), "true" | "1"));
    let kind = record.child("Tp").and_then(code_or_proprietary);
    Ok(Some(Charge { amount: if is_refund { amount } else { debit(amount) }, currency, included, kind }))
}

/// What was instructed in another currency, and the rate; the transaction's own details first.
fn exchange(node: Element) -> Result<Option<Exchange>, StatementRefusal> {
    let Some(details) = node.child("AmtDtls") else { return Ok(None) };
    let instructed = details.child("InstdAmt").map(|amount| amount.amount("Amt")).transpose()?.flatten();
    let rates = ["InstdAmt", "TxAmt", "CntrValAmt"].into_iter().filter_map(|name| details.path(&[name, "CcyXchg"]));
    let Some(rate) = rates.chain(node.child("CcyXchg")).next() else {
        return Ok(instructed.map(|(amount, currency)| Exchange {
            instructed_amount: Some(amount),
            instructed_currency: currency,
            ..Exchange::default()
        }));
    };
    Ok(Some(Exchange {
        instructed_amount: instructed.as_ref().map(|(amount, _)| *amount),
        instructed_currency: instructed.and_then(|(_, currency)| currency),
        rate: rate.text("XchgRate").and_then(|text| decimal(&text)),
        source_currency: rate.text("SrcCcy"),
        target_currency: rate.text("TrgtCcy"),
    }))
}

fn return_reason(node: Element) -> ReturnReason {
    let reason = node.any(&["Rsn", "RtrRsn"]);
    ReturnReason { code: reason.and_then(code_or_proprietary), text: node.texts("AddtlInf") }
}
