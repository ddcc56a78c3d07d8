//! The part of the settlement that says how and when to pay.

use chrono::NaiveDate;
use quittance_einvoice::CanonicalInvoice;
use quittance_einvoice::canonical::{CanonicalAccount, CanonicalDiscount, CanonicalPayment, CanonicalPaymentMeans};
use rust_decimal::Decimal;

use super::document::{date, dated};
use crate::write::amount::money;
use crate::write::node::{Node, group, leaf};
use crate::write::terms::structured;

/// One element for each account.
pub(super) fn means(payment: &CanonicalPayment) -> Vec<Node> {
    let each = |means: &CanonicalPaymentMeans| match means.accounts.as_slice() {
        [] => vec![one_means(means, None)],
        accounts => accounts.iter().map(|account| one_means(means, Some(account))).collect(),
    };
    payment.means.iter().flat_map(each).collect()
}

fn one_means(means: &CanonicalPaymentMeans, account: Option<&CanonicalAccount>) -> Node {
    let card = means.card.as_ref().map(|card| {
        let start = group("ram:ApplicableTradeSettlementFinancialCard").text_if("ram:ID", card.number.as_ref());
        start.text_if("ram:CardholderName", card.holder.as_ref())
    });
    let institution = account.and_then(|account| account.institution.as_ref());
    group("ram:SpecifiedTradeSettlementPaymentMeans")
        .text_if("ram:TypeCode", means.code.as_ref())
        .text_if("ram:Information", means.text.as_ref())
        .child_if(card)
        .child(group("ram:PayerPartyDebtorFinancialAccount").text_if("ram:IBANID", means.debited_account.as_ref()))
        .child_if(account.map(self::account))
        .child(group("ram:PayeeSpecifiedCreditorFinancialInstitution").text_if("ram:BICID", institution))
}

fn account(account: &CanonicalAccount) -> Node {
    let (iban, other) = match &account.id {
        Some(id) if looks_like_iban(id) => (Some(id), None),
        other => (None, other.as_ref()),
    };
    group("ram:PayeePartyCreditorFinancialAccount")
        .text_if("ram:IBANID", iban)
        .text_if("ram:AccountName", account.name.as_ref())
        .text_if("ram:ProprietaryID", other)
}

/// A country and two check digits. Whether they are right is for rules to say, which look for IBANs in their place.
fn looks_like_iban(id: &str) -> bool {
    let bytes = id.as_bytes();
    let start = bytes.len() >= 15 && bytes[..2].iter().all(u8::is_ascii_alphabetic) && bytes[2..4].iter().all(u8::is_ascii_digit);
    start && bytes.len() <= 34 && bytes.iter().all(u8::is_ascii_alphanumeric)
}

/// The terms with the due date in one element; instalments each in one of their own.
pub(super) fn terms(invoice: &CanonicalInvoice) -> Vec<Node> {
    let payment = &invoice.payment;
    let note = payment.terms.as_deref();
    let mut instalments = payment.instalments.iter();
    let (due_date, amount) = match instalments.next() {
        Some(first) => (Some(first.due_date), first.amount),
        None => (invoice.due_date, None),
    };
    let first = one_terms(note, due_date, payment.mandate.as_ref(), amount);
    let others = instalments.map(|other| one_terms(None, Some(other.due_date), None, other.amount));
    let discounts = payment.discounts.iter().map(|offer| discount(offer, invoice.issue_date));
    std::iter::once(first).chain(others).chain(discounts).collect()
}

/// Counted from the invoice's day: a due date beside it would be read as when all is due.
fn discount(offer: &CanonicalDiscount, issued: NaiveDate) -> Node {
    let days = (offer.until - issued).num_days();
    let period = leaf("ram:BasisPeriodMeasure", days.to_string()).attribute("unitCode", "DAY");
    let terms = group("ram:ApplicableTradePaymentDiscountTerms")
        .child(period)
        .child_if(offer.base.map(|base| leaf("ram:BasisAmount", money(base))))
        .child_if(offer.percent.map(|percent| leaf("ram:CalculationPercent", percent.to_string())))
        .child_if(offer.amount.map(|amount| leaf("ram:ActualDiscountAmount", money(amount))));
    group("ram:SpecifiedTradePaymentTerms").child(terms)
}

fn one_terms(note: Option<&str>, due_date: Option<NaiveDate>, mandate: Option<&String>, amount: Option<Decimal>) -> Node {
    group("ram:SpecifiedTradePaymentTerms")
        .child_if(note.map(|note| leaf("ram:Description", structured(note))))
        .child_if(due_date.map(|day| date("ram:DueDateDateTime", day)))
        .text_if("ram:DirectDebitMandateID", mandate)
        .child_if(amount.map(|amount| leaf("ram:PartialPaymentAmount", money(amount))))
}

/// Factur-X EXTENDED.
pub(super) fn prepayments(payment: &CanonicalPayment) -> impl Iterator<Item = Node> {
    payment.prepayments.iter().map(|prepaid| {
        let received = prepaid.received.map(|day| dated("ram:FormattedReceivedDateTime", "qdt:DateTimeString", day));
        group("ram:SpecifiedAdvancePayment").text("ram:PaidAmount", money(prepaid.amount)).child_if(received)
    })
}
