//! What an import set aside, as CSV, a few chunks at a time. No cell can be taken for a formula by the program that opens it.

use bytes::Bytes;
use futures::{Stream, stream};
use quittance_domain::ids::InvoiceImportId;
use quittance_domain::invoice_import::SetAside;
use quittance_infrastructure::database::TenantTx;
use quittance_projections::invoice_import::set_aside;

use crate::table::{as_text, written};

const COLUMNS: [&str; 9] = ["row", "rows", "code", "detail", "field", "vendor", "number", "amount", "existing_id"];

pub struct SetAsideFile {
    tx: TenantTx,
    import: InvoiceImportId,
    /// The import's last event that was written; none before the head.
    written: Option<i64>,
}

impl SetAsideFile {
    pub fn of(tx: TenantTx, import: InvoiceImportId) -> Self {
        Self { tx, import, written: None }
    }

    pub fn pieces(self) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send {
        stream::try_unfold(self, |file| async { file.next().await.map_err(std::io::Error::other) })
    }

    async fn next(mut self) -> anyhow::Result<Option<(Bytes, Self)>> {
        let Some(after) = self.written else {
            self.written = Some(0);
            return Ok(Some((written([COLUMNS.map(str::to_owned)])?.into(), self)));
        };
        let chunks = set_aside(&mut self.tx, self.import, after).await?;
        let Some((last, _)) = chunks.last() else { return Ok(None) };
        self.written = Some(*last);
        let piece = written(chunks.iter().flat_map(|(_, documents)| documents).map(cells))?;
        Ok(Some((piece.into(), self)))
    }
}

fn cells(document: &SetAside) -> [String; 9] {
    let SetAside { row, rows, vendor, number, amount, field, code, detail, existing_id } = document;
    let text = |text: &Option<String>| text.as_deref().map(as_text).unwrap_or_default();
    [
        row.to_string(),
        rows.to_string(),
        code.clone(),
        as_text(detail),
        field.map(|field| field.to_string()).unwrap_or_default(),
        text(vendor),
        text(number),
        amount.map(|amount| amount.to_string()).unwrap_or_default(),
        existing_id.map(|id| id.to_string()).unwrap_or_default(),
    ]
}
