//! `POST /v1/payment-runs`: what is to be paid, and for everything else why not.

use std::time::Duration;

use axum::http::StatusCode;
use chrono::{Days, NaiveDate};
use quittance_application::Context;
use quittance_application::payment_run::{OpenInvoices, ProposePaymentRun};
use quittance_domain::ids::{BankAccountId, PaymentRunId, TenantId, VendorId};
use quittance_domain::payment::{Method, TransferInstructions};
use quittance_domain::payment_run::Criteria;
use quittance_domain::{Currency, Money};
use quittance_projections::progress::Managers;
use quittance_projections::{payment_run, source};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::invoice::body::{lines_within, plausible};
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::system::System;

/// How long a proposal waits for the read models to know everything there is.
const WHOLE_WAIT: Duration = Duration::from_secs(5);
/// Days until the next run where nobody says.
const NEXT_RUN_AFTER: Days = Days::new(7);

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentRunBody {
    pub method: Method,
    /// One of the company's accounts; needed for a bank file.
    pub debtor_account_id: Option<BankAccountId>,
    /// The value date of the transfers; today where absent.
    pub run_date: Option<NaiveDate>,
    /// A week after the run where absent.
    pub next_run_date: Option<NaiveDate>,
    /// What falls due later waits for the next run; where absent, the day before that one's money moves.
    pub due_until: Option<NaiveDate>,
    /// The yearly rate, as a fraction, from which on a discount is worth paying early for; 0.1 where absent.
    #[schema(value_type = Option<String>, example = "0.1")]
    pub hurdle_rate: Option<Decimal>,
    /// Days that a changed bank account waits before a run pays to it, beyond the company's own rule.
    #[serde(default)]
    pub account_rest_days: u16,
    /// Only these; all where empty.
    #[serde(default)]
    pub currencies: Vec<Currency>,
    /// Only these; all where empty.
    #[serde(default)]
    pub vendors: Vec<VendorId>,
    /// Currencies whose cut-off for the run date has passed.
    #[serde(default)]
    pub closed_currencies: Vec<Currency>,
    /// The most that leaves, one amount a currency; without one there is no limit.
    #[serde(default)]
    pub cash_limits: Vec<Money>,
    /// What the bank is told of international credit transfers; charges are shared where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<TransferInstructions>,
}

/// Propose a payment run over everything that is open. What it selects is reserved, so that no other run selects it; for everything
/// else the reason is kept.
#[utoipa::path(post, path = "/v1/payment-runs", tag = "payment runs", request_body = PaymentRunBody,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn propose_payment_run(order: KeyedOrder<PaymentRunBody>) -> Result<Committed, Problem> {
    let open = open_invoices(&order.app.system, order.caller.tenant).await?;
    order.create("/v1/payment-runs", |id, body, ctx| propose(id, body, open, ctx)).await
}

/// What tells what is open, and what other runs have reserved of it.
const READ_MODELS: &[&str] = &["invoices", "payment_run_items", "payment_runs", "payments", "vendors"];

/// Everything that is open, with nothing missing that was recorded before the question.
pub async fn open_invoices(system: &System, tenant: TenantId) -> Result<OpenInvoices, Problem> {
    let mut tx = system.database.read(tenant).await?;
    let head = source::head(&mut tx).await?;
    drop(tx);
    whole(system, tenant, READ_MODELS, head).await?;
    let mut tx = system.database.read(tenant).await?;
    Ok(payment_run::open_invoices(&mut tx, head).await?)
}

/// Waits, bounded, until the read models know everything up to here.
pub async fn whole(system: &System, tenant: TenantId, read_models: &[&'static str], head: i64) -> Result<(), Problem> {
    if system.progress.shown_in(read_models, Managers::All, tenant, head, WHOLE_WAIT).await? {
        return Ok(());
    }
    let detail = "what is open is not known up to now yet";
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_yet_readable", "Not yet readable", detail).after(1))
}

pub fn propose(id: PaymentRunId, body: PaymentRunBody, open: OpenInvoices, ctx: &Context) -> Result<ProposePaymentRun, Problem> {
    lines_within("/vendors", body.vendors.len())?;
    for (pointer, date) in [("/run_date", body.run_date), ("/next_run_date", body.next_run_date), ("/due_until", body.due_until)] {
        plausible(pointer, date)?;
    }
    let run_date = body.run_date.unwrap_or_else(|| ctx.today());
    let next_run_date = body.next_run_date.unwrap_or(run_date + NEXT_RUN_AFTER);
    let criteria = Criteria {
        run_date,
        next_run_date,
        due_until: next_run_date - Days::new(1),
        hurdle_rate: body.hurdle_rate.unwrap_or(Decimal::new(1, 1)),
        account_rest_days: body.account_rest_days,
        currencies: body.currencies,
        vendors: body.vendors,
        closed_currencies: body.closed_currencies,
        cash_limits: body.cash_limits,
    };
    Ok(ProposePaymentRun {
        id,
        method: body.method,
        debtor_account_id: body.debtor_account_id,
        criteria,
        due_until: body.due_until,
        open,
        instructions: body.instructions,
    })
}
