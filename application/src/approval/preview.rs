//! "Who would have to approve this?": the answer, without asking anybody.

use quittance_domain::Root;
use quittance_domain::approval::{Approval, ApprovalCommand, ApprovalEvent, Eligible, Excluded, Request, StageCandidates};
use quittance_domain::ids::InvoiceId;
use quittance_domain::policy::{Facts, PolicyRules};

use super::matter::{InForce, Matter};
use super::people::{Parts, People};
use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

/// Who would have to approve an invoice if the caller submitted it now, under the policy in force or under `rules`.
pub struct PreviewApproval {
    pub id: InvoiceId,
    pub rules: Option<PolicyRules>,
}

#[derive(Clone, Debug)]
pub struct Preview {
    /// Absent where the rules were proposed.
    pub policy_version: Option<u32>,
    pub facts: Facts,
    pub excluded: Vec<Excluded>,
    /// None where a rate is missing that decides which: `facts` name it.
    pub stages: Vec<StagePreview>,
}

#[derive(Clone, Debug)]
pub struct StagePreview {
    pub stage: u8,
    pub steps: Vec<StepPreview>,
    /// Too few would be left to decide, even with their managers.
    pub stuck: bool,
}

#[derive(Clone, Debug)]
pub struct StepPreview {
    pub quorum: u8,
    /// Who could decide, if nobody acts in a stage before.
    pub eligible: Vec<Eligible>,
}

impl UseCase for PreviewApproval {
    type Output = Preview;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<Preview, Failure> {
        let by = work.ctx.actor;
        let policy = match self.rules.clone() {
            Some(rules) => InForce::proposed(work, rules).await?,
            None => InForce::now(work).await?,
        };
        let (policy_version, rules) = (self.rules.is_none().then_some(policy.version), &policy.rules);
        let matter = Matter::of(work, self.id).await?;
        let facts = matter.facts(work, rules).await?;
        let stages = match rules.missing_rate(&facts) {
            Some(_) => vec![],
            None => Matter::steps(rules, &facts)?.1,
        };
        let excluded = matter.barred(work, by, &policy, &facts.rate_stated_by, &[]);
        let parts = Parts { submitter: by, enterer: matter.enterer() };
        let request = Request {
            invoice_id: self.id,
            round: matter.payable.round + 1,
            version_hash: matter.payable.version_hash(),
            amount: matter.payable.payable,
            policy_version: policy.version,
            requested_by: by,
            excluded: excluded.clone(),
            stages: stages.clone(),
            same_person_in_stages: rules.terms.same_person_in_stages,
            facts: None,
        };
        let mut previews = Vec::with_capacity(stages.len());
        for stage in stages {
            let candidates = People::of(work).candidates(rules, &facts, parts, stage).await?;
            previews.push(opened(&request, candidates.without(&excluded))?);
        }
        Ok(Preview { policy_version, facts, excluded, stages: previews })
    }
}

/// The stage as a round would open it: the domain says, nothing is kept.
fn opened(request: &Request, candidates: StageCandidates) -> Result<StagePreview, Failure> {
    let stage = candidates.stage;
    let alone = Request { stages: vec![stage], ..request.clone() };
    let events = Approval::default().decide(ApprovalCommand::Request { request: alone, candidates })?;
    let open = events.into_iter().find_map(|event| match event {
        ApprovalEvent::StageOpened { stage } | ApprovalEvent::Escalated { stage, .. } => Some(stage),
        _ => None,
    });
    let stuck = open.is_none();
    let steps = open.map(|open| open.steps).unwrap_or_default();
    let steps = steps.into_iter().map(|step| StepPreview { quorum: step.quorum, eligible: step.eligible }).collect();
    Ok(StagePreview { stage, steps, stuck })
}
