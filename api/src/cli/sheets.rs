//! `quittance import --mapping …`: sheets of invoices in bulk, followed until the last row is an invoice or set aside.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use quittance_application::Context;
use quittance_application::import_mapping::WayToRead;
use quittance_domain::ids::InvoiceImportId;
use quittance_domain::invoice_import::{ImportStatus, SheetMapping};
use quittance_domain::limits::DOCUMENT_BYTES_MAX;
use quittance_projections::invoice_import::{InvoiceImportView, get};

use super::upkeep::Bar;
use super::words::counted;
use crate::routes::invoice_import::beginning;
use crate::system::System;

const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Takes each file in and says what became of it; fails where something was set aside, so that scripts notice.
pub async fn import(system: &System, ctx: &Context, way: &WayToRead, files: &[PathBuf], json: bool) -> anyhow::Result<()> {
    let mut set_aside = 0;
    for file in files {
        let import = import_one(system, ctx, way, file).await?;
        set_aside += import.set_aside;
        println!("{}", if json { serde_json::to_string(&import)? } else { told(file, &import) });
    }
    let documents = |n| counted(n, "document");
    anyhow::ensure!(set_aside == 0, "{} set aside: GET /v1/imports/{{id}}/set-aside says why", documents(u32::try_from(set_aside)?));
    Ok(())
}

/// From a JSON file, or by the name that it was saved under; none where the files are no sheets.
pub async fn way_to_read(system: &System, ctx: &Context, file: Option<&Path>, saved: Option<&str>) -> anyhow::Result<Option<WayToRead>> {
    if let Some(name) = saved {
        return Ok(Some(WayToRead::saved(&system.commands, ctx.tenant, name).await?));
    }
    let Some(file) = file else { return Ok(None) };
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mapping: SheetMapping = serde_json::from_str(&text).with_context(|| format!("{} is no mapping", file.display()))?;
    Ok(Some(WayToRead::stated(Some(mapping))))
}

async fn import_one(system: &System, ctx: &Context, way: &WayToRead, file: &Path) -> anyhow::Result<InvoiceImportView> {
    let size = std::fs::metadata(file).with_context(|| format!("{} cannot be read", file.display()))?.len();
    anyhow::ensure!(size <= DOCUMENT_BYTES_MAX as u64, "{} is larger than {} MiB", file.display(), DOCUMENT_BYTES_MAX >> 20);
    let begin = beginning(ctx, std::fs::read(file)?.into(), Some(file.display().to_string()), way.clone()).await;
    let begin = begin.map_err(|problem| anyhow::anyhow!("{}: {}", file.display(), problem.detail))?;
    let bar = Bar::new("importing");
    bar.bar().set_length(u64::from(begin.sheet.documents));
    system.commands.run(ctx, &begin).await?;
    let ended = followed(system, ctx, begin.id, &bar).await;
    bar.bar().finish_and_clear();
    ended
}

async fn followed(system: &System, ctx: &Context, id: InvoiceImportId, bar: &Bar) -> anyhow::Result<InvoiceImportView> {
    loop {
        let mut tx = system.database.read(ctx.tenant).await?;
        let found = get(&mut tx, id).await?;
        drop(tx);
        match found {
            Some(import) if import.status == ImportStatus::Finished => return Ok(import),
            Some(import) if import.status == ImportStatus::Cancelled => bail!("the import was cancelled; import again to go on"),
            Some(import) => bar.bar().set_position(u64::from(import.documents_done.unsigned_abs())),
            None => {}
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn told(file: &Path, import: &InvoiceImportView) -> String {
    let amounts: Vec<String> = import.amounts.iter().map(|sum| format!("{} {}", sum.amount(), sum.currency())).collect();
    let InvoiceImportView { id, rows, taken, set_aside, .. } = import;
    format!("{}: {rows} rows, {taken} taken ({}), {set_aside} set aside; import {id}", file.display(), amounts.join(", "))
}
