//! Near duplicates: once an invoice is in the log it is compared with those before it, and compared no longer with one
//! that is void.

use cqrs_es::Aggregate;
use quittance_domain::ids::InvoiceId;
use quittance_domain::invoice::{Invoice, InvoiceCommand, Lookalike};
use uuid::Uuid;

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::invoice::withdraw_if_reset;
use crate::ports::StoredEvent;
use crate::reaction::Manager;
use crate::work::Work;

/// Lookalikes that an invoice names; the surest ones. A person needs to see a few to know.
const NAMED_MAX: usize = 20;

/// The process manager that looks for near duplicates. `position` is the event's.
pub enum DuplicateWatch {
    /// The invoice's document is new or was corrected.
    Stated { invoice_id: InvoiceId, position: i64 },
    /// It counts again, if it was rejected before: what came in meanwhile was not compared with it.
    Submitted { invoice_id: InvoiceId, position: i64 },
    /// The invoice counts no longer.
    Gone { invoice_id: InvoiceId, position: i64 },
}

impl Manager for DuplicateWatch {
    const NAME: &'static str = "duplicates";
    const TRIGGERS: &'static [&'static str] =
        &["InvoiceReceived", "InvoiceAmended", "InvoiceSubmitted", "InvoiceVoided", "InvoiceRejected"];
    const READS_PAYLOADS: bool = false;

    fn to(aggregate_type: &str, aggregate_id: Uuid, stored: &StoredEvent) -> Result<Option<Self>, Failure> {
        let (invoice_id, position) = (InvoiceId(aggregate_id), stored.position);
        Ok(match (aggregate_type, stored.event_type.as_str()) {
            (Invoice::TYPE, "InvoiceReceived" | "InvoiceAmended") => Some(Self::Stated { invoice_id, position }),
            (Invoice::TYPE, "InvoiceSubmitted") => Some(Self::Submitted { invoice_id, position }),
            (Invoice::TYPE, "InvoiceVoided" | "InvoiceRejected") => Some(Self::Gone { invoice_id, position }),
            _ => None,
        })
    }

    /// An invoice is compared with those before it, whatever is found of them meanwhile.
    fn lane(&self) -> Option<Uuid> {
        match self {
            Self::Stated { invoice_id, .. } | Self::Submitted { invoice_id, .. } => Some(invoice_id.0),
            Self::Gone { .. } => None,
        }
    }
}

impl UseCase for DuplicateWatch {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        match *self {
            Self::Stated { invoice_id, position } => compare(work, invoice_id, position).await,
            Self::Submitted { invoice_id, position } => {
                let invoice = work.load::<Invoice>(invoice_id).await?;
                if invoice.received()?.is_resubmitted() { compare(work, invoice_id, position).await } else { Ok(()) }
            }
            Self::Gone { invoice_id, position } => clear(work, invoice_id, position).await,
        }
    }
}

async fn compare(work: &mut Work<'_>, invoice_id: InvoiceId, position: i64) -> Result<(), Failure> {
    let ours = work.load::<Invoice>(invoice_id).await?.received()?.fingerprint();
    let others = work.ports().lookalikes.sharing(work.tenant(), invoice_id, &ours, position).await;
    let others = others.map_err(Failure::Unavailable)?.ok_or(Failure::Behind)?;
    let mut lookalikes = ours.lookalikes(&others);
    lookalikes.truncate(NAMED_MAX);
    suspect(work, invoice_id, lookalikes).await
}

async fn clear(work: &mut Work<'_>, gone: InvoiceId, position: i64) -> Result<(), Failure> {
    let suspected = work.ports().lookalikes.suspected_of(work.tenant(), gone, position).await;
    for invoice_id in suspected.map_err(Failure::Unavailable)?.ok_or(Failure::Behind)? {
        let invoice = work.load::<Invoice>(invoice_id).await?;
        let rest = invoice.received()?.lookalikes.iter().filter(|found| found.invoice_id != gone).cloned().collect();
        suspect(work, invoice_id, rest).await?;
    }
    Ok(())
}

async fn suspect(work: &mut Work<'_>, invoice_id: InvoiceId, lookalikes: Vec<Lookalike>) -> Result<(), Failure> {
    let invoice = work.take::<Invoice>(invoice_id).await?;
    let before = invoice.received()?.stage.clone();
    work.decide::<Invoice>(invoice_id, InvoiceCommand::SuspectDuplicates { lookalikes }).await?;
    let after = work.take::<Invoice>(invoice_id).await?;
    withdraw_if_reset(work, &before, &after.received()?.stage).await
}
