//! The whole server: every operation behind its guards, and what surrounds them.

use axum::extract::DefaultBodyLimit;
use axum::{Router, middleware, routing};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::{console, decision_link, described, health, operations, problems, provider, signing_keys};
use crate::app::App;
use crate::auth::authenticate;
use crate::layers;
use crate::operations::Operations;

const JSON_BYTES_MAX: usize = 2 << 20;

/// What machines ask of every process.
pub fn probes() -> Router<App> {
    Router::new()
        .route("/health/live", routing::get(health::live))
        .route("/health/ready", routing::get(health::ready))
        .route("/metrics", routing::get(health::metrics))
}

/// The whole server. Refuses to start when an operation has no permission.
pub fn router(app: App) -> anyhow::Result<Router> {
    let (routes, api) = operations().split_for_parts();
    let document = described(&api)?;
    let permitted = Operations::of(&document)?;
    let document = document.to_string();
    let guarded = routes
        .route_layer(middleware::from_fn_with_state((app.clone(), permitted), authenticate))
        .layer(DefaultBodyLimit::max(JSON_BYTES_MAX))
        .layer(middleware::from_fn_with_state(app.clone(), layers::admit));
    let open = probes()
        .route("/v1/signing-keys", routing::get(signing_keys::published))
        .route("/problems", routing::get(problems::index))
        .route("/problems/{code}", routing::get(problems::page))
        .route("/openapi.json", routing::get(move || async move { ([("content-type", "application/json")], document) }));
    let docs = SwaggerUi::new("/docs").config(Config::from("/openapi.json").doc_expansion("none").filter(true).persist_authorization(true));
    Ok(guarded
        .merge(open)
        .merge(console::router(&app))
        .merge(decision_link::router(&app))
        .merge(provider::webhook::router(&app))
        .with_state(app.clone())
        .merge(docs)
        .fallback(layers::nowhere)
        .method_not_allowed_fallback(layers::wrong_method)
        .layer(middleware::from_fn_with_state(app, layers::outermost)))
}
