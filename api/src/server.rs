//! The HTTP server: listens, serves, and on the way out lets what has begun end.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use crate::app::App;
use crate::connections::{self, Bounds};
use crate::figures;
use crate::routes::{probes, router};
use crate::system::System;

/// How long running requests get once the server is told to stop.
const GRACE: Duration = Duration::from_secs(20);
/// Longer than a load balancer keeps a connection that rests, usually 60 seconds: it is the one to close it.
const HEAD_WITHIN: Duration = Duration::from_secs(65);
/// Connections that rest cost little beside requests that run.
const CONNECTIONS_PER_PLACE: usize = 8;

/// Serves until `stop` resolves.
pub async fn run(system: Arc<System>, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
    let app = App::new(system, recorder()?);
    let service = router(app.clone())?;
    serve(app, service, listener, stop).await
}

/// The same server for who is in this process.
pub fn in_process(system: Arc<System>) -> anyhow::Result<Router> {
    router(App::new(system, recorder()?))
}

/// Says until `stop` resolves how a process is that serves nobody else.
pub async fn run_probes(system: Arc<System>, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
    let app = App::new(system, recorder()?);
    serve(app.clone(), probes().with_state(app), listener, stop).await
}

async fn serve(app: App, service: Router, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
    let stopping = app.system.stopping.clone();
    let bounds = Bounds { at_once: CONNECTIONS_PER_PLACE * app.system.settings.in_flight.max(1), head_within: HEAD_WITHIN };
    let told = stopping.clone();
    let stop = async move {
        tokio::select! {
            () = stop => {}
            () = told.cancelled() => {}
        }
        // Streams that would never end see this and end.
        told.cancel();
    };
    tokio::select! {
        () = connections::serve(listener, service, bounds, stop) => {}
        () = async { stopping.cancelled().await; tokio::time::sleep(GRACE).await } => tracing::warn!("some requests were cut off"),
    }
    Ok(())
}

/// One recorder a process, however many servers tests start in it.
fn recorder() -> anyhow::Result<PrometheusHandle> {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = RECORDER.get() {
        return Ok(handle.clone());
    }
    let buckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 50.0, 200.0, 1000.0];
    let handle = match PrometheusBuilder::new().set_buckets(&buckets)?.install_recorder() {
        Ok(handle) => {
            figures::describe();
            handle
        }
        Err(error) => RECORDER.get().cloned().ok_or(error)?,
    };
    Ok(RECORDER.get_or_init(|| handle).clone())
}
