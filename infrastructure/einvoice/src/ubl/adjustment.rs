//! Allowances, charges and tax categories.

use quittance_einvoice::Element;
use quittance_einvoice::model::{AllowanceCharge, TaxCategory};

use crate::mapping::{Leftover, found};

pub(super) fn allowance_charge<'d>(adjustment: &mut AllowanceCharge<'d>, left: &mut Leftover<'d>) {
    for child in adjustment.at.children() {
        match child.name() {
            "cbc:ChargeIndicator" => left.term(child, &mut adjustment.is_charge),
            "cbc:AllowanceChargeReasonCode" => left.term(child, &mut adjustment.reason_code),
            "cbc:AllowanceChargeReason" => left.term(child, &mut adjustment.reason),
            "cbc:MultiplierFactorNumeric" => left.term(child, &mut adjustment.percentage),
            "cbc:Amount" => left.term(child, &mut adjustment.amount),
            "cbc:BaseAmount" => left.term(child, &mut adjustment.base_amount),
            "cac:TaxCategory" => tax_category(&mut adjustment.tax, child, left),
            _ => left.keep(child),
        }
    }
}

pub(super) fn tax_category<'d>(category: &mut TaxCategory<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut category.at, element);
    for child in element.children() {
        match child.name() {
            "cbc:ID" => left.term(child, &mut category.code),
            "cbc:Percent" => left.term(child, &mut category.rate),
            "cbc:TaxExemptionReasonCode" => left.term(child, &mut category.exemption_code),
            "cbc:TaxExemptionReason" => left.term(child, &mut category.exemption_reason),
            "cac:TaxScheme" => left.below(child, &["cbc:ID"], &mut category.scheme),
            _ => left.keep(child),
        }
    }
}
