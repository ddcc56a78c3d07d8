//! The document level. A credit note has the same groups in a different order and lacks three of them.

use quittance_einvoice::CanonicalInvoice;
use quittance_einvoice::canonical::{CanonicalAdjustment, CanonicalDelivery, CanonicalNote, CanonicalPeriod, CanonicalTax};
use quittance_einvoice::rules::codes::List;
use rust_decimal::Decimal;

use super::{line, party, payment, reference};
use crate::write::WriteError;
use crate::write::amount::{money, number};
use crate::write::node::{Node, group, leaf};
use crate::write::rate::breakdown_rate;

const CAC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
const CBC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

/// The invoice as UBL 2.1, a CreditNote where its type code says that it is one.
pub fn write_ubl(invoice: &CanonicalInvoice) -> Result<String, WriteError> {
    if invoice.lines.is_empty() {
        return Err(WriteError::WithoutLines);
    }
    let is_credit_note = List::CreditNoteTypes.contains(&invoice.type_code);
    Ok(if is_credit_note { credit_note(invoice) } else { self::invoice(invoice) })
}

fn invoice(invoice: &CanonicalInvoice) -> String {
    let start = root("Invoice", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", invoice);
    start
        .text_if("cbc:DueDate", invoice.due_date.as_ref())
        .text("cbc:InvoiceTypeCode", &invoice.type_code)
        .children(invoice.notes.iter().map(note))
        .text_if("cbc:TaxPointDate", invoice.tax_point_date.as_ref())
        .children(currencies_and_references(invoice))
        .children(reference::originator(invoice))
        .children(reference::contract(invoice))
        .children(reference::additional(invoice))
        .child(group("cac:ProjectReference").text_if("cbc:ID", invoice.references.project.as_ref()))
        .children(parties_and_delivery(invoice))
        .children(payment::means(invoice, None))
        .children(payment::terms(&invoice.payment, &invoice.currency))
        .children(payment::third_party(&invoice.payment, &invoice.currency))
        .children(adjustments(invoice))
        .children(totals(invoice))
        .children(line::invoice_lines(invoice))
        .into_document()
}

fn credit_note(invoice: &CanonicalInvoice) -> String {
    let start = root("CreditNote", "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", invoice);
    start
        .text_if("cbc:TaxPointDate", invoice.tax_point_date.as_ref())
        .text("cbc:CreditNoteTypeCode", &invoice.type_code)
        .children(invoice.notes.iter().map(note))
        .children(currencies_and_references(invoice))
        .children(reference::contract(invoice))
        .children(reference::additional(invoice))
        .children(reference::project_of_credit_note(invoice))
        .children(reference::originator(invoice))
        .children(parties_and_delivery(invoice))
        .children(payment::means(invoice, invoice.due_date))
        .children(payment::terms(&invoice.payment, &invoice.currency))
        .children(adjustments(invoice))
        .children(totals(invoice))
        .children(line::credit_note_lines(invoice))
        .into_document()
}

fn root(name: &'static str, namespace: &'static str, invoice: &CanonicalInvoice) -> Node {
    group(name)
        .attribute("xmlns", namespace)
        .attribute("xmlns:cac", CAC)
        .attribute("xmlns:cbc", CBC)
        .text_if("cbc:CustomizationID", invoice.specification.as_ref())
        .text_if("cbc:ProfileID", invoice.business_process.as_ref())
        .text("cbc:ID", &invoice.number)
        .text("cbc:IssueDate", invoice.issue_date.to_string())
}

/// BT-21 has no element of its own and stands in front of the text.
fn note(note: &CanonicalNote) -> Node {
    let text = match &note.subject {
        Some(subject) => format!("#{subject}#{}", note.text),
        None => note.text.clone(),
    };
    leaf("cbc:Note", text)
}

/// What both documents have between the notes and the contract.
fn currencies_and_references(invoice: &CanonicalInvoice) -> Vec<Node> {
    let text = |name, text: Option<&String>| text.map(|text| leaf(name, text));
    let single = [
        Some(leaf("cbc:DocumentCurrencyCode", &invoice.currency)),
        text("cbc:TaxCurrencyCode", invoice.tax_currency.as_ref()),
        text("cbc:AccountingCost", invoice.references.buyer_accounting.as_ref()),
        text("cbc:BuyerReference", invoice.references.buyer.as_ref()),
        Some(period(invoice.period.as_ref()).text_if("cbc:DescriptionCode", invoice.tax_point_code.as_ref())),
    ];
    single.into_iter().flatten().chain(reference::orders_and_shipping(invoice)).collect()
}

fn parties_and_delivery(invoice: &CanonicalInvoice) -> Vec<Node> {
    let creditor = invoice.payment.creditor_identifier.as_deref();
    let (of_payee, of_seller) = if invoice.payee.is_some() { (creditor, None) } else { (None, creditor) };
    let single = [
        Some(group("cac:AccountingSupplierParty").child(party::seller(&invoice.seller, of_seller))),
        Some(group("cac:AccountingCustomerParty").child(party::buyer(&invoice.buyer))),
        invoice.payee.as_ref().map(|payee| party::by_name("cac:PayeeParty", payee, of_payee)),
        invoice.tax_representative.as_ref().map(|party| party::by_name("cac:TaxRepresentativeParty", party, None)),
        invoice.delivery.as_ref().map(delivery),
    ];
    single.into_iter().flatten().collect()
}

pub(super) fn period(period: Option<&CanonicalPeriod>) -> Node {
    group("cac:InvoicePeriod")
        .text_if("cbc:StartDate", period.and_then(|period| period.start.as_ref()))
        .text_if("cbc:EndDate", period.and_then(|period| period.end.as_ref()))
}

fn delivery(delivery: &CanonicalDelivery) -> Node {
    let location = group("cac:DeliveryLocation")
        .child_if(delivery.location.as_ref().map(|id| party::identifier("cbc:ID", id)))
        .child_if(delivery.address.as_ref().map(|address| party::address("cac:Address", address)));
    let name = group("cac:PartyName").text_if("cbc:Name", delivery.name.as_ref());
    group("cac:Delivery")
        .text_if("cbc:ActualDeliveryDate", delivery.date.as_ref())
        .child(location)
        .child(group("cac:DeliveryParty").child(name))
}

fn adjustments(invoice: &CanonicalInvoice) -> impl Iterator<Item = Node> {
    let allowances = invoice.allowances.iter().map(|one| adjustment(one, false, &invoice.currency));
    allowances.chain(invoice.charges.iter().map(|one| adjustment(one, true, &invoice.currency)))
}

pub(super) fn adjustment(adjustment: &CanonicalAdjustment, is_charge: bool, currency: &str) -> Node {
    let category = (adjustment.tax_category.is_some() || adjustment.tax_rate.is_some())
        .then(|| category("cac:TaxCategory", adjustment.tax_category.as_ref(), adjustment.tax_rate, None, None));
    group("cac:AllowanceCharge")
        .text("cbc:ChargeIndicator", is_charge.to_string())
        .text_if("cbc:AllowanceChargeReasonCode", adjustment.reason_code.as_ref())
        .text_if("cbc:AllowanceChargeReason", adjustment.reason.as_ref())
        .child_if(adjustment.percentage.map(|percentage| leaf("cbc:MultiplierFactorNumeric", number(percentage))))
        .child(amount("cbc:Amount", adjustment.amount, currency))
        .child_if(adjustment.base_amount.map(|base| amount("cbc:BaseAmount", base, currency)))
        .child_if(category)
}

pub(super) fn category(
    name: &'static str,
    code: Option<&String>,
    rate: Option<Decimal>,
    exemption_code: Option<&String>,
    exemption_reason: Option<&String>,
) -> Node {
    group(name)
        .text_if("cbc:ID", code)
        .child_if(rate.map(|rate| leaf("cbc:Percent", number(rate))))
        .text_if("cbc:TaxExemptionReasonCode", exemption_code)
        .text_if("cbc:TaxExemptionReason", exemption_reason)
        .child(group("cac:TaxScheme").text("cbc:ID", "VAT"))
}

pub(super) fn amount(name: &'static str, amount: Decimal, currency: &str) -> Node {
    leaf(name, money(amount)).attribute("currencyID", currency)
}

fn totals(invoice: &CanonicalInvoice) -> Vec<Node> {
    let (currency, totals) = (&invoice.currency, &invoice.totals);
    let in_tax_currency = totals.vat_in_tax_currency.zip(invoice.tax_currency.as_ref());
    let in_tax_currency = in_tax_currency.map(|(vat, currency)| group("cac:TaxTotal").child(amount("cbc:TaxAmount", vat, currency)));
    let vat = group("cac:TaxTotal")
        .child(amount("cbc:TaxAmount", totals.vat, currency))
        .children(invoice.tax_breakdown.iter().map(|tax| subtotal(tax, invoice)));
    let optional = |name, value: Decimal, is_stated: bool| (is_stated || !value.is_zero()).then(|| amount(name, value, currency));
    let monetary = group("cac:LegalMonetaryTotal")
        .child_if(totals.lines.map(|lines| amount("cbc:LineExtensionAmount", lines, currency)))
        .child(amount("cbc:TaxExclusiveAmount", totals.without_vat, currency))
        .child(amount("cbc:TaxInclusiveAmount", totals.with_vat, currency))
        .child_if(optional("cbc:AllowanceTotalAmount", totals.allowances, !invoice.allowances.is_empty()))
        .child_if(optional("cbc:ChargeTotalAmount", totals.charges, !invoice.charges.is_empty()))
        .child_if(optional("cbc:PrepaidAmount", totals.prepaid, false))
        .child_if(optional("cbc:PayableRoundingAmount", totals.rounding, false))
        .child(amount("cbc:PayableAmount", totals.payable, currency));
    std::iter::once(vat).chain(in_tax_currency).chain([monetary]).collect()
}

fn subtotal(tax: &CanonicalTax, invoice: &CanonicalInvoice) -> Node {
    let currency = &invoice.currency;
    let (code, reason) = (tax.exemption_code.as_ref(), tax.exemption_reason.as_ref());
    group("cac:TaxSubtotal")
        .child(amount("cbc:TaxableAmount", tax.taxable_amount, currency))
        .child(amount("cbc:TaxAmount", tax.tax_amount, currency))
        .child(category("cac:TaxCategory", tax.category.as_ref(), breakdown_rate(tax, invoice), code, reason))
}
