//! Invoice lines.

use rust_decimal::Decimal;

use super::adjustment::{Ids, complete};
use crate::model::{Invoice, Line};
use crate::rules::judge::Judge;

const ALLOWANCE: Ids = Ids { amount: "BR-41", reasons: ["BR-42", "BR-CO-23"] };
const CHARGE: Ids = Ids { amount: "BR-43", reasons: ["BR-44", "BR-CO-24"] };

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    for line in &invoice.lines {
        terms(line, judge);
        for adjustment in &line.allowance_charges {
            match (adjustment.is_charge(), adjustment.is_allowance()) {
                (true, _) => complete(adjustment, &CHARGE, judge),
                (_, true) => complete(adjustment, &ALLOWANCE, judge),
                _ => {}
            }
        }
    }
}

fn terms(line: &Line<'_>, judge: &mut Judge) {
    judge.fatal("BR-21", line.at, line.id.text().is_some(), "the line's identifier (BT-126) is missing");
    judge.fatal("BR-22", line.at, line.quantity.is_present(), "the invoiced quantity (BT-129) is missing");
    let unit = line.quantity.iter().any(|quantity| quantity.attribute("unitCode").is_some());
    judge.fatal("BR-23", line.at, unit, "the quantity's unit (BT-130) is missing");
    judge.fatal("BR-24", line.at, line.net_amount.is_present(), "the line's net amount (BT-131) is missing");
    judge.fatal("BR-25", line.at, line.item.name.text().is_some(), "the item's name (BT-153) is missing");
    judge.fatal("BR-26", line.at, line.price.net.is_present(), "the item's net price (BT-146) is missing");
    let is_negative = |price: &Decimal| *price < Decimal::ZERO;
    let priced = line.price.net.value().is_some_and(|price| !is_negative(price));
    judge.fatal("BR-27", line.at, priced, "the item's net price (BT-146) is negative, or missing");
    judge.fatal("BR-28", line.at, !line.price.gross.values().any(is_negative), "the item's gross price (BT-148) is negative");
    let categorised = line.taxes.iter().any(|tax| tax.is_vat() && tax.code.is_present());
    judge.fatal("BR-CO-04", line.at, categorised, "the line's VAT category (BT-151) is missing");
}
