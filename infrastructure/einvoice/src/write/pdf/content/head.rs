//! Who bills whom, which document this is, and which papers it belongs to.

use quittance_einvoice::CanonicalInvoice;
use quittance_einvoice::canonical::{CanonicalAddress, CanonicalParty, CanonicalPeriod};

use super::words::title;
use crate::write::pdf::page::{Align, BODY, HEADING, LEFT, NAME, Pages, RIGHT, SMALL, STRONG, Shade, TITLE};
use crate::write::pdf::text::{Line, Style};

const GAP: f32 = 24.0;

pub(super) fn head(pages: &mut Pages<'_>, invoice: &CanonicalInvoice) {
    let middle = (LEFT + RIGHT) / 2.0;
    let (left, right) = ((LEFT, middle - GAP), (middle, RIGHT));
    let y = pages.y;
    let name = wrapped(pages, &invoice.seller.name, left, NAME);
    let below = pages.column(name, left, y, Align::Left);
    let seller = party_lines(pages, &invoice.seller, left, SMALL);
    let seller_end = pages.column(seller, left, below, Align::Left);
    let title = pages.fonts.line(title(&invoice.type_code), TITLE);
    pages.put(title, right, y - 4.0, Align::Right);
    let number = wrapped(pages, &invoice.number, right, NAME);
    let title_end = pages.column(number, right, y + TITLE.leading(), Align::Right);
    pages.y = seller_end.max(title_end) + 14.0;
    pages.area(LEFT, RIGHT - LEFT, 1.5, Shade::Accent);
    pages.y += 14.0;
    buyer_and_facts(pages, invoice, left, right);
}

fn buyer_and_facts(pages: &mut Pages<'_>, invoice: &CanonicalInvoice, left: (f32, f32), right: (f32, f32)) {
    let y = pages.y;
    let buyer = block(pages, "Billed to", &invoice.buyer, left);
    let mut end = pages.column(buyer, left, y, Align::Left);
    for (label, party) in [("Pay to", invoice.payee.as_ref()), ("Tax representative", invoice.tax_representative.as_ref())] {
        let Some(party) = party else { continue };
        let lines = block(pages, label, party, left);
        end = pages.column(lines, left, end + 8.0, Align::Left);
    }
    end = delivery(pages, invoice, left, end);
    pages.y = end.max(facts(pages, invoice, right, y)) + 16.0;
}

fn block(pages: &Pages<'_>, label: &str, party: &CanonicalParty, borders: (f32, f32)) -> Vec<Line> {
    let mut lines = vec![pages.fonts.line(label, HEADING)];
    lines.extend(wrapped(pages, &party.name, borders, STRONG));
    lines.extend(party_lines(pages, party, borders, BODY));
    lines
}

fn party_lines(pages: &Pages<'_>, party: &CanonicalParty, borders: (f32, f32), style: Style) -> Vec<Line> {
    let contact = party.contact.as_ref();
    let reach = joined(" · ", [contact.and_then(|one| one.telephone.clone()), contact.and_then(|one| one.email.clone())]);
    let texts = [party.trading_name.clone()]
        .into_iter()
        .chain(party.address.as_ref().map(address).unwrap_or_default())
        .chain([contact.and_then(|one| one.name.clone()), reach])
        .chain([party.vat_id.as_ref().map(|id| format!("VAT {id}")), party.tax_registration.as_ref().map(|id| format!("Tax number {id}"))]);
    texts.flatten().flat_map(|text| wrapped(pages, &text, borders, style)).collect()
}

fn address(address: &CanonicalAddress) -> Vec<Option<String>> {
    let city = joined(" ", [address.post_code.clone(), address.city.clone()]);
    let country = joined(", ", [address.subdivision.clone(), address.country.clone()]);
    vec![address.line_1.clone(), address.line_2.clone(), address.line_3.clone(), city, country]
}

fn delivery(pages: &mut Pages<'_>, invoice: &CanonicalInvoice, borders: (f32, f32), end: f32) -> f32 {
    let Some(delivery) = &invoice.delivery else { return end };
    let address = delivery.address.as_ref().map(address).unwrap_or_default();
    let texts: Vec<_> = [delivery.name.clone()].into_iter().chain(address).flatten().collect();
    if texts.is_empty() {
        return end;
    }
    let mut lines = vec![pages.fonts.line("Delivered to", HEADING)];
    lines.extend(texts.iter().flat_map(|text| wrapped(pages, text, borders, BODY)));
    pages.column(lines, borders, end + 8.0, Align::Left)
}

/// Names and values side by side; what the invoice does not state is not there.
fn facts(pages: &mut Pages<'_>, invoice: &CanonicalInvoice, (left, right): (f32, f32), mut y: f32) -> f32 {
    let split = left + 92.0;
    for (label, value) in stated(invoice) {
        let Some(value) = value else { continue };
        let label = pages.fonts.line(label, SMALL);
        pages.put(label, (left, split), y + 1.4, Align::Left);
        let value = wrapped(pages, &value, (split, right), BODY);
        y = pages.column(value, (split, right), y, Align::Left) + 1.5;
    }
    y
}

fn stated(invoice: &CanonicalInvoice) -> Vec<(&'static str, Option<String>)> {
    let references = &invoice.references;
    let date = |date: Option<chrono::NaiveDate>| date.map(|date| date.to_string());
    let mut facts = vec![
        ("Issue date", date(Some(invoice.issue_date))),
        ("Due date", date(invoice.due_date)),
        ("Delivery date", date(invoice.delivery.as_ref().and_then(|delivery| delivery.date))),
        ("Tax point", date(invoice.tax_point_date)),
        ("Period", invoice.period.as_ref().map(period)),
        ("Your reference", references.buyer.clone()),
        ("Purchase order", references.purchase_order.clone()),
        ("Sales order", references.sales_order.clone()),
        ("Contract", references.contract.clone()),
        ("Project", references.project.clone()),
        ("Despatch advice", references.despatch_advice.clone()),
        ("Receiving advice", references.receiving_advice.clone()),
        ("Tender or lot", references.tender_or_lot.clone()),
        ("Invoiced object", references.invoiced_object.as_ref().map(|object| object.id.clone())),
        ("Cost account", references.buyer_accounting.clone()),
        ("Currency", Some(invoice.currency.clone())),
    ];
    facts.extend(
        invoice.preceding_invoices.iter().map(|one| ("Refers to", joined(" of ", [Some(one.number.clone()), date(one.issue_date)]))),
    );
    facts
}

pub(super) fn period(period: &CanonicalPeriod) -> String {
    let (start, end) = (period.start.map(|day| day.to_string()), period.end.map(|day| day.to_string()));
    format!("{} – {}", start.unwrap_or_default(), end.unwrap_or_default()).trim().into()
}

/// The foot of each page: what the law wants to know of a seller.
pub(super) fn imprint(seller: &CanonicalParty) -> String {
    let register = seller.legal_registration.as_ref().map(|id| format!("Reg. {}", id.id));
    let vat = seller.vat_id.as_ref().map(|id| format!("VAT {id}"));
    let legal = seller.legal_form.as_ref().map(|form| form.replace('\n', ", "));
    joined(" · ", [Some(seller.name.clone()), register, vat, legal]).unwrap_or_default()
}

fn wrapped(pages: &Pages<'_>, text: &str, (left, right): (f32, f32), style: Style) -> Vec<Line> {
    pages.fonts.wrapped(text, right - left, style)
}

/// What is there of these, or nothing.
pub(super) fn joined<const N: usize>(by: &str, parts: [Option<String>; N]) -> Option<String> {
    let parts: Vec<_> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(by))
}
