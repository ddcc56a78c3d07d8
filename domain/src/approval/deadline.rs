//! When a stage is to be decided: due times stand in the event that opened it, so that replaying needs no clock.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{ApprovalEvent, Eligible, EscalationCause, Excluded, OpenStage, Running};
use crate::policy::StageDeadlines;

/// When the people of a stage are reminded, when their managers are asked as well, and when the round ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Deadlines {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_at: Option<DateTime<Utc>>,
}

/// A deadline that has had its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    Remind,
    Escalate,
}

impl Deadlines {
    /// Counted from the moment at which the stage opens.
    pub fn from(opened_at: DateTime<Utc>, hours: StageDeadlines) -> Self {
        let after = |hours: Option<u32>| hours.and_then(|h| opened_at.checked_add_signed(TimeDelta::hours(i64::from(h))));
        Self {
            remind_at: after(hours.remind_after_hours),
            escalate_at: after(hours.escalate_after_hours),
            expire_at: after(hours.expire_after_hours),
        }
    }
}

impl Running {
    /// The next moment at which something falls due.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        let deadlines = self.open.as_ref()?.deadlines?;
        let waits = |at: Option<DateTime<Utc>>, deadline| at.filter(|_| !self.passed.contains(&deadline));
        let remind = waits(deadlines.remind_at, Deadline::Remind);
        let escalate = waits(deadlines.escalate_at, Deadline::Escalate);
        [remind, escalate, deadlines.expire_at].into_iter().flatten().min()
    }

    pub(super) fn pass_time(&self, now: DateTime<Utc>, managers: &[Vec<Eligible>], barred: &[Excluded]) -> Vec<ApprovalEvent> {
        let Some((open, deadlines)) = self.open.as_ref().and_then(|open| Some((open, open.deadlines?))) else { return vec![] };
        let due = |at: Option<DateTime<Utc>>, deadline| at.filter(|at| *at <= now && !self.passed.contains(&deadline));
        let mut events = Vec::new();
        if let Some(due_at) = due(deadlines.remind_at, Deadline::Remind) {
            events.push(ApprovalEvent::Reminded { stage: open.stage, due_at, people: open.waiting_for() });
        }
        if let Some(due_at) = due(deadlines.escalate_at, Deadline::Escalate) {
            let stage = self.escalated(open, managers, barred);
            events.push(ApprovalEvent::Escalated { stage, because: EscalationCause::Overdue, due_at: Some(due_at) });
        }
        if let Some(due_at) = deadlines.expire_at.filter(|at| *at <= now) {
            let (invoice_id, round) = (self.request.invoice_id, self.request.round);
            events.push(ApprovalEvent::Expired { invoice_id, round, stage: open.stage, due_at });
        }
        events
    }

    /// The open stage with the managers who may decide it, beside everybody who might before.
    fn escalated(&self, open: &OpenStage, managers: &[Vec<Eligible>], barred: &[Excluded]) -> OpenStage {
        let acted = self.acted_outside(open);
        let may = |person: &&Eligible| !self.request.bars(person.user_id, &acted) && !barred.iter().any(|b| b.user_id == person.user_id);
        let mut escalated = open.clone();
        for (step, managers) in escalated.steps.iter_mut().zip(managers) {
            step.add(managers.iter().filter(may));
        }
        escalated
    }
}
