//! `POST /v1/payments`.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::payment::{Paying, PlanPayment};
use quittance_domain::Money;
use quittance_domain::ids::{BankAccountId, InvoiceId, PaymentId, ProviderAccountId};
use quittance_domain::payment::{Method, TransferInstructions};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::invoice::body::{lines_within, plausible};
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentBody {
    pub method: Method,
    /// When the bank is to execute it, today or later; today where absent. What was paid by other means (`manual`) is planned for the day
    /// on which it was paid, which decides about its discount and the tax that is kept back.
    pub execution_date: Option<NaiveDate>,
    /// One of the company's accounts; needed for a bank file.
    pub debtor_account_id: Option<BankAccountId>,
    /// Where the provider is reached that makes the transfer; all items then go to one bank account of one vendor.
    pub provider_account_id: Option<ProviderAccountId>,
    pub items: Vec<PayingBody>,
    /// What the bank is told of an international credit transfer; charges are shared where absent.
    pub instructions: Option<TransferInstructions>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayingBody {
    pub invoice_id: InvoiceId,
    /// All that is open and unclaimed where absent.
    pub amount: Option<Money>,
}

/// Plan a payment of approved invoices, in whole or part. The open amounts are claimed in the same transaction.
#[utoipa::path(post, path = "/v1/payments", tag = "payments", request_body = PaymentBody, params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn plan_payment(order: KeyedOrder<PaymentBody>) -> Result<Committed, Problem> {
    order.create("/v1/payments", plan).await
}

pub fn plan(id: PaymentId, body: PaymentBody, ctx: &Context) -> Result<PlanPayment, Problem> {
    plausible("/execution_date", body.execution_date)?;
    lines_within("/items", body.items.len())?;
    Ok(PlanPayment {
        id,
        method: body.method,
        execution_date: body.execution_date.unwrap_or_else(|| ctx.today()),
        debtor_account_id: body.debtor_account_id,
        provider_account_id: body.provider_account_id,
        items: body.items.into_iter().map(|i| Paying { invoice_id: i.invoice_id, amount: i.amount }).collect(),
        instructions: body.instructions,
    })
}
