//! The trade settlement: currencies, tax, allowances and charges, totals.

use chrono::NaiveDate;
use quittance_einvoice::CanonicalInvoice;
use quittance_einvoice::canonical::{CanonicalPeriod, CanonicalTax, PrecedingNumber};
use rust_decimal::Decimal;

use super::adjustment::{adjustment, rate};
use super::document::{date, dated};
use super::party::party;
use super::payment;
use crate::write::amount::money;
use crate::write::node::{Node, group, leaf};
use crate::write::rate::breakdown_rate;

pub(super) fn settlement(invoice: &CanonicalInvoice) -> Node {
    let accounting = group("ram:ReceivableSpecifiedTradeAccountingAccount");
    group("ram:ApplicableHeaderTradeSettlement")
        .text_if("ram:CreditorReferenceID", invoice.payment.creditor_identifier.as_ref())
        .text_if("ram:PaymentReference", invoice.payment.reference.as_ref())
        .text_if("ram:TaxCurrencyCode", invoice.tax_currency.as_ref())
        .text("ram:InvoiceCurrencyCode", &invoice.currency)
        .child_if(invoice.payee.as_ref().map(|payee| party("ram:PayeeTradeParty", payee)))
        .children(payment::means(&invoice.payment))
        .children(taxes(invoice))
        .child(period(invoice.period.as_ref()))
        .children(invoice.allowances.iter().map(|one| adjustment(one, false)))
        .children(invoice.charges.iter().map(|one| adjustment(one, true)))
        .children(payment::terms(invoice))
        .child(totals(invoice))
        .children(invoice.preceding_invoices.iter().map(preceding))
        .child(accounting.text_if("ram:ID", invoice.references.buyer_accounting.as_ref()))
        .children(payment::prepayments(&invoice.payment))
}

/// CII states the tax point with a tax, and may state it once: with the first.
fn taxes(invoice: &CanonicalInvoice) -> impl Iterator<Item = Node> {
    let tax_point = |at| if at == 0 { (invoice.tax_point_date, invoice.tax_point_code.as_deref()) } else { (None, None) };
    invoice.tax_breakdown.iter().enumerate().map(move |(at, one)| tax(one, breakdown_rate(one, invoice), tax_point(at)))
}

fn tax(tax: &CanonicalTax, percent: Option<Decimal>, (point_date, point_code): (Option<NaiveDate>, Option<&str>)) -> Node {
    group("ram:ApplicableTradeTax")
        .text("ram:CalculatedAmount", money(tax.tax_amount))
        .text("ram:TypeCode", "VAT")
        .text_if("ram:ExemptionReason", tax.exemption_reason.as_ref())
        .text("ram:BasisAmount", money(tax.taxable_amount))
        .text_if("ram:CategoryCode", tax.category.as_ref())
        .text_if("ram:ExemptionReasonCode", tax.exemption_code.as_ref())
        .child_if(point_date.map(|day| dated("ram:TaxPointDate", "udt:DateString", day)))
        .child_if(point_code.map(|code| leaf("ram:DueDateTypeCode", tax_point(code))))
        .child_if(rate(percent))
}

/// UNTDID 2005 to UNTDID 2475: the two lists say the same three things.
fn tax_point(code: &str) -> &str {
    match code {
        "3" => "5",
        "35" => "29",
        "432" => "72",
        other => other,
    }
}

pub(super) fn period(period: Option<&CanonicalPeriod>) -> Node {
    group("ram:BillingSpecifiedPeriod")
        .child_if(period.and_then(|period| period.start).map(|day| date("ram:StartDateTime", day)))
        .child_if(period.and_then(|period| period.end).map(|day| date("ram:EndDateTime", day)))
}

fn preceding(preceding: &PrecedingNumber) -> Node {
    group("ram:InvoiceReferencedDocument")
        .text("ram:IssuerAssignedID", &preceding.number)
        .child_if(preceding.issue_date.map(|day| dated("ram:FormattedIssueDateTime", "qdt:DateTimeString", day)))
}

fn totals(invoice: &CanonicalInvoice) -> Node {
    let totals = &invoice.totals;
    let optional = |name, value: Decimal, is_stated: bool| (is_stated || !value.is_zero()).then(|| leaf(name, money(value)));
    let vat = |value, currency: &String| leaf("ram:TaxTotalAmount", money(value)).attribute("currencyID", currency);
    let in_tax_currency = totals.vat_in_tax_currency.zip(invoice.tax_currency.as_ref());
    group("ram:SpecifiedTradeSettlementHeaderMonetarySummation")
        .child_if(totals.lines.map(|lines| leaf("ram:LineTotalAmount", money(lines))))
        .child_if(optional("ram:ChargeTotalAmount", totals.charges, !invoice.charges.is_empty()))
        .child_if(optional("ram:AllowanceTotalAmount", totals.allowances, !invoice.allowances.is_empty()))
        .text("ram:TaxBasisTotalAmount", money(totals.without_vat))
        .child(vat(totals.vat, &invoice.currency))
        .child_if(in_tax_currency.map(|(value, currency)| vat(value, currency)))
        .child_if(optional("ram:RoundingAmount", totals.rounding, false))
        .text("ram:GrandTotalAmount", money(totals.with_vat))
        .child_if(optional("ram:TotalPrepaidAmount", totals.prepaid, false))
        .text("ram:DuePayableAmount", money(totals.payable))
}
