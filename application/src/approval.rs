//! Asking for approval and deciding: who may is resolved here, whether they may is the domain's.

use quittance_domain::aggregate::derived_id;
use quittance_domain::approval::{
    Approval, ApprovalCommand, ApprovalRefusal, Eligible, Excluded, Request, StageCandidates, StepCandidates,
};
use quittance_domain::ids::{ApprovalId, InvoiceId, UserId};
use quittance_domain::invoice::{Invoice, InvoiceCommand, InvoiceRefusal, Payable, Stage};
use quittance_domain::policy::{ApprovalPolicy, Approvers, PolicyStep};
use quittance_domain::vendor::Vendor;
use quittance_domain::{Money, Root};

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::matching::match_invoice;
use crate::tenant::policy_id;
use crate::work::Work;

/// Starts the next round of approval of an invoice.
pub struct SubmitInvoice {
    pub id: InvoiceId,
}

impl UseCase for SubmitInvoice {
    type Output = ApprovalId;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<ApprovalId, Failure> {
        let by = work.ctx.actor;
        let invoice = work.take::<Invoice>(self.id).await?;
        let payable = invoice.received()?;
        if let Stage::PendingApproval { approval_id, .. } = &payable.stage {
            work.answer_about::<Invoice>(self.id).await?;
            return Ok(*approval_id);
        }
        let (approval_id, is_back) = (approval_of(self.id, payable.round + 1), matches!(payable.stage, Stage::Rejected { .. }));
        work.decide::<Invoice>(self.id, InvoiceCommand::Submit { approval_id, by }).await?;
        if is_back {
            match_invoice(work, self.id).await?;
        }
        let vendor = work.load::<Vendor>(payable.vendor_id).await?;
        let steps = steps_for(work, payable).await?;
        let request = request(self.id, payable, &vendor, by, &steps.1, steps.0)?;
        let candidates = candidates(work, &steps.1, request.stages[0]).await?;
        work.create::<Approval>(approval_id, ApprovalCommand::Request { request, candidates })?;
        Ok(approval_id)
    }
}

/// One round of one invoice has one approval, whoever asks.
pub fn approval_of(invoice: InvoiceId, round: u32) -> ApprovalId {
    ApprovalId(derived_id(&[b"approval", invoice.0.as_bytes(), &round.to_be_bytes()]))
}

fn request(
    invoice_id: InvoiceId,
    payable: &Payable,
    vendor: &Vendor,
    by: UserId,
    steps: &[PolicyStep],
    policy_version: u32,
) -> Result<Request, Failure> {
    let mut stages: Vec<u8> = steps.iter().map(|s| s.stage).collect();
    stages.dedup();
    if stages.is_empty() {
        return Err(ApprovalRefusal::NoMatchingRule.into());
    }
    let editors = payable.editors.iter().copied().chain([by]).map(Excluded::editor_of_invoice);
    let account_editors = vendor.profile()?.account_editors.iter().copied().map(Excluded::editor_of_bank_account);
    let mut excluded: Vec<Excluded> = Vec::new();
    for person in editors.chain(account_editors) {
        if !excluded.iter().any(|e| e.user_id == person.user_id) {
            excluded.push(person);
        }
    }
    Ok(Request {
        invoice_id,
        round: payable.round + 1,
        version_hash: payable.version_hash(),
        amount: payable.payable,
        policy_version,
        requested_by: by,
        excluded,
        stages,
    })
}

/// The policy's version and the steps it asks for.
async fn steps_for(work: &mut Work<'_>, payable: &Payable) -> Result<(u32, Vec<PolicyStep>), Failure> {
    let policy = work.load::<ApprovalPolicy>(policy_id(work.tenant())).await?;
    let rules = policy.rules.as_ref().ok_or(ApprovalRefusal::NoMatchingRule)?;
    Ok((policy.version, rules.steps_for(amount_to_approve(payable))))
}

/// The gross amount decides, or what is payable where that is more: a prepayment does not lower the band.
fn amount_to_approve(payable: &Payable) -> Money {
    let gross = Money::rounded(payable.document.totals.gross, payable.payable.currency());
    if gross.amount().abs() >= payable.payable.amount().abs() { gross } else { payable.payable }
}

/// Everybody whom the policy names for `stage` now.
async fn candidates(work: &Work<'_>, steps: &[PolicyStep], stage: u8) -> Result<StageCandidates, Failure> {
    let mut resolved = Vec::new();
    for step in steps.iter().filter(|s| s.stage == stage) {
        let candidates = match &step.approvers {
            Approvers::Users(users) => users.iter().map(|&user_id| Eligible { user_id, because: "user".to_owned() }).collect(),
            Approvers::Role(role) => {
                let users = work.ports().directory.users_with_role(work.tenant(), *role).await.map_err(Failure::Unavailable)?;
                users.into_iter().map(|user_id| Eligible { user_id, because: format!("role:{role}") }).collect()
            }
        };
        resolved.push(StepCandidates { quorum: step.quorum, candidates });
    }
    Ok(StageCandidates { stage, steps: resolved })
}

/// The caller approves the running round of an invoice. Approving twice changes nothing.
pub struct ApproveInvoice {
    pub id: InvoiceId,
    pub comment: Option<String>,
}

impl UseCase for ApproveInvoice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (approval_id, payable) = running_approval(work, self.id, "approve").await?;
        // Also who changed it after it was submitted, in a way that did not start approval over.
        if payable.editors.contains(&work.ctx.actor) {
            return Err(ApprovalRefusal::SelfApproval.into());
        }
        let approval = work.take::<Approval>(approval_id).await?;
        let next = match approval.running().ok().and_then(|r| r.stage().and_then(|stage| r.stage_after(stage))) {
            Some(stage) => Some(candidates_of_version(work, &payable, &approval, stage).await?),
            None => None,
        };
        let approve = ApprovalCommand::Approve { by: work.ctx.actor, comment: self.comment.clone(), next };
        work.decide::<Approval>(approval_id, approve).await.map(drop)
    }
}

/// The caller rejects: one denial ends the round.
pub struct RejectInvoice {
    pub id: InvoiceId,
    pub reason: String,
}

impl UseCase for RejectInvoice {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (approval_id, _) = running_approval(work, self.id, "reject").await?;
        let deny = ApprovalCommand::Deny { by: work.ctx.actor, reason: self.reason.clone() };
        work.decide::<Approval>(approval_id, deny).await.map(drop)
    }
}

/// Looks again for people who may decide the open or stuck stage.
pub struct ReresolveApprovers {
    pub id: InvoiceId,
}

impl UseCase for ReresolveApprovers {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let (approval_id, payable) = running_approval(work, self.id, "resolve approvers of").await?;
        let approval = work.take::<Approval>(approval_id).await?;
        let stage = approval.running()?.stage().ok_or(ApprovalRefusal::ApprovalUnknown)?;
        let candidates = candidates_of_version(work, &payable, &approval, stage).await?;
        work.decide::<Approval>(approval_id, ApprovalCommand::Reresolve { by: work.ctx.actor, candidates }).await.map(drop)
    }
}

async fn running_approval(work: &mut Work<'_>, id: InvoiceId, action: &'static str) -> Result<(ApprovalId, Payable), Failure> {
    let invoice = work.take::<Invoice>(id).await?;
    let payable = invoice.received()?;
    match &payable.stage {
        Stage::PendingApproval { approval_id, .. } | Stage::Approved { approval_id, .. } => Ok((*approval_id, payable.clone())),
        _ => Err(InvoiceRefusal::WrongState { state: payable.status().to_string(), action, needed: "pending approval" }.into()),
    }
}

/// A round keeps the policy version that it started under, though a newer one may have been adopted since.
async fn candidates_of_version(work: &mut Work<'_>, payable: &Payable, approval: &Approval, stage: u8) -> Result<StageCandidates, Failure> {
    let frozen = approval.running()?.request.policy_version;
    let (current, steps) = steps_for(work, payable).await?;
    if current == frozen {
        return candidates(work, &steps, stage).await;
    }
    let policy = policy_at(work, frozen).await?;
    let rules = policy.rules.as_ref().ok_or(ApprovalRefusal::NoMatchingRule)?;
    candidates(work, &rules.steps_for(amount_to_approve(payable)), stage).await
}

/// The policy as it was at `version`: each version is one event of its stream.
async fn policy_at(work: &Work<'_>, version: u32) -> Result<ApprovalPolicy, Failure> {
    let id = policy_id(work.tenant());
    let mut stream = work.ports().log.load(work.tenant(), id.0, ApprovalPolicy::STATE_VERSION).await.map_err(Failure::Unavailable)?;
    stream.events.truncate(version as usize);
    let folded = crate::commands::fold::<ApprovalPolicy>(stream)?;
    folded.state.downcast_ref::<ApprovalPolicy>().cloned().ok_or_else(|| Failure::Unavailable("not a policy".to_owned()))
}
