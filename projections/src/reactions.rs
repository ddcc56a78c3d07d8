//! The runner of process managers: for each event that asks for it, one command whose id follows from the event.
//!
//! Each manager has a checkpoint of its own, so that one that cannot go on stops nobody else.
//!
//! The checkpoint moves after the commands are durable. A crash in between runs them again, which changes nothing.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cqrs_es::Aggregate;
use futures::StreamExt;
use quittance_application::approval::AppraiseRound;
use quittance_application::context::{command_id_of_reaction, event_id};
use quittance_application::duplicate::CompareMerged;
use quittance_application::matching::MatchOrder;
use quittance_application::ports::StoredEvent;
use quittance_application::reaction::{Concern, Manager, Moot};
use quittance_application::{Channel, Commands, Failure, Refused, UseCase};
use quittance_domain::ids::{ApprovalId, InvoiceId, PurchaseOrderId, TenantId, UserId, VendorId};
use quittance_domain::purchase_order::PurchaseOrder;
use quittance_infrastructure::database::{Database, TenantTx};
use quittance_infrastructure::event_store::CommitFeed;
use sqlx::Row;
use sqlx::postgres::PgRow;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::approval;
use crate::checkpoint;
use crate::invoice;
use crate::progress::Progress;
use crate::projector::ProjectionError;
use crate::refused::{self, Refusal};
use crate::worker::{holding, keep_at_work, unpanicked};

mod again;

const BATCH_EVENTS: i64 = 500;
/// After so long it is the next tenant's turn: one that asks for much keeps the others waiting no longer.
const TURN: Duration = Duration::from_millis(500);
/// Events between two looks at the clock.
const STRIDE: usize = 32;
/// Lanes at once: their commands share the store's group commits, and leave requests their connections.
const LANES: usize = 4;
const POLL_EVERY: Duration = Duration::from_millis(500);
/// Under load a breath between two passes lets events gather: a batch of many costs little more than a batch of one.
const BREATH: Duration = Duration::from_millis(8);

pub struct Reactions<M> {
    pub database: Database,
    pub commands: Arc<Commands>,
    pub progress: Arc<Progress>,
    pub feed: Arc<CommitFeed>,
    pub manager: PhantomData<fn() -> M>,
}

/// How far a pass came; of several tenants the most counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    Nowhere,
    /// What the next event asks for waits for a read model.
    TooSoon,
    Further,
}

/// One event as the manager sees it: payloads of what nobody reacts to stay in the database.
struct Seen<M> {
    position: i64,
    correlation_id: Uuid,
    actor: Uuid,
    reaction: Option<M>,
}

impl<M: Manager> Seen<M> {
    /// Whether nothing before it has to be waited for.
    fn is_apart(&self) -> bool {
        self.reaction.as_ref().is_none_or(|reaction| reaction.lane().is_some())
    }
}

/// One tenant's batch, and what was refused in it that a person has to see.
struct Batch {
    tenant: TenantId,
    refused: Mutex<Vec<Refusal>>,
}

impl Batch {
    fn of(tenant: TenantId) -> Self {
        Self { tenant, refused: Mutex::default() }
    }

    /// A refusal is a person's to see to, unless the world has moved on since the event.
    fn met<M, U>(&self, id: Uuid, asked: &Asked<'_, M, U>, Refused { code, detail, .. }: Refused) {
        let (tenant, position, concerned) = (self.tenant, asked.event.position, asked.concerned);
        if let Some(moot) = asked.moot.iter().find(|moot| moot.code == code) {
            tracing::debug!(%tenant, position, code, because = moot.because, "nothing is left to do");
            return;
        }
        tracing::warn!(%tenant, position, code, detail, "a reaction was refused");
        metrics::counter!("quittance_reactions_refused_total", "code" => code).increment(1);
        let refusal = Refusal { id, position, concerned, code, detail };
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).push(refusal);
    }

    fn refused(self) -> Vec<Refusal> {
        self.refused.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The command that an event asks for.
struct Asked<'a, M, U> {
    event: &'a Seen<M>,
    use_case: &'a U,
    /// Where the event concerns many things, which of them.
    concerned: Option<Uuid>,
    moot: &'static [Moot],
}

impl<M: Manager> Reactions<M> {
    pub fn start(self: Arc<Self>, stop: CancellationToken) -> JoinHandle<()> {
        keep_at_work(M::NAME, self, stop, Self::run)
    }

    async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut changes = self.feed.changes();
        let mut patience = BREATH;
        while !stop.is_cancelled() {
            match self.pass().await {
                Ok(Came::Further) => {
                    patience = BREATH;
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
                // A read model gets there in a moment; one that stands still is asked less and less often.
                Ok(Came::TooSoon) => {
                    tokio::time::sleep(patience).await;
                    patience = (patience * 2).min(POLL_EVERY);
                    continue;
                }
                Ok(Came::Nowhere) => {}
                Err(error) => tracing::warn!(%error, "reactions wait"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                changed = changes.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(POLL_EVERY) => {}
            }
        }
    }

    async fn pass(&self) -> Result<Came, ProjectionError> {
        let mut came = Came::Nowhere;
        for tenant in self.database.tenants_behind(&[M::NAME]).await? {
            match self.batch(tenant).await {
                Ok(on) => came = came.max(on),
                // The next tenant may fare better.
                Err(error) => tracing::warn!(%tenant, %error, manager = M::NAME, "this tenant's reactions wait"),
            }
        }
        Ok(came)
    }

    async fn batch(&self, tenant: TenantId) -> Result<Came, ProjectionError> {
        let mut tx = self.database.project(tenant).await?;
        let held = checkpoint::take(&mut tx, &[(M::NAME, 1)]).await?;
        let Some(from) = held.first().map(|c| c.position) else { return Ok(Came::Nowhere) };
        let seen = self.read(&mut tx, from, BATCH_EVENTS).await?;
        let batch = Batch::of(tenant);
        let (mut reached, mut behind, began) = (from, false, Instant::now());
        for together in seen.chunk_by(|one, next| one.is_apart() && next.is_apart()).flat_map(|together| together.chunks(STRIDE)) {
            if began.elapsed() > TURN {
                break;
            }
            if let Err((position, error)) = holding(&mut tx, self.react_together(&batch, together)).await? {
                reached = position - 1;
                if matches!(error, Failure::Behind) {
                    behind = true;
                    break;
                }
                if reached > from {
                    checkpoint::advance(&mut tx, &[M::NAME], reached).await?;
                }
                checkpoint::bury(&mut tx, M::NAME, position, &error.to_string()).await?;
                refused::keep(&mut tx, M::NAME, &batch.refused()).await?;
                tx.commit().await?;
                tracing::error!(%tenant, position, %error, "a reaction failed and will be tried again");
                return Ok(Came::Nowhere);
            }
            reached = together.last().map_or(reached, |event| event.position);
        }
        if reached > from {
            checkpoint::advance(&mut tx, &[M::NAME], reached).await?;
            refused::keep(&mut tx, M::NAME, &batch.refused()).await?;
            tx.commit().await?;
            self.progress.record(M::NAME, tenant, reached);
        }
        Ok(match reached > from {
            true => Came::Further,
            false if behind => Came::TooSoon,
            false => Came::Nowhere,
        })
    }

    /// Carries out what these events ask for: one by one in each lane, the lanes beside each other. Answers the first that
    /// failed: all before it has been done, and what has been done behind it is found done when it is carried out again.
    async fn react_together(&self, batch: &Batch, events: &[Seen<M>]) -> Result<(), (i64, Failure)> {
        let mut lanes: BTreeMap<Uuid, Vec<(&Seen<M>, &M)>> = BTreeMap::new();
        for event in events {
            let Some(reaction) = &event.reaction else { continue };
            match reaction.lane() {
                Some(lane) => lanes.entry(lane).or_default().push((event, reaction)),
                None => self.react(batch, event, reaction).await.map_err(|error| (event.position, error))?,
            }
        }
        let failed_at = AtomicI64::new(i64::MAX);
        let lanes = lanes.into_values().map(|lane| self.in_lane(batch, lane, &failed_at)).collect::<Vec<_>>();
        let ends: Vec<_> = futures::stream::iter(lanes).buffer_unordered(LANES).collect().await;
        ends.into_iter().filter_map(Result::err).min_by_key(|(position, _)| *position).map_or(Ok(()), Err)
    }

    /// What stands behind a failure waits for it. What stands before it is tried all the same: not to be tried is no failure.
    async fn in_lane(&self, batch: &Batch, lane: Vec<(&Seen<M>, &M)>, failed_at: &AtomicI64) -> Result<(), (i64, Failure)> {
        for (event, reaction) in lane {
            if event.position > failed_at.load(Ordering::Relaxed) {
                return Ok(());
            }
            if let Err(failure) = self.react(batch, event, reaction).await {
                failed_at.fetch_min(event.position, Ordering::Relaxed);
                return Err((event.position, failure));
            }
        }
        Ok(())
    }

    async fn react(&self, batch: &Batch, event: &Seen<M>, reaction: &M) -> Result<(), Failure> {
        match reaction.concerns() {
            None => self.carry_out(batch, Asked { event, use_case: reaction, concerned: None, moot: reaction.moot() }).await,
            Some(Concern::EveryOrder) => {
                let orders = self.invoiced_orders(batch.tenant).await.map_err(unavailable)?;
                self.each(batch, event, reaction, orders.into_iter().map(|id| (id.0, MatchOrder { id }))).await
            }
            Some(Concern::EveryUnratedRound) => {
                let rounds = self.unrated(batch.tenant, event.position).await.map_err(unavailable)?.ok_or(Failure::Behind)?;
                self.each(batch, event, reaction, rounds.into_iter().map(|id| (id.0, AppraiseRound { id }))).await
            }
            Some(Concern::EveryOpenInvoiceOfMerged(vendor)) => {
                let position = event.position;
                let open = self.open_of_merged(batch.tenant, vendor, position).await.map_err(unavailable)?.ok_or(Failure::Behind)?;
                let asked = open.into_iter().map(|invoice_id| (invoice_id.0, CompareMerged { invoice_id, position }));
                self.each(batch, event, reaction, asked).await
            }
        }
    }

    /// Each in a write of its own, some beside each other.
    async fn each<U: UseCase>(
        &self,
        batch: &Batch,
        event: &Seen<M>,
        reaction: &M,
        asked: impl Iterator<Item = (Uuid, U)>,
    ) -> Result<(), Failure> {
        let asked = asked.map(|(id, use_case)| async move {
            self.carry_out(batch, Asked { event, use_case: &use_case, concerned: Some(id), moot: reaction.moot() }).await
        });
        let mut asked = futures::stream::iter(asked.collect::<Vec<_>>()).buffer_unordered(LANES);
        while let Some(done) = asked.next().await {
            done?;
        }
        Ok(())
    }

    async fn carry_out<U: UseCase>(&self, batch: &Batch, asked: Asked<'_, M, U>) -> Result<(), Failure> {
        let (tenant, event) = (batch.tenant, asked.event);
        let command_id = match asked.concerned {
            None => command_id_of_reaction(M::NAME, tenant, event.position),
            // Tells the commands apart that follow from one event.
            Some(id) => command_id_of_reaction(&format!("{}/{id}", M::NAME), tenant, event.position),
        };
        let mut ctx = self.commands.context(tenant, UserId(event.actor), Channel::ProcessManager, event.correlation_id).await?;
        ctx.command_id = Some(command_id);
        ctx.causation_id = Some(event_id(tenant, event.position));
        match unpanicked(self.commands.run(&ctx, asked.use_case)).await {
            Err(Failure::Refused(refused)) => {
                batch.met(command_id.0, &asked, *refused);
                Ok(())
            }
            Err(failure) => Err(failure),
            Ok(_) => Ok(()),
        }
    }

    /// From the log, because no read model may be behind: every order that any invoice ever counted against.
    async fn invoiced_orders(&self, tenant: TenantId) -> sqlx::Result<Vec<PurchaseOrderId>> {
        let query = "select distinct aggregate_id from es.events \
                     where tenant_id = $1 and aggregate_type = $2 and event_type = 'PurchaseOrderBilled' order by 1";
        let mut tx = self.database.read(tenant).await?;
        let ids: Vec<Uuid> = sqlx::query_scalar(query).bind(tenant.0).bind(PurchaseOrder::TYPE).fetch_all(&mut *tx).await?;
        Ok(ids.into_iter().map(PurchaseOrderId).collect())
    }

    /// Rounds that wait for a rate; `None` before all that were asked before `position` are known. A round that is asked later
    /// has read the rate itself.
    async fn unrated(&self, tenant: TenantId, position: i64) -> sqlx::Result<Option<Vec<ApprovalId>>> {
        let mut tx = self.database.read(tenant).await?;
        let known = checkpoint::lowest(&mut tx, &["approvals"]).await?;
        if known < position { Ok(None) } else { approval::unrated(&mut tx).await.map(Some) }
    }

    /// What is still to be paid to a vendor, and to all that are one with it by now; `None` before all that came in before `position` is
    /// known. What comes in later is compared with all of it.
    async fn open_of_merged(&self, tenant: TenantId, vendor: VendorId, position: i64) -> sqlx::Result<Option<Vec<InvoiceId>>> {
        let mut tx = self.database.read(tenant).await?;
        let known = checkpoint::lowest(&mut tx, &["invoices", "vendors"]).await?;
        if known < position { Ok(None) } else { invoice::open_of_merged(&mut tx, vendor).await.map(Some) }
    }

    async fn read(&self, tx: &mut TenantTx, after: i64, limit: i64) -> Result<Vec<Seen<M>>, ProjectionError> {
        let query = "select position, aggregate_type, aggregate_id, sequence, event_type, event_version, actor_id, correlation_id, \
                     case when event_type = any ($4) then case when $5 then payload::text else '' end end as payload \
                     from es.events where tenant_id = $1 and position > $2 order by position limit $3";
        let tenant = tx.tenant();
        let query = sqlx::query(query).bind(tenant.0).bind(after).bind(limit).bind(M::TRIGGERS).bind(M::READS_PAYLOADS);
        let rows = query.fetch_all(&mut **tx).await?;
        let mut expected = after;
        rows.iter()
            .map(|row| {
                expected += 1;
                seen(row, expected)
            })
            .collect()
    }
}

fn unavailable(error: sqlx::Error) -> Failure {
    Failure::Unavailable(error.to_string())
}

fn seen<M: Manager>(row: &PgRow, expected: i64) -> Result<Seen<M>, ProjectionError> {
    let position: i64 = row.try_get("position")?;
    if position != expected {
        return Err(ProjectionError::Gap { expected, found: position });
    }
    let reaction = match row.try_get::<Option<String>, _>("payload")? {
        None => None,
        Some(payload) => {
            let stored = StoredEvent {
                sequence: row.try_get("sequence")?,
                position,
                event_type: row.try_get("event_type")?,
                event_version: row.try_get("event_version")?,
                payload,
            };
            M::to(row.try_get("aggregate_type")?, row.try_get("aggregate_id")?, &stored)
                .map_err(|e| ProjectionError::Poison { position, reason: e.to_string() })?
        }
    };
    Ok(Seen { position, correlation_id: row.try_get("correlation_id")?, actor: row.try_get("actor_id")?, reaction })
}
