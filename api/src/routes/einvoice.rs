//! Electronic invoices and the rules of their standards: a document held against them, the verdicts that are kept.

use axum::Json;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use quittance_application::Failure;
use quittance_application::invoice::RecordVerdict;
use quittance_domain::ids::InvoiceId;
use quittance_domain::invoice::{Invoice, InvoiceRefusal, Source, Verdict};
use quittance_einvoice_formats::{Examination, examine, svrl};
use quittance_infrastructure::documents::{verdict_of, verdict_on};
use quittance_projections::verdict::{self, Kept, VerdictFilter, VerdictView};
use quittance_projections::{Page, PageOf, originals};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};
use crate::upload::Glance;

/// What a document is, and what the rules say of it. Nothing of it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct Examined {
    /// `ubl_invoice`, `ubl_credit_note`, `cii` or `zugferd1`.
    syntax: String,
    /// The embedded file's name, where the document is a PDF.
    attachment: Option<String>,
    /// What it follows, such as `peppol_bis3`, `x_rechnung`, `factur_x_extended`.
    specification: String,
    /// The specification identifier, BT-24.
    specification_id: Option<String>,
    /// The invoice number, BT-1.
    number: Option<String>,
    /// Whether no fatal rule is broken, and the document can be taken in.
    valid: bool,
    /// What keeps it from being taken in, whatever the rules say: terms that are missing, unreadable or stated twice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    incomplete: Vec<String>,
    #[serde(flatten)]
    verdict: Verdict,
    /// XPaths of what is stated and has no term in EN 16931: not judged. At most 100.
    unmapped: Vec<String>,
}

impl From<Examination> for Examined {
    fn from(examination: Examination) -> Self {
        let verdict = verdict_of(&examination.report);
        Self {
            syntax: word(&examination.syntax),
            attachment: examination.attachment,
            specification: word(&examination.specification),
            specification_id: examination.specification_id,
            number: examination.number,
            valid: verdict.is_valid() && examination.incomplete.is_empty(),
            incomplete: examination.incomplete.iter().map(ToString::to_string).collect(),
            verdict,
            unmapped: examination.unmapped,
        }
    }
}

/// As it is named in JSON.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Hold a document (UBL, CII, Factur-X or ZUGFeRD PDF) against EN 16931 and what else it says it follows. With
/// `Accept: application/xml` the report comes as SVRL. Nothing is stored.
#[utoipa::path(post, path = "/v1/einvoices/validate", tag = "e-invoices",
    request_body(description = "The document itself, or a multipart form with it as `file`", content(("application/xml"), ("application/pdf"), ("multipart/form-data"))),
    responses((status = 200, description = "The report, whether the document is valid or not",
        content((Examined = "application/json"), (String = "application/xml"))), Refusals))]
pub async fn validate_einvoice(document: Glance) -> Result<Response, Problem> {
    let bytes = document.bytes;
    let as_svrl = asks_for_xml(&document.headers);
    let examined = off_the_reactor(move || examine(&bytes)).await?.map_err(quittance_infrastructure::documents::DocumentRefusal::from)?;
    if as_svrl {
        let report = svrl(&examined.report).map_err(|_| Problem::internal())?;
        return Ok(([(header::CONTENT_TYPE, "application/xml")], report).into_response());
    }
    Ok(Json(Examined::from(examined)).into_response())
}

fn asks_for_xml(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let first = accept.split([',', ';']).next().unwrap_or_default().trim();
    matches!(first, "application/xml" | "text/xml" | "application/svrl+xml")
}

/// Reading and judging a large document takes a core for a while: not one that others wait on.
pub async fn off_the_reactor<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())
}

/// The last verdict of each electronic invoice, with the releases of the rules that gave it.
#[utoipa::path(get, path = "/v1/einvoices/verdicts", tag = "e-invoices", params(VerdictFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<VerdictView>), Refusals))]
pub async fn list_verdicts(
    mut read: Reading,
    Filter(filter): Filter<VerdictFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<VerdictView>>, Problem> {
    let found = verdict::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// The last verdict of one invoice.
#[utoipa::path(get, path = "/v1/invoices/{id}/verdict", tag = "e-invoices", params(("id" = InvoiceId, Path), MinPosition),
    responses((status = 200, body = VerdictView), Refusals))]
pub async fn get_invoice_verdict(Id(id): Id<InvoiceId>, mut read: Reading) -> Result<Fresh<VerdictView>, Problem> {
    let found = verdict::of_invoice(&mut read.tx, id).await?;
    read.found(found)
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Revalidated {
    #[serde(flatten)]
    answer: CommandAnswer,
    valid: bool,
    #[serde(flatten)]
    verdict: Verdict,
}

/// Hold an invoice's original against the rules in force now and keep the verdict. The invoice goes on as it was.
#[utoipa::path(post, path = "/v1/invoices/{id}/revalidate", tag = "e-invoices", params(("id" = InvoiceId, Path)), request_body = Nothing,
    responses((status = 200, body = Revalidated), Refusals))]
pub async fn revalidate_invoice(Id(id): Id<InvoiceId>, order: Order<Nothing>) -> Result<Committed<Revalidated>, Problem> {
    let bytes = original_of(&order, id).await?;
    let verdict = off_the_reactor(move || verdict_on(&bytes)).await??;
    let record = RecordVerdict { id, verdict };
    let done = order.app.system.commands.run(&order.ctx, &record).await?;
    let verdict = record.verdict;
    Ok(Committed::done(done.receipt).with(|answer| Revalidated { answer, valid: verdict.is_valid(), verdict }))
}

/// From the log, not from a read model: an invoice that has just come in can be judged again at once.
async fn original_of(order: &Order<Nothing>, id: InvoiceId) -> Result<Vec<u8>, Problem> {
    let (invoice, _) = order.app.system.commands.state_of::<Invoice>(order.ctx.tenant, id.0).await?;
    let Source::Document { sha256, .. } = &invoice.received().map_err(Failure::from)?.source else {
        return Err(Failure::from(InvoiceRefusal::NoDocument).into());
    };
    let mut tx = order.app.system.database.read(order.ctx.tenant).await?;
    originals::fetch(&mut tx, sha256).await?.ok_or_else(Problem::not_found)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Going {
    /// How many invoices to look at, 1 to 200; 100 where absent.
    limit: Option<u8>,
    /// `next_after` of the answer before.
    after: Option<Uuid>,
}

/// Invoices of which the rules in force now say something else than the verdict that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changes {
    changed: Vec<ChangedVerdict>,
    /// How many invoices were looked at.
    examined: u32,
    /// Where to go on; absent when all have been looked at.
    next_after: Option<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedVerdict {
    invoice_id: InvoiceId,
    number: String,
    was_valid: bool,
    would_be_valid: bool,
    /// Fatal rules that are broken now and were not.
    newly_broken: Vec<String>,
    /// Fatal rules that were broken and are not now.
    no_longer_broken: Vec<String>,
}

/// Hold the kept originals against the rules in force now, page by page, and list where the verdict would change. Nothing is stored.
#[utoipa::path(get, path = "/v1/einvoices/verdict-changes", tag = "e-invoices", params(Going, MinPosition),
    responses((status = 200, body = Changes), Refusals))]
pub async fn list_verdict_changes(mut read: Reading, Filter(going): Filter<Going>) -> Result<Fresh<Changes>, Problem> {
    let limit = going.limit.map_or(100, |n| usize::from(n).clamp(1, 200));
    let kept = verdict::kept(&mut read.tx, going.after, limit as i64).await?;
    let next_after = kept.last().filter(|_| kept.len() == limit).map(|k| k.invoice_id);
    let (mut changed, examined) = (Vec::new(), kept.len() as u32);
    for kept in kept {
        if let Some(bytes) = originals::fetch(&mut read.tx, &kept.sha256).await? {
            let now = off_the_reactor(move || verdict_on(&bytes)).await??;
            changed.extend(change(&kept, &now));
        }
    }
    Ok(read.answer(Changes { changed, examined, next_after }))
}

/// What is said of validity is what counts; warnings come and go.
fn change(kept: &Kept, now: &Verdict) -> Option<ChangedVerdict> {
    let (before, after) = (kept.verdict.fatal_rules(), now.fatal_rules());
    (before != after).then(|| ChangedVerdict {
        invoice_id: InvoiceId(kept.invoice_id),
        number: kept.number.clone(),
        was_valid: kept.verdict.is_valid(),
        would_be_valid: now.is_valid(),
        newly_broken: after.difference(&before).map(|&rule| rule.to_owned()).collect(),
        no_longer_broken: before.difference(&after).map(|&rule| rule.to_owned()).collect(),
    })
}
