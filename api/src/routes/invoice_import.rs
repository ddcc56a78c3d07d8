//! `/v1/imports`: files of invoices, taken in in the background; what made no invoice is told row by row.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use quittance_application::Context;
use quittance_application::import_mapping::WayToRead;
use quittance_application::invoice_import::{BeginImport, Reading as Read, SheetDocument, import_id};
use quittance_application::ports::Original;
use quittance_application::single::Single;
use quittance_domain::ids::{InvoiceImportId, TenantId};
use quittance_domain::invoice::InvoiceDocument;
use quittance_domain::invoice_import::{ImportSheet, InvoiceImport, InvoiceImportCommand, SetAside, SheetFormat, SheetMapping};
use quittance_domain::limits::kept_file_name;
use quittance_infrastructure::invoice_sheets::{OpenSheet, SheetRefusal};
use quittance_projections::invoice_import::{self, InvoiceImportFilter, InvoiceImportView};
use quittance_projections::{Page, PageOf};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::Refusals;
use super::vendor::ReasonBody;
use crate::app::App;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Order, parse};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};
use crate::set_aside::SetAsideFile;
use crate::upload::{Glance, Upload};

/// Documents that a preview shows where it is not asked for fewer or more.
const PREVIEW_DEFAULT: u8 = 10;
const PREVIEW_MAX: u8 = 100;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Which column holds what, as JSON (`SheetMapping`). A zip of electronic invoices needs none.
    mapping: Option<String>,
    /// Instead: the name of a saved mapping, as it is now.
    saved_mapping: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PreviewQuery {
    /// Which column holds what, as JSON (`SheetMapping`); without one the columns alone are told.
    mapping: Option<String>,
    /// Instead: the name of a saved mapping.
    saved_mapping: Option<String>,
    /// Documents to show; 10 where absent, at most 100.
    limit: Option<u8>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ImportBegun {
    #[serde(flatten)]
    answer: CommandAnswer,
    sha256: String,
    format: SheetFormat,
    rows: u32,
    /// What the rows make: invoices, or what will be set aside instead.
    documents: u32,
}

/// Import a file of invoices: CSV, XLSX or NDJSON by a mapping, or a zip of electronic invoices. Answers at once and works on in the
/// background, chunk by chunk. An invoice is taken whole or not at all; what is not is set aside with its row and the reason.
/// The same file with the same mapping is one import, however often it is sent; sent again after a cancellation it goes on.
#[utoipa::path(post, path = "/v1/imports", tag = "imports",
    request_body(description = "The file itself, or a multipart form with it as `file`", content(("text/csv"), ("application/x-ndjson"), ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ("application/zip"), ("multipart/form-data"))),
    params(ImportQuery, ("Idempotency-Key" = String, Header)), responses((status = 201, body = ImportBegun), Refusals))]
pub async fn begin_import(Filter(query): Filter<ImportQuery>, upload: Upload) -> Result<Committed<ImportBegun>, Problem> {
    let ImportQuery { mapping, saved_mapping } = query;
    let way = way_to_read(&upload.app, upload.ctx.tenant, mapping, saved_mapping).await?;
    let begin = beginning(&upload.ctx, upload.bytes, upload.file_name, way).await?;
    let (sha256, format) = (begin.sheet.sha256.clone(), begin.sheet.format);
    let (rows, documents) = (begin.sheet.rows, begin.sheet.documents);
    let done = upload.app.system.commands.run(&upload.ctx, &begin).await?;
    Ok(Committed::created("/v1/imports", done.receipt).with(|answer| ImportBegun { answer, sha256, format, rows, documents }))
}

async fn way_to_read(app: &App, tenant: TenantId, mapping: Option<String>, saved: Option<String>) -> Result<WayToRead, Problem> {
    match (mapping.filter(|mapping| !mapping.trim().is_empty()), saved) {
        (None, None) => Ok(WayToRead::default()),
        (None, Some(name)) => Ok(WayToRead::saved(&app.system.commands, tenant, &name).await?),
        (Some(mapping), None) => {
            let mapping = parse(mapping.as_bytes()).map_err(|problem| problem.below("/mapping"))?;
            Ok(WayToRead::stated(Some(mapping)))
        }
        (Some(_), Some(_)) => Err(Problem::invalid("/saved_mapping", "either a mapping or the name of a saved one")),
    }
}

/// Reads the file once through, so that what cannot be read is refused before anything begins.
pub async fn beginning(ctx: &Context, bytes: Bytes, file_name: Option<String>, way: WayToRead) -> Result<BeginImport, Problem> {
    let (tenant, begun_by) = (ctx.tenant, ctx.actor);
    let WayToRead { mapping, saved } = way;
    let reading = tokio::task::spawn_blocking(move || -> Result<BeginImport, Problem> {
        let bytes: Arc<[u8]> = Arc::from(&bytes[..]);
        let sha256: [u8; 32] = Sha256::digest(&bytes).into();
        let (format, open) = OpenSheet::open(bytes.clone(), mapping.as_ref())?;
        let is_sheet = format != SheetFormat::Zip;
        let (mapping, saved_mapping) = (mapping.filter(|_| is_sheet), saved.filter(|_| is_sheet));
        let sheet = ImportSheet {
            sha256: hex::encode(sha256),
            size_bytes: bytes.len() as u64,
            file_name: file_name.as_deref().map(kept_file_name),
            format,
            rows: open.rows(),
            documents: open.documents(),
            begun_by,
            mapping,
            saved_mapping,
        };
        let id = import_id(tenant, &sha256, sheet.mapping.as_ref())?;
        Ok(BeginImport { id, sheet, original: Original { sha256, bytes } })
    });
    reading.await.map_err(|_| Problem::internal())?
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ImportPreview {
    format: SheetFormat,
    /// How the columns are called.
    columns: Vec<String>,
    rows: u32,
    documents: u32,
    /// The first documents as they would be read.
    sample: Vec<PreviewedDocument>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewedDocument {
    /// Its first row in the file.
    row: u32,
    rows: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice: Option<InvoiceDocument>,
    /// Why it would be set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    set_aside: Option<SetAside>,
}

impl From<SheetDocument> for PreviewedDocument {
    fn from(document: SheetDocument) -> Self {
        let set_aside = match &document.reading {
            Read::Whole(_) => None,
            Read::Faulty(fault) => Some(document.unreadable(fault)),
        };
        let invoice = match document.reading {
            Read::Whole(capture) => Some(capture.document),
            Read::Faulty(_) => None,
        };
        Self { row: document.row, rows: document.rows, invoice, set_aside }
    }
}

/// Look at a file before it is imported: its columns, and its first documents as the mapping reads them. Nothing is kept.
#[utoipa::path(post, path = "/v1/imports/preview", tag = "imports",
    request_body(description = "The file itself, or a multipart form with it as `file`", content(("text/csv"), ("application/x-ndjson"), ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ("application/zip"), ("multipart/form-data"))),
    params(PreviewQuery), responses((status = 200, body = ImportPreview), Refusals))]
pub async fn preview_import(Filter(query): Filter<PreviewQuery>, glance: Glance) -> Result<axum::Json<ImportPreview>, Problem> {
    let way = way_to_read(&glance.app, glance.ctx.tenant, query.mapping, query.saved_mapping).await?;
    let mapping = way.mapping.unwrap_or_default();
    let most = usize::from(query.limit.unwrap_or(PREVIEW_DEFAULT).min(PREVIEW_MAX));
    let nobody = InvoiceImportId(glance.app.system.commands.ports().edge.new_id());
    let reading = tokio::task::spawn_blocking(move || preview(&glance.bytes, &mapping, nobody, most));
    Ok(axum::Json(reading.await.map_err(|_| Problem::internal())??))
}

pub fn preview(bytes: &[u8], mapping: &SheetMapping, import: InvoiceImportId, most: usize) -> Result<ImportPreview, SheetRefusal> {
    let (format, open) = OpenSheet::open(Arc::from(bytes), Some(mapping))?;
    let is_mapped = !mapping.fields.is_empty() || format == SheetFormat::Zip;
    let sample = if is_mapped { open.read(import, 0, most) } else { vec![] };
    Ok(ImportPreview {
        format,
        columns: open.columns().to_vec(),
        rows: open.rows(),
        documents: open.documents(),
        sample: sample.into_iter().map(PreviewedDocument::from).collect(),
    })
}

/// Imports, and how far each is.
#[utoipa::path(get, path = "/v1/imports", tag = "imports", params(InvoiceImportFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<InvoiceImportView>), Refusals))]
pub async fn list_imports(
    mut read: Reading,
    Filter(filter): Filter<InvoiceImportFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<InvoiceImportView>>, Problem> {
    let found = invoice_import::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One import: what is done of it, and what came of that.
#[utoipa::path(get, path = "/v1/imports/{id}", tag = "imports", params(("id" = InvoiceImportId, Path), MinPosition),
    responses((status = 200, body = InvoiceImportView), Refusals))]
pub async fn get_import(Id(id): Id<InvoiceImportId>, mut read: Reading) -> Result<Fresh<InvoiceImportView>, Problem> {
    let found = invoice_import::get(&mut read.tx, id).await?;
    read.found(found)
}

/// What was set aside so far, as CSV: row, reason, and what the rows state. Safe to open in a spreadsheet.
#[utoipa::path(get, path = "/v1/imports/{id}/set-aside", tag = "imports", params(("id" = InvoiceImportId, Path), MinPosition),
    responses((status = 200, content_type = "text/csv", body = String), Refusals))]
pub async fn list_import_set_aside(Id(id): Id<InvoiceImportId>, mut read: Reading) -> Result<Response, Problem> {
    invoice_import::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"set-aside-{id}.csv\"")),
    ];
    Ok((headers, Body::from_stream(SetAsideFile::of(read.tx, id).pieces())).into_response())
}

/// Stop an import behind the chunk that is being taken. What was taken stays.
#[utoipa::path(post, path = "/v1/imports/{id}/cancel", tag = "imports", request_body = ReasonBody, params(("id" = InvoiceImportId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn cancel_import(Id(id): Id<InvoiceImportId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    order.on(id, cancel).await
}

pub fn cancel(id: InvoiceImportId, body: ReasonBody, ctx: &Context) -> Result<Single<InvoiceImport>, Problem> {
    Ok(Single::on(id, InvoiceImportCommand::Cancel { by: ctx.actor, reason: body.given()? }))
}

impl From<SheetRefusal> for Problem {
    fn from(refusal: SheetRefusal) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, refusal.code, "File refused", refusal.detail)
    }
}
