//! Lines. Those that detail another line stand inside it, which only an invoice allows.

use std::collections::HashMap;

use quittance_einvoice::CanonicalInvoice;
use quittance_einvoice::canonical::{
    CanonicalAttribute, CanonicalClassification, CanonicalItem, CanonicalLine, CanonicalPrice, Identifier,
};
use rust_decimal::Decimal;

use super::document::{adjustment, amount, category, period};
use super::party::identifier;
use crate::write::amount::number;
use crate::write::node::{Node, group, leaf};

pub(super) fn invoice_lines(invoice: &CanonicalInvoice) -> Vec<Node> {
    let nested = Nested::of(&invoice.lines);
    nested.tops.iter().map(|&top| nested.line("cac:InvoiceLine", top, &invoice.currency)).collect()
}

pub(super) fn credit_note_lines(invoice: &CanonicalInvoice) -> Vec<Node> {
    let (currency, quantity) = (invoice.currency.as_str(), "cbc:CreditedQuantity");
    let line = |(at, line)| priced(start("cac:CreditNoteLine", quantity, at, line, currency), line, currency);
    invoice.lines.iter().enumerate().map(line).collect()
}

/// Lines nested deeper are written at the top, so that no document can exhaust a stack, ours or a reader's.
const LEVELS_MAX: usize = 16;

/// Which lines stand inside which. Some documents name a parent that only comes later.
struct Nested<'i> {
    lines: &'i [CanonicalLine],
    tops: Vec<usize>,
    below: Vec<Vec<usize>>,
}

impl<'i> Nested<'i> {
    fn of(lines: &'i [CanonicalLine]) -> Self {
        let numbered: HashMap<_, _> = lines.iter().enumerate().rev().filter_map(|(at, line)| Some((line.id.as_ref()?, at))).collect();
        let parent_of = |at: usize| lines[at].parent_id.as_ref().and_then(|parent| numbered.get(parent)).copied();
        let mut nested = Self { lines, tops: Vec::new(), below: vec![Vec::new(); lines.len()] };
        for at in 0..lines.len() {
            match parent_of(at).filter(|_| levels_above(at, parent_of) <= LEVELS_MAX) {
                Some(parent) => nested.below[parent].push(at),
                None => nested.tops.push(at),
            }
        }
        nested
    }

    fn line(&self, name: &'static str, at: usize, currency: &str) -> Node {
        let line = &self.lines[at];
        let below = self.below[at].iter().map(|&inner| self.line("cac:SubInvoiceLine", inner, currency));
        priced(start(name, "cbc:InvoicedQuantity", at, line, currency), line, currency).children(below)
    }
}

/// Counts no further than it matters, so that lines which name each other end too.
fn levels_above(line: usize, parent_of: impl Fn(usize) -> Option<usize>) -> usize {
    std::iter::successors(parent_of(line), |&above| parent_of(above)).take(LEVELS_MAX + 1).count()
}

/// A line without a number gets its place, since UBL demands one.
fn start(name: &'static str, quantity: &'static str, at: usize, line: &CanonicalLine, currency: &str) -> Node {
    let quantity = line.quantity.map(|value| leaf(quantity, number(value)).attribute_if("unitCode", line.unit.as_ref()));
    group(name)
        .text("cbc:ID", line.id.clone().unwrap_or_else(|| (at + 1).to_string()))
        .text_if("cbc:Note", line.note.as_ref())
        .child_if(quantity)
        .child(amount("cbc:LineExtensionAmount", line.net_amount, currency))
        .text_if("cbc:AccountingCost", line.buyer_accounting.as_ref())
        .child(period(line.period.as_ref()))
        .child_if(line.order_line.as_ref().map(|number| order_line(number, line.order.as_ref())))
        .child_if(line.object.as_ref().map(object))
}

/// The line's order cannot be named without the line in it.
fn order_line(number: &str, order: Option<&String>) -> Node {
    let order = group("cac:OrderReference").text_if("cbc:ID", order);
    group("cac:OrderLineReference").text("cbc:LineID", number).child(order)
}

fn object(object: &Identifier) -> Node {
    group("cac:DocumentReference").child(identifier("cbc:ID", object)).text("cbc:DocumentTypeCode", "130")
}

fn priced(start: Node, line: &CanonicalLine, currency: &str) -> Node {
    start
        .children(line.allowances.iter().map(|one| adjustment(one, false, currency)))
        .children(line.charges.iter().map(|one| adjustment(one, true, currency)))
        .child(item(line))
        .child_if(line.price.as_ref().map(|price| self::price(price, line.unit.as_ref(), currency)))
}

fn item(line: &CanonicalLine) -> Node {
    let item = &line.item;
    let tax = (line.tax_category.is_some() || line.tax_rate.is_some())
        .then(|| category("cac:ClassifiedTaxCategory", line.tax_category.as_ref(), line.tax_rate, None, None));
    identified(item)
        .child(group("cac:OriginCountry").text_if("cbc:IdentificationCode", item.origin_country.as_ref()))
        .children(item.classifications.iter().map(classification))
        .child_if(tax)
        .children(item.attributes.iter().map(attribute))
}

fn identified(item: &CanonicalItem) -> Node {
    group("cac:Item")
        .text_if("cbc:Description", item.description.as_ref())
        .text_if("cbc:Name", item.name.as_ref())
        .child(group("cac:BuyersItemIdentification").text_if("cbc:ID", item.buyer_id.as_ref()))
        .child(group("cac:SellersItemIdentification").text_if("cbc:ID", item.seller_id.as_ref()))
        .child(group("cac:StandardItemIdentification").child_if(item.standard_id.as_ref().map(|id| identifier("cbc:ID", id))))
}

fn classification(classification: &CanonicalClassification) -> Node {
    let code = leaf("cbc:ItemClassificationCode", &classification.code)
        .attribute_if("listID", classification.list.as_ref())
        .attribute_if("listVersionID", classification.list_version.as_ref());
    group("cac:CommodityClassification").child(code)
}

fn attribute(attribute: &CanonicalAttribute) -> Node {
    group("cac:AdditionalItemProperty").text("cbc:Name", &attribute.name).text("cbc:Value", &attribute.value)
}

fn price(price: &CanonicalPrice, line_unit: Option<&String>, currency: &str) -> Node {
    let unit = price.base_unit.as_ref().or(line_unit);
    let base = (price.base_quantity != Decimal::ONE || price.base_unit.is_some())
        .then(|| leaf("cbc:BaseQuantity", number(price.base_quantity)).attribute_if("unitCode", unit));
    let price_amount = |name, value| leaf(name, number(value)).attribute("currencyID", currency);
    let discount = price.discount.map(|discount| {
        group("cac:AllowanceCharge")
            .text("cbc:ChargeIndicator", discount.is_sign_negative().to_string())
            .child(price_amount("cbc:Amount", discount.abs()))
            .child_if(price.gross.map(|gross| price_amount("cbc:BaseAmount", gross)))
    });
    group("cac:Price").child(price_amount("cbc:PriceAmount", price.net)).child_if(base).child_if(discount)
}
