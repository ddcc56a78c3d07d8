//! Part of an invoice kept back for a time, and released.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::allocation::{ReleaseRetention, Retain};
use quittance_domain::ids::{AllocationId, InvoiceId};
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::vendor::reason_given;
use super::body::plausible;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionBody {
    /// Of what the invoice says is due.
    #[schema(value_type = String, example = "5")]
    percent: Decimal,
    /// The first day on which it may be released.
    release_on: NaiveDate,
    reason: String,
    /// Today where absent.
    effective_date: Option<NaiveDate>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionReleaseBody {
    /// As the invoice's `allocations` name it.
    allocation_id: AllocationId,
    reason: String,
    /// Today where absent; not before its day.
    effective_date: Option<NaiveDate>,
}

/// Keep part of an approved invoice back, such as until a building has stood a year. It is owed, and neither open nor paid
/// until it is released.
#[utoipa::path(post, path = "/v1/invoices/{id}/retain", tag = "invoices", request_body = RetentionBody,
    params(("id" = InvoiceId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn retain_part(Id(id): Id<InvoiceId>, order: KeyedOrder<RetentionBody>) -> Result<Committed, Problem> {
    order.on(id, retain).await
}

pub fn retain(id: InvoiceId, body: RetentionBody, _: &Context) -> Result<Retain, Problem> {
    let RetentionBody { percent, release_on, reason, effective_date } = body;
    plausible("/effective_date", effective_date)?;
    plausible("/release_on", Some(release_on))?;
    if percent <= Decimal::ZERO || percent > Decimal::ONE_HUNDRED {
        return Err(Problem::invalid("/percent", "above 0, and at most 100"));
    }
    Ok(Retain { id, percent, release_on, effective_date, reason: reason_given(reason)? })
}

/// Release what was kept back, from its day on: it is open, and payable like any other. What was kept back in error is undone
/// by `reverse-allocation`.
#[utoipa::path(post, path = "/v1/invoices/{id}/release-retention", tag = "invoices", request_body = RetentionReleaseBody,
    params(("id" = InvoiceId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn release_retention(Id(id): Id<InvoiceId>, order: KeyedOrder<RetentionReleaseBody>) -> Result<Committed, Problem> {
    order.on(id, release).await
}

pub fn release(id: InvoiceId, body: RetentionReleaseBody, _: &Context) -> Result<ReleaseRetention, Problem> {
    plausible("/effective_date", body.effective_date)?;
    let RetentionReleaseBody { allocation_id, reason, effective_date } = body;
    Ok(ReleaseRetention { id, allocation_id, effective_date, reason: reason_given(reason)? })
}
