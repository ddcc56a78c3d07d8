//! Vendors and their bank accounts.

use axum::http::StatusCode;
use quittance_application::{Context, Failure, UseCase, Work};
use quittance_domain::Currency;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::ids::{BankAccountId, VendorId};
use quittance_domain::party::{Address, Party};
use quittance_domain::vendor::{Origin, Vendor, VendorCommand, VendorEvent};
use quittance_projections::vendor::{self, VendorFilter, VendorView};
use quittance_projections::{Page, PageOf};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusals;
use crate::command::{Single, has_happened};
use crate::committed::{CommandAnswer, Committed};
use crate::order::{KeyedOrder, Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

const COLLECTION: &str = "/v1/vendors";

/// A vendor as a person registers it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VendorBody {
    #[schema(example = "Muster GmbH")]
    name: String,
    #[schema(example = "DE123456789")]
    vat_id: Option<String>,
    tax_registration: Option<String>,
    legal_id: Option<String>,
    /// `scheme:value`, such as `0204:991-1234512345-06`.
    electronic_address: Option<String>,
    email: Option<String>,
    #[serde(default)]
    address: Address,
    currency: Option<Currency>,
    /// Days until an invoice is due that does not say.
    #[serde(default = "thirty")]
    payment_days: u16,
}

fn thirty() -> u16 {
    30
}

impl VendorBody {
    fn into_parts(self) -> (Party, Option<Currency>, u16) {
        let party = Party {
            name: self.name,
            vat_id: self.vat_id,
            tax_registration: self.tax_registration,
            legal_id: self.legal_id,
            electronic_address: self.electronic_address,
            email: self.email,
            address: self.address,
        };
        (party, self.currency, self.payment_days)
    }
}

/// Register a vendor.
#[utoipa::path(post, path = "/v1/vendors", tag = "vendors", request_body = VendorBody,
    responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn register_vendor(order: Order<VendorBody>) -> Result<Committed, Problem> {
    order.create(COLLECTION, register).await
}

pub fn register(id: VendorId, body: VendorBody, ctx: &Context) -> Result<Single<Vendor>, Problem> {
    let (party, currency, payment_days) = body.into_parts();
    let register = VendorCommand::Register { party, currency, payment_days, origin: Origin::Person, by: ctx.actor };
    Ok(Single::beginning(id, register))
}

/// Change what is known of a vendor.
#[utoipa::path(post, path = "/v1/vendors/{id}", tag = "vendors", request_body = VendorBody, params(("id" = VendorId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn change_vendor(Id(id): Id<VendorId>, order: Order<VendorBody>) -> Result<Committed, Problem> {
    order.on(id, change).await
}

pub fn change(id: VendorId, body: VendorBody, ctx: &Context) -> Result<Single<Vendor>, Problem> {
    let (party, currency, payment_days) = body.into_parts();
    Ok(Single::on(id, VendorCommand::Change { party, currency, payment_days, by: ctx.actor }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankAccountBody {
    account: BankAccount,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BankAccountAdded {
    #[serde(flatten)]
    answer: CommandAnswer,
    bank_account_id: BankAccountId,
}

/// Add a bank account. Who does cannot approve this vendor's invoices.
#[utoipa::path(post, path = "/v1/vendors/{id}/bank-accounts", tag = "vendors", request_body = BankAccountBody,
    params(("id" = VendorId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = BankAccountAdded), Refusals))]
pub async fn add_vendor_bank_account(
    Id(id): Id<VendorId>,
    order: KeyedOrder<BankAccountBody>,
) -> Result<Committed<BankAccountAdded>, Problem> {
    let bank_account_id = account_id(&order.body.account, id);
    Ok(order.on(id, add_account).await?.with(|answer| BankAccountAdded { answer, bank_account_id }))
}

pub fn add_account(id: VendorId, body: BankAccountBody, ctx: &Context) -> Result<Single<Vendor>, Problem> {
    let add = VendorCommand::AddAccount { id: account_id(&body.account, id), account: body.account, by: ctx.actor };
    Ok(Single::on(id, add))
}

/// One account of one vendor has one id, so that a repeat answers as the first time did.
fn account_id(account: &BankAccount, vendor: VendorId) -> BankAccountId {
    BankAccountId(quittance_domain::aggregate::derived_id(&[b"vendor account", vendor.0.as_bytes(), account.canonical().as_bytes()]))
}

/// Remove a bank account. Removing it twice changes nothing.
#[utoipa::path(post, path = "/v1/vendors/{id}/bank-accounts/{account_id}/remove", tag = "vendors", request_body = Nothing,
    params(("id" = VendorId, Path), ("account_id" = BankAccountId, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn remove_vendor_bank_account(
    Id((id, account)): Id<(VendorId, BankAccountId)>,
    order: KeyedOrder<Nothing>,
) -> Result<Committed, Problem> {
    order.on(id, |id, Nothing {}, ctx| remove_account(id, AccountToRemove { bank_account_id: account }, ctx)).await
}

/// In a batch the account is named in the body.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountToRemove {
    bank_account_id: BankAccountId,
}

pub fn remove_account(id: VendorId, body: AccountToRemove, _: &Context) -> Result<RemoveAccount, Problem> {
    Ok(RemoveAccount { vendor_id: id, account_id: body.bank_account_id })
}

pub struct RemoveAccount {
    vendor_id: VendorId,
    account_id: BankAccountId,
}

impl UseCase for RemoveAccount {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let vendor = work.load::<Vendor>(self.vendor_id).await?;
        let id = self.account_id;
        if !vendor.profile()?.accounts.iter().any(|a| a.id == id) {
            let removed = |event: &VendorEvent| matches!(event, VendorEvent::BankAccountRemoved { id: gone, .. } if *gone == id);
            if has_happened::<Vendor>(work, self.vendor_id, removed).await? {
                return work.answer_about::<Vendor>(self.vendor_id).await;
            }
        }
        let remove = VendorCommand::RemoveAccount { id, by: work.ctx.actor };
        work.decide::<Vendor>(self.vendor_id, remove).await.map(drop)
    }
}

/// Confirm a vendor that came in with a document; by somebody who did not enter it.
#[utoipa::path(post, path = "/v1/vendors/{id}/verify", tag = "vendors", request_body = Nothing, params(("id" = VendorId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn verify_vendor(Id(id): Id<VendorId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    order.on(id, verify).await
}

pub fn verify(id: VendorId, _: Nothing, ctx: &Context) -> Result<Single<Vendor>, Problem> {
    Ok(Single::on(id, VendorCommand::Verify { by: ctx.actor }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    #[schema(example = "disputed delivery")]
    pub reason: String,
}

impl ReasonBody {
    pub fn given(self) -> Result<String, Problem> {
        reason_given(self.reason)
    }
}

pub fn reason_given(reason: String) -> Result<String, Problem> {
    if reason.trim().is_empty() {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "reason_missing", "Invalid request", "this needs a reason");
        return Err(problem.at("/reason"));
    }
    Ok(reason)
}

/// Block a vendor: its invoices come in with an exception and are not paid.
#[utoipa::path(post, path = "/v1/vendors/{id}/block", tag = "vendors", request_body = ReasonBody, params(("id" = VendorId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn block_vendor(Id(id): Id<VendorId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    order.on(id, block).await
}

pub fn block(id: VendorId, body: ReasonBody, ctx: &Context) -> Result<Single<Vendor>, Problem> {
    Ok(Single::on(id, VendorCommand::Block { reason: body.given()?, by: ctx.actor }))
}

/// Lift a block.
#[utoipa::path(post, path = "/v1/vendors/{id}/unblock", tag = "vendors", request_body = Nothing, params(("id" = VendorId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn unblock_vendor(Id(id): Id<VendorId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    order.on(id, unblock).await
}

pub fn unblock(id: VendorId, _: Nothing, ctx: &Context) -> Result<Single<Vendor>, Problem> {
    Ok(Single::on(id, VendorCommand::Unblock { by: ctx.actor }))
}

/// Vendors, by name.
#[utoipa::path(get, path = "/v1/vendors", tag = "vendors", params(VendorFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<VendorView>), Refusals))]
pub async fn list_vendors(
    mut read: Reading,
    Filter(filter): Filter<VendorFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<VendorView>>, Problem> {
    let found = vendor::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One vendor.
#[utoipa::path(get, path = "/v1/vendors/{id}", tag = "vendors", params(("id" = VendorId, Path), MinPosition),
    responses((status = 200, body = VendorView), Refusals))]
pub async fn get_vendor(Id(id): Id<VendorId>, mut read: Reading) -> Result<Fresh<VendorView>, Problem> {
    let found = vendor::get(&mut read.tx, id).await?;
    read.found(found)
}
