//! References to other documents.

use quittance_einvoice::model::{PrecedingInvoice, References, SupportingDocument};
use quittance_einvoice::{Element, Invoice, Syntax};

use crate::mapping::Leftover;

pub(super) fn term<'d>(references: &mut References<'d>, child: Element<'d>, left: &mut Leftover<'d>) {
    match child.name() {
        "cbc:BuyerReference" => left.term(child, &mut references.buyer),
        "cbc:AccountingCost" => left.term(child, &mut references.buyer_accounting),
        _ => left.keep(child),
    }
}

pub(super) fn group<'d>(invoice: &mut Invoice<'d>, child: Element<'d>, left: &mut Leftover<'d>) {
    let references = &mut invoice.references;
    match child.name() {
        "cac:OrderReference" => order(references, child, left),
        "cac:BillingReference" => left.each(child, "cac:InvoiceDocumentReference", |left, at| {
            invoice.preceding_invoices.push(preceding(at, left));
        }),
        "cac:DespatchDocumentReference" => left.below(child, &["cbc:ID"], &mut references.despatch_advice),
        "cac:ReceiptDocumentReference" => left.below(child, &["cbc:ID"], &mut references.receiving_advice),
        "cac:OriginatorDocumentReference" => left.below(child, &["cbc:ID"], &mut references.tender_or_lot),
        "cac:ContractDocumentReference" => left.below(child, &["cbc:ID"], &mut references.contract),
        "cac:ProjectReference" => left.below(child, &["cbc:ID"], &mut references.project),
        "cac:AdditionalDocumentReference" => additional(invoice, child, left),
        _ => left.keep(child),
    }
}

fn order<'d>(references: &mut References<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut references.purchase_order),
            "cbc:SalesOrderID" => left.term(child, &mut references.sales_order),
            _ => left.keep(child),
        }
    }
}

fn preceding<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> PrecedingInvoice<'d> {
    let mut preceding = PrecedingInvoice::new(element);
    for child in element.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut preceding.number),
            "cbc:IssueDate" => left.term(child, &mut preceding.issue_date),
            "cbc:DocumentTypeCode" => left.term(child, &mut preceding.type_code),
            _ => left.keep(child),
        }
    }
    preceding
}

/// The type code says whether the reference is an object (BT-18) or, on a credit note, a project (BT-11).
fn additional<'d>(invoice: &mut Invoice<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    let document = supporting(element, left);
    let references = &mut invoice.references;
    let meant = match document.type_code.text() {
        Some("130") => Some(&mut references.invoiced_object),
        Some("50") if invoice.syntax == Syntax::UblCreditNote => Some(&mut references.project),
        _ => None,
    };
    if let Some(terms) = meant {
        document.reference.iter().for_each(|term| terms.state(term.element()));
    }
    invoice.supporting_documents.push(document);
}

pub(super) fn supporting<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> SupportingDocument<'d> {
    let mut document = SupportingDocument::new(element);
    for child in element.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut document.reference),
            "cbc:DocumentTypeCode" => left.term(child, &mut document.type_code),
            "cbc:DocumentDescription" => left.term(child, &mut document.description),
            "cac:Attachment" => attachment(&mut document, child, left),
            _ => left.keep(child),
        }
    }
    document
}

fn attachment<'d>(document: &mut SupportingDocument<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "cbc:EmbeddedDocumentBinaryObject" => left.term(child, &mut document.content),
            "cac:ExternalReference" => left.below(child, &["cbc:URI"], &mut document.location),
            _ => left.keep(child),
        }
    }
}
