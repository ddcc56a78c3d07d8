//! The tenant's one set of tolerances.

use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{TenantId, TolerancesId};

pub fn tolerances_id(tenant: TenantId) -> TolerancesId {
    TolerancesId(derived_id(&[b"tolerances", tenant.0.as_bytes()]))
}
