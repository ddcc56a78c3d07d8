//! The next round of approval of an invoice begins.

use quittance_domain::aggregate::derived_id;
use quittance_domain::approval::{Approval, ApprovalCommand, Request};
use quittance_domain::ids::{ApprovalId, InvoiceId};
use quittance_domain::invoice::{Invoice, InvoiceCommand, MaterialChange, Stage};
use quittance_domain::vendor::Vendor;

use super::matter::{InForce, Matter};
use super::people::{Parts, People};
use crate::commands::UseCase;
use crate::failure::Failure;
use crate::matching::match_invoice;
use crate::work::Work;

/// Starts the next round of approval of an invoice; also where the running one is stuck under a policy that is no longer in force.
pub struct SubmitInvoice {
    pub id: InvoiceId,
}

impl UseCase for SubmitInvoice {
    type Output = ApprovalId;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<ApprovalId, Failure> {
        let by = work.ctx.actor;
        let invoice = work.take::<Invoice>(self.id).await?;
        let payable = invoice.received()?;
        if let Stage::PendingApproval { approval_id, .. } = payable.stage {
            work.answer_about::<Invoice>(self.id).await?;
            if !is_stranded(work, approval_id).await? {
                return Ok(approval_id);
            }
            let reopen = InvoiceCommand::Reopen { approval_id, because: MaterialChange::Policy };
            work.decide::<Invoice>(self.id, reopen).await?;
            let withdraw = ApprovalCommand::Withdraw { because: "nobody was left to decide, and another policy is in force".to_owned() };
            work.decide::<Approval>(approval_id, withdraw).await?;
        }
        let (approval_id, is_back) = (approval_of(self.id, payable.round + 1), matches!(payable.stage, Stage::Rejected { .. }));
        work.decide::<Invoice>(self.id, InvoiceCommand::Submit { approval_id, by }).await?;
        if is_back {
            match_invoice(work, self.id).await?;
        }
        work.load::<Vendor>(payable.vendor_id).await?.profile()?;
        let request = self.request(work).await?;
        work.create::<Approval>(approval_id, request)?;
        Ok(approval_id)
    }
}

impl SubmitInvoice {
    async fn request(&self, work: &mut Work<'_>) -> Result<ApprovalCommand, Failure> {
        let by = work.ctx.actor;
        let policy = InForce::now(work).await?;
        let rules = &policy.rules;
        let matter = Matter::of(work, self.id).await?;
        let facts = matter.facts(work, rules).await?;
        let excluded = matter.barred(work, by, &policy, &facts.rate_stated_by, &[]);
        let request = Request {
            invoice_id: self.id,
            round: matter.payable.round,
            version_hash: matter.payable.version_hash(),
            amount: matter.payable.payable,
            policy_version: policy.version,
            requested_by: by,
            excluded: excluded.clone(),
            stages: vec![],
            same_person_in_stages: rules.terms.same_person_in_stages,
            facts: Some(facts.clone()),
        };
        if let Some(missing) = rules.missing_rate(&facts) {
            return Ok(ApprovalCommand::RequestUnrated { request, missing });
        }
        let (_, stages) = Matter::steps(rules, &facts)?;
        let parts = Parts { submitter: by, enterer: matter.enterer() };
        let candidates = People::of(work).candidates(rules, &facts, parts, stages[0]).await?.without(&excluded);
        Ok(ApprovalCommand::Request { request: Request { stages, ..request }, candidates })
    }
}

/// Stuck under a policy that another one has replaced. A round keeps its policy, but not for ever.
async fn is_stranded(work: &mut Work<'_>, approval_id: ApprovalId) -> Result<bool, Failure> {
    let approval = work.take::<Approval>(approval_id).await?;
    let Ok(running) = approval.running() else { return Ok(false) };
    Ok(running.is_stuck() && InForce::now(work).await?.version != running.request.policy_version)
}

/// One round of one invoice has one approval, whoever asks.
pub fn approval_of(invoice: InvoiceId, round: u32) -> ApprovalId {
    ApprovalId(derived_id(&[b"approval", invoice.0.as_bytes(), &round.to_be_bytes()]))
}
