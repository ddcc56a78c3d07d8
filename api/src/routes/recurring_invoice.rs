//! `/v1/recurring-invoices`: a template and a schedule, from which invoices are made as they fall due.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::recurring_invoice::{ArrangeRecurringInvoice, ResumeRecurringInvoice};
use quittance_application::single::Single;
use quittance_domain::Currency;
use quittance_domain::ids::{RecurringInvoiceId, VendorId};
use quittance_domain::invoice::References;
use quittance_domain::recurring_invoice::{RecurringInvoice, RecurringInvoiceCommand, Schedule, Template};
use quittance_projections::recurring_invoice::{self, RecurringInvoiceFilter, RecurringInvoiceView};
use quittance_projections::{Page, PageOf};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use super::invoice::body::{LineBody, lines_within, plausible};
use super::vendor::ReasonBody;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{KeyedOrder, Order};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecurringInvoiceBody {
    vendor_id: VendorId,
    /// An invoice's number is this, a dash and its date.
    #[schema(example = "RENT")]
    number_prefix: String,
    currency: Currency,
    #[serde(default)]
    references: References,
    /// BT-83.
    remittance: Option<String>,
    lines: Vec<LineBody>,
    #[serde(default)]
    notes: Vec<String>,
    schedule: Schedule,
}

/// Arrange a recurring invoice. Each one that falls due is received on its day, entered by the caller, and goes the way of every
/// invoice; days that were missed are caught up.
#[utoipa::path(post, path = "/v1/recurring-invoices", tag = "invoices", request_body = RecurringInvoiceBody,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn arrange_recurring_invoice(order: KeyedOrder<RecurringInvoiceBody>) -> Result<Committed, Problem> {
    order.create("/v1/recurring-invoices", arrange).await
}

pub fn arrange(id: RecurringInvoiceId, body: RecurringInvoiceBody, _: &Context) -> Result<ArrangeRecurringInvoice, Problem> {
    let RecurringInvoiceBody { vendor_id, number_prefix, currency, references, remittance, lines, notes, schedule } = body;
    lines_within("/lines", lines.len())?;
    plausible("/schedule/starts_on", Some(schedule.starts_on))?;
    let lines = lines.into_iter().enumerate().map(|(index, line)| line.complete(index, currency)).collect::<Result<_, _>>()?;
    let template = Template { vendor_id, number_prefix, currency, references, remittance, lines, notes };
    Ok(ArrangeRecurringInvoice { id, template, schedule })
}

/// Recurring invoices.
#[utoipa::path(get, path = "/v1/recurring-invoices", tag = "invoices", params(RecurringInvoiceFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<RecurringInvoiceView>), Refusals))]
pub async fn list_recurring_invoices(
    mut read: Reading,
    Filter(filter): Filter<RecurringInvoiceFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<RecurringInvoiceView>>, Problem> {
    let found = recurring_invoice::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One recurring invoice: its template, how far it is, and the next dates.
#[utoipa::path(get, path = "/v1/recurring-invoices/{id}", tag = "invoices", params(("id" = RecurringInvoiceId, Path), MinPosition),
    responses((status = 200, body = RecurringInvoiceView), Refusals))]
pub async fn get_recurring_invoice(Id(id): Id<RecurringInvoiceId>, mut read: Reading) -> Result<Fresh<RecurringInvoiceView>, Problem> {
    let found = recurring_invoice::get(&mut read.tx, id).await?;
    read.found(found)
}

/// Make nothing until it is resumed.
#[utoipa::path(post, path = "/v1/recurring-invoices/{id}/pause", tag = "invoices", request_body = ReasonBody,
    params(("id" = RecurringInvoiceId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn pause_recurring_invoice(Id(id): Id<RecurringInvoiceId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    order.on(id, pause).await
}

pub fn pause(id: RecurringInvoiceId, body: ReasonBody, ctx: &Context) -> Result<Single<RecurringInvoice>, Problem> {
    Ok(Single::on(id, RecurringInvoiceCommand::Pause { reason: body.given()?, by: ctx.actor }))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumptionBody {
    /// What was due before it is passed over, what was due since is caught up; today where absent.
    from: Option<NaiveDate>,
}

/// Go on after a pause.
#[utoipa::path(post, path = "/v1/recurring-invoices/{id}/resume", tag = "invoices", request_body = ResumptionBody,
    params(("id" = RecurringInvoiceId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn resume_recurring_invoice(Id(id): Id<RecurringInvoiceId>, order: Order<ResumptionBody>) -> Result<Committed, Problem> {
    order.on(id, resume).await
}

pub fn resume(id: RecurringInvoiceId, body: ResumptionBody, _: &Context) -> Result<ResumeRecurringInvoice, Problem> {
    plausible("/from", body.from)?;
    Ok(ResumeRecurringInvoice { id, from: body.from })
}

/// End it for good. Invoices that it made stay.
#[utoipa::path(post, path = "/v1/recurring-invoices/{id}/end", tag = "invoices", request_body = ReasonBody,
    params(("id" = RecurringInvoiceId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn end_recurring_invoice(Id(id): Id<RecurringInvoiceId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    order.on(id, end).await
}

pub fn end(id: RecurringInvoiceId, body: ReasonBody, ctx: &Context) -> Result<Single<RecurringInvoice>, Problem> {
    Ok(Single::on(id, RecurringInvoiceCommand::End { reason: body.given()?, by: ctx.actor }))
}
