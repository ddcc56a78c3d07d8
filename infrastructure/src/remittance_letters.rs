//! Remittance advice as words: the text of a mail, and a letter.

use std::fmt::Write as _;

use quittance_application::remittance::{RemittanceAdvice, RemittanceLine};
use quittance_domain::bank_account::BankAccount;
use quittance_domain::payment::CreditSetOff;
use quittance_einvoice_formats::{Remittance, WriteError, write_remittance};
use rust_decimal::Decimal;

/// How the vendor's account stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// As the vendor knows it.
    Whole,
    /// Enough to recognise it: others may read along.
    Masked,
}

/// As a file.
pub fn pdf(advice: &RemittanceAdvice, account: Account) -> Result<Vec<u8>, WriteError> {
    write_remittance(&letter(advice, account))
}

/// Plain enough for every mail program: one line an invoice.
pub fn text(advice: &RemittanceAdvice, shown: Account) -> String {
    let mut text = format!("{} pays {} on {}: {}\n", one_line(&advice.payer), one_line(&advice.payee), advice.payment_date, advice.paid);
    if let Some(account) = &advice.account {
        let _ = writeln!(text, "To: {}", number(account, shown));
    }
    text.push('\n');
    for line in &advice.lines {
        let _ = write!(text, "{} of {}: {} of {}", one_line(&line.invoice_number), line.invoice_date, line.paid, line.invoice_amount);
        if line.discount.is_positive() {
            let _ = write!(text, ", less {} for paying early", line.discount);
        }
        if let Some(withheld) = &line.withheld {
            let _ = write!(text, ", less {} {} ({} % of {})", withheld.tax, withheld.name, withheld.percent, withheld.base);
        }
        let _ = writeln!(text, " (reference {})", line.end_to_end_id);
    }
    for set_off in &advice.set_off {
        let of = if set_off.payment_id.is_some() { "Payment on account" } else { "Credit note" };
        let _ = writeln!(text, "{of} {}: {} taken off {}", set_off.credit_note_number, set_off.amount, set_off.invoice_number);
    }
    text
}

/// Nobody's name or number writes a line of its own.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn number(account: &BankAccount, shown: Account) -> String {
    match shown {
        Account::Whole => account.iban().map_or_else(|| account.canonical(), |iban| iban.to_string()),
        Account::Masked => account.masked(),
    }
}

pub fn letter(advice: &RemittanceAdvice, shown: Account) -> Remittance {
    let address = &advice.payee_address;
    let town = [address.postal_code.as_deref(), address.city.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let below = [town, address.country.clone().unwrap_or_default()].into_iter().filter(|text| !text.is_empty());
    let account = advice.account.as_ref().map(|account| ("To account", number(account, shown)));
    let facts = [("Payment date", advice.payment_date.to_string()), ("Payment", advice.payment_id.to_string())];
    Remittance {
        payer: advice.payer.clone(),
        payee: advice.payee.clone(),
        payee_address: address.lines.iter().cloned().chain(below).collect(),
        payment_date: advice.payment_date,
        facts: facts.into_iter().chain(account).collect(),
        currency: advice.currency().to_string(),
        lines: advice.lines.iter().flat_map(in_words).chain(advice.set_off.iter().map(credit_in_words)).collect(),
        paid: advice.paid.amount(),
    }
}

/// The invoice, and under it the tax that was kept back of it.
fn in_words(line: &RemittanceLine) -> impl Iterator<Item = quittance_einvoice_formats::RemittanceLine> {
    let invoice = quittance_einvoice_formats::RemittanceLine {
        invoice: line.invoice_number.clone(),
        date: line.invoice_date,
        reference: line.end_to_end_id.clone(),
        amount: line.invoice_amount.amount(),
        discount: line.discount.amount(),
        paid: line.paid.amount(),
    };
    let withheld = line.withheld.as_ref().map(|withheld| quittance_einvoice_formats::RemittanceLine {
        reference: format!("{}: {} % of {}", withheld.name, withheld.percent, withheld.base),
        amount: -withheld.tax.amount(),
        discount: Decimal::ZERO,
        paid: Decimal::ZERO,
        ..invoice.clone()
    });
    std::iter::once(invoice).chain(withheld)
}

/// A credit stands under the invoices, with what it took off in place of an amount; nothing was paid by it.
fn credit_in_words(set_off: &CreditSetOff) -> quittance_einvoice_formats::RemittanceLine {
    quittance_einvoice_formats::RemittanceLine {
        invoice: set_off.credit_note_number.clone(),
        date: set_off.credit_note_date,
        reference: format!("Credit taken off {}", set_off.invoice_number),
        amount: -set_off.amount.amount(),
        discount: Decimal::ZERO,
        paid: Decimal::ZERO,
    }
}
