//! Line items. They stand flat; one that details another names it.

use quittance_einvoice::canonical::{CanonicalAttribute, CanonicalClassification, CanonicalItem, CanonicalLine, CanonicalPrice};
use rust_decimal::Decimal;

use super::adjustment::{adjustment, indicator, rate};
use super::agreement::object;
use super::settlement::period;
use crate::write::amount::{money, number};
use crate::write::node::{Node, group, leaf};

pub(super) fn line(line: &CanonicalLine) -> Node {
    let quantity = line.quantity.map(|quantity| leaf("ram:BilledQuantity", number(quantity)).attribute_if("unitCode", line.unit.as_ref()));
    group("ram:IncludedSupplyChainTradeLineItem")
        .demanded(numbered(line))
        .child(product(&line.item))
        .child(agreement(line))
        .child(group("ram:SpecifiedLineTradeDelivery").child_if(quantity))
        .demanded(settlement(line))
}

fn numbered(line: &CanonicalLine) -> Node {
    group("ram:AssociatedDocumentLineDocument")
        .text_if("ram:LineID", line.id.as_ref())
        .text_if("ram:ParentLineID", line.parent_id.as_ref())
        .text_if("ram:LineStatusReasonCode", line.status_reason.as_ref())
        .child(group("ram:IncludedNote").text_if("ram:Content", line.note.as_ref()))
}

fn product(item: &CanonicalItem) -> Node {
    let standard = item.standard_id.as_ref().map(|id| leaf("ram:GlobalID", &id.id).attribute_if("schemeID", id.scheme.as_ref()));
    group("ram:SpecifiedTradeProduct")
        .child_if(standard)
        .text_if("ram:SellerAssignedID", item.seller_id.as_ref())
        .text_if("ram:BuyerAssignedID", item.buyer_id.as_ref())
        .text_if("ram:Name", item.name.as_ref())
        .text_if("ram:Description", item.description.as_ref())
        .children(item.attributes.iter().map(characteristic))
        .children(item.classifications.iter().map(classification))
        .child(group("ram:OriginTradeCountry").text_if("ram:ID", item.origin_country.as_ref()))
}

fn characteristic(attribute: &CanonicalAttribute) -> Node {
    group("ram:ApplicableProductCharacteristic").text("ram:Description", &attribute.name).text("ram:Value", &attribute.value)
}

fn classification(classification: &CanonicalClassification) -> Node {
    let code = leaf("ram:ClassCode", &classification.code)
        .attribute_if("listID", classification.list.as_ref())
        .attribute_if("listVersionID", classification.list_version.as_ref());
    group("ram:DesignatedProductClassification").child(code)
}

fn agreement(line: &CanonicalLine) -> Node {
    let order = group("ram:BuyerOrderReferencedDocument")
        .text_if("ram:IssuerAssignedID", line.order.as_ref())
        .text_if("ram:LineID", line.order_line.as_ref());
    let start = group("ram:SpecifiedLineTradeAgreement").child(order);
    match &line.price {
        Some(price) => start.child(gross_price(price, line.unit.as_ref())).child(net_price(price, line.unit.as_ref())),
        None => start,
    }
}

/// CII cannot tell a discount without the price that it is taken from.
fn gross_price(price: &CanonicalPrice, unit: Option<&String>) -> Node {
    let start = group("ram:GrossPriceProductTradePrice");
    let gross = price.gross.or_else(|| price.net.checked_add(price.discount?));
    let Some(gross) = gross else { return start };
    let discount = price.discount.map(|discount| {
        let start = group("ram:AppliedTradeAllowanceCharge").child(indicator(discount.is_sign_negative()));
        start.text("ram:ActualAmount", number(discount.abs()))
    });
    start.text("ram:ChargeAmount", number(gross)).child_if(basis(price, unit)).child_if(discount)
}

fn net_price(price: &CanonicalPrice, unit: Option<&String>) -> Node {
    group("ram:NetPriceProductTradePrice").text("ram:ChargeAmount", number(price.net)).child_if(basis(price, unit))
}

fn basis(price: &CanonicalPrice, unit: Option<&String>) -> Option<Node> {
    let is_stated = price.base_quantity != Decimal::ONE || price.base_unit.is_some();
    let quantity = || leaf("ram:BasisQuantity", number(price.base_quantity));
    is_stated.then(|| quantity().attribute_if("unitCode", price.base_unit.as_ref().or(unit)))
}

fn settlement(line: &CanonicalLine) -> Node {
    let tax = (line.tax_category.is_some() || line.tax_rate.is_some()).then(|| {
        let start = group("ram:ApplicableTradeTax").text("ram:TypeCode", "VAT").text_if("ram:CategoryCode", line.tax_category.as_ref());
        start.child_if(rate(line.tax_rate))
    });
    let summation = group("ram:SpecifiedTradeSettlementLineMonetarySummation").text("ram:LineTotalAmount", money(line.net_amount));
    group("ram:SpecifiedLineTradeSettlement")
        .child_if(tax)
        .child(period(line.period.as_ref()))
        .children(line.allowances.iter().map(|one| adjustment(one, false)))
        .children(line.charges.iter().map(|one| adjustment(one, true)))
        .child(summation)
        .child_if(line.object.as_ref().map(object))
        .child(group("ram:ReceivableSpecifiedTradeAccountingAccount").text_if("ram:ID", line.buyer_accounting.as_ref()))
}
