//! References to other documents, and documents that come along.

use quittance_einvoice::CanonicalInvoice;
use quittance_einvoice::canonical::{CanonicalAttachment, PrecedingNumber};

use super::party::identifier;
use crate::write::node::{Node, group, leaf};

/// What stands for a reference that the schema demands and the invoice does not have.
const NONE: &str = "NA";

/// Order, preceding invoices, despatch and receipt.
pub(super) fn orders_and_shipping(invoice: &CanonicalInvoice) -> Vec<Node> {
    let references = &invoice.references;
    let order = references.purchase_order.as_deref().or(references.sales_order.as_ref().map(|_| NONE));
    let order = order.map(|order| {
        let start = group("cac:OrderReference").text("cbc:ID", order);
        start.text_if("cbc:SalesOrderID", references.sales_order.as_ref())
    });
    let preceding = invoice.preceding_invoices.iter().map(preceding);
    let shipping = [
        document("cac:DespatchDocumentReference", references.despatch_advice.as_ref()),
        document("cac:ReceiptDocumentReference", references.receiving_advice.as_ref()),
    ];
    order.into_iter().chain(preceding).chain(shipping.into_iter().flatten()).collect()
}

fn preceding(preceding: &PrecedingNumber) -> Node {
    let document =
        group("cac:InvoiceDocumentReference").text("cbc:ID", &preceding.number).text_if("cbc:IssueDate", preceding.issue_date.as_ref());
    group("cac:BillingReference").child(document)
}

fn document(name: &'static str, id: Option<&String>) -> Option<Node> {
    id.map(|id| group(name).text("cbc:ID", id))
}

pub(super) fn originator(invoice: &CanonicalInvoice) -> Option<Node> {
    document("cac:OriginatorDocumentReference", invoice.references.tender_or_lot.as_ref())
}

pub(super) fn contract(invoice: &CanonicalInvoice) -> Option<Node> {
    document("cac:ContractDocumentReference", invoice.references.contract.as_ref())
}

/// BT-18 and BG-24.
pub(super) fn additional(invoice: &CanonicalInvoice) -> impl Iterator<Item = Node> {
    let object = invoice.references.invoiced_object.as_ref().map(|object| typed(identifier("cbc:ID", object), "130"));
    object.into_iter().chain(invoice.attachments.iter().map(attachment))
}

/// A credit note has no project reference, so BT-11 is told by its type code.
pub(super) fn project_of_credit_note(invoice: &CanonicalInvoice) -> Option<Node> {
    invoice.references.project.as_ref().map(|project| typed(leaf("cbc:ID", project), "50"))
}

fn typed(id: Node, code: &'static str) -> Node {
    group("cac:AdditionalDocumentReference").child(id).text("cbc:DocumentTypeCode", code)
}

fn attachment(attachment: &CanonicalAttachment) -> Node {
    let content = attachment.content.as_ref().map(|content| {
        leaf("cbc:EmbeddedDocumentBinaryObject", content)
            .attribute("mimeCode", attachment.mime_code.as_deref().unwrap_or_default())
            .attribute_if("filename", attachment.filename.as_ref())
    });
    let location = group("cac:ExternalReference").text_if("cbc:URI", attachment.location.as_ref());
    group("cac:AdditionalDocumentReference")
        .text("cbc:ID", attachment.reference.as_deref().unwrap_or(NONE))
        .text_if("cbc:DocumentDescription", attachment.description.as_ref())
        .child(group("cac:Attachment").child_if(content).child(location))
}
