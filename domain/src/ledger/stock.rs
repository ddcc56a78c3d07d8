//! What stock posts: goods that come in at their order's price, and what leaves at the average of what is there.
//!
//! Values are in the books' currency. Goods whose exchange rate is not known yet count for nothing until it is.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::books::Books;
use super::entry::{Document, DocumentType, Entry, Line, Reason};
use super::rate::RateTable;
use crate::chart::PostingRole;
use crate::money::{Currency, Money};
use crate::stock::StockEvent;

/// What the ledger keeps of one stock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StockAccount {
    on_hand: Decimal,
    /// In the books' currency.
    pub value: Decimal,
    waiting: Vec<Delivery>,
}

/// Goods in a currency whose rate is not known yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Delivery {
    effective_date: NaiveDate,
    receipt: Uuid,
    lines: Vec<Line>,
}

#[derive(Clone, Copy)]
pub struct StockPosting<'a> {
    pub books: &'a Books,
    pub rates: &'a RateTable,
    pub stock: Uuid,
}

impl StockAccount {
    pub fn on(&mut self, event: &StockEvent, at: StockPosting<'_>) -> Vec<Entry> {
        let before = self.on_hand;
        self.on_hand = event.on_hand(before);
        match event {
            StockEvent::Received { receipt, quantity, unit_cost, currency, effective_date, .. } => {
                let cost = quantity.checked_mul(*unit_cost).map(|cost| Money::rounded(cost, *currency));
                let owed = cost.and_then(|cost| self.owe(Reason::GoodsReceived, cost, receipt.receipt_id.0, *effective_date, at));
                owed.into_iter().collect()
            }
            StockEvent::Returned { receipt, quantity, unit_cost, currency, effective_date, .. } => {
                let cost = quantity.checked_mul(*unit_cost).map(|cost| Money::rounded(-cost, *currency));
                let owed = cost.and_then(|cost| self.owe(Reason::GoodsReturned, cost, receipt.receipt_id.0, *effective_date, at));
                owed.into_iter().chain(self.emptied(*effective_date, at)).collect()
            }
            StockEvent::Issued { quantity, effective_date, .. } => {
                self.value_moved(-*quantity, before, *effective_date, (Reason::GoodsIssued, PostingRole::CostOfGoods), at)
            }
            StockEvent::Adjusted { difference, effective_date, .. } => {
                self.value_moved(*difference, before, *effective_date, (Reason::StockAdjusted, PostingRole::InventoryDifferences), at)
            }
            StockEvent::Counted { difference, effective_date, .. } => {
                self.value_moved(*difference, before, *effective_date, (Reason::StockCounted, PostingRole::InventoryDifferences), at)
            }
            StockEvent::Opened { .. } | StockEvent::RanLow { .. } | StockEvent::Recovered { .. } => vec![],
        }
    }

    pub fn untranslated(&self) -> Option<Currency> {
        self.waiting.first().and_then(|delivery| delivery.lines.first()).map(|line| line.amount.currency())
    }

    /// The days whose exchange rates it waits for, each with its currency.
    pub fn rate_days(&self) -> Vec<(Currency, NaiveDate)> {
        self.waiting.iter().map(|delivery| (delivery.lines[0].amount.currency(), delivery.effective_date)).collect()
    }

    /// Posts with its rate what waited for one.
    pub fn translate(&mut self, at: StockPosting<'_>) -> Vec<Entry> {
        let mut entries = Vec::new();
        for waiting in std::mem::take(&mut self.waiting) {
            let mut lines = waiting.lines.clone();
            at.books.translate(&mut lines, at.rates, waiting.effective_date);
            match lines[0].base {
                Some(value) => {
                    self.value += value;
                    lines.extend(Entry::reversed(&waiting.lines));
                    entries.push(entry(Reason::Translated, waiting.effective_date, lines, Some(waiting.receipt), at));
                }
                None => self.waiting.push(waiting),
            }
        }
        entries
    }

    /// Goods at the cost of their order, owed to the vendor until they are invoiced; below zero they went back.
    fn owe(&mut self, reason: Reason, cost: Money, receipt: Uuid, effective_date: NaiveDate, at: StockPosting<'_>) -> Option<Entry> {
        let inventory = Line::on(at.books.account(PostingRole::Inventory), cost);
        let owed = Line::on(at.books.account(PostingRole::GoodsReceivedNotInvoiced), cost.negated());
        let mut lines = vec![inventory, owed];
        at.books.translate(&mut lines, at.rates, effective_date);
        match lines[0].base {
            Some(value) => self.value += value,
            None => self.waiting.push(Delivery { effective_date, receipt, lines: lines.clone() }),
        }
        (!cost.is_zero()).then(|| entry(reason, effective_date, lines, Some(receipt), at))
    }

    /// Goods went back at their own cost, others had left at the average: where nothing is left, neither is value.
    fn emptied(&mut self, effective_date: NaiveDate, at: StockPosting<'_>) -> Option<Entry> {
        let base = at.books.base.filter(|_| self.on_hand.is_zero() && !self.value.is_zero() && self.waiting.is_empty())?;
        let rest = Money::rounded(self.value, base);
        self.value = Decimal::ZERO;
        let difference = Line::on(at.books.account(PostingRole::PriceDifferences), rest);
        let mut lines = vec![Line::on(at.books.account(PostingRole::Inventory), rest.negated()), difference];
        at.books.translate(&mut lines, at.rates, effective_date);
        Some(entry(Reason::GoodsReturned, effective_date, lines, None, at))
    }

    /// What leaves takes its share of the value, the last piece all of it; what is found comes in at the same average.
    fn value_moved(
        &mut self,
        difference: Decimal,
        before: Decimal,
        effective_date: NaiveDate,
        (reason, role): (Reason, PostingRole),
        at: StockPosting<'_>,
    ) -> Vec<Entry> {
        let Some(base) = at.books.base else { return vec![] };
        let share = difference.checked_mul(self.value).and_then(|value| value.checked_div(before));
        let moved = Money::rounded(share.unwrap_or_default(), base);
        if moved.is_zero() {
            return vec![];
        }
        self.value += moved.amount();
        let mut lines = vec![Line::on(at.books.account(PostingRole::Inventory), moved), Line::on(at.books.account(role), moved.negated())];
        at.books.translate(&mut lines, at.rates, effective_date);
        vec![entry(reason, effective_date, lines, None, at)]
    }
}

fn entry(reason: Reason, effective_date: NaiveDate, lines: Vec<Line>, related: Option<Uuid>, at: StockPosting<'_>) -> Entry {
    Entry { effective_date, reason, document: Document { kind: DocumentType::Stock, id: at.stock, related }, party: None, lines }
}
