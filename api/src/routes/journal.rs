//! The journal: every posted line, entries by hand, and the statement of an account.

use chrono::NaiveDate;
use quittance_application::Context;
use quittance_application::journal::{PostJournalEntry, PostingLine, ReverseJournalEntry};
use quittance_domain::Money;
use quittance_domain::chart::Code;
use quittance_domain::ids::JournalEntryId;
use quittance_projections::ledger::{self, AccountStatement, JournalFilter, JournalLineView, StatementFilter};
use quittance_projections::{Page, PageOf};
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use super::invoice::body::plausible;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JournalEntryBody {
    /// The day in the books; today where absent.
    effective_date: Option<NaiveDate>,
    #[schema(example = "Rent of March, not billed yet")]
    reason: String,
    /// They balance in every currency, and in the books' own.
    lines: Vec<JournalLineBody>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JournalLineBody {
    account: Code,
    #[schema(value_type = Option<String>)]
    cost_centre: Option<Code>,
    #[schema(value_type = Option<String>)]
    project: Option<Code>,
    #[schema(value_type = Option<String>)]
    tax_code: Option<Code>,
    /// Debit above zero, credit below.
    amount: Money,
    /// The same in the books' currency; needed where the amount is in another.
    #[schema(value_type = Option<String>, example = "-125.00")]
    base_amount: Option<Decimal>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReversalBody {
    /// Not before the entry's own; today where absent.
    effective_date: Option<NaiveDate>,
    reason: String,
}

/// Post an entry by hand.
#[utoipa::path(post, path = "/v1/journal-entries", tag = "books", request_body = JournalEntryBody,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn post_journal_entry(order: KeyedOrder<JournalEntryBody>) -> Result<Committed, Problem> {
    order.create("/v1/journal-entries", post).await
}

pub fn post(id: JournalEntryId, body: JournalEntryBody, ctx: &Context) -> Result<PostJournalEntry, Problem> {
    plausible("/effective_date", body.effective_date)?;
    let effective_date = body.effective_date.unwrap_or_else(|| ctx.today());
    Ok(PostJournalEntry { id, effective_date, reason: body.reason, lines: body.lines.into_iter().map(line).collect() })
}

pub fn line(body: JournalLineBody) -> PostingLine {
    let JournalLineBody { account, cost_centre, project, tax_code, amount, base_amount } = body;
    PostingLine { account, cost_centre, project, tax_code, amount, base_amount }
}

/// Reverse an entry that was posted by hand.
#[utoipa::path(post, path = "/v1/journal-entries/{id}/reverse", tag = "books", request_body = ReversalBody,
    params(("id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn reverse_journal_entry(Id(id): Id<JournalEntryId>, order: KeyedOrder<ReversalBody>) -> Result<Committed, Problem> {
    order.on(id, reverse).await
}

pub fn reverse(id: JournalEntryId, body: ReversalBody, ctx: &Context) -> Result<ReverseJournalEntry, Problem> {
    plausible("/effective_date", body.effective_date)?;
    let effective_date = body.effective_date.unwrap_or_else(|| ctx.today());
    Ok(ReverseJournalEntry { id, effective_date, reason: body.reason })
}

/// Every line of the journal, in the order of the log.
#[utoipa::path(get, path = "/v1/journal", tag = "books", params(JournalFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<JournalLineView>), Refusals))]
pub async fn list_journal_lines(
    mut read: Reading,
    Filter(filter): Filter<JournalFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<JournalLineView>>, Problem> {
    let found = ledger::journal(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// What an account held before a time, what moved it, and what it held after.
#[utoipa::path(get, path = "/v1/chart/accounts/{code}/statement", tag = "books",
    params(("code" = String, Path), StatementFilter, Page, MinPosition), responses((status = 200, body = AccountStatement), Refusals))]
pub async fn get_account_statement(
    Id(code): Id<Code>,
    mut read: Reading,
    Filter(filter): Filter<StatementFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<AccountStatement>, Problem> {
    let found = ledger::statement(&mut read.tx, code, &filter, &page).await?;
    Ok(read.answer(found))
}
