//! A purchase order: what was agreed in which revision, what came in and went back, and what invoices have taken of it.
//!
//! The order keeps the running sums that matching needs, invoices in review included: two invoices of one order meet
//! here, and the second sees the first.

mod arrival;
mod billing;
mod credit;
mod event;
mod line;
mod order;
mod pricing;
mod refusal;
mod told;
mod wanted;

use serde::{Deserialize, Serialize};

pub use arrival::Arrival;
pub use billing::billing_of;
pub use event::{BilledSum, Billing, PurchaseOrderCommand, PurchaseOrderEvent, Relief};
pub use line::{AgreedCharge, JudgedLine, LineProgress, OrderLine, ReceivedLine, ReturnedLine};
pub use order::Order;
pub use pricing::{PriceDifference, PricedGoods, Pricing, price_differences};
pub use refusal::PurchaseOrderRefusal;
pub use wanted::WantedLine;

use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root};
use crate::ids::UserId;
use crate::party::folded;
use pricing::Arrivals;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseOrder {
    #[default]
    NotPlaced,
    Open(Order),
    Closed(Order),
    Cancelled(Order),
}

aggregate!(PurchaseOrder, "purchase_order", "PurchaseOrder", PurchaseOrderCommand, PurchaseOrderEvent, PurchaseOrderRefusal, {
    Placed = 1, Amended = 1, Approved = 1, Received = 1, Inspected = 1, Returned = 1, Billed = 1, BillingWithdrawn = 1, Closed = 1,
    Cancelled = 1,
});

impl Root for PurchaseOrder {
    aggregate!(@names PurchaseOrderEvent);

    fn second_person(command: &mut PurchaseOrderCommand) -> Option<&mut UserId> {
        match command {
            PurchaseOrderCommand::Approve { by } => Some(by),
            _ => None,
        }
    }

    fn decide(&self, command: PurchaseOrderCommand) -> Result<Vec<PurchaseOrderEvent>, PurchaseOrderRefusal> {
        use PurchaseOrderCommand::{Bill, Cancel, Close, Inspect, Place, Return, Withdraw};
        match (self, command) {
            (Self::NotPlaced, Place { vendor_id, number, currency, lines, charges, by }) => {
                if folded(&number).is_empty() {
                    return Err(PurchaseOrderRefusal::NumberMissing);
                }
                line::check_lines(&lines, &charges)?;
                Ok(vec![PurchaseOrderEvent::Placed { vendor_id, number, currency, lines, charges, by }])
            }
            (Self::NotPlaced, _) => Err(PurchaseOrderRefusal::PurchaseOrderUnknown),
            (_, Place { .. }) => Err(PurchaseOrderRefusal::PurchaseOrderExists),
            (Self::Open(order), command) => order.decide_open(command),
            (Self::Closed(order) | Self::Cancelled(order), command @ (Bill { .. } | Withdraw { .. } | Inspect { .. } | Return { .. })) => {
                order.decide_always(command)
            }
            (Self::Closed(_), Close { .. }) | (Self::Cancelled(_), Cancel { .. }) => Ok(vec![]),
            (Self::Closed(_), _) => Err(PurchaseOrderRefusal::PurchaseOrderNotOpen { state: "closed" }),
            (Self::Cancelled(_), _) => Err(PurchaseOrderRefusal::PurchaseOrderNotOpen { state: "cancelled" }),
        }
    }

    fn claims(&self, event: &PurchaseOrderEvent) -> Vec<ClaimChange> {
        match event {
            PurchaseOrderEvent::Placed { number, .. } => vec![ClaimChange::Take(Claim::of(number_key(number), "number_taken"))],
            _ => vec![],
        }
    }
}

/// The unique fact that one purchase order of the tenant has this number.
pub fn number_key(number: &str) -> String {
    format!("purchase_order|number|{}", folded(number))
}

impl PurchaseOrder {
    pub fn order(&self) -> Result<&Order, PurchaseOrderRefusal> {
        match self {
            Self::NotPlaced => Err(PurchaseOrderRefusal::PurchaseOrderUnknown),
            Self::Open(order) | Self::Closed(order) | Self::Cancelled(order) => Ok(order),
        }
    }

    /// Why all invoices against it must wait; what of a closed order may be billed, each line says. An order that was approved once is
    /// approved in each revision, whatever the tenant wants of others: who enters an invoice would otherwise agree to its price.
    pub fn shut(&self, approval_needed: bool) -> Option<&'static str> {
        match self {
            Self::Cancelled(_) => Some("cancelled"),
            Self::Open(order) | Self::Closed(order) if order.approved_by.is_none() => {
                (approval_needed || order.was_approved).then_some("not_approved")
            }
            _ => None,
        }
    }

    fn on(&mut self, event: PurchaseOrderEvent) {
        *self = match (std::mem::take(self), event) {
            (_, PurchaseOrderEvent::Placed { vendor_id, number, currency, lines, charges, by }) => {
                let progress = lines.iter().map(|l| LineProgress { line: l.line, ..Default::default() }).collect();
                Self::Open(Order {
                    vendor_id,
                    number,
                    currency,
                    lines,
                    charges,
                    revision: 1,
                    agreed_by: by,
                    approved_by: None,
                    was_approved: false,
                    progress,
                    receipts: vec![],
                    billings: vec![],
                    arrivals: Arrivals::default(),
                    billed_at_other_prices: false,
                    when_closed: None,
                    placed_by: by,
                })
            }
            (Self::Open(order), PurchaseOrderEvent::Closed { .. }) => {
                Self::Closed(Order { when_closed: Some(order.billings.clone()), ..order })
            }
            (Self::Open(order), PurchaseOrderEvent::Cancelled { .. }) => Self::Cancelled(order),
            (mut state, event) => {
                if let Self::Open(order) | Self::Closed(order) | Self::Cancelled(order) = &mut state {
                    order.on(event);
                }
                state
            }
        };
    }
}
