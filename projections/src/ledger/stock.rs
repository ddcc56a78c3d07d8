//! What stock is worth, as rows that never change: their sum up to an effective date, as far as they were recorded by a
//! moment, is what the goods were worth then as far as was known then. Beside them every movement as it was valued, which
//! is read again only where one belongs before others or a rate came late.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::Currency;
use quittance_domain::aggregate::derived_id;
use quittance_domain::ledger::{Affected, Movement, Reason, StockAccount, ValueChange, Worth};
use quittance_domain::stock::StockEvent;
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use super::lines::first_line_of;
use crate::fact::{Fact, Recorded};
use crate::row;
use crate::word::Word;

row! {
    pub struct StockHistoryRow in "stock_history" {
        /// Of the event and the stock: one event may move the worth of several.
        movement_id: Uuid,
        position: i64,
        stock_id: Uuid,
        movement: Json<Movement>,
    }
}

row! {
    pub struct StockValueRow in "stock_values" {
        /// In the order of the log, like the journal's lines.
        value_id: i64,
        position: i64,
        stock_id: Uuid,
        effective_date: NaiveDate,
        recorded_at: DateTime<Utc>,
        reason: Word<Reason>,
        quantity: Decimal,
        /// What it is worth more, where it is worth anything.
        currency: Option<Word<Currency>>,
        amount: Option<Decimal>,
        /// `None` as long as no exchange rate is known.
        base: Option<Decimal>,
        /// What had moved before at another cost than is known now.
        affected: Option<Json<Vec<Affected>>>,
    }
}

/// What a batch has to know of the past of its stocks, and what it adds.
#[derive(Default)]
pub(super) struct StockBook {
    histories: HashMap<Uuid, Vec<Movement>>,
    pub movements: Vec<StockHistoryRow>,
    pub values: Vec<StockValueRow>,
}

const HISTORY: &str = "select stock_id, movement from stock_history where tenant_id = $1 and stock_id = any ($2) order by position";

impl StockBook {
    /// Reads what moved before, of those stocks alone that need it. Nothing where everything comes in order.
    pub async fn open(tx: &mut TenantTx, stocks: HashSet<Uuid>) -> sqlx::Result<Self> {
        let mut book = Self::default();
        if stocks.is_empty() {
            return Ok(book);
        }
        let tenant = tx.tenant();
        let ids: Vec<Uuid> = stocks.iter().copied().collect();
        let rows: Vec<(Uuid, Json<Movement>)> = sqlx::query_as(HISTORY).bind(tenant.0).bind(ids).fetch_all(&mut **tx).await?;
        stocks.into_iter().for_each(|stock| drop(book.histories.insert(stock, vec![])));
        for (stock, Json(movement)) in rows {
            book.histories.entry(stock).or_default().push(movement);
        }
        Ok(book)
    }

    pub fn history(&self, stock: Uuid) -> &[Movement] {
        self.histories.get(&stock).map_or(&[], Vec::as_slice)
    }

    pub fn keep(&mut self, stock: Uuid, movements: Vec<Movement>, changes: &[ValueChange], at: &Recorded) {
        for movement in movements {
            if let Some(history) = self.histories.get_mut(&stock) {
                history.retain(|known| known.position != movement.position);
                history.push(movement.clone());
            }
            let (movement_id, position) = (movement_id(movement.position, stock), movement.position);
            self.movements.push(StockHistoryRow { movement_id, position, stock_id: stock, movement: Json(movement) });
        }
        for change in changes {
            self.add(change, at);
        }
    }

    /// One row a currency; the first says how many.
    fn add(&mut self, change: &ValueChange, at: &Recorded) {
        let mut worths: Vec<Option<&Worth>> = change.worth.iter().map(Some).collect();
        if worths.is_empty() {
            worths.push(None);
        }
        for (nth, worth) in worths.into_iter().enumerate() {
            let first = nth == 0;
            let same_event = self.values.iter().rev().take_while(|row| row.position == at.position).count();
            self.values.push(StockValueRow {
                value_id: first_line_of(at.position) + same_event as i64,
                position: at.position,
                stock_id: change.stock,
                effective_date: change.effective_date,
                recorded_at: at.recorded_at,
                reason: Word(change.reason),
                quantity: if first { change.quantity } else { Decimal::ZERO },
                currency: worth.map(|worth| Word(worth.amount.currency())),
                amount: worth.map(|worth| worth.amount.amount()),
                base: worth.and_then(|worth| worth.base).map(|base| base.amount()),
                affected: Some(change.affected.clone()).filter(|affected| first && !affected.is_empty()).map(Json),
            });
        }
    }
}

fn movement_id(position: i64, stock: Uuid) -> Uuid {
    derived_id(&[b"ledger stock movement", &position.to_be_bytes(), stock.as_bytes()])
}

/// The stocks of a batch whose past it will ask for: something belongs before what moved already, comes back that left,
/// or rates come in.
pub(super) fn looking_back<'a>(events: &'a [Recorded], kept: impl Fn(Uuid) -> Option<&'a StockAccount>) -> HashSet<Uuid> {
    let rates_come = events.iter().any(|at| matches!(at.fact, Fact::ExchangeRates(_)));
    let mut frontiers: HashMap<Uuid, Option<NaiveDate>> = HashMap::new();
    // A new price follows its goods into any stock: what moves there earlier belongs before it.
    let mut repriced: Option<NaiveDate> = None;
    let mut looking_back = HashSet::new();
    for (stock, event) in events.iter().filter_map(of_stock) {
        let frontier = frontiers.entry(stock).or_insert_with(|| kept(stock).and_then(StockAccount::frontier));
        let day = event.moved_on();
        let is_back = matches!(event, StockEvent::BroughtBack { .. });
        if rates_come || is_back || day.zip((*frontier).max(repriced)).is_some_and(|(day, frontier)| day < frontier) {
            looking_back.insert(stock);
        }
        match event {
            StockEvent::Revalued { effective_date, .. } => repriced = repriced.max(Some(*effective_date)),
            _ => *frontier = day.max(*frontier),
        }
    }
    looking_back
}

fn of_stock(at: &Recorded) -> Option<(Uuid, &StockEvent)> {
    match &at.fact {
        Fact::Stock(event) => Some((at.aggregate_id, event)),
        _ => None,
    }
}
