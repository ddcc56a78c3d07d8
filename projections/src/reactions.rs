//! The runner of process managers: for each event that asks for it, one command whose id follows from the event.
//!
//! Each manager has a checkpoint of its own, so that one that cannot go on stops nobody else.
//!
//! The checkpoint moves after the commands are durable. A crash in between runs them again, which changes nothing.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cqrs_es::Aggregate;
use futures::StreamExt;
use quittance_application::context::{command_id_of_reaction, event_id};
use quittance_application::matching::MatchOrder;
use quittance_application::ports::StoredEvent;
use quittance_application::reaction::Manager;
use quittance_application::{Channel, Commands, Context, Failure, UseCase};
use quittance_domain::ids::{PurchaseOrderId, TenantId, UserId};
use quittance_domain::purchase_order::PurchaseOrder;
use quittance_infrastructure::database::{Database, TenantTx};
use quittance_infrastructure::event_store::CommitFeed;
use sqlx::Row;
use sqlx::postgres::PgRow;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::checkpoint;
use crate::progress::Progress;
use crate::projector::ProjectionError;
use crate::worker::{holding, keep_at_work, unpanicked};

const BATCH_EVENTS: i64 = 500;
/// Lanes at once: their commands share the store's group commits.
const LANES: usize = 16;
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

impl<M: Manager> Reactions<M> {
    pub fn start(self: Arc<Self>, stop: CancellationToken) -> JoinHandle<()> {
        let stopping = stop.clone();
        keep_at_work(M::NAME, stop, move || {
            let (reactions, stop) = (self.clone(), stopping.clone());
            async move { reactions.run(stop).await }
        })
    }

    async fn run(&self, stop: CancellationToken) {
        let mut changes = self.feed.changes();
        while !stop.is_cancelled() {
            match self.pass().await {
                Ok(true) => {
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "reactions wait"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                changed = changes.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(POLL_EVERY) => {}
            }
        }
    }

    async fn pass(&self) -> Result<bool, ProjectionError> {
        let mut moved = false;
        for tenant in self.database.tenants_behind(&[M::NAME]).await? {
            match self.batch(tenant).await {
                Ok(on) => moved |= on,
                // The next tenant may fare better.
                Err(error) => tracing::warn!(%tenant, %error, manager = M::NAME, "this tenant's reactions wait"),
            }
        }
        Ok(moved)
    }

    async fn batch(&self, tenant: TenantId) -> Result<bool, ProjectionError> {
        let mut tx = self.database.project(tenant).await?;
        let held = checkpoint::take(&mut tx, &[(M::NAME, 1)]).await?;
        let Some(from) = held.first().map(|c| c.position) else { return Ok(false) };
        let seen = self.read(&mut tx, from).await?;
        let (mut reached, mut behind) = (from, false);
        for together in seen.chunk_by(|one, next| one.is_apart() && next.is_apart()) {
            if let Err((position, error)) = holding(&mut tx, self.react_together(tenant, together)).await? {
                reached = position - 1;
                if matches!(error, Failure::Behind) {
                    behind = true;
                    break;
                }
                if reached > from {
                    checkpoint::advance(&mut tx, &[M::NAME], reached).await?;
                }
                checkpoint::bury(&mut tx, M::NAME, position, &error.to_string()).await?;
                tx.commit().await?;
                tracing::error!(%tenant, position, %error, "a reaction failed and will be tried again");
                return Ok(false);
            }
            reached = together.last().map_or(reached, |event| event.position);
        }
        if reached > from {
            checkpoint::advance(&mut tx, &[M::NAME], reached).await?;
            tx.commit().await?;
            self.progress.record(M::NAME, tenant, reached);
        }
        if behind {
            // A read model that it waits for gets there in its own time; nothing is held meanwhile.
            tokio::time::sleep(BREATH).await;
        }
        Ok(reached > from)
    }

    /// Carries out what these events ask for: one by one in each lane, the lanes beside each other. Answers the first that
    /// failed; what others after it have done is found done when they are carried out again.
    async fn react_together(&self, tenant: TenantId, events: &[Seen<M>]) -> Result<(), (i64, Failure)> {
        let mut lanes: BTreeMap<Uuid, Vec<(&Seen<M>, &M)>> = BTreeMap::new();
        for event in events {
            let Some(reaction) = &event.reaction else { continue };
            match reaction.lane() {
                Some(lane) => lanes.entry(lane).or_default().push((event, reaction)),
                None => self.react(tenant, event, reaction).await.map_err(|error| (event.position, error))?,
            }
        }
        let failed = AtomicBool::new(false);
        let lanes = lanes.into_values().map(|lane| self.in_lane(tenant, lane, &failed)).collect::<Vec<_>>();
        let ends: Vec<_> = futures::stream::iter(lanes).buffer_unordered(LANES).collect().await;
        ends.into_iter().filter_map(Result::err).min_by_key(|(position, _)| *position).map_or(Ok(()), Err)
    }

    async fn in_lane(&self, tenant: TenantId, lane: Vec<(&Seen<M>, &M)>, failed: &AtomicBool) -> Result<(), (i64, Failure)> {
        for (event, reaction) in lane {
            // What cannot be done now is not tried by every other lane as well.
            let failure = match failed.load(Ordering::Relaxed) {
                true => Some(Failure::Behind),
                false => self.carry_out(tenant, event, M::NAME, reaction).await.err(),
            };
            if let Some(failure) = failure {
                failed.store(true, Ordering::Relaxed);
                return Err((event.position, failure));
            }
        }
        Ok(())
    }

    async fn react(&self, tenant: TenantId, event: &Seen<M>, reaction: &M) -> Result<(), Failure> {
        if !reaction.concerns_every_order() {
            return self.carry_out(tenant, event, M::NAME, reaction).await;
        }
        let orders = self.invoiced_orders(tenant).await.map_err(|e| Failure::Unavailable(e.to_string()))?;
        let matches = orders.into_iter().map(|id| async move {
            let manager = format!("{}/{id}", M::NAME);
            self.carry_out(tenant, event, &manager, &MatchOrder { id }).await
        });
        let mut matches = futures::stream::iter(matches.collect::<Vec<_>>()).buffer_unordered(LANES);
        while let Some(done) = matches.next().await {
            done?;
        }
        Ok(())
    }

    /// `manager` tells the commands apart that follow from one event.
    async fn carry_out<U: UseCase>(&self, tenant: TenantId, event: &Seen<M>, manager: &str, use_case: &U) -> Result<(), Failure> {
        let now = self.commands.ports().edge.now();
        let mut ctx = Context::new(tenant, UserId(event.actor), now, Channel::ProcessManager, event.correlation_id)
            .with_command_id(command_id_of_reaction(manager, tenant, event.position));
        ctx.causation_id = Some(event_id(tenant, event.position));
        match unpanicked(self.commands.run(&ctx, use_case)).await {
            // The world has moved on and the reaction no longer applies, such as approving what was voided meanwhile.
            Err(Failure::Refused(refused)) => {
                tracing::warn!(%tenant, position = event.position, code = refused.code, "a reaction was refused");
                metrics::counter!("quittance_reactions_refused_total", "code" => refused.code).increment(1);
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

    async fn read(&self, tx: &mut TenantTx, after: i64) -> Result<Vec<Seen<M>>, ProjectionError> {
        let query = "select position, aggregate_type, aggregate_id, sequence, event_type, event_version, actor_id, correlation_id, \
                     case when event_type = any ($4) then case when $5 then payload::text else '' end end as payload \
                     from es.events where tenant_id = $1 and position > $2 order by position limit $3";
        let tenant = tx.tenant();
        let query = sqlx::query(query).bind(tenant.0).bind(after).bind(BATCH_EVENTS).bind(M::TRIGGERS).bind(M::READS_PAYLOADS);
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
