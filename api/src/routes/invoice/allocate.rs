//! Credit notes, credit on account and prepayments set off against invoices, small differences written off, and all of it undone.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::allocation::{ApplyCredit, ApplyPrepayment, Credit, ReverseAllocation, WriteOff};
use quittance_domain::Money;
use quittance_domain::ids::{AllocationId, InvoiceId, PaymentId};
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
pub struct CreditBody {
    /// An approved credit note of the same vendor.
    credit_note_id: Option<InvoiceId>,
    /// Instead of a credit note: the payment that left credit on account.
    payment_id: Option<PaymentId>,
    /// The line of that payment whose money it is; without it a provider's whole transfer, or the payment's only line on account.
    item: Option<u32>,
    /// As much as both have open where absent.
    amount: Option<Money>,
    /// Today where absent; not before either document counts.
    effective_date: Option<NaiveDate>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrepaymentBody {
    /// A prepayment of the same vendor, as far as it was paid.
    prepayment_id: InvoiceId,
    /// As much as the invoice has open and the prepayment has left where absent.
    amount: Option<Money>,
    /// Today where absent; not before either document counts.
    effective_date: Option<NaiveDate>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteOffBody {
    reason: String,
    /// Today where absent.
    effective_date: Option<NaiveDate>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllocationReversalBody {
    /// As the invoice's `allocations` name it.
    allocation_id: AllocationId,
    reason: String,
    /// Today where absent.
    effective_date: Option<NaiveDate>,
}

/// Set a credit note, or what a payment left on account, off against an invoice, whole or in part: what is open of both is less by it.
/// Never more than is open.
#[utoipa::path(post, path = "/v1/invoices/{id}/apply-credit", tag = "invoices", request_body = CreditBody,
    params(("id" = InvoiceId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn apply_credit(Id(id): Id<InvoiceId>, order: KeyedOrder<CreditBody>) -> Result<Committed, Problem> {
    order.on(id, apply).await
}

pub fn apply(id: InvoiceId, body: CreditBody, _: &Context) -> Result<ApplyCredit, Problem> {
    plausible("/effective_date", body.effective_date)?;
    let credit = match (body.credit_note_id, body.payment_id) {
        (Some(credit_note), None) => Credit::Note(credit_note),
        (None, Some(payment_id)) => Credit::OnAccount { payment_id, item: body.item },
        _ => return Err(Problem::invalid("/credit_note_id", "either a credit note, or the payment that left credit on account")),
    };
    Ok(ApplyCredit { id, credit, amount: body.amount, effective_date: body.effective_date })
}

/// Set what was paid before off against the invoice that it was paid for, whole or in part. Never more than was paid of the
/// prepayment, nor than is open of the invoice.
#[utoipa::path(post, path = "/v1/invoices/{id}/apply-prepayment", tag = "invoices", request_body = PrepaymentBody,
    params(("id" = InvoiceId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn apply_prepayment(Id(id): Id<InvoiceId>, order: KeyedOrder<PrepaymentBody>) -> Result<Committed, Problem> {
    order.on(id, apply_paid).await
}

pub fn apply_paid(id: InvoiceId, body: PrepaymentBody, _: &Context) -> Result<ApplyPrepayment, Problem> {
    plausible("/effective_date", body.effective_date)?;
    let PrepaymentBody { prepayment_id, amount, effective_date } = body;
    Ok(ApplyPrepayment { id, prepayment_id, amount, effective_date })
}

/// Write off what is left of an invoice, where the tolerances' `write_off` allows as much in its currency.
#[utoipa::path(post, path = "/v1/invoices/{id}/write-off", tag = "invoices", request_body = WriteOffBody,
    params(("id" = InvoiceId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn write_off_invoice(Id(id): Id<InvoiceId>, order: KeyedOrder<WriteOffBody>) -> Result<Committed, Problem> {
    order.on(id, write_off).await
}

pub fn write_off(id: InvoiceId, body: WriteOffBody, _: &Context) -> Result<WriteOff, Problem> {
    plausible("/effective_date", body.effective_date)?;
    Ok(WriteOff { id, effective_date: body.effective_date, reason: reason_given(body.reason)? })
}

/// Take an allocation back, from the invoice or from the credit note or prepayment: the amount is open again on both. What is kept
/// back or was written off only an owner or a treasurer takes back.
#[utoipa::path(post, path = "/v1/invoices/{id}/reverse-allocation", tag = "invoices", request_body = AllocationReversalBody,
    params(("id" = InvoiceId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn reverse_allocation(Id(id): Id<InvoiceId>, order: KeyedOrder<AllocationReversalBody>) -> Result<Committed, Problem> {
    order.on(id, reverse).await
}

pub fn reverse(id: InvoiceId, body: AllocationReversalBody, _: &Context) -> Result<ReverseAllocation, Problem> {
    plausible("/effective_date", body.effective_date)?;
    let AllocationReversalBody { allocation_id, reason, effective_date } = body;
    Ok(ReverseAllocation { id, allocation_id, effective_date, reason: reason_given(reason)? })
}
