//! What no payment explains: a person books it to accounts of the chart, and takes that back.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::bank_booking::{BookLine, BookingPart, TakeBookingBack};
use quittance_domain::chart::Code;
use quittance_domain::ids::BankStatementId;
use quittance_domain::invoice::Assignment;
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::invoice::body::plausible;
use super::super::vendor::ReasonBody;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::Id;

const PARTS_MAX: usize = 100;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingBody {
    line: u32,
    /// Together the line's amount the other way round: a fee that left is a debit. One may leave its amount out and takes what is left.
    parts: Vec<BookingPartBody>,
    #[schema(example = "Bank charges of November")]
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingPartBody {
    #[schema(value_type = String, example = "6850")]
    account_code: Code,
    #[schema(value_type = Option<String>)]
    cost_centre: Option<Code>,
    #[schema(value_type = Option<String>)]
    project: Option<Code>,
    #[schema(value_type = Option<String>)]
    tax_code: Option<Code>,
    /// In the account's currency. Debit above zero, credit below.
    #[schema(value_type = Option<String>, example = "2.50")]
    amount: Option<Decimal>,
}

/// Book a line that no payment explains: fees, interest, a refund, a transfer between own accounts. The bank's account of the books moves on
/// the day on which the bank booked it, or on the first one after it that is open. What is matched is not booked, and what is booked is not
/// matched.
#[utoipa::path(post, path = "/v1/bank-statements/{id}/book", tag = "bank", request_body = BookingBody,
    params(("id" = BankStatementId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn book_bank_line(Id(id): Id<BankStatementId>, order: KeyedOrder<BookingBody>) -> Result<Committed, Problem> {
    order.on(id, book_line).await
}

pub fn book_line(id: BankStatementId, body: BookingBody, _: &Context) -> Result<BookLine, Problem> {
    let BookingBody { line, parts, reason } = body;
    if parts.is_empty() || parts.len() > PARTS_MAX {
        return Err(Problem::invalid("/parts", format!("one part at least, {PARTS_MAX} at most")));
    }
    let mut rests = parts.iter().enumerate().filter(|(_, part)| part.amount.is_none());
    if let Some((second, _)) = rests.nth(1) {
        return Err(Problem::invalid(format!("/parts/{second}/amount"), "one part takes what is left, not two"));
    }
    Ok(BookLine { id, line, parts: parts.into_iter().map(BookingPart::from).collect(), reason })
}

impl From<BookingPartBody> for BookingPart {
    fn from(body: BookingPartBody) -> Self {
        let BookingPartBody { account_code, cost_centre, project, tax_code, amount } = body;
        Self { to: Assignment { account_code, cost_centre, project, tax_code }, amount }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnbookBody {
    line: u32,
    reason: String,
    /// From when it no longer counts, not before the booking's own day; that day where absent, as if it had never been there.
    effective_date: Option<NaiveDate>,
}

/// Take a booking back: the line is unexplained again. Refused where the day is in a closed period.
#[utoipa::path(post, path = "/v1/bank-statements/{id}/unbook", tag = "bank", request_body = UnbookBody,
    params(("id" = BankStatementId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn unbook_bank_line(Id(id): Id<BankStatementId>, order: KeyedOrder<UnbookBody>) -> Result<Committed, Problem> {
    order.on(id, unbook_line).await
}

pub fn unbook_line(id: BankStatementId, body: UnbookBody, _: &Context) -> Result<TakeBookingBack, Problem> {
    let UnbookBody { line, reason, effective_date } = body;
    plausible("/effective_date", effective_date)?;
    let reason = ReasonBody { reason }.given()?;
    Ok(TakeBookingBack { id, line, reason, effective_date })
}
