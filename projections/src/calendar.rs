//! The fiscal calendar: periods with how far they are closed, holidays, and what is left to do before a period closes.

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use quittance_application::calendar::calendar_id;
use quittance_domain::Root;
use quittance_domain::calendar::{CalendarEvent, Closing, FiscalCalendar, Holiday, Period};
use quittance_infrastructure::database::TenantTx;
use serde::Serialize;
use sqlx::types::Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::find;
use crate::{aggregate_row, row};

row! {
    pub struct CalendarRow in "fiscal_calendars" {
        calendar_id: Uuid,
        version: i64,
        position: i64,
        state: Json<FiscalCalendar>,
    }
}

aggregate_row!(CalendarRow, FiscalCalendar, Calendar);

impl CalendarRow {
    fn began(event: &CalendarEvent, at: &Recorded) -> Option<Self> {
        let state = Json(FiscalCalendar::replay([event.clone()]));
        Some(Self { calendar_id: at.aggregate_id, version: 0, position: 0, state })
    }

    fn on(&mut self, event: &CalendarEvent, _: &Recorded) {
        self.state.apply(event.clone());
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CalendarView {
    pub version: i64,
    /// The month that a fiscal year begins with.
    #[schema(example = 1)]
    pub first_month: u32,
    pub holidays: Vec<Holiday>,
    /// Periods that are closed, in order.
    pub closed: Vec<PeriodView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PeriodView {
    pub period: Period,
    /// The year that the fiscal year ends in.
    pub fiscal_year: i32,
    /// Its number within the fiscal year.
    pub number: u32,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// Absent while it is open.
    pub closing: Option<Closing>,
}

impl PeriodView {
    fn of(calendar: &FiscalCalendar, period: Period) -> Self {
        let (fiscal_year, number) = calendar.fiscal(period);
        let (first_day, last_day) = (period.first_day(), period.last_day());
        Self { period, fiscal_year, number, first_day, last_day, closing: calendar.closing(period) }
    }
}

pub async fn get(tx: &mut TenantTx) -> sqlx::Result<Option<CalendarView>> {
    let id = calendar_id(tx.tenant());
    Ok(find::<CalendarRow>(tx, id.0).await?.map(|row| {
        let calendar = &row.state.0;
        CalendarView {
            version: row.version,
            first_month: calendar.year_begins.unwrap_or(1),
            holidays: calendar.holidays.iter().map(|(on, name)| Holiday { on: *on, name: name.clone() }).collect(),
            closed: calendar.closings.keys().map(|period| PeriodView::of(calendar, *period)).collect(),
        }
    }))
}

/// What is left to do before a period closes for good.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Checklist {
    #[serde(flatten)]
    pub period: PeriodView,
    pub checks: Vec<PeriodCheck>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PeriodCheck {
    #[schema(value_type = String, example = "invoices_not_approved")]
    pub check: &'static str,
    /// How many are left.
    pub left: i64,
    /// Whether a hard close is refused as long as some are left.
    pub blocks: bool,
}

/// What is checked, whether it blocks, and the query of how many are left; `$2` and `$3` are the period's days.
const CHECKS: &[(&str, bool, &str)] = &[
    (
        "invoices_not_approved",
        false,
        "select count(*) from invoices where tenant_id = $1 and effective_date between $2 and $3 and status in ('received', 'in_exception', 'pending_approval')",
    ),
    (
        "invoices_in_exception",
        false,
        "select count(*) from invoices where tenant_id = $1 and effective_date between $2 and $3 and status = 'in_exception'",
    ),
    (
        "payments_under_way",
        false,
        "select count(*) from payments where tenant_id = $1 and execution_date between $2 and $3 and status in ('planned', 'authorised', 'started', 'sent')",
    ),
    (
        "bank_lines_unexplained",
        false,
        "select count(*) from bank_lines where tenant_id = $1 and booked_on between $2 and $3 and not matched and not withdrawn",
    ),
    (
        "exchange_rates_missing",
        true,
        "select count(*) from ledger_state s where s.tenant_id = $1 and s.untranslated is not null and exists \
           (select true from journal_lines l where l.tenant_id = $1 and l.document_id = s.state_id and l.base is null and l.effective_date between $2 and $3)",
    ),
];

pub async fn checklist(tx: &mut TenantTx, period: Period) -> sqlx::Result<Checklist> {
    let (tenant, id) = (tx.tenant(), calendar_id(tx.tenant()));
    let calendar = find::<CalendarRow>(tx, id.0).await?.map(|row| row.state.0).unwrap_or_default();
    let mut checks = Vec::with_capacity(CHECKS.len());
    for (check, blocks, query) in CHECKS {
        let query = sqlx::query_scalar(query).bind(tenant.0).bind(period.first_day()).bind(period.last_day());
        checks.push(PeriodCheck { check, left: query.fetch_one(&mut **tx).await?, blocks: *blocks });
    }
    Ok(Checklist { period: PeriodView::of(&calendar, period), checks })
}
