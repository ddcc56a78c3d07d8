//! The clock: what falls due in a round of approval happens, soon after its time.
//!
//! Due times stand in events and the read model shows the next one; the clock only looks and tells the round what time it
//! is. What happens then is an event like any other, so a replay needs no clock, and telling twice changes nothing.

use std::sync::Arc;
use std::time::Duration;

use quittance_application::approval::{PassTime, TIMEKEEPER};
use quittance_application::discount::EndDiscounts;
use quittance_application::{Channel, Commands, Context, Failure};
use quittance_domain::ids::{ApprovalId, TenantId};
use quittance_infrastructure::database::Database;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::approval;
use crate::projector::ProjectionError;
use crate::report::missed_discount::{self, Ended};

/// Deadlines are hours long: a few seconds late is in time.
const LOOK_EVERY: Duration = Duration::from_secs(5);

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
        tokio::spawn(async move {
            while !stop.is_cancelled() {
                if let Err(error) = self.look().await {
                    tracing::warn!(%error, "the clock cannot look");
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(self.look_every) => {}
                }
            }
        })
    }

    /// Tells every round in which something is due what time it is.
    pub async fn look(&self) -> Result<(), ProjectionError> {
        let now = self.commands.ports().edge.now();
        for tenant in self.database.tenants_due(now).await? {
            let mut tx = self.database.read(tenant).await?;
            let due = approval::due(&mut tx, now).await?;
            drop(tx);
            for round in due {
                self.tell(tenant, round).await;
            }
        }
        for tenant in self.database.tenants_with_discounts_ended(now).await? {
            let mut tx = self.database.read(tenant).await?;
            let ended = missed_discount::ended(&mut tx, now).await?;
            drop(tx);
            for Ended { invoice_id, short_of_cash } in ended {
                self.end_discounts(tenant, EndDiscounts { id: invoice_id, short_of_cash }).await;
            }
        }
        Ok(())
    }

    async fn end_discounts(&self, tenant: TenantId, end: EndDiscounts) {
        let edge = &self.commands.ports().edge;
        let ctx = Context::new(tenant, TIMEKEEPER, edge.now(), Channel::ProcessManager, edge.new_id());
        if let Err(failure) = self.commands.run(&ctx, &end).await {
            tracing::warn!(%tenant, invoice = %end.id, %failure, "the end of a discount waits");
        }
    }

    /// One round that cannot be told does not keep the others waiting.
    async fn tell(&self, tenant: TenantId, round: ApprovalId) {
        let edge = &self.commands.ports().edge;
        let ctx = Context::new(tenant, TIMEKEEPER, edge.now(), Channel::ProcessManager, edge.new_id());
        match self.commands.run(&ctx, &PassTime { id: round }).await {
            Ok(_) => {}
            // The world has moved on, such as an invoice that was voided meanwhile.
            Err(Failure::Refused(refused)) => tracing::info!(%tenant, %round, code = refused.code, "a deadline no longer applies"),
            Err(failure) => tracing::warn!(%tenant, %round, %failure, "a deadline waits"),
        }
    }
}
