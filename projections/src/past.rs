//! Read models as they were known at a moment: the log up to then is projected once more, into tables that last as long as the question.
//!
//! Rows of the present do not say what they were, and a copy of each change would double what every projector writes for questions that
//! auditors ask now and then. So who asks pays, up to a bound; the projectors and the queries are those of the present.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::{Database, TenantTx};

use crate::projector::{Memory, ProjectionError, Projector};
use crate::rebuild::tables;
use crate::runtime::project;
use crate::source::events_until;

/// Of the kinds that the read models are made of. More would keep the caller, and a connection, for more than half a minute.
pub const EVENTS_MAX: i64 = 200_000;
const BATCH_EVENTS: i64 = 2_000;

#[derive(Debug, thiserror::Error)]
pub enum PastError {
    #[error("more than {EVENTS_MAX} events lead to it")]
    TooMuch,
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A transaction in which the tables of `projectors` hold what the tenant's log said at `known_at`, and the position that it had then.
pub async fn past(
    database: &Database,
    projectors: &[Arc<dyn Projector>],
    tenant: TenantId,
    known_at: DateTime<Utc>,
) -> Result<(TenantTx, i64), PastError> {
    let mut tx = database.recall(tenant).await?;
    let upto = position_at(&mut tx, known_at).await?;
    let kinds = kinds_of(projectors);
    if are_too_many(&mut tx, upto, &kinds).await? {
        return Err(PastError::TooMuch);
    }
    for table in tables(projectors) {
        sqlx::query("call ops.recall($1)").bind(table).execute(&mut *tx).await?;
    }
    let (mut memory, mut position) = (Memory::default(), 0);
    loop {
        let events = events_until(&mut tx, position, upto, &kinds, BATCH_EVENTS).await?;
        let Some(last) = events.last() else { break };
        position = last.position;
        for projector in projectors {
            project(projector.as_ref(), &mut tx, &mut memory, &events).await?;
        }
    }
    sqlx::query("set transaction read only").execute(&mut *tx).await?;
    Ok((tx, upto))
}

/// The kinds of aggregates that `projectors` fold; none where one of them folds all.
fn kinds_of(projectors: &[Arc<dyn Projector>]) -> Vec<&'static str> {
    let each = projectors.iter().map(|projector| projector.folds());
    if each.clone().any(<[_]>::is_empty) { vec![] } else { each.flatten().copied().collect() }
}

/// What was recorded later has a later position.
async fn position_at(tx: &mut TenantTx, known_at: DateTime<Utc>) -> sqlx::Result<i64> {
    let tenant = tx.tenant();
    let query = "select position from es.events where tenant_id = $1 and recorded_at <= $2 order by position desc limit 1";
    Ok(sqlx::query_scalar(query).bind(tenant.0).bind(known_at).fetch_optional(&mut **tx).await?.unwrap_or_default())
}

async fn are_too_many(tx: &mut TenantTx, upto: i64, kinds: &[&str]) -> sqlx::Result<bool> {
    let tenant = tx.tenant();
    let query = "select count(*) > $4 from (select 1 from es.events where tenant_id = $1 and position <= $2 \
                   and (cardinality($3::text[]) = 0 or aggregate_type = any ($3)) limit $4 + 1) known";
    sqlx::query_scalar(query).bind(tenant.0).bind(upto).bind(kinds).bind(EVENTS_MAX).fetch_one(&mut **tx).await
}
