//! The end of a transfer whose provider says nothing any more: one person says what became of it, another confirms.

use quittance_application::Context;
use quittance_application::transfer_outcome::{ConfirmOutcome, FindOutcome};
use quittance_domain::ids::{AttachmentId, PaymentId};
use quittance_domain::payment::FoundOutcome;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::invoice::body::plausible;
use super::super::vendor::ReasonBody;
use crate::committed::{CommandAnswer, Committed, reacted};
use crate::order::{KeyedOrder, Nothing};
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeBody {
    outcome: FoundOutcome,
    #[schema(example = "the provider was wound up; its liquidator's list does not name the transfer")]
    reason: String,
    /// Attachments of the payment that show it.
    evidence: Vec<AttachmentId>,
}

/// Say what became of a transfer whose provider account is closed: it left, under a reference of the bank, or it never did. Nothing moves
/// before a second person confirms it. What was paid by other means instead is another payment.
#[utoipa::path(post, path = "/v1/payments/{id}/find-outcome", tag = "payments", request_body = OutcomeBody,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn find_transfer_outcome(Id(id): Id<PaymentId>, order: KeyedOrder<OutcomeBody>) -> Result<Committed, Problem> {
    order.on(id, find).await
}

pub fn find(id: PaymentId, body: OutcomeBody, _: &Context) -> Result<FindOutcome, Problem> {
    let OutcomeBody { outcome, reason, evidence } = body;
    if let FoundOutcome::Left { value_date, .. } = outcome {
        plausible("/outcome/left/value_date", Some(value_date))?;
    }
    Ok(FindOutcome { id, outcome, reason: ReasonBody { reason }.given()?, evidence })
}

/// Confirm what somebody else found out: the invoices are paid, or free to be paid again. Should the provider say afterwards that a transfer
/// which never left went through, the vendor owes it.
#[utoipa::path(post, path = "/v1/payments/{id}/confirm-outcome", tag = "payments", request_body = Nothing,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn confirm_transfer_outcome(Id(id): Id<PaymentId>, order: KeyedOrder<Nothing>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.on(id, confirm).await?).await
}

pub fn confirm(id: PaymentId, _: Nothing, _: &Context) -> Result<ConfirmOutcome, Problem> {
    Ok(ConfirmOutcome { id })
}
