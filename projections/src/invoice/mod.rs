//! Invoices as lists and details need them, what is owed because of them as facts for ageing, and what is wrong with
//! them as a queue.

mod discount;
mod facts;
mod merged;
mod owed;
mod query;
mod refundable;
mod row;
pub(crate) mod sums;

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_application::ports::Later;
use quittance_domain::exception::AnswerTimes;
use quittance_domain::invoice::Invoice;
use quittance_domain::payment::Payment;
use quittance_domain::tenant::{Tenant, TenantEvent};
use quittance_domain::time_zone::TimeZone;
use quittance_infrastructure::database::TenantTx;
use sqlx::types::Json;

pub use discount::standing;
use discount::{DiscountWindowRow, MissedDiscountRow, TakenInTime};
pub(crate) use facts::first_entry_of;
pub use facts::{PaidWithholding, PayableFactKind, PayableFactRow, PayableFactView};
pub use merged::open_of_merged;
pub use query::{CodingView, InvoiceDetail, InvoiceFilter, InvoiceSummary, MatchView, coding, facts_of, get, list, matching};
pub use refundable::{may_be_refunded, refundable_of};
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

    /// 5: what was taken in time is not missed.
    fn version(&self) -> i32 {
        5
    }

    fn tables(&self) -> &'static [&'static str] {
        &["invoices", "payable_facts", "payable_sums", "discount_windows", "missed_discounts", "exceptions", "answer_times"]
    }

    fn folds(&self) -> &'static [&'static str] {
        const { &[Invoice::TYPE, Payment::TYPE, Tenant::TYPE] }
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
            let (mut done, mut said) = (Made::default(), None);
            for at in events {
                if let Fact::Tenant(TenantEvent::AnswerTimesSet { times: set, .. }) = &at.fact {
                    times.clone_from(set);
                    said = Some(AnswerTimesRow { company_id: at.aggregate_id, times: Json(set.clone()) });
                }
                project(invoices, &times, at, &mut done)?;
            }
            invoices.flush(tx).await?;
            exception::apply(memory.rows::<ExceptionRow>(), tx, done.changes).await?;
            memory.rows::<DiscountWindowRow>().write(tx, done.windows).await?;
            memory.rows::<MissedDiscountRow>().write(tx, done.missed).await?;
            discount::withdraw(tx, done.taken_in_time).await?;
            let answer_times = memory.rows::<AnswerTimesRow>();
            said.into_iter().for_each(|row| answer_times.put(row));
            answer_times.flush(tx).await?;
            sums::add(tx, &done.facts).await?;
            memory.rows::<PayableFactRow>().write(tx, done.facts).await
        })
    }
}

/// What a batch of events makes beside the rows of its invoices.
#[derive(Default)]
struct Made {
    facts: Vec<PayableFactRow>,
    changes: Vec<Change>,
    windows: Vec<DiscountWindowRow>,
    missed: Vec<MissedDiscountRow>,
    taken_in_time: Vec<TakenInTime>,
}

fn project(invoices: &mut Rows<InvoiceRow>, times: &AnswerTimes, at: &Recorded, made: &mut Made) -> Result<(), ProjectionError> {
    let event = match &at.fact {
        Fact::Invoice(event) => event,
        Fact::Payment(event) => {
            made.facts.extend(facts::on_account(event, at));
            return Ok(());
        }
        _ => return Ok(()),
    };
    let known = invoices.get(&at.aggregate_id);
    made.taken_in_time.extend(known.and_then(|row| discount::taken_in_time(event, &row.discounts_missed, at)));
    let before = known.map(|row| Seen::of(row, at.zone));
    fold(invoices, event, at)?;
    let Some(invoice) = invoices.get(&at.aggregate_id) else { return Ok(()) };
    let after = Seen::of(invoice, at.zone);
    let open = before.as_ref().map_or(&[][..], |before| &before.open);
    made.changes.extend(exception::changes(event, &Around { before: open, after: &after.open, invoice, times }, at));
    made.missed.extend(discount::missed(event, invoice, at));
    if before.as_ref().and_then(|before| before.discount_due) != after.discount_due {
        made.windows.push(DiscountWindowRow { invoice_id: at.aggregate_id, due_at: after.discount_due });
    }
    made.facts.extend(facts::posted(event, before.map(|before| before.owed), after.owed, at));
    Ok(())
}

/// An invoice as far as what its events make is the difference between before and after.
struct Seen {
    owed: owed::Owed,
    open: Vec<exception::Open>,
    discount_due: Option<DateTime<Utc>>,
}

impl Seen {
    fn of(row: &InvoiceRow, zone: TimeZone) -> Self {
        Self { owed: row.owed(), open: open_of(row), discount_due: row.discount_due(zone) }
    }
}
