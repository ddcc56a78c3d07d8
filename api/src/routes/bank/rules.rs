//! The rules by which lines book themselves that no payment explains.

use quittance_application::Context;
use quittance_application::bank_rules::{AdoptBankRules, BookByRules, bank_rules_id};
use quittance_domain::bank_rules::BankRuleSet;
use quittance_domain::ids::{BankRulesId, BankStatementId};
use quittance_projections::bank_rules::{self, BankRulesView};

use super::super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{KeyedOrder, Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Fresh, Id, MinPosition, Reading};

const RULES_MAX: usize = 200;

/// The rules in force. Before any were adopted no line books itself.
#[utoipa::path(get, path = "/v1/bank-rules", tag = "bank", params(MinPosition), responses((status = 200, body = BankRulesView), Refusals))]
pub async fn get_bank_rules(mut read: Reading) -> Result<Fresh<BankRulesView>, Problem> {
    let found = bank_rules::get(&mut read.tx).await?;
    Ok(read.answer(found))
}

/// Every version of the rules, and who adopted it.
#[utoipa::path(get, path = "/v1/bank-rules/versions", tag = "bank", params(MinPosition),
    responses((status = 200, body = Vec<BankRulesView>), Refusals))]
pub async fn list_bank_rules_versions(mut read: Reading) -> Result<Fresh<Vec<BankRulesView>>, Problem> {
    let found = bank_rules::versions(&mut read.tx).await?;
    Ok(read.answer(found))
}

/// Adopt other rules. From the next statement on, the first rule that fits a line which nothing explains books it; each books up to its own
/// amount only. Who imports and books does not set the rules.
#[utoipa::path(post, path = "/v1/bank-rules", tag = "bank", request_body = BankRuleSet,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn adopt_bank_rules(order: Order<BankRuleSet>) -> Result<Committed, Problem> {
    order.on((), |(), set, ctx| adopt(set, ctx).map(|(_, adopt)| adopt)).await
}

pub fn adopt(set: BankRuleSet, ctx: &Context) -> Result<(BankRulesId, AdoptBankRules), Problem> {
    few("/rules", set.rules.len())?;
    Ok((bank_rules_id(ctx.tenant), AdoptBankRules { set }))
}

pub(super) fn few(pointer: &str, count: usize) -> Result<(), Problem> {
    if count > RULES_MAX {
        return Err(Problem::invalid(pointer, format!("at most {RULES_MAX} rules")));
    }
    Ok(())
}

/// Try the rules in force on what is unexplained in a statement: they may have been adopted, or a period opened again, since it came in.
/// What a person has taken back is not booked again.
#[utoipa::path(post, path = "/v1/bank-statements/{id}/book-automatically", tag = "bank", request_body = Nothing,
    params(("id" = BankStatementId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn book_bank_statement(Id(id): Id<BankStatementId>, order: KeyedOrder<Nothing>) -> Result<Committed, Problem> {
    order.on(id, book_statement).await
}

pub fn book_statement(id: BankStatementId, _: Nothing, _: &Context) -> Result<BookByRules, Problem> {
    Ok(BookByRules { id })
}
