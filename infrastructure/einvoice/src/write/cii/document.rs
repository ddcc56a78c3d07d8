//! The document's context, header and transaction.

use chrono::NaiveDate;
use quittance_einvoice::CanonicalInvoice;
use quittance_einvoice::canonical::CanonicalNote;

use super::{agreement, line, party, settlement};
use crate::write::node::{Node, group, leaf};

/// The invoice as UN/CEFACT CII.
pub fn write_cii(invoice: &CanonicalInvoice) -> String {
    let transaction = group("rsm:SupplyChainTradeTransaction")
        .children(invoice.lines.iter().map(line::line))
        .demanded(agreement::agreement(invoice))
        .demanded(delivery(invoice))
        .demanded(settlement::settlement(invoice));
    group("rsm:CrossIndustryInvoice")
        .attribute("xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100")
        .attribute("xmlns:ram", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100")
        .attribute("xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100")
        .attribute("xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100")
        .demanded(context(invoice))
        .demanded(header(invoice))
        .demanded(transaction)
        .into_document()
}

fn context(invoice: &CanonicalInvoice) -> Node {
    let process = group("ram:BusinessProcessSpecifiedDocumentContextParameter").text_if("ram:ID", invoice.business_process.as_ref());
    let guideline = group("ram:GuidelineSpecifiedDocumentContextParameter").text_if("ram:ID", invoice.specification.as_ref());
    group("rsm:ExchangedDocumentContext").child(process).child(guideline)
}

fn header(invoice: &CanonicalInvoice) -> Node {
    group("rsm:ExchangedDocument")
        .text("ram:ID", &invoice.number)
        .text("ram:TypeCode", &invoice.type_code)
        .child(date("ram:IssueDateTime", invoice.issue_date))
        .children(invoice.notes.iter().map(note))
}

fn note(note: &CanonicalNote) -> Node {
    group("ram:IncludedNote").text("ram:Content", &note.text).text_if("ram:SubjectCode", note.subject.as_ref())
}

fn delivery(invoice: &CanonicalInvoice) -> Node {
    let (delivery, references) = (invoice.delivery.as_ref(), &invoice.references);
    let arrived = delivery.and_then(|delivery| delivery.date).map(|day| date("ram:OccurrenceDateTime", day));
    group("ram:ApplicableHeaderTradeDelivery")
        .child_if(delivery.map(party::ship_to))
        .child(group("ram:ActualDeliverySupplyChainEvent").child_if(arrived))
        .child(agreement::document("ram:DespatchAdviceReferencedDocument", references.despatch_advice.as_ref()))
        .child(agreement::document("ram:ReceivingAdviceReferencedDocument", references.receiving_advice.as_ref()))
}

/// A day in the form 102, which is the only one that EN 16931 allows.
pub(super) fn date(name: &'static str, day: NaiveDate) -> Node {
    dated(name, "udt:DateTimeString", day)
}

pub(super) fn dated(name: &'static str, wrapper: &'static str, day: NaiveDate) -> Node {
    group(name).child(leaf(wrapper, day.format("%Y%m%d").to_string()).attribute("format", "102"))
}
