//! Accruing what a period cost and nobody has invoiced: both entries are one write, so that nothing stays accrued for ever.

use quittance_domain::RefusalKind;
use quittance_domain::calendar::{Period, Posting};
use quittance_domain::chart::{Chart, Code};
use quittance_domain::ids::JournalEntryId;
use quittance_domain::journal::{Accrual, JournalCommand, JournalEntry, ManualEntry, ManualLine, Reversal};
use quittance_domain::tenant::Tenant;

use crate::calendar::admit_at;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::journal::PostingLine;
use crate::tenant::chart_id;
use crate::work::Work;

pub struct AccrueCosts {
    pub id: JournalEntryId,
    pub period: Period,
    pub reason: String,
    /// Where it is owed until it is taken back.
    pub accrued_to: Code,
    /// What it was spent on.
    pub lines: Vec<PostingLine>,
}

impl UseCase for AccrueCosts {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.reserve_primary::<JournalEntry>(self.id);
        let accrual = Accrual { period: self.period };
        for day in [accrual.posted_on(), accrual.taken_back_on()] {
            admit_at(work, "/period", day, Posting::ByHand).await?;
        }
        let lines = self.posted(work).await?;
        let (reason, by) = (self.reason.clone(), work.ctx.actor);
        let entry = ManualEntry {
            effective_date: accrual.posted_on(),
            reason: reason.clone(),
            lines,
            by,
            revaluation: None,
            accrual: Some(accrual),
            opening_of: None,
        };
        work.create::<JournalEntry>(self.id, JournalCommand::Post(Box::new(entry)))?;
        let reversal = Reversal { effective_date: accrual.taken_back_on(), reason, by };
        work.create::<JournalEntry>(self.id, JournalCommand::Reverse(reversal)).map(drop)
    }
}

impl AccrueCosts {
    /// Each cost with what is owed for it: so it balances in every currency.
    async fn posted(&self, work: &mut Work<'_>) -> Result<Vec<ManualLine>, Failure> {
        let base = work.load::<Tenant>(work.tenant()).await?.company()?.base_currency;
        let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
        let mut lines = Vec::with_capacity(self.lines.len() * 2);
        for (index, line) in self.lines.iter().enumerate() {
            if line.account == self.accrued_to {
                let detail = "what is owed for a cost stands on another account than the cost";
                return Err(Refused::new("accrued_to_itself", RefusalKind::Invalid, detail).at(format!("/lines/{index}/account")).into());
            }
            let cost = line.posted(&chart, base).map_err(|refused| refused.below(format_args!("/lines/{index}")))?;
            let owed = self.owed_for(line).posted(&chart, base).map_err(|refused| refused.at("/accrued_to"))?;
            lines.extend([cost, owed]);
        }
        Ok(lines)
    }

    fn owed_for(&self, cost: &PostingLine) -> PostingLine {
        PostingLine {
            account: self.accrued_to.clone(),
            cost_centre: None,
            project: None,
            tax_code: None,
            amount: cost.amount.negated(),
            base_amount: cost.base_amount.map(|base| -base),
        }
    }
}
