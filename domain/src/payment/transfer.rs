//! A payment that a provider makes over HTTP: one transfer, asked about until the provider says how it ended.
//!
//! The key of a transfer follows from its payment. A new key comes with a new payment only, and that needs the claim which
//! a definite failure freed: whatever is repeated meanwhile, the provider sees one transfer.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event::{PaymentEvent, PaymentPlan};
use super::method::Method;
use super::refusal::PaymentRefusal;
use super::state::{InFlight, ItemState, Payment};
use crate::aggregate::derived_id;
use crate::ids::{PaymentId, UserId};

/// A transfer that the provider has taken on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Transfer {
    /// The provider's own id of it.
    pub provider_reference: String,
}

/// How a transfer stands, by the provider's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferReport {
    /// The provider's own id; none where it never took the transfer on.
    pub provider_reference: Option<String>,
    pub outcome: TransferOutcome,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferOutcome {
    Pending,
    Settled { value_date: NaiveDate },
    Failed { reason: String },
    Returned { settled_on: NaiveDate, returned_on: NaiveDate, reason: String },
}

impl TransferOutcome {
    /// The same, with each day on which money moved moved on to the day on which it counts.
    pub fn counting_on(self, day: impl Fn(NaiveDate) -> NaiveDate) -> Self {
        match self {
            Self::Settled { value_date } => Self::Settled { value_date: day(value_date) },
            Self::Returned { settled_on, returned_on, reason } => {
                Self::Returned { settled_on: day(settled_on), returned_on: day(returned_on), reason }
            }
            other => other,
        }
    }
}

/// The idempotency key of a payment's transfer.
pub fn transfer_key(payment: PaymentId) -> Uuid {
    derived_id(&[b"transfer", payment.0.as_bytes()])
}

impl PaymentPlan {
    /// One transfer goes to one account of one vendor.
    pub(super) fn has_one_creditor(&self) -> bool {
        let mut creditors = self.items.iter().map(|item| (item.vendor_id, &item.creditor_account));
        let first = creditors.next();
        first.is_some_and(|(_, account)| account.is_some()) && creditors.all(|creditor| Some(creditor) == first)
    }

    pub(super) fn lines(&self) -> Vec<u32> {
        self.items.iter().map(|item| item.line).collect()
    }
}

impl Payment {
    /// Whether a provider may be moving this payment's money, or may have to be asked to.
    pub fn awaits_provider(&self) -> Option<&PaymentPlan> {
        let open = |in_flight: &InFlight| in_flight.items.iter().any(|item| item.state == ItemState::Sent);
        match self {
            Self::Started { plan, .. } => Some(&**plan),
            Self::Sent(in_flight) if open(in_flight) => Some(&*in_flight.plan),
            _ => None,
        }
        .filter(|plan| plan.method == Method::Provider)
    }

    pub(super) fn start_transfer(&self, by: UserId, at: DateTime<Utc>) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match self {
            Self::Sent(in_flight) if in_flight.plan.method == Method::Provider => Ok(vec![]),
            _ => self.start(by, at, |method| method == Method::Provider),
        }
    }

    /// Messages come late, twice and in any order: whatever a report adds to what is known happens now, the rest is passed over.
    pub(super) fn record_transfer(&self, report: TransferReport) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let plan = self.plan()?;
        if plan.method != Method::Provider {
            return Err(PaymentRefusal::WrongMethod { method: plan.method });
        }
        let TransferReport { provider_reference, outcome } = report;
        let lines = plan.lines();
        match self {
            Self::Started { .. } => Ok(ended(lines, outcome, provider_reference.map(|provider_reference| Transfer { provider_reference }))),
            Self::Sent(in_flight) => Ok(in_flight.heard(lines, outcome)),
            _ => self.refuse("report on", "started or sent"),
        }
    }
}

impl InFlight {
    fn heard(&self, items: Vec<u32>, outcome: TransferOutcome) -> Vec<PaymentEvent> {
        match (self.items.first().map(|item| item.state), outcome) {
            (Some(ItemState::Sent), outcome) => ended(items, outcome, None),
            (Some(ItemState::Settled), TransferOutcome::Returned { returned_on, reason, .. }) => {
                vec![PaymentEvent::Returned { items, value_date: returned_on, reason }]
            }
            (Some(ItemState::OnAccount), TransferOutcome::Returned { returned_on, reason, .. }) => {
                self.uncredit(None, returned_on, &reason)
            }
            // The claims are gone, and another payment may have settled the invoices: this money is the vendor's credit.
            (Some(ItemState::Failed), TransferOutcome::Settled { value_date }) => vec![self.credited(value_date)],
            (Some(ItemState::Failed), TransferOutcome::Returned { settled_on, returned_on, reason }) => {
                vec![self.credited(settled_on), self.uncredited(returned_on, reason)]
            }
            _ => vec![],
        }
    }

    pub(super) fn one_or_all(mut self, line: Option<u32>, state: ItemState) -> Self {
        self.items.iter_mut().filter(|item| line.is_none_or(|line| item.line == line)).for_each(|item| item.state = state);
        self
    }

    fn uncredited(&self, value_date: NaiveDate, reason: String) -> PaymentEvent {
        let vendor_id = self.plan.items[0].vendor_id;
        PaymentEvent::CreditReturned { vendor_id, amount: self.plan.total, value_date, reason, item: None }
    }

    fn credited(&self, value_date: NaiveDate) -> PaymentEvent {
        let vendor_id = self.plan.items[0].vendor_id;
        PaymentEvent::CreditedOnAccount { vendor_id, amount: self.plan.total, value_date, item: None }
    }
}

/// What follows for a transfer that has not ended; `taken` where nothing was heard of it before.
fn ended(items: Vec<u32>, outcome: TransferOutcome, taken: Option<Transfer>) -> Vec<PaymentEvent> {
    let sent = taken.map(|transfer| PaymentEvent::TransferSent { transfer });
    let rest = match outcome {
        TransferOutcome::Pending => vec![],
        TransferOutcome::Settled { value_date } => vec![PaymentEvent::Settled { items, value_date }],
        TransferOutcome::Failed { reason } => vec![PaymentEvent::Failed { items, reason }],
        TransferOutcome::Returned { settled_on, returned_on, reason } => {
            let settled = PaymentEvent::Settled { items: items.clone(), value_date: settled_on };
            vec![settled, PaymentEvent::Returned { items, value_date: returned_on, reason }]
        }
    };
    sent.into_iter().chain(rest).collect()
}
