//! What every handler can reach.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;

use crate::limits::BODIES_BYTES_MAX;
use crate::pace::Pace;
use crate::standing::Standing;
use crate::system::System;

#[derive(Clone)]
pub struct App(Arc<Shared>);

pub struct Shared {
    pub system: Arc<System>,
    /// Requests that are being worked on hold one each.
    pub in_flight: Semaphore,
    /// Those of them that only wait for events hold one of these: a quarter at most.
    pub waiting: Semaphore,
    /// Each byte of a large body that is in memory holds one.
    pub bodies: Arc<Semaphore>,
    /// How fast each key may be.
    pub pace: Option<Pace>,
    pub metrics: PrometheusHandle,
    pub standing: Standing,
}

impl App {
    pub fn new(system: Arc<System>, metrics: PrometheusHandle) -> Self {
        let in_flight = Semaphore::new(system.settings.in_flight);
        let waiting = Semaphore::new(system.settings.in_flight / 4);
        let bodies = Arc::new(Semaphore::new(BODIES_BYTES_MAX));
        let pace = Pace::of(system.settings.rate_per_key);
        let standing = Standing::of(system.database.clone());
        Self(Arc::new(Shared { system, in_flight, waiting, bodies, pace, metrics, standing }))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}
