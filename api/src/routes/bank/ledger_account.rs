//! The account of the books that moves with a bank account, and what was there before its first statement.

use chrono::NaiveDate;
use quittance_application::bank_booking::{AssignLedgerAccount, OpenBankAccount};
use quittance_application::{Context, Refused};
use quittance_domain::RefusalKind;
use quittance_domain::chart::{BankLedgerAccount, Code};
use quittance_domain::ids::{BankAccountId, JournalEntryId};
use quittance_domain::tenant::Tenant;
use quittance_projections::reconciliation::{Opening, opening};
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::super::invoice::body::plausible;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::{Id, Patience};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerAccountBody {
    /// An asset, or a liability, that nothing else moves.
    #[schema(value_type = String, example = "1000")]
    ledger_account: Code,
    /// The first day whose lines the books take; all of them where absent.
    in_books_from: Option<NaiveDate>,
}

/// Say which account of the books moves with a bank account. Matches and bookings post there from now on; nobody posts there by hand any more.
#[utoipa::path(post, path = "/v1/bank-accounts/{id}/ledger-account", tag = "bank", request_body = LedgerAccountBody,
    params(("id" = BankAccountId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn assign_ledger_account(Id(id): Id<BankAccountId>, order: KeyedOrder<LedgerAccountBody>) -> Result<Committed, Problem> {
    order.on(id, assign).await
}

pub fn assign(bank_account_id: BankAccountId, body: LedgerAccountBody, _: &Context) -> Result<AssignLedgerAccount, Problem> {
    plausible("/in_books_from", body.in_books_from)?;
    let kept = BankLedgerAccount { account_code: body.ledger_account, in_books_from: body.in_books_from };
    Ok(AssignLedgerAccount { bank_account_id, kept })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpeningEntryBody {
    /// Where the other side is posted.
    #[schema(value_type = String, example = "3000")]
    against: Code,
    #[schema(example = "Opening balance as of the first statement")]
    reason: String,
    /// The day before the first line where absent; a later one where that period is closed.
    effective_date: Option<NaiveDate>,
    /// In the books' currency, where the account is in another.
    #[schema(value_type = Option<String>)]
    base_amount: Option<Decimal>,
}

/// Bring what a bank account held before its first statement into the books: what the bank states for that day, less what the books have
/// then. It is posted once; reversed like any entry by hand, it can be posted again.
#[utoipa::path(post, path = "/v1/bank-accounts/{id}/opening-entry", tag = "bank", request_body = OpeningEntryBody,
    params(("id" = BankAccountId, Path), ("Idempotency-Key" = String, Header)), responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn open_bank_account(Id(id): Id<BankAccountId>, order: KeyedOrder<OpeningEntryBody>) -> Result<Committed, Problem> {
    plausible("/effective_date", order.body.effective_date)?;
    let (system, tenant) = (&order.app.system, order.ctx.tenant);
    let (company, _) = system.commands.state_of::<Tenant>(tenant, tenant.0).await?;
    if !company.company().is_ok_and(|company| company.accounts.iter().any(|own| own.id == id)) {
        return Err(Problem::not_found());
    }
    // What the books have is known up to here: what is missing is posted once.
    Patience::of(system).reach_head(tenant, &["bank_lines", "bank_statements", "ledger"]).await?;
    let missing = opening(&mut system.database.read(tenant).await?, id).await?.ok_or_else(nothing_stated)?;
    order.create("/v1/journal-entries", |entry, body, _| open(entry, id, body, &missing)).await
}

fn open(id: JournalEntryId, bank_account_id: BankAccountId, body: OpeningEntryBody, missing: &Opening) -> Result<OpenBankAccount, Problem> {
    let OpeningEntryBody { against, reason, effective_date, base_amount } = body;
    let amount = missing.missing();
    Ok(OpenBankAccount { id, bank_account_id, effective_date: effective_date.unwrap_or(missing.on), amount, base_amount, against, reason })
}

fn nothing_stated() -> Problem {
    let detail = "no statement of the account says what it held before its first line";
    Problem::from(quittance_application::Failure::from(Refused::new("opening_balance_unknown", RefusalKind::State, detail)))
}
