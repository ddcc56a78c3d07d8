//! `GET /v1/signing-keys`: the public keys by which proofs of payment are verified, as a JWKS (RFC 7517).
//!
//! They are the server's, not a company's, and there for whoever is handed a proof: no credential is asked for.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::problem::Problem;

pub async fn published(State(app): State<App>) -> Result<Response, Problem> {
    let keys = serde_json::to_string(&app.system.signing_keys()?.published()).map_err(|_| Problem::internal())?;
    Ok(([(header::CONTENT_TYPE, "application/jwk-set+json"), (header::CACHE_CONTROL, "public, max-age=300")], keys).into_response())
}
