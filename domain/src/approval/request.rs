//! What is asked, frozen when it was asked, and who may never decide it.

use serde::{Deserialize, Serialize};

use super::{ApprovalEvent, ApprovalRefusal, Decider, EscalationCause, OpenStage, OpenStep, StageCandidates};
use crate::ids::{InvoiceId, UserId};
use crate::ledger::MissingRate;
use crate::money::Money;
use crate::policy::Facts;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub invoice_id: InvoiceId,
    pub round: u32,
    /// The hash of exactly what is approved; a payment takes only that.
    pub version_hash: String,
    pub amount: Money,
    pub policy_version: u32,
    pub requested_by: UserId,
    /// Who may not decide this, and why, as it was found last.
    pub excluded: Vec<Excluded>,
    /// The stages of the policy, in order; none as long as a rate is missing that decides which.
    pub stages: Vec<u8>,
    /// The policy lets one person decide several stages.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub same_person_in_stages: bool,
    /// What the policy looked at; rounds of before it could look at more than the amount have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Facts>,
}

/// A person who may not decide this invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Excluded {
    pub user_id: UserId,
    pub because: ExclusionCause,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExclusionCause {
    EditedInvoice,
    EditedBankAccount,
    ChangedVendor,
    /// Registered the vendor, and nobody else has looked at it since.
    RegisteredVendor,
    /// Nobody has vouched that this is another person than one who has had a hand in it.
    NotVouchedFor,
    ReceivedGoods,
    /// Adopted the version of the policy that decides who approves, and nobody else has confirmed it.
    AdoptedPolicy,
    /// Adopted the tolerances that the invoice passes by, and nobody else has confirmed them.
    AdoptedTolerances,
    /// Stated the exchange rate that says what the invoice comes to, and nobody else has stated the same.
    StatedRate,
}

impl ExclusionCause {
    /// What was done to the invoice stays done. The others end, and hold as long as they are found again.
    pub fn is_for_good(self) -> bool {
        !matches!(self, Self::NotVouchedFor | Self::AdoptedPolicy | Self::AdoptedTolerances | Self::RegisteredVendor | Self::StatedRate)
    }
}

impl Excluded {
    pub fn editor_of_invoice(user_id: UserId) -> Self {
        Self { user_id, because: ExclusionCause::EditedInvoice }
    }

    pub fn editor_of_bank_account(user_id: UserId) -> Self {
        Self { user_id, because: ExclusionCause::EditedBankAccount }
    }

    pub fn not_vouched_for(user_id: UserId) -> Self {
        Self { user_id, because: ExclusionCause::NotVouchedFor }
    }

    pub fn adopter_of_policy(user_id: UserId) -> Self {
        Self { user_id, because: ExclusionCause::AdoptedPolicy }
    }

    pub fn adopter_of_tolerances(user_id: UserId) -> Self {
        Self { user_id, because: ExclusionCause::AdoptedTolerances }
    }

    pub fn stater_of_rate(user_id: UserId) -> Self {
        Self { user_id, because: ExclusionCause::StatedRate }
    }

    pub(super) fn refusal(&self) -> ApprovalRefusal {
        match self.because {
            ExclusionCause::EditedInvoice => ApprovalRefusal::SelfApproval,
            ExclusionCause::EditedBankAccount => ApprovalRefusal::BankAccountEditor,
            ExclusionCause::ChangedVendor | ExclusionCause::RegisteredVendor => ApprovalRefusal::VendorEditor,
            ExclusionCause::NotVouchedFor => ApprovalRefusal::NotVouchedFor,
            ExclusionCause::ReceivedGoods => ApprovalRefusal::GoodsReceiver,
            ExclusionCause::AdoptedPolicy => ApprovalRefusal::PolicyAdopter,
            ExclusionCause::AdoptedTolerances => ApprovalRefusal::TolerancesAdopter,
            ExclusionCause::StatedRate => ApprovalRefusal::RateStater,
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
    /// What the invoice comes to in the policy's currency is not known, and so who decides.
    #[error("an exchange rate is missing")]
    RateMissing,
}

impl Request {
    pub(super) fn begin(self, candidates: StageCandidates) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        if self.stages.is_empty() {
            return Err(ApprovalRefusal::NoMatchingRule);
        }
        let opened = self.open(candidates, &[]);
        Ok(std::iter::once(ApprovalEvent::Requested { request: Box::new(self) }).chain(opened).collect())
    }

    /// Asked before it is known what is asked of whom.
    pub(super) fn wait_for(self, missing: MissingRate) -> Vec<ApprovalEvent> {
        let request = Box::new(Self { stages: vec![], ..self });
        vec![
            ApprovalEvent::Requested { request },
            ApprovalEvent::Stuck { stage: 0, cause: StuckCause::RateMissing, because: missing.to_string() },
        ]
    }

    pub(super) fn appraised(
        &self,
        facts: Facts,
        stages: Vec<u8>,
        candidates: StageCandidates,
    ) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        if stages.is_empty() {
            return Err(ApprovalRefusal::NoMatchingRule);
        }
        let opened = self.open(candidates, &[]);
        Ok(std::iter::once(ApprovalEvent::Appraised { facts: Box::new(facts), stages }).chain(opened).collect())
    }

    /// Opens a stage for its candidates less the excluded and those who acted before. Where a quorum is out of reach the
    /// stage is stuck, and open after all for the candidates' managers if that makes it possible.
    pub(super) fn open(&self, candidates: StageCandidates, acted: &[UserId]) -> Vec<ApprovalEvent> {
        let barred = |user: UserId| self.bars(user, acted);
        let StageCandidates { stage, steps, deadlines } = candidates;
        let named: Vec<OpenStep> = steps.iter().map(|step| step.opened_without(barred)).collect();
        if is_possible(&named) {
            return vec![ApprovalEvent::StageOpened { stage: OpenStage { stage, steps: named, deadlines } }];
        }
        let cause = StuckCause::QuorumOutOfReach;
        let mut events = vec![ApprovalEvent::Stuck { stage, cause, because: cause.to_string() }];
        let escalated: Vec<OpenStep> = steps.iter().map(|step| step.with_managers().opened_without(barred)).collect();
        if is_possible(&escalated) {
            let stage = OpenStage { stage, steps: escalated, deadlines };
            events.push(ApprovalEvent::Escalated { stage, because: EscalationCause::Stuck, due_at: None });
        }
        events
    }

    pub(super) fn bars(&self, user: UserId, acted: &[UserId]) -> bool {
        let acted_elsewhere = !self.same_person_in_stages && acted.contains(&user);
        acted_elsewhere || self.excluded_for_good().any(|e| e.user_id == user)
    }

    /// Those of the excluded who stay so whatever happens; the others are told anew whenever somebody decides.
    fn excluded_for_good(&self) -> impl Iterator<Item = &Excluded> {
        self.excluded.iter().filter(|excluded| excluded.because.is_for_good())
    }

    /// What stands against this person, by what was done before the round began and by `barred`, as things are now.
    pub(super) fn exclusion<'a>(&'a self, user: UserId, barred: &'a [Excluded]) -> Option<&'a Excluded> {
        self.excluded_for_good().chain(barred).find(|excluded| excluded.user_id == user)
    }

    /// Who is excluded as things stand now, each with the first reason.
    pub(super) fn excluded_now(&self, barred: &[Excluded]) -> Vec<Excluded> {
        let mut excluded: Vec<Excluded> = Vec::new();
        for person in self.excluded_for_good().chain(barred) {
            if !excluded.iter().any(|e| e.user_id == person.user_id) {
                excluded.push(person.clone());
            }
        }
        excluded
    }

    /// Why this person does not decide: what bars them, or that nobody asked them.
    pub(super) fn refusal_of(&self, decider: &Decider) -> ApprovalRefusal {
        self.exclusion(decider.by, &decider.barred).map_or(ApprovalRefusal::NotEligible, Excluded::refusal)
    }

    pub(super) fn granted(&self) -> ApprovalEvent {
        ApprovalEvent::Granted { invoice_id: self.invoice_id, round: self.round, version_hash: self.version_hash.clone() }
    }

    pub(super) fn rebound(&self, version_hash: String, amount: Money, facts: Facts) -> Vec<ApprovalEvent> {
        if self.version_hash == version_hash {
            return vec![];
        }
        let Self { invoice_id, round, .. } = *self;
        vec![ApprovalEvent::Rebound { invoice_id, round, version_hash, amount, facts: Box::new(facts) }]
    }

    pub(super) fn withdrawn(&self, because: String) -> ApprovalEvent {
        ApprovalEvent::Withdrawn { invoice_id: self.invoice_id, because }
    }
}

fn is_possible(steps: &[OpenStep]) -> bool {
    !steps.is_empty() && steps.iter().all(OpenStep::can_complete)
}
