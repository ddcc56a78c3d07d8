//! Projectors with something around them that may strike, before and after their own work.

use std::sync::Arc;

use quittance_application::ports::Later;
use quittance_infrastructure::database::TenantTx;
use quittance_projections::{Memory, ProjectionError, Projector, Recorded};

use crate::works::Projectors;

/// Before a projector's own work; or after it, and before its checkpoint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Passing {
    Before(&'static str),
    After(&'static str),
}

pub trait Hook: Send + Sync + 'static {
    fn passes<'a>(&'a self, at: Passing, tx: &'a mut TenantTx, events: &'a [Recorded]) -> Later<'a, Result<(), ProjectionError>>;
}

pub fn around<H: Hook>(projectors: &[Arc<dyn Projector>], hook: Arc<H>) -> Projectors {
    projectors.iter().map(|p| Arc::new(Around { inner: p.clone(), hook: hook.clone() }) as Arc<dyn Projector>).collect()
}

struct Around<H> {
    inner: Arc<dyn Projector>,
    hook: Arc<H>,
}

impl<H: Hook> Projector for Around<H> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn version(&self) -> i32 {
        self.inner.version()
    }

    fn tables(&self) -> &'static [&'static str] {
        self.inner.tables()
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            self.hook.passes(Passing::Before(self.name()), tx, events).await?;
            self.inner.project(tx, memory, events).await?;
            self.hook.passes(Passing::After(self.name()), tx, events).await
        })
    }
}
