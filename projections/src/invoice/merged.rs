//! What is still to be paid to vendors that have turned out to be one.

use quittance_domain::ids::{InvoiceId, VendorId};
use quittance_infrastructure::database::TenantTx;
use uuid::Uuid;

use crate::listing::find;
use crate::vendor::VendorRow;

// One vendor after the other, by index, whatever the tables held when this was planned.
const OPEN: &str = "\
    select i.invoice_id from unnest($2::uuid[]) as wanted (vendor_id) cross join lateral \
      (select i.invoice_id from invoices i where i.tenant_id = $1 and i.vendor_id = wanted.vendor_id \
          and i.status not in ('rejected', 'voided', 'paid') offset 0) i order by 1";

/// Open invoices of a vendor under all of its names; of what it was merged into, if it was since.
pub async fn open_of_merged(tx: &mut TenantTx, vendor: VendorId) -> sqlx::Result<Vec<InvoiceId>> {
    let mut survivor = find::<VendorRow>(tx, vendor.0).await?;
    // Nothing is merged into what was merged, so the chain ends.
    while let Some(into) = survivor.as_ref().and_then(|row| row.state.profile().ok()?.merged_into) {
        survivor = find::<VendorRow>(tx, into.0).await?;
    }
    let Some(row) = survivor else { return Ok(vec![]) };
    let absorbed = row.state.profile().map(|profile| profile.absorbed.clone()).unwrap_or_default();
    let names: Vec<Uuid> = absorbed.into_iter().map(|vendor| vendor.0).chain([row.vendor_id]).collect();
    let tenant = tx.tenant();
    let ids: Vec<Uuid> = sqlx::query_scalar(OPEN).bind(tenant.0).bind(names).fetch_all(&mut **tx).await?;
    Ok(ids.into_iter().map(InvoiceId).collect())
}
