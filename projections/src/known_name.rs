//! What vendors and customers were called as far as was known at a moment.

use chrono::{DateTime, Utc};
use quittance_domain::Root;
use quittance_domain::customer::Customer;
use quittance_domain::ids::{CustomerId, VendorId};
use quittance_domain::vendor::Vendor;
use quittance_infrastructure::database::TenantTx;
use uuid::Uuid;

use crate::logged::as_known;
use crate::page::QueryError;

/// Whose name it is.
pub(crate) trait Party: Copy + Into<Uuid> {
    type Root: Root;

    fn name(root: &Self::Root) -> Option<&str>;
}

impl Party for VendorId {
    type Root = Vendor;

    fn name(vendor: &Vendor) -> Option<&str> {
        vendor.profile().ok().map(|profile| profile.party.name.as_str())
    }
}

impl Party for CustomerId {
    type Root = Customer;

    fn name(customer: &Customer) -> Option<&str> {
        customer.profile().ok().map(|profile| profile.details.party.name.as_str())
    }
}

/// Puts the names of a moment in the place of today's; nothing is read where none is asked for. One round trip.
pub(crate) async fn named_as_known<T, P: Party>(
    tx: &mut TenantTx,
    known_at: Option<DateTime<Utc>>,
    rows: &mut [T],
    of: fn(&mut T) -> (Option<P>, &mut Option<String>),
) -> Result<(), QueryError> {
    let Some(at) = known_at else { return Ok(()) };
    let mut ids: Vec<Uuid> = rows.iter_mut().filter_map(|row| of(row).0.map(Into::into)).collect();
    ids.sort_unstable();
    ids.dedup();
    let then = as_known::<P::Root>(tx, ids, at).await?;
    for row in rows {
        let (party, name) = of(row);
        if let Some(known) = party.and_then(|id| then.get(&id.into())).and_then(P::name) {
            *name = Some(known.to_owned());
        }
    }
    Ok(())
}
