//! What the ledger keeps of receivables, from the draft on.

use quittance_domain::ledger::{Entry, ReceivableAccount, ReceivablePosting};
use quittance_domain::receivable::ReceivableEvent;

use super::{Keeper, Kept};
use crate::aggregate_row::poison;
use crate::fact::Recorded;
use crate::projector::ProjectionError;

impl Keeper<'_> {
    pub(super) fn receivable(&mut self, event: &ReceivableEvent, at: &Recorded) -> Result<Vec<Entry>, ProjectionError> {
        let posting = ReceivablePosting { books: &self.books, rates: &self.rates, receivable: at.aggregate_id };
        let (account, entry) = match (event, self.kept(at)) {
            (ReceivableEvent::Drafted { customer_id, document, .. }, _) => (ReceivableAccount::drafted(*customer_id, document), None),
            (event, Some(Kept::Receivable(mut account))) => {
                let entry = account.on(event, posting);
                (*account, entry)
            }
            _ => return Err(poison(at, "the ledger has nothing of its receivable")),
        };
        self.put(at.aggregate_id, at, account.untranslated(), Kept::Receivable(Box::new(account)));
        Ok(entry.into_iter().collect())
    }
}
