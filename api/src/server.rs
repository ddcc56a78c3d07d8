//! The HTTP server: listens, serves, and on the way out lets what has begun end.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::serve::ListenerExt;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use crate::app::App;
use crate::routes::router;
use crate::system::System;

/// How long running requests get once the server is told to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Serves until `stop` resolves.
pub async fn run(system: Arc<System>, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
    let stopping = system.stopping.clone();
    let app = App::new(system, recorder()?);
    let service = router(app)?.into_make_service_with_connect_info::<SocketAddr>();
    let told = stopping.clone();
    let stop = async move {
        tokio::select! {
            () = stop => {}
            () = told.cancelled() => {}
        }
        // Streams that would never end see this and end.
        told.cancel();
    };
    // An answer leaves when it is written: nothing waits for more of it.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection gathers small packets");
        }
    });
    let serving = axum::serve(listener, service).with_graceful_shutdown(stop).into_future();
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => ended?,
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
        Ok(handle) => handle,
        Err(error) => RECORDER.get().cloned().ok_or(error)?,
    };
    Ok(RECORDER.get_or_init(|| handle).clone())
}
