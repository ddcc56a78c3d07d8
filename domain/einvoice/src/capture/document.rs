//! The document level.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::intake::Intake;
use super::text::{block, one_line, without_blanks};
use super::{line, party, payment};
use crate::canonical::{
    CanonicalAdjustment, CanonicalAttachment, CanonicalDelivery, CanonicalInvoice, CanonicalNote, CanonicalPeriod, CanonicalReferences,
    CanonicalTax, CanonicalTotals, Identifier, PrecedingNumber,
};
use crate::model::{AllowanceCharge, Delivery, Invoice, Period, SupportingDocument, TaxBreakdown};
use crate::term::Terms;

/// Nothing if a term without which there is no invoice is missing; the intake then knows which.
pub(super) fn document<'d>(invoice: &Invoice<'d>, intake: &mut Intake<'d>) -> Option<CanonicalInvoice> {
    let root = invoice.outline.root();
    let number = intake.decisive("BT-1", &invoice.number);
    let number = intake.demand(number, "BT-1", root, &invoice.number);
    let type_code = intake.decisive("BT-3", &invoice.type_code);
    let type_code = intake.demand(type_code, "BT-3", root, &invoice.type_code);
    let issue_date = intake.booked("BT-2", &invoice.issue_date);
    let issue_date = intake.demand(issue_date, "BT-2", root, &invoice.issue_date);
    let stated = intake.decisive("BT-5", &invoice.currency).or_else(|| currency(invoice).map(one_line));
    let currency = intake.demand(stated, "BT-5", root, &invoice.currency);
    let seller = required_party(intake, invoice, &invoice.seller, "BT-27");
    let buyer = required_party(intake, invoice, &invoice.buyer, "BT-44");
    let totals = totals(intake, invoice);
    let mut lines = Vec::with_capacity(invoice.lines.len());
    let priced = invoice.lines.iter().filter(|stated| !line::is_only_text(invoice, stated));
    line::lines(intake, priced, None, &mut lines);
    let (tax_point_date, tax_point_code) = tax_point(intake, invoice);
    let canonical = CanonicalInvoice {
        due_date: payment::due_date(intake, invoice),
        tax_point_date,
        tax_point_code,
        tax_currency: intake.decisive("BT-6", &invoice.tax_currency).filter(|code| Some(code) != currency.as_ref()),
        specification: intake.text(&invoice.specification),
        business_process: intake.text(&invoice.business_process),
        references: references(intake, invoice),
        preceding_invoices: preceding(intake, invoice),
        notes: notes(invoice),
        payee: party::party(intake, &invoice.payee, "BT-59"),
        tax_representative: party::party(intake, &invoice.tax_representative, "BT-62"),
        delivery: delivery(intake, &invoice.delivery),
        period: period(intake, &invoice.period, ["BT-73", "BT-74"]),
        payment: payment::payment(intake, invoice),
        allowances: adjustments(intake, invoice.allowances(), "BT-92"),
        charges: adjustments(intake, invoice.charges(), "BT-99"),
        tax_breakdown: breakdown(intake, invoice),
        attachments: invoice.supporting_documents.iter().filter_map(|one| attachment(intake, one)).collect(),
        lines,
        number: number?,
        type_code: type_code?,
        issue_date: issue_date?,
        currency: currency?,
        seller: seller?,
        buyer: buyer?,
        totals: totals?,
    };
    Some(canonical)
}

/// BT-5. A document without it whose totals all name one currency has stated it too.
pub(super) fn currency<'d>(invoice: &Invoice<'d>) -> Option<&'d str> {
    let totals = &invoice.totals;
    let amounts = [&totals.without_vat, &totals.with_vat, &totals.payable].into_iter().flat_map(Terms::iter);
    let mut named = amounts.map(|amount| amount.attribute("currencyID"));
    let first = named.next().flatten();
    let agreed = first.filter(|first| named.all(|other| other == Some(first)));
    invoice.currency.text().or(agreed)
}

fn required_party<'d>(
    intake: &mut Intake<'d>,
    invoice: &Invoice<'d>,
    stated: &crate::model::Party<'d>,
    name_term: &str,
) -> Option<crate::canonical::CanonicalParty> {
    if !stated.is_present() {
        intake.missing(name_term, invoice.outline.root());
    }
    party::party(intake, stated, name_term)
}

/// UBL states the tax point once, CII with each tax. The two code lists say the same three things.
fn tax_point<'d>(intake: &mut Intake<'d>, invoice: &Invoice<'d>) -> (Option<NaiveDate>, Option<String>) {
    let stated = intake.date("BT-7", &invoice.tax_point_date);
    let with_tax = invoice.tax_breakdown.iter().find_map(|tax| tax.tax_point_date.value().copied());
    let codes = invoice.tax_breakdown.iter().find_map(|tax| tax.tax_point_code.text());
    let code = invoice.period.tax_point_code.text().or(match codes {
        Some("5") => Some("3"),
        Some("29") => Some("35"),
        Some("72") => Some("432"),
        other => other,
    });
    (stated.or(with_tax), code.map(one_line))
}

fn references<'d>(intake: &Intake<'d>, invoice: &Invoice<'d>) -> CanonicalReferences {
    let stated = &invoice.references;
    let object = intake
        .identifier(&stated.invoiced_object)
        .map(|object| Identifier { scheme: object.scheme.or_else(|| intake.text(&stated.invoiced_object_scheme)), id: object.id });
    CanonicalReferences {
        buyer: intake.text(&stated.buyer),
        project: intake.text(&stated.project),
        contract: intake.text(&stated.contract),
        purchase_order: intake.text(&stated.purchase_order),
        sales_order: intake.text(&stated.sales_order),
        receiving_advice: intake.text(&stated.receiving_advice),
        despatch_advice: intake.text(&stated.despatch_advice),
        tender_or_lot: intake.text(&stated.tender_or_lot),
        invoiced_object: object,
        buyer_accounting: intake.text(&stated.buyer_accounting),
    }
}

fn preceding<'d>(intake: &mut Intake<'d>, invoice: &Invoice<'d>) -> Vec<PrecedingNumber> {
    let mut numbers = Vec::new();
    for stated in &invoice.preceding_invoices {
        let issue_date = intake.date("BT-26", &stated.issue_date);
        numbers.extend(intake.text(&stated.number).map(|number| PrecedingNumber { number, issue_date }));
    }
    numbers
}

fn notes(invoice: &Invoice<'_>) -> Vec<CanonicalNote> {
    let parts = invoice.notes.iter().map(|note| note.parts());
    let of_lines = invoice.lines.iter().filter(|line| line::is_only_text(invoice, line)).filter_map(|line| line.note.text());
    let notes = parts.chain(of_lines.map(|text| (None, text)));
    let notes = notes.map(|(subject, text)| CanonicalNote { subject: subject.map(one_line), text: block(text) });
    notes.filter(|note| !note.text.is_empty()).collect()
}

pub(crate) fn delivery<'d>(intake: &mut Intake<'d>, stated: &Delivery<'d>) -> Option<CanonicalDelivery> {
    let delivery = CanonicalDelivery {
        date: intake.day("BT-72", &stated.date),
        name: intake.text(&stated.place.name),
        location: intake.identifier(&stated.place.identifiers),
        address: party::address(intake, &stated.place.address),
    };
    (delivery != CanonicalDelivery::default()).then_some(delivery)
}

pub(crate) fn period<'d>(intake: &mut Intake<'d>, stated: &Period<'d>, names: [&str; 2]) -> Option<CanonicalPeriod> {
    let period = CanonicalPeriod { start: intake.day(names[0], &stated.start), end: intake.day(names[1], &stated.end) };
    (period.start.is_some() || period.end.is_some()).then_some(period)
}

pub(crate) fn adjustments<'a, 'd: 'a>(
    intake: &mut Intake<'d>,
    stated: impl Iterator<Item = &'a AllowanceCharge<'d>>,
    amount_term: &str,
) -> Vec<CanonicalAdjustment> {
    stated.filter_map(|one| adjustment(intake, one, amount_term)).collect()
}

fn adjustment<'d>(intake: &mut Intake<'d>, stated: &AllowanceCharge<'d>, amount_term: &str) -> Option<CanonicalAdjustment> {
    let amount = intake.amount(amount_term, &stated.amount);
    let amount = intake.demand(amount, amount_term, stated.at, &stated.amount);
    let category = intake.text(&stated.tax.code);
    let rate = intake.number("BT-96", &stated.tax.rate);
    Some(CanonicalAdjustment {
        base_amount: intake.amount("BT-93", &stated.base_amount),
        percentage: intake.number("BT-94", &stated.percentage),
        tax_rate: tax_rate(category.as_deref(), rate),
        tax_category: category,
        reason: intake.text(&stated.reason),
        reason_code: intake.text(&stated.reason_code),
        amount: amount?,
    })
}

/// What is not subject to VAT has no rate; some write 0.
pub(crate) fn tax_rate(category: Option<&str>, rate: Option<Decimal>) -> Option<Decimal> {
    rate.filter(|rate| category != Some("O") || !rate.is_zero())
}

fn breakdown<'d>(intake: &mut Intake<'d>, invoice: &Invoice<'d>) -> Vec<CanonicalTax> {
    let stated = invoice.tax_breakdown.iter().filter(|tax| !is_in_tax_currency(invoice, tax));
    let mut taxes: Vec<_> = stated.filter_map(|one| tax(intake, one)).collect();
    taxes.sort_by(|a, b| (&a.category, &a.rate, &a.exemption_code).cmp(&(&b.category, &b.rate, &b.exemption_code)));
    taxes
}

/// A document may repeat its breakdown in the currency of BT-6.
fn is_in_tax_currency(invoice: &Invoice<'_>, tax: &TaxBreakdown<'_>) -> bool {
    let currency = tax.tax_amount.first().and_then(|amount| amount.attribute("currencyID"));
    currency.is_some() && currency == invoice.tax_currency.text() && currency != invoice.currency.text()
}

fn tax<'d>(intake: &mut Intake<'d>, stated: &TaxBreakdown<'d>) -> Option<CanonicalTax> {
    let taxable = intake.amount("BT-116", &stated.taxable_amount);
    let taxable = intake.demand(taxable, "BT-116", stated.at, &stated.taxable_amount);
    let amount = intake.amount("BT-117", &stated.tax_amount);
    let amount = intake.demand(amount, "BT-117", stated.at, &stated.tax_amount);
    let category = intake.decisive("BT-118", &stated.category.code);
    let rate = intake.number("BT-119", &stated.category.rate);
    Some(CanonicalTax {
        rate: tax_rate(category.as_deref(), rate),
        category,
        exemption_reason: intake.block(&stated.category.exemption_reason),
        exemption_code: intake.text(&stated.category.exemption_code),
        taxable_amount: taxable?,
        tax_amount: amount?,
    })
}

fn totals<'d>(intake: &mut Intake<'d>, invoice: &Invoice<'d>) -> Option<CanonicalTotals> {
    let stated = &invoice.totals;
    let group = stated.at.unwrap_or_else(|| invoice.outline.root());
    let (vat, vat_in_tax_currency) = vat_totals(invoice);
    let mut required = |name, terms: &Terms<'d, Decimal>| {
        let amount = intake.amount(name, terms);
        intake.demand(amount, name, group, terms)
    };
    let without_vat = required("BT-109", &stated.without_vat);
    let with_vat = required("BT-112", &stated.with_vat);
    let payable = required("BT-115", &stated.payable);
    let mut sum = |name, terms: &Terms<'d, Decimal>| intake.amount(name, terms).unwrap_or_default();
    let canonical = CanonicalTotals {
        allowances: sum("BT-107", &stated.allowances),
        charges: sum("BT-108", &stated.charges),
        vat: sum("BT-110", &vat),
        prepaid: sum("BT-113", &stated.prepaid),
        rounding: sum("BT-114", &stated.rounding),
        lines: intake.amount("BT-106", &stated.lines),
        vat_in_tax_currency: intake.number("BT-111", &vat_in_tax_currency),
        without_vat: without_vat?,
        with_vat: with_vat?,
        payable: payable?,
    };
    Some(canonical)
}

/// BT-110 and BT-111 differ only by currency.
fn vat_totals<'d>(invoice: &Invoice<'d>) -> (Terms<'d, Decimal>, Terms<'d, Decimal>) {
    let (currency, tax_currency) = (invoice.currency.text(), invoice.tax_currency.text());
    let (mut vat, mut in_tax_currency) = (Terms::Absent, Terms::Absent);
    for amount in invoice.totals.vat.iter() {
        let stated = amount.attribute("currencyID");
        let is_second = stated.is_some() && stated != currency && stated == tax_currency;
        if is_second { &mut in_tax_currency } else { &mut vat }.state(amount.element());
    }
    (vat, in_tax_currency)
}

/// Only what supports the invoice: references to objects, tenders and projects have terms of their own.
fn attachment<'d>(intake: &Intake<'d>, stated: &SupportingDocument<'d>) -> Option<CanonicalAttachment> {
    if matches!(stated.type_code.text(), Some("130" | "50")) {
        return None;
    }
    let content = stated.content.iter().find(|content| !content.is_blank());
    let attribute = |name| content.and_then(|content| content.attribute(name)).map(one_line).filter(|value| !value.is_empty());
    Some(CanonicalAttachment {
        reference: intake.text(&stated.reference),
        description: intake.block(&stated.description),
        location: intake.text(&stated.location),
        mime_code: attribute("mimeCode"),
        filename: attribute("filename"),
        content: content.map(|content| without_blanks(content.text())),
    })
}
