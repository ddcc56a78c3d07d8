//! What is said and arranged about a running round of approval: who decides instead, comments, questions, answers.

use quittance_application::Context;
use quittance_application::approval::{AnswerQuestion, AskForInformation, CommentOnApproval, ReassignApprover};
use quittance_domain::ids::{InvoiceId, UserId};
use quittance_domain::role::Role;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::decide::decided;
use super::decision::{About, Decided};
use crate::auth::Caller;
use crate::committed::Committed;
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReassignmentBody {
    /// Who decides instead.
    to_user: UserId,
    /// Whose place it is; the caller's where absent. Only an administrator names another.
    from_user: Option<UserId>,
    reason: String,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageBody {
    text: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionBody {
    /// Who knows.
    user_id: UserId,
    text: String,
}

/// Let another person decide the open stage instead: one's own place, or as an administrator anybody's but never into one's
/// own hands. `If-Match` and `version` are the invoice's.
#[utoipa::path(post, path = "/v1/invoices/{id}/reassign", tag = "approvals", request_body = ReassignmentBody,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = Decided), Refusals))]
pub async fn reassign_invoice_approver(Id(id): Id<InvoiceId>, order: Order<ReassignmentBody>) -> Result<Committed<Decided>, Problem> {
    let caller = order.caller.clone();
    decided(id, order, |id, body, _| reassign(id, body, &caller)).await
}

pub fn reassign(id: InvoiceId, body: ReassignmentBody, caller: &Caller) -> Result<About<ReassignApprover>, Problem> {
    let from = body.from_user.unwrap_or(caller.user);
    let of_anybody = caller.is_one_of(&[Role::Owner, Role::Admin]);
    Ok(About { id, decision: ReassignApprover { id, from, to: body.to_user, reason: body.reason, of_anybody } })
}

/// Say something about the running round. `If-Match` and `version` are the invoice's.
#[utoipa::path(post, path = "/v1/invoices/{id}/comment", tag = "approvals", request_body = MessageBody,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = Decided), Refusals))]
pub async fn comment_on_approval(Id(id): Id<InvoiceId>, order: Order<MessageBody>) -> Result<Committed<Decided>, Problem> {
    decided(id, order, comment).await
}

pub fn comment(id: InvoiceId, body: MessageBody, _: &Context) -> Result<About<CommentOnApproval>, Problem> {
    Ok(About { id, decision: CommentOnApproval { id, text: body.text } })
}

/// Ask somebody for information before deciding; only who is to decide asks. Deadlines run on.
#[utoipa::path(post, path = "/v1/invoices/{id}/ask", tag = "approvals", request_body = QuestionBody,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = Decided), Refusals))]
pub async fn ask_about_invoice(Id(id): Id<InvoiceId>, order: Order<QuestionBody>) -> Result<Committed<Decided>, Problem> {
    decided(id, order, ask).await
}

pub fn ask(id: InvoiceId, body: QuestionBody, _: &Context) -> Result<About<AskForInformation>, Problem> {
    Ok(About { id, decision: AskForInformation { id, of: body.user_id, text: body.text } })
}

/// Answer everything that the caller was asked about the running round.
#[utoipa::path(post, path = "/v1/invoices/{id}/answer", tag = "approvals", request_body = MessageBody,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = Decided), Refusals))]
pub async fn answer_about_invoice(Id(id): Id<InvoiceId>, order: Order<MessageBody>) -> Result<Committed<Decided>, Problem> {
    decided(id, order, answer).await
}

pub fn answer(id: InvoiceId, body: MessageBody, _: &Context) -> Result<About<AnswerQuestion>, Problem> {
    Ok(About { id, decision: AnswerQuestion { id, text: body.text } })
}
