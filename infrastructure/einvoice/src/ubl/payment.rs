//! Payment means, payment terms, third party payments.

use quittance_einvoice::Element;
use quittance_einvoice::model::{Account, Card, Payment, PaymentMeans, PaymentTerms, ThirdPartyPayment};

use crate::mapping::{Leftover, found};

pub(super) fn means<'d>(payment: &mut Payment<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    let mut means = PaymentMeans::new(element);
    for child in element.children() {
        match child.name() {
            "cbc:PaymentMeansCode" => left.term(child, &mut means.code),
            "cbc:PaymentDueDate" => left.term(child, &mut means.due_date),
            "cbc:PaymentID" => left.term(child, &mut payment.reference),
            "cac:CardAccount" => means.card = Some(card(child, left)),
            "cac:PayeeFinancialAccount" => means.accounts.push(account(child, left)),
            "cac:PaymentMandate" => mandate(payment, &mut means, child, left),
            _ => left.keep(child),
        }
    }
    payment.means.push(means);
}

fn card<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> Card<'d> {
    let mut card = Card::new(element);
    for child in element.children() {
        match child.name() {
            "cbc:PrimaryAccountNumberID" => left.term(child, &mut card.number),
            "cbc:HolderName" => left.term(child, &mut card.holder),
            "cbc:NetworkID" => left.term(child, &mut card.network),
            _ => left.keep(child),
        }
    }
    card
}

fn account<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> Account<'d> {
    let mut account = Account::default();
    found(&mut account.at, element);
    for child in element.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut account.id),
            "cbc:Name" => left.term(child, &mut account.name),
            "cac:FinancialInstitutionBranch" => left.below(child, &["cbc:ID"], &mut account.institution),
            _ => left.keep(child),
        }
    }
    account
}

fn mandate<'d>(payment: &mut Payment<'d>, means: &mut PaymentMeans<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut payment.mandate),
            "cac:PayerFinancialAccount" => left.below(child, &["cbc:ID"], &mut means.debited_account),
            _ => left.keep(child),
        }
    }
}

pub(super) fn terms<'d>(payment: &mut Payment<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    let mut terms = PaymentTerms::new(element);
    for child in element.children() {
        match child.name() {
            "cbc:Note" => left.term(child, &mut terms.note),
            "cbc:PaymentDueDate" => left.term(child, &mut terms.due_date),
            "cbc:Amount" => left.term(child, &mut terms.amount),
            _ => left.keep(child),
        }
    }
    payment.terms.push(terms);
}

pub(super) fn third_party<'d>(payment: &mut Payment<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    let mut third_party = ThirdPartyPayment::new(element);
    for child in element.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut third_party.kind),
            "cbc:PaidAmount" => left.term(child, &mut third_party.amount),
            "cbc:InstructionID" => left.term(child, &mut third_party.description),
            _ => left.keep(child),
        }
    }
    payment.third_party.push(third_party);
}
