//! What a person does with a statement's lines.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::bank_match::{Decision, MatchLine};
use quittance_application::bank_statement::MatchAutomatically;
use quittance_application::bank_unmatch::UnmatchLine;
use quittance_domain::ids::{BankStatementId, InvoiceId, PaymentId, ReceivableId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::invoice::body::plausible;
use super::super::vendor::ReasonBody;
use crate::committed::{CommandAnswer, Committed, reacted};
use crate::order::{KeyedOrder, Nothing};
use crate::problem::Problem;
use crate::reading::{Id, Patience};
use crate::statements::{Brought, candidates};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchBody {
    line: u32,
    /// The payment that the line tells of; its items must be worth the line's amount.
    payment_id: Option<PaymentId>,
    /// Lines of the payment's plan; all of them where none is named.
    #[serde(default)]
    items: Vec<u32>,
    /// Instead of a payment: the credit note, or the prepayment, that the vendor paid back. The document gives up the line's amount at once.
    refund_of: Option<InvoiceId>,
    /// Instead of a payment: the receivable that a customer paid by it, or was paid back of where money left, in part or in whole: at once.
    receivable_id: Option<ReceivableId>,
    /// Instead of a payment: in words what the line is. It moves no account of the books: to do that, book the line.
    #[schema(example = "a transfer that another system books")]
    explanation: Option<String>,
}

/// Say what a line is: a payment's leaving or coming back, what a vendor paid back, what a customer paid, or in words what else. Fees, interest and the like are booked to accounts.
#[utoipa::path(post, path = "/v1/bank-statements/{id}/match", tag = "bank", request_body = MatchBody,
    params(("id" = BankStatementId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn match_bank_line(Id(id): Id<BankStatementId>, order: KeyedOrder<MatchBody>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.on(id, match_line).await?).await
}

pub fn match_line(id: BankStatementId, body: MatchBody, _: &Context) -> Result<MatchLine, Problem> {
    let decision = match (body.payment_id, body.refund_of, body.receivable_id, body.explanation) {
        (Some(payment_id), None, None, None) => Decision::Payment { payment_id, items: body.items },
        (None, Some(document), None, None) => Decision::Refund(document),
        (None, None, Some(receivable), None) => Decision::Receivable(receivable),
        (None, None, None, Some(explanation)) => Decision::Explained(explanation),
        _ => return Err(Problem::invalid("/payment_id", "either a payment, what was paid back, a receivable, or an explanation")),
    };
    Ok(MatchLine { id, line: body.line, decision })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnmatchBody {
    line: u32,
    reason: String,
    /// When the settlement is taken out of the books; where absent the day on which it was put in, as if it had never been there.
    effective_date: Option<NaiveDate>,
    /// The payment is settled all the same; only the line tells of something else.
    #[serde(default)]
    stays_settled: bool,
}

/// Take a match back: the line is unexplained again, and what it settled is under way again, as are its invoices. The engine does not match
/// the line to that payment again by itself. What a vendor paid back by the line alone is owed to us again, as is what a customer paid by it; what a person recorded stays. A match that returned a payment stays, and so does one whose payment came back since.
#[utoipa::path(post, path = "/v1/bank-statements/{id}/unmatch", tag = "bank", request_body = UnmatchBody,
    params(("id" = BankStatementId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn unmatch_bank_line(Id(id): Id<BankStatementId>, order: KeyedOrder<UnmatchBody>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    reacted(&app, &caller, order.on(id, unmatch_line).await?).await
}

pub fn unmatch_line(id: BankStatementId, body: UnmatchBody, _: &Context) -> Result<UnmatchLine, Problem> {
    let UnmatchBody { line, reason, effective_date, stays_settled } = body;
    plausible("/effective_date", effective_date)?;
    let reason = ReasonBody { reason }.given()?;
    Ok(UnmatchLine { id, line, reason, effective_date, stays_settled })
}

/// Try again to match what is unmatched: payments may have been sent, or statements of their leaving imported, since.
#[utoipa::path(post, path = "/v1/bank-statements/{id}/match-automatically", tag = "bank", request_body = Nothing,
    params(("id" = BankStatementId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn match_bank_statement(Id(id): Id<BankStatementId>, order: KeyedOrder<Nothing>) -> Result<Committed, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    let candidates = candidates(&Patience::of(&app.system), caller.tenant, &[], Brought::Statement(id)).await?;
    let done = order.on(id, |id, _, _: &Context| Ok(MatchAutomatically { id, candidates })).await?;
    reacted(&app, &caller, done).await
}
