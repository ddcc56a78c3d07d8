//! Finding the vendor of a document, or registering the one it names.

use quittance_domain::ids::VendorId;
use quittance_domain::party::Party;
use quittance_domain::vendor::vendor_keys;

use crate::failure::Failure;
use crate::work::Work;

/// The vendor that holds one of the seller's identities; the strongest identity decides.
pub async fn known_vendor(work: &Work<'_>, seller: &Party) -> Result<Option<VendorId>, Failure> {
    for key in vendor_keys(seller) {
        if let Some(holder) = work.holder(&key).await? {
            return Ok(Some(VendorId(holder)));
        }
    }
    Ok(None)
}
