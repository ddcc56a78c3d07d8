//! Holding an invoice against the order that it names, in the write that changes either.
//!
//! What an invoice takes is counted on the order in the same write as the finding: of two invoices entered at once one
//! is written second, and sees the first.

use std::collections::HashMap;

use chrono::NaiveDate;
use quittance_domain::ids::{InvoiceId, ItemId, PurchaseOrderId, VendorId};
use quittance_domain::invoice::{DocumentKind, Invoice, InvoiceCommand, InvoiceDocument, InvoiceLine, Payable, Stage};
use quittance_domain::item::Item;
use quittance_domain::matching::{Billed, BilledCharge, BilledLine, Check, Evaluation, Inputs, MatchFinding, Ordered, evaluate};
use quittance_domain::party::folded;
use quittance_domain::purchase_order::{Order, PurchaseOrder, PurchaseOrderCommand, billing_of, number_key};
use quittance_domain::tolerance::{ToleranceSet, Tolerances};
use quittance_domain::vendor::Vendor;

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::terms::fix_base_date;
use crate::tolerance::tolerances_id;
use crate::vendor::survivor;
use crate::work::Work;

/// Holds an invoice against its order again, by hand.
pub struct MatchInvoice {
    pub id: InvoiceId,
}

impl UseCase for MatchInvoice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<Invoice>(self.id).await?;
        match_invoice(work, self.id).await
    }
}

/// Holds every invoice of an order against it again, because the order or a tolerance has changed.
pub struct MatchOrder {
    pub id: PurchaseOrderId,
}

impl UseCase for MatchOrder {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let order = work.take::<PurchaseOrder>(self.id).await?;
        for billing in &order.order()?.billings {
            match_invoice(work, billing.invoice_id).await?;
        }
        Ok(())
    }
}

/// What the invoice takes of its order, and what matching finds. Nothing happens where both are as they were.
pub async fn match_invoice(work: &mut Work<'_>, id: InvoiceId) -> Result<(), Failure> {
    let invoice = work.take::<Invoice>(id).await?;
    let payable = invoice.received()?;
    if matches!(payable.stage, Stage::Voided { .. } | Stage::Rejected { .. }) {
        return Ok(());
    }
    let named = named_order(work, payable).await?;
    if let Some(before) = order_before(payable).filter(|before| Some(*before) != named) {
        work.decide::<PurchaseOrder>(before, PurchaseOrderCommand::Withdraw { invoice_id: id, effective_date: None }).await?;
    }
    let evaluation = match named {
        Some(order) => against_order(work, id, payable, order).await?,
        None => without_order(work, payable).await?,
    };
    work.decide::<Invoice>(id, InvoiceCommand::RecordMatch { evaluation: Box::new(evaluation) }).await?;
    fix_base_date(work, id).await
}

/// What was rejected or voided takes nothing of its order any more, from the day on from which it is not owed.
pub async fn give_back(work: &mut Work<'_>, id: InvoiceId, on: NaiveDate) -> Result<(), Failure> {
    let invoice = work.take::<Invoice>(id).await?;
    let Some(order) = order_before(invoice.received()?) else { return Ok(()) };
    let withdraw = PurchaseOrderCommand::Withdraw { invoice_id: id, effective_date: Some(on) };
    work.decide::<PurchaseOrder>(order, withdraw).await.map(drop)
}

fn order_before(payable: &Payable) -> Option<PurchaseOrderId> {
    payable.matching.as_ref().and_then(|matching| matching.purchase_order_id)
}

pub(crate) async fn named_order(work: &Work<'_>, payable: &Payable) -> Result<Option<PurchaseOrderId>, Failure> {
    let Some(number) = payable.document.order_number() else { return Ok(None) };
    Ok(work.holder(&number_key(number)).await?.map(PurchaseOrderId))
}

/// An invoice needs no order, unless the tenant wants one where the document names one.
async fn without_order(work: &mut Work<'_>, payable: &Payable) -> Result<Evaluation, Failure> {
    let Some(number) = payable.document.order_number() else { return Ok(Evaluation::default()) };
    let tolerances = work.load::<Tolerances>(tolerances_id(work.tenant())).await?;
    if !tolerances.set.unknown_order_holds {
        return Ok(Evaluation::default());
    }
    let findings = vec![MatchFinding::mismatch(Check::Order, None, "an order of ours", number)];
    Ok(Evaluation { inputs: Inputs { tolerances_version: tolerances.version, ..Inputs::default() }, findings, ..Evaluation::default() })
}

async fn against_order(work: &mut Work<'_>, id: InvoiceId, payable: &Payable, order_id: PurchaseOrderId) -> Result<Evaluation, Failure> {
    let tolerances = work.load::<Tolerances>(tolerances_id(work.tenant())).await?;
    let order = work.take::<PurchaseOrder>(order_id).await?;
    let lines = ordered_lines(work, order.order()?, &payable.document).await?;
    let bill = Billed { vendor_id: survivor(work, payable.vendor_id).await?, ..billed(payable, &lines) };
    // Of a vendor that has been merged both say the survivor.
    let vendor_id = survivor(work, order.order()?.vendor_id).await?;
    let billing = billing_of(id, payable.effective_date, &bill, &Ordered { vendor_id, ..order.order()?.as_seen_by(id, None) });
    work.decide::<PurchaseOrder>(order_id, PurchaseOrderCommand::Bill { billing }).await?;
    // As it is now: a changed invoice has moved behind the others.
    let counted = work.take::<PurchaseOrder>(order_id).await?;
    let placed = counted.order()?;
    let groups = Groups::of(work, placed, &tolerances.set).await?;
    let seen = groups.told(placed.as_seen_by(id, counted.shut(tolerances.set.orders_need_approval)));
    let inputs = Inputs {
        order_version: work.version_of(order_id).unwrap_or_default().unsigned_abs(),
        order_revision: placed.revision,
        receipts: placed.receipts.clone(),
        tolerances_version: tolerances.version,
    };
    let findings = evaluate(&bill, &seen, &tolerances.set);
    Ok(Evaluation { purchase_order_id: Some(order_id), buyer: Some(placed.placed_by), inputs, findings })
}

/// Whose an order is by now, and the groups that its vendor and items are in.
pub(crate) struct Groups {
    vendor_id: VendorId,
    vendor: Option<String>,
    items: HashMap<ItemId, String>,
}

impl Groups {
    pub(crate) async fn of(work: &mut Work<'_>, order: &Order, tolerances: &ToleranceSet) -> Result<Self, Failure> {
        let vendor_id = survivor(work, order.vendor_id).await?;
        let vendor = work.load::<Vendor>(vendor_id).await?.profile()?.details.group.clone();
        let mut items = HashMap::new();
        // Most companies have no rule for a group of items: theirs are not read.
        for line in order.lines.iter().filter(|_| tolerances.asks_for_item_groups()) {
            let group = work.load::<Item>(line.item_id).await?.card().ok().and_then(|card| card.group.clone());
            items.extend(group.map(|group| (line.item_id, group)));
        }
        Ok(Self { vendor_id, vendor, items })
    }

    pub(crate) fn told<'a>(&'a self, order: Ordered<'a>) -> Ordered<'a> {
        Ordered { vendor_id: self.vendor_id, ..order }.grouped(self.vendor.as_deref(), |item| self.items.get(&item).map(String::as_str))
    }
}

pub(crate) fn billed<'a>(payable: &'a Payable, order_lines: &[Option<u32>]) -> Billed<'a> {
    let document: &InvoiceDocument = &payable.document;
    let line = |(line, order_line): (&'a InvoiceLine, &Option<u32>)| BilledLine {
        id: &line.id,
        order_line: *order_line,
        quantity: line.quantity.value,
        unit: &line.quantity.unit,
        net: line.net,
    };
    let charges = document.adjustments.iter().filter(|adjustment| adjustment.is_charge);
    // A prepayment bills nothing of its order yet.
    let prepayment = document.is_prepayment().then_some(document.totals.net);
    let billed = if prepayment.is_some() { &[] } else { &document.lines[..] };
    Billed {
        vendor_id: payable.vendor_id,
        currency: document.currency,
        issue_date: document.issue_date,
        is_credit: document.kind == DocumentKind::CreditNote,
        is_approved: matches!(payable.stage, Stage::Approved { .. }),
        lines: billed.iter().zip(order_lines).map(line).collect(),
        charges: charges
            .filter(|_| prepayment.is_none())
            .map(|c| BilledCharge { code: c.reason.as_deref().unwrap_or("charge").trim(), amount: c.amount })
            .collect(),
        prepayment,
    }
}

/// The order's line of each line of the document: the one that it names, else the only one of its item.
pub(crate) async fn ordered_lines(work: &mut Work<'_>, order: &Order, document: &InvoiceDocument) -> Result<Vec<Option<u32>>, Failure> {
    let mut lines = Vec::with_capacity(document.lines.len());
    for line in &document.lines {
        lines.push(match (named_line(line), &line.item_number) {
            (Some(named), _) => Some(named),
            (None, Some(sku)) => only_line_of(work, order, sku).await?,
            (None, None) => None,
        });
    }
    Ok(lines)
}

fn named_line(line: &InvoiceLine) -> Option<u32> {
    line.order_line.as_deref()?.trim().parse().ok()
}

async fn only_line_of(work: &mut Work<'_>, order: &Order, sku: &str) -> Result<Option<u32>, Failure> {
    let mut items: Vec<ItemId> = order.lines.iter().map(|line| line.item_id).collect();
    items.dedup();
    let mut found = None;
    for item_id in items {
        let is_it = work.load::<Item>(item_id).await?.card().is_ok_and(|card| folded(&card.sku) == folded(sku));
        if is_it {
            found = Some(item_id);
            break;
        }
    }
    let mut lines = order.lines.iter().filter(|line| Some(line.item_id) == found).map(|line| line.line);
    Ok(lines.next().filter(|_| lines.next().is_none()))
}
