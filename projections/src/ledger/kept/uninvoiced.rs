//! What orders in other currencies have on the account of goods that came in and are not invoiced: a row for each, written with every entry
//! that moves it.

use std::collections::{BTreeSet, HashSet};

use quittance_domain::Currency;
use quittance_domain::aggregate::derived_id;
use quittance_domain::goods_receipt::GoodsReceiptEvent;
use quittance_domain::invoice::InvoiceEvent;
use quittance_domain::ledger::{DocumentType, Entry, Uninvoiced};
use quittance_domain::purchase_order::PurchaseOrderEvent;
use quittance_domain::stock::StockEvent;
use quittance_infrastructure::database::TenantTx;
use uuid::Uuid;

use super::{Keeper, Kept, KeptRow, named_order};
use crate::aggregate_row::poison;
use crate::fact::{Fact, Recorded};
use crate::ledger::stock::StockBook;
use crate::projector::ProjectionError;
use crate::rows::Rows;

/// Reads what a batch of events can move of the account. An order in the books' currency gains and loses nothing there.
pub(super) async fn fetch(
    tx: &mut TenantTx,
    events: &[Recorded],
    waiting: &BTreeSet<Uuid>,
    rows: &mut Rows<KeptRow>,
    stock: &StockBook,
    base: Option<Currency>,
) -> Result<HashSet<Uuid>, ProjectionError> {
    let of_events = events.iter().filter_map(|at| receipt(&at.fact)).filter(|(_, currency)| Some(*currency) != base).map(|(id, _)| id);
    let waited = waiting.iter().flat_map(|id| stock.history(*id)).filter_map(|movement| Some(movement.receipt()?.receipt_id.0));
    let receipts: HashSet<Uuid> = of_events.chain(waited).map(receipt_key).collect();
    rows.fetch(tx, receipts.iter().copied()).await?;
    let kept = |id: Uuid| rows.get(&id).map(|row| &row.state.0);
    let invoices = |id: Uuid| if let Some(Kept::Invoice(account)) = kept(id) { Some(account) } else { None };
    let is_foreign = |at: &&Recorded| currency(&at.fact).or_else(|| Some(invoices(at.aggregate_id)?.currency())) != base;
    let told = events.iter().filter(is_foreign);
    let mut orders: HashSet<Uuid> = told.clone().filter_map(order).collect();
    orders.extend(receipts.iter().copied().filter_map(kept).filter_map(Kept::order_of_goods));
    orders.extend(told.clone().filter_map(|at| kept(named_order(&at.fact)?)?.order_of_goods()));
    let billed = told.map(|at| at.aggregate_id).chain(waiting.iter().copied()).filter_map(invoices);
    orders.extend(billed.flat_map(|account| account.orders()));
    rows.fetch(tx, orders.iter().map(|order| uninvoiced_key(*order))).await?;
    Ok(orders)
}

/// The receipt whose goods a stock posts.
fn receipt(fact: &Fact) -> Option<(Uuid, Currency)> {
    match fact {
        Fact::Stock(StockEvent::Received { receipt, currency, .. } | StockEvent::Returned { receipt, currency, .. }) => {
            Some((receipt.receipt_id.0, *currency))
        }
        Fact::Stock(StockEvent::Revalued { receipt, difference, .. }) => Some((receipt.receipt_id.0, difference.currency())),
        _ => None,
    }
}

/// Where the event says it.
fn currency(fact: &Fact) -> Option<Currency> {
    match fact {
        Fact::PurchaseOrder(PurchaseOrderEvent::Placed { currency, .. }) => Some(*currency),
        Fact::GoodsReceipt(GoodsReceiptEvent::Posted(delivery)) => delivery.lines.first().map(|line| line.currency),
        Fact::Invoice(InvoiceEvent::Received(reception)) => Some(reception.payable.currency()),
        Fact::Invoice(InvoiceEvent::Amended(amendment)) => Some(amendment.payable.currency()),
        _ => None,
    }
}

/// The order that an event itself tells.
fn order(at: &Recorded) -> Option<Uuid> {
    match &at.fact {
        Fact::PurchaseOrder(PurchaseOrderEvent::Placed { .. }) => Some(at.aggregate_id),
        Fact::GoodsReceipt(GoodsReceiptEvent::Posted(delivery)) => Some(delivery.purchase_order_id.0),
        Fact::Invoice(InvoiceEvent::MatchEvaluated { evaluation }) => evaluation.purchase_order_id.map(|order| order.0),
        _ => None,
    }
}

fn receipt_key(receipt: Uuid) -> Uuid {
    derived_id(&[b"ledger receipt", receipt.as_bytes()])
}

fn uninvoiced_key(order: Uuid) -> Uuid {
    derived_id(&[b"ledger uninvoiced", order.as_bytes()])
}

impl Kept {
    fn order_of_goods(&self) -> Option<Uuid> {
        match self {
            Self::Order(order) | Self::Receipt(order) => Some(order.0),
            _ => None,
        }
    }
}

impl Keeper<'_> {
    /// Of which order a receipt is, where that is not in the books' currency.
    pub(super) fn goods_came(&mut self, event: &GoodsReceiptEvent, at: &Recorded) -> Vec<Entry> {
        if let GoodsReceiptEvent::Posted(delivery) = event
            && delivery.lines.iter().any(|line| Some(line.currency) != self.books.base)
        {
            self.put(receipt_key(at.aggregate_id), at, None, Kept::Receipt(delivery.purchase_order_id));
        }
        vec![]
    }

    /// Receipts and bills of one order meet; what their rates differ by is gained or lost.
    pub(super) fn bill_goods(&mut self, entry: &mut Entry, at: &Recorded) -> Result<(), ProjectionError> {
        if !Uninvoiced::is_moved_by(entry, &self.books) {
            return Ok(());
        }
        let related = entry.document.related;
        let order = match entry.document.kind {
            DocumentType::Stock => related.and_then(|id| self.rows.get(&receipt_key(id))).and_then(|row| row.state.0.order_of_goods()),
            _ => related,
        };
        let Some(order) = order else { return Ok(()) };
        if !self.uninvoiced.contains(&order) {
            return Err(poison(at, &format!("nobody has looked for what {order} has on the account of goods not invoiced")));
        }
        let key = uninvoiced_key(order);
        let mut uninvoiced = match self.rows.get(&key).map(|row| &row.state.0) {
            Some(Kept::Uninvoiced(uninvoiced)) => uninvoiced.clone(),
            _ => Uninvoiced::default(),
        };
        uninvoiced.meet(entry, &self.books);
        self.put(key, at, None, Kept::Uninvoiced(uninvoiced));
        Ok(())
    }
}
