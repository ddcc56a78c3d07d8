//! The runs of a calendar, and which of them pays what is owed.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::{PaymentCalendar, PaymentCalendarRefusal};
use crate::calendar::FiscalCalendar;
use crate::money::Money;
use crate::payment_run::{Discount, Timing};

/// Days from today on for which runs go on: what waits longer is paid by none of them.
const DAYS_AHEAD: u64 = 366;

/// The days on which payments leave, from the first day of a period on.
#[derive(Clone, Debug, PartialEq)]
pub struct Runs {
    days: Vec<NaiveDate>,
    /// The period's last day.
    to: NaiveDate,
    hurdle_rate: Decimal,
}

/// What a run looks at.
pub struct Owed<'a> {
    /// What settles it, in money and discount.
    pub amount: Money,
    pub due_date: NaiveDate,
    /// The best discount that a payment of this value date may take.
    pub discount: &'a dyn Fn(NaiveDate) -> Option<Discount>,
    /// Whether nothing kept money from it, as things stood at the end of a day.
    pub free: &'a dyn Fn(NaiveDate) -> bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PaidByRun {
    pub on: NaiveDate,
    pub discount: Money,
}

impl PaymentCalendar {
    /// Its runs had it been in force from the first day of a period on, those that are still to come as well.
    pub fn runs(
        &self,
        working_days: &FiscalCalendar,
        (from, to): (NaiveDate, NaiveDate),
        today: NaiveDate,
    ) -> Result<Runs, PaymentCalendarRefusal> {
        self.check()?;
        // What was to leave on a holiday right before the period leaves on its first working day.
        let mut first = from;
        while let Some(before) = first.pred_opt().filter(|day| !working_days.is_working_day(*day)) {
            first = before;
        }
        let last = to.max(today).checked_add_days(Days::new(DAYS_AHEAD)).unwrap_or(to);
        let named = first.iter_days().take_while(|day| *day <= last).filter(|day| self.names(*day));
        let moved: BTreeSet<NaiveDate> = named.map(|day| working_days.first_working_day(day)).filter(|day| *day >= from).collect();
        let runs = Runs { days: moved.into_iter().collect(), to, hurdle_rate: self.hurdle_rate };
        if runs.within().is_empty() { Err(PaymentCalendarRefusal::NoPaymentRun) } else { Ok(runs) }
    }
}

impl Runs {
    /// Those of the period itself.
    pub fn within(&self) -> &[NaiveDate] {
        &self.days[..self.days.partition_point(|day| *day <= self.to)]
    }

    /// The run that pays it: the first that finds it free and is the last to meet its due date or a discount that is worth it. What is
    /// due is paid by the first that finds it free. None where no run did.
    pub fn pay(&self, owed: &Owed<'_>) -> Option<PaidByRun> {
        (0..self.days.len()).map(|run| self.timing(run)).find_map(|timing| {
            let on = timing.run_date;
            let discount = Some(on).filter(|_| (owed.free)(on)).map(|on| (owed.discount)(on))?;
            if timing.reason_against(owed.amount, owed.due_date, discount).is_some() {
                return None;
            }
            let none = Money::zero(owed.amount.currency());
            Some(PaidByRun { on, discount: timing.taken(owed.amount, discount).unwrap_or(none) })
        })
    }

    /// After the last run nobody says when the next one would be: it takes what falls due in the period.
    fn timing(&self, run: usize) -> Timing {
        let run_date = self.days[run];
        let next_run_date = self.days.get(run + 1).copied();
        let next_run_date = next_run_date.unwrap_or_else(|| self.to.max(run_date).succ_opt().unwrap_or(NaiveDate::MAX));
        let due_until = next_run_date.pred_opt().unwrap_or(run_date);
        Timing { run_date, next_run_date, due_until, hurdle_rate: self.hurdle_rate }
    }
}
