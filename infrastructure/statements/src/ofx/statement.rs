//! Bank, credit card and investment statements; securities are none of ours and are reported as unmapped.

use super::correction::correct;
use super::date::date;
use super::header;
use super::transaction;
use super::tree::{Element, parse};
use crate::StatementRefusal;
use crate::number::{has_shape_of_iban, present};
use crate::statement::{Account, Balance, BalanceKind, Statement, StatementFile, StatementKind};

const STATEMENTS: [&str; 3] = ["STMTRS", "CCSTMTRS", "INVSTMTRS"];

pub(crate) fn read(bytes: &[u8]) -> Result<StatementFile, StatementRefusal> {
    let (text, format) = header::decode(bytes)?;
    let root = parse(&text)?;
    let signed_on = root.child("SIGNONMSGSRSV1").and_then(|message| message.child("SONRS"));
    let created_at = signed_on.and_then(|sign_on| sign_on.text("DTSERVER"));
    let servicer = signed_on.and_then(|sign_on| sign_on.child("FI")).and_then(|bank| bank.text("ORG").or_else(|| bank.text("FID")));
    let mut statements = vec![];
    for name in STATEMENTS {
        let mut found = vec![];
        root.find(name, &mut found);
        for element in found {
            statements.push(statement(element, servicer.as_deref())?);
        }
    }
    if statements.is_empty() {
        return Err(refusal(&root));
    }
    let mut unmapped = vec![];
    root.unread("", &mut unmapped);
    Ok(StatementFile { format, message_id: None, created_at, statements, unmapped })
}

/// An error that the bank tells in place of a statement.
fn refusal(root: &Element) -> StatementRefusal {
    let mut all = vec![];
    root.find("STATUS", &mut all);
    let error = all.into_iter().find(|status| status.text("SEVERITY").as_deref() == Some("ERROR"));
    match error {
        Some(status) => StatementRefusal::BankError {
            code: status.text("CODE").unwrap_or_default(),
            message: status.text("MESSAGE").unwrap_or_default(),
        },
        None => StatementRefusal::NoStatement,
    }
}

fn statement(element: &Element, servicer: Option<&str>) -> Result<Statement, StatementRefusal> {
    let mut statement = Statement::new(StatementKind::EndOfPeriod);
    let currency = element.text("CURDEF");
    statement.account = account(element, currency.clone(), servicer);
    let lists = ["BANKTRANLIST", "INVTRANLIST", "BANKTRANLISTP"].into_iter().flat_map(|name| element.children(name));
    // A list that the bank forgot to end leaves its transactions on the statement itself.
    let mut transactions = vec![];
    for list in lists.chain([element]) {
        statement.period.from = statement.period.from.or(day(list, "DTSTART")?);
        statement.period.to = day(list, "DTEND")?.or(statement.period.to);
        transactions.extend(transactions_of(list));
    }
    let read = transactions.iter().map(|transaction| transaction::entry(transaction, currency.as_deref()));
    statement.entries = read.collect::<Result<_, _>>()?;
    correct(&transactions, &mut statement.entries)?;
    balances(element, &currency, &mut statement)?;
    Ok(statement)
}

/// Money that moved on an investment account is wrapped once more.
fn transactions_of(list: &Element) -> impl Iterator<Item = &Element> {
    let direct = list.children("STMTTRN").chain(list.children("STMTTRNP"));
    let wrapped = list.children("INVBANKTRAN").flat_map(|wrapper| wrapper.children("STMTTRN"));
    direct.chain(wrapped)
}

fn account(element: &Element, currency: Option<String>, servicer: Option<&str>) -> Account {
    let from = ["BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"].into_iter().find_map(|name| element.child(name));
    let text = |name| from.and_then(|from| from.text(name));
    let number = text("ACCTID");
    let bank = text("BANKID").or_else(|| text("BROKERID")).or_else(|| servicer.map(str::to_owned));
    let (iban, other) = match number {
        Some(number) if has_shape_of_iban(&number) => (Some(number), None),
        number => (None, number),
    };
    Account { iban, other, name: text("ACCTTYPE"), owner: None, currency, servicer: bank.and_then(|bank| present(&bank)) }
}

fn balances(element: &Element, currency: &Option<String>, statement: &mut Statement) -> Result<(), StatementRefusal> {
    for (name, kind) in [("LEDGERBAL", BalanceKind::ClosingBooked), ("AVAILBAL", BalanceKind::ClosingAvailable)] {
        for balance in element.children(name) {
            add_balance(balance, "BALAMT", kind.clone(), currency, statement)?;
        }
    }
    let lists = element.children("BALLIST").chain(element.children("INVBAL").flat_map(|list| list.children("BALLIST")));
    for balance in lists.flat_map(|list| list.children("BAL")) {
        let kind = BalanceKind::Other(balance.text("NAME").unwrap_or_default());
        add_balance(balance, "VALUE", kind, currency, statement)?;
    }
    for cash in element.children("INVBAL").filter(|list| list.child("AVAILCASH").is_some()) {
        add_balance(cash, "AVAILCASH", BalanceKind::InterimAvailable, currency, statement)?;
    }
    Ok(())
}

/// Banks that do not tell a balance leave its amount empty: it is missing then, not zero.
fn add_balance(
    element: &Element,
    name: &str,
    kind: BalanceKind,
    currency: &Option<String>,
    statement: &mut Statement,
) -> Result<(), StatementRefusal> {
    let Some(text) = element.text(name) else {
        statement.notes.push(format!("line {}: the balance {} has no amount", element.at.line, element.name));
        return Ok(());
    };
    let amount = transaction::amount(&text).ok_or_else(|| StatementRefusal::invalid(element.at, "the balance", &text))?;
    statement.balances.push(Balance { kind, amount, currency: currency.clone(), date: day(element, "DTASOF")? });
    Ok(())
}

fn day(element: &Element, name: &str) -> Result<Option<chrono::NaiveDate>, StatementRefusal> {
    let Some(text) = element.text(name) else { return Ok(None) };
    date(&text).map(Some).ok_or_else(|| StatementRefusal::invalid(element.at, "the date", &text))
}
