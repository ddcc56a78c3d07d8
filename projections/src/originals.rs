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

/// The events that keep a document, and where in their payloads its SHA-256 (hex) stands.
pub const KEPT_BY: [(&str, &str); 7] = [
    ("ChequebookPositivePayWritten", "{PositivePayWritten,file,file,sha256}"),
    ("DespatchAdviceAnnounced", "{Announced,source,sha256}"),
    ("InvoiceImportBegun", "{Begun,sha256}"),
    ("InvoiceReceived", "{Received,source,sha256}"),
    ("OrderDocumentKept", "{Kept,source,sha256}"),
    ("PaymentFileSent", "{FileSent,file,sha256}"),
    ("PaymentRunFileWritten", "{FileWritten,file,sha256}"),
];

/// Those of the tenant whose bytes no longer have their SHA-256 (hex), and those that an event names and nobody has.
pub async fn broken(tx: &mut TenantTx) -> sqlx::Result<Vec<(String, &'static str)>> {
    let tenant = tx.tenant();
    let changed = "select encode(sha256, 'hex') from es.originals where tenant_id = $1 and sha256(bytes) <> sha256 order by 1";
    let lost = "select distinct named.sha256 from es.events e \
                join unnest($2::text[], $3::text[]) as kept_by (event_type, path) using (event_type) \
                cross join lateral (select e.payload #>> kept_by.path::text[] as sha256) named \
                where e.tenant_id = $1 and named.sha256 is not null and not exists \
                  (select from es.originals o where o.tenant_id = $1 and o.sha256 = decode(named.sha256, 'hex')) order by 1";
    let changed: Vec<String> = sqlx::query_scalar(changed).bind(tenant.0).fetch_all(&mut **tx).await?;
    let (types, paths): (Vec<&str>, Vec<&str>) = KEPT_BY.into_iter().unzip();
    let lost: Vec<String> = sqlx::query_scalar(lost).bind(tenant.0).bind(types).bind(paths).fetch_all(&mut **tx).await?;
    let told = |hashes: Vec<String>, what| hashes.into_iter().map(move |hash| (hash, what));
    Ok(told(changed, "has been changed").chain(told(lost, "is lost")).collect())
}
