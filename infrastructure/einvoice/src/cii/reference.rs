//! Referenced documents.

use quittance_einvoice::model::{PrecedingInvoice, References, SupportingDocument};
use quittance_einvoice::value::Text;
use quittance_einvoice::{Element, Terms};

use crate::mapping::Leftover;

/// The document's number; ZUGFeRD 1 calls it `ID`.
pub(super) fn document_id<'d>(into: &mut Terms<'d, Text>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:IssuerAssignedID" | "ram:ID" => left.term(child, into),
            _ => left.keep(child),
        }
    }
}

pub(super) fn preceding<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> PrecedingInvoice<'d> {
    let mut preceding = PrecedingInvoice::new(element);
    for child in element.children() {
        match child.name() {
            "ram:IssuerAssignedID" | "ram:ID" => left.term(child, &mut preceding.number),
            "ram:FormattedIssueDateTime" => left.content(child, &mut preceding.issue_date),
            "ram:TypeCode" => left.term(child, &mut preceding.type_code),
            _ => left.keep(child),
        }
    }
    preceding
}

/// The type code says what is meant: 916 a document, 50 a tender or lot (BT-17), 130 the invoiced object (BT-18).
pub(super) fn additional<'d>(references: &mut References<'d>, element: Element<'d>, left: &mut Leftover<'d>) -> SupportingDocument<'d> {
    let is_object = element.child("ram:TypeCode").is_some_and(|code| code.text() == "130");
    let document = supporting_with(element, left, |left, child| match child.name() {
        "ram:ReferenceTypeCode" if is_object => left.term(child, &mut references.invoiced_object_scheme),
        _ => left.keep(child),
    });
    let meant = match document.type_code.text() {
        Some("130") => Some(&mut references.invoiced_object),
        Some("50") => Some(&mut references.tender_or_lot),
        _ => None,
    };
    if let Some(terms) = meant {
        document.reference.iter().for_each(|term| terms.state(term.element()));
    }
    document
}

/// A document that comes along, whatever it is.
pub(super) fn supporting<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> SupportingDocument<'d> {
    supporting_with(element, left, |left, child| left.keep(child))
}

fn supporting_with<'d>(
    element: Element<'d>,
    left: &mut Leftover<'d>,
    mut other: impl FnMut(&mut Leftover<'d>, Element<'d>),
) -> SupportingDocument<'d> {
    let mut document = SupportingDocument::new(element);
    for child in element.children() {
        match child.name() {
            "ram:IssuerAssignedID" | "ram:ID" => left.term(child, &mut document.reference),
            "ram:TypeCode" => left.term(child, &mut document.type_code),
            "ram:Name" => left.term(child, &mut document.description),
            "ram:URIID" => left.term(child, &mut document.location),
            "ram:AttachmentBinaryObject" => left.term(child, &mut document.content),
            _ => other(left, child),
        }
    }
    document
}
