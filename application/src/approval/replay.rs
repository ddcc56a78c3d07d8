//! The policy time machine: past rounds held against proposed rules. What would have been asked of whom, and which
//! decisions would not have counted.

use chrono::{DateTime, Utc};
use quittance_domain::approval::{Duty, Excluded, deeds_within, exclusions};
use quittance_domain::ids::{ApprovalId, InvoiceId, UserId};
use quittance_domain::policy::{Facts, PolicyRules, PolicyStep};

use super::matter::{InForce, Matter};
use super::people::{Parts, People};
use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

/// A round as it was, with the steps that the policy of its time asked for.
#[derive(Clone, Debug)]
pub struct PastRound {
    pub approval_id: ApprovalId,
    pub invoice_id: InvoiceId,
    pub requested_by: UserId,
    pub requested_at: DateTime<Utc>,
    pub facts: Facts,
    pub asked: Vec<PolicyStep>,
    pub approved_by: Vec<UserId>,
}

/// Holds past rounds against `rules`. Writes nothing.
pub struct ReplayPolicy {
    pub rules: PolicyRules,
    pub rounds: Vec<PastRound>,
}

/// What would have been different; empty lists where nothing would.
#[derive(Clone, Debug)]
pub struct Difference {
    pub approval_id: ApprovalId,
    pub invoice_id: InvoiceId,
    /// No rule matches: the invoice could not have been submitted.
    pub unmatched: bool,
    pub more: Vec<StepFor>,
    pub fewer: Vec<StepFor>,
    /// Who approved and would not have been allowed to.
    pub barred: Vec<Excluded>,
}

/// A step, and the people whom it means as roles and managers are today.
#[derive(Clone, Debug)]
pub struct StepFor {
    pub step: PolicyStep,
    pub people: Vec<UserId>,
}

impl Difference {
    pub fn is_none(&self) -> bool {
        !self.unmatched && self.more.is_empty() && self.fewer.is_empty() && self.barred.is_empty()
    }
}

impl UseCase for ReplayPolicy {
    type Output = Vec<Difference>;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<Vec<Difference>, Failure> {
        // Whoever asks stands for who would adopt the rules: they would not decide under them alone.
        let rule_makers = InForce::proposed(work, self.rules.clone()).await?.rule_makers();
        let mut differences = Vec::with_capacity(self.rounds.len());
        for round in &self.rounds {
            differences.push(self.replay(work, round, &rule_makers).await?);
        }
        Ok(differences)
    }
}

impl ReplayPolicy {
    async fn replay(&self, work: &mut Work<'_>, round: &PastRound, rule_makers: &[Excluded]) -> Result<Difference, Failure> {
        let matter = Matter::of(work, round.invoice_id).await?;
        let terms = &self.rules.terms;
        let then: Vec<_> = matter.deeds.iter().filter(|deed| deed.at <= round.requested_at).cloned().collect();
        let bank = deeds_within(&then, Duty::ChangedBankData, terms.bank_change_days, round.requested_at).next();
        let facts = Facts { bank_changed: bank.is_some(), ..round.facts.clone() };
        let wanted = self.rules.steps_for(&facts);
        let mut barred = exclusions(&then, round.requested_by, terms, rule_makers, round.requested_at);
        barred.retain(|excluded| round.approved_by.contains(&excluded.user_id));
        let parts = Parts { submitter: round.requested_by, enterer: matter.enterer() };
        let mut people = People::of(work);
        let (mut more, mut fewer) = (Vec::new(), Vec::new());
        for step in wanted.iter().filter(|step| !round.asked.contains(step)) {
            more.push(people.meant_by(step, &facts, parts).await?);
        }
        for step in round.asked.iter().filter(|step| !wanted.contains(step)) {
            fewer.push(people.meant_by(step, &facts, parts).await?);
        }
        let (approval_id, invoice_id, unmatched) = (round.approval_id, round.invoice_id, wanted.is_empty());
        Ok(Difference { approval_id, invoice_id, unmatched, more, fewer, barred })
    }
}

impl People<'_> {
    async fn meant_by(&mut self, step: &PolicyStep, facts: &Facts, parts: Parts) -> Result<StepFor, Failure> {
        let named = self.step(step, facts, parts).await?;
        Ok(StepFor { step: step.clone(), people: named.candidates.into_iter().map(|c| c.user_id).collect() })
    }
}
