//! Connections: so many at once, each with a time within which a request's head must have come, each let end its request
//! when the server stops. `axum::serve` gives hyper no timer, so that there a client may send half a head and stay for ever.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// How long to wait where no connection can be accepted, as when the process has no descriptor left.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub at_once: usize,
    /// From when a connection is open, or has had its last answer, until the next request's head is there.
    pub head_within: Duration,
}

/// Serves until `stop` resolves and every request that had begun then has its answer.
pub async fn serve(listener: TcpListener, app: Router, bounds: Bounds, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(bounds.at_once));
    let (open, stopping) = (TaskTracker::new(), CancellationToken::new());
    tokio::pin!(stop);
    loop {
        let (connection, place) = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &places) => accepted,
        };
        open.spawn(converse(connection, app.clone(), bounds.head_within, stopping.clone(), place));
    }
    drop(listener);
    stopping.cancel();
    open.close();
    open.wait().await;
}

type Connection = (TcpStream, SocketAddr);

/// Beyond the bound callers wait in the system's queue.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (Connection, Option<OwnedSemaphorePermit>) {
    let place = places.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok(connection) => return (connection, place),
            Err(error) => refused(error).await,
        }
    }
}

async fn refused(error: io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    // These are about one caller, who has gone.
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "no connection can be accepted");
        tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
    }
}

async fn converse(
    (stream, address): Connection,
    app: Router,
    head_within: Duration,
    stopping: CancellationToken,
    _place: Option<OwnedSemaphorePermit>,
) {
    // An answer leaves when it is written: nothing waits for more of it.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection gathers small packets");
    }
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address));
        app.clone().oneshot(request)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head_within);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}
