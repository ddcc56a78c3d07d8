//! Deciding an open stage, in one's own place or in another's.

use quittance_domain::approval::{Approval, ApprovalCommand, ApprovalRefusal, Decider, Excluded, Request, Running, StageCandidates};
use quittance_domain::delegation::{Delegations, Matter as About, Path};
use quittance_domain::ids::{ApprovalId, DecisionLinkId, InvoiceId, UserId};
use quittance_domain::invoice::{Invoice, InvoiceRefusal, Stage};
use quittance_domain::policy::Facts;
use quittance_domain::user::User;

use super::matter::{InForce, Matter};
use super::people::{Parts, People, amounts_of};
use super::rate::appraise;
use crate::commands::UseCase;
use crate::delegation::delegations_id;
use crate::failure::Failure;
use crate::work::Work;

/// A running round with all that bears on who may decide it.
pub(super) struct Round {
    pub approval_id: ApprovalId,
    pub running: Running,
    matter: Matter,
    policy: InForce,
    facts: Facts,
    /// Who may not decide as things stand now: more may have happened since the round began.
    pub barred: Vec<Excluded>,
}

impl Round {
    pub async fn of(work: &mut Work<'_>, invoice: InvoiceId, action: &'static str) -> Result<Self, Failure> {
        let approval_id = running_approval(work, invoice, action).await?;
        let running = work.take::<Approval>(approval_id).await?.running()?.clone();
        let matter = Matter::of(work, invoice).await?;
        // A round keeps the policy version that it started under, though a newer one may have been adopted since.
        let policy = InForce::at(work, running.request.policy_version).await?;
        let facts = match &running.request.facts {
            Some(facts) => facts.clone(),
            None => matter.facts(work, &policy.rules).await?,
        };
        let raters = matter.raters(work, &facts, policy.rules.currency).await?;
        let barred = matter.barred(work, running.request.requested_by, &policy, &raters, &running.voices());
        Ok(Self { approval_id, running, matter, policy, facts, barred })
    }

    pub async fn candidates(&self, work: &Work<'_>, stage: u8) -> Result<StageCandidates, Failure> {
        self.candidates_by(work, &self.facts, stage).await
    }

    pub async fn candidates_by(&self, work: &Work<'_>, facts: &Facts, stage: u8) -> Result<StageCandidates, Failure> {
        let parts = Parts { submitter: self.running.request.requested_by, enterer: self.matter.enterer() };
        let candidates = People::of(work).candidates(&self.policy.rules, facts, parts, stage).await?;
        let raters: Vec<Excluded> = facts.rate_stated_by.iter().copied().map(Excluded::stater_of_rate).collect();
        // A round that waited for its rate did not know who would state it.
        let raters = if self.facts.rate.is_none() { self.matter.with_other_selves(raters, &[]) } else { vec![] };
        Ok(candidates.without(&self.barred).without(&raters))
    }

    /// What the policy looks at now, and the stages that it asks for; `None` as long as a rate is missing that decides them.
    pub async fn appraisal(&self, work: &mut Work<'_>) -> Result<Option<(Facts, Vec<u8>)>, Failure> {
        let rules = &self.policy.rules;
        let facts = self.matter.facts(work, rules).await?;
        if rules.missing_rate(&facts).is_some() {
            return Ok(None);
        }
        let (_, stages) = Matter::steps(rules, &facts)?;
        Ok(Some((facts, stages)))
    }

    /// The managers of those whom the open stage still waits for, step by step.
    pub async fn managers(&self, work: &Work<'_>) -> Result<Vec<Vec<quittance_domain::approval::Eligible>>, Failure> {
        let mut people = People::of(work);
        let mut steps = Vec::new();
        for step in self.running.open.iter().flat_map(|open| &open.steps) {
            let asked: Vec<UserId> = step.eligible.iter().map(|e| e.user_id).collect();
            steps.push(people.managers_of(&asked, &self.facts).await?);
        }
        Ok(steps)
    }

    /// The candidates of the stage that follows, once the acting person has spoken in this one.
    async fn next(&self, work: &Work<'_>) -> Result<Option<StageCandidates>, Failure> {
        let Some(stage) = self.running.stage().and_then(|stage| self.running.stage_after(stage)) else { return Ok(None) };
        let candidates = self.candidates(work, stage).await?;
        let spoke = if self.running.request.same_person_in_stages { vec![] } else { vec![work.ctx.actor] };
        Ok(Some(candidates.without(&self.matter.with_other_selves(vec![], &spoke))))
    }

    async fn decider(&self, work: &mut Work<'_>, signed: Signed) -> Result<Decider, Failure> {
        let (by, barred) = (work.ctx.actor, self.barred.clone());
        let delegated = self.delegated_to(work, by).await?;
        Ok(Decider { by, on_behalf_of: signed.on_behalf_of, delegated, barred, link: signed.link })
    }

    pub async fn delegated_to(&self, work: &mut Work<'_>, person: UserId) -> Result<Vec<Path>, Failure> {
        let delegations = work.load::<Delegations>(delegations_id(work.tenant())).await?;
        if delegations.standing.is_empty() {
            return Ok(vec![]);
        }
        let amounts = amounts_of(&self.facts);
        let user = work.load::<User>(person).await?;
        let within_limit = user.account().is_ok_and(|account| account.may_approve(&amounts));
        let about = About { amounts: &amounts, categories: self.facts.whole_categories() };
        Ok(delegations.paths(person, work.ctx.now, about, within_limit))
    }
}

/// How a decision is made: in whose place, and by which link.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signed {
    /// In whose place; where absent, in one's own if one may, else in anybody's who let one.
    pub on_behalf_of: Option<UserId>,
    pub link: Option<DecisionLinkId>,
}

/// The caller approves the running round of an invoice. Approving twice changes nothing.
pub struct ApproveInvoice {
    pub id: InvoiceId,
    pub comment: Option<String>,
    pub signed: Signed,
}

impl UseCase for ApproveInvoice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let approval_id = running_approval(work, self.id, "approve").await?;
        if let Approval::Granted { request, .. } = &*work.take::<Approval>(approval_id).await? {
            return self.repeat(work, approval_id, request).await;
        }
        let round = Round::of(work, self.id, "approve").await?;
        round.matter.payable.not_on_hold()?;
        let (decider, next) = (round.decider(work, self.signed).await?, round.next(work).await?);
        let approve = ApprovalCommand::Approve { decider, comment: self.comment.clone(), next };
        work.decide::<Approval>(approval_id, approve).await.map(drop)
    }
}

impl ApproveInvoice {
    /// The round is granted: approving it once more is a repeat for who did, and not for anybody else.
    async fn repeat(&self, work: &mut Work<'_>, approval_id: ApprovalId, request: &Request) -> Result<(), Failure> {
        let policy = InForce::at(work, request.policy_version).await?;
        let matter = Matter::of(work, self.id).await?;
        let raters = match &request.facts {
            Some(facts) => matter.raters(work, facts, policy.rules.currency).await?,
            None => vec![],
        };
        let barred = matter.barred(work, request.requested_by, &policy, &raters, &[]);
        let decider = Decider { barred, ..Decider::in_person(work.ctx.actor) };
        let approve = ApprovalCommand::Approve { decider, comment: None, next: None };
        work.decide::<Approval>(approval_id, approve).await.map(drop)
    }
}

/// The caller rejects: one denial ends the round.
pub struct RejectInvoice {
    pub id: InvoiceId,
    pub reason: String,
    pub signed: Signed,
}

impl UseCase for RejectInvoice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let round = Round::of(work, self.id, "reject").await?;
        let decider = round.decider(work, self.signed).await?;
        let deny = ApprovalCommand::Deny { decider, reason: self.reason.clone() };
        work.decide::<Approval>(round.approval_id, deny).await.map(drop)
    }
}

/// Looks again for people who may decide the open or stuck stage, and for the rate that a round waits for.
pub struct ReresolveApprovers {
    pub id: InvoiceId,
}

impl UseCase for ReresolveApprovers {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let round = Round::of(work, self.id, "resolve approvers of").await?;
        if round.running.waits_for_rate() {
            return appraise(work, &round).await;
        }
        let stage = round.running.stage().ok_or(ApprovalRefusal::ApprovalUnknown)?;
        let candidates = round.candidates(work, stage).await?;
        let reresolve = ApprovalCommand::Reresolve { by: work.ctx.actor, candidates, barred: round.barred };
        work.decide::<Approval>(round.approval_id, reresolve).await.map(drop)
    }
}

/// Lets another person decide what one is asked; `of_anybody` where the caller may move what others are asked.
pub struct ReassignApprover {
    pub id: InvoiceId,
    pub from: UserId,
    pub to: UserId,
    pub reason: String,
    pub of_anybody: bool,
}

impl UseCase for ReassignApprover {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let round = Round::of(work, self.id, "reassign the approver of").await?;
        let mut people = People::of(work);
        people.look_up(&[self.to]).await?;
        if !people.may_decide(self.to, &round.facts) {
            return Err(ApprovalRefusal::NotEligible.into());
        }
        if self.to != work.ctx.actor && round.matter.may_be_one(self.to, work.ctx.actor) {
            return Err(ApprovalRefusal::NotVouchedFor.into());
        }
        let reassign = ApprovalCommand::Reassign {
            by: work.ctx.actor,
            from: self.from,
            to: self.to,
            reason: self.reason.clone(),
            of_anybody: self.of_anybody,
            barred: round.barred,
        };
        work.decide::<Approval>(round.approval_id, reassign).await.map(drop)
    }
}

pub(super) async fn running_approval(work: &mut Work<'_>, id: InvoiceId, action: &'static str) -> Result<ApprovalId, Failure> {
    let invoice = work.take::<Invoice>(id).await?;
    let payable = invoice.received()?;
    match &payable.stage {
        Stage::PendingApproval { approval_id, .. } | Stage::Approved { approval_id, .. } => Ok(*approval_id),
        _ => Err(InvoiceRefusal::WrongState { state: payable.status().to_string(), action, needed: "pending approval" }.into()),
    }
}
