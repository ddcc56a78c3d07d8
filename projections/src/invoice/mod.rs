//! Invoices as lists and details need them, and what is owed because of them as facts for ageing.

mod facts;
mod query;
mod row;

use quittance_application::ports::Later;
use quittance_infrastructure::database::TenantTx;

pub use facts::{PayableFactRow, PayableFactView};
pub use query::{InvoiceDetail, InvoiceFilter, InvoiceSummary, facts_of, get, list};
pub use row::InvoiceRow;

use crate::aggregate_row::{begun_before, fold};
use crate::fact::{Fact, Recorded};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::rows::Rows;

/// Both tables together: a fact is the difference that an event made to what its invoice owes.
pub struct Invoices;

impl Projector for Invoices {
    fn name(&self) -> &'static str {
        "invoices"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["invoices", "payable_facts"]
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let invoices = memory.rows::<InvoiceRow>();
            invoices.fetch(tx, begun_before(events, |fact| matches!(fact, Fact::Invoice(_)))).await?;
            let mut posted = Vec::new();
            for at in events {
                posted.extend(project(invoices, at)?);
            }
            invoices.flush(tx).await?;
            let facts = memory.rows::<PayableFactRow>();
            posted.into_iter().for_each(|row| facts.put(row));
            facts.flush_and_forget(tx).await
        })
    }
}

fn project(invoices: &mut Rows<InvoiceRow>, at: &Recorded) -> Result<Vec<PayableFactRow>, ProjectionError> {
    let Fact::Invoice(event) = &at.fact else { return Ok(vec![]) };
    let before = invoices.get(&at.aggregate_id).map(InvoiceRow::owed);
    fold(invoices, event, at)?;
    let after = invoices.get(&at.aggregate_id).map(InvoiceRow::owed);
    Ok(facts::posted(event, before, after, at))
}
