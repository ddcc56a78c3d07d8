//! Allowances, charges and taxes.

use quittance_einvoice::canonical::CanonicalAdjustment;
use rust_decimal::Decimal;

use crate::write::amount::{money, number};
use crate::write::node::{Node, group, leaf};

pub(super) fn adjustment(adjustment: &CanonicalAdjustment, is_charge: bool) -> Node {
    let category = (adjustment.tax_category.is_some() || adjustment.tax_rate.is_some()).then(|| {
        let start = group("ram:CategoryTradeTax").text("ram:TypeCode", "VAT").text_if("ram:CategoryCode", adjustment.tax_category.as_ref());
        start.child_if(rate(adjustment.tax_rate))
    });
    group("ram:SpecifiedTradeAllowanceCharge")
        .child(indicator(is_charge))
        .child_if(adjustment.percentage.map(|percentage| leaf("ram:CalculationPercent", number(percentage))))
        .child_if(adjustment.base_amount.map(|base| leaf("ram:BasisAmount", money(base))))
        .text("ram:ActualAmount", money(adjustment.amount))
        .text_if("ram:ReasonCode", adjustment.reason_code.as_ref())
        .text_if("ram:Reason", adjustment.reason.as_ref())
        .child_if(category)
}

pub(super) fn indicator(is_charge: bool) -> Node {
    group("ram:ChargeIndicator").text("udt:Indicator", is_charge.to_string())
}

pub(super) fn rate(rate: Option<Decimal>) -> Option<Node> {
    rate.map(|rate| leaf("ram:RateApplicablePercent", number(rate)))
}
