//! Stopping an invoice, letting it go, and saying who is to see to what stops it.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::RefusalKind;
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{HoldId, InvoiceId, UserId};
use quittance_domain::invoice::{ExceptionAssignment, HoldKind, Invoice, InvoiceCommand, InvoiceRefusal, PlacedHold};
use quittance_domain::matching::CheckOf;
use quittance_domain::user::User;
use uuid::Uuid;

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::terms::fix_base_date;
use crate::work::Work;

/// Stops an invoice until somebody lets this hold go.
pub struct HoldInvoice {
    pub id: InvoiceId,
    pub kind: HoldKind,
    pub reason: String,
    pub until: Option<NaiveDate>,
}

impl UseCase for HoldInvoice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        if self.until.is_some_and(|until| until < work.ctx.today()) {
            let detail = "the day by which the hold is to be let go has passed";
            return Err(Refused::new("hold_overdue", RefusalKind::Invalid, detail).at("/until").into());
        }
        let invoice = work.take::<Invoice>(self.id).await?;
        let hold_id = next_hold(self.id, invoice.received()?.holds_ever());
        let hold = PlacedHold { hold_id, kind: self.kind, reason: self.reason.clone(), until: self.until, by: work.ctx.actor };
        work.decide::<Invoice>(self.id, InvoiceCommand::PutOnHold { hold }).await.map(drop)
    }
}

/// Each hold of an invoice is its next one, those that were let go counted.
fn next_hold(id: InvoiceId, ever: u64) -> HoldId {
    HoldId(derived_id(&[b"hold", id.0.as_bytes(), &ever.to_be_bytes()]))
}

/// What is let go.
#[derive(Clone, Debug)]
pub enum Held {
    /// A finding of matching, exactly as it was found.
    Finding(CheckOf),
    /// What a person stopped it for.
    Placed(HoldId),
}

/// Lets one thing be that holds an invoice.
pub struct ReleaseHold {
    pub id: InvoiceId,
    pub held: Held,
    pub reason: String,
}

impl UseCase for ReleaseHold {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (by, reason) = (work.ctx.actor, self.reason.clone());
        let release = match self.held.clone() {
            Held::Finding(check) => InvoiceCommand::ReleaseHold { check, by, reason },
            Held::Placed(hold_id) => InvoiceCommand::TakeOffHold { hold_id, by, reason },
        };
        work.decide::<Invoice>(self.id, release).await?;
        fix_base_date(work, self.id).await
    }
}

/// Says who is to see to one exception of an invoice, and by when.
pub struct AssignException {
    pub id: InvoiceId,
    pub exception_id: Uuid,
    pub owner: UserId,
    /// As it was where absent.
    pub due_at: Option<DateTime<Utc>>,
}

impl UseCase for AssignException {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let invoice = work.take::<Invoice>(self.id).await?;
        let open = invoice.received()?.open_exceptions().into_iter().find(|exception| exception.id(self.id) == self.exception_id);
        let exception = open.ok_or_else(|| Refused::from(InvoiceRefusal::ExceptionUnknown).at("/exception_id"))?;
        let owner = work.load::<User>(self.owner).await?;
        if !owner.account().is_ok_and(|account| account.active) {
            let detail = "an exception is seen to by somebody who works here";
            return Err(Refused::new("owner_unknown", RefusalKind::Invalid, detail).at("/owner").into());
        }
        let assignment = ExceptionAssignment { exception, owner: self.owner, due_at: self.due_at, by: work.ctx.actor };
        work.decide::<Invoice>(self.id, InvoiceCommand::AssignException { assignment }).await.map(drop)
    }
}
