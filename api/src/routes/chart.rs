//! The chart of accounts: accounts, cost centres, projects, tax codes, and which account stands for what.

use quittance_application::Context;
use quittance_application::chart::{AssignPostingAccounts, DefineTaxCode};
use quittance_application::single::Single;
use quittance_application::tenant::chart_id;
use quittance_domain::chart::{Account, Chart, ChartCommand, Dimension, PostingAccounts, TaxCode};
use quittance_domain::ids::ChartId;
use quittance_projections::chart::{self, ChartView};
use serde::de::DeserializeOwned;

use super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::{Fresh, MinPosition, Reading};

/// The chart in force.
#[utoipa::path(get, path = "/v1/chart", tag = "books", params(MinPosition), responses((status = 200, body = ChartView), Refusals))]
pub async fn get_chart(mut read: Reading) -> Result<Fresh<ChartView>, Problem> {
    let found = chart::get(&mut read.tx).await?;
    read.found(found)
}

/// Define an account, or change the one with this code; its kind stays.
#[utoipa::path(post, path = "/v1/chart/accounts", tag = "books", request_body = Account,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn define_account(order: Order<Account>) -> Result<Committed, Problem> {
    defined(order, account).await
}

pub fn account(account: Account, ctx: &Context) -> Result<Definition, Problem> {
    definition(ChartCommand::DefineAccount { account, by: ctx.actor }, ctx)
}

/// Define a cost centre, or change the one with this code.
#[utoipa::path(post, path = "/v1/chart/cost-centres", tag = "books", request_body = Dimension,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn define_cost_centre(order: Order<Dimension>) -> Result<Committed, Problem> {
    defined(order, cost_centre).await
}

pub fn cost_centre(cost_centre: Dimension, ctx: &Context) -> Result<Definition, Problem> {
    definition(ChartCommand::DefineCostCentre { cost_centre, by: ctx.actor }, ctx)
}

/// Define a project, or change the one with this code.
#[utoipa::path(post, path = "/v1/chart/projects", tag = "books", request_body = Dimension,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn define_project(order: Order<Dimension>) -> Result<Committed, Problem> {
    defined(order, project).await
}

pub fn project(project: Dimension, ctx: &Context) -> Result<Definition, Problem> {
    definition(ChartCommand::DefineProject { project, by: ctx.actor }, ctx)
}

/// Define a tax code with its rates by date, or change the one with this code. What is posted stays as it is.
#[utoipa::path(post, path = "/v1/chart/tax-codes", tag = "books", request_body = TaxCode,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn define_tax_code(order: Order<TaxCode>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| tax_code(body, ctx).map(|(_, define)| define)).await
}

pub fn tax_code(tax_code: TaxCode, ctx: &Context) -> Result<(ChartId, DefineTaxCode), Problem> {
    Ok((chart_id(ctx.tenant), DefineTaxCode { tax_code }))
}

/// Assign accounts to what the engine posts by itself. Roles that are not named keep theirs.
#[utoipa::path(post, path = "/v1/chart/posting-accounts", tag = "books", request_body = PostingAccounts,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn assign_posting_accounts(order: Order<PostingAccounts>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| posting_accounts(body, ctx).map(|(_, assign)| assign)).await
}

pub fn posting_accounts(accounts: PostingAccounts, ctx: &Context) -> Result<(ChartId, AssignPostingAccounts), Problem> {
    Ok((chart_id(ctx.tenant), AssignPostingAccounts { accounts }))
}

/// A change of the tenant's one chart.
pub type Definition = (ChartId, Single<Chart>);

fn definition(command: ChartCommand, ctx: &Context) -> Result<Definition, Problem> {
    let id = chart_id(ctx.tenant);
    Ok((id, Single::on(id, command)))
}

async fn defined<B: DeserializeOwned>(
    order: Order<B>,
    definition: fn(B, &Context) -> Result<Definition, Problem>,
) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| definition(body, ctx).map(|(_, define)| define)).await
}
