//! `POST /v1/receivables/{id}/credit-notes`: what a customer does not owe after all, and `/refunds`: what the customer has back.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::receivable::{CreditReceivable, RecordCustomerRefund, TakeCustomerRefundBack};
use quittance_domain::Money;
use quittance_domain::chart::Code;
use quittance_domain::ids::{CustomerRefundId, ReceivableId};
use quittance_domain::receivable::{CreditRequest, CreditedAdjustment, LineCredit};
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::invoice::body::plausible;
use super::super::vendor::reason_given;
use super::payment::incoming_record;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditNoteBody {
    /// Today where absent; not before the receivable's own date, nor, where goods come back, before they left.
    issue_date: Option<NaiveDate>,
    /// What it takes back; all that is left of every line, allowance and charge where absent.
    lines: Option<Vec<CreditedLineBody>>,
    /// What it takes back of the document's allowances and charges; their share by what the lines come to where absent.
    adjustments: Option<Vec<CreditedAdjustmentBody>>,
    /// Whether the goods of its lines had left, and are back where they came from. What had not left is not set aside any more.
    #[serde(default)]
    goods_returned: bool,
    #[schema(example = "two arrived broken")]
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreditedLineBody {
    /// BT-126 of the receivable's line.
    #[schema(example = "1")]
    line: String,
    /// In the line's unit. Where only `net` is said, the customer keeps all goods for less; where neither is, all that is left is meant.
    #[schema(value_type = Option<String>, example = "2")]
    quantity: Option<Decimal>,
    /// What it takes back of the line's net amount; what the quantity comes to where absent.
    #[schema(value_type = Option<String>, example = "200.00")]
    net: Option<Decimal>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreditedAdjustmentBody {
    /// Which of the receivable's allowances and charges, counted from 0.
    index: u32,
    #[schema(value_type = String, example = "10.00")]
    amount: Decimal,
}

/// Issue a credit note on a receivable: the customer owes less, in part or in whole, and is owed what was paid beyond that. It takes the next
/// number of the year's credit notes, posts revenue and tax back where they went, and brings goods back into stock at what they left at.
#[utoipa::path(post, path = "/v1/receivables/{id}/credit-notes", tag = "receivables", request_body = CreditNoteBody,
    params(("id" = ReceivableId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn credit_receivable(Id(id): Id<ReceivableId>, order: KeyedOrder<CreditNoteBody>) -> Result<Committed, Problem> {
    order.on(id, credit).await
}

pub fn credit(id: ReceivableId, body: CreditNoteBody, _: &Context) -> Result<CreditReceivable, Problem> {
    let CreditNoteBody { issue_date, lines, adjustments, goods_returned, reason } = body;
    plausible("/issue_date", issue_date)?;
    if lines.as_ref().is_some_and(Vec::is_empty) {
        return Err(Problem::invalid("/lines", "a credit note takes back one line at least; all that is left where lines are absent"));
    }
    let line = |CreditedLineBody { line, quantity, net }| LineCredit { line, quantity, net };
    let adjustment = |CreditedAdjustmentBody { index, amount }| CreditedAdjustment { index, amount };
    let request = CreditRequest {
        lines: lines.map(|lines| lines.into_iter().map(line).collect()),
        adjustments: adjustments.map(|own| own.into_iter().map(adjustment).collect()),
        goods_returned,
        reason: reason_given(reason)?,
    };
    Ok(CreditReceivable { id, issue_date, request })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerRefundBody {
    /// All that the customer is owed where absent.
    amount: Option<Money>,
    /// Today where absent; not before the receivable's own date.
    value_date: Option<NaiveDate>,
    /// `transfer`, `card`, `cash`, `cheque`, `mobile_money`, …
    #[schema(example = "transfer")]
    method: String,
    /// The transfer's number, or the receipt's.
    #[schema(example = "REF-4711")]
    reference: String,
    /// Where the money was kept in the books, if no bank statement will tell of it: the cash box, say, or the account over which it is set
    /// off. Without it the line of a statement that tells of it later is matched to this refund.
    account_code: Option<Code>,
}

/// Record that a customer has money back, in part or in whole; never more than is owed. Money of which a bank statement tells is matched by its
/// line.
#[utoipa::path(post, path = "/v1/receivables/{id}/refunds", tag = "receivables", request_body = CustomerRefundBody,
    params(("id" = ReceivableId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn refund_customer(Id(id): Id<ReceivableId>, order: KeyedOrder<CustomerRefundBody>) -> Result<Committed, Problem> {
    order.on(id, refund).await
}

pub fn refund(id: ReceivableId, body: CustomerRefundBody, _: &Context) -> Result<RecordCustomerRefund, Problem> {
    let CustomerRefundBody { amount, value_date, method, reference, account_code } = body;
    plausible("/value_date", value_date)?;
    let record = incoming_record(method, reference, account_code)?;
    Ok(RecordCustomerRefund { id, amount, value_date, record })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeRefundBackBody {
    refund_id: CustomerRefundId,
    /// Today where absent; not before the refund's value date.
    effective_date: Option<NaiveDate>,
    #[schema(example = "the account was closed")]
    reason: String,
}

/// Take a customer's refund back: it never arrived, or was another's. The customer is owed it again. What the line of a bank statement tells
/// of is taken back with its match.
#[utoipa::path(post, path = "/v1/receivables/{id}/take-refund-back", tag = "receivables", request_body = TakeRefundBackBody,
    params(("id" = ReceivableId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn take_customer_refund_back(Id(id): Id<ReceivableId>, order: KeyedOrder<TakeRefundBackBody>) -> Result<Committed, Problem> {
    order.on(id, take_refund_back).await
}

pub fn take_refund_back(id: ReceivableId, body: TakeRefundBackBody, _: &Context) -> Result<TakeCustomerRefundBack, Problem> {
    let TakeRefundBackBody { refund_id, effective_date, reason } = body;
    plausible("/effective_date", effective_date)?;
    Ok(TakeCustomerRefundBack { id, refund_id, effective_date, reason: reason_given(reason)? })
}
