//! Vendors and their bank accounts.

use axum::http::StatusCode;
use quittance_domain::Currency;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::ids::{BankAccountId, VendorId};
use quittance_domain::party::{Address, Party};
use quittance_domain::vendor::{Origin, Vendor, VendorCommand};
use quittance_projections::vendor::{self, VendorFilter, VendorView};
use quittance_projections::{Page, PageOf};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusals;
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
    let (party, currency, payment_days) = order.body.into_parts();
    let commands = &order.app.system.commands;
    let register = VendorCommand::Register { party, currency, payment_days, origin: Origin::Person, by: order.caller.user };
    let receipt = commands.begin::<Vendor>(&order.ctx, commands.ports().edge.new_id(), register).await?;
    Ok(Committed::created(COLLECTION, receipt))
}

/// Change what is known of a vendor.
#[utoipa::path(post, path = "/v1/vendors/{id}", tag = "vendors", request_body = VendorBody, params(("id" = VendorId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn change_vendor(Id(id): Id<VendorId>, order: Order<VendorBody>) -> Result<Committed, Problem> {
    let (party, currency, payment_days) = order.body.into_parts();
    let change = VendorCommand::Change { party, currency, payment_days, by: order.caller.user };
    Ok(Committed::done(order.app.system.commands.execute::<Vendor>(&order.ctx, id, change).await?))
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
    let add = VendorCommand::AddAccount { id: bank_account_id, account: order.body.account, by: order.caller.user };
    let receipt = order.app.system.commands.execute::<Vendor>(&order.ctx, id, add).await?;
    Ok(Committed::done(receipt).with(|answer| BankAccountAdded { answer, bank_account_id }))
}

/// One account of one vendor has one id, so that a repeat answers as the first time did.
fn account_id(account: &BankAccount, vendor: VendorId) -> BankAccountId {
    BankAccountId(quittance_domain::aggregate::derived_id(&[b"vendor account", vendor.0.as_bytes(), account.canonical().as_bytes()]))
}

/// Remove a bank account.
#[utoipa::path(post, path = "/v1/vendors/{id}/bank-accounts/{account_id}/remove", tag = "vendors", request_body = Nothing,
    params(("id" = VendorId, Path), ("account_id" = BankAccountId, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn remove_vendor_bank_account(
    Id((id, account)): Id<(VendorId, BankAccountId)>,
    order: KeyedOrder<Nothing>,
) -> Result<Committed, Problem> {
    let remove = VendorCommand::RemoveAccount { id: account, by: order.caller.user };
    Ok(Committed::done(order.app.system.commands.execute::<Vendor>(&order.ctx, id, remove).await?))
}

/// Confirm a vendor that came in with a document; by somebody who did not enter it.
#[utoipa::path(post, path = "/v1/vendors/{id}/verify", tag = "vendors", request_body = Nothing, params(("id" = VendorId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn verify_vendor(Id(id): Id<VendorId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    let verify = VendorCommand::Verify { by: order.caller.user };
    Ok(Committed::done(order.app.system.commands.execute::<Vendor>(&order.ctx, id, verify).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    #[schema(example = "disputed delivery")]
    pub reason: String,
}

impl ReasonBody {
    pub fn given(self) -> Result<String, Problem> {
        if self.reason.trim().is_empty() {
            let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "reason_missing", "Invalid request", "this needs a reason");
            return Err(problem.at("/reason"));
        }
        Ok(self.reason)
    }
}

/// Block a vendor: its invoices come in with an exception and are not paid.
#[utoipa::path(post, path = "/v1/vendors/{id}/block", tag = "vendors", request_body = ReasonBody, params(("id" = VendorId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn block_vendor(Id(id): Id<VendorId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    let block = VendorCommand::Block { reason: order.body.given()?, by: order.caller.user };
    Ok(Committed::done(order.app.system.commands.execute::<Vendor>(&order.ctx, id, block).await?))
}

/// Lift a block.
#[utoipa::path(post, path = "/v1/vendors/{id}/unblock", tag = "vendors", request_body = Nothing, params(("id" = VendorId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn unblock_vendor(Id(id): Id<VendorId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    let unblock = VendorCommand::Unblock { by: order.caller.user };
    Ok(Committed::done(order.app.system.commands.execute::<Vendor>(&order.ctx, id, unblock).await?))
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
