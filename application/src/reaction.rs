//! Process managers: what one event makes others do. Each reaction is one atomic use case whose command id follows
//! from the event, so reacting twice changes nothing.

use cqrs_es::Aggregate;
use quittance_domain::approval::{Approval, ApprovalEvent};
use quittance_domain::goods_receipt::{Delivery, GoodsReceipt, GoodsReceiptEvent};
use quittance_domain::ids::{ApprovalId, GoodsReceiptId, PaymentId};
use quittance_domain::invoice::{Invoice, InvoiceCommand, ReleaseCause};
use quittance_domain::payment::{Payment, PaymentEvent};
use quittance_domain::stock::{ReceiptLine, StockAction};
use uuid::Uuid;

use crate::commands::{UseCase, read_event};
use crate::failure::Failure;
use crate::ports::StoredEvent;
use crate::stock::move_stock;
use crate::work::Work;

/// A process manager: what one kind of events makes others do.
pub trait Manager: UseCase<Output = ()> + Sized + 'static {
    /// Names its checkpoint, and its commands' ids: never changed.
    const NAME: &'static str;
    /// The event types that it reacts to.
    const TRIGGERS: &'static [&'static str];

    fn to(aggregate_type: &str, aggregate_id: Uuid, stored: &StoredEvent) -> Result<Option<Self>, Failure>;
}

/// What has to be done because of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Reaction {
    ApprovalEnded { approval_id: ApprovalId, event: ApprovalEvent },
    PaymentMoved { payment_id: PaymentId, event: PaymentEvent },
    GoodsCameIn { receipt_id: GoodsReceiptId, delivery: Delivery },
}

impl Manager for Reaction {
    const NAME: &'static str = "reactions";
    const TRIGGERS: &'static [&'static str] = &[
        "ApprovalGranted",
        "ApprovalDenied",
        "ApprovalExpired",
        "PaymentSettled",
        "PaymentFailed",
        "PaymentReturned",
        "PaymentVoided",
        "GoodsReceiptPosted",
    ];

    fn to(aggregate_type: &str, aggregate_id: Uuid, stored: &StoredEvent) -> Result<Option<Self>, Failure> {
        if !Self::TRIGGERS.contains(&stored.event_type.as_str()) {
            return Ok(None);
        }
        Ok(match aggregate_type {
            Approval::TYPE => Some(Self::ApprovalEnded { approval_id: ApprovalId(aggregate_id), event: read_event::<Approval>(stored)? }),
            Payment::TYPE => Some(Self::PaymentMoved { payment_id: PaymentId(aggregate_id), event: read_event::<Payment>(stored)? }),
            GoodsReceipt::TYPE => {
                let GoodsReceiptEvent::Posted(delivery) = read_event::<GoodsReceipt>(stored)?;
                Some(Self::GoodsCameIn { receipt_id: GoodsReceiptId(aggregate_id), delivery })
            }
            _ => None,
        })
    }
}

impl UseCase for Reaction {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        match self {
            Self::ApprovalEnded { approval_id, event } => approval_ended(work, *approval_id, event).await,
            Self::PaymentMoved { payment_id, event } => payment_moved(work, *payment_id, event).await,
            Self::GoodsCameIn { receipt_id, delivery } => goods_came_in(work, *receipt_id, delivery).await,
        }
    }
}

async fn approval_ended(work: &mut Work<'_>, approval_id: ApprovalId, event: &ApprovalEvent) -> Result<(), Failure> {
    let (invoice_id, command) = match event.clone() {
        ApprovalEvent::Granted { invoice_id, version_hash, .. } => (invoice_id, InvoiceCommand::Approve { approval_id, version_hash }),
        ApprovalEvent::Denied { invoice_id, by, reason, .. } => (invoice_id, InvoiceCommand::Reject { approval_id, by, reason }),
        ApprovalEvent::Expired { invoice_id, .. } => (invoice_id, InvoiceCommand::Reopen { approval_id }),
        _ => return Ok(()),
    };
    work.decide::<Invoice>(invoice_id, command).await.map(drop)
}

async fn payment_moved(work: &mut Work<'_>, payment_id: PaymentId, event: &PaymentEvent) -> Result<(), Failure> {
    let payment = work.take::<Payment>(payment_id).await?;
    for item in &payment.plan()?.items {
        let named = |lines: &[u32]| lines.contains(&item.line);
        let command = match event {
            PaymentEvent::Settled { items, value_date } if named(items) => InvoiceCommand::Settle { payment_id, value_date: *value_date },
            PaymentEvent::Failed { items, .. } if named(items) => {
                InvoiceCommand::Release { payment_id, because: ReleaseCause::PaymentFailed }
            }
            PaymentEvent::Returned { items, value_date, reason } if named(items) => {
                InvoiceCommand::Return { payment_id, value_date: *value_date, reason: reason.clone() }
            }
            PaymentEvent::Voided { .. } => InvoiceCommand::Release { payment_id, because: ReleaseCause::PaymentVoided },
            _ => continue,
        };
        work.decide::<Invoice>(item.invoice_id, command).await?;
    }
    Ok(())
}

async fn goods_came_in(work: &mut Work<'_>, receipt_id: GoodsReceiptId, delivery: &Delivery) -> Result<(), Failure> {
    for line in delivery.lines.iter().filter(|l| !l.accepted.is_zero()) {
        let receipt = ReceiptLine { receipt_id, line: line.line };
        let action = StockAction::Receive { receipt, quantity: line.accepted, unit_cost: line.unit_cost, currency: line.currency };
        move_stock(work, line.item_id, &delivery.location, delivery.effective_date, action).await?;
    }
    Ok(())
}
