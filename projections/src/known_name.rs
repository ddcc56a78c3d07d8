//! What vendors and customers were called, and which of them had become one, as far as was known at a moment.

use chrono::{DateTime, Utc};
use quittance_domain::Root;
use quittance_domain::customer::Customer;
use quittance_domain::ids::{CustomerId, VendorId};
use quittance_domain::vendor::Vendor;
use quittance_infrastructure::database::TenantTx;
use uuid::Uuid;

use crate::ageing::END_OF_TIME;
use crate::logged::as_known;
use crate::page::QueryError;

/// Whose name it is.
pub(crate) trait Party: Copy + Into<Uuid> {
    type Root: Root;

    fn name(root: &Self::Root) -> Option<&str>;
    /// Those that were merged into it.
    fn absorbed(root: &Self::Root) -> Vec<Self>;
}

impl Party for VendorId {
    type Root = Vendor;

    fn name(vendor: &Vendor) -> Option<&str> {
        vendor.profile().ok().map(|profile| profile.party.name.as_str())
    }

    fn absorbed(vendor: &Vendor) -> Vec<Self> {
        vendor.profile().map(|profile| profile.absorbed.clone()).unwrap_or_default()
    }
}

impl Party for CustomerId {
    type Root = Customer;

    fn name(customer: &Customer) -> Option<&str> {
        customer.profile().ok().map(|profile| profile.details.party.name.as_str())
    }

    fn absorbed(customer: &Customer) -> Vec<Self> {
        customer.profile().map(|profile| profile.absorbed.clone()).unwrap_or_default()
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

/// Which ids a report about one is about: with its own, those that had been merged into it by then, in one round trip, where
/// they are asked for.
pub(crate) async fn ids_of<P: Party>(
    tx: &mut TenantTx,
    party: Option<P>,
    with_absorbed: Option<bool>,
    known_at: Option<DateTime<Utc>>,
) -> Result<Option<Vec<Uuid>>, QueryError> {
    let Some(party) = party else { return Ok(None) };
    if with_absorbed != Some(true) {
        return Ok(Some(vec![party.into()]));
    }
    let then = as_known::<P::Root>(tx, vec![party.into()], known_at.unwrap_or(END_OF_TIME)).await?;
    let absorbed = then.values().flat_map(P::absorbed);
    Ok(Some(std::iter::once(party).chain(absorbed).map(Into::into).collect()))
}
