//! Documents served back as they came in, byte for byte.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use quittance_domain::invoice::Source;
use quittance_projections::originals;

use crate::problem::Problem;
use crate::reading::Reading;

/// Never shown in the page: a document from outside is downloaded, not run.
pub async fn download(read: &mut Reading, source: Source) -> Result<Response, Problem> {
    let Source::Document { sha256, media_type, file_name, .. } = source else { return Err(Problem::not_found()) };
    let bytes = originals::fetch(&mut read.tx, &sha256).await?.ok_or_else(Problem::not_found)?;
    let name: String = file_name.unwrap_or_default().chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", if name.is_empty() { "original" } else { &name })),
        (header::ETAG, format!("\"{sha256}\"")),
    ];
    Ok((headers, bytes).into_response())
}
