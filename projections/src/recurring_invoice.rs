//! Recurring invoices: what is arranged, how far each is, and when the clock has to look at it.

use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::Aggregate;
use quittance_domain::ids::{InvoiceId, RecurringInvoiceId, UserId, VendorId};
use quittance_domain::recurring_invoice::{RecurringInvoice, RecurringInvoiceEvent, Schedule, Standing, Template};
use quittance_domain::time_zone::TimeZone;
use quittance_domain::{Money, Root};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;
use crate::{aggregate_row, row};

/// Dates of the plan that are told.
const UPCOMING: usize = 12;

row! {
    pub struct RecurringInvoiceRow in "recurring_invoices" {
        recurring_invoice_id: Uuid,
        version: i64,
        position: i64,
        vendor_id: Uuid,
        standing: Word<Standing>,
        /// When the next one is due; in a pause and after the end nothing is.
        due_at: Option<DateTime<Utc>>,
        last_invoice_id: Option<Uuid>,
        reason: Option<String>,
        arranged_by: Uuid,
        arranged_at: DateTime<Utc>,
        state: Json<RecurringInvoice>,
    }
}

aggregate_row!(RecurringInvoiceRow, RecurringInvoice, RecurringInvoice);

impl RecurringInvoiceRow {
    fn began(event: &RecurringInvoiceEvent, at: &Recorded) -> Option<Self> {
        let RecurringInvoiceEvent::Arranged(arrangement) = event else { return None };
        let state = RecurringInvoice::replay([event.clone()]);
        Some(Self {
            recurring_invoice_id: at.aggregate_id,
            version: 0,
            position: 0,
            vendor_id: arrangement.template.vendor_id.0,
            standing: Word(Standing::Active),
            due_at: due_at(&state, at.zone),
            last_invoice_id: None,
            reason: None,
            arranged_by: arrangement.by.0,
            arranged_at: at.recorded_at,
            state: Json(state),
        })
    }

    fn on(&mut self, event: &RecurringInvoiceEvent, at: &Recorded) {
        self.state.apply(event.clone());
        if let Ok(series) = self.state.series() {
            self.standing = Word(series.standing);
        }
        self.due_at = due_at(&self.state, at.zone);
        match event {
            RecurringInvoiceEvent::Made { invoice_id, .. } => self.last_invoice_id = Some(invoice_id.0),
            RecurringInvoiceEvent::Paused { reason, .. } | RecurringInvoiceEvent::Ended { reason, .. } => {
                self.reason = Some(reason.clone())
            }
            RecurringInvoiceEvent::Resumed { .. } => self.reason = None,
            RecurringInvoiceEvent::Arranged(_) => {}
        }
    }
}

/// The day's first moment.
fn due_at(state: &RecurringInvoice, zone: TimeZone) -> Option<DateTime<Utc>> {
    state.series().ok()?.next_due().map(|due_on| zone.beginning_of(due_on))
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RecurringInvoiceView {
    pub id: RecurringInvoiceId,
    pub version: i64,
    pub standing: Standing,
    pub vendor_id: VendorId,
    pub template: Template,
    pub schedule: Schedule,
    /// What each invoice comes to.
    pub payable: Option<Money>,
    /// Invoices made so far.
    pub made: u32,
    pub last_invoice_id: Option<InvoiceId>,
    /// The next dates that are left, also where it is paused.
    pub upcoming: Vec<NaiveDate>,
    /// Why it is paused or was ended.
    pub reason: Option<String>,
    pub arranged_by: UserId,
    pub arranged_at: DateTime<Utc>,
}

impl RecurringInvoiceRow {
    fn view(self) -> Option<RecurringInvoiceView> {
        let series = self.state.series().ok()?;
        Some(RecurringInvoiceView {
            id: RecurringInvoiceId(self.recurring_invoice_id),
            version: self.version,
            standing: series.standing,
            vendor_id: VendorId(self.vendor_id),
            template: series.arrangement.template.clone(),
            schedule: series.arrangement.schedule,
            payable: series.arrangement.template.payable(),
            made: series.made,
            last_invoice_id: self.last_invoice_id.map(InvoiceId),
            upcoming: series.upcoming().take(UPCOMING).collect(),
            reason: self.reason,
            arranged_by: UserId(self.arranged_by),
            arranged_at: self.arranged_at,
        })
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecurringInvoiceFilter {
    pub vendor_id: Option<VendorId>,
    pub standing: Option<Standing>,
}

const SORTS: &[Sort<RecurringInvoiceRow>] =
    &[Sort { name: "arranged_at", column: "arranged_at", cast: "timestamptz", key: |row| row.arranged_at.to_rfc3339() }];

pub async fn list(tx: &mut TenantTx, filter: &RecurringInvoiceFilter, page: &Page) -> Result<PageOf<RecurringInvoiceView>, QueryError> {
    let found = Listing::<RecurringInvoiceRow>::of(tx)
        .when("vendor_id = ?", filter.vendor_id.map(Uuid::from))
        .when("standing = ?", filter.standing.map(Word))
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(PageOf { data: found.rows.into_iter().filter_map(RecurringInvoiceRow::view).collect(), next_cursor: found.next_cursor })
}

pub async fn get(tx: &mut TenantTx, id: RecurringInvoiceId) -> sqlx::Result<Option<RecurringInvoiceView>> {
    Ok(find::<RecurringInvoiceRow>(tx, id.0).await?.and_then(RecurringInvoiceRow::view))
}

/// Series of which something is due by `now` and in whose name, the longest overdue first.
pub async fn due(tx: &mut TenantTx, now: DateTime<Utc>) -> sqlx::Result<Vec<(RecurringInvoiceId, UserId)>> {
    let tenant = tx.tenant();
    let query = "select recurring_invoice_id, arranged_by from recurring_invoices where tenant_id = $1 and due_at <= $2 \
                 order by due_at, recurring_invoice_id limit 256";
    let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(query).bind(tenant.0).bind(now).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(|(id, by)| (RecurringInvoiceId(id), UserId(by))).collect())
}
