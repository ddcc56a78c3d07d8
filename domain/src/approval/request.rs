//! Who may decide a stage: candidates, exclusions, quorums.

use serde::{Deserialize, Serialize};

use super::{ApprovalEvent, ApprovalRefusal, Request};
use crate::ids::UserId;

/// A person who may never decide this invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    pub user_id: UserId,
    pub because: ExclusionCause,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionCause {
    EditedInvoice,
    EditedBankAccount,
}

impl Excluded {
    pub fn editor_of_invoice(user_id: UserId) -> Self {
        Self { user_id, because: ExclusionCause::EditedInvoice }
    }

    pub fn editor_of_bank_account(user_id: UserId) -> Self {
        Self { user_id, because: ExclusionCause::EditedBankAccount }
    }

    pub(super) fn refusal(&self) -> ApprovalRefusal {
        match self.because {
            ExclusionCause::EditedInvoice => ApprovalRefusal::SelfApproval,
            ExclusionCause::EditedBankAccount => ApprovalRefusal::BankAccountEditor,
        }
    }
}

/// Why a stage cannot be decided: a stable code, and what it means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum StuckCause {
    #[default]
    #[error("fewer people may decide than the quorum needs")]
    QuorumOutOfReach,
}

/// A person who may decide a step, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Eligible {
    pub user_id: UserId,
    /// `role:approver`, `user`.
    pub because: String,
}

/// Everybody whom the policy names for one stage, before exclusions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageCandidates {
    pub stage: u8,
    pub steps: Vec<StepCandidates>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepCandidates {
    pub quorum: u8,
    pub candidates: Vec<Eligible>,
}

impl StepCandidates {
    /// The step opened for everybody else; a person named twice is one person.
    fn without(self, barred: impl Fn(UserId) -> bool) -> OpenStep {
        let mut eligible: Vec<Eligible> = Vec::with_capacity(self.candidates.len());
        for candidate in self.candidates {
            if !barred(candidate.user_id) && !eligible.iter().any(|e| e.user_id == candidate.user_id) {
                eligible.push(candidate);
            }
        }
        OpenStep { quorum: self.quorum, eligible, approved_by: vec![] }
    }
}

/// An open stage with the people who may decide it, resolved when it opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenStage {
    pub stage: u8,
    pub steps: Vec<OpenStep>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenStep {
    pub quorum: u8,
    pub eligible: Vec<Eligible>,
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
}

impl OpenStage {
    pub fn eligible(&self) -> impl Iterator<Item = UserId> + '_ {
        self.steps.iter().filter(|s| !s.is_complete()).flat_map(|s| s.eligible.iter().map(|e| e.user_id))
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

    /// Decisions keep counting for the step that they were made in, if the person may still decide it.
    pub(super) fn with_decisions_of(mut self, earlier: &OpenStage) -> Self {
        for (step, before) in self.steps.iter_mut().zip(&earlier.steps) {
            step.approved_by = before.approved_by.iter().copied().filter(|user| step.is_eligible(*user)).collect();
        }
        self
    }
}

impl Request {
    pub(super) fn begin(self, candidates: StageCandidates) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        if self.stages.is_empty() {
            return Err(ApprovalRefusal::NoMatchingRule);
        }
        let opened = self.open(candidates, &[]);
        Ok(vec![ApprovalEvent::Requested { request: self }, opened])
    }

    /// Opens a stage for its candidates less the excluded and those who acted before; stuck if a quorum is out of reach.
    pub(super) fn open(&self, candidates: StageCandidates, acted: &[UserId]) -> ApprovalEvent {
        let barred = |user: UserId| acted.contains(&user) || self.excludes(user);
        let stage = candidates.stage;
        let steps: Vec<OpenStep> = candidates.steps.into_iter().map(|step| step.without(barred)).collect();
        if steps.is_empty() || steps.iter().any(|s| s.eligible.len() < usize::from(s.quorum)) {
            let cause = StuckCause::QuorumOutOfReach;
            return ApprovalEvent::Stuck { stage, cause, because: cause.to_string() };
        }
        ApprovalEvent::StageOpened { stage: OpenStage { stage, steps } }
    }

    pub(super) fn excludes(&self, user: UserId) -> bool {
        self.excluded.iter().any(|e| e.user_id == user)
    }

    /// Why this person does not decide: what bars them, or that nobody asked them.
    pub(super) fn refusal_of(&self, user: UserId) -> ApprovalRefusal {
        let barred = self.excluded.iter().find(|e| e.user_id == user);
        barred.map_or(ApprovalRefusal::NotEligible, Excluded::refusal)
    }

    pub(super) fn granted(&self) -> ApprovalEvent {
        ApprovalEvent::Granted { invoice_id: self.invoice_id, round: self.round, version_hash: self.version_hash.clone() }
    }

    pub(super) fn withdrawn(&self, because: String) -> ApprovalEvent {
        ApprovalEvent::Withdrawn { invoice_id: self.invoice_id, because }
    }
}
