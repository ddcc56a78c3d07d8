//! Allowances and charges of the document, of lines and of prices.

use rust_decimal::Decimal;

use super::Book;
use crate::model::{AllowanceCharge, Invoice, Price};
use crate::outline::Element;
use crate::rules::judge::{Judge, Sum};
use crate::totals::exact::{percent_of, sum};

pub(super) fn check(invoice: &Invoice<'_>, book: Book, judge: &mut Judge) {
    let slack = book.slack(invoice);
    // Only XRechnung tells the two places of CII apart in the rule's id.
    let (outside_prices, on_prices) = match (book.is_german(), invoice.syntax.is_ubl()) {
        (true, false) => ("PEPPOL-EN16931-R043-1", "PEPPOL-EN16931-R043-2"),
        _ => ("PEPPOL-EN16931-R043", "PEPPOL-EN16931-R043"),
    };
    let of_lines = invoice.lines.iter().flat_map(|line| &line.allowance_charges);
    for adjustment in invoice.allowance_charges.iter().chain(of_lines).filter(|adjustment| !adjustment.is_logistics_service) {
        check_one(adjustment, outside_prices, slack, judge);
    }
    for price in invoice.lines.iter().map(|line| &line.price) {
        match invoice.syntax.is_ubl() {
            true => price.discounts.iter().for_each(|discount| discount_of_ubl(discount, price, judge)),
            false => discounts_of_cii(price, on_prices, book, judge),
        }
    }
}

/// The official rules stop at an incomplete calculation.
fn check_one(adjustment: &AllowanceCharge<'_>, indicated: &str, slack: Decimal, judge: &mut Judge) {
    let at = adjustment.at;
    match (adjustment.percentage.is_present(), adjustment.base_amount.is_present()) {
        (true, false) => {
            judge.fatal("PEPPOL-EN16931-R041", at, false, "a percentage is stated without the base amount that it is taken of")
        }
        (false, true) => {
            judge.fatal("PEPPOL-EN16931-R042", at, false, "a base amount is stated without the percentage that is taken of it")
        }
        (percent, _) => {
            says_which(adjustment, indicated, judge);
            if percent {
                amount(adjustment, slack, judge);
            }
        }
    }
}

fn says_which(adjustment: &AllowanceCharge<'_>, rule: &str, judge: &mut Judge) {
    let indicated = matches!(adjustment.is_charge.text(), Some("true" | "false"));
    judge.fatal(rule, adjustment.at, indicated, "whether it is a charge or an allowance must be said by 'true' or 'false'");
}

/// R040: amount = base × percentage / 100.
fn amount(adjustment: &AllowanceCharge<'_>, slack: Decimal, judge: &mut Judge) {
    let (base, percent) = (adjustment.base_amount.value(), adjustment.percentage.value());
    let computed = base.zip(percent).and_then(|(base, percent)| percent_of(*base, *percent));
    let stated = adjustment.amount.value().copied().or((!adjustment.amount.is_present()).then_some(Decimal::ZERO));
    let term = if adjustment.is_charge() { "the charge" } else { "the allowance" };
    judge.sum("PEPPOL-EN16931-R040", Sum { at: adjustment.at, term, stated, computed }, slack);
}

fn discount_of_ubl(discount: &AllowanceCharge<'_>, price: &Price<'_>, judge: &mut Judge) {
    no_charge(discount.at, discount.is_charge.text() == Some("false"), judge);
    if discount.base_amount.is_present() {
        net_price(discount.at, price, discount.base_amount.value().copied(), discount.amount.value().copied(), judge);
    }
}

/// XRechnung alone looks at the discounts of CII beyond their indicator.
fn discounts_of_cii(price: &Price<'_>, indicated: &str, book: Book, judge: &mut Judge) {
    price.discounts.iter().for_each(|discount| says_which(discount, indicated, judge));
    let gross = price.gross.first().and_then(|amount| amount.element().parent());
    let Some(at) = gross.or_else(|| price.discounts.first()?.at.parent()).filter(|_| book.is_german()) else { return };
    let amounts = || price.discounts.iter().filter(|discount| discount.amount.is_present());
    let discounted = amounts().next().is_some();
    no_charge(at, !discounted || price.discounts.iter().any(|discount| discount.is_charge.text() == Some("false")), judge);
    if price.gross.is_present() {
        let discount = sum(amounts().filter_map(|discount| discount.amount.value().copied()));
        net_price(at, price, price.gross.value().copied(), discount, judge);
    }
}

fn no_charge(at: Element<'_>, is_allowance: bool, judge: &mut Judge) {
    judge.fatal("PEPPOL-EN16931-R044", at, is_allowance, "a price may have a discount (BT-147), not a charge");
}

/// R046: BT-146 = BT-148 − BT-147.
fn net_price(at: Element<'_>, price: &Price<'_>, gross: Option<Decimal>, discount: Option<Decimal>, judge: &mut Judge) {
    let computed = gross.zip(discount).and_then(|(gross, discount)| gross.checked_sub(discount));
    judge.sum("PEPPOL-EN16931-R046", Sum { at, term: "BT-146", stated: price.net.value().copied(), computed }, Decimal::ZERO);
}
