//! The trade agreement: who sells to whom, and on which papers.

use quittance_einvoice::CanonicalInvoice;
use quittance_einvoice::canonical::{CanonicalAttachment, Identifier};

use super::party::party;
use crate::write::node::{Node, group, leaf};

/// CII demands a name beside a project's number, which the standard has no term for.
const PROJECT_NAME: &str = "Project reference";

pub(super) fn agreement(invoice: &CanonicalInvoice) -> Node {
    let references = &invoice.references;
    let project = references
        .project
        .as_ref()
        .map(|project| group("ram:SpecifiedProcuringProject").text("ram:ID", project).text("ram:Name", PROJECT_NAME));
    group("ram:ApplicableHeaderTradeAgreement")
        .text_if("ram:BuyerReference", references.buyer.as_ref())
        .child(party("ram:SellerTradeParty", &invoice.seller))
        .child(party("ram:BuyerTradeParty", &invoice.buyer))
        .child_if(invoice.tax_representative.as_ref().map(|one| party("ram:SellerTaxRepresentativeTradeParty", one)))
        .child(document("ram:SellerOrderReferencedDocument", references.sales_order.as_ref()))
        .child(document("ram:BuyerOrderReferencedDocument", references.purchase_order.as_ref()))
        .child(document("ram:ContractReferencedDocument", references.contract.as_ref()))
        .children(invoice.attachments.iter().map(attachment))
        .children(references.tender_or_lot.as_ref().map(|lot| typed(lot, "50")))
        .children(references.invoiced_object.as_ref().map(object))
        .child_if(project)
}

pub(super) fn document(name: &'static str, id: Option<&String>) -> Node {
    group(name).text_if("ram:IssuerAssignedID", id)
}

/// The type code says what is meant: 916 a document, 50 a tender or lot, 130 the invoiced object.
fn typed(id: &str, code: &'static str) -> Node {
    group("ram:AdditionalReferencedDocument").text("ram:IssuerAssignedID", id).text("ram:TypeCode", code)
}

pub(super) fn object(object: &Identifier) -> Node {
    typed(&object.id, "130").text_if("ram:ReferenceTypeCode", object.scheme.as_ref())
}

fn attachment(attachment: &CanonicalAttachment) -> Node {
    let content = attachment.content.as_ref().map(|content| {
        leaf("ram:AttachmentBinaryObject", content)
            .attribute("mimeCode", attachment.mime_code.as_deref().unwrap_or_default())
            .attribute_if("filename", attachment.filename.as_ref())
    });
    group("ram:AdditionalReferencedDocument")
        .text_if("ram:IssuerAssignedID", attachment.reference.as_ref())
        .text_if("ram:URIID", attachment.location.as_ref())
        .text("ram:TypeCode", "916")
        .text_if("ram:Name", attachment.description.as_ref())
        .child_if(content)
}
