//! What an entry tells its receiver of the invoices that it pays, as the rules want addenda to be: in segments of ANSI ASC X12.
//!
//! An entry of one invoice says so in one segment; one of several carries a whole payment order (transaction set 820, version 005010).

use chrono::{NaiveDate, NaiveDateTime};
use quittance_domain::money::Money;

use crate::plain::plain;

/// Characters that an invoice's number may have in a segment.
const NUMBER_MAX: usize = 50;
const NAME_MAX: usize = 60;

/// What one invoice is paid.
#[derive(Clone, Debug)]
pub struct Paid<'a> {
    pub invoice: &'a str,
    pub amount: Money,
}

/// Facts of one entry that its payment order repeats.
#[derive(Clone, Debug)]
pub struct RemittanceOrder<'a> {
    pub payer: &'a str,
    pub payer_id: &'a str,
    pub payee: &'a str,
    pub identification: &'a str,
    pub created_at: NaiveDateTime,
    pub effective_date: NaiveDate,
    pub total: Money,
    pub paid: &'a [Paid<'a>],
}

/// One invoice, in what the 80 characters of a single addenda record hold: the number is cut before the amount is.
pub fn note(paid: &Paid<'_>) -> String {
    let segment = |room: usize| format!("RMR*IV*{}**{}\\", element(paid.invoice, room), paid.amount.amount());
    let whole = segment(NUMBER_MAX);
    if whole.len() <= 80 { whole } else { segment(NUMBER_MAX - (whole.len() - 80)) }
}

/// Several invoices, in the order in which they are paid.
pub fn payment_order(order: &RemittanceOrder<'_>) -> String {
    let (day, time) = (order.created_at.format("%y%m%d"), order.created_at.format("%H%M"));
    let (sender, receiver) = (element(order.payer_id, 15), element(order.identification, 15));
    let mut set = vec![
        "ST*820*0001".to_owned(),
        format!("BPR*C*{}*C*ACH*CTX***********{}", order.total.amount(), order.effective_date.format("%Y%m%d")),
        format!("TRN*1*{}", element(order.identification, NUMBER_MAX)),
        format!("N1*PR*{}", element(order.payer, NAME_MAX)),
        format!("N1*PE*{}", element(order.payee, NAME_MAX)),
        "ENT*1".to_owned(),
    ];
    set.extend(order.paid.iter().map(|paid| format!("RMR*IV*{}**{}", element(paid.invoice, NUMBER_MAX), paid.amount.amount())));
    set.push(format!("SE*{}*0001", set.len() + 1));
    let mut segments = vec![
        format!("ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{receiver:<15}*{day}*{time}*U*00501*000000001*0*P*>"),
        format!("GS*RA*{sender}*{receiver}*{}*{time}*1*X*005010", order.created_at.format("%Y%m%d")),
    ];
    segments.append(&mut set);
    segments.extend(["GE*1*1".to_owned(), "IEA*1*000000001".to_owned()]);
    segments.iter().map(|segment| format!("{segment}\\")).collect()
}

/// A text that does not end its element or segment, with nothing but its end cut off.
fn element(text: &str, most: usize) -> String {
    let text = plain(&plain(text).replace(['*', '\\', '>'], " "));
    text.chars().take(most).collect::<String>().trim_end().to_owned()
}
