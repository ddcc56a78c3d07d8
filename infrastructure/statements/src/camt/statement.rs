//! The message and its statements: account, balances, sums.

use roxmltree::{Document, ParsingOptions};
use rust_decimal::Decimal;

use super::entry;
use super::tree::{Element, Seen, code_or_proprietary};
use crate::number::{debit, iso_date};
use crate::statement::{Account, Balance, BalanceKind, Control, Format, Period, Statement, StatementFile, StatementKind};
use crate::{Entry, Place, StatementRefusal, decode};

/// Enough for 100,000 entries, too little to exhaust memory.
const NODES_MAX: u32 = 12_000_000;

/// The message's element and its number.
pub(crate) const MESSAGES: [(&str, &str); 6] = [
    ("BkToCstmrAcctRpt", "052"),
    ("BkToCstmrStmt", "053"),
    ("BkToCstmrDbtCdtNtfctn", "054"),
    ("BkToCstmrAcctRptV01", "052"),
    ("BkToCstmrStmtV01", "053"),
    ("BkToCstmrDbtCdtNtfctnV01", "054"),
];

pub(crate) fn read(bytes: &[u8]) -> Result<StatementFile, StatementRefusal> {
    let text = decode::declared(bytes, decode::xml_label(bytes).as_deref())?;
    let text = text.trim_start();
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(malformed)?;
    let seen = Seen::default();
    message(Element::root(&document, &seen))
}

fn malformed(error: roxmltree::Error) -> StatementRefusal {
    let position = error.pos();
    StatementRefusal::Malformed { at: Place { line: position.row as usize, column: position.col as usize }, reason: error.to_string() }
}

/// Alone, in a `Document`, or in an envelope that has the business header beside the document.
fn message(root: Element) -> Result<StatementFile, StatementRefusal> {
    let number = |element: Element| MESSAGES.iter().find(|(name, _)| element.name() == *name).map(|(_, number)| *number);
    let bodies: Vec<(Element, &'static str)> = root.descendants().filter_map(|element| Some((element, number(element)?))).collect();
    let &(first, message) = bodies.first().ok_or(StatementRefusal::NoStatement)?;
    let mut statements = vec![];
    for (body, number) in &bodies {
        let (name, kind) = kind(number);
        for node in body.children(name) {
            statements.push(statement(node, kind)?);
        }
    }
    if statements.is_empty() {
        return Err(StatementRefusal::NoStatement);
    }
    let header = first.child("GrpHdr");
    Ok(StatementFile {
        format: Format::Camt { message, version: version(first).or_else(|| version(root)) },
        message_id: header.and_then(|header| header.text("MsgId")),
        created_at: header.and_then(|header| header.text("CreDtTm")),
        statements,
        unmapped: bodies.iter().flat_map(|(body, _)| body.unread()).collect(),
    })
}

fn kind(number: &str) -> (&'static str, StatementKind) {
    match number {
        "052" => ("Rpt", StatementKind::Intraday),
        "053" => ("Stmt", StatementKind::EndOfPeriod),
        _ => ("Ntfctn", StatementKind::Notification),
    }
}

/// `001.08` of `urn:iso:std:iso:20022:tech:xsd:camt.053.001.08`.
fn version(element: Element) -> Option<String> {
    let (_, behind) = element.namespace()?.rsplit_once("camt.05")?;
    behind.split_once('.').map(|(_, version)| version.to_owned())
}

fn statement(node: Element, kind: StatementKind) -> Result<Statement, StatementRefusal> {
    let mut statement = Statement::new(kind);
    statement.id = node.text("Id");
    statement.sequence = node.text("ElctrncSeqNb");
    statement.legal_sequence = node.text("LglSeqNb");
    statement.page = node.any(&["StmtPgntn", "RptPgntn", "NtfctnPgntn"]).and_then(|page| page.text("PgNb"));
    statement.created_at = node.text("CreDtTm");
    statement.information = node.any(&["AddtlStmtInf", "AddtlRptInf", "AddtlNtfctnInf"]).and_then(Element::own_text);
    statement.period = period(node)?;
    statement.account = node.child("Acct").map(account).unwrap_or_default();
    statement.balances = node.children("Bal").map(balance).collect::<Result<_, _>>()?;
    statement.entries = node.children("Ntry").map(|entry| entry::entry(entry, &statement.account)).collect::<Result<_, _>>()?;
    statement.controls = controls(node, &statement.entries)?;
    copy(node, &mut statement);
    Ok(statement)
}

/// A copy or duplicate is no second statement.
fn copy(node: Element, statement: &mut Statement) {
    if let Some(indicator) = node.text("CpyDplctInd") {
        statement.notes.push(format!("the bank marks it as a copy or duplicate ({indicator})"));
    }
}

fn period(node: Element) -> Result<Period, StatementRefusal> {
    let Some(range) = node.child("FrToDt") else { return Ok(Period::default()) };
    Ok(Period { from: moment(range, "FrDtTm")?.or(range.date("FrDt")?), to: moment(range, "ToDtTm")?.or(range.date("ToDt")?) })
}

fn moment(node: Element, name: &'static str) -> Result<Option<chrono::NaiveDate>, StatementRefusal> {
    let Some(element) = node.child(name) else { return Ok(None) };
    let text = element.own_text().unwrap_or_default();
    iso_date(&text).map(Some).ok_or_else(|| StatementRefusal::invalid(element.place(), "the date", &text))
}

fn account(node: Element) -> Account {
    let (iban, other) = account_id(node);
    let institution = node.path(&["Svcr", "FinInstnId"]);
    Account {
        iban,
        other,
        name: node.text("Nm"),
        owner: node.path(&["Ownr"]).and_then(|owner| owner.text("Nm")),
        currency: node.text("Ccy"),
        servicer: institution.and_then(agent),
    }
}

/// The first version has `BBAN`, `UPIC` and `PrtryAcct` beside the IBAN.
pub(super) fn account_id(node: Element) -> (Option<String>, Option<String>) {
    let Some(id) = node.child("Id") else { return (None, None) };
    let other = id.any(&["Othr", "PrtryAcct"]).and_then(|other| other.text("Id"));
    (id.text("IBAN").map(|iban| compact(&iban)), other.or_else(|| id.text("BBAN")).or_else(|| id.text("UPIC")))
}

/// Without the blanks that print an IBAN in groups.
fn compact(iban: &str) -> String {
    iban.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase()
}

/// An institution by BIC, else by its number in a clearing system, else by name.
pub(super) fn agent(institution: Element) -> Option<String> {
    let institution = institution.any(&["CmbndId"]).unwrap_or(institution);
    let name = institution.text("Nm");
    let member = institution.child("ClrSysMmbId").and_then(|member| member.text("MmbId").or_else(|| member.text("Id")));
    let other = institution.any(&["Othr", "PrtryId"]).and_then(|other| other.text("Id"));
    institution.any(&["BICFI", "BIC"]).and_then(Element::own_text).or(member).or(other).or(name)
}

fn balance(node: Element) -> Result<Balance, StatementRefusal> {
    let kind = node.child("Tp");
    let code = kind.and_then(code_or_proprietary).or_else(|| node.text("Cd")).unwrap_or_default();
    let part = kind.and_then(|kind| kind.child("SubTp")).and_then(code_or_proprietary);
    let (amount, currency) =
        node.amount("Amt")?.ok_or_else(|| StatementRefusal::Missing { at: node.place(), name: "the amount of a balance" })?;
    Ok(Balance { kind: balance_kind(code, part), amount: signed(node, amount)?, currency, date: node.date("Dt")? })
}

/// A balance with a sub-type is that of a page (`INTM`), or a part of the other one, as what is blocked, or the same in another currency.
fn balance_kind(code: String, part: Option<String>) -> BalanceKind {
    match (code.as_str(), part.as_deref()) {
        ("OPBD", Some("INTM")) => return BalanceKind::OpeningInterim,
        ("CLBD", Some("INTM")) => return BalanceKind::ClosingInterim,
        (_, Some(part)) if part != "INTM" => return BalanceKind::Other(format!("{code}/{part}")),
        _ => {}
    }
    match code.as_str() {
        "OPBD" => BalanceKind::OpeningBooked,
        "CLBD" => BalanceKind::ClosingBooked,
        "PRCD" => BalanceKind::PreviouslyClosedBooked,
        "ITBD" => BalanceKind::InterimBooked,
        "OPAV" => BalanceKind::OpeningAvailable,
        "CLAV" => BalanceKind::ClosingAvailable,
        "ITAV" => BalanceKind::InterimAvailable,
        "FWAV" => BalanceKind::ForwardAvailable,
        "XPCD" => BalanceKind::Expected,
        _ => BalanceKind::Other(code),
    }
}

/// With the sign of the element's own indicator; an amount that has one too says nothing certain.
pub(super) fn signed(node: Element, amount: Decimal) -> Result<Decimal, StatementRefusal> {
    if amount.is_sign_negative() {
        return Err(StatementRefusal::invalid(node.place(), "the amount beside its indicator", &amount.to_string()));
    }
    Ok(if is_credit(node)? { amount } else { debit(amount) })
}

pub(super) fn is_credit(node: Element) -> Result<bool, StatementRefusal> {
    let indicator =
        node.child("CdtDbtInd").ok_or_else(|| StatementRefusal::Missing { at: node.place(), name: "the credit or debit indicator" })?;
    match indicator.own_text().as_deref() {
        Some("CRDT") => Ok(true),
        Some("DBIT") => Ok(false),
        other => Err(StatementRefusal::invalid(indicator.place(), "the credit or debit indicator", other.unwrap_or_default())),
    }
}

/// The sums that the bank states, held against the entries listed.
fn controls(node: Element, entries: &[Entry]) -> Result<Vec<Control>, StatementRefusal> {
    let Some(summary) = node.child("TxsSummry") else { return Ok(vec![]) };
    let mut controls = vec![];
    for (name, count, sum, belongs) in SUMS {
        let Some(total) = summary.child(name) else { continue };
        let own: Vec<Decimal> = entries.iter().map(|entry| entry.amount).filter(belongs).collect();
        if let Some(stated) = total.text("NbOfNtries").and_then(|text| text.parse::<u32>().ok()) {
            controls.push(Control { what: count, stated: stated.into(), computed: Decimal::from(own.len()) });
        }
        if let Some((stated, _)) = total.amount("Sum")? {
            let computed = own.iter().try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount.abs()));
            controls.extend(computed.map(|computed| Control { what: sum, stated, computed }));
        }
    }
    Ok(controls)
}

type Belongs = fn(&Decimal) -> bool;

const SUMS: [(&str, &str, &str, Belongs); 3] = [
    ("TtlNtries", "number of entries", "sum of entries", |_| true),
    ("TtlCdtNtries", "number of credits", "sum of credits", |amount| amount.is_sign_positive()),
    ("TtlDbtNtries", "number of debits", "sum of debits", |amount| amount.is_sign_negative()),
];
