//! The fiscal calendar over everything that counts in the books: what would count in a closed period is refused.
//!
//! A command that posts looks at the calendar, so the store lets it and a closing pass one after the other only. What
//! process managers do because of it comes later; a hard close therefore waits until they have done all that the soft
//! close let through.

use chrono::NaiveDate;
use quittance_domain::RefusalKind;
use quittance_domain::aggregate::derived_id;
use quittance_domain::calendar::{CalendarCommand, Closing, FiscalCalendar, Period, Posting};
use quittance_domain::ids::{CalendarId, TenantId};

use crate::commands::UseCase;
use crate::context::Channel;
use crate::failure::{Failure, Refused};
use crate::work::Work;

/// The tenant's one calendar.
pub fn calendar_id(tenant: TenantId) -> CalendarId {
    CalendarId(derived_id(&[b"fiscal-calendar", tenant.0.as_bytes()]))
}

/// Refuses if one of the days lies in a period that is closed to this. What follows from an accepted command is not refused.
pub async fn admit(work: &mut Work<'_>, days: impl IntoIterator<Item = NaiveDate>, posting: Posting) -> Result<(), Failure> {
    if work.ctx.channel == Channel::ProcessManager {
        return Ok(());
    }
    let calendar = work.load::<FiscalCalendar>(calendar_id(work.tenant())).await?;
    days.into_iter().try_for_each(|day| calendar.admits(day, posting)).map_err(Failure::from)
}

/// The same, told at the field that says the day.
pub async fn admit_at(work: &mut Work<'_>, field: &str, day: NaiveDate, posting: Posting) -> Result<(), Failure> {
    admit(work, [day], posting).await.map_err(|failure| failure.told(|refused| refused.at(field)))
}

/// The same for the day on which money moved.
pub async fn admit_value_date(work: &mut Work<'_>, day: NaiveDate) -> Result<(), Failure> {
    admit_at(work, "/value_date", day, Posting::Document).await
}

/// The day on which a document counts that does not say so: its own, or the first one after it that is open.
pub async fn counts_on(work: &mut Work<'_>, day: NaiveDate) -> Result<NaiveDate, Failure> {
    let calendar = work.load::<FiscalCalendar>(calendar_id(work.tenant())).await?;
    Ok(calendar.first_open_day(day))
}

pub struct ClosePeriod {
    pub period: Period,
    pub closing: Closing,
    /// For a hard close: the calendar's version for which everything that is under way has been awaited.
    pub awaited_at: Option<i64>,
}

impl UseCase for ClosePeriod {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let id = calendar_id(work.tenant());
        let today = work.ctx.today();
        work.take::<FiscalCalendar>(id).await?;
        let version = work.version_of(id);
        let close = CalendarCommand::Close { period: self.period, closing: self.closing, today, by: work.ctx.actor };
        let closed = work.decide::<FiscalCalendar>(id, close).await?;
        if closed > 0 && self.closing == Closing::Hard && self.awaited_at != version {
            let detail = "what was accepted before the soft close is still on its way into the books; try again";
            return Err(Refused::new("postings_under_way", RefusalKind::State, detail).into());
        }
        Ok(())
    }
}
