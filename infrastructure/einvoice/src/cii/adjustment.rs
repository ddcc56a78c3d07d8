//! Allowances, charges and the tax category that they carry.

use quittance_einvoice::Element;
use quittance_einvoice::model::{AllowanceCharge, TaxCategory};

use crate::mapping::{Leftover, found};

pub(super) fn allowance_charge<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> AllowanceCharge<'d> {
    let mut adjustment = AllowanceCharge::new(element);
    for child in element.children() {
        match child.name() {
            "ram:ChargeIndicator" => left.content(child, &mut adjustment.is_charge),
            "ram:CalculationPercent" => left.term(child, &mut adjustment.percentage),
            "ram:BasisAmount" => left.term(child, &mut adjustment.base_amount),
            "ram:ActualAmount" => left.term(child, &mut adjustment.amount),
            "ram:ReasonCode" => left.term(child, &mut adjustment.reason_code),
            "ram:Reason" => left.term(child, &mut adjustment.reason),
            "ram:CategoryTradeTax" => category(&mut adjustment.tax, child, left),
            _ => left.keep(child),
        }
    }
    adjustment
}

pub(super) fn logistics_service<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> AllowanceCharge<'d> {
    let mut charge = AllowanceCharge::new(element);
    charge.is_logistics_service = true;
    for child in element.children() {
        match child.name() {
            "ram:Description" => left.term(child, &mut charge.reason),
            "ram:AppliedAmount" => left.term(child, &mut charge.amount),
            "ram:AppliedTradeTax" => category(&mut charge.tax, child, left),
            _ => left.keep(child),
        }
    }
    charge
}

pub(super) fn category<'d>(category: &mut TaxCategory<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut category.at, element);
    for child in element.children() {
        match child.name() {
            "ram:TypeCode" => left.term(child, &mut category.scheme),
            "ram:CategoryCode" => left.term(child, &mut category.code),
            "ram:RateApplicablePercent" | "ram:ApplicablePercent" => left.term(child, &mut category.rate),
            "ram:ExemptionReason" => left.term(child, &mut category.exemption_reason),
            "ram:ExemptionReasonCode" => left.term(child, &mut category.exemption_code),
            _ => left.keep(child),
        }
    }
}
