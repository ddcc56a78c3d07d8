//! What comes as a document: its bytes, or a multipart form with them as `file`.

use axum::extract::multipart::Multipart;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use quittance_application::Context;
use quittance_infrastructure::documents::DocumentRefusal;

use crate::app::App;
use crate::operations::essence;
use crate::order::{Ordered, asked_of, request_hash};
use crate::problem::{FieldError, Problem};
use quittance_domain::limits::kept_file_name;

/// A document that a command takes in: needs an `Idempotency-Key`.
pub type Upload = Uploaded<true>;
/// A document that is only looked at, or moves nothing.
pub type Glance = Uploaded<false>;

pub struct Uploaded<const KEYED: bool> {
    pub app: App,
    pub ctx: Context,
    pub headers: HeaderMap,
    pub bytes: Bytes,
    pub file_name: Option<String>,
    /// As the sender declared it, without parameters.
    pub media_type: Option<String>,
}

impl<const KEYED: bool> FromRequest<App> for Uploaded<KEYED> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (headers, route) = (request.headers().clone(), asked_of(&request));
        let raw = Ordered::<Bytes, KEYED>::from_raw(request, app).await?;
        let Sent { bytes, file_name, media_type } = document_of(&headers, raw.body).await?;
        let mut ctx = raw.ctx;
        // A repeat repeats the document, not the form around it: its boundary differs from one try to the next.
        ctx.request_hash = ctx.command_id.map(|_| request_hash(ctx.actor, &route, &bytes));
        Ok(Self { app: raw.app, ctx, headers, bytes, file_name, media_type })
    }
}

struct Sent {
    bytes: Bytes,
    file_name: Option<String>,
    media_type: Option<String>,
}

async fn document_of(headers: &HeaderMap, body: Bytes) -> Result<Sent, Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !content_type.starts_with("multipart/form-data") {
        return Ok(Sent { bytes: body, file_name: file_name(headers), media_type: media_type(content_type) });
    }
    let broken = |error: &dyn std::fmt::Display| Problem::malformed(format!("the form cannot be read: {error}"));
    let mut request = Request::builder().header(header::CONTENT_TYPE, content_type).body(body.into()).map_err(|e| broken(&e))?;
    // The body has passed the route's own limit: the form reader's smaller one would cut it.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|e| broken(&e))?;
    while let Some(field) = form.next_field().await.map_err(|e| broken(&e))? {
        if field.name() == Some("file") {
            let (file_name, media_type) = (field.file_name().map(kept_file_name), field.content_type().and_then(media_type));
            return Ok(Sent { bytes: field.bytes().await.map_err(|e| broken(&e))?, file_name, media_type });
        }
    }
    Err(Problem::malformed("the form has no field `file`"))
}

fn media_type(content_type: &str) -> Option<String> {
    Some(essence(content_type)).filter(|essence| !essence.is_empty())
}

/// `Content-Disposition: attachment; filename="…"`.
fn file_name(headers: &HeaderMap) -> Option<String> {
    let disposition = headers.get(header::CONTENT_DISPOSITION)?.to_str().ok()?;
    let name = disposition.split(';').find_map(|part| part.trim().strip_prefix("filename="))?;
    Some(kept_file_name(name.trim_matches('"')))
}

impl From<DocumentRefusal> for Problem {
    fn from(refusal: DocumentRefusal) -> Self {
        let errors = refusal.findings.into_iter().map(|f| FieldError { pointer: f.location, detail: format!("{}: {}", f.term, f.message) });
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, refusal.code, "Document refused", refusal.detail);
        Self { errors: errors.collect(), ..problem }
    }
}
