//! The company's register of locations: what changes it, and what may happen where.

use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{LocationId, LocationsId, TenantId};
use quittance_domain::location::Locations;
use quittance_domain::party::folded;

use crate::failure::{Failure, Refused};
use crate::work::Work;

/// The tenant's one register of locations.
pub fn locations_id(tenant: TenantId) -> LocationsId {
    LocationsId(derived_id(&[b"locations", tenant.0.as_bytes()]))
}

/// One place of a company has one id, however its code is written.
pub fn location_id(tenant: TenantId, code: &str) -> LocationId {
    LocationId(derived_id(&[b"location", tenant.0.as_bytes(), folded(code).as_bytes()]))
}

/// Refuses a place that is not registered or closed, once the company registers places. The register is looked at in the same write: what
/// is registered or closed meanwhile is found.
pub(crate) async fn admit_place(work: &mut Work<'_>, called: &str, pointer: &str) -> Result<(), Failure> {
    let register = work.load::<Locations>(locations_id(work.tenant())).await?;
    register.admits(called).map_err(|refusal| Refused::from(refusal).at(pointer).into())
}
