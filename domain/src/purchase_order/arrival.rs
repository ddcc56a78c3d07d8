//! When the goods that an invoice bills had come in.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::event::{BilledSum, Billing};
use super::order::Order;
use crate::goods_receipt::Delivery;
use crate::ids::InvoiceId;

impl Order {
    /// The first day by whose end every line that the invoice bills had come in as far as it and the invoices before it bill it,
    /// rejected goods apart. `None` as long as something is missing, and where it bills no goods.
    pub fn goods_in(&self, invoice: InvoiceId, deliveries: &[Delivery]) -> Option<NaiveDate> {
        let last = self.billings.iter().position(|billing| billing.invoice_id == invoice)?;
        let lines = self.billings[last].lines.iter().filter(|sum| sum.quantity > Decimal::ZERO);
        let days = lines.map(|sum| came_in(sum.line, billed(&self.billings[..=last], sum.line), deliveries));
        days.collect::<Option<Vec<_>>>()?.into_iter().max()
    }
}

fn billed(billings: &[Billing], line: u32) -> Decimal {
    let of_line = |billing: &Billing| -> Decimal {
        billing.lines.iter().filter(|sum: &&BilledSum| sum.line == line).map(|sum| billing.counted(sum.quantity, true)).sum()
    };
    billings.iter().map(of_line).sum()
}

fn came_in(line: u32, billed: Decimal, deliveries: &[Delivery]) -> Option<NaiveDate> {
    let mut by_day: BTreeMap<NaiveDate, Decimal> = BTreeMap::new();
    for delivery in deliveries {
        for part in delivery.lines.iter().filter(|part| part.line == line) {
            *by_day.entry(delivery.effective_date).or_default() += part.accepted + part.to_inspect;
        }
    }
    let mut sum = Decimal::ZERO;
    by_day.into_iter().find_map(|(day, quantity)| {
        sum += quantity;
        (sum >= billed).then_some(day)
    })
}
