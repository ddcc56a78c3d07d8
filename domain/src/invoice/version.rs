//! What an approval binds to: a hash of exactly what an approver approves.

use sha2::{Digest, Sha256};

use super::document::InvoiceDocument;
use super::event::PayTo;
use crate::ids::VendorId;
use crate::money::Money;

/// SHA-256, hex, over length-prefixed fields; stable for ever because approvals bind to it.
pub(super) fn version_hash(vendor_id: VendorId, document: &InvoiceDocument, payable: Money, pay_to: Option<&PayTo>) -> String {
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    field(b"quittance invoice version 1");
    field(vendor_id.0.as_bytes());
    field(document.number.as_bytes());
    field(payable.to_string().as_bytes());
    field(pay_to.map(|p| p.account.canonical()).unwrap_or_default().as_bytes());
    for line in &document.lines {
        field(line.id.as_bytes());
        field(line.name.as_bytes());
        field(line.quantity.value.normalize().to_string().as_bytes());
        field(line.net.normalize().to_string().as_bytes());
    }
    hex::encode(hash.finalize())
}
