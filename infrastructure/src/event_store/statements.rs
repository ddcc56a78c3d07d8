//! The two calls that append: the fast one, whose numbers the database verifies, and the careful one, which decides
//! write by write.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use quittance_application::ports::{AppendError, Appended, HeldClaim, NewSnapshot};
use quittance_domain::ids::TenantId;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Executor, Row};
use uuid::Uuid;

use super::batch::Job;

const APPEND: &str = "select es.append($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17)";
const APPEND_WITH_FACTS: &str = "select es.append($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17), \
     es.append_facts($18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28), es.still_at($29,$30,$31)";
const APPEND_CHECKED: &str = "select write, status, first_position, holder, claim from es.append_checked(\
     $1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30)";
const KEEP_SNAPSHOTS: &str = "select es.keep_snapshots($1,$2,$3,$4,$5)";

/// What each write of a batch is answered.
pub type Verdicts = Vec<Result<Appended, AppendError>>;

/// Columns of the events of a batch, in order.
#[derive(Default)]
struct Events<'a> {
    write: Vec<i32>,
    tenant: Vec<Uuid>,
    aggregate_type: Vec<&'a str>,
    aggregate: Vec<Uuid>,
    sequence: Vec<i64>,
    event_type: Vec<&'a str>,
    version: Vec<i16>,
    payload: Vec<&'a str>,
    metadata: Vec<&'a str>,
    actor: Vec<Uuid>,
    command: Vec<Option<Uuid>>,
    correlation: Vec<Uuid>,
    causation: Vec<Option<Uuid>>,
    digest: Vec<&'a [u8]>,
}

impl<'a> Events<'a> {
    fn of(batch: &'a [Job]) -> Self {
        let mut columns = Self::default();
        for (index, job) in batch.iter().enumerate() {
            for (ordinal, event) in job.write.events.iter().enumerate() {
                let first = ordinal == 0;
                columns.write.push(index as i32 + 1);
                columns.tenant.push(job.write.tenant.0);
                columns.aggregate_type.push(event.aggregate_type);
                columns.aggregate.push(event.aggregate_id);
                columns.sequence.push(event.sequence);
                columns.event_type.push(event.event_type);
                columns.version.push(event.event_version);
                columns.payload.push(&event.payload);
                columns.metadata.push(if first { &job.write.first_metadata } else { &job.write.metadata });
                columns.actor.push(job.write.actor.0);
                columns.command.push(job.write.command_id.filter(|_| first));
                columns.correlation.push(job.write.correlation_id);
                columns.causation.push(job.write.causation_id);
                columns.digest.push(&job.digests[ordinal]);
            }
        }
        columns
    }
}

/// Columns of the unique facts that a batch takes or frees.
#[derive(Default)]
struct Facts<'a> {
    write: Vec<i32>,
    tenant: Vec<Uuid>,
    key: Vec<&'a str>,
    on: Vec<PgDate>,
    holder: Vec<Uuid>,
}

impl<'a> Facts<'a> {
    fn of(batch: &'a [Job], held: impl Fn(&'a Job) -> &'a [HeldClaim]) -> Self {
        let mut columns = Self::default();
        for (index, job) in batch.iter().enumerate() {
            for fact in held(job) {
                columns.write.push(index as i32 + 1);
                columns.tenant.push(job.write.tenant.0);
                columns.key.push(&fact.claim.key);
                columns.on.push(PgDate(fact.claim.on));
                columns.holder.push(fact.holder);
            }
        }
        columns
    }
}

/// A date, or `-infinity` for a claim without one.
#[derive(Clone, Copy)]
struct PgDate(Option<NaiveDate>);

impl sqlx::Type<sqlx::Postgres> for PgDate {
    fn type_info() -> sqlx::postgres::PgTypeInfo {
        <NaiveDate as sqlx::Type<sqlx::Postgres>>::type_info()
    }
}

impl sqlx::postgres::PgHasArrayType for PgDate {
    fn array_type_info() -> sqlx::postgres::PgTypeInfo {
        <NaiveDate as sqlx::postgres::PgHasArrayType>::array_type_info()
    }
}

impl sqlx::Encode<'_, sqlx::Postgres> for PgDate {
    fn encode_by_ref(&self, buffer: &mut sqlx::postgres::PgArgumentBuffer) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        match self.0 {
            Some(date) => sqlx::Encode::<sqlx::Postgres>::encode_by_ref(&date, buffer),
            // The wire's own value for a date's -infinity.
            None => sqlx::Encode::<sqlx::Postgres>::encode_by_ref(&i32::MIN, buffer),
        }
    }
}

/// The aggregates that a batch has read and not changed, each at the sequence it was read at.
#[derive(Default)]
struct Reads {
    tenant: Vec<Uuid>,
    aggregate: Vec<Uuid>,
    base: Vec<i64>,
}

impl Reads {
    fn of(batch: &[Job]) -> Self {
        let mut columns = Self::default();
        for job in batch {
            for (aggregate, base) in &job.write.reads {
                columns.tenant.push(job.write.tenant.0);
                columns.aggregate.push(*aggregate);
                columns.base.push(*base);
            }
        }
        columns
    }
}

#[derive(Default)]
struct Originals<'a> {
    write: Vec<i32>,
    tenant: Vec<Uuid>,
    sha256: Vec<&'a [u8]>,
    bytes: Vec<&'a [u8]>,
}

impl<'a> Originals<'a> {
    fn of(batch: &'a [Job]) -> Self {
        let mut columns = Self::default();
        for (index, job) in batch.iter().enumerate() {
            for original in &job.write.originals {
                columns.write.push(index as i32 + 1);
                columns.tenant.push(job.write.tenant.0);
                columns.sha256.push(&original.sha256);
                columns.bytes.push(&original.bytes);
            }
        }
        columns
    }
}

/// Appends the whole batch or nothing. `heads` must know every tenant of it; they are advanced on success.
pub async fn append_fast(connection: &mut PgConnection, batch: &[Job], heads: &mut HashMap<TenantId, i64>) -> sqlx::Result<Verdicts> {
    let mut next: Vec<(TenantId, i64, i64)> = Vec::new();
    let (mut positions, mut verdicts) = (Vec::new(), Vec::with_capacity(batch.len()));
    for job in batch {
        let index = next.iter().position(|(t, ..)| *t == job.tenant()).unwrap_or_else(|| {
            let head = heads.get(&job.tenant()).copied().unwrap_or_default();
            next.push((job.tenant(), head, head));
            next.len() - 1
        });
        let (first, last) = (next[index].2 + 1, next[index].2 + job.write.events.len() as i64);
        positions.extend(first..=last);
        next[index].2 = last;
        verdicts.push(Ok(Appended { first_position: first, last_position: last }));
    }
    let events = Events::of(batch);
    let (release, take) = (Facts::of(batch, |j| &j.write.release), Facts::of(batch, |j| &j.write.take));
    let originals = Originals::of(batch);
    let reads = Reads::of(batch);
    let plain = release.key.is_empty() && take.key.is_empty() && originals.bytes.is_empty() && reads.aggregate.is_empty();
    let query = sqlx::query(if plain { APPEND } else { APPEND_WITH_FACTS })
        .bind(next.iter().map(|n| n.0.0).collect::<Vec<_>>())
        .bind(next.iter().map(|n| n.1).collect::<Vec<_>>())
        .bind(next.iter().map(|n| n.2).collect::<Vec<_>>())
        .bind(&events.tenant)
        .bind(&positions)
        .bind(&events.aggregate_type)
        .bind(&events.aggregate)
        .bind(&events.sequence)
        .bind(&events.event_type)
        .bind(&events.version)
        .bind(&events.payload)
        .bind(&events.metadata)
        .bind(&events.actor)
        .bind(&events.command)
        .bind(&events.correlation)
        .bind(&events.causation)
        .bind(&events.digest);
    let query = if plain {
        query
    } else {
        query
            .bind(&release.tenant)
            .bind(&release.key)
            .bind(&release.on)
            .bind(&release.holder)
            .bind(&take.tenant)
            .bind(&take.key)
            .bind(&take.on)
            .bind(&take.holder)
            .bind(&originals.tenant)
            .bind(&originals.sha256)
            .bind(&originals.bytes)
            .bind(&reads.tenant)
            .bind(&reads.aggregate)
            .bind(&reads.base)
    };
    connection.execute(query).await?;
    heads.extend(next.into_iter().map(|(tenant, _, last)| (tenant, last)));
    Ok(verdicts)
}

/// Decides write by write under the heads' locks; learns the heads on the way.
pub async fn append_checked(connection: &mut PgConnection, batch: &[Job], heads: &mut HashMap<TenantId, i64>) -> sqlx::Result<Verdicts> {
    let events = Events::of(batch);
    let (release, take) = (Facts::of(batch, |j| &j.write.release), Facts::of(batch, |j| &j.write.take));
    let originals = Originals::of(batch);
    let seen = |job: &Job| job.streams.iter().chain(&job.write.reads).copied().collect::<Vec<_>>();
    let streams: Vec<(i32, Uuid, i64)> =
        batch.iter().enumerate().flat_map(|(i, job)| seen(job).into_iter().map(move |(id, base)| (i as i32 + 1, id, base))).collect();
    let rows = sqlx::query(APPEND_CHECKED)
        .bind(batch.iter().map(|j| j.write.tenant.0).collect::<Vec<_>>())
        .bind(batch.iter().map(|j| j.write.command_id).collect::<Vec<_>>())
        .bind(batch.iter().map(|j| j.write.events.len() as i32).collect::<Vec<_>>())
        .bind(streams.iter().map(|s| s.0).collect::<Vec<_>>())
        .bind(streams.iter().map(|s| s.1).collect::<Vec<_>>())
        .bind(streams.iter().map(|s| s.2).collect::<Vec<_>>())
        .bind(&release.write)
        .bind(&release.key)
        .bind(&release.on)
        .bind(&release.holder)
        .bind(&take.write)
        .bind(&take.key)
        .bind(&take.on)
        .bind(&take.holder)
        .bind(&originals.write)
        .bind(&originals.sha256)
        .bind(&originals.bytes)
        .bind(&events.write)
        .bind(&events.aggregate_type)
        .bind(&events.aggregate)
        .bind(&events.sequence)
        .bind(&events.event_type)
        .bind(&events.version)
        .bind(&events.payload)
        .bind(&events.metadata)
        .bind(&events.actor)
        .bind(&events.command)
        .bind(&events.correlation)
        .bind(&events.causation)
        .bind(&events.digest)
        .fetch_all(&mut *connection)
        .await?;
    let claims: Vec<&HeldClaim> = batch.iter().flat_map(|j| &j.write.take).collect();
    for job in batch {
        heads.remove(&job.tenant());
    }
    batch.iter().zip(&rows).map(|(job, row)| verdict(job, row, &claims, heads)).collect()
}

fn verdict(
    job: &Job,
    row: &PgRow,
    claims: &[&HeldClaim],
    heads: &mut HashMap<TenantId, i64>,
) -> sqlx::Result<Result<Appended, AppendError>> {
    let status: i32 = row.try_get("status")?;
    Ok(match status {
        0 => {
            let first_position: i64 = row.try_get("first_position")?;
            let last_position = first_position + job.write.events.len() as i64 - 1;
            heads.insert(job.tenant(), last_position);
            Ok(Appended { first_position, last_position })
        }
        2 => Err(AppendError::CommandKnown),
        3 => Err(AppendError::TenantUnknown),
        4 => {
            let (holder, claim): (Uuid, i32) = (row.try_get("holder")?, row.try_get("claim")?);
            match claims.get(claim as usize - 1) {
                Some(held) => Err(AppendError::Claimed { claim: held.claim.clone(), holder }),
                None => Err(AppendError::Conflict),
            }
        }
        _ => Err(AppendError::Conflict),
    })
}

/// Snapshots are disposable, so they are kept outside the commit that callers wait for.
pub async fn keep_snapshots(connection: &mut PgConnection, kept: &[(TenantId, NewSnapshot)]) -> sqlx::Result<()> {
    // Several writes of a batch may have come to one of the same aggregate: the last one counts.
    let newest: BTreeMap<_, _> = kept.iter().map(|(tenant, s)| ((tenant.0, s.aggregate_id, s.state_version), s.sequence)).collect();
    let is_newest = |(tenant, s): &&(TenantId, NewSnapshot)| newest.get(&(tenant.0, s.aggregate_id, s.state_version)) == Some(&s.sequence);
    let kept: Vec<&(TenantId, NewSnapshot)> = kept.iter().filter(is_newest).collect();
    let query = sqlx::query(KEEP_SNAPSHOTS)
        .bind(kept.iter().map(|(tenant, _)| tenant.0).collect::<Vec<_>>())
        .bind(kept.iter().map(|(_, s)| s.aggregate_id).collect::<Vec<_>>())
        .bind(kept.iter().map(|(_, s)| s.state_version).collect::<Vec<_>>())
        .bind(kept.iter().map(|(_, s)| s.sequence).collect::<Vec<_>>())
        .bind(kept.iter().map(|(_, s)| s.state.as_str()).collect::<Vec<_>>());
    connection.execute(query).await.map(drop)
}
