//! The trade delivery: what arrived where and when.

use quittance_einvoice::{Element, Invoice};

use super::party::party;
use super::reference::document_id;
use crate::mapping::{Leftover, found};

pub(super) fn delivery<'d>(invoice: &mut Invoice<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    let (delivery, references) = (&mut invoice.delivery, &mut invoice.references);
    found(&mut delivery.at, element);
    for child in element.children() {
        match child.name() {
            "ram:ShipToTradeParty" => party(&mut delivery.place, child, left),
            "ram:ActualDeliverySupplyChainEvent" => {
                left.each(child, "ram:OccurrenceDateTime", |left, at| left.content(at, &mut delivery.date));
            }
            "ram:DespatchAdviceReferencedDocument" => document_id(&mut references.despatch_advice, child, left),
            "ram:ReceivingAdviceReferencedDocument" => document_id(&mut references.receiving_advice, child, left),
            _ => left.keep(child),
        }
    }
}
