//! The clock: what falls due happens, soon after its time: deadlines in a round of approval, the end of a discount, and invoices
//! that recur.
//!
//! Due times stand in events and the read models show the next one; the clock only looks and says what time it is. What happens
//! then is an event like any other, so a replay needs no clock, and saying it twice, on one server or on two, changes nothing.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use quittance_application::approval::{PassTime, TIMEKEEPER};
use quittance_application::discount::EndDiscounts;
use quittance_application::failure::Refused;
use quittance_application::recurring_invoice::MakeDueInvoice;
use quittance_application::{Channel, Commands, Context, Done, Failure, UseCase};
use quittance_domain::ids::{ApprovalId, RecurringInvoiceId, TenantId, UserId};
use quittance_domain::recurring_invoice::{RecurringInvoice, RecurringInvoiceCommand};
use quittance_infrastructure::database::{Database, Due};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::projector::ProjectionError;
use crate::report::missed_discount::{self, Ended};
use crate::worker::{each_tenant, every, unpanicked};
use crate::{approval, recurring_invoice};

const NAME: &str = "clock";
/// Deadlines are hours long: a few seconds late is in time.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Invoices of one series that are caught up before the others get their turn.
const CAUGHT_UP_AT_ONCE: usize = 60;

pub struct Clock {
    pub database: Database,
    pub commands: Arc<Commands>,
    pub look_every: Duration,
}

impl Clock {
    pub fn new(database: Database, commands: Arc<Commands>) -> Self {
        Self { database, commands, look_every: LOOK_EVERY }
    }

    pub fn start(self, stop: CancellationToken) -> JoinHandle<()> {
        every(NAME, self.look_every, Arc::new(self), stop, |clock| async move { clock.look().await })
    }

    /// Lets everything happen that is due by now, in each tenant whatever befalls another.
    pub async fn look(&self) -> sqlx::Result<()> {
        let now = self.commands.ports().edge.now();
        let tenants = self.database.tenants_with(Due::Deadlines(now)).await?;
        each_tenant(NAME, tenants, 1, |tenant| self.look_at_rounds(tenant, now)).await;
        let tenants = self.database.tenants_with(Due::DiscountEnds(now)).await?;
        each_tenant(NAME, tenants, 1, |tenant| self.look_at_discounts(tenant, now)).await;
        let tenants = self.database.tenants_with(Due::RecurringInvoices(now)).await?;
        each_tenant(NAME, tenants, 1, |tenant| self.look_at_series(tenant, now)).await;
        Ok(())
    }

    async fn look_at_rounds(&self, tenant: TenantId, now: DateTime<Utc>) -> Result<(), ProjectionError> {
        let mut tx = self.database.read(tenant).await?;
        let due = approval::due(&mut tx, now).await?;
        drop(tx);
        for round in due {
            self.tell(tenant, round).await;
        }
        Ok(())
    }

    async fn look_at_discounts(&self, tenant: TenantId, now: DateTime<Utc>) -> Result<(), ProjectionError> {
        let mut tx = self.database.read(tenant).await?;
        let ended = missed_discount::ended(&mut tx, now).await?;
        drop(tx);
        for Ended { invoice_id, short_of_cash } in ended {
            self.end_discounts(tenant, EndDiscounts { id: invoice_id, short_of_cash }).await;
        }
        Ok(())
    }

    async fn look_at_series(&self, tenant: TenantId, now: DateTime<Utc>) -> Result<(), ProjectionError> {
        let mut tx = self.database.read(tenant).await?;
        let due = recurring_invoice::due(&mut tx, now).await?;
        drop(tx);
        for (series, arranged_by) in due {
            self.make_due(tenant, series, arranged_by).await;
        }
        Ok(())
    }

    async fn context(&self, tenant: TenantId, actor: UserId) -> Result<Context, Failure> {
        self.commands.context(tenant, actor, Channel::ProcessManager, self.commands.ports().edge.new_id()).await
    }

    async fn carry_out<U: UseCase>(&self, tenant: TenantId, actor: UserId, use_case: &U) -> Result<Done<U::Output>, Failure> {
        self.commands.run(&self.context(tenant, actor).await?, use_case).await
    }

    async fn end_discounts(&self, tenant: TenantId, end: EndDiscounts) {
        if let Err(failure) = unpanicked(self.carry_out(tenant, TIMEKEEPER, &end)).await {
            tracing::warn!(%tenant, invoice = %end.id, %failure, "the end of a discount waits");
        }
    }

    /// One round that cannot be told does not keep the others waiting.
    async fn tell(&self, tenant: TenantId, round: ApprovalId) {
        match unpanicked(self.carry_out(tenant, TIMEKEEPER, &PassTime { id: round })).await {
            Ok(_) => {}
            // The world has moved on, such as an invoice that was voided meanwhile.
            Err(Failure::Refused(refused)) => tracing::info!(%tenant, %round, code = refused.code, "a deadline no longer applies"),
            Err(failure) => tracing::warn!(%tenant, %round, %failure, "a deadline waits"),
        }
    }

    /// Each is entered by who arranged the series, so that the same person cannot approve it.
    async fn make_due(&self, tenant: TenantId, id: RecurringInvoiceId, arranged_by: UserId) {
        for _ in 0..CAUGHT_UP_AT_ONCE {
            match unpanicked(self.carry_out(tenant, arranged_by, &MakeDueInvoice { id })).await {
                Ok(done) if done.output == Some(true) => {}
                Ok(_) => return,
                Err(Failure::Refused(refused)) => return self.pause(tenant, id, &refused).await,
                Err(failure) => return tracing::warn!(%tenant, series = %id, %failure, "a recurring invoice waits"),
            }
        }
    }

    /// What is refused once is refused again: a person has to see it, and says from when it goes on.
    async fn pause(&self, tenant: TenantId, id: RecurringInvoiceId, refused: &Refused) {
        let pause = RecurringInvoiceCommand::Pause { reason: format!("{}: {}", refused.code, refused.detail), by: TIMEKEEPER };
        tracing::warn!(%tenant, series = %id, code = refused.code, "a recurring invoice is refused and paused");
        let paused = async { self.commands.execute::<RecurringInvoice>(&self.context(tenant, TIMEKEEPER).await?, id, pause).await };
        if let Err(failure) = paused.await {
            tracing::warn!(%tenant, series = %id, %failure, "a recurring invoice cannot be paused");
        }
    }
}
