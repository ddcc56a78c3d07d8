//! Goods whose invoice states another price than they came in at: stock learns the difference, exactly once for each
//! event of the order. What an event changes follows from the order's history up to it and without it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use quittance_domain::Money;
use quittance_domain::goods_receipt::GoodsReceipt;
use quittance_domain::ids::PurchaseOrderId;
use quittance_domain::purchase_order::{PriceDifference, PricedGoods, Pricing, PurchaseOrder, PurchaseOrderEvent, price_differences};
use quittance_domain::stock::{CostCause, ReceiptLine, StockAction};
use rust_decimal::Decimal;

use crate::calendar::counts_on;
use crate::failure::Failure;
use crate::goods_receipt::stocked;
use crate::stock::move_stock;
use crate::work::Work;

/// What the event at `sequence` of the order changes of its goods' cost. Nearly always nothing, which costs no reading.
pub async fn reprice(work: &mut Work<'_>, order: PurchaseOrderId, sequence: i64) -> Result<(), Failure> {
    let ordered = work.load::<PurchaseOrder>(order).await?;
    let priced = ordered.order().is_ok_and(|order| order.billed_at_other_prices && !order.receipts.is_empty());
    if !priced {
        return Ok(());
    }
    let mut events = work.history::<PurchaseOrder>(order).await?;
    events.truncate(usize::try_from(sequence).unwrap_or_default());
    let Some((last, before)) = events.split_last() else { return Ok(()) };
    let (before, after) = (price_differences(before), price_differences(&events));
    for goods in before.keys().chain(after.keys()).copied().collect::<BTreeSet<_>>() {
        for change in changes(before.get(&goods), after.get(&goods), withdrawn_on(last)) {
            revalue(work, goods, change).await?;
        }
    }
    Ok(())
}

/// A bill that is voided was owed until then, and its goods cost what it said until then.
fn withdrawn_on(last: &PurchaseOrderEvent) -> Option<NaiveDate> {
    match last {
        PurchaseOrderEvent::BillingWithdrawn(withdrawn) => Some(withdrawn.effective_date),
        _ => None,
    }
}

/// What was worth something at the rates of one day is worth nothing at those of that day, whatever they are of another.
fn changes(before: Option<&PriceDifference>, after: Option<&PriceDifference>, withdrawn_on: Option<NaiveDate>) -> Vec<PriceDifference> {
    let Some(known) = after.or(before) else { return vec![] };
    let effective_date = withdrawn_on.map_or(known.effective_date, |on| on.max(known.effective_date));
    let currency = known.difference.currency();
    let gone = before.map(|priced| (priced.rate_day, -priced.quantity, -priced.difference.amount()));
    let come = after.map(|priced| (priced.rate_day, priced.quantity, priced.difference.amount()));
    let mut by_rate: BTreeMap<NaiveDate, (Decimal, Decimal)> = BTreeMap::new();
    for (rate_day, quantity, difference) in gone.into_iter().chain(come) {
        let sum = by_rate.entry(rate_day).or_default();
        *sum = (sum.0 + quantity, sum.1 + difference);
    }
    let changed = by_rate.into_iter().filter(|(_, (_, difference))| !difference.is_zero());
    let change = |(rate_day, (quantity, difference))| {
        let difference = Money::rounded(difference, currency);
        PriceDifference { quantity, difference, effective_date, rate_day }
    };
    changed.map(change).collect()
}

async fn revalue(work: &mut Work<'_>, goods: PricedGoods, change: PriceDifference) -> Result<(), Failure> {
    let PricedGoods { invoice_id, receipt_id, line, pricing } = goods;
    let receipt = work.load::<GoodsReceipt>(receipt_id).await?;
    let delivery = &receipt.posted()?.delivery;
    let Some(delivered) = delivery.lines.iter().find(|delivered| delivered.line == line) else { return Ok(()) };
    // An invoice may come before its goods: nothing can cost more that is not there yet.
    let known_on = change.effective_date.max(delivery.effective_date);
    let effective_date = counts_on(work, known_on).await?;
    let receipt = ReceiptLine { receipt_id, line, inspection: 0 };
    let PriceDifference { quantity, difference, rate_day, .. } = change;
    let (quantity, _) = stocked(delivered, quantity)?;
    let cause = match pricing {
        Pricing::Billed | Pricing::GivenBack => CostCause::Invoice { invoice_id },
        Pricing::Corrected => CostCause::CreditNote { invoice_id },
    };
    let action = StockAction::Revalue { cause, receipt, quantity, difference, rate_day: Some(rate_day) };
    move_stock(work, delivered.item_id, &delivery.location, effective_date, action).await
}
