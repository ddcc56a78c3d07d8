//! Read models with one row an aggregate: its events folded in order, one read and one write a batch.

use std::collections::HashSet;
use std::marker::PhantomData;

use cqrs_es::Aggregate;
use quittance_application::ports::Later;
use quittance_domain::Root;
use quittance_infrastructure::database::TenantTx;
use uuid::Uuid;

use crate::fact::{Fact, Recorded};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::rows::{Row, Rows};

pub type EventOf<R> = <<R as AggregateRow>::Root as Aggregate>::Event;

/// A row that one aggregate is folded into.
pub trait AggregateRow: Row<Key = Uuid> {
    type Root: Root;
    fn event(fact: &Fact) -> Option<&EventOf<Self>>;
    /// The row that an aggregate's first event makes; `None` if an aggregate cannot begin with it.
    fn begin(event: &EventOf<Self>, at: &Recorded) -> Option<Self>;
    fn fold(&mut self, event: &EventOf<Self>, at: &Recorded);
    /// How many events of the aggregate the row shows.
    fn version(&self) -> i64;
    fn stamp(&mut self, version: i64, position: i64);
}

/// Implements [`AggregateRow`] for a row with the columns `version` and `position` and the methods `began` and `on`.
#[macro_export]
macro_rules! aggregate_row {
    ($row:ty, $root:ty, $fact:ident) => {
        impl $crate::aggregate_row::AggregateRow for $row {
            type Root = $root;
            fn event(fact: &$crate::Fact) -> Option<&$crate::aggregate_row::EventOf<Self>> {
                match fact {
                    $crate::Fact::$fact(event) => Some(event),
                    _ => None,
                }
            }
            fn begin(event: &$crate::aggregate_row::EventOf<Self>, at: &$crate::Recorded) -> Option<Self> {
                Self::began(event, at)
            }
            fn fold(&mut self, event: &$crate::aggregate_row::EventOf<Self>, at: &$crate::Recorded) {
                self.on(event, at);
            }
            fn version(&self) -> i64 {
                self.version
            }
            fn stamp(&mut self, version: i64, position: i64) {
                (self.version, self.position) = (version, position);
            }
        }
    };
}

/// The projector of a table of such rows; both have one name.
pub struct PerAggregate<R>(PhantomData<fn() -> R>);

impl<R> Default for PerAggregate<R> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<R: AggregateRow> Projector for PerAggregate<R> {
    fn name(&self) -> &'static str {
        R::TABLE
    }

    /// Its rows hold the state of the root.
    fn version(&self) -> i32 {
        R::Root::STATE_VERSION
    }

    fn tables(&self) -> &'static [&'static str] {
        const { &[R::TABLE] }
    }

    fn folds(&self) -> &'static [&'static str] {
        const { &[<R::Root as Aggregate>::TYPE] }
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let rows = memory.rows::<R>();
            rows.fetch(tx, begun_before(events, |fact| R::event(fact).is_some())).await?;
            for at in events {
                if let Some(event) = R::event(&at.fact) {
                    fold(rows, event, at)?;
                }
            }
            rows.flush(tx).await
        })
    }
}

/// The aggregates that `events` touch and do not begin: those whose rows must be read.
pub(crate) fn begun_before(events: &[Recorded], wanted: impl Fn(&Fact) -> bool) -> HashSet<Uuid> {
    let (mut begun, mut touched) = (HashSet::new(), HashSet::new());
    for at in events.iter().filter(|at| wanted(&at.fact)) {
        if at.is_first() {
            begun.insert(at.aggregate_id);
        } else if !begun.contains(&at.aggregate_id) {
            touched.insert(at.aggregate_id);
        }
    }
    touched
}

/// Folds one event. The row must show exactly the events before it: anything else is never passed over.
pub(crate) fn fold<R: AggregateRow>(rows: &mut Rows<R>, event: &EventOf<R>, at: &Recorded) -> Result<(), ProjectionError> {
    if at.is_first() {
        let mut row = R::begin(event, at).ok_or_else(|| poison(at, "no aggregate begins with this event"))?;
        row.stamp(at.sequence, at.position);
        rows.put(row);
        return Ok(());
    }
    let row = rows.change(&at.aggregate_id).ok_or_else(|| poison(at, "its aggregate has no row"))?;
    if row.version() + 1 != at.sequence {
        let reason = format!("the row shows version {}, the event is {}", row.version(), at.sequence);
        return Err(poison(at, &reason));
    }
    row.fold(event, at);
    row.stamp(at.sequence, at.position);
    Ok(())
}

pub(crate) fn poison(at: &Recorded, reason: &str) -> ProjectionError {
    ProjectionError::Poison { position: at.position, reason: reason.to_owned() }
}
