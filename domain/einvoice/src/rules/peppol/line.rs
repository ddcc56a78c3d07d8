//! Invoice lines: their sum, price base, period and object.

use rust_decimal::Decimal;

use super::Book;
use crate::model::{Invoice, Line};
use crate::outline::Element;
use crate::rules::Flag;
use crate::rules::judge::{Judge, Sum};
use crate::term::{Term, Terms};
use crate::totals::exact::{cents_as_xpath, sum};

pub(super) fn check(invoice: &Invoice<'_>, book: Book, judge: &mut Judge) {
    let is_ubl = invoice.syntax.is_ubl();
    invoice.all_lines().for_each(|line| units_agree(line, is_ubl, judge));
    for line in &invoice.lines {
        within_the_period(line, invoice, judge);
        base_is_positive(line, judge);
        let documents = documents(line, is_ubl);
        let object = documents.is_empty() || documents.iter().any(is_object);
        judge.fatal("PEPPOL-EN16931-R101", line.at, object, "a document of a line can only be its object (BT-128)");
        // What XRechnung made of CII had no rule on the line's sum at first, and then one that warns.
        if is_ubl || book != Book::XRechnung {
            net_amount(line, book, book.slack(invoice), judge);
        }
    }
}

/// R100, which XRechnung leaves out.
pub(super) fn objects(invoice: &Invoice<'_>, judge: &mut Judge) {
    let is_ubl = invoice.syntax.is_ubl();
    for line in &invoice.lines {
        let objects = documents(line, is_ubl).iter().filter(|document| is_ubl || is_object(document)).count();
        judge.fatal("PEPPOL-EN16931-R100", line.at, objects <= 1, "a line has more than one object (BT-128)");
    }
}

fn documents<'d>(line: &Line<'d>, is_ubl: bool) -> Vec<Element<'d>> {
    let (parent, name) = match is_ubl {
        true => (Some(line.at), "cac:DocumentReference"),
        false => (line.at.child("ram:SpecifiedLineTradeSettlement"), "ram:AdditionalReferencedDocument"),
    };
    parent.into_iter().flat_map(|parent| parent.children()).filter(|child| child.name() == name).collect()
}

fn is_object(document: &Element<'_>) -> bool {
    let code = document.children().find(|child| matches!(child.name(), "cbc:DocumentTypeCode" | "ram:TypeCode"));
    code.is_some_and(|code| code.text() == "130")
}

fn within_the_period(line: &Line<'_>, invoice: &Invoice<'_>, judge: &mut Judge) {
    let (own, whole) = (&line.period, &invoice.period);
    if let Some((start, first)) = own.start.value().zip(whole.start.value()) {
        judge.fatal("PEPPOL-EN16931-R110", line.at, start >= first, "the line's period starts before that of the invoice");
    }
    if let Some((end, last)) = own.end.value().zip(whole.end.value()) {
        judge.fatal("PEPPOL-EN16931-R111", line.at, end <= last, "the line's period ends after that of the invoice");
    }
}

fn base_quantities<'a, 'd>(line: &'a Line<'d>) -> impl Iterator<Item = &'a Term<'d, Decimal>> {
    line.price.base_quantity.iter().chain(line.price.gross_base_quantity.iter())
}

fn base_is_positive(line: &Line<'_>, judge: &mut Judge) {
    for base in base_quantities(line) {
        let positive = base.value().is_some_and(|base| *base > Decimal::ZERO);
        judge.fatal("PEPPOL-EN16931-R121", base.element(), positive, "the price's base quantity (BT-149) is not above 0");
    }
}

/// Also of lines below lines.
fn units_agree(line: &Line<'_>, is_ubl: bool, judge: &mut Judge) {
    for base in base_quantities(line) {
        let Some(unit) = base.attribute("unitCode") else { continue };
        let same = line.quantity.iter().any(|quantity| quantity.attribute("unitCode") == Some(unit));
        let holds = same || (is_ubl && !line.quantity.is_present());
        judge.fatal("PEPPOL-EN16931-R130", base.element(), holds, "the price's base quantity has another unit than the quantity");
    }
}

/// R120: BT-131 = BT-129 × BT-146 / BT-149 + charges − allowances.
fn net_amount(line: &Line<'_>, book: Book, slack: Decimal, judge: &mut Judge) {
    let stated = or(&line.net_amount, Decimal::ZERO);
    let base = base_quantity(line, book);
    let goods = or(&line.quantity, Decimal::ONE)
        .zip(or(&line.price.net, Decimal::ZERO))
        .and_then(|(quantity, price)| quantity.checked_mul(price)?.checked_div(base?));
    let computed = goods.and_then(|goods| goods.checked_add(adjustments(line, true)?)?.checked_sub(adjustments(line, false)?));
    let flag = if book == Book::LaterXRechnung { Flag::Warning } else { Flag::Fatal };
    judge.sum_as("PEPPOL-EN16931-R120", flag, Sum { at: line.at, term: "BT-131", stated, computed }, slack);
}

/// BT-149, by which nobody divides if it is 0. The later XRechnung takes the one beside the gross price where CII has no other.
fn base_quantity(line: &Line<'_>, book: Book) -> Option<Decimal> {
    let gross = &line.price.gross_base_quantity;
    let stated = [&line.price.base_quantity, gross].into_iter().take(if book == Book::LaterXRechnung { 2 } else { 1 });
    let of_each = stated.map(|terms| or(terms, Decimal::ZERO)).collect::<Option<Vec<_>>>()?;
    Some(of_each.into_iter().find(|base| !base.is_zero()).unwrap_or(Decimal::ONE))
}

fn adjustments(line: &Line<'_>, charges: bool) -> Option<Decimal> {
    let wanted = line.allowance_charges.iter().filter(|adjustment| adjustment.is_charge.value() == Some(&charges));
    sum(wanted.filter_map(|adjustment| adjustment.amount.value().copied())).map(cents_as_xpath)
}

/// What is absent counts as `default`; nothing if it is unreadable.
fn or(terms: &Terms<'_, Decimal>, default: Decimal) -> Option<Decimal> {
    if terms.is_present() { terms.value().copied() } else { Some(default) }
}
