//! What a line sells.

use quittance_einvoice::Element;
use quittance_einvoice::model::{Classification, Item, ItemAttribute};

use crate::mapping::{Leftover, found};

pub(super) fn product<'d>(item: &mut Item<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut item.at, element);
    for child in element.children() {
        match child.name() {
            "ram:GlobalID" => left.term(child, &mut item.standard_id),
            "ram:SellerAssignedID" => left.term(child, &mut item.seller_id),
            "ram:BuyerAssignedID" => left.term(child, &mut item.buyer_id),
            "ram:Name" => left.term(child, &mut item.name),
            "ram:Description" => left.term(child, &mut item.description),
            "ram:ApplicableProductCharacteristic" => item.attributes.push(characteristic(child, left)),
            "ram:DesignatedProductClassification" => {
                let mut classification = Classification::new(child);
                left.below(child, &["ram:ClassCode"], &mut classification.code);
                item.classifications.push(classification);
            }
            "ram:OriginTradeCountry" => left.below(child, &["ram:ID"], &mut item.origin_country),
            _ => left.keep(child),
        }
    }
}

fn characteristic<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> ItemAttribute<'d> {
    let mut attribute = ItemAttribute::new(element);
    for child in element.children() {
        match child.name() {
            "ram:Description" => left.term(child, &mut attribute.name),
            "ram:Value" => left.term(child, &mut attribute.value),
            _ => left.keep(child),
        }
    }
    attribute
}
