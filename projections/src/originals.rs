//! Documents as they came in, byte for byte.

use quittance_infrastructure::database::TenantTx;

/// The bytes of the document with this SHA-256 (hex).
pub async fn fetch(tx: &mut TenantTx, sha256: &str) -> sqlx::Result<Option<Vec<u8>>> {
    let tenant = tx.tenant();
    let query = "select bytes from es.originals where tenant_id = $1 and sha256 = decode($2, 'hex')";
    sqlx::query_scalar(query).bind(tenant.0).bind(sha256).fetch_optional(&mut **tx).await
}
