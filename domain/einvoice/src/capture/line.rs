//! Lines.

use rust_decimal::Decimal;

use super::document::{adjustments, period, tax_rate};
use super::intake::Intake;
use super::text::{block, one_line};
use crate::canonical::{CanonicalAttribute, CanonicalClassification, CanonicalItem, CanonicalLine, CanonicalPrice, Identifier};
use crate::model::{AllowanceCharge, Invoice, Item, Line, Price};
use crate::syntax::Syntax;
use crate::term::Terms;
use crate::value::Text;

/// All lines; those below a line follow it and name it as their parent.
pub(super) fn lines<'a, 'd: 'a>(
    intake: &mut Intake<'d>,
    lines: impl Iterator<Item = &'a Line<'d>>,
    parent: Option<&str>,
    into: &mut Vec<CanonicalLine>,
) {
    for stated in lines {
        let Some(captured) = line(intake, stated, parent) else { continue };
        let id = captured.id.clone();
        into.push(captured);
        self::lines(intake, stated.lines.iter(), id.as_deref(), into);
    }
}

/// ZUGFeRD 1 writes remarks between the lines as lines that sell nothing; here they are notes of the document.
pub(super) fn is_only_text(invoice: &Invoice<'_>, line: &Line<'_>) -> bool {
    let sells = line.net_amount.is_present() || line.quantity.is_present() || line.price.net.is_present() || line.item.name.is_present();
    invoice.syntax == Syntax::Zugferd1 && !sells
}

fn line<'d>(intake: &mut Intake<'d>, line: &Line<'d>, parent: Option<&str>) -> Option<CanonicalLine> {
    let net_amount = intake.amount("BT-131", &line.net_amount);
    let net_amount = intake.demand(net_amount, "BT-131", line.at, &line.net_amount);
    let unit = unit(&line.quantity);
    let category = line.tax().and_then(|tax| intake.decisive("BT-151", &tax.code));
    let rate = line.tax().and_then(|tax| intake.number("BT-152", &tax.rate));
    Some(CanonicalLine {
        id: intake.decisive("BT-126", &line.id),
        parent_id: intake.text(&line.parent_id).or_else(|| parent.map(Into::into)),
        status_reason: intake.text(&line.status_reason),
        note: intake.block(&line.note),
        object: object(intake, line),
        quantity: intake.number("BT-129", &line.quantity),
        price: price(intake, &line.price, unit.as_deref()),
        unit,
        order: intake.text(&line.order),
        order_line: intake.text(&line.order_line),
        buyer_accounting: intake.text(&line.buyer_accounting),
        period: period(intake, &line.period, ["BT-134", "BT-135"]),
        allowances: adjustments(intake, line.allowance_charges.iter().filter(|a| a.is_allowance()), "BT-136"),
        charges: adjustments(intake, line.allowance_charges.iter().filter(|a| a.is_charge()), "BT-141"),
        tax_rate: tax_rate(category.as_deref(), rate),
        tax_category: category,
        item: item(intake, &line.item),
        net_amount: net_amount?,
    })
}

pub(crate) fn unit(quantity: &Terms<'_, Decimal>) -> Option<String> {
    quantity.iter().find_map(|term| term.attribute("unitCode")).map(one_line).filter(|unit| !unit.is_empty())
}

fn object<'d>(intake: &Intake<'d>, line: &Line<'d>) -> Option<Identifier> {
    let object = intake.identifier(&line.object)?;
    let scheme = object.scheme.or_else(|| intake.text(&line.object_scheme));
    Some(Identifier { id: object.id, scheme })
}

/// A price is worth keeping if there is a net price; without a discount the gross price says nothing new.
pub(crate) fn price<'d>(intake: &mut Intake<'d>, price: &Price<'d>, line_unit: Option<&str>) -> Option<CanonicalPrice> {
    let net = intake.number("BT-146", &price.net)?;
    let base_quantity = intake.number("BT-149", &price.base_quantity);
    let discount = discount(intake, &price.discounts);
    let gross = intake.number("BT-148", &price.gross).filter(|&gross| discount.is_some() || gross != net);
    Some(CanonicalPrice {
        net,
        base_quantity: base_quantity.unwrap_or(Decimal::ONE),
        base_unit: unit(&price.base_quantity).filter(|unit| Some(unit.as_str()) != line_unit),
        gross,
        discount,
    })
}

fn discount<'d>(intake: &mut Intake<'d>, discounts: &[AllowanceCharge<'d>]) -> Option<Decimal> {
    let mut sum = Decimal::ZERO;
    for discount in discounts {
        let amount = intake.number("BT-147", &discount.amount).unwrap_or_default();
        let signed = if discount.is_charge() { -amount } else { amount };
        match sum.checked_add(signed) {
            Some(more) => sum = more,
            None => intake.unreadable("BT-147", discount.at, "more than can be summed"),
        }
    }
    (!sum.is_zero()).then(|| sum.normalize())
}

pub(crate) fn item<'d>(intake: &Intake<'d>, item: &Item<'d>) -> CanonicalItem {
    let mut classifications: Vec<_> = item.classifications.iter().flat_map(|one| one.code.iter()).filter_map(classification).collect();
    classifications.sort();
    let attributes = item.attributes.iter().filter_map(|attribute| {
        let (name, value) = (attribute.name.text()?, attribute.value.text().unwrap_or_default());
        Some(CanonicalAttribute { name: one_line(name), value: block(value) })
    });
    CanonicalItem {
        name: intake.text(&item.name),
        description: intake.block(&item.description),
        seller_id: intake.text(&item.seller_id),
        buyer_id: intake.text(&item.buyer_id),
        standard_id: intake.identifier(&item.standard_id),
        classifications,
        origin_country: intake.text(&item.origin_country),
        attributes: attributes.collect(),
    }
}

fn classification(term: &crate::term::Term<'_, Text>) -> Option<CanonicalClassification> {
    let attribute = |name| term.attribute(name).map(one_line).filter(|value| !value.is_empty());
    (!term.is_blank()).then(|| CanonicalClassification {
        code: one_line(term.text()),
        list: attribute("listID"),
        list_version: attribute("listVersionID"),
    })
}
