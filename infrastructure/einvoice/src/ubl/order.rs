//! A UBL Order, plain or in the binding of Peppol BIS Ordering 3.

use quittance_einvoice::model::{AllowanceCharge, Delivery, Note, Period};
use quittance_einvoice::order::{OrderLine, OrderReferences};
use quittance_einvoice::{Element, Order, OrderSyntax, Outline};

use super::adjustment::allowance_charge;
use super::document::{period, totals};
use super::line::{item, price};
use super::party;
use super::reference::supporting;
use crate::mapping::{Leftover, found};

pub(crate) fn order(outline: &Outline) -> Order<'_> {
    let mut order = Order::new(outline, OrderSyntax::Ubl);
    let mut left = Leftover::default();
    for child in outline.root().children() {
        basics(&mut order, child, &mut left);
    }
    order.unmapped = left.into_elements();
    order
}

fn basics<'d>(order: &mut Order<'d>, child: Element<'d>, left: &mut Leftover<'d>) {
    match child.name() {
        "cbc:ID" => left.term(child, &mut order.number),
        "cbc:IssueDate" => left.term(child, &mut order.issue_date),
        "cbc:OrderTypeCode" => left.term(child, &mut order.type_code),
        "cbc:DocumentCurrencyCode" => left.term(child, &mut order.currency),
        "cbc:CustomizationID" => left.term(child, &mut order.specification),
        "cbc:ProfileID" => left.term(child, &mut order.business_process),
        "cbc:Note" => order.notes.push(note(child, left)),
        name if name.starts_with("cbc:") => reference(&mut order.references, child, left),
        _ => groups(order, child, left),
    }
}

pub(super) fn note<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> Note<'d> {
    let mut note = Note::new(element);
    left.term(element, &mut note.text);
    note
}

fn groups<'d>(order: &mut Order<'d>, child: Element<'d>, left: &mut Leftover<'d>) {
    match child.name() {
        "cac:ValidityPeriod" => period(&mut order.validity, child, left),
        "cac:AdditionalDocumentReference" => order.supporting_documents.push(supporting(child, left)),
        "cac:BuyerCustomerParty" => left.each(child, "cac:Party", |left, at| party::party(&mut order.buyer, at, left)),
        "cac:SellerSupplierParty" => left.each(child, "cac:Party", |left, at| party::party(&mut order.seller, at, left)),
        "cac:OriginatorCustomerParty" => left.each(child, "cac:Party", |left, at| party::party(&mut order.originator, at, left)),
        "cac:AccountingCustomerParty" => left.each(child, "cac:Party", |left, at| party::party(&mut order.invoicee, at, left)),
        "cac:Delivery" => delivery(&mut order.delivery, &mut order.requested, child, left),
        "cac:PaymentTerms" => left.below(child, &["cbc:Note"], &mut order.payment_terms),
        "cac:AllowanceCharge" => order.allowance_charges.push(adjustment(child, left)),
        "cac:TaxTotal" => left.below(child, &["cbc:TaxAmount"], &mut order.totals.vat),
        "cac:AnticipatedMonetaryTotal" => totals(&mut order.totals, child, left),
        "cac:OrderLine" => order.lines.push(line(child, left)),
        _ => reference(&mut order.references, child, left),
    }
}

fn reference<'d>(references: &mut OrderReferences<'d>, child: Element<'d>, left: &mut Leftover<'d>) {
    match child.name() {
        "cbc:CustomerReference" => left.term(child, &mut references.buyer),
        "cbc:SalesOrderID" => left.term(child, &mut references.sales_order),
        "cbc:AccountingCost" | "cbc:AccountingCostCode" => left.term(child, &mut references.buyer_accounting),
        "cac:QuotationDocumentReference" => left.below(child, &["cbc:ID"], &mut references.quotation),
        "cac:OrderDocumentReference" => left.below(child, &["cbc:ID"], &mut references.previous_order),
        "cac:OriginatorDocumentReference" => left.below(child, &["cbc:ID"], &mut references.requisition),
        "cac:CatalogueReference" => left.below(child, &["cbc:ID"], &mut references.catalogue),
        "cac:Contract" => left.below(child, &["cbc:ID"], &mut references.contract),
        "cac:ProjectReference" => left.below(child, &["cbc:ID"], &mut references.project),
        _ => left.keep(child),
    }
}

fn adjustment<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> AllowanceCharge<'d> {
    let mut adjustment = AllowanceCharge::new(element);
    allowance_charge(&mut adjustment, left);
    adjustment
}

fn delivery<'d>(delivery: &mut Delivery<'d>, requested: &mut Period<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut delivery.at, element);
    for child in element.children() {
        match child.name() {
            "cbc:LatestDeliveryDate" => left.term(child, &mut delivery.date),
            "cac:DeliveryLocation" => party::location(&mut delivery.place, child, left),
            "cac:RequestedDeliveryPeriod" => period(requested, child, left),
            "cac:DeliveryParty" => left.each(child, "cac:PartyName", |left, at| left.below(at, &["cbc:Name"], &mut delivery.place.name)),
            _ => left.keep(child),
        }
    }
}

/// A line and the item that it wraps.
fn line<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> OrderLine<'d> {
    let mut line = OrderLine::new(element);
    for child in element.children() {
        match child.name() {
            "cbc:Note" => left.term(child, &mut line.note),
            "cac:LineItem" => line_item(&mut line, child, left),
            _ => left.keep(child),
        }
    }
    line
}

fn line_item<'d>(line: &mut OrderLine<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut line.id),
            "cbc:Note" => left.term(child, &mut line.note),
            "cbc:LineStatusCode" => left.term(child, &mut line.status),
            "cbc:Quantity" => left.term(child, &mut line.quantity),
            "cbc:LineExtensionAmount" => left.term(child, &mut line.net_amount),
            "cbc:PartialDeliveryIndicator" => left.term(child, &mut line.partial_delivery_allowed),
            "cbc:AccountingCost" | "cbc:AccountingCostCode" => left.term(child, &mut line.buyer_accounting),
            "cac:Delivery" => left.each(child, "cac:RequestedDeliveryPeriod", |left, at| period(&mut line.requested, at, left)),
            "cac:AllowanceCharge" => line.allowance_charges.push(adjustment(child, left)),
            "cac:Price" => price(&mut line.price, child, left),
            "cac:Item" => item(&mut line.item, &mut line.taxes, child, left),
            _ => left.keep(child),
        }
    }
}
