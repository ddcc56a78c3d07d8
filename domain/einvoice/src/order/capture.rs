//! From what a document states to an order or an advice that is complete, or to the list of terms that stand in the way.

use rust_decimal::Decimal;

use super::{
    CanonicalDespatchAdvice, CanonicalDespatchLine, CanonicalOrder, CanonicalOrderLine, CanonicalOrderReferences, CanonicalOrderTotals,
    DespatchAdvice, DespatchLine, Order, OrderKind, OrderLine,
};
use crate::canonical::{CanonicalNote, CanonicalParty};
use crate::capture::MissingTerm;
use crate::capture::document::{adjustments, delivery, period, tax_rate};
use crate::capture::intake::Intake;
use crate::capture::line::{item, price, unit};
use crate::capture::party::party;
use crate::capture::text::{block, one_line};
use crate::model::{Note, Party};
use crate::outline::Element;
use crate::term::Terms;

/// The canonical order, or every term that keeps the document from being one.
pub fn capture_order(order: &Order<'_>) -> Result<CanonicalOrder, Vec<MissingTerm>> {
    let mut intake = Intake::for_currency(currency(order));
    let canonical = whole_order(&mut intake, order);
    complete(canonical, intake)
}

/// The canonical despatch advice, or every term that keeps the document from being one.
pub fn capture_despatch_advice(advice: &DespatchAdvice<'_>) -> Result<CanonicalDespatchAdvice, Vec<MissingTerm>> {
    let mut intake = Intake::for_currency(None);
    let canonical = whole_advice(&mut intake, advice);
    complete(canonical, intake)
}

fn complete<T>(canonical: Option<T>, intake: Intake<'_>) -> Result<T, Vec<MissingTerm>> {
    match (canonical, intake.into_missing()) {
        (Some(canonical), missing) if missing.is_empty() => Ok(canonical),
        (_, missing) => Err(missing),
    }
}

/// An order that does not name its currency, and whose amounts all name one, has stated it too.
fn currency<'d>(order: &Order<'d>) -> Option<&'d str> {
    let prices = order.lines.iter().flat_map(|line| line.price.net.iter());
    let amounts = order.totals.payable.iter().chain(order.totals.lines.iter()).chain(prices);
    let mut named = amounts.map(|amount| amount.attribute("currencyID"));
    let first = named.next().flatten();
    let agreed = first.filter(|first| named.all(|other| other == Some(first)));
    order.currency.text().or(agreed)
}

fn whole_order<'d>(intake: &mut Intake<'d>, order: &Order<'d>) -> Option<CanonicalOrder> {
    let root = order.outline.root();
    let number = intake.decisive("order number", &order.number);
    let number = intake.demand(number, "order number", root, &order.number);
    let issue_date = intake.date("issue date", &order.issue_date);
    let issue_date = intake.demand(issue_date, "issue date", root, &order.issue_date);
    let currency = intake.decisive("currency", &order.currency).or_else(|| currency(order).map(one_line));
    let currency = intake.demand(currency, "currency", root, &order.currency);
    let buyer = required(intake, root, &order.buyer, "buyer name");
    let seller = required(intake, root, &order.seller, "seller name");
    let lines = lines(intake, &order.lines, order_line);
    if order.kind() == OrderKind::Order && order.lines.is_empty() {
        intake.missing("line", root);
    }
    Some(CanonicalOrder {
        kind: order.kind(),
        type_code: intake.decisive("type code", &order.type_code),
        business_process: intake.text(&order.business_process),
        specification: intake.text(&order.specification),
        notes: notes(&order.notes),
        references: references(intake, order),
        validity: period(intake, &order.validity, ["validity start", "validity end"]),
        delivery: delivery(intake, &order.delivery),
        requested: period(intake, &order.requested, ["requested delivery start", "requested delivery end"]),
        payment_terms: intake.block(&order.payment_terms),
        allowances: adjustments(intake, order.allowance_charges.iter().filter(|a| a.is_allowance()), "BT-92"),
        charges: adjustments(intake, order.allowance_charges.iter().filter(|a| a.is_charge()), "BT-99"),
        totals: totals(intake, order),
        number: number?,
        issue_date: issue_date?,
        currency: currency?,
        buyer: buyer?,
        seller: seller?,
        lines,
    })
}

fn required<'d>(intake: &mut Intake<'d>, root: Element<'d>, stated: &Party<'d>, name_term: &str) -> Option<CanonicalParty> {
    if !stated.is_present() {
        intake.missing(name_term, root);
    }
    party(intake, stated, name_term)
}

/// A line that is left out has been noted as incomplete.
fn lines<'d, L, C>(intake: &mut Intake<'d>, stated: &[L], capture: impl Fn(&mut Intake<'d>, &L) -> Option<C>) -> Vec<C> {
    stated.iter().filter_map(|line| capture(intake, line)).collect()
}

fn references<'d>(intake: &Intake<'d>, order: &Order<'d>) -> CanonicalOrderReferences {
    let stated = &order.references;
    CanonicalOrderReferences {
        buyer: intake.text(&stated.buyer),
        project: intake.text(&stated.project),
        contract: intake.text(&stated.contract),
        purchase_order: intake.text(&stated.purchase_order),
        sales_order: intake.text(&stated.sales_order),
        quotation: intake.text(&stated.quotation),
        previous_order: intake.text(&stated.previous_order),
        blanket_order: intake.text(&stated.blanket_order),
        catalogue: intake.text(&stated.catalogue),
        requisition: intake.text(&stated.requisition),
        buyer_accounting: intake.text(&stated.buyer_accounting),
    }
}

fn notes(stated: &[Note<'_>]) -> Vec<CanonicalNote> {
    let parts = stated.iter().map(Note::parts);
    let notes = parts.map(|(subject, text)| CanonicalNote { subject: subject.map(one_line), text: block(text) });
    notes.filter(|note| !note.text.is_empty()).collect()
}

fn totals<'d>(intake: &mut Intake<'d>, order: &Order<'d>) -> CanonicalOrderTotals {
    let stated = &order.totals;
    CanonicalOrderTotals {
        lines: intake.amount("BT-106", &stated.lines),
        without_vat: intake.amount("BT-109", &stated.without_vat),
        vat: intake.amount("BT-110", &stated.vat),
        with_vat: intake.amount("BT-112", &stated.with_vat),
        payable: intake.amount("BT-115", &stated.payable),
    }
}

fn order_line<'d>(intake: &mut Intake<'d>, line: &OrderLine<'d>) -> Option<CanonicalOrderLine> {
    let id = intake.decisive("line number", &line.id);
    let id = intake.demand(id, "line number", line.at, &line.id);
    let quantity = quantity(intake, line.at, &line.quantity);
    let unit = unit(&line.quantity);
    let tax = line.taxes.first();
    let category = tax.and_then(|tax| intake.decisive("BT-151", &tax.code));
    let rate = tax.and_then(|tax| intake.number("BT-152", &tax.rate));
    Some(CanonicalOrderLine {
        parent_id: intake.text(&line.parent_id),
        note: intake.block(&line.note),
        agreed_quantity: intake.number("agreed quantity", &line.agreed_quantity),
        net_amount: intake.amount("BT-131", &line.net_amount),
        buyer_accounting: intake.text(&line.buyer_accounting),
        requested: period(intake, &line.requested, ["requested delivery start", "requested delivery end"]),
        allowances: adjustments(intake, line.allowance_charges.iter().filter(|a| a.is_allowance()), "BT-136"),
        charges: adjustments(intake, line.allowance_charges.iter().filter(|a| a.is_charge()), "BT-141"),
        price: price(intake, &line.price, unit.as_deref()),
        tax_rate: tax_rate(category.as_deref(), rate),
        tax_category: category,
        item: item(intake, &line.item),
        unit,
        id: id?,
        quantity: quantity?,
    })
}

fn quantity<'d>(intake: &mut Intake<'d>, line: Element<'d>, stated: &Terms<'d, Decimal>) -> Option<Decimal> {
    let quantity = intake.number("line quantity", stated);
    intake.demand(quantity, "line quantity", line, stated)
}

fn whole_advice<'d>(intake: &mut Intake<'d>, advice: &DespatchAdvice<'d>) -> Option<CanonicalDespatchAdvice> {
    let root = advice.outline.root();
    let number = intake.decisive("despatch advice number", &advice.number);
    let number = intake.demand(number, "despatch advice number", root, &advice.number);
    let issue_date = intake.date("issue date", &advice.issue_date);
    let issue_date = intake.demand(issue_date, "issue date", root, &advice.issue_date);
    let order = intake.decisive("order number", &advice.order);
    if advice.lines.is_empty() {
        intake.missing("line", root);
    }
    let lines = lines(intake, &advice.lines, |intake, line| despatch_line(intake, line, order.as_deref()));
    Some(CanonicalDespatchAdvice {
        business_process: intake.text(&advice.business_process),
        specification: intake.text(&advice.specification),
        notes: notes(&advice.notes),
        sales_order: intake.text(&advice.sales_order),
        supplier: named(intake, &advice.supplier),
        customer: named(intake, &advice.customer),
        buyer: named(intake, &advice.buyer),
        seller: named(intake, &advice.seller),
        tracking: intake.text(&advice.tracking),
        despatch_date: intake.day("despatch date", &advice.despatch_date),
        estimated_delivery: period(intake, &advice.estimated_delivery, ["estimated delivery start", "estimated delivery end"]),
        order,
        number: number?,
        issue_date: issue_date?,
        lines,
    })
}

fn named<'d>(intake: &mut Intake<'d>, stated: &Party<'d>) -> Option<CanonicalParty> {
    let is_named = stated.name.text().or(stated.trading_name.text()).is_some();
    if is_named { party(intake, stated, "party name") } else { None }
}

fn despatch_line<'d>(intake: &mut Intake<'d>, line: &DespatchLine<'d>, order: Option<&str>) -> Option<CanonicalDespatchLine> {
    let id = intake.decisive("line number", &line.id);
    let id = intake.demand(id, "line number", line.at, &line.id);
    let quantity = quantity(intake, line.at, &line.quantity);
    Some(CanonicalDespatchLine {
        note: intake.block(&line.note),
        unit: unit(&line.quantity),
        outstanding: intake.number("outstanding quantity", &line.outstanding),
        outstanding_reason: intake.block(&line.outstanding_reason),
        order: intake.decisive("order number", &line.order).or_else(|| order.map(str::to_owned)),
        order_line: intake.decisive("order line", &line.order_line),
        item: item(intake, &line.item),
        id: id?,
        quantity: quantity?,
    })
}
