//! Invoice lines, credit note lines and, in the XRechnung extension, lines below lines.

use quittance_einvoice::Element;
use quittance_einvoice::model::{AllowanceCharge, Classification, Item, ItemAttribute, Line, Price, TaxCategory};

use super::adjustment::{allowance_charge, tax_category};
use super::document::period;
use crate::mapping::{Leftover, found};

pub(super) fn line<'d>(line: &mut Line<'d>, left: &mut Leftover<'d>) {
    for child in line.at.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut line.id),
            "cbc:Note" => left.term(child, &mut line.note),
            "cbc:InvoicedQuantity" | "cbc:CreditedQuantity" => left.term(child, &mut line.quantity),
            "cbc:LineExtensionAmount" => left.term(child, &mut line.net_amount),
            "cbc:AccountingCost" => left.term(child, &mut line.buyer_accounting),
            "cac:InvoicePeriod" => period(&mut line.period, child, left),
            "cac:OrderLineReference" => order_line(line, child, left),
            "cac:DocumentReference" => object(line, child, left),
            "cac:AllowanceCharge" => {
                let mut adjustment = AllowanceCharge::new(child);
                allowance_charge(&mut adjustment, left);
                line.allowance_charges.push(adjustment);
            }
            "cac:Item" => item(&mut line.item, &mut line.taxes, child, left),
            "cac:Price" => price(&mut line.price, child, left),
            "cac:SubInvoiceLine" => line.lines.push(nested(child, left)),
            _ => left.keep(child),
        }
    }
}

/// Recursion is bounded by the depth that the parser allows.
fn nested<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> Line<'d> {
    let mut nested = Line::new(element);
    line(&mut nested, left);
    nested
}

fn order_line<'d>(line: &mut Line<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "cbc:LineID" => left.term(child, &mut line.order_line),
            "cac:OrderReference" => left.below(child, &["cbc:ID"], &mut line.order),
            _ => left.keep(child),
        }
    }
}

/// BT-128, which the standard tells from other documents by the type code 130; it allows no other.
fn object<'d>(line: &mut Line<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    let code = element.child("cbc:DocumentTypeCode");
    if code.is_some_and(|code| code.text() != "130") {
        return left.keep(element);
    }
    for child in element.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut line.object),
            "cbc:DocumentTypeCode" => {}
            _ => left.keep(child),
        }
    }
}

pub(super) fn item<'d>(item: &mut Item<'d>, taxes: &mut Vec<TaxCategory<'d>>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut item.at, element);
    for child in element.children() {
        match child.name() {
            "cbc:Name" => left.term(child, &mut item.name),
            "cbc:Description" => left.term(child, &mut item.description),
            "cac:SellersItemIdentification" => left.below(child, &["cbc:ID"], &mut item.seller_id),
            "cac:BuyersItemIdentification" => left.below(child, &["cbc:ID"], &mut item.buyer_id),
            "cac:StandardItemIdentification" => left.below(child, &["cbc:ID"], &mut item.standard_id),
            "cac:OriginCountry" => left.below(child, &["cbc:IdentificationCode"], &mut item.origin_country),
            "cac:CommodityClassification" => {
                let mut classification = Classification::new(child);
                left.below(child, &["cbc:ItemClassificationCode"], &mut classification.code);
                item.classifications.push(classification);
            }
            "cac:ClassifiedTaxCategory" => {
                let mut category = TaxCategory::default();
                tax_category(&mut category, child, left);
                taxes.push(category);
            }
            "cac:AdditionalItemProperty" => item.attributes.push(attribute(child, left)),
            _ => left.keep(child),
        }
    }
}

fn attribute<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> ItemAttribute<'d> {
    let mut attribute = ItemAttribute::new(element);
    for child in element.children() {
        match child.name() {
            "cbc:Name" => left.term(child, &mut attribute.name),
            "cbc:Value" => left.term(child, &mut attribute.value),
            _ => left.keep(child),
        }
    }
    attribute
}

pub(super) fn price<'d>(price: &mut Price<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut price.at, element);
    for child in element.children() {
        match child.name() {
            "cbc:PriceAmount" => left.term(child, &mut price.net),
            "cbc:BaseQuantity" => left.term(child, &mut price.base_quantity),
            "cac:AllowanceCharge" => {
                let mut discount = AllowanceCharge::new(child);
                allowance_charge(&mut discount, left);
                discount.base_amount.iter().for_each(|gross| price.gross.state(gross.element()));
                price.discounts.push(discount);
            }
            _ => left.keep(child),
        }
    }
}
