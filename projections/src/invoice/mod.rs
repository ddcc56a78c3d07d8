//! Invoices as lists and details need them, what is owed because of them as facts for ageing, and what is wrong with
//! them as a queue.

mod facts;
mod query;
mod row;
pub(crate) mod sums;

use quittance_application::ports::Later;
use quittance_domain::exception::AnswerTimes;
use quittance_domain::tenant::TenantEvent;
use quittance_infrastructure::database::TenantTx;
use sqlx::types::Json;

pub(crate) use facts::first_entry_of;
pub use facts::{PayableFactKind, PayableFactRow, PayableFactView};
pub use query::{CodingView, InvoiceDetail, InvoiceFilter, InvoiceSummary, MatchView, coding, facts_of, get, list, matching};
pub use row::{InvoiceRow, Stage};

use crate::aggregate_row::{begun_before, fold};
use crate::exception::{self, AnswerTimesRow, Around, Change, ExceptionRow, open_of};
use crate::fact::{Fact, Recorded};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::rows::Rows;

/// All tables together: a fact is the difference that an event made to what its invoice owes, and what opens or closes
/// in the queue is the difference that it made to what is wrong.
pub struct Invoices;

impl Projector for Invoices {
    fn name(&self) -> &'static str {
        "invoices"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["invoices", "payable_facts", "payable_sums", "exceptions", "answer_times"]
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let mut times = exception::answer_times(tx, memory.rows()).await?;
            let invoices = memory.rows::<InvoiceRow>();
            invoices.fetch(tx, begun_before(events, |fact| matches!(fact, Fact::Invoice(_)))).await?;
            let (mut posted, mut queued, mut said) = (Vec::new(), Vec::new(), None);
            for at in events {
                if let Fact::Tenant(TenantEvent::AnswerTimesSet { times: set, .. }) = &at.fact {
                    times.clone_from(set);
                    said = Some(AnswerTimesRow { company_id: at.aggregate_id, times: Json(set.clone()) });
                }
                let (facts, changes) = project(invoices, &times, at)?;
                posted.extend(facts);
                queued.extend(changes);
            }
            invoices.flush(tx).await?;
            exception::apply(memory.rows::<ExceptionRow>(), tx, queued).await?;
            let answer_times = memory.rows::<AnswerTimesRow>();
            said.into_iter().for_each(|row| answer_times.put(row));
            answer_times.flush(tx).await?;
            sums::add(tx, &posted).await?;
            let facts = memory.rows::<PayableFactRow>();
            posted.into_iter().for_each(|row| facts.put(row));
            facts.flush_and_forget(tx).await
        })
    }
}

fn project(
    invoices: &mut Rows<InvoiceRow>,
    times: &AnswerTimes,
    at: &Recorded,
) -> Result<(Vec<PayableFactRow>, Vec<Change>), ProjectionError> {
    let event = match &at.fact {
        Fact::Invoice(event) => event,
        Fact::Payment(event) => return Ok((facts::on_account(event, at).into_iter().collect(), vec![])),
        _ => return Ok((vec![], vec![])),
    };
    let seen = |invoices: &Rows<InvoiceRow>| invoices.get(&at.aggregate_id).map(|row| (row.owed(), open_of(row)));
    let before = seen(invoices);
    fold(invoices, event, at)?;
    let after = seen(invoices);
    let changes = match (invoices.get(&at.aggregate_id), &after) {
        (Some(invoice), Some((_, after))) => {
            let before = before.as_ref().map_or(&[][..], |(_, open)| open);
            exception::changes(event, &Around { before, after, invoice, times }, at)
        }
        _ => vec![],
    };
    Ok((facts::posted(event, before.map(|(owed, _)| owed), after.map(|(owed, _)| owed), at), changes))
}
