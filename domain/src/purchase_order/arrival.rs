//! When the goods that an invoice bills had come in.
//!
//! Some never will: a service is not received, a closed order expects nothing, and what is missing within a tolerance, or was let be, is
//! not waited for. What did come in of such a line says when, if anything did.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::PurchaseOrder;
use super::event::{BilledSum, Billing};
use super::order::Order;
use crate::goods_receipt::Delivery;
use crate::ids::InvoiceId;
use crate::matching::MatchingMode;

/// What can be said of the receipt of an invoice's goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    Awaited,
    /// The last of what will come, or had to.
    On(NaiveDate),
    /// Nothing was received, and nothing will be.
    Never,
}

impl PurchaseOrder {
    /// When all that the invoice bills had come in, as far as it and the invoices before it bill it, rejected goods apart; `held` where
    /// it waits for goods that are missing.
    pub fn goods_in(&self, invoice: InvoiceId, deliveries: &[Delivery], held: bool) -> Arrival {
        let (order, expects_more) = match self {
            Self::Open(order) => (order, held),
            Self::Closed(order) | Self::Cancelled(order) => (order, false),
            Self::NotPlaced => return Arrival::Never,
        };
        let Some(last) = order.billings.iter().position(|billing| billing.invoice_id == invoice) else { return Arrival::Never };
        let lines = order.billings[last].lines.iter().filter(|sum| sum.quantity > Decimal::ZERO && order.receives(sum.line));
        let mut latest = None;
        for sum in lines {
            let day = match came_in(sum.line, billed(&order.billings[..=last], sum.line), deliveries) {
                (Some(_), false) if expects_more => return Arrival::Awaited,
                (None, _) if expects_more => return Arrival::Awaited,
                (day, _) => day,
            };
            latest = latest.max(day);
        }
        latest.map_or(Arrival::Never, Arrival::On)
    }
}

impl Order {
    /// What is matched with the order alone is a service.
    fn receives(&self, line: u32) -> bool {
        self.line(line).is_some_and(|line| line.matching != MatchingMode::TwoWay)
    }
}

fn billed(billings: &[Billing], line: u32) -> Decimal {
    let of_line = |billing: &Billing| -> Decimal {
        billing.lines.iter().filter(|sum: &&BilledSum| sum.line == line).map(|sum| billing.counted(sum.quantity, true)).sum()
    };
    billings.iter().map(of_line).sum()
}

/// The first day by whose end so much of the line had come in, and that it had; otherwise the last on which any of it did.
fn came_in(line: u32, billed: Decimal, deliveries: &[Delivery]) -> (Option<NaiveDate>, bool) {
    let mut by_day: BTreeMap<NaiveDate, Decimal> = BTreeMap::new();
    for delivery in deliveries {
        for part in delivery.lines.iter().filter(|part| part.line == line) {
            *by_day.entry(delivery.effective_date).or_default() += part.accepted + part.to_inspect;
        }
    }
    let (mut sum, mut last) = (Decimal::ZERO, None);
    for (day, quantity) in by_day.into_iter().filter(|(_, quantity)| *quantity > Decimal::ZERO) {
        (sum, last) = (sum + quantity, Some(day));
        if sum >= billed {
            return (last, true);
        }
    }
    (last, false)
}
