//! The trade agreement: who sells to whom, and on which papers.

use quittance_einvoice::model::References;
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
            "ram:SpecifiedProcuringProject" => project(references, child, left),
            _ => left.keep(child),
        }
    }
}

fn project<'d>(references: &mut References<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:ID" => left.term(child, &mut references.project),
            "ram:Name" => left.term(child, &mut references.project_name),
            _ => left.keep(child),
        }
    }
}
