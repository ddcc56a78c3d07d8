//! The part of the settlement that says how and when to pay.

use quittance_einvoice::Element;
use quittance_einvoice::model::{Account, Card, DiscountTerms, Payment, PaymentMeans, PaymentTerms, PrepaidPayment};

use crate::mapping::{Leftover, found};

pub(super) fn payment<'d>(payment: &mut Payment<'d>, child: Element<'d>, left: &mut Leftover<'d>) {
    match child.name() {
        "ram:CreditorReferenceID" => left.term(child, &mut payment.creditor_identifier),
        "ram:PaymentReference" => left.term(child, &mut payment.reference),
        "ram:SpecifiedTradeSettlementPaymentMeans" => payment.means.push(means(child, left)),
        "ram:SpecifiedTradePaymentTerms" => terms(payment, child, left),
        "ram:SpecifiedAdvancePayment" => payment.prepaid.push(prepaid(child, left)),
        _ => left.keep(child),
    }
}

fn means<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> PaymentMeans<'d> {
    let mut means = PaymentMeans::new(element);
    for child in element.children() {
        match child.name() {
            "ram:TypeCode" => left.term(child, &mut means.code),
            "ram:Information" => left.term(child, &mut means.text),
            "ram:ApplicableTradeSettlementFinancialCard" => means.card = Some(card(child, left)),
            "ram:PayerPartyDebtorFinancialAccount" => {
                left.below(child, &["ram:IBANID"], &mut means.debited_account);
            }
            "ram:PayeePartyCreditorFinancialAccount" => account(means.account(), child, left),
            "ram:PayeeSpecifiedCreditorFinancialInstitution" => {
                left.below(child, &["ram:BICID"], &mut means.account().institution);
            }
            _ => left.keep(child),
        }
    }
    means
}

fn card<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> Card<'d> {
    let mut card = Card::new(element);
    for child in element.children() {
        match child.name() {
            "ram:ID" => left.term(child, &mut card.number),
            "ram:CardholderName" => left.term(child, &mut card.holder),
            _ => left.keep(child),
        }
    }
    card
}

fn account<'d>(account: &mut Account<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut account.at, element);
    for child in element.children() {
        match child.name() {
            "ram:IBANID" => left.term(child, &mut account.id),
            "ram:ProprietaryID" => left.term(child, &mut account.proprietary_id),
            "ram:AccountName" => left.term(child, &mut account.name),
            _ => left.keep(child),
        }
    }
}

fn terms<'d>(payment: &mut Payment<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    let mut terms = PaymentTerms::new(element);
    for child in element.children() {
        match child.name() {
            "ram:Description" => left.term(child, &mut terms.note),
            "ram:DueDateDateTime" => left.content(child, &mut terms.due_date),
            "ram:DirectDebitMandateID" => left.term(child, &mut payment.mandate),
            "ram:PartialPaymentAmount" => left.term(child, &mut terms.amount),
            "ram:PartialPaymentPercent" => left.term(child, &mut terms.percent),
            "ram:ApplicableTradePaymentDiscountTerms" => terms.discounts.push(discount(child, left)),
            _ => left.keep(child),
        }
    }
    payment.terms.push(terms);
}

fn discount<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> DiscountTerms<'d> {
    let mut discount = DiscountTerms::empty();
    for child in element.children() {
        match child.name() {
            "ram:BasisDateTime" => left.content(child, &mut discount.from),
            "ram:BasisPeriodMeasure" => left.term(child, &mut discount.period),
            "ram:BasisAmount" => left.term(child, &mut discount.base),
            "ram:CalculationPercent" => left.term(child, &mut discount.percent),
            "ram:ActualDiscountAmount" => left.term(child, &mut discount.amount),
            _ => left.keep(child),
        }
    }
    discount
}

fn prepaid<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> PrepaidPayment<'d> {
    let mut prepaid = PrepaidPayment::new(element);
    for child in element.children() {
        match child.name() {
            "ram:PaidAmount" => left.term(child, &mut prepaid.amount),
            "ram:FormattedReceivedDateTime" => left.content(child, &mut prepaid.received),
            _ => left.keep(child),
        }
    }
    prepaid
}
