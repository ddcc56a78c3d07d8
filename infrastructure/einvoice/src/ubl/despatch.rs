//! A UBL DespatchAdvice, plain or in the binding of Peppol BIS Despatch Advice 3.

use quittance_einvoice::order::DespatchLine;
use quittance_einvoice::{DespatchAdvice, Element, Outline};

use super::document::period;
use super::line::item;
use super::order::note;
use super::party::party;
use crate::mapping::Leftover;

pub(crate) fn despatch_advice(outline: &Outline) -> DespatchAdvice<'_> {
    let mut advice = DespatchAdvice::new(outline);
    let mut left = Leftover::default();
    for child in outline.root().children() {
        basics(&mut advice, child, &mut left);
    }
    advice.unmapped = left.into_elements();
    advice
}

fn basics<'d>(advice: &mut DespatchAdvice<'d>, child: Element<'d>, left: &mut Leftover<'d>) {
    match child.name() {
        "cbc:ID" => left.term(child, &mut advice.number),
        "cbc:IssueDate" => left.term(child, &mut advice.issue_date),
        "cbc:DespatchAdviceTypeCode" => left.term(child, &mut advice.type_code),
        "cbc:CustomizationID" => left.term(child, &mut advice.specification),
        "cbc:ProfileID" => left.term(child, &mut advice.business_process),
        "cbc:Note" => advice.notes.push(note(child, left)),
        "cac:OrderReference" => order(advice, child, left),
        "cac:DespatchSupplierParty" => left.each(child, "cac:Party", |left, at| party(&mut advice.supplier, at, left)),
        "cac:DeliveryCustomerParty" => left.each(child, "cac:Party", |left, at| party(&mut advice.customer, at, left)),
        "cac:BuyerCustomerParty" => left.each(child, "cac:Party", |left, at| party(&mut advice.buyer, at, left)),
        "cac:SellerSupplierParty" => left.each(child, "cac:Party", |left, at| party(&mut advice.seller, at, left)),
        "cac:Shipment" => shipment(advice, child, left),
        "cac:DespatchLine" => advice.lines.push(line(child, left)),
        _ => left.keep(child),
    }
}

fn order<'d>(advice: &mut DespatchAdvice<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut advice.order),
            "cbc:SalesOrderID" => left.term(child, &mut advice.sales_order),
            _ => left.keep(child),
        }
    }
}

fn shipment<'d>(advice: &mut DespatchAdvice<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut advice.shipment),
            "cac:Delivery" => delivery(advice, child, left),
            _ => left.keep(child),
        }
    }
}

fn delivery<'d>(advice: &mut DespatchAdvice<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "cbc:TrackingID" => left.term(child, &mut advice.tracking),
            "cac:EstimatedDeliveryPeriod" => period(&mut advice.estimated_delivery, child, left),
            "cac:Despatch" => left.each(child, "cbc:ActualDespatchDate", |left, at| left.term(at, &mut advice.despatch_date)),
            _ => left.keep(child),
        }
    }
}

fn line<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> DespatchLine<'d> {
    let mut line = DespatchLine::new(element);
    for child in element.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut line.id),
            "cbc:Note" => left.term(child, &mut line.note),
            "cbc:DeliveredQuantity" => left.term(child, &mut line.quantity),
            "cbc:OutstandingQuantity" => left.term(child, &mut line.outstanding),
            "cbc:OutstandingReason" => left.term(child, &mut line.outstanding_reason),
            "cac:OrderLineReference" => order_line(&mut line, child, left),
            "cac:Item" => {
                let mut untaxed = Vec::new();
                item(&mut line.item, &mut untaxed, child, left);
                untaxed.iter().filter_map(|tax| tax.at).for_each(|at| left.keep(at));
            }
            _ => left.keep(child),
        }
    }
    line
}

fn order_line<'d>(line: &mut DespatchLine<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "cbc:LineID" => left.term(child, &mut line.order_line),
            "cac:OrderReference" => left.below(child, &["cbc:ID"], &mut line.order),
            _ => left.keep(child),
        }
    }
}
