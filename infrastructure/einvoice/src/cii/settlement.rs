//! The trade settlement: currencies, tax, allowances and charges, totals.

use quittance_einvoice::model::{TaxBreakdown, Totals};
use quittance_einvoice::{Element, Invoice};

use super::adjustment::{allowance_charge, logistics_service};
use super::document::period;
use super::party::party;
use super::payment;
use super::reference::preceding;
use crate::mapping::{Leftover, found};

pub(super) fn settlement<'d>(invoice: &mut Invoice<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "ram:InvoiceCurrencyCode" => left.term(child, &mut invoice.currency),
            "ram:TaxCurrencyCode" => left.term(child, &mut invoice.tax_currency),
            "ram:PayeeTradeParty" => party(&mut invoice.payee, child, left),
            "ram:ApplicableTradeTax" => invoice.tax_breakdown.push(breakdown(child, left)),
            "ram:BillingSpecifiedPeriod" => period(&mut invoice.period, child, left),
            "ram:SpecifiedTradeAllowanceCharge" => {
                invoice.allowance_charges.push(allowance_charge(child, left));
            }
            "ram:SpecifiedLogisticsServiceCharge" => {
                invoice.allowance_charges.push(logistics_service(child, left));
            }
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation" | "ram:SpecifiedTradeSettlementMonetarySummation" => {
                totals(&mut invoice.totals, child, left)
            }
            "ram:InvoiceReferencedDocument" => invoice.preceding_invoices.push(preceding(child, left)),
            "ram:ReceivableSpecifiedTradeAccountingAccount" => {
                left.below(child, &["ram:ID"], &mut invoice.references.buyer_accounting);
            }
            _ => payment::payment(&mut invoice.payment, child, left),
        }
    }
}

fn breakdown<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> TaxBreakdown<'d> {
    let mut breakdown = TaxBreakdown::new(element);
    let category = &mut breakdown.category;
    found(&mut category.at, element);
    for child in element.children() {
        match child.name() {
            "ram:CalculatedAmount" => left.term(child, &mut breakdown.tax_amount),
            "ram:BasisAmount" => left.term(child, &mut breakdown.taxable_amount),
            "ram:LineTotalBasisAmount" => left.term(child, &mut breakdown.lines_amount),
            "ram:AllowanceChargeBasisAmount" => left.term(child, &mut breakdown.adjustments_amount),
            "ram:TypeCode" => left.term(child, &mut category.scheme),
            "ram:CategoryCode" => left.term(child, &mut category.code),
            "ram:RateApplicablePercent" | "ram:ApplicablePercent" => left.term(child, &mut category.rate),
            "ram:ExemptionReason" => left.term(child, &mut category.exemption_reason),
            "ram:ExemptionReasonCode" => left.term(child, &mut category.exemption_code),
            "ram:TaxPointDate" => left.content(child, &mut breakdown.tax_point_date),
            "ram:DueDateTypeCode" => left.term(child, &mut breakdown.tax_point_code),
            _ => left.keep(child),
        }
    }
    breakdown
}

pub(super) fn totals<'d>(totals: &mut Totals<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut totals.at, element);
    for child in element.children() {
        match child.name() {
            "ram:LineTotalAmount" => left.term(child, &mut totals.lines),
            "ram:ChargeTotalAmount" => left.term(child, &mut totals.charges),
            "ram:AllowanceTotalAmount" => left.term(child, &mut totals.allowances),
            "ram:TaxBasisTotalAmount" => left.term(child, &mut totals.without_vat),
            "ram:TaxTotalAmount" => left.term(child, &mut totals.vat),
            "ram:RoundingAmount" => left.term(child, &mut totals.rounding),
            "ram:GrandTotalAmount" => left.term(child, &mut totals.with_vat),
            "ram:TotalPrepaidAmount" => left.term(child, &mut totals.prepaid),
            "ram:DuePayableAmount" => left.term(child, &mut totals.payable),
            _ => left.keep(child),
        }
    }
}
