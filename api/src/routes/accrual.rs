//! `/v1/accruals`: what a period cost and nobody has invoiced.

use quittance_application::Context;
use quittance_application::accrual::AccrueCosts;
use quittance_domain::calendar::Period;
use quittance_domain::chart::Code;
use quittance_domain::ids::JournalEntryId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use super::journal::{JournalLineBody, line};
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccrualBody {
    period: Period,
    #[schema(example = "Cleaning of November, not billed yet")]
    reason: String,
    /// The account that owes it meanwhile, such as accrued expenses.
    accrued_to: Code,
    /// What it was spent on; each is owed on the other account.
    lines: Vec<JournalLineBody>,
}

/// Accrue costs on the last day of a period. They are taken back on the first day of the next one, in the same write.
#[utoipa::path(post, path = "/v1/accruals", tag = "books", request_body = AccrualBody,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn accrue_costs(order: KeyedOrder<AccrualBody>) -> Result<Committed, Problem> {
    order.create("/v1/journal-entries", accrue).await
}

pub fn accrue(id: JournalEntryId, body: AccrualBody, _: &Context) -> Result<AccrueCosts, Problem> {
    let AccrualBody { period, reason, accrued_to, lines } = body;
    Ok(AccrueCosts { id, period, reason, accrued_to, lines: lines.into_iter().map(line).collect() })
}
