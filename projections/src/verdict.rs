//! What the rules last said of each electronic invoice, and by which release of them.

use chrono::{DateTime, Utc};
use quittance_application::ports::Later;
use quittance_domain::ids::InvoiceId;
use quittance_domain::invoice::{InvoiceEvent, Verdict};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::{Fact, Recorded};
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::row;

row! {
    pub struct VerdictRow in "verdicts" {
        invoice_id: Uuid,
        version: i64,
        position: i64,
        given_at: DateTime<Utc>,
        fatal: i32,
        warnings: i32,
        verdict: Json<Verdict>,
    }
}

pub struct Verdicts;

impl Projector for Verdicts {
    fn name(&self) -> &'static str {
        "verdicts"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["verdicts"]
    }

    /// A verdict replaces the one before, so nothing has to be read first.
    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let rows = memory.rows::<VerdictRow>();
            events.iter().filter_map(given).for_each(|row| rows.put(row));
            rows.flush_and_forget(tx).await
        })
    }
}

fn given(at: &Recorded) -> Option<VerdictRow> {
    let Fact::Invoice(InvoiceEvent::Validated { verdict }) = &at.fact else { return None };
    Some(VerdictRow {
        invoice_id: at.aggregate_id,
        version: at.sequence,
        position: at.position,
        given_at: at.recorded_at,
        fatal: verdict.fatal as i32,
        warnings: verdict.warnings as i32,
        verdict: Json(Verdict::clone(verdict)),
    })
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct VerdictView {
    pub invoice_id: InvoiceId,
    /// The invoice's version that the verdict made.
    pub version: i64,
    pub given_at: DateTime<Utc>,
    /// Whether no fatal rule is broken.
    pub valid: bool,
    #[serde(flatten)]
    pub verdict: Verdict,
}

impl From<VerdictRow> for VerdictView {
    fn from(row: VerdictRow) -> Self {
        Self {
            invoice_id: InvoiceId(row.invoice_id),
            version: row.version,
            given_at: row.given_at,
            valid: row.fatal == 0,
            verdict: row.verdict.0,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VerdictFilter {
    /// Only invoices that break no fatal rule, or only those that do.
    pub valid: Option<bool>,
    /// Only invoices that break this rule, by its official id.
    pub rule: Option<String>,
}

const SORTS: &[Sort<VerdictRow>] = &[Sort {
    name: "given_at",
    column: "given_at",
    cast: "timestamptz",
    key: |r| r.given_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
}];

/// The last verdict of each electronic invoice.
pub async fn list(tx: &mut TenantTx, filter: &VerdictFilter, page: &Page) -> Result<PageOf<VerdictView>, QueryError> {
    let broken = filter.rule.as_ref().map(|rule| Json(serde_json::json!([{ "rule": rule }])));
    let listing = Listing::<VerdictRow>::of(tx).when("(fatal = 0) = ?", filter.valid).when("verdict -> 'findings' @> ?", broken);
    Ok(listing.page(tx, SORTS, filter, page).await?.map(VerdictView::from))
}

pub async fn of_invoice(tx: &mut TenantTx, invoice: InvoiceId) -> sqlx::Result<Option<VerdictView>> {
    Ok(find::<VerdictRow>(tx, invoice.0).await?.map(VerdictView::from))
}

/// An electronic invoice with the verdict that is kept of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Kept {
    pub invoice_id: Uuid,
    pub number: String,
    pub sha256: String,
    pub verdict: Json<Verdict>,
}

/// The kept verdicts after an invoice's id, in the order of ids: for going through all of them.
pub async fn kept(tx: &mut TenantTx, after: Option<Uuid>, limit: i64) -> sqlx::Result<Vec<Kept>> {
    let query = "select v.invoice_id, i.number, i.original_sha256 as sha256, v.verdict \
                   from verdicts v join invoices i on i.tenant_id = v.tenant_id and i.invoice_id = v.invoice_id \
                  where v.tenant_id = $1 and v.invoice_id > $2 and i.original_sha256 is not null order by v.invoice_id limit $3";
    let tenant = tx.tenant();
    sqlx::query_as(query).bind(tenant.0).bind(after.unwrap_or_default()).bind(limit).fetch_all(&mut **tx).await
}
