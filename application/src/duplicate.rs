//! Near duplicates: once an invoice is in the log it is compared with those before it, and compared no longer with one
//! that is void. When two vendors turn out to be one, what is open of either is compared with what both have sent.

use cqrs_es::Aggregate;
use quittance_domain::ids::{InvoiceId, VendorId};
use quittance_domain::invoice::{Fingerprint, Invoice, InvoiceCommand, InvoiceStatus, Lookalike, Payable};
use quittance_domain::vendor::Vendor;
use uuid::Uuid;

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::invoice::withdraw_if_reset;
use crate::ports::{Printed, StoredEvent};
use crate::reaction::{Concern, Manager};
use crate::vendor::survivor;
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
    /// Others are this vendor under other names from now on.
    Merged { vendor_id: VendorId },
}

impl Manager for DuplicateWatch {
    const NAME: &'static str = "duplicates";
    const TRIGGERS: &'static [&'static str] =
        &["InvoiceReceived", "InvoiceAmended", "InvoiceSubmitted", "InvoiceVoided", "InvoiceRejected", "VendorAbsorbed"];
    const READS_PAYLOADS: bool = false;

    fn to(aggregate_type: &str, aggregate_id: Uuid, stored: &StoredEvent) -> Result<Option<Self>, Failure> {
        let (invoice_id, position) = (InvoiceId(aggregate_id), stored.position);
        Ok(match (aggregate_type, stored.event_type.as_str()) {
            (Invoice::TYPE, "InvoiceReceived" | "InvoiceAmended") => Some(Self::Stated { invoice_id, position }),
            (Invoice::TYPE, "InvoiceSubmitted") => Some(Self::Submitted { invoice_id, position }),
            (Invoice::TYPE, "InvoiceVoided" | "InvoiceRejected") => Some(Self::Gone { invoice_id, position }),
            (Vendor::TYPE, "VendorAbsorbed") => Some(Self::Merged { vendor_id: VendorId(aggregate_id) }),
            _ => None,
        })
    }

    fn concerns(&self) -> Option<Concern> {
        match self {
            Self::Merged { vendor_id } => Some(Concern::EveryOpenInvoiceOfMerged(*vendor_id)),
            _ => None,
        }
    }

    /// An invoice is compared with those before it, whatever is found of them meanwhile.
    fn lane(&self) -> Option<Uuid> {
        match self {
            Self::Stated { invoice_id, .. } | Self::Submitted { invoice_id, .. } => Some(invoice_id.0),
            Self::Gone { .. } | Self::Merged { .. } => None,
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
            Self::Merged { .. } => Ok(()),
        }
    }
}

async fn compare(work: &mut Work<'_>, invoice_id: InvoiceId, position: i64) -> Result<(), Failure> {
    let payable = work.load::<Invoice>(invoice_id).await?.received()?.clone();
    let ours = payable.fingerprint();
    // Of two that are alike under two names, the one that is still to be paid is held.
    let ours = if payable.status() == InvoiceStatus::Paid { ours } else { regrouped(work, &payable, ours).await? };
    let others = sharing(work, invoice_id, &ours, position).await?;
    let mut lookalikes = ours.lookalikes(&others);
    lookalikes.extend(found_later(work, &payable, &others, position).await?);
    lookalikes.truncate(NAMED_MAX);
    suspect(work, invoice_id, lookalikes).await
}

/// Of what it was found to look like those that came in after `position`: a comparison that is made once more, after a crash, says
/// nothing of them.
async fn found_later(work: &mut Work<'_>, payable: &Payable, others: &[Printed], position: i64) -> Result<Vec<Lookalike>, Failure> {
    let mut later = Vec::new();
    for found in payable.lookalikes.iter().filter(|found| others.iter().all(|(id, _)| *id != found.invoice_id)) {
        if stated_at(work, found.invoice_id, position).await? >= position {
            later.push(found.clone());
        }
    }
    Ok(later)
}

/// An invoice that is still to be paid, of a vendor that was merged at `position`: held where an earlier one of either name looks like
/// it, and where a later one does that is paid already, for then nothing else can be stopped.
pub struct CompareMerged {
    pub invoice_id: InvoiceId,
    pub position: i64,
}

impl UseCase for CompareMerged {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let Self { invoice_id, position } = *self;
        let payable = work.load::<Invoice>(invoice_id).await?.received()?.clone();
        let ours = regrouped(work, &payable, payable.fingerprint()).await?;
        let all = sharing(work, invoice_id, &ours, position).await?;
        let stated_at = stated_at(work, invoice_id, position).await?;
        let before = sharing(work, invoice_id, &ours, stated_at).await?;
        let mut lookalikes = ours.lookalikes(&before);
        for (later, print) in all.iter().filter(|(id, _)| before.iter().all(|(earlier, _)| earlier != id)) {
            lookalikes.extend(paid_lookalike(work, (invoice_id, &ours), (*later, print), &all).await?);
        }
        lookalikes.sort_by_key(|found| std::cmp::Reverse(found.score));
        lookalikes.truncate(NAMED_MAX);
        suspect(work, invoice_id, lookalikes).await
    }
}

/// The later invoice, where it is paid and would be held as a lookalike of ours were it not.
async fn paid_lookalike(
    work: &mut Work<'_>,
    (ours, our_print): (InvoiceId, &Fingerprint),
    (later, print): (InvoiceId, &Fingerprint),
    all: &[Printed],
) -> Result<Option<Lookalike>, Failure> {
    let payable = work.load::<Invoice>(later).await?.received()?.clone();
    if payable.status() != InvoiceStatus::Paid {
        return Ok(None);
    }
    let theirs = regrouped(work, &payable, print.clone()).await?;
    let others: Vec<Printed> = all.iter().filter(|(id, _)| *id != later).cloned().chain([(ours, our_print.clone())]).collect();
    let found = theirs.lookalikes(&others).into_iter().find(|found| found.invoice_id == ours);
    Ok(found.map(|found| Lookalike { invoice_id: later, number: print.number.clone(), ..found }))
}

/// By what the vendor is known by now: it may have become one with another since the invoice came in.
async fn regrouped(work: &mut Work<'_>, payable: &Payable, print: Fingerprint) -> Result<Fingerprint, Failure> {
    let vendor = survivor(work, payable.vendor_id).await?;
    Ok(print.regrouped(work.load::<Vendor>(vendor).await?.profile()?.group_keys(vendor)))
}

async fn stated_at(work: &mut Work<'_>, invoice_id: InvoiceId, position: i64) -> Result<i64, Failure> {
    let stated_at = work.ports().lookalikes.stated_at(work.tenant(), invoice_id, position).await;
    stated_at?.ok_or(Failure::Behind)
}

async fn sharing(work: &mut Work<'_>, invoice_id: InvoiceId, ours: &Fingerprint, position: i64) -> Result<Vec<Printed>, Failure> {
    let others = work.ports().lookalikes.sharing(work.tenant(), invoice_id, ours, position).await;
    others?.ok_or(Failure::Behind)
}

async fn clear(work: &mut Work<'_>, gone: InvoiceId, position: i64) -> Result<(), Failure> {
    let suspected = work.ports().lookalikes.suspected_of(work.tenant(), gone, position).await;
    for invoice_id in suspected?.ok_or(Failure::Behind)? {
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
