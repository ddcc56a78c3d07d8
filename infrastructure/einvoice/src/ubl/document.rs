//! The document level of an Invoice or a CreditNote.

use quittance_einvoice::model::{AllowanceCharge, Delivery, Line, Note, Period, TaxBreakdown, Totals};
use quittance_einvoice::{Element, Invoice, Outline, Syntax};

use super::adjustment::{allowance_charge, tax_category};
use super::line::line;
use super::{party, payment, reference};
use crate::mapping::{Leftover, found};

pub(crate) fn invoice(outline: &Outline, syntax: Syntax) -> Invoice<'_> {
    let mut invoice = Invoice::new(outline, syntax);
    let mut left = Leftover::default();
    for child in outline.root().children() {
        basics(&mut invoice, child, &mut left);
    }
    invoice.unmapped = left.into_elements();
    invoice
}

fn basics<'d>(invoice: &mut Invoice<'d>, child: Element<'d>, left: &mut Leftover<'d>) {
    match child.name() {
        "cbc:ID" => left.term(child, &mut invoice.number),
        "cbc:IssueDate" => left.term(child, &mut invoice.issue_date),
        "cbc:DueDate" => left.term(child, &mut invoice.due_date),
        "cbc:InvoiceTypeCode" | "cbc:CreditNoteTypeCode" => left.term(child, &mut invoice.type_code),
        "cbc:DocumentCurrencyCode" => left.term(child, &mut invoice.currency),
        "cbc:TaxCurrencyCode" => left.term(child, &mut invoice.tax_currency),
        "cbc:TaxPointDate" => left.term(child, &mut invoice.tax_point_date),
        "cbc:CustomizationID" => left.term(child, &mut invoice.specification),
        "cbc:ProfileID" => left.term(child, &mut invoice.business_process),
        "cbc:Note" => {
            let mut note = Note::new(child);
            left.term(child, &mut note.text);
            invoice.notes.push(note);
        }
        name if name.starts_with("cbc:") => reference::term(&mut invoice.references, child, left),
        _ => groups(invoice, child, left),
    }
}

fn groups<'d>(invoice: &mut Invoice<'d>, child: Element<'d>, left: &mut Leftover<'d>) {
    match child.name() {
        "cac:AccountingSupplierParty" => left.each(child, "cac:Party", |left, at| {
            party::seller(invoice, at, left);
        }),
        "cac:AccountingCustomerParty" => left.each(child, "cac:Party", |left, at| {
            party::party(&mut invoice.buyer, at, left);
        }),
        "cac:PayeeParty" => party::payee(invoice, child, left),
        "cac:TaxRepresentativeParty" => party::named_by_its_name(&mut invoice.tax_representative, child, left),
        "cac:InvoicePeriod" => period(&mut invoice.period, child, left),
        "cac:Delivery" => delivery(&mut invoice.delivery, child, left),
        "cac:PaymentMeans" => payment::means(&mut invoice.payment, child, left),
        "cac:PaymentTerms" => payment::terms(&mut invoice.payment, child, left),
        "cac:PrepaidPayment" => payment::third_party(&mut invoice.payment, child, left),
        "cac:AllowanceCharge" => {
            let mut adjustment = AllowanceCharge::new(child);
            allowance_charge(&mut adjustment, left);
            invoice.allowance_charges.push(adjustment);
        }
        "cac:TaxTotal" => tax_total(invoice, child, left),
        "cac:LegalMonetaryTotal" => totals(&mut invoice.totals, child, left),
        "cac:InvoiceLine" | "cac:CreditNoteLine" => {
            let mut next = Line::new(child);
            line(&mut next, left);
            invoice.lines.push(next);
        }
        _ => reference::group(invoice, child, left),
    }
}

pub(super) fn period<'d>(period: &mut Period<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut period.at, element);
    for child in element.children() {
        match child.name() {
            "cbc:StartDate" => left.term(child, &mut period.start),
            "cbc:EndDate" => left.term(child, &mut period.end),
            "cbc:DescriptionCode" => left.term(child, &mut period.tax_point_code),
            _ => left.keep(child),
        }
    }
}

fn delivery<'d>(delivery: &mut Delivery<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut delivery.at, element);
    for child in element.children() {
        match child.name() {
            "cbc:ActualDeliveryDate" => left.term(child, &mut delivery.date),
            "cac:DeliveryLocation" => party::location(&mut delivery.place, child, left),
            "cac:DeliveryParty" => {
                left.each(child, "cac:PartyName", |left, at| left.below(at, &["cbc:Name"], &mut delivery.place.name));
            }
            _ => left.keep(child),
        }
    }
}

fn tax_total<'d>(invoice: &mut Invoice<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    for child in element.children() {
        match child.name() {
            "cbc:TaxAmount" => left.term(child, &mut invoice.totals.vat),
            "cac:TaxSubtotal" => invoice.tax_breakdown.push(breakdown(child, left)),
            _ => left.keep(child),
        }
    }
}

fn breakdown<'d>(element: Element<'d>, left: &mut Leftover<'d>) -> TaxBreakdown<'d> {
    let mut breakdown = TaxBreakdown::new(element);
    for child in element.children() {
        match child.name() {
            "cbc:TaxableAmount" => left.term(child, &mut breakdown.taxable_amount),
            "cbc:TaxAmount" => left.term(child, &mut breakdown.tax_amount),
            "cac:TaxCategory" => tax_category(&mut breakdown.category, child, left),
            _ => left.keep(child),
        }
    }
    breakdown
}

pub(super) fn totals<'d>(totals: &mut Totals<'d>, element: Element<'d>, left: &mut Leftover<'d>) {
    found(&mut totals.at, element);
    for child in element.children() {
        match child.name() {
            "cbc:LineExtensionAmount" => left.term(child, &mut totals.lines),
            "cbc:TaxExclusiveAmount" => left.term(child, &mut totals.without_vat),
            "cbc:TaxInclusiveAmount" => left.term(child, &mut totals.with_vat),
            "cbc:AllowanceTotalAmount" => left.term(child, &mut totals.allowances),
            "cbc:ChargeTotalAmount" => left.term(child, &mut totals.charges),
            "cbc:PrepaidAmount" => left.term(child, &mut totals.prepaid),
            "cbc:PayableRoundingAmount" => left.term(child, &mut totals.rounding),
            "cbc:PayableAmount" => left.term(child, &mut totals.payable),
            _ => left.keep(child),
        }
    }
}
