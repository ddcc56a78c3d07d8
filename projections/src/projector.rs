//! What a read model is to the runtime: a name, a version, its tables, and a fold of events into rows.

use std::any::{Any, TypeId};
use std::collections::HashMap;

use quittance_application::ports::Later;
use quittance_infrastructure::database::TenantTx;

use crate::fact::Recorded;
use crate::rows::{Row, Rows};

#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The log itself is not whole, or a reader skipped: an alarm, never passed over.
    #[error("event {expected} is missing: the next one is {found}")]
    Gap { expected: i64, found: i64 },
    /// This event cannot be projected.
    #[error("event {position} cannot be projected: {reason}")]
    Poison { position: i64, reason: String },
    #[error("a projector panicked: {0}")]
    Panicked(String),
}

/// Folds the events of one tenant, in order, into rows of `tables`. The transaction belongs to the runtime.
pub trait Projector: Send + Sync {
    fn name(&self) -> &'static str;
    /// Goes up when the rows change their meaning or shape: the read model is rebuilt then.
    fn version(&self) -> i32 {
        1
    }
    /// The kinds of aggregates whose events it folds; all where none is named.
    fn folds(&self) -> &'static [&'static str] {
        &[]
    }
    /// Unqualified: the connection's search path says whether they are live or shadow.
    fn tables(&self) -> &'static [&'static str];
    /// Those of them that it searches while it projects, by other than their key: a replay needs their indexes too.
    fn searches(&self) -> &'static [&'static str] {
        &[]
    }
    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>>;
}

/// Rows that a worker still remembers from the batch before. The runtime empties it whenever another worker may have
/// written since, so what is here is what the database holds.
#[derive(Default)]
pub struct Memory(HashMap<TypeId, Box<dyn Any + Send>>);

impl Memory {
    pub fn rows<R: Row>(&mut self) -> &mut Rows<R> {
        let rows = self.0.entry(TypeId::of::<R>()).or_insert_with(|| Box::new(Rows::<R>::default()));
        // The key is the type's own id, so the downcast cannot fail; a fresh store would only cost a read.
        if !rows.is::<Rows<R>>() {
            *rows = Box::new(Rows::<R>::default());
        }
        rows.downcast_mut().unwrap_or_else(|| unreachable!("the slot was just filled with this type"))
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}
