//! What vendors were called as far as was known at a moment.

use chrono::{DateTime, Utc};
use quittance_domain::ids::VendorId;
use quittance_domain::vendor::Vendor;
use quittance_infrastructure::database::TenantTx;
use uuid::Uuid;

use crate::logged::as_known;
use crate::page::QueryError;

/// Puts the names of a moment in the place of today's; nothing is read where none is asked for. One round trip.
pub(crate) async fn named_as_known<T>(
    tx: &mut TenantTx,
    known_at: Option<DateTime<Utc>>,
    rows: &mut [T],
    of: fn(&mut T) -> (Option<VendorId>, &mut Option<String>),
) -> Result<(), QueryError> {
    let Some(at) = known_at else { return Ok(()) };
    let mut ids: Vec<Uuid> = rows.iter_mut().filter_map(|row| of(row).0.map(Uuid::from)).collect();
    ids.sort_unstable();
    ids.dedup();
    let then = as_known::<Vendor>(tx, ids, at).await?;
    for row in rows {
        let (vendor, name) = of(row);
        let known = vendor.and_then(|id| then.get(&Uuid::from(id))).and_then(|vendor| vendor.profile().ok());
        if let Some(profile) = known {
            *name = Some(profile.party.name.clone());
        }
    }
    Ok(())
}
