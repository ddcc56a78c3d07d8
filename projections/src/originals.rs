//! Documents as they came in and went out, byte for byte.

use quittance_infrastructure::database::TenantTx;
use sha2::{Digest, Sha256};

/// The bytes of the document with this SHA-256 (hex). Bytes that no longer have it are shown to nobody.
pub async fn fetch(tx: &mut TenantTx, sha256: &str) -> sqlx::Result<Option<Vec<u8>>> {
    let tenant = tx.tenant();
    let query = "select bytes from es.originals where tenant_id = $1 and sha256 = decode($2, 'hex')";
    let bytes: Option<Vec<u8>> = sqlx::query_scalar(query).bind(tenant.0).bind(sha256).fetch_optional(&mut **tx).await?;
    match bytes {
        Some(bytes) if hex::encode(Sha256::digest(&bytes)) != sha256 => {
            Err(sqlx::Error::Decode(format!("the original {sha256} of {tenant} has been changed where it is kept").into()))
        }
        bytes => Ok(bytes),
    }
}

/// Those of the tenant whose bytes no longer have their SHA-256 (hex), and those that an invoice names and nobody has.
pub async fn broken(tx: &mut TenantTx) -> sqlx::Result<Vec<(String, &'static str)>> {
    let tenant = tx.tenant();
    let changed = "select encode(sha256, 'hex') from es.originals where tenant_id = $1 and sha256(bytes) <> sha256 order by 1";
    let lost = "select e.payload #>> '{source,sha256}' from es.events e \
                where e.tenant_id = $1 and e.event_type = 'InvoiceReceived' and e.payload #>> '{source,sha256}' is not null and not exists \
                  (select from es.originals o where o.tenant_id = $1 and o.sha256 = decode(e.payload #>> '{source,sha256}', 'hex')) order by 1";
    let mut found = Vec::new();
    for (query, what) in [(changed, "has been changed"), (lost, "is lost")] {
        let hashes: Vec<String> = sqlx::query_scalar(query).bind(tenant.0).fetch_all(&mut **tx).await?;
        found.extend(hashes.into_iter().map(|hash| (hash, what)));
    }
    Ok(found)
}
