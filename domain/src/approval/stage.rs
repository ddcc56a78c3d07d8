//! A stage and its steps: who was found for them, who may decide them, who has.

use serde::{Deserialize, Serialize};

use super::{Deadlines, Excluded};
use crate::ids::UserId;

/// A person who may decide a step, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Eligible {
    pub user_id: UserId,
    /// `role:approver`, `user`, `manager_of:<user>`, `reassigned_from:<user>`.
    pub because: String,
}

impl Eligible {
    pub fn manager_of(user_id: UserId, person: UserId) -> Self {
        Self { user_id, because: format!("manager_of:{person}") }
    }
}

/// Everybody whom the policy names for one stage, before exclusions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageCandidates {
    pub stage: u8,
    pub steps: Vec<StepCandidates>,
    pub deadlines: Option<Deadlines>,
}

impl StageCandidates {
    /// Without those who may not decide as things stand now.
    pub fn without(mut self, barred: &[Excluded]) -> Self {
        let may = |person: &Eligible| !barred.iter().any(|excluded| excluded.user_id == person.user_id);
        for step in &mut self.steps {
            step.candidates.retain(may);
            step.managers.retain(may);
        }
        self
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepCandidates {
    pub quorum: u8,
    pub candidates: Vec<Eligible>,
    /// The candidates' managers, who are asked where the candidates are too few.
    pub managers: Vec<Eligible>,
}

impl StepCandidates {
    /// The step opened for everybody else; a person named twice is one person.
    pub(super) fn opened_without(&self, barred: impl Fn(UserId) -> bool) -> OpenStep {
        let mut step = OpenStep { quorum: self.quorum, eligible: Vec::with_capacity(self.candidates.len()), approved_by: vec![] };
        step.add(self.candidates.iter().filter(|c| !barred(c.user_id)));
        step
    }

    pub(super) fn with_managers(&self) -> Self {
        let candidates = self.candidates.iter().chain(&self.managers).cloned().collect();
        Self { quorum: self.quorum, candidates, managers: vec![] }
    }
}

/// An open stage with the people who may decide it, resolved when it opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenStage {
    pub stage: u8,
    pub steps: Vec<OpenStep>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadlines: Option<Deadlines>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenStep {
    pub quorum: u8,
    pub eligible: Vec<Eligible>,
    /// Those of the eligible who approved, or in whose place it was done.
    #[serde(default)]
    pub approved_by: Vec<UserId>,
}

impl OpenStep {
    fn is_complete(&self) -> bool {
        self.approved_by.len() >= usize::from(self.quorum)
    }

    fn is_eligible(&self, user: UserId) -> bool {
        self.eligible.iter().any(|e| e.user_id == user)
    }

    fn waits_for(&self, user: UserId) -> bool {
        !self.is_complete() && self.is_eligible(user) && !self.approved_by.contains(&user)
    }

    /// Whether those who have not decided yet are enough.
    pub(super) fn can_complete(&self) -> bool {
        self.is_complete() || self.eligible.len() >= usize::from(self.quorum)
    }

    pub(super) fn add<'a>(&mut self, people: impl Iterator<Item = &'a Eligible>) {
        for person in people {
            if !self.is_eligible(person.user_id) {
                self.eligible.push(person.clone());
            }
        }
    }
}

impl OpenStage {
    /// Who may decide a step that is not decided yet.
    pub fn eligible(&self) -> impl Iterator<Item = UserId> + '_ {
        self.steps.iter().filter(|s| !s.is_complete()).flat_map(|s| s.eligible.iter().map(|e| e.user_id))
    }

    /// Everybody who may decide one of its steps, or has.
    pub(super) fn named(&self) -> impl Iterator<Item = UserId> + '_ {
        self.steps.iter().flat_map(|step| step.eligible.iter().map(|person| person.user_id))
    }

    /// Those whose decision would still count, each once.
    pub fn waiting_for(&self) -> Vec<UserId> {
        let mut people: Vec<UserId> = self.eligible().filter(|user| self.waits_for(*user)).collect();
        people.sort();
        people.dedup();
        people
    }

    pub(super) fn is_eligible(&self, user: UserId) -> bool {
        self.steps.iter().any(|s| s.is_eligible(user))
    }

    /// Would this person's decision count for anything?
    pub(super) fn waits_for(&self, user: UserId) -> bool {
        self.steps.iter().any(|s| s.waits_for(user))
    }

    pub(super) fn has_approved(&self, user: UserId) -> bool {
        self.steps.iter().any(|s| s.approved_by.contains(&user))
    }

    pub(super) fn is_complete(&self) -> bool {
        self.steps.iter().all(OpenStep::is_complete)
    }

    /// One decision counts for every step of the stage that names the person and still waits.
    pub(super) fn approve(&mut self, user: UserId) {
        for step in self.steps.iter_mut().filter(|s| s.waits_for(user)) {
            step.approved_by.push(user);
        }
    }

    /// Who decides in another's place has spoken: nobody waits for their own word where it was still wanted.
    pub(super) fn speaks_for_another(&mut self, user: UserId) {
        for step in self.steps.iter_mut().filter(|s| s.waits_for(user)) {
            step.eligible.retain(|e| e.user_id != user);
        }
    }

    pub(super) fn can_complete(&self) -> bool {
        self.steps.iter().all(OpenStep::can_complete)
    }

    /// Decisions keep counting for the step that they were made in, if the person may still decide it. Time runs on.
    pub(super) fn with_decisions_of(mut self, earlier: &Self) -> Self {
        for (step, before) in self.steps.iter_mut().zip(&earlier.steps) {
            step.approved_by = before.approved_by.iter().copied().filter(|user| step.is_eligible(*user)).collect();
        }
        self.deadlines = earlier.deadlines;
        self
    }

    /// `to` takes the place of `from` in every step that still waits for them.
    pub(super) fn reassign(&mut self, from: UserId, to: UserId) {
        for step in self.steps.iter_mut().filter(|s| s.waits_for(from)) {
            for place in step.eligible.iter_mut().filter(|e| e.user_id == from) {
                *place = Eligible { user_id: to, because: format!("reassigned_from:{from}") };
            }
        }
    }
}
