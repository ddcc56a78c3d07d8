//! Where a vendor's invoices are coded to unless somebody says otherwise.

use quittance_application::Context;
use quittance_application::coding::SetDefaultCoding;
use quittance_domain::ids::VendorId;
use quittance_domain::invoice::Assignment;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefaultCodingBody {
    /// Absent: the default expense account.
    coding: Option<Assignment>,
}

/// Set where the lines of a vendor's next invoices are coded to, unless they bill an order. Invoices that are here stay as they are.
#[utoipa::path(post, path = "/v1/vendors/{id}/default-coding", tag = "vendors", request_body = DefaultCodingBody,
    params(("id" = VendorId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn set_vendor_default_coding(Id(id): Id<VendorId>, order: Order<DefaultCodingBody>) -> Result<Committed, Problem> {
    order.on(id, set_default).await
}

pub fn set_default(id: VendorId, body: DefaultCodingBody, _: &Context) -> Result<SetDefaultCoding, Problem> {
    Ok(SetDefaultCoding { id, coding: body.coding })
}
