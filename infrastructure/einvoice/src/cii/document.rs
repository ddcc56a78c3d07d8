//! The document's context, header and transaction.

use quittance_einvoice::model::{Line, Note, Period};
use quittance_einvoice::{Element, Invoice, Outline, Syntax};

use super::{agreement, delivery, line, settlement};
use crate::mapping::{Leftover, found};

pub(crate) fn invoice(outline: &Outline, syntax: Syntax) -> Invoice<'_> {
    let mut invoice = Invoice::new(outline, syntax);
    let mut left = Leftover::default();
    for child in outline.root().children() {
        match local_name(child) {
            "ExchangedDocumentContext" | "SpecifiedExchangedDocumentContext" => context(&mut invoice, child, &mut left),
            "ExchangedDocument" | "HeaderExchangedDocument" => header(&mut invoice, child, &mut left),
            "SupplyChainTradeTransaction" | "SpecifiedSupplyChainTradeTransaction" => {
                transaction(&mut invoice, child, &mut left);
            }
            _ => left.keep(child),
        }
    }
    invoice.unmapped = left.into_elements();
    invoice
}

/// The top elements live in the document's own namespace, which ZUGFeRD 1 names differently.
fn local_name(element: Element<'_>) -> &str {
    let name = element.name();
    name.strip_prefix("rsm:").or_else(|| name.strip_prefix("zf:")).unwrap_or_default()
}

fn context<'d>(invoice: &mut Invoice<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:TestIndicator" => left.content(child, &mut invoice.is_test),
            "ram:BusinessProcessSpecifiedDocumentContextParameter" => {
                left.below(child, &["ram:ID"], &mut invoice.business_process);
            }
            "ram:GuidelineSpecifiedDocumentContextParameter" => {
                left.below(child, &["ram:ID"], &mut invoice.specification);
            }
            _ => left.keep(child),
        }
    }
}

fn header<'d>(invoice: &mut Invoice<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:ID" => left.term(child, &mut invoice.number),
            "ram:TypeCode" => left.term(child, &mut invoice.type_code),
            "ram:IssueDateTime" => left.content(child, &mut invoice.issue_date),
            "ram:IncludedNote" => invoice.notes.push(note(child, left)),
            _ => left.keep(child),
        }
    }
}

pub(super) fn note<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> Note<'d> {
    let mut note = Note::new(element);
    for child in element.children() {
        match child.name() {
            "ram:Content" => left.term(child, &mut note.text),
            "ram:SubjectCode" => left.term(child, &mut note.subject),
            _ => left.keep(child),
        }
    }
    note
}

fn transaction<'d>(invoice: &mut Invoice<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:ApplicableHeaderTradeAgreement" | "ram:ApplicableSupplyChainTradeAgreement" => {
                agreement::agreement(invoice, child, left);
            }
            "ram:ApplicableHeaderTradeDelivery" | "ram:ApplicableSupplyChainTradeDelivery" => {
                delivery::delivery(invoice, child, left);
            }
            "ram:ApplicableHeaderTradeSettlement" | "ram:ApplicableSupplyChainTradeSettlement" => {
                settlement::settlement(invoice, child, left);
            }
            "ram:IncludedSupplyChainTradeLineItem" => {
                let mut next = Line::new(child);
                line::line(&mut next, left);
                invoice.lines.push(next);
            }
            _ => left.keep(child),
        }
    }
}

pub(super) fn period<'d>(period: &mut Period<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut period.at, element);
    for child in element.children() {
        match child.name() {
            "ram:StartDateTime" => left.content(child, &mut period.start),
            "ram:EndDateTime" => left.content(child, &mut period.end),
            _ => left.keep(child),
        }
    }
}
