//! A statement that should never have been imported.

use quittance_application::Context;
use quittance_application::bank_withdrawal::WithdrawStatement;
use quittance_domain::ids::BankStatementId;

use super::super::Refusals;
use super::super::vendor::ReasonBody;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::Id;

/// Withdraw a statement of another account, or one that a mapping read wrongly: its lines leave the account, and the file may be imported
/// again. No line is matched or booked any more. Entries that later files only repeated leave with it: withdraw and import those files again too.
#[utoipa::path(post, path = "/v1/bank-statements/{id}/withdraw", tag = "bank", request_body = ReasonBody,
    params(("id" = BankStatementId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn withdraw_bank_statement(Id(id): Id<BankStatementId>, order: KeyedOrder<ReasonBody>) -> Result<Committed, Problem> {
    order.on(id, withdraw).await
}

pub fn withdraw(id: BankStatementId, body: ReasonBody, _: &Context) -> Result<WithdrawStatement, Problem> {
    Ok(WithdrawStatement { id, reason: body.given()? })
}
