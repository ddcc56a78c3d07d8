//! From an order or a despatch advice as it came in to what the engine captures; and any document to whichever it is.

use std::collections::HashSet;
use std::sync::Arc;

use quittance_application::despatch_advice::{AdviceCapture, DespatchedLine};
use quittance_application::invoice::Capture;
use quittance_application::order_document::{CapturedLine, OrderCapture};
use quittance_application::ports::Original;
use quittance_domain::Currency;
use quittance_domain::invoice::Source;
use quittance_domain::limits::{DECIMALS_MAX, LINES_MAX, is_too_large};
use quittance_domain::order_document::{StatedAdjustment, StatedLine};
use quittance_einvoice::canonical::{CanonicalAdjustment, CanonicalPrice};
use quittance_einvoice::order::{CanonicalDespatchAdvice, CanonicalOrder, CanonicalOrderLine};
use quittance_einvoice::{OrderKind, OrderSyntax, capture_despatch_advice, capture_order};
use quittance_einvoice_formats::{ReadDespatchAdvice, ReadDocument, ReadOrder, read_despatch_advice, read_document, read_order};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::documents::{DocumentFinding, DocumentRefusal, capture_read, currency_of, findable, missing_terms, party};

/// What a document is, ready to be carried out.
pub enum TradeDocument {
    Invoice(Box<Capture>),
    Order(Box<OrderCapture>),
    DespatchAdvice(Box<AdviceCapture>),
}

/// Reads whatever of the three the bytes are.
pub fn capture_any(bytes: &[u8], file_name: Option<String>) -> Result<TradeDocument, DocumentRefusal> {
    Ok(match read_document(bytes)? {
        ReadDocument::Invoice(read) => TradeDocument::Invoice(Box::new(capture_read(&read, bytes, file_name)?)),
        ReadDocument::Order(read) => TradeDocument::Order(Box::new(order(&read, bytes, file_name)?)),
        ReadDocument::DespatchAdvice(read) => TradeDocument::DespatchAdvice(Box::new(advice(&read, bytes, file_name)?)),
    })
}

/// Reads an order completely or says why not.
pub fn capture_order_document(bytes: &[u8], file_name: Option<String>) -> Result<OrderCapture, DocumentRefusal> {
    order(&read_order(bytes)?, bytes, file_name)
}

/// Reads a despatch advice completely or says why not.
pub fn capture_advice_document(bytes: &[u8], file_name: Option<String>) -> Result<AdviceCapture, DocumentRefusal> {
    advice(&read_despatch_advice(bytes)?, bytes, file_name)
}

fn order(read: &ReadOrder, bytes: &[u8], file_name: Option<String>) -> Result<OrderCapture, DocumentRefusal> {
    let stated = capture_order(&read.order()).map_err(missing_terms)?;
    refuse_other_kinds(stated.kind)?;
    let currency = currency_of(&stated.currency)?;
    let lines = order_lines(&stated)?;
    let (media_type, format) = match (read.attachment(), read.syntax()) {
        (Some(_), _) => ("application/pdf", "order_x"),
        (None, OrderSyntax::OrderX) => ("application/xml", "cii_order"),
        (None, OrderSyntax::Ubl) => ("application/xml", "ubl_order"),
    };
    let (original, source) = kept(bytes, format, media_type, stated.specification.clone(), file_name);
    let capture = order_capture(stated, currency, lines, source, original);
    let seller = &capture.seller;
    let ids = [&seller.vat_id, &seller.tax_registration, &seller.legal_id].into_iter().flatten();
    let of_seller = ids.chain([&seller.name]).chain(&seller.address.country).map(|text| ("seller", text.as_str()));
    few_lines(capture.lines.len())?;
    findable(of_seller.chain([("order number", capture.number.as_str())]))?;
    for line in &capture.lines {
        let skus = line.skus(seller);
        let items = line.name.iter().chain(&line.stated.unit).chain(&skus).map(|text| ("item", text.as_str()));
        findable(items.chain([("line number", line.stated.stated_id.as_str())]))?;
    }
    Ok(capture)
}

fn few_lines(count: usize) -> Result<(), DocumentRefusal> {
    if count > LINES_MAX {
        return Err(DocumentRefusal { code: "too_large", detail: format!("at most {LINES_MAX} lines"), findings: vec![] });
    }
    Ok(())
}

/// A change, an answer or a cancellation is about an order; none of them is one.
fn refuse_other_kinds(kind: OrderKind) -> Result<(), DocumentRefusal> {
    let is = match kind {
        OrderKind::Order => return Ok(()),
        OrderKind::Change => "a change of an order",
        OrderKind::Response => "an answer to an order",
        OrderKind::Cancellation => "the cancellation of an order",
    };
    Err(DocumentRefusal { code: "not_an_order", detail: format!("the document is {is}"), findings: vec![] })
}

fn order_capture(stated: CanonicalOrder, currency: Currency, lines: Vec<CapturedLine>, source: Source, original: Original) -> OrderCapture {
    let requested = stated.requested.as_ref();
    let last_day = stated.delivery.as_ref().and_then(|delivery| delivery.date);
    let allowances = stated.allowances.into_iter().map(|a| adjustment(a, false));
    OrderCapture {
        currency,
        issue_date: stated.issue_date,
        requested_from: requested.and_then(|period| period.start),
        requested_until: requested.and_then(|period| period.end).or(last_day),
        adjustments: allowances.chain(stated.charges.into_iter().map(|a| adjustment(a, true))).collect(),
        number: stated.number,
        buyer: party(stated.buyer),
        seller: party(stated.seller),
        quotation: stated.references.quotation,
        contract: stated.references.contract,
        payment_terms: stated.payment_terms,
        payable: stated.totals.payable.or(stated.totals.with_vat),
        notes: stated.notes.into_iter().map(|note| note.text).collect(),
        lines,
        source,
        original,
    }
}

fn adjustment(stated: CanonicalAdjustment, is_charge: bool) -> StatedAdjustment {
    StatedAdjustment { is_charge, amount: stated.amount, reason: stated.reason.or(stated.reason_code) }
}

/// All lines, or everything that keeps them from being lines of an order.
fn order_lines(order: &CanonicalOrder) -> Result<Vec<CapturedLine>, DocumentRefusal> {
    let numbers = line_numbers(&order.lines);
    let lines: Vec<_> = order.lines.iter().zip(numbers).map(|(line, number)| order_line(line, number)).collect();
    let wrong: Vec<_> = lines.iter().filter_map(|line| line.as_ref().err().cloned()).collect();
    if wrong.is_empty() { Ok(lines.into_iter().flatten().collect()) } else { Err(not_expressible(wrong)) }
}

fn not_expressible(findings: Vec<DocumentFinding>) -> DocumentRefusal {
    let detail = findings.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join("; ");
    DocumentRefusal { code: "order_not_expressible", detail, findings }
}

/// The document's own numbers where they are numbers, else the lines are counted.
fn line_numbers(lines: &[CanonicalOrderLine]) -> Vec<u32> {
    let own: Vec<u32> = lines.iter().filter_map(|line| line.id.parse().ok()).collect();
    let distinct: HashSet<_> = own.iter().collect();
    if distinct.len() == lines.len() { own } else { (1..).take(lines.len()).collect() }
}

fn order_line(line: &CanonicalOrderLine, number: u32) -> Result<CapturedLine, DocumentFinding> {
    let wrong = |message: String| finding(&line.id, message);
    if let Some(parent) = &line.parent_id {
        return Err(wrong(format!("line {} is a part of line {parent}", line.id)));
    }
    let unit_price = unit_price(line).map_err(wrong)?;
    if unit_price.into_iter().chain([line.quantity]).any(is_out_of_reach) {
        return Err(wrong(format!("line {} has a number larger or finer than what is counted", line.id)));
    }
    Ok(CapturedLine {
        stated: StatedLine { line: number, stated_id: line.id.clone(), unit: line.unit.clone(), net: line.net_amount },
        name: line.item.name.clone().or_else(|| line.item.description.clone()),
        quantity: line.quantity,
        unit_price,
        buyer_number: line.item.buyer_id.clone(),
        standard_number: line.item.standard_id.as_ref().map(|id| id.id.clone()),
        seller_number: line.item.seller_id.clone(),
    })
}

fn finding(line: &str, message: String) -> DocumentFinding {
    DocumentFinding { term: "line".to_owned(), location: format!("/lines/{line}"), message }
}

/// Absent where the line leaves it to what was agreed of the item: one that states what it comes to would not.
fn unit_price(line: &CanonicalOrderLine) -> Result<Option<Decimal>, String> {
    let id = &line.id;
    match &line.price {
        None if line.net_amount.is_some() => Err(format!("line {id} has no price, but an amount")),
        None => Ok(None),
        Some(CanonicalPrice { base_unit: Some(unit), .. }) => Err(format!("the price of line {id} is for another unit, {unit}")),
        Some(price) => price_of_one(price).map(Some).ok_or_else(|| format!("the price of one in line {id} has no end")),
    }
}

/// Exact or not at all: 10 for 3 has no price of one.
fn price_of_one(price: &CanonicalPrice) -> Option<Decimal> {
    let one = price.net.checked_div(price.base_quantity)?.normalize();
    (one.checked_mul(price.base_quantity)? == price.net).then_some(one)
}

fn is_out_of_reach(number: Decimal) -> bool {
    number.normalize().scale() as usize > DECIMALS_MAX || is_too_large(number)
}

fn advice(read: &ReadDespatchAdvice, bytes: &[u8], file_name: Option<String>) -> Result<AdviceCapture, DocumentRefusal> {
    let stated = capture_despatch_advice(&read.advice()).map_err(missing_terms)?;
    let order_number = one_order(&stated)?;
    let lines = stated.lines.iter().map(despatched).collect::<Result<_, _>>().map_err(|wrong| not_expressible(vec![wrong]))?;
    few_lines(stated.lines.len())?;
    findable([&stated.number, &order_number].into_iter().chain(&stated.tracking).map(|text| ("number", text.as_str())))?;
    let (original, source) = kept(bytes, "ubl_despatch_advice", "application/xml", stated.specification, file_name);
    Ok(AdviceCapture {
        number: stated.number,
        issue_date: stated.issue_date,
        despatch_date: stated.despatch_date,
        expected_date: stated.estimated_delivery.and_then(|period| period.end.or(period.start)),
        tracking: stated.tracking,
        order_number,
        seller: stated.seller.map(party),
        lines,
        source,
        original,
    })
}

/// A receipt is posted against one order, so its announcement names one.
fn one_order(stated: &CanonicalDespatchAdvice) -> Result<String, DocumentRefusal> {
    let mut orders: Vec<&str> = stated.lines.iter().filter_map(|line| line.order.as_deref()).chain(stated.order.as_deref()).collect();
    orders.sort_unstable();
    orders.dedup();
    match orders[..] {
        [order] => Ok(order.to_owned()),
        [] => Err(DocumentRefusal { code: "order_missing", detail: "the advice names no order".to_owned(), findings: vec![] }),
        _ => Err(DocumentRefusal { code: "several_orders", detail: format!("the advice is for {}", orders.join(", ")), findings: vec![] }),
    }
}

fn despatched(line: &quittance_einvoice::order::CanonicalDespatchLine) -> Result<DespatchedLine, DocumentFinding> {
    let order_line = line.order_line.clone().ok_or_else(|| finding(&line.id, format!("line {} names no line of the order", line.id)))?;
    if is_out_of_reach(line.quantity) {
        return Err(finding(&line.id, format!("line {} has a number larger or finer than what is counted", line.id)));
    }
    Ok(DespatchedLine { order_line, quantity: line.quantity, unit: line.unit.clone() })
}

fn kept(bytes: &[u8], format: &str, media_type: &str, specification: Option<String>, file_name: Option<String>) -> (Original, Source) {
    let sha256: [u8; 32] = Sha256::digest(bytes).into();
    let source = Source::Document {
        format: format.to_owned(),
        specification,
        sha256: hex::encode(sha256),
        size_bytes: bytes.len() as u64,
        media_type: media_type.to_owned(),
        file_name,
    };
    (Original { sha256, bytes: Arc::from(bytes) }, source)
}
