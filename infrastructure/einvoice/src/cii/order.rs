//! The Cross Industry Order of Order-X, every profile: an order, its change or the answer to it.

use quittance_einvoice::model::Period;
use quittance_einvoice::value::Text;
use quittance_einvoice::{Element, Order, OrderSyntax, Outline, Terms};

use super::adjustment::{allowance_charge, logistics_service};
use super::document::{note, period};
use super::order_line::line;
use super::party::party;
use super::reference::{document_id, supporting};
use super::settlement::totals;
use crate::mapping::{Leftover, found};

pub(crate) fn order(outline: &Outline) -> Order<'_> {
    let mut order = Order::new(outline, OrderSyntax::OrderX);
    let mut left = Leftover::default();
    for child in outline.root().children() {
        match child.name() {
            "rsm:ExchangedDocumentContext" => context(&mut order, child, &mut left),
            "rsm:ExchangedDocument" => header(&mut order, child, &mut left),
            "rsm:SupplyChainTradeTransaction" => transaction(&mut order, child, &mut left),
            _ => left.keep(child),
        }
    }
    order.unmapped = left.into_elements();
    order
}

fn context<'d>(order: &mut Order<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:TestIndicator" => left.content(child, &mut order.is_test),
            "ram:BusinessProcessSpecifiedDocumentContextParameter" => left.below(child, &["ram:ID"], &mut order.business_process),
            "ram:GuidelineSpecifiedDocumentContextParameter" => left.below(child, &["ram:ID"], &mut order.specification),
            _ => left.keep(child),
        }
    }
}

fn header<'d>(order: &mut Order<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:ID" => left.term(child, &mut order.number),
            "ram:TypeCode" => left.term(child, &mut order.type_code),
            "ram:PurposeCode" => left.term(child, &mut order.purpose),
            "ram:IssueDateTime" => left.content(child, &mut order.issue_date),
            "ram:IncludedNote" => order.notes.push(note(child, left)),
            "ram:EffectiveSpecifiedPeriod" => period(&mut order.validity, child, left),
            _ => left.keep(child),
        }
    }
}

fn transaction<'d>(order: &mut Order<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:IncludedSupplyChainTradeLineItem" => order.lines.push(line(child, left)),
            "ram:ApplicableHeaderTradeAgreement" => agreement(order, child, left),
            "ram:ApplicableHeaderTradeDelivery" => delivery(order, child, left),
            "ram:ApplicableHeaderTradeSettlement" => settlement(order, child, left),
            _ => left.keep(child),
        }
    }
}

fn agreement<'d>(order: &mut Order<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:BuyerReference" => left.term(child, &mut order.references.buyer),
            "ram:SellerTradeParty" => party(&mut order.seller, child, left),
            "ram:BuyerTradeParty" => party(&mut order.buyer, child, left),
            "ram:BuyerRequisitionerTradeParty" => party(&mut order.originator, child, left),
            "ram:AdditionalReferencedDocument" => order.supporting_documents.push(supporting(child, left)),
            "ram:SpecifiedProcuringProject" => left.below(child, &["ram:ID"], &mut order.references.project),
            _ => match referenced(order, child.name()) {
                Some(into) => document_id(into, child, left),
                None => left.keep(child),
            },
        }
    }
}

fn referenced<'a, 'd>(order: &'a mut Order<'d>, name: &str) -> Option<&'a mut Terms<'d, Text>> {
    let references = &mut order.references;
    Some(match name {
        "ram:SellerOrderReferencedDocument" => &mut references.sales_order,
        "ram:BuyerOrderReferencedDocument" => &mut references.purchase_order,
        "ram:QuotationReferencedDocument" => &mut references.quotation,
        "ram:ContractReferencedDocument" => &mut references.contract,
        "ram:RequisitionReferencedDocument" => &mut references.requisition,
        "ram:CatalogueReferencedDocument" => &mut references.catalogue,
        "ram:BlanketOrderReferencedDocument" => &mut references.blanket_order,
        "ram:PreviousOrderReferencedDocument" => &mut references.previous_order,
        _ => return None,
    })
}

fn delivery<'d>(order: &mut Order<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut order.delivery.at, element);
    for child in element.children() {
        match child.name() {
            "ram:ShipToTradeParty" => party(&mut order.delivery.place, child, left),
            "ram:RequestedDeliverySupplyChainEvent" => requested(&mut order.requested, child, left),
            _ => left.keep(child),
        }
    }
}

/// A day, or a period; a day is a period of one.
pub(super) fn requested<'d>(wanted: &mut Period<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    let in_period = element.child("ram:OccurrenceSpecifiedPeriod").is_some();
    for child in element.children() {
        match child.name() {
            "ram:OccurrenceSpecifiedPeriod" => period(wanted, child, left),
            "ram:OccurrenceDateTime" if !in_period => {
                found(&mut wanted.at, element);
                left.content(child, &mut wanted.start);
                wanted.end = wanted.start.clone();
            }
            _ => left.keep(child),
        }
    }
}

fn settlement<'d>(order: &mut Order<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:OrderCurrencyCode" => left.term(child, &mut order.currency),
            "ram:InvoiceeTradeParty" => party(&mut order.invoicee, child, left),
            "ram:SpecifiedTradeAllowanceCharge" => order.allowance_charges.push(allowance_charge(child, left)),
            "ram:SpecifiedLogisticsServiceCharge" => order.allowance_charges.push(logistics_service(child, left)),
            "ram:SpecifiedTradePaymentTerms" => left.below(child, &["ram:Description"], &mut order.payment_terms),
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation" => totals(&mut order.totals, child, left),
            "ram:ReceivableSpecifiedTradeAccountingAccount" => left.below(child, &["ram:ID"], &mut order.references.buyer_accounting),
            _ => left.keep(child),
        }
    }
}
