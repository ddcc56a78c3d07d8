//! Vendors: who sends invoices and is paid.

pub mod bank_account;
pub mod merge;

use axum::http::StatusCode;
use quittance_application::Context;
use quittance_application::single::Single;
use quittance_application::terms::DescribeVendor;
use quittance_application::vendor::ChangeVendor;
use quittance_domain::Currency;
use quittance_domain::ids::VendorId;
use quittance_domain::party::{Address, Party};
use quittance_domain::vendor::{Origin, Vendor, VendorCommand, VendorDetails};
use quittance_projections::vendor::{self, VendorFilter, VendorView};
use quittance_projections::{Page, PageOf};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Nothing, Order};
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

/// Change what is known of a vendor. Where it is paid by it (name, ids, address, payment days) nothing is paid to a verified vendor
/// before somebody else has confirmed the change (`/verify`).
#[utoipa::path(post, path = "/v1/vendors/{id}", tag = "vendors", request_body = VendorBody, params(("id" = VendorId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn change_vendor(Id(id): Id<VendorId>, order: Order<VendorBody>) -> Result<Committed, Problem> {
    order.on(id, change).await
}

pub fn change(id: VendorId, body: VendorBody, _: &Context) -> Result<ChangeVendor, Problem> {
    let (party, currency, payment_days) = body.into_parts();
    Ok(ChangeVendor { id, party, currency, payment_days })
}

/// Keep what the company itself says of a vendor: its number, contacts, coding, payment terms. Replaces what was kept before. Other
/// payment terms or withholding tax are confirmed by somebody else before the vendor is paid (`/verify`).
#[utoipa::path(post, path = "/v1/vendors/{id}/details", tag = "vendors", request_body = VendorDetails, params(("id" = VendorId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn describe_vendor(Id(id): Id<VendorId>, order: Order<VendorDetails>) -> Result<Committed, Problem> {
    order.on(id, describe).await
}

pub fn describe(id: VendorId, details: VendorDetails, _: &Context) -> Result<DescribeVendor, Problem> {
    Ok(DescribeVendor { id, details })
}

/// Confirm a vendor that came in with a document, or what was changed of a vendor since (`unconfirmed`); by somebody who did neither. Of
/// one that a person registered it says that somebody else has looked at it: until then who registered it approves none of its invoices.
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
    let now = read.now();
    let found = vendor::list(&mut read.tx, &filter, &page, now).await?;
    Ok(read.answer(found))
}

/// One vendor.
#[utoipa::path(get, path = "/v1/vendors/{id}", tag = "vendors", params(("id" = VendorId, Path), MinPosition),
    responses((status = 200, body = VendorView), Refusals))]
pub async fn get_vendor(Id(id): Id<VendorId>, mut read: Reading) -> Result<Fresh<VendorView>, Problem> {
    let now = read.now();
    let found = vendor::get(&mut read.tx, id, now).await?;
    read.found(found)
}
