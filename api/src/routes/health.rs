//! Health and metrics, for machines.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::app::App;

/// The process runs.
pub async fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

/// The database answers and no read model stands still.
pub async fn ready(State(app): State<App>) -> (StatusCode, Json<Value>) {
    match app.standing.poisoned().await {
        Some(0) => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Some(poisoned) => (StatusCode::OK, Json(json!({ "status": "degraded", "poisoned": poisoned }))),
        None => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "unavailable" }))),
    }
}

/// Prometheus text.
pub async fn metrics(State(app): State<App>) -> String {
    metrics::gauge!("quittance_append_waiting_writes").set(app.system.committer.waiting() as f64);
    metrics::gauge!("quittance_requests_in_flight").set((app.system.settings.in_flight - app.in_flight.available_permits()) as f64);
    let poisoned = app.standing.poisoned().await;
    metrics::gauge!("quittance_database_up").set(if poisoned.is_some() { 1.0 } else { 0.0 });
    if let Some(poisoned) = poisoned {
        metrics::gauge!("quittance_projections_stopped").set(poisoned as f64);
        for lag in app.standing.figures().await.into_iter().flat_map(|figures| figures.lags) {
            metrics::gauge!("quittance_projection_lag_events", "projector" => lag.projector).set(lag.events as f64);
        }
    }
    app.metrics.render()
}
