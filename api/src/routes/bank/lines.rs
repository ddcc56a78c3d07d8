//! What a person does with a statement's lines.

use quittance_application::Context;
use quittance_application::bank_statement::{Decision, MatchAutomatically, MatchLine, UnmatchLine};
use quittance_domain::ids::{BankStatementId, PaymentId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::vendor::ReasonBody;
use super::import::candidates;
use crate::committed::{CommandAnswer, Committed, reacted};
use crate::order::{KeyedOrder, Nothing};
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchBody {
    line: u32,
    /// The payment that the line tells of; its items must be worth the line's amount.
    payment_id: Option<PaymentId>,
    /// Lines of the payment's plan.
    #[serde(default)]
    items: Vec<u32>,
    /// Instead of a payment: what the line is, such as bank fees or interest.
    #[schema(example = "bank fees of November")]
    explanation: Option<String>,
}

/// Say what a line is: a payment's leaving or coming back, or in words what else.
#[utoipa::path(post, path = "/v1/bank-statements/{id}/match", tag = "bank", request_body = MatchBody,
    params(("id" = BankStatementId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn match_bank_line(Id(id): Id<BankStatementId>, order: KeyedOrder<MatchBody>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.on(id, match_line).await?).await
}

pub fn match_line(id: BankStatementId, body: MatchBody, _: &Context) -> Result<MatchLine, Problem> {
    let decision = match (body.payment_id, body.explanation) {
        (Some(payment_id), None) => Decision::Payment { payment_id, items: body.items },
        (None, Some(explanation)) => Decision::Explained(explanation),
        _ => return Err(Problem::invalid("/payment_id", "either a payment or an explanation")),
    };
    Ok(MatchLine { id, line: body.line, decision })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnmatchBody {
    line: u32,
    reason: String,
}

/// Take an explanation back. What settled or returned a payment stays: the bank did it.
#[utoipa::path(post, path = "/v1/bank-statements/{id}/unmatch", tag = "bank", request_body = UnmatchBody,
    params(("id" = BankStatementId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn unmatch_bank_line(Id(id): Id<BankStatementId>, order: KeyedOrder<UnmatchBody>) -> Result<Committed, Problem> {
    order.on(id, unmatch_line).await
}

pub fn unmatch_line(id: BankStatementId, body: UnmatchBody, ctx: &Context) -> Result<UnmatchLine, Problem> {
    let reason = ReasonBody { reason: body.reason }.given()?;
    Ok(UnmatchLine { id, line: body.line, by: ctx.actor, reason })
}

/// Try again to match what is unmatched: payments may have been sent, or statements of their leaving imported, since.
#[utoipa::path(post, path = "/v1/bank-statements/{id}/match-automatically", tag = "bank", request_body = Nothing,
    params(("id" = BankStatementId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn match_bank_statement(Id(id): Id<BankStatementId>, order: KeyedOrder<Nothing>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    let candidates = candidates(&app, caller.tenant, &[]).await?;
    let done = order.on(id, |id, _, _: &Context| Ok(MatchAutomatically { id, candidates })).await?;
    reacted(&app, &caller, done).await
}
