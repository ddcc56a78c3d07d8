//! What the ledger keeps of stocks: each by its own, and the goods that are under way from one to another.

use std::collections::HashSet;

use quittance_domain::aggregate::derived_id;
use quittance_domain::ledger::{Entry, NewPrice, Posted, StockAccount, StockPosting};
use quittance_domain::stock::StockEvent;
use quittance_infrastructure::database::TenantTx;
use uuid::Uuid;

use super::{Keeper, Kept, KeptRow};
use crate::aggregate_row::poison;
use crate::fact::{Fact, Recorded};
use crate::projector::ProjectionError;
use crate::rows::Rows;

fn transfer_key(transfer: Uuid) -> Uuid {
    derived_id(&[b"ledger stock transfer", transfer.as_bytes()])
}

/// Reads the stocks that goods of the batch's stocks went to, and went on to, where one of them learns a new price: those that may bear it.
pub(super) async fn fetch_reached(
    tx: &mut TenantTx,
    rows: &mut Rows<KeptRow>,
    events: &[Recorded],
) -> Result<HashSet<Uuid>, ProjectionError> {
    if !events.iter().any(|at| matches!(at.fact, Fact::Stock(StockEvent::Revalued { .. }))) {
        return Ok(HashSet::new());
    }
    let stocks = events.iter().filter(|at| matches!(at.fact, Fact::Stock(_))).map(|at| at.aggregate_id);
    let mut known: HashSet<Uuid> = stocks.collect();
    let mut asked: Vec<Uuid> = known.iter().copied().collect();
    while !asked.is_empty() {
        let next: HashSet<Uuid> =
            asked.iter().filter_map(|id| stock_of(rows, *id)).flat_map(StockAccount::sent_to).map(|to| to.0).collect();
        asked = next.into_iter().filter(|id| known.insert(*id)).collect();
        rows.fetch(tx, asked.iter().copied()).await?;
    }
    Ok(known)
}

fn stock_of(rows: &Rows<KeptRow>, id: Uuid) -> Option<&StockAccount> {
    match rows.get(&id).map(|row| &row.state.0) {
        Some(Kept::Stock(account)) => Some(account),
        _ => None,
    }
}

/// Where the goods are kept that come from another place.
pub(super) fn taken_in(fact: &Fact) -> Option<Uuid> {
    match fact {
        Fact::Stock(StockEvent::TakenIn { transfer, .. }) => Some(transfer_key(*transfer)),
        _ => None,
    }
}

impl Keeper<'_> {
    pub(super) fn stock(&mut self, event: &StockEvent, at: &Recorded) -> Result<Vec<Entry>, ProjectionError> {
        if let Some(price) = NewPrice::of(event, &self.books, &self.rates) {
            return self.reprice(price, at);
        }
        let mut account = match self.kept(at) {
            Some(Kept::Stock(account)) => account,
            _ if at.is_first() => StockAccount::default(),
            _ => return Err(poison(at, "the ledger has nothing of its stock")),
        };
        let transferred = match taken_in(&at.fact).and_then(|key| self.rows.get(&key)).map(|row| row.state.0.clone()) {
            Some(Kept::Transfer(parcel)) => Some(parcel),
            None if taken_in(&at.fact).is_none() => None,
            _ => return Err(poison(at, "the ledger does not know what the goods were where they came from")),
        };
        let posted = account.on(event, StockPosting { transferred: transferred.as_ref(), ..self.stock_posting(at.aggregate_id, at) });
        if let Some((transfer, parcel)) = &posted.sent {
            self.put(transfer_key(*transfer), at, None, Kept::Transfer(parcel.clone()));
        }
        Ok(self.keep_stock(at.aggregate_id, account, posted, at))
    }

    /// A new price is borne where the goods are by now.
    fn reprice(&mut self, price: NewPrice, at: &Recorded) -> Result<Vec<Entry>, ProjectionError> {
        let Some(came_to) = stock_of(self.rows, at.aggregate_id) else { return Err(poison(at, "the ledger has nothing of its stock")) };
        let reached = self.reached(at.aggregate_id);
        let accounts: Vec<&StockAccount> = reached.iter().filter_map(|id| stock_of(self.rows, *id)).collect();
        let (own, elsewhere) = price.shared(came_to, &accounts);
        let shares: Vec<(Uuid, NewPrice)> = std::iter::once(at.aggregate_id)
            .chain(reached)
            .zip(std::iter::once(own).chain(elsewhere))
            .filter_map(|(stock, share)| Some((stock, share?)))
            .collect();
        let mut entries = Vec::new();
        for (stock, share) in shares {
            let Some(mut account) = stock_of(self.rows, stock).cloned() else { continue };
            let posted = account.bear(&share, self.stock_posting(stock, at));
            entries.extend(self.keep_stock(stock, account, posted, at));
        }
        Ok(entries)
    }

    /// The stocks to which goods of one went, and went on to: those that are nearest first.
    fn reached(&self, stock: Uuid) -> Vec<Uuid> {
        let mut found = vec![stock];
        let mut next = 0;
        while let Some(account) = found.get(next).map(|id| stock_of(self.rows, *id)) {
            for to in account.into_iter().flat_map(StockAccount::sent_to) {
                if !found.contains(&to.0) && stock_of(self.rows, to.0).is_some() {
                    found.push(to.0);
                }
            }
            next += 1;
        }
        found.split_off(1)
    }

    pub(super) fn stock_posting(&self, stock: Uuid, at: &Recorded) -> StockPosting<'_> {
        StockPosting {
            books: &self.books,
            rates: &self.rates,
            stock,
            position: at.position,
            recorded_on: at.recorded_on(),
            history: self.stock.history(stock),
            transferred: None,
        }
    }

    pub(super) fn keep_stock(&mut self, stock: Uuid, account: StockAccount, posted: Posted, at: &Recorded) -> Vec<Entry> {
        let untranslated = account.untranslated();
        self.put(stock, at, untranslated, Kept::Stock(account));
        self.stock.keep(stock, posted.movements, &posted.changes, at);
        posted.entries
    }
}
