//! The fiscal calendar: its year, its holidays, and closing and reopening periods.

use std::time::Duration;

use axum::http::StatusCode;
use quittance_application::Context;
use quittance_application::calendar::{ClosePeriod, calendar_id};
use quittance_application::single::Single;
use quittance_domain::calendar::{CalendarCommand, Closing, FiscalCalendar, Holiday, Period};
use quittance_domain::ids::{CalendarId, TenantId};
use quittance_projections::calendar::{self, CalendarView, Checklist};
use quittance_projections::source::head;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use crate::app::App;
use crate::committed::{CommandAnswer, Committed};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::{Fresh, Id, MinPosition, Reading};

/// How long a hard close waits for what is under way.
const UNDER_WAY_MAX: Duration = Duration::from_secs(10);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FiscalYearBody {
    /// From 1.
    #[schema(example = 4)]
    first_month: u32,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidaysBody {
    #[schema(example = 2026)]
    year: i32,
    /// All of them: those declared before are replaced.
    holidays: Vec<Holiday>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBody {
    period: Period,
    closing: Closing,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenBody {
    period: Period,
    reason: String,
}

/// The calendar: the fiscal year, holidays, and what is closed.
#[utoipa::path(get, path = "/v1/fiscal-calendar", tag = "books", params(MinPosition), responses((status = 200, body = CalendarView), Refusals))]
pub async fn get_fiscal_calendar(mut read: Reading) -> Result<Fresh<CalendarView>, Problem> {
    let found = calendar::get(&mut read.tx).await?;
    read.found(found)
}

/// Say with which month a fiscal year begins.
#[utoipa::path(post, path = "/v1/fiscal-calendar/year", tag = "books", request_body = FiscalYearBody,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn set_fiscal_year(order: Order<FiscalYearBody>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| year(body, ctx).map(|(_, set)| set)).await
}

pub fn year(body: FiscalYearBody, ctx: &Context) -> Result<(CalendarId, Single<FiscalCalendar>), Problem> {
    asked(CalendarCommand::SetFiscalYear { first_month: body.first_month, by: ctx.actor }, ctx)
}

/// Declare the holidays of a year.
#[utoipa::path(post, path = "/v1/fiscal-calendar/holidays", tag = "books", request_body = HolidaysBody,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn declare_holidays(order: Order<HolidaysBody>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| holidays(body, ctx).map(|(_, declare)| declare)).await
}

pub fn holidays(body: HolidaysBody, ctx: &Context) -> Result<(CalendarId, Single<FiscalCalendar>), Problem> {
    let HolidaysBody { year, holidays } = body;
    if !(1900..=2999).contains(&year) {
        return Err(Problem::invalid("/year", "a year lies between 1900 and 2999"));
    }
    asked(CalendarCommand::DeclareHolidays { year, holidays, by: ctx.actor }, ctx)
}

fn asked(command: CalendarCommand, ctx: &Context) -> Result<(CalendarId, Single<FiscalCalendar>), Problem> {
    let id = calendar_id(ctx.tenant);
    Ok((id, Single::on(id, command)))
}

/// What is left to do before a period closes for good.
#[utoipa::path(get, path = "/v1/periods/{period}/checklist", tag = "books", params(("period" = String, Path), MinPosition),
    responses((status = 200, body = Checklist), Refusals))]
pub async fn get_period_checklist(Id(period): Id<Period>, mut read: Reading) -> Result<Fresh<Checklist>, Problem> {
    let found = calendar::checklist(&mut read.tx, period).await?;
    Ok(read.answer(found))
}

/// Close a period: softly, so that only entries by hand still count in it; then hard, when all that was accepted before
/// has come into the books.
#[utoipa::path(post, path = "/v1/periods/close", tag = "books", request_body = CloseBody,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn close_period(order: Order<CloseBody>) -> Result<Committed, Problem> {
    let (app, tenant) = (order.app.clone(), order.ctx.tenant);
    let awaited_at = match order.body.closing {
        Closing::Soft => None,
        Closing::Hard => awaited(&app, tenant, order.body.period).await?,
    };
    order.on((), |(), body, ctx| close(body, ctx).map(|(_, close)| ClosePeriod { awaited_at, ..close })).await
}

/// As one of a batch, for a soft close: a hard one has to wait and has its own request.
pub fn close(body: CloseBody, ctx: &Context) -> Result<(CalendarId, ClosePeriod), Problem> {
    Ok((calendar_id(ctx.tenant), ClosePeriod { period: body.period, closing: body.closing, awaited_at: None }))
}

/// The calendar's version, once everything that was accepted before it is in the books and has its exchange rate.
async fn awaited(app: &App, tenant: TenantId, period: Period) -> Result<Option<i64>, Problem> {
    let system = &app.system;
    let (calendar, version) = system.commands.state_of::<FiscalCalendar>(tenant, calendar_id(tenant).0).await?;
    if calendar.closing(period).is_none() {
        return Ok(None);
    }
    let head = head(&mut system.database.read(tenant).await?).await?;
    if !system.progress.settled(tenant, head, UNDER_WAY_MAX).await? {
        return Ok(None);
    }
    let checklist = calendar::checklist(&mut system.database.read(tenant).await?, period).await?;
    match checklist.checks.iter().find(|check| check.blocks && check.left > 0) {
        None => Ok(Some(version)),
        Some(check) => {
            let detail = format!("{} in {period}: {} are left", check.check, check.left);
            Err(Problem::new(StatusCode::CONFLICT, "checklist_incomplete", "Checklist incomplete", detail))
        }
    }
}

/// Reopen a period one step: a hard closed one is soft closed then, a soft closed one open.
#[utoipa::path(post, path = "/v1/periods/reopen", tag = "books", request_body = ReopenBody,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn reopen_period(order: Order<ReopenBody>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| reopen(body, ctx).map(|(_, reopen)| reopen)).await
}

pub fn reopen(body: ReopenBody, ctx: &Context) -> Result<(CalendarId, Single<FiscalCalendar>), Problem> {
    asked(CalendarCommand::Reopen { period: body.period, reason: body.reason, by: ctx.actor }, ctx)
}
