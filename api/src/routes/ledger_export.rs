//! The ledger as a file for other programs, sent as it is read.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::stream;
use quittance_projections::ledger::export::{ExportFilter, export};
use tokio::sync::mpsc;

use super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, MinPosition, Reading};

/// Pieces that wait for a slow reader.
const PIECES: usize = 4;

/// The ledger as plain-text accounting for hledger or beancount, with the balances that those programs are to confirm.
#[utoipa::path(get, path = "/v1/exports/ledger", tag = "books", params(ExportFilter, MinPosition),
    responses((status = 200, content_type = "text/plain", body = String), Refusals))]
pub async fn export_ledger(read: Reading, Filter(filter): Filter<ExportFilter>) -> Result<Response, Problem> {
    let today = read.today();
    let (sender, pieces) = mpsc::channel(PIECES);
    tokio::spawn(async move {
        if let Err(error) = export(read.tx, &filter, today, &sender).await {
            // The status has gone out: a file without its balances at the end is not whole.
            tracing::error!(%error, "an export of the ledger broke off");
        }
    });
    let pieces = stream::unfold(pieces, |mut pieces| async { pieces.recv().await.map(|piece| (Ok::<_, std::io::Error>(piece), pieces)) });
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], Body::from_stream(pieces)).into_response())
}
