//! A recurring invoice: a template and a schedule, from which each invoice that falls due is made exactly once. What it makes
//! goes the way of every invoice; that nobody sends one does not approve it.

mod schedule;
mod template;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use schedule::{Every, Schedule};
pub use template::Template;

use crate::aggregate;
use crate::aggregate::{Root, derived_id};
use crate::ids::{InvoiceId, RecurringInvoiceId, UserId};
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecurringInvoice {
    #[default]
    NotArranged,
    Arranged(Box<Series>),
}

/// A series and how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    pub arrangement: Arrangement,
    pub standing: Standing,
    /// The next occurrence: those before it were made, or passed over in a pause.
    pub next: u32,
    /// The invoices made so far.
    pub made: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Standing {
    Active,
    Paused,
    /// By a person, or because the schedule has come to its end.
    Ended,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrangement {
    pub template: Template,
    pub schedule: Schedule,
    /// Who enters its invoices by this, and so approves none of them.
    pub by: UserId,
}

#[derive(Clone, Debug)]
pub enum RecurringInvoiceCommand {
    Arrange(Box<Arrangement>),
    /// Make the occurrence that is due by `today`; nothing where none is.
    MakeDue {
        id: RecurringInvoiceId,
        today: NaiveDate,
    },
    Pause {
        reason: String,
        by: UserId,
    },
    /// What was due before `from` is passed over.
    Resume {
        from: NaiveDate,
        by: UserId,
    },
    End {
        reason: String,
        by: UserId,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RecurringInvoiceEvent {
    Arranged(Box<Arrangement>),
    /// The invoice of an occurrence came in, in the same write.
    Made {
        occurrence: u32,
        due_on: NaiveDate,
        invoice_id: InvoiceId,
    },
    Paused {
        reason: String,
        by: UserId,
    },
    Resumed {
        from: NaiveDate,
        by: UserId,
    },
    Ended {
        reason: String,
        by: UserId,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum RecurringInvoiceRefusal {
    #[error("there is no such recurring invoice")]
    RecurringInvoiceUnknown,
    #[error("the recurring invoice has been arranged before, otherwise")]
    RecurringInvoiceExists,
    #[error("an invoice's number begins with something that has a letter or a digit")]
    NumberMissing,
    #[error("what recurs has an amount above zero that its currency can express")]
    AmountNotPositive,
    #[error("a day of the month is 1 to 31, and weeks have none")]
    DayInvalid,
    #[error("nothing is ever due by this schedule")]
    ScheduleEmpty,
    #[error("pausing and ending need a reason")]
    ReasonMissing,
    #[error("the recurring invoice has ended")]
    RecurringInvoiceEnded,
}

impl Refusal for RecurringInvoiceRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::RecurringInvoiceUnknown => RefusalKind::Unknown,
            Self::RecurringInvoiceExists | Self::RecurringInvoiceEnded => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        Some(match self {
            Self::NumberMissing => "/number_prefix".to_owned(),
            Self::AmountNotPositive => "/lines".to_owned(),
            Self::DayInvalid => "/schedule/day".to_owned(),
            Self::ScheduleEmpty => "/schedule".to_owned(),
            Self::ReasonMissing => "/reason".to_owned(),
            _ => return None,
        })
    }
}

aggregate!(RecurringInvoice, "recurring_invoice", "RecurringInvoice", RecurringInvoiceCommand, RecurringInvoiceEvent, RecurringInvoiceRefusal, {
    Arranged = 1, Made = 1, Paused = 1, Resumed = 1, Ended = 1,
});

impl Root for RecurringInvoice {
    aggregate!(@names RecurringInvoiceEvent);

    fn decide(&self, command: RecurringInvoiceCommand) -> Result<Vec<RecurringInvoiceEvent>, RecurringInvoiceRefusal> {
        match (self, command) {
            (Self::NotArranged, RecurringInvoiceCommand::Arrange(arrangement)) => {
                arrangement.template.check()?;
                arrangement.schedule.check()?;
                Ok(vec![RecurringInvoiceEvent::Arranged(arrangement)])
            }
            (Self::NotArranged, _) => Err(RecurringInvoiceRefusal::RecurringInvoiceUnknown),
            (Self::Arranged(series), RecurringInvoiceCommand::Arrange(again)) if series.arrangement == *again => Ok(vec![]),
            (Self::Arranged(_), RecurringInvoiceCommand::Arrange(_)) => Err(RecurringInvoiceRefusal::RecurringInvoiceExists),
            (Self::Arranged(series), command) => series.decide(command),
        }
    }
}

impl RecurringInvoice {
    pub fn series(&self) -> Result<&Series, RecurringInvoiceRefusal> {
        match self {
            Self::NotArranged => Err(RecurringInvoiceRefusal::RecurringInvoiceUnknown),
            Self::Arranged(series) => Ok(series),
        }
    }

    fn on(&mut self, event: RecurringInvoiceEvent) {
        match (self, event) {
            (state @ Self::NotArranged, RecurringInvoiceEvent::Arranged(arrangement)) => {
                *state = Self::Arranged(Box::new(Series::of(*arrangement)))
            }
            (Self::Arranged(series), event) => series.on(event),
            _ => {}
        }
    }
}

impl Series {
    fn of(arrangement: Arrangement) -> Self {
        Self { arrangement, standing: Standing::Active, next: 0, made: 0 }
    }

    /// What will be due next, whenever that is; nothing in a pause.
    pub fn next_due(&self) -> Option<NaiveDate> {
        self.upcoming().next().filter(|_| self.standing == Standing::Active)
    }

    /// The dates that are left, in order; those of a pause too.
    pub fn upcoming(&self) -> impl Iterator<Item = NaiveDate> + '_ {
        let left = (self.next..).map_while(|occurrence| self.arrangement.schedule.date_of(occurrence));
        left.take_while(|_| self.standing != Standing::Ended)
    }

    fn decide(&self, command: RecurringInvoiceCommand) -> Result<Vec<RecurringInvoiceEvent>, RecurringInvoiceRefusal> {
        match (self.standing, command) {
            (_, RecurringInvoiceCommand::MakeDue { id, today }) => Ok(self.make_due(id, today).into_iter().collect()),
            (_, RecurringInvoiceCommand::Pause { reason, .. } | RecurringInvoiceCommand::End { reason, .. })
                if reason.trim().is_empty() =>
            {
                Err(RecurringInvoiceRefusal::ReasonMissing)
            }
            (Standing::Ended, RecurringInvoiceCommand::End { .. }) => Ok(vec![]),
            (Standing::Ended, _) => Err(RecurringInvoiceRefusal::RecurringInvoiceEnded),
            (Standing::Active, RecurringInvoiceCommand::Pause { reason, by }) => Ok(vec![RecurringInvoiceEvent::Paused { reason, by }]),
            (Standing::Paused, RecurringInvoiceCommand::Resume { from, by }) => Ok(vec![RecurringInvoiceEvent::Resumed { from, by }]),
            (Standing::Paused, RecurringInvoiceCommand::Pause { .. }) | (Standing::Active, RecurringInvoiceCommand::Resume { .. }) => {
                Ok(vec![])
            }
            (_, RecurringInvoiceCommand::End { reason, by }) => Ok(vec![RecurringInvoiceEvent::Ended { reason, by }]),
            (_, RecurringInvoiceCommand::Arrange(_)) => Err(RecurringInvoiceRefusal::RecurringInvoiceExists),
        }
    }

    fn make_due(&self, id: RecurringInvoiceId, today: NaiveDate) -> Option<RecurringInvoiceEvent> {
        let due_on = self.next_due().filter(|due| *due <= today)?;
        Some(RecurringInvoiceEvent::Made { occurrence: self.next, due_on, invoice_id: invoice_of(id, self.next) })
    }

    fn on(&mut self, event: RecurringInvoiceEvent) {
        match event {
            RecurringInvoiceEvent::Arranged(_) => {}
            RecurringInvoiceEvent::Made { occurrence, .. } => (self.next, self.made) = (occurrence + 1, self.made + 1),
            RecurringInvoiceEvent::Paused { .. } => self.standing = Standing::Paused,
            RecurringInvoiceEvent::Resumed { from, .. } => self.resume(from),
            RecurringInvoiceEvent::Ended { .. } => self.standing = Standing::Ended,
        }
        if self.upcoming().next().is_none() {
            self.standing = Standing::Ended;
        }
    }

    fn resume(&mut self, from: NaiveDate) {
        let schedule = &self.arrangement.schedule;
        self.standing = Standing::Active;
        match schedule.next_from(self.next, from) {
            Some((next, _)) => self.next = next,
            // Everything that was left lies before it.
            None => self.standing = Standing::Ended,
        }
    }
}

/// One occurrence of one series is one invoice, whoever makes it.
pub fn invoice_of(id: RecurringInvoiceId, occurrence: u32) -> InvoiceId {
    InvoiceId(derived_id(&[b"recurring invoice", id.0.as_bytes(), &occurrence.to_be_bytes()]))
}
