//! What the ledger keeps of money that vendors owe: a provider's transfer is credited whole, what left in a file item by item.

use quittance_domain::aggregate::derived_id;
use quittance_domain::ledger::{Entry, OnAccount, OnAccountPosting};
use quittance_domain::payment::PaymentEvent;
use uuid::Uuid;

use super::{Keeper, Kept};
use crate::aggregate_row::poison;
use crate::fact::{Fact, Recorded};
use crate::projector::ProjectionError;

/// Where it is kept what a vendor owes that came back, or that an invoice has or has no more.
pub(super) fn moved_credit(at: &Recorded) -> Option<Uuid> {
    match &at.fact {
        Fact::Payment(
            PaymentEvent::CreditReturned { item, .. }
            | PaymentEvent::CreditApplied { item, .. }
            | PaymentEvent::CreditTakenBack { item, .. },
        ) => Some(credit_key(at.aggregate_id, *item)),
        _ => None,
    }
}

fn credit_key(payment: Uuid, item: Option<u32>) -> Uuid {
    item.map_or(payment, |item| derived_id(&[b"ledger credit", payment.as_bytes(), &item.to_be_bytes()]))
}

impl Keeper<'_> {
    pub(super) fn on_account(&mut self, event: &PaymentEvent, at: &Recorded) -> Result<Vec<Entry>, ProjectionError> {
        let posting = OnAccountPosting { books: &self.books, rates: &self.rates, payment: at.aggregate_id };
        let key = match event {
            PaymentEvent::CreditedOnAccount { item, .. } => credit_key(at.aggregate_id, *item),
            _ => match moved_credit(at) {
                Some(key) => key,
                None => return Ok(vec![]),
            },
        };
        let kept = match self.rows.get(&key).map(|row| &row.state.0) {
            Some(Kept::OnAccount(account)) => Some(account.clone()),
            _ => None,
        };
        let (account, entry) = match (OnAccount::credited(event, posting), kept) {
            (Some((account, entry)), _) => (account, Some(entry)),
            (None, Some(mut account)) => {
                let entry = account.on(event, posting);
                (account, entry)
            }
            (None, None) => return Err(poison(at, "the ledger has nothing of its credit")),
        };
        self.put(key, at, account.untranslated(), Kept::OnAccount(account));
        Ok(entry.into_iter().collect())
    }
}
