//! `POST /v1/invoices/{id}/refund`: a vendor paid back a credit note, or what was left of a prepayment.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::refund::RecordRefund;
use quittance_domain::Money;
use quittance_domain::chart::Code;
use quittance_domain::ids::InvoiceId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::receivable::payment::incoming_record;
use super::body::plausible;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundBody {
    /// All that the vendor has to pay back where absent.
    amount: Option<Money>,
    /// Today where absent; not before the document counts.
    received_on: Option<NaiveDate>,
    #[schema(example = "cheque")]
    method: String,
    /// The cheque's number, or the receipt's.
    #[schema(example = "CHQ-4711")]
    reference: String,
    /// Where the money is kept in the books, if no bank statement will tell of it: the cash box, say. Without it the line of a
    /// statement that tells of it later is matched to this refund.
    account_code: Option<Code>,
}

/// Record that the vendor paid back a credit note, or what was left of a prepayment that was paid. Never more than is left of it; no
/// payment run sets it off any more. Money that a bank statement tells of is matched by its line.
#[utoipa::path(post, path = "/v1/invoices/{id}/refund", tag = "invoices", request_body = RefundBody,
    params(("id" = InvoiceId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn record_refund(Id(id): Id<InvoiceId>, order: KeyedOrder<RefundBody>) -> Result<Committed, Problem> {
    order.on(id, record).await
}

pub fn record(id: InvoiceId, body: RefundBody, _: &Context) -> Result<RecordRefund, Problem> {
    let RefundBody { amount, received_on, method, reference, account_code } = body;
    plausible("/received_on", received_on)?;
    Ok(RecordRefund { id, amount, received_on, record: incoming_record(method, reference, account_code)? })
}
