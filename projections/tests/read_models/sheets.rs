//! Files of imports stay open while they are taken in, however many companies import at once.

use quittance_application::ports::{Edge, Sheets};
use quittance_domain::ids::{InvoiceImportId, UserId};
use quittance_domain::invoice_import::{FieldSource, ImportSheet, SheetField, SheetFormat, SheetMapping};
use quittance_infrastructure::database::migrator_pool;
use quittance_infrastructure::edge::SystemEdge;
use quittance_infrastructure::invoice_sheets::KeptSheets;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::engine::{any_tenant, database};

const SHEET: &str = "Supplier,No,Date,Net\nGas Ltd,G-1,2026-03-01,100.00\n";

fn sheet() -> ImportSheet {
    let column = |name: &str| FieldSource::Column(name.to_owned());
    let fields = [
        (SheetField::VendorName, column("Supplier")),
        (SheetField::Number, column("No")),
        (SheetField::IssueDate, column("Date")),
        (SheetField::Currency, FieldSource::Value("GBP".to_owned())),
        (SheetField::Net, column("Net")),
    ];
    ImportSheet {
        sha256: hex::encode(Sha256::digest(SHEET)),
        size_bytes: SHEET.len() as u64,
        file_name: None,
        format: SheetFormat::Csv,
        mapping: Some(SheetMapping { fields: fields.into(), ..SheetMapping::default() }),
        saved_mapping: None,
        rows: 1,
        documents: 1,
        begun_by: UserId(Uuid::nil()),
    }
}

#[tokio::test]
async fn many_small_files_are_open_at_once() {
    let (database, sheet) = (database().await, sheet());
    let sheets = KeptSheets::new(database.clone());
    let imports: Vec<_> = (0..20).map(|_| (any_tenant(), InvoiceImportId(SystemEdge.new_id()))).collect();
    let admin = migrator_pool(database.admin()).await.expect("the administrator connects");
    for (tenant, import) in &imports {
        let kept = sqlx::query("insert into es.originals (tenant_id, sha256, bytes) values ($1, decode($2, 'hex'), $3)");
        kept.bind(tenant.0).bind(&sheet.sha256).bind(SHEET.as_bytes()).execute(&admin).await.expect("kept");
        assert_eq!(sheets.documents(*tenant, *import, &sheet, 0, 10).await.expect("documents").len(), 1);
    }
    sqlx::query("alter table es.originals disable trigger all").execute(&admin).await.expect("the guard sleeps");
    sqlx::query("delete from es.originals").execute(&admin).await.expect("lost");
    admin.close().await;
    // Time enough for what is too much to be closed.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    for (tenant, import) in &imports {
        assert_eq!(sheets.documents(*tenant, *import, &sheet, 0, 10).await.expect("documents").len(), 1, "read once");
    }
}
