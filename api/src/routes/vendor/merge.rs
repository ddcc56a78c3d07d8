//! Two vendors that are one under two names.

use quittance_application::Context;
use quittance_application::vendor::MergeVendor;
use quittance_domain::ids::VendorId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::committed::{CommandAnswer, Committed};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::Id;
use crate::routes::Refusals;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// The vendor that goes on.
    into: VendorId,
}

/// Merge a vendor into another: they are one under two names. What comes in for it from now on, invoices and orders, is the other's, and
/// both are compared as one when duplicates are looked for; what is open of either is compared at once, and the newer of two that are
/// alike is held, or the older where the newer is paid. What it is owed stays with it and is paid to its own accounts; credits and
/// prepayments of either are set off against invoices of both. A blocked vendor is not merged. It cannot be taken back.
#[utoipa::path(post, path = "/v1/vendors/{id}/merge", tag = "vendors", request_body = MergeBody, params(("id" = VendorId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn merge_vendor(Id(id): Id<VendorId>, order: Order<MergeBody>) -> Result<Committed, Problem> {
    order.on(id, merge).await
}

pub fn merge(id: VendorId, body: MergeBody, _: &Context) -> Result<MergeVendor, Problem> {
    Ok(MergeVendor { id, into: body.into })
}
