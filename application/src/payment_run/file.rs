//! The bank file of a planned run. Every payment in it has started, durably, before this is asked; the bytes are kept beside the event
//! that names their hash, and are served from there ever after.

use std::sync::Arc;

use quittance_domain::RefusalKind;
use quittance_domain::ids::PaymentRunId;
use quittance_domain::payment::{Method, Payment, PaymentPlan};
use quittance_domain::payment_run::{PaymentRun, PaymentRunCommand, PaymentRunPage, RunStage, page_id};
use sha2::{Digest, Sha256};

use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::payment::refused_file;
use crate::ports::Original;
use crate::work::Work;

pub struct WriteRunFile {
    pub id: PaymentRunId,
    pub format: String,
}

impl UseCase for WriteRunFile {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<PaymentRun>(self.id).await?;
        let run = work.take::<PaymentRun>(self.id).await?;
        let run = run.proposed()?;
        if matches!(&run.stage, RunStage::FileWritten { file, .. } if file.format == self.format) {
            return Ok(());
        }
        if run.proposal.method != Method::SepaCreditTransfer {
            let detail = format!("the run's payments leave by {}", run.proposal.method);
            return Err(Refused::new("wrong_method", RefusalKind::State, detail).into());
        }
        run.awaits_file()?;
        let plans = started(work, self.id, run.proposal.pages).await?;
        let plans: Vec<&PaymentPlan> = plans.iter().map(|plan| &**plan).collect();
        let (by, at) = (work.ctx.actor, work.ctx.now);
        let file = work.ports().bank_files.write(self.id.0, &plans, at, &self.format).map_err(refused_file)?;
        work.decide::<PaymentRun>(self.id, PaymentRunCommand::RecordFile { by, at, file: file.facts }).await?;
        work.keep(Original { sha256: Sha256::digest(&file.bytes).into(), bytes: file.bytes.into() });
        Ok(())
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
