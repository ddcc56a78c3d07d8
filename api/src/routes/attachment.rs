//! `/v1/attachments`: files that belong to documents and parties, kept as they came and only ever downloaded.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use quittance_application::Context;
use quittance_application::attachment::AttachFile;
use quittance_application::single::Single;
use quittance_domain::attachment::{AttachedFile, Attachment, AttachmentCommand};
use quittance_domain::ids::AttachmentId;
use quittance_domain::limits::kept_file_name;
use quittance_domain::subject::{Subject, SubjectKind};
use quittance_projections::attachment::{self, AttachmentFilter, AttachmentView};
use quittance_projections::{Page, PageOf};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Refusals;
use super::vendor::ReasonBody;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Order, request_hash};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};
use crate::upload::Glance;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AttachQuery {
    subject_kind: SubjectKind,
    /// What the file belongs to.
    subject_id: Uuid,
    /// Where neither the form nor `Content-Disposition` names the file, or names it in ASCII only.
    file_name: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FileAttached {
    #[serde(flatten)]
    answer: CommandAnswer,
    /// Of the bytes, hex; also the `ETag` under which they are served.
    sha256: String,
    size_bytes: u64,
    media_type: String,
    file_name: String,
}

/// Attach a file of at most 20 MiB to an invoice, an order, a receipt, a payment, a vendor, …: any kind of file, with the media
/// type that its sender declares. It is kept as it is and never run, shown in a page or looked into.
#[utoipa::path(post, path = "/v1/attachments", tag = "attachments",
    request_body(description = "The file itself with its `Content-Type`, or a multipart form with it as `file`", content(("*/*"), ("multipart/form-data"))),
    params(AttachQuery, ("Idempotency-Key" = Option<String>, Header)), responses((status = 201, body = FileAttached), Refusals))]
pub async fn attach_file(Filter(query): Filter<AttachQuery>, upload: Glance) -> Result<Committed<FileAttached>, Problem> {
    let system = upload.app.system.clone();
    let sha256 = system.attachments()?.keep(upload.ctx.tenant, upload.bytes.clone()).await?;
    let mut ctx = upload.ctx;
    let file = AttachedFile {
        subject: Subject { kind: query.subject_kind, id: query.subject_id },
        file_name: query.file_name.as_deref().map(kept_file_name).or(upload.file_name).unwrap_or_default(),
        media_type: upload.media_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
        size_bytes: upload.bytes.len() as u64,
        sha256,
        by: ctx.actor,
    };
    // The file and what it belongs to are what a repeat repeats, not the form around it.
    let said = serde_json::to_vec(&file).map_err(|_| Problem::internal())?;
    ctx.request_hash = ctx.command_id.map(|_| request_hash(ctx.actor, "POST /v1/attachments", &said));
    let AttachedFile { sha256, size_bytes, media_type, file_name, .. } = file.clone();
    let attach = AttachFile { id: AttachmentId(system.commands.ports().edge.new_id()), file };
    let done = system.commands.run(&ctx, &attach).await?;
    let committed = Committed::created("/v1/attachments", done.receipt);
    Ok(committed.with(|answer| FileAttached { answer, sha256, size_bytes, media_type, file_name }))
}

/// Attachments, the oldest first: those of one thing by its kind and id.
#[utoipa::path(get, path = "/v1/attachments", tag = "attachments", params(AttachmentFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<AttachmentView>), Refusals))]
pub async fn list_attachments(
    mut read: Reading,
    Filter(filter): Filter<AttachmentFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<AttachmentView>>, Problem> {
    let found = attachment::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One attachment, without its bytes.
#[utoipa::path(get, path = "/v1/attachments/{id}", tag = "attachments", params(("id" = AttachmentId, Path), MinPosition),
    responses((status = 200, body = AttachmentView), Refusals))]
pub async fn get_attachment(Id(id): Id<AttachmentId>, mut read: Reading) -> Result<Fresh<AttachmentView>, Problem> {
    let found = attachment::get(&mut read.tx, id).await?;
    read.found(found)
}

/// The file's bytes, as they came, to be saved: also of a file that was detached. They are held against their SHA-256 before.
#[utoipa::path(get, path = "/v1/attachments/{id}/content", tag = "attachments", params(("id" = AttachmentId, Path), MinPosition),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), Refusals))]
pub async fn download_attachment(Id(id): Id<AttachmentId>, mut read: Reading) -> Result<Response, Problem> {
    let file = attachment::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    let (system, tenant) = (read.app.system.clone(), read.caller.tenant);
    // The store may take its time: not with a connection to the database in hand.
    drop(read);
    let bytes = system.attachments()?.fetch(tenant, &file.sha256).await?;
    let mut response = bytes.into_response();
    for (name, value) in saved_not_shown(&file) {
        response.headers_mut().insert(name, HeaderValue::try_from(value).map_err(|_| Problem::internal())?);
    }
    Ok(response)
}

/// Whatever is in the file, it does nothing in a browser that is signed in here. (`nosniff` stands on every answer.)
fn saved_not_shown(file: &AttachmentView) -> [(HeaderName, String); 5] {
    [
        (header::CONTENT_TYPE, harmless(&file.media_type).to_owned()),
        (header::CONTENT_DISPOSITION, disposition(&file.file_name)),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin".to_owned()),
        (header::ETAG, format!("\"{}\"", file.sha256)),
    ]
}

/// Types that no browser runs; every other is just bytes.
fn harmless(media_type: &str) -> &str {
    const HARMLESS: &[&str] =
        &["application/pdf", "application/zip", "application/json", "text/plain", "text/csv", "image/png", "image/jpeg", "image/tiff"];
    let office =
        media_type.starts_with("application/vnd.openxmlformats-officedocument.") || media_type.starts_with("application/vnd.oasis.");
    if office || HARMLESS.contains(&media_type) { media_type } else { "application/octet-stream" }
}

/// RFC 6266: what any client reads, and the name in full for those that read it.
fn disposition(file_name: &str) -> String {
    let plain: String = file_name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let full: String =
        file_name.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}")
}

/// Detach a file. Its bytes and its history stay.
#[utoipa::path(post, path = "/v1/attachments/{id}/detach", tag = "attachments", request_body = ReasonBody,
    params(("id" = AttachmentId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn detach_file(Id(id): Id<AttachmentId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    order.on(id, detach).await
}

pub fn detach(id: AttachmentId, body: ReasonBody, ctx: &Context) -> Result<Single<Attachment>, Problem> {
    Ok(Single::on(id, AttachmentCommand::Detach { reason: body.given()?, by: ctx.actor }))
}

#[cfg(test)]
mod tests {
    use super::{disposition, harmless};

    #[test]
    fn a_file_name_cannot_leave_its_header() {
        let rows = [
            ("note.pdf", "attachment; filename=\"note.pdf\"; filename*=UTF-8''note%2Epdf"),
            ("a\"; x=\".html", "attachment; filename=\"a__ x__.html\"; filename*=UTF-8''a%22%3B%20x%3D%22%2Ehtml"),
            ("Prüfung.pdf", "attachment; filename=\"Pr_fung.pdf\"; filename*=UTF-8''Pr%C3%BCfung%2Epdf"),
        ];
        for (name, header) in rows {
            assert_eq!(disposition(name), header, "{name}");
        }
    }

    #[test]
    fn what_a_browser_runs_is_served_as_bytes() {
        for active in
            ["text/html", "image/svg+xml", "application/xml", "application/xhtml+xml", "text/javascript", "multipart/x-mixed-replace"]
        {
            assert_eq!(harmless(active), "application/octet-stream");
        }
        assert_eq!(harmless("application/pdf"), "application/pdf");
    }
}
