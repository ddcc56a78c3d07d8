//! The documents of an import's file, from the bytes that the engine keeps; what is being imported stays open.

use std::sync::Arc;
use std::time::Duration;

use quittance_application::invoice_import::SheetDocument;
use quittance_application::ports::{Asked, Sheets, Unavailable};
use quittance_domain::ids::{InvoiceImportId, TenantId};
use quittance_domain::invoice_import::ImportSheet;

use super::OpenSheet;
use crate::database::Database;

/// Of all files that are open at once: many small ones, or two of the largest.
const OPEN_BYTES_MAX: u64 = 512 << 20;
const IDLE_MAX: Duration = Duration::from_secs(60);

pub struct KeptSheets {
    database: Database,
    open: moka::sync::Cache<(TenantId, InvoiceImportId), Arc<OpenSheet>>,
}

impl KeptSheets {
    pub fn new(database: Database) -> Self {
        let bytes = |_: &_, open: &Arc<OpenSheet>| u32::try_from(open.kept_bytes()).unwrap_or(u32::MAX);
        Self { database, open: moka::sync::Cache::builder().weigher(bytes).max_capacity(OPEN_BYTES_MAX).time_to_idle(IDLE_MAX).build() }
    }

    async fn opened(&self, tenant: TenantId, import: InvoiceImportId, sheet: &ImportSheet) -> Result<Arc<OpenSheet>, Unavailable> {
        if let Some(open) = self.open.get(&(tenant, import)) {
            return Ok(open);
        }
        let bytes = self.bytes(tenant, &sheet.sha256).await?;
        let bytes = bytes.ok_or_else(|| Unavailable("the file of the import is not kept".to_owned()))?;
        let mapping = sheet.mapping.clone();
        let (_, open) = tokio::task::spawn_blocking(move || OpenSheet::open(bytes.into(), mapping.as_ref())).await??;
        let open = Arc::new(open);
        self.open.insert((tenant, import), open.clone());
        Ok(open)
    }

    async fn bytes(&self, tenant: TenantId, sha256: &str) -> sqlx::Result<Option<Vec<u8>>> {
        let mut tx = self.database.read(tenant).await?;
        let query = "select bytes from es.originals where tenant_id = $1 and sha256 = decode($2, 'hex')";
        sqlx::query_scalar(query).bind(tenant.0).bind(sha256).fetch_optional(&mut *tx).await
    }
}

impl Sheets for KeptSheets {
    fn documents<'a>(
        &'a self,
        tenant: TenantId,
        import: InvoiceImportId,
        sheet: &'a ImportSheet,
        first: u32,
        most: usize,
    ) -> Asked<'a, Vec<SheetDocument>> {
        Box::pin(async move {
            let open = self.opened(tenant, import, sheet).await?;
            let read = tokio::task::spawn_blocking(move || open.read(import, first, most)).await;
            Ok(read?)
        })
    }
}
