//! What the ledger keeps of stocks: each by its own, and what goods cost that are under way from one to another.

use quittance_domain::aggregate::derived_id;
use quittance_domain::ledger::{Entry, Posted, StockAccount, StockPosting};
use quittance_domain::stock::StockEvent;
use uuid::Uuid;

use super::{Keeper, Kept};
use crate::aggregate_row::poison;
use crate::fact::{Fact, Recorded};
use crate::projector::ProjectionError;

fn transfer_key(transfer: Uuid) -> Uuid {
    derived_id(&[b"ledger stock transfer", transfer.as_bytes()])
}

/// Where it is kept what goods cost that come from another place.
pub(super) fn taken_in(fact: &Fact) -> Option<Uuid> {
    match fact {
        Fact::Stock(StockEvent::TakenIn { transfer, .. }) => Some(transfer_key(*transfer)),
        _ => None,
    }
}

impl Keeper<'_> {
    pub(super) fn stock(&mut self, event: &StockEvent, at: &Recorded) -> Result<Vec<Entry>, ProjectionError> {
        let mut account = match self.kept(at) {
            Some(Kept::Stock(account)) => account,
            _ if at.is_first() => StockAccount::default(),
            _ => return Err(poison(at, "the ledger has nothing of its stock")),
        };
        let transferred = match taken_in(&at.fact).and_then(|key| self.rows.get(&key)).map(|row| row.state.0.clone()) {
            Some(Kept::Transfer(worth)) => Some(worth),
            None if taken_in(&at.fact).is_none() => None,
            _ => return Err(poison(at, "the ledger does not know what the goods cost where they came from")),
        };
        let posted = account.on(event, StockPosting { transferred: transferred.as_ref(), ..self.stock_posting(at.aggregate_id, at) });
        if let Some((transfer, worth)) = &posted.sent {
            self.put(transfer_key(*transfer), at, None, Kept::Transfer(worth.clone()));
        }
        Ok(self.keep_stock(at.aggregate_id, account, posted, at))
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
