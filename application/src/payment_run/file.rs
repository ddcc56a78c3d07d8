//! The bank file of a planned run. Every payment in it has started, durably, before this is asked; the bytes are kept beside the event
//! that names their hash, and are served from there ever after.

use std::sync::Arc;

use quittance_domain::RefusalKind;
use quittance_domain::ids::PaymentRunId;
use quittance_domain::payment::{Payment, PaymentPlan};
use quittance_domain::payment_run::{PaymentRun, PaymentRunCommand, PaymentRunPage, RunStage, page_id};

use crate::bank_file;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
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
async fn started(work: &mut Work<'_>, run: PaymentRunId, pages: u32) -> Result<Vec<Arc<PaymentPlan>>, Failure> {
    let mut plans = Vec::new();
    for page in 1..=pages {
        let listed = work.load::<PaymentRunPage>(page_id(run, page)).await?;
        for payment in listed.selected()?.payments() {
            if let Payment::Started { plan, .. } = &*work.load::<Payment>(*payment).await? {
                plans.push(plan.clone());
            }
        }
    }
    Ok(plans)
}
