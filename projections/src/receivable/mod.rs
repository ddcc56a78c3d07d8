//! Receivables as lists and details need them, and what customers owe because of them as facts for ageing.

mod ageing;
mod candidates;
mod days_sales;
mod explained;
mod facts;
mod open_items;
mod query;
mod row;
mod statement;

use cqrs_es::Aggregate;
use quittance_application::ports::Later;
use quittance_domain::receivable::Receivable;
use quittance_infrastructure::database::TenantTx;

pub use ageing::{ReceivableAgeing, ReceivableAgeingFilter, ReceivableAgeingLine, ReceivableAgeingTotal, ageing};
pub use candidates::{may_be_paid, may_be_refunded, may_have_gone_back, worth};
pub use days_sales::{DaysSales, DaysSalesFilter, DaysSalesLine, days_sales};
pub use explained::{ReceivableFactFilter, ReceivableFactSum, ReceivableFacts, facts};
pub use facts::{ReceivableFactKind, ReceivableFactRow, ReceivableFactView};
pub use open_items::{ReceivableOpenItem, ReceivableOpenItemFilter, ReceivableOpenItems, ReceivableOpenTotal, open_items};
pub use query::{ReceivableDetail, ReceivableFilter, ReceivableSummary, get, list};
pub use row::ReceivableRow;
pub use statement::{CustomerStatement, CustomerStatementFilter, customer_statement};

use crate::aggregate_row::{begun_before, fold};
use crate::fact::{Fact, Recorded};
use crate::projector::{Memory, ProjectionError, Projector};

/// Both tables together: a fact is the difference that an event made to what is open.
pub struct Receivables;

impl Projector for Receivables {
    fn name(&self) -> &'static str {
        "receivables"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["receivables", "receivable_facts"]
    }

    fn folds(&self) -> &'static [&'static str] {
        const { &[Receivable::TYPE] }
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let receivables = memory.rows::<ReceivableRow>();
            receivables.fetch(tx, begun_before(events, |fact| matches!(fact, Fact::Receivable(_)))).await?;
            let mut posted = Vec::new();
            for at in events {
                let Fact::Receivable(event) = &at.fact else { continue };
                let before = receivables.get(&at.aggregate_id).map(ReceivableRow::owed).unwrap_or_default();
                fold(receivables, event, at)?;
                let after = receivables.get(&at.aggregate_id);
                posted.extend(after.into_iter().flat_map(|row| facts::posted(event, &before, row, at)));
            }
            receivables.flush(tx).await?;
            memory.rows::<ReceivableFactRow>().write(tx, posted).await
        })
    }
}
