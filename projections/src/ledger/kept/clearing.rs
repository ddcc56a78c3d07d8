//! What payments and allocations in other currencies have on the clearing account, and what invoices deduct of prepayments: a row for
//! each of the former, written with every entry that moves it.

use std::collections::{BTreeSet, HashSet};

use quittance_domain::Currency;
use quittance_domain::aggregate::derived_id;
use quittance_domain::bank_statement::{BankStatementEvent, MatchTarget};
use quittance_domain::invoice::{Against, InvoiceEvent};
use quittance_domain::ledger::{Clearing, Deductions, Entry, Reason};
use quittance_domain::payment::PaymentEvent;
use quittance_domain::receivable::ReceivableEvent;
use quittance_infrastructure::database::TenantTx;
use uuid::Uuid;

use super::{Keeper, Kept, KeptRow, bank};
use crate::aggregate_row::poison;
use crate::fact::{Fact, Recorded};
use crate::projector::ProjectionError;
use crate::rows::Rows;

/// The invoice that deducts itself what a prepayment is applied to.
pub(super) fn stating(fact: &Fact) -> Option<Uuid> {
    match fact {
        Fact::Invoice(InvoiceEvent::PrepaymentApplied { allocation, .. }) => match allocation.against {
            Against::StatedBy(invoice) => Some(invoice.0),
            _ => None,
        },
        _ => None,
    }
}

/// What an invoice keeps may change without an entry.
pub(super) fn changes_silently(event: &InvoiceEvent) -> bool {
    matches!(
        event,
        InvoiceEvent::Amended(_)
            | InvoiceEvent::Coded { .. }
            | InvoiceEvent::MatchEvaluated { .. }
            | InvoiceEvent::Allocated { .. }
            | InvoiceEvent::AllocationReversed { .. }
    )
}

/// What waits for a rate, prepayments after the invoices that deduct them.
pub(super) fn in_turn(waiting: &BTreeSet<Uuid>, rows: &Rows<KeptRow>) -> Vec<Uuid> {
    let mut all: Vec<Uuid> = waiting.iter().copied().collect();
    all.sort_by_key(|id| rows.get(id).is_some_and(|row| row.state.stated_by().next().is_some()));
    all
}

/// Reads what a batch of events can move of the clearing account; what is in the books' currency leaves nothing there.
pub(super) async fn fetch(
    tx: &mut TenantTx,
    events: &[Recorded],
    waiting: &BTreeSet<Uuid>,
    rows: &mut Rows<KeptRow>,
    base: Option<Currency>,
) -> Result<HashSet<Uuid>, ProjectionError> {
    let moved = |at: &Recorded| moved(&at.fact, at.aggregate_id).filter(|(_, currency)| currency.is_none() || *currency != base);
    let mut wanted: HashSet<Uuid> = events.iter().filter_map(moved).map(|(by, _)| by).collect();
    let kept: Vec<&Kept> = waiting.iter().filter_map(|id| rows.get(id)).map(|row| &row.state.0).collect();
    wanted.extend(waiting.iter().copied());
    wanted.extend(kept.iter().flat_map(|kept| kept.moved_by()));
    wanted.extend(events.iter().filter_map(bank::touched).filter_map(|id| rows.get(&id)).flat_map(|row| row.state.moved_by()));
    let stating: Vec<Uuid> = kept.iter().flat_map(|kept| kept.stated_by()).collect();
    rows.fetch(tx, wanted.iter().map(|by| clearing_key(*by)).chain(stating)).await?;
    Ok(wanted)
}

/// By which payment or allocation, and of which currency where the event says it.
fn moved(fact: &Fact, id: Uuid) -> Option<(Uuid, Option<Currency>)> {
    match fact {
        Fact::Invoice(
            InvoiceEvent::PaymentSettled { payment_id, amount, .. } | InvoiceEvent::PaymentReturned { payment_id, amount, .. },
        ) => Some((payment_id.0, Some(amount.currency()))),
        Fact::Invoice(
            InvoiceEvent::Allocated { allocation, .. }
            | InvoiceEvent::PrepaymentApplied { allocation, .. }
            | InvoiceEvent::Refunded { allocation, .. },
        ) => Some((allocation.allocation_id.0, Some(allocation.amount.currency()))),
        Fact::Invoice(
            InvoiceEvent::AllocationReversed { allocation_id, amount, .. }
            | InvoiceEvent::PrepaymentTakenBack { allocation_id, amount, .. }
            | InvoiceEvent::RefundReversed { allocation_id, amount, .. },
        ) => Some((allocation_id.0, Some(amount.currency()))),
        Fact::Payment(PaymentEvent::CreditApplied { allocation, .. }) => {
            Some((allocation.allocation_id.0, Some(allocation.amount.currency())))
        }
        Fact::Payment(PaymentEvent::CreditTakenBack { allocation_id, amount, .. }) => Some((allocation_id.0, Some(amount.currency()))),
        Fact::Payment(PaymentEvent::CreditedOnAccount { .. } | PaymentEvent::CreditReturned { .. }) => Some((id, None)),
        Fact::Receivable(ReceivableEvent::PaymentReceived { payment, .. }) => {
            Some((payment.incoming_payment_id.0, Some(payment.amount.currency())))
        }
        Fact::Receivable(ReceivableEvent::PaymentTakenBack { incoming_payment_id, amount, .. }) => {
            Some((incoming_payment_id.0, Some(amount.currency())))
        }
        Fact::Receivable(ReceivableEvent::Refunded { refund, .. }) => Some((refund.refund_id.0, Some(refund.amount.currency()))),
        Fact::Receivable(ReceivableEvent::RefundTakenBack { refund_id, amount, .. }) => Some((refund_id.0, Some(amount.currency()))),
        Fact::BankStatement(BankStatementEvent::Matched { matching, .. }) => match &matching.target {
            MatchTarget::Payment { payment_id, .. } => Some((payment_id.0, None)),
            MatchTarget::Refund { allocation_id, .. } => Some((allocation_id.0, None)),
            MatchTarget::Receivable { incoming_payment_id, .. } | MatchTarget::IncomingReturned { incoming_payment_id, .. } => {
                Some((incoming_payment_id.0, None))
            }
            MatchTarget::CustomerRefund { refund_id, .. } => Some((refund_id.0, None)),
            MatchTarget::Explained { .. } => None,
        },
        _ => None,
    }
}

fn clearing_key(by: Uuid) -> Uuid {
    derived_id(&[b"ledger clearing", by.as_bytes()])
}

impl Kept {
    /// The payments and allocations that it is posted with.
    fn moved_by(&self) -> Vec<Uuid> {
        match self {
            Self::Invoice(account) => account.moved_by().collect(),
            Self::BankLine(line) => line.matched_to().collect(),
            Self::OnAccount(account) => account.moved_by().collect(),
            Self::Receivable(account) => account.moved_by().collect(),
            _ => vec![],
        }
    }

    pub(super) fn stated_by(&self) -> impl Iterator<Item = Uuid> {
        let account = if let Self::Invoice(account) = self { Some(account) } else { None };
        account.into_iter().flat_map(|account| account.stated_by()).map(|invoice| invoice.0)
    }
}

impl Keeper<'_> {
    /// Nothing stays on the clearing account of what has met there.
    pub(super) fn clear(&mut self, entry: &mut Entry, at: &Recorded) -> Result<(), ProjectionError> {
        let Some(by) = Clearing::moved_by(entry, &self.books) else { return Ok(()) };
        if !self.clearing.contains(&by) {
            // A document's own lines name its order.
            if entry.reason == Reason::Translated {
                return Ok(());
            }
            return Err(poison(at, &format!("nobody has looked for what {by} has on the clearing account")));
        }
        let key = clearing_key(by);
        let mut clearing = match self.rows.get(&key).map(|row| &row.state.0) {
            Some(Kept::Clearing(clearing)) => clearing.clone(),
            _ => Clearing::default(),
        };
        clearing.meet(entry, &self.books);
        self.put(key, at, None, Kept::Clearing(clearing));
        Ok(())
    }

    /// What these invoices have posted for the prepayments that they deduct.
    pub(super) fn deducted(&self, invoices: impl IntoIterator<Item = Uuid>) -> Deductions {
        let kept = invoices.into_iter().filter_map(|id| self.rows.get(&id));
        let accounts = kept.filter_map(|row| if let Kept::Invoice(account) = &row.state.0 { Some(account) } else { None });
        accounts.flat_map(|account| account.deducted()).collect()
    }
}
