//! One `STMTTRN`.

use rust_decimal::Decimal;

use super::date::date;
use super::tree::Element;
use crate::number::{decimal, of_our_time};
use crate::{CodeScheme, Detail, Entry, EntryStatus, Exchange, StatementRefusal, TransactionCode};

pub(super) fn entry(element: &Element, currency: Option<&str>) -> Result<Entry, StatementRefusal> {
    let text = element.text("TRNAMT").ok_or(StatementRefusal::Missing { at: element.at, name: "TRNAMT" })?;
    let value = amount(&text).ok_or_else(|| StatementRefusal::invalid(element.at, "the amount", &text))?;
    // Inside CURRENCY the amount is in that currency, inside ORIGCURRENCY it was converted already.
    let own_currency = element.child("CURRENCY").and_then(|other| other.text("CURSYM"));
    let mut entry = Entry::new(element.at, value, own_currency.or_else(|| currency.map(str::to_owned)));
    entry.status = if element.name == "STMTTRNP" { EntryStatus::Pending } else { EntryStatus::Booked };
    entry.booking_date = day(element, "DTPOSTED")?;
    entry.value_date = day(element, "DTAVAIL")?;
    entry.codes.extend(element.text("TRNTYPE").map(|kind| TransactionCode::new(CodeScheme::Ofx, kind)));
    entry.references.servicer = element.text("FITID");
    entry.text = element.text("MEMO");
    entry.details.push(detail(element));
    Ok(entry)
}

fn detail(element: &Element) -> Detail {
    let mut detail = Detail::default();
    detail.references.cheque_number = element.text("CHECKNUM");
    detail.references.customer = element.text("REFNUM");
    detail.references.transaction_id = element.text("SRVRTID");
    let payee = element.child("PAYEE");
    detail.counterparty.name =
        element.text("NAME").or_else(|| payee.and_then(|payee| payee.text("NAME"))).or_else(|| element.text("EXTDNAME"));
    detail.counterparty.id = element.text("PAYEEID");
    if let Some(payee) = payee {
        detail.counterparty.address =
            ["ADDR1", "ADDR2", "ADDR3", "CITY", "STATE", "POSTALCODE", "COUNTRY"].into_iter().filter_map(|part| payee.text(part)).collect();
    }
    if let Some(account) = element.child("BANKACCTTO").or_else(|| element.child("CCACCTTO")) {
        detail.counterparty.account = account.text("ACCTID");
        detail.counterparty.bank = account.text("BANKID");
    }
    detail.remittance.unstructured.extend(element.text("MEMO"));
    detail.exchange = exchange(element);
    detail.references.other.extend(element.text("DTUSER").map(|day| ("date_of_user".to_owned(), day)));
    detail
}

fn exchange(element: &Element) -> Option<Exchange> {
    let currency = element.child("ORIGCURRENCY").or_else(|| element.child("CURRENCY"))?;
    Some(Exchange {
        rate: currency.text("CURRATE").and_then(|rate| amount(&rate)),
        source_currency: currency.text("CURSYM"),
        ..Exchange::default()
    })
}

fn day(element: &Element, name: &str) -> Result<Option<chrono::NaiveDate>, StatementRefusal> {
    let Some(text) = element.text(name) else { return Ok(None) };
    // Banks fill a date that they do not know with zeros.
    if text.bytes().all(|byte| byte == b'0') {
        return Ok(None);
    }
    date(&text).and_then(of_our_time).map(Some).ok_or_else(|| StatementRefusal::invalid(element.at, "the date", &text))
}

/// Point or comma is the decimal mark; where both stand, against the standard, the last one is.
pub(super) fn amount(text: &str) -> Option<Decimal> {
    let text = text.trim().replace([' ', '\u{a0}'], "");
    match (text.rfind(','), text.rfind('.')) {
        (Some(comma), Some(point)) if comma > point => decimal(&text.replace('.', "")),
        (Some(_), Some(_)) => decimal(&text.replace(',', "")),
        _ => decimal(&text),
    }
}
