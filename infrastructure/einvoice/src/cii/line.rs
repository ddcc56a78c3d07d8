//! Line items: their number, agreement, delivery and settlement.

use quittance_einvoice::Element;
use quittance_einvoice::model::{Line, Price, TaxCategory};

use super::adjustment::{allowance_charge, category};
use super::document::period;
use super::product::product;
use crate::mapping::{Leftover, found};

pub(super) fn line<'d>(line: &mut Line<'d>, left: &mut Leftover<'d>) {
    for child in line.at.children() {
        match child.name() {
            "ram:AssociatedDocumentLineDocument" => number(line, child, left),
            "ram:SpecifiedTradeProduct" => product(&mut line.item, child, left),
            "ram:SpecifiedLineTradeAgreement" | "ram:SpecifiedSupplyChainTradeAgreement" => {
                agreement(line, child, left);
            }
            "ram:SpecifiedLineTradeDelivery" | "ram:SpecifiedSupplyChainTradeDelivery" => {
                left.each(child, "ram:BilledQuantity", |left, quantity| left.term(quantity, &mut line.quantity));
            }
            "ram:SpecifiedLineTradeSettlement" | "ram:SpecifiedSupplyChainTradeSettlement" => {
                settlement(line, child, left);
            }
            _ => left.keep(child),
        }
    }
}

fn number<'d>(line: &mut Line<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:LineID" => left.term(child, &mut line.id),
            "ram:ParentLineID" => left.term(child, &mut line.parent_id),
            "ram:LineStatusReasonCode" => left.term(child, &mut line.status_reason),
            "ram:IncludedNote" => left.below(child, &["ram:Content"], &mut line.note),
            _ => left.keep(child),
        }
    }
}

fn agreement<'d>(line: &mut Line<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:BuyerOrderReferencedDocument" => order(line, child, left),
            "ram:GrossPriceProductTradePrice" => gross_price(&mut line.price, child, left),
            "ram:NetPriceProductTradePrice" => net_price(&mut line.price, child, left),
            _ => left.keep(child),
        }
    }
}

fn order<'d>(line: &mut Line<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:LineID" => left.term(child, &mut line.order_line),
            "ram:IssuerAssignedID" | "ram:ID" => left.term(child, &mut line.order),
            _ => left.keep(child),
        }
    }
}

pub(super) fn gross_price<'d>(price: &mut Price<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut price.at, element);
    for child in element.children() {
        match child.name() {
            "ram:ChargeAmount" => left.term(child, &mut price.gross),
            "ram:BasisQuantity" => left.term(child, &mut price.gross_base_quantity),
            "ram:AppliedTradeAllowanceCharge" => price.discounts.push(allowance_charge(child, left)),
            _ => left.keep(child),
        }
    }
}

pub(super) fn net_price<'d>(price: &mut Price<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut price.at, element);
    for child in element.children() {
        match child.name() {
            "ram:ChargeAmount" => left.term(child, &mut price.net),
            "ram:BasisQuantity" => left.term(child, &mut price.base_quantity),
            _ => left.keep(child),
        }
    }
}

fn settlement<'d>(line: &mut Line<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:ApplicableTradeTax" => {
                let mut tax = TaxCategory::default();
                category(&mut tax, child, left);
                line.taxes.push(tax);
            }
            "ram:BillingSpecifiedPeriod" => period(&mut line.period, child, left),
            "ram:SpecifiedTradeAllowanceCharge" => line.allowance_charges.push(allowance_charge(child, left)),
            "ram:SpecifiedTradeSettlementLineMonetarySummation" | "ram:SpecifiedTradeSettlementMonetarySummation" => {
                left.each(child, "ram:LineTotalAmount", |left, amount| left.term(amount, &mut line.net_amount));
            }
            "ram:AdditionalReferencedDocument" => object(line, child, left),
            "ram:ReceivableSpecifiedTradeAccountingAccount" => {
                left.below(child, &["ram:ID"], &mut line.buyer_accounting);
            }
            _ => left.keep(child),
        }
    }
}

/// BT-128, told from other documents by the type code 130.
fn object<'d>(line: &mut Line<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    if element.child("ram:TypeCode").is_some_and(|code| code.text() != "130") {
        return left.keep(element);
    }
    for child in element.children() {
        match child.name() {
            "ram:IssuerAssignedID" | "ram:ID" => left.term(child, &mut line.object),
            "ram:ReferenceTypeCode" => left.term(child, &mut line.object_scheme),
            "ram:TypeCode" => {}
            _ => left.keep(child),
        }
    }
}
