//! A question to a payment calendar that changes nothing: when would a past period's instalments have been paid?

use axum::Json;
use chrono::NaiveDate;
use quittance_application::{Failure, Refused};
use quittance_domain::ids::InvoiceId;
use quittance_domain::payment_calendar::PaymentCalendar;
use quittance_projections::payment_calendar::{self, Asked, PaymentCalendarReplay};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use super::invoice::body::lines_within;
use crate::order::Order;
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayPaymentCalendarBody {
    calendar: PaymentCalendar,
    from: NaiveDate,
    /// The last day of the period: today or before, and at most 366 days from the first.
    to: NaiveDate,
    /// Only from this invoice on: as the answer before this one said.
    continue_from: Option<InvoiceId>,
}

/// Days of a period that one question takes.
const DAYS_MAX: i64 = 366;

/// The payment-calendar time machine: when would what was paid in a past period, or fell due in it unpaid, have been paid, had
/// payments left on these days? Each instalment is taken by the last run that still meets its due date or a discount that is worth
/// it, and not before it was approved and nothing held it, its vendor or its account, as things stood at each day's end. Runs move to
/// the next working day, and go on after the period for what was not due in it; what is disputed waits whole. Terms, amounts and
/// holidays are as they are known today. Nothing is stored.
#[utoipa::path(post, path = "/v1/payment-calendar/replay", tag = "payments", request_body = ReplayPaymentCalendarBody,
    responses((status = 200, body = PaymentCalendarReplay), Refusals))]
pub async fn replay_payment_calendar(order: Order<ReplayPaymentCalendarBody>) -> Result<Json<PaymentCalendarReplay>, Problem> {
    let ReplayPaymentCalendarBody { calendar, from, to, continue_from } = order.body;
    let (today, zone) = (order.ctx.today(), order.ctx.zone);
    is_past(from, to, today)?;
    lines_within("/calendar/dates", calendar.dates.len())?;
    let mut tx = order.app.system.database.read(order.caller.tenant).await?;
    let working_days = payment_calendar::working_days(&mut tx).await?;
    let runs =
        calendar.runs(&working_days, (from, to), today).map_err(|refusal| Failure::from(Refused::from(refusal).below("/calendar")))?;
    let asked = Asked { from, to, continue_from, today, zone };
    Ok(Json(payment_calendar::replay(&mut tx, &runs, &asked).await?))
}

fn is_past(from: NaiveDate, to: NaiveDate, today: NaiveDate) -> Result<(), Problem> {
    match () {
        () if from > to => Err(Problem::invalid("/to", "a period ends on the day on which it begins, or later")),
        () if to > today => Err(Problem::invalid("/to", "the period lies in the past: it ends today or before")),
        () if (to - from).num_days() >= DAYS_MAX => Err(Problem::invalid("/to", format!("a period has at most {DAYS_MAX} days"))),
        () => Ok(()),
    }
}
