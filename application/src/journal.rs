//! Posting to the journal by hand: accounts, cost centres and projects must be there, and accounts that others keep are theirs.

use chrono::NaiveDate;
use quittance_domain::calendar::Posting;
use quittance_domain::chart::{Chart, ChartRefusal, Code};
use quittance_domain::ids::JournalEntryId;
use quittance_domain::journal::{JournalCommand, JournalEntry, ManualEntry, ManualLine, Revaluation, RevaluationAccounts, Reversal};
use quittance_domain::tenant::Tenant;
use quittance_domain::{Currency, Money, RefusalKind};
use rust_decimal::Decimal;

use crate::calendar::admit;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::tenant::chart_id;
use crate::work::Work;

pub struct PostJournalEntry {
    pub id: JournalEntryId,
    pub effective_date: NaiveDate,
    pub reason: String,
    pub lines: Vec<PostingLine>,
}

#[derive(Clone, Debug)]
pub struct PostingLine {
    pub account: Code,
    pub cost_centre: Option<Code>,
    pub project: Option<Code>,
    pub tax_code: Option<Code>,
    pub amount: Money,
    /// The same in the books' currency; needed where the amount is in another.
    pub base_amount: Option<Decimal>,
}

impl UseCase for PostJournalEntry {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.reserve_primary::<JournalEntry>(self.id);
        admit(work, [self.effective_date], Posting::ByHand).await?;
        let tenant = work.load::<Tenant>(work.tenant()).await?;
        let base = tenant.company()?.base_currency;
        let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
        let mut lines = Vec::with_capacity(self.lines.len());
        for (index, line) in self.lines.iter().enumerate() {
            lines.push(line.posted(&chart, base).map_err(|refused| refused.below(format_args!("/lines/{index}")))?);
        }
        let entry = ManualEntry {
            effective_date: self.effective_date,
            reason: self.reason.clone(),
            lines,
            by: work.ctx.actor,
            revaluation: None,
            accrual: None,
            opening_of: None,
        };
        work.create::<JournalEntry>(self.id, JournalCommand::Post(Box::new(entry))).map(drop)
    }
}

impl PostingLine {
    pub(crate) fn posted(&self, chart: &Chart, base: Currency) -> Result<ManualLine, Refused> {
        chart.account_for_entries(&self.account).map_err(|refusal| Refused::from(refusal).at("/account"))?;
        known(&chart.cost_centres, self.cost_centre.as_ref(), ChartRefusal::CostCentreUnknown, "/cost_centre")?;
        known(&chart.projects, self.project.as_ref(), ChartRefusal::ProjectUnknown, "/project")?;
        known(&chart.tax_codes, self.tax_code.as_ref(), ChartRefusal::TaxCodeUnknown, "/tax_code")?;
        Ok(ManualLine {
            account: self.account.clone(),
            cost_centre: self.cost_centre.clone(),
            project: self.project.clone(),
            tax_code: self.tax_code.clone(),
            amount: self.amount,
            base: self.in_base(base)?,
        })
    }

    fn in_base(&self, base: Currency) -> Result<Money, Refused> {
        match self.base_amount {
            Some(stated) if !stated.is_zero() && !self.amount.is_zero() && (stated > Decimal::ZERO) != self.amount.is_positive() => {
                let detail = "an amount and what it is worth in the books' currency are owed, or owned, on the same side";
                Err(Refused::new("base_amount_opposed", RefusalKind::Invalid, detail).at("/base_amount"))
            }
            Some(stated) if self.amount.currency() != base || stated == self.amount.amount() => Money::exact(stated, base)
                .map_err(|e| Refused::new("below_minor_unit", RefusalKind::Invalid, e.to_string()).at("/base_amount")),
            Some(_) => {
                let detail = format!("an amount in {base} is its own base amount");
                Err(Refused::new("base_amount_differs", RefusalKind::Invalid, detail).at("/base_amount"))
            }
            None if self.amount.currency() == base => Ok(self.amount),
            None => {
                let detail = format!("an amount in {} needs its amount in {base}", self.amount.currency());
                Err(Refused::new("base_amount_missing", RefusalKind::Invalid, detail).at("/base_amount"))
            }
        }
    }
}

pub(crate) fn known<T>(
    all: &std::collections::BTreeMap<Code, T>,
    wanted: Option<&Code>,
    unknown: fn(Code) -> ChartRefusal,
    pointer: &str,
) -> Result<(), Refused> {
    match wanted {
        Some(code) if !all.contains_key(code) => Err(Refused::from(unknown(code.clone())).at(pointer)),
        _ => Ok(()),
    }
}

/// The mirror image of an entry, dated on its own.
pub struct ReverseJournalEntry {
    pub id: JournalEntryId,
    pub effective_date: NaiveDate,
    pub reason: String,
}

impl UseCase for ReverseJournalEntry {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let reversal = Reversal { effective_date: self.effective_date, reason: self.reason.clone(), by: work.ctx.actor };
        match work.decide::<JournalEntry>(self.id, JournalCommand::Reverse(reversal)).await? {
            0 => Ok(()),
            _ => admit(work, [self.effective_date], Posting::ByHand).await,
        }
    }
}

/// What vendors are owed in other currencies, brought to the closing rates of a day and taken back on the next.
pub struct RevaluePayables {
    pub id: JournalEntryId,
    pub effective_date: NaiveDate,
    pub reason: String,
    /// Or why the day cannot be revalued.
    pub revaluation: Result<Revaluation, Refused>,
}

impl UseCase for RevaluePayables {
    type Output = ();

    /// Both entries or none: what is not taken back would be owed for ever.
    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.reserve_primary::<JournalEntry>(self.id);
        let next = self.effective_date.succ_opt().unwrap_or(self.effective_date);
        admit(work, [self.effective_date, next], Posting::ByHand).await?;
        let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
        let accounts =
            RevaluationAccounts::of(&chart).ok_or_else(|| Failure::Unavailable("the chart lacks a posting account".to_owned()))?;
        let revaluation = self.revaluation.clone()?;
        let lines = revaluation.lines(&accounts);
        if lines.is_empty() {
            let detail = format!("everything is carried at the rates of {} already", self.effective_date);
            return Err(Refused::new("nothing_to_revalue", RefusalKind::State, detail).into());
        }
        let (effective_date, reason, by) = (self.effective_date, self.reason.clone(), work.ctx.actor);
        let entry = ManualEntry {
            effective_date,
            reason: reason.clone(),
            lines,
            by,
            revaluation: Some(revaluation),
            accrual: None,
            opening_of: None,
        };
        work.create::<JournalEntry>(self.id, JournalCommand::Post(Box::new(entry)))?;
        let reversal = Reversal { effective_date: next, reason, by };
        work.create::<JournalEntry>(self.id, JournalCommand::Reverse(reversal)).map(drop)
    }
}
