//! The company itself: its books' currency and the accounts that payments leave from.

use quittance_application::Context;
use quittance_application::bank_booking::AddCompanyAccount;
use quittance_application::single::Single;
use quittance_domain::Currency;
use quittance_domain::aggregate::derived_id;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::chart::Code;
use quittance_domain::exception::AnswerTimes;
use quittance_domain::ids::{BankAccountId, TenantId};
use quittance_domain::tenant::{
    AchOrigination, BankChangeControl, CompanyAccount, CompanyIdentity, DiscountTax, StockRules, Tenant, TenantCommand,
};
use quittance_projections::company::{self, CompanyView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{KeyedOrder, Order};
use crate::problem::Problem;
use crate::reading::{Fresh, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyAccountBody {
    #[schema(example = "Main account")]
    name: String,
    account: BankAccount,
    currency: Currency,
    /// The account of the books that moves with it; a new one beside the other bank accounts where absent.
    #[schema(value_type = Option<String>, example = "1000")]
    ledger_account: Option<Code>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeZoneBody {
    /// As in the IANA database; a new company keeps UTC.
    #[schema(example = "Asia/Phnom_Penh")]
    time_zone: String,
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
    let bank_account_id = account_id(order.caller.tenant, &order.body.account, order.body.currency);
    let added = order.on((), |(), body, ctx| add_account(body, ctx).map(|(_, add)| add)).await?;
    Ok(added.with(|answer| CompanyAccountAdded { answer, bank_account_id }))
}

pub fn add_account(body: CompanyAccountBody, ctx: &Context) -> Result<(TenantId, AddCompanyAccount), Problem> {
    let CompanyAccountBody { name, account, currency, ledger_account } = body;
    let account = CompanyAccount { id: account_id(ctx.tenant, &account, currency), name, account, currency };
    Ok((ctx.tenant, AddCompanyAccount { account, ledger_account }))
}

/// Set how a change of a vendor's bank account is guarded. A tighter control is in force at once. One that guards less in any respect is
/// proposed, takes the place of what was proposed before, and is in force once another person confirms it; until then it stands beside
/// the control in force (`GET /v1/company`). What was approved before keeps its date, what was proposed before waits no shorter.
#[utoipa::path(post, path = "/v1/company/bank-change-control", tag = "company", request_body = BankChangeControl,
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn set_bank_change_control(order: KeyedOrder<BankChangeControl>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| set_control(body, ctx).map(|(_, set)| set)).await
}

pub fn set_control(control: BankChangeControl, ctx: &Context) -> Result<(TenantId, Single<Tenant>), Problem> {
    Ok((ctx.tenant, Single::on(ctx.tenant, TenantCommand::SetBankChangeControl { control, by: ctx.actor, at: ctx.now })))
}

/// Confirm the looser control that another person has proposed, as it is seen: it is in force then. Refused to who proposed it and to whom
/// counts as one with them. For who works alone the operator confirms it, on the command line.
#[utoipa::path(post, path = "/v1/company/bank-change-control/confirm", tag = "company", request_body = BankChangeControl,
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn confirm_bank_change_control(order: KeyedOrder<BankChangeControl>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| confirm_control(body, ctx).map(|(_, confirm)| confirm)).await
}

pub fn confirm_control(control: BankChangeControl, ctx: &Context) -> Result<(TenantId, Single<Tenant>), Problem> {
    Ok((ctx.tenant, Single::on(ctx.tenant, TenantCommand::ConfirmBankChangeControl { control, by: Some(ctx.actor) })))
}

/// Decline the looser control that waits, or take it back: it never is in force.
#[utoipa::path(post, path = "/v1/company/bank-change-control/decline", tag = "company", request_body = BankChangeControl,
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn decline_bank_change_control(order: KeyedOrder<BankChangeControl>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| decline_control(body, ctx).map(|(_, decline)| decline)).await
}

pub fn decline_control(control: BankChangeControl, ctx: &Context) -> Result<(TenantId, Single<Tenant>), Problem> {
    Ok((ctx.tenant, Single::on(ctx.tenant, TenantCommand::DeclineBankChangeControl { control, by: ctx.actor })))
}

/// Set how the company runs its stock.
#[utoipa::path(post, path = "/v1/company/stock-rules", tag = "company", request_body = StockRules,
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn set_stock_rules(order: KeyedOrder<StockRules>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| stock_rules(body, ctx).map(|(_, set)| set)).await
}

pub fn stock_rules(rules: StockRules, ctx: &Context) -> Result<(TenantId, Single<Tenant>), Problem> {
    Ok((ctx.tenant, Single::on(ctx.tenant, TenantCommand::SetStockRules { rules, by: ctx.actor })))
}

/// Set what an account's bank wants to read in the headers of an ACH file, as its set-up sheet says. Files written before stay as they are.
#[utoipa::path(post, path = "/v1/company/ach-origination", tag = "company", request_body = AchOrigination,
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn set_ach_origination(order: KeyedOrder<AchOrigination>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| ach_origination(body, ctx).map(|(_, set)| set)).await
}

pub fn ach_origination(origination: AchOrigination, ctx: &Context) -> Result<(TenantId, Single<Tenant>), Problem> {
    Ok((ctx.tenant, Single::on(ctx.tenant, TenantCommand::SetAchOrigination { origination, by: ctx.actor })))
}

/// Set how soon exceptions are to be answered, in hours by kind. What is open already keeps its time.
#[utoipa::path(post, path = "/v1/company/answer-times", tag = "company", request_body = AnswerTimes,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn set_answer_times(order: Order<AnswerTimes>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| answer_times(body, ctx).map(|(_, set)| set)).await
}

pub fn answer_times(times: AnswerTimes, ctx: &Context) -> Result<(TenantId, Single<Tenant>), Problem> {
    Ok((ctx.tenant, Single::on(ctx.tenant, TenantCommand::SetAnswerTimes { times, by: ctx.actor })))
}

/// Set whose days are the company's: by which day discounts end, payments leave and reports are of today. What is written keeps its day.
#[utoipa::path(post, path = "/v1/company/time-zone", tag = "company", request_body = TimeZoneBody,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn set_time_zone(order: Order<TimeZoneBody>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| time_zone(body, ctx).map(|(_, set)| set)).await
}

pub fn time_zone(body: TimeZoneBody, ctx: &Context) -> Result<(TenantId, Single<Tenant>), Problem> {
    Ok((ctx.tenant, Single::on(ctx.tenant, TenantCommand::SetTimeZone { name: body.time_zone, by: ctx.actor })))
}

/// Set whether discounts that are taken reduce the tax that is deducted, on invoices that come in from now on. Until it is set, what is
/// usual in the company's country holds.
#[utoipa::path(post, path = "/v1/company/discount-tax", tag = "company", request_body = DiscountTax,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn set_discount_tax(order: Order<DiscountTax>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| discount_tax(body, ctx).map(|(_, set)| set)).await
}

pub fn discount_tax(discount_tax: DiscountTax, ctx: &Context) -> Result<(TenantId, Single<Tenant>), Problem> {
    Ok((ctx.tenant, Single::on(ctx.tenant, TenantCommand::SetDiscountTax { discount_tax, by: ctx.actor })))
}

/// Change who the company is in law: name, tax ids, registration and address, all at once. Payments that are planned and documents that are
/// written from now on say so; what was planned or written before stays. The country decides what is usual there for invoices to come.
#[utoipa::path(post, path = "/v1/company/identity", tag = "company", request_body = CompanyIdentity,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn change_company_identity(order: Order<CompanyIdentity>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| identity(body, ctx).map(|(_, change)| change)).await
}

pub fn identity(identity: CompanyIdentity, ctx: &Context) -> Result<(TenantId, Single<Tenant>), Problem> {
    Ok((ctx.tenant, Single::on(ctx.tenant, TenantCommand::ChangeIdentity { identity, by: ctx.actor })))
}

fn account_id(tenant: TenantId, account: &BankAccount, currency: Currency) -> BankAccountId {
    BankAccountId(derived_id(&[b"company account", tenant.0.as_bytes(), account.canonical().as_bytes(), currency.code().as_bytes()]))
}
