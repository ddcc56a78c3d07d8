//! Lines of an Order-X order.

use quittance_einvoice::Element;
use quittance_einvoice::model::TaxCategory;
use quittance_einvoice::order::OrderLine;

use super::adjustment::{allowance_charge, category};
use super::line::{gross_price, net_price};
use super::order::requested;
use super::product::product;
use crate::mapping::Leftover;

pub(super) fn line<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> OrderLine<'d> {
    let mut line = OrderLine::new(element);
    for child in element.children() {
        match child.name() {
            "ram:AssociatedDocumentLineDocument" => number(&mut line, child, left),
            "ram:SpecifiedTradeProduct" => product(&mut line.item, child, left),
            "ram:SpecifiedLineTradeAgreement" => agreement(&mut line, child, left),
            "ram:SpecifiedLineTradeDelivery" => delivery(&mut line, child, left),
            "ram:SpecifiedLineTradeSettlement" => settlement(&mut line, child, left),
            _ => left.keep(child),
        }
    }
    line
}

fn number<'d>(line: &mut OrderLine<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:LineID" => left.term(child, &mut line.id),
            "ram:ParentLineID" => left.term(child, &mut line.parent_id),
            "ram:LineStatusCode" => left.term(child, &mut line.status),
            "ram:IncludedNote" => left.below(child, &["ram:Content"], &mut line.note),
            _ => left.keep(child),
        }
    }
}

fn agreement<'d>(line: &mut OrderLine<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:GrossPriceProductTradePrice" => gross_price(&mut line.price, child, left),
            "ram:NetPriceProductTradePrice" => net_price(&mut line.price, child, left),
            _ => left.keep(child),
        }
    }
}

fn delivery<'d>(line: &mut OrderLine<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:PartialDeliveryAllowedIndicator" => left.content(child, &mut line.partial_delivery_allowed),
            "ram:RequestedQuantity" => left.term(child, &mut line.quantity),
            "ram:AgreedQuantity" => left.term(child, &mut line.agreed_quantity),
            "ram:RequestedDeliverySupplyChainEvent" => requested(&mut line.requested, child, left),
            _ => left.keep(child),
        }
    }
}

fn settlement<'d>(line: &mut OrderLine<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:ApplicableTradeTax" => {
                let mut tax = TaxCategory::default();
                category(&mut tax, child, left);
                line.taxes.push(tax);
            }
            "ram:SpecifiedTradeAllowanceCharge" => line.allowance_charges.push(allowance_charge(child, left)),
            "ram:SpecifiedTradeSettlementLineMonetarySummation" => {
                left.each(child, "ram:LineTotalAmount", |left, amount| left.term(amount, &mut line.net_amount));
            }
            "ram:ReceivableSpecifiedTradeAccountingAccount" => left.below(child, &["ram:ID"], &mut line.buyer_accounting),
            _ => left.keep(child),
        }
    }
}
