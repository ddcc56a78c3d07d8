//! The bank file of a planned run. Every payment in it has started, durably, before this is asked; the bytes are kept beside the event
//! that names their hash, and are served from there ever after.

use std::sync::Arc;

use quittance_domain::RefusalKind;
use quittance_domain::ids::{PaymentId, PaymentRunId};
use quittance_domain::payment::{Payment, PaymentCommand, PaymentPlan};
use quittance_domain::payment_run::{PaymentRun, PaymentRunCommand, PaymentRunPage, PaymentRunRefusal, RunStage, page_id};

use crate::bank_file;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::payment::still_holds;
use crate::work::Work;

pub struct WriteRunFile {
    pub id: PaymentRunId,
    /// The usual one of the run's method where absent.
    pub format: Option<String>,
}

impl UseCase for WriteRunFile {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<PaymentRun>(self.id).await?;
        let run = work.take::<PaymentRun>(self.id).await?;
        let run = run.proposed()?;
        if !run.proposal.method.by_file() {
            let detail = format!("the run's payments leave by {}", run.proposal.method);
            return Err(Refused::new("wrong_method", RefusalKind::State, detail).into());
        }
        let format = bank_file::format_of(run.proposal.method, self.format.as_deref())?;
        if matches!(&run.stage, RunStage::FileWritten { file, .. } if file.format == format) {
            return Ok(());
        }
        run.awaits_file()?;
        let plans = started(work, self.id, run.proposal.pages).await?;
        let some_were_left = !plans.is_empty();
        let plans = still_holding(work, plans).await?;
        if plans.is_empty() {
            // That they were stopped is written; what is left of the run is nothing.
            return if some_were_left { Ok(()) } else { Err(PaymentRunRefusal::NothingToPay.into()) };
        }
        let plans: Vec<&PaymentPlan> = plans.iter().map(|plan| &**plan).collect();
        let (by, at) = (work.ctx.actor, work.ctx.now);
        let file = bank_file::write(work, self.id.0, &plans, at, &format).await?;
        work.decide::<PaymentRun>(self.id, PaymentRunCommand::RecordFile { by, at, file: file.facts.clone() }).await?;
        bank_file::keep(work, file);
        Ok(())
    }

    fn looks_again(&self, taken: &'static str) -> bool {
        taken == bank_file::NAME_TAKEN
    }
}

/// The payments that are under way, in the order of the pages. Each stays as it is until the file is recorded: the write says so.
async fn started(work: &mut Work<'_>, run: PaymentRunId, pages: u32) -> Result<Vec<(PaymentId, Arc<PaymentPlan>)>, Failure> {
    let mut plans = Vec::new();
    for page in 1..=pages {
        let listed = work.load::<PaymentRunPage>(page_id(run, page)).await?;
        for payment in listed.selected()?.payments() {
            if let Payment::Started { plan, .. } = &*work.load::<Payment>(*payment).await? {
                plans.push((*payment, plan.clone()));
            }
        }
    }
    Ok(plans)
}

/// Days may lie between planning and the file. A payment of which an item was stopped since, or whose vendor or account is
/// not as it was, fails whole, with the reason: what it claimed is free, and the next run proposes what of it may be paid.
async fn still_holding(work: &mut Work<'_>, plans: Vec<(PaymentId, Arc<PaymentPlan>)>) -> Result<Vec<Arc<PaymentPlan>>, Failure> {
    let mut holding = Vec::with_capacity(plans.len());
    for (id, plan) in plans {
        let value_date = plan.execution_date.max(work.ctx.today());
        match still_holds(work, id, &plan, value_date).await {
            Ok(()) => holding.push(plan),
            Err(Failure::Refused(refused)) => {
                let reason = format!("{}: {}", refused.code, refused.detail);
                work.decide::<Payment>(id, PaymentCommand::Fail { items: None, reason, by: None }).await?;
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(holding)
}
