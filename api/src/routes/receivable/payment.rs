//! `POST /v1/receivables/{id}/payments`: what a customer paid, by a person's word.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::receivable::{RecordIncomingPayment, TakePaymentBack};
use quittance_domain::Money;
use quittance_domain::chart::Code;
use quittance_domain::ids::{IncomingPaymentId, ReceivableId};
use quittance_domain::incoming::IncomingRecord;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::invoice::body::plausible;
use super::super::vendor::reason_given;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncomingPaymentBody {
    /// All that is open where absent.
    amount: Option<Money>,
    /// Today where absent; not before the receivable's own date.
    value_date: Option<NaiveDate>,
    /// `transfer`, `card`, `cash`, `cheque`, `mobile_money`, …
    #[schema(example = "cheque")]
    method: String,
    /// The cheque's number, or the receipt's.
    #[schema(example = "CHQ-4711")]
    reference: String,
    /// Where the money is kept in the books, if no bank statement will tell of it: the cash box, say. Without it the line of a
    /// statement that tells of it later is matched to this payment.
    account_code: Option<Code>,
}

/// Record that a customer paid, in part or in whole; never more than is open. Once nothing is open, what the receivable sells leaves our
/// stocks. Money that a bank statement tells of is matched by its line.
#[utoipa::path(post, path = "/v1/receivables/{id}/payments", tag = "receivables", request_body = IncomingPaymentBody,
    params(("id" = ReceivableId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn record_incoming_payment(Id(id): Id<ReceivableId>, order: KeyedOrder<IncomingPaymentBody>) -> Result<Committed, Problem> {
    order.on(id, record).await
}

pub fn record(id: ReceivableId, body: IncomingPaymentBody, _: &Context) -> Result<RecordIncomingPayment, Problem> {
    let IncomingPaymentBody { amount, value_date, method, reference, account_code } = body;
    plausible("/value_date", value_date)?;
    let record = incoming_record(method, reference, account_code)?;
    Ok(RecordIncomingPayment { id, amount, value_date, record })
}

/// How money came in, in words.
pub fn incoming_record(method: String, reference: String, account_code: Option<Code>) -> Result<IncomingRecord, Problem> {
    for (pointer, said) in [("/method", &method), ("/reference", &reference)] {
        if said.trim().is_empty() {
            return Err(Problem::invalid(pointer, "how the money came in is said in words"));
        }
    }
    Ok(IncomingRecord { method, reference, account_code })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakePaymentBackBody {
    incoming_payment_id: IncomingPaymentId,
    /// Today where absent; not before the payment's value date.
    effective_date: Option<NaiveDate>,
    #[schema(example = "the cheque bounced")]
    reason: String,
}

/// Take a customer's payment back: it bounced, or was never this customer's. The receivable is open again by so much; goods that have left
/// stay gone. What the line of a bank statement tells of is taken back with its match.
#[utoipa::path(post, path = "/v1/receivables/{id}/take-payment-back", tag = "receivables", request_body = TakePaymentBackBody,
    params(("id" = ReceivableId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn take_incoming_payment_back(Id(id): Id<ReceivableId>, order: KeyedOrder<TakePaymentBackBody>) -> Result<Committed, Problem> {
    order.on(id, take_back).await
}

pub fn take_back(id: ReceivableId, body: TakePaymentBackBody, _: &Context) -> Result<TakePaymentBack, Problem> {
    let TakePaymentBackBody { incoming_payment_id, effective_date, reason } = body;
    plausible("/effective_date", effective_date)?;
    Ok(TakePaymentBack { id, incoming_payment_id, effective_date, reason: reason_given(reason)? })
}
