//! The trade agreement: who sells to whom, and on which papers.

use quittance_einvoice::{Element, Invoice};

use super::party::party;
use super::reference::{additional, document_id};
use crate::mapping::Leftover;

pub(super) fn agreement<'d>(invoice: &mut Invoice<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    let references = &mut invoice.references;
    for child in element.children() {
        match child.name() {
            "ram:BuyerReference" => left.term(child, &mut references.buyer),
            "ram:SellerTradeParty" => party(&mut invoice.seller, child, left),
            "ram:BuyerTradeParty" => party(&mut invoice.buyer, child, left),
            "ram:SellerTaxRepresentativeTradeParty" => party(&mut invoice.tax_representative, child, left),
            "ram:SellerOrderReferencedDocument" => document_id(&mut references.sales_order, child, left),
            "ram:BuyerOrderReferencedDocument" => document_id(&mut references.purchase_order, child, left),
            "ram:ContractReferencedDocument" => document_id(&mut references.contract, child, left),
            "ram:AdditionalReferencedDocument" => {
                let document = additional(references, child, left);
                invoice.supporting_documents.push(document);
            }
            // The project's name is demanded by the syntax and has no term.
            "ram:SpecifiedProcuringProject" => left.each(child, "ram:ID", |left, id| {
                left.term(id, &mut references.project);
            }),
            _ => left.keep(child),
        }
    }
}
