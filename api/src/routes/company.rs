//! The company itself: its books' currency and the accounts that payments leave from.

use quittance_domain::Currency;
use quittance_domain::aggregate::derived_id;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::ids::BankAccountId;
use quittance_domain::tenant::{CompanyAccount, Tenant, TenantCommand};
use quittance_projections::company::{self, CompanyView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::{Fresh, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyAccountBody {
    #[schema(example = "Main account")]
    name: String,
    account: BankAccount,
    currency: Currency,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyAccountAdded {
    #[serde(flatten)]
    answer: CommandAnswer,
    bank_account_id: BankAccountId,
}

/// The company and its accounts.
#[utoipa::path(get, path = "/v1/company", tag = "company", params(MinPosition), responses((status = 200, body = CompanyView), Refusals))]
pub async fn get_company(mut read: Reading) -> Result<Fresh<CompanyView>, Problem> {
    let found = company::get(&mut read.tx).await?;
    read.found(found)
}

/// Add one of the company's own bank accounts.
#[utoipa::path(post, path = "/v1/company/bank-accounts", tag = "company", request_body = CompanyAccountBody,
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = CompanyAccountAdded), Refusals))]
pub async fn add_company_bank_account(order: KeyedOrder<CompanyAccountBody>) -> Result<Committed<CompanyAccountAdded>, Problem> {
    let CompanyAccountBody { name, account, currency } = order.body;
    let tenant = order.caller.tenant;
    let id = BankAccountId(derived_id(&[b"company account", tenant.0.as_bytes(), account.canonical().as_bytes()]));
    let add = TenantCommand::AddAccount { account: CompanyAccount { id, name, account, currency }, by: order.caller.user };
    let receipt = order.app.system.commands.execute::<Tenant>(&order.ctx, tenant, add).await?;
    Ok(Committed::done(receipt).with(|answer| CompanyAccountAdded { answer, bank_account_id: id }))
}
