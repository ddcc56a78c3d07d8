//! Near duplicates, from the read models of fingerprints and invoices.

use quittance_application::ports::{Asked, Lookalikes, Printed};
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{InvoiceId, TenantId};
use quittance_domain::invoice::Fingerprint;
use sqlx::types::Json;
use uuid::Uuid;

use crate::database::{Database, TenantTx};

/// Of invoices that share a key; nearer dates come first. A monthly fee of one amount makes many.
const COMPARED_MAX: i64 = 200;

pub struct FingerprintLookalikes(pub Database);

impl Lookalikes for FingerprintLookalikes {
    fn sharing<'a>(
        &'a self,
        tenant: TenantId,
        invoice: InvoiceId,
        print: &'a Fingerprint,
        position: i64,
    ) -> Asked<'a, Option<Vec<Printed>>> {
        Box::pin(async move {
            let Some((mut tx, _)) = self.read_model(tenant, "fingerprints", position).await? else { return Ok(None) };
            Ok(Some(sharing(&mut tx, invoice, print, position).await?))
        })
    }

    fn stated_at(&self, tenant: TenantId, invoice: InvoiceId, position: i64) -> Asked<'_, Option<i64>> {
        Box::pin(async move {
            let Some((mut tx, _)) = self.read_model(tenant, "fingerprints", position).await? else { return Ok(None) };
            let query = "select stated_at from fingerprints where tenant_id = $1 and invoice_id = $2";
            Ok(sqlx::query_scalar(query).bind(tenant.0).bind(invoice.0).fetch_optional(&mut *tx).await?)
        })
    }

    fn suspected_of(&self, tenant: TenantId, invoice: InvoiceId, position: i64) -> Asked<'_, Option<Vec<InvoiceId>>> {
        Box::pin(async move {
            let Some((mut tx, read)) = self.read_model(tenant, "invoices", position).await? else { return Ok(None) };
            Ok(Some(suspected_of(&mut tx, invoice, read).await?))
        })
    }
}

impl FingerprintLookalikes {
    /// To read a read model and how far it has come, unless it has not reached `position`.
    async fn read_model(&self, tenant: TenantId, name: &str, position: i64) -> sqlx::Result<Option<(TenantTx, i64)>> {
        let mut tx = self.0.read(tenant).await?;
        let query = "select coalesce(min(position), 0) from ops.checkpoints where tenant_id = $1 and projector = $2";
        let reached: i64 = sqlx::query_scalar(query).bind(tenant.0).bind(name).fetch_one(&mut *tx).await?;
        Ok((reached >= position).then_some((tx, reached)))
    }
}

async fn sharing(tx: &mut TenantTx, invoice: InvoiceId, print: &Fingerprint, position: i64) -> sqlx::Result<Vec<Printed>> {
    let keys: Vec<Uuid> = print.keys().iter().map(|key| stored(key)).collect();
    // One key after the other, by equality: a comparison with an array, planned while the tables were empty, goes through all of them
    // for each print until they are analysed.
    let query = "select f.invoice_id, f.print \
                   from (select distinct k.invoice_id from unnest($4::uuid[]) as wanted (key) cross join lateral \
                           (select k.invoice_id from fingerprint_keys k where k.tenant_id = $1 and k.key = wanted.key offset 0) k) shared \
                  cross join lateral (select f.invoice_id, f.print, f.issue_date from fingerprints f \
                     where f.tenant_id = $1 and f.invoice_id = shared.invoice_id and f.live and f.stated_at < $2 offset 0) f \
                  where f.invoice_id <> $3 order by abs(f.issue_date - $5::date), f.invoice_id limit $6";
    let tenant = tx.tenant();
    let rows: Vec<(Uuid, Json<Fingerprint>)> = sqlx::query_as(query)
        .bind(tenant.0)
        .bind(position)
        .bind(invoice.0)
        .bind(keys)
        .bind(print.issue_date)
        .bind(COMPARED_MAX)
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows.into_iter().map(|(id, print)| (InvoiceId(id), print.0)).collect())
}

/// A fingerprint's key as it is stored: keys differ in length and alphabet, what is stored is of one size.
pub fn stored(key: &str) -> Uuid {
    derived_id(&[b"fingerprint", key.as_bytes()])
}

/// Those that name it, and those that a suspicion after `read` may name.
async fn suspected_of(tx: &mut TenantTx, invoice: InvoiceId, read: i64) -> sqlx::Result<Vec<InvoiceId>> {
    let named = Json(serde_json::json!([{ "invoice_id": invoice }]));
    let query = "select invoice_id from invoices where tenant_id = $1 and lookalikes <> '[]' and lookalikes @> $2 union \
                 select aggregate_id from es.events where tenant_id = $1 and position > $3 and event_type = 'InvoiceDuplicatesSuspected' \
                 order by invoice_id";
    let tenant = tx.tenant();
    let ids: Vec<Uuid> = sqlx::query_scalar(query).bind(tenant.0).bind(named).bind(read).fetch_all(&mut **tx).await?;
    Ok(ids.into_iter().map(InvoiceId).collect())
}
