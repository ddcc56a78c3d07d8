//! What invoices are compared by when a new one is looked for near duplicates.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use quittance_application::ports::Later;
use quittance_domain::invoice::{Fingerprint, Invoice, InvoiceEvent};
use quittance_infrastructure::database::TenantTx;
use quittance_infrastructure::lookalikes::stored;
use sqlx::types::Json;
use uuid::Uuid;

use crate::aggregate_row::{begun_before, fold};
use crate::fact::{Fact, Recorded};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::rows::Rows;
use crate::{aggregate_row, row};

row! {
    pub struct FingerprintRow in "fingerprints" {
        invoice_id: Uuid,
        version: i64,
        position: i64,
        /// The position of the document as it is now: later ones are compared with it, not it with them.
        stated_at: i64,
        /// Neither voided nor rejected.
        live: bool,
        issue_date: NaiveDate,
        print: Json<Fingerprint>,
    }
}

aggregate_row!(FingerprintRow, Invoice, Invoice);

impl FingerprintRow {
    fn began(event: &InvoiceEvent, at: &Recorded) -> Option<Self> {
        let InvoiceEvent::Received(reception) = event else { return None };
        let print = Fingerprint::of(&reception.vendor_keys, &reception.document, &reception.source);
        let (invoice_id, issue_date) = (at.aggregate_id, reception.document.issue_date);
        Some(Self { invoice_id, version: 0, position: 0, stated_at: at.position, live: true, issue_date, print: Json(print) })
    }

    fn on(&mut self, event: &InvoiceEvent, at: &Recorded) {
        match event {
            InvoiceEvent::Amended(amendment) => {
                self.stated_at = at.position;
                self.issue_date = amendment.document.issue_date;
                self.print.0 = self.print.corrected(&amendment.vendor_keys, &amendment.document);
            }
            InvoiceEvent::Voided { .. } | InvoiceEvent::Rejected { .. } => self.live = false,
            // What came in while it was rejected was not compared with it: it is, with them.
            InvoiceEvent::Submitted { .. } if !self.live => (self.live, self.stated_at) = (true, at.position),
            _ => {}
        }
    }
}

/// A table of prints, and one of the keys under which they are found. A key that a correction has left behind only costs
/// a comparison.
pub struct Fingerprints;

impl Projector for Fingerprints {
    fn name(&self) -> &'static str {
        "fingerprints"
    }

    fn version(&self) -> i32 {
        2
    }

    fn tables(&self) -> &'static [&'static str] {
        &["fingerprints", "fingerprint_keys"]
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let rows = memory.rows::<FingerprintRow>();
            rows.fetch(tx, begun_before(events, |fact| matches!(fact, Fact::Invoice(_)))).await?;
            let mut keyed: Vec<(Uuid, Uuid)> = Vec::new();
            for at in events {
                let Fact::Invoice(event) = &at.fact else { continue };
                let states = matches!(event, InvoiceEvent::Received(_) | InvoiceEvent::Amended(_));
                let before = if states { keys_of(rows, at.aggregate_id) } else { BTreeSet::new() };
                fold(rows, event, at)?;
                if states {
                    keyed.extend(keys_of(rows, at.aggregate_id).difference(&before).map(|key| (stored(key), at.aggregate_id)));
                }
            }
            rows.flush(tx).await?;
            keep_keys(tx, &keyed).await
        })
    }
}

fn keys_of(rows: &Rows<FingerprintRow>, invoice: Uuid) -> BTreeSet<String> {
    rows.get(&invoice).map(|row| row.print.keys()).unwrap_or_default()
}

async fn keep_keys(tx: &mut TenantTx, keyed: &[(Uuid, Uuid)]) -> Result<(), ProjectionError> {
    if keyed.is_empty() {
        return Ok(());
    }
    let (keys, invoices): (Vec<Uuid>, Vec<Uuid>) = keyed.iter().copied().unzip();
    let insert = "insert into fingerprint_keys (tenant_id, key, invoice_id) select $1, u.* from unnest($2::uuid[], $3::uuid[]) u";
    let tenant = tx.tenant();
    sqlx::query(insert).bind(tenant.0).bind(keys).bind(invoices).execute(&mut **tx).await?;
    Ok(())
}
