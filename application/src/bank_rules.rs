//! The company's rules for bank lines: adopted, applied to what nothing explains, and asked of lines of the past.

use quittance_domain::RefusalKind;
use quittance_domain::aggregate::derived_id;
use quittance_domain::bank_rules::{BankRule, BankRuleSet, BankRules, BankRulesCommand};
use quittance_domain::bank_statement::{
    AppliedRule, BankStatement, BankStatementCommand, BookedPart, Booking, Imported, LinePosting, StatementLine, Withheld,
};
use quittance_domain::calendar::{FiscalCalendar, Posting};
use quittance_domain::chart::Chart;
use quittance_domain::ids::{BankAccountId, BankRulesId, BankStatementId, TenantId};
use quittance_domain::tenant::Tenant;

use crate::bank_booking::{kept_on, ledger_account_missing};
use crate::bank_cheque::{Presented, presented};
use crate::calendar::calendar_id;
use crate::coding::postable;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::tenant::chart_id;
use crate::work::Work;

pub fn bank_rules_id(tenant: TenantId) -> BankRulesId {
    BankRulesId(derived_id(&[b"bank rules", tenant.0.as_bytes()]))
}

/// Says from now on by which rules lines book themselves.
pub struct AdoptBankRules {
    pub set: BankRuleSet,
}

impl UseCase for AdoptBankRules {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let id = bank_rules_id(work.tenant());
        work.answer_about::<BankRules>(id).await?;
        check(work, &self.set).await?;
        work.decide::<BankRules>(id, BankRulesCommand::Adopt { set: self.set.clone(), by: work.ctx.actor }).await.map(drop)
    }
}

/// Rules that could never book are refused when they are adopted, not when a line comes.
async fn check(work: &mut Work<'_>, set: &BankRuleSet) -> Result<(), Failure> {
    set.check()?;
    let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
    let tenant = work.load::<Tenant>(work.tenant()).await?;
    let company = tenant.company()?;
    for (index, rule) in set.rules.iter().enumerate() {
        let place = format!("/rules/{index}");
        if let Some(own) = rule.when.bank_account_id {
            let account = company.account(own).map_err(|refusal| Refused::from(refusal).at("/when/bank_account_id").below(&place))?;
            if account.currency != rule.when.amount_max.currency() {
                let detail = "the limit is in another currency than the account: the rule would never fit";
                return Err(Refused::new("currency_mismatch", RefusalKind::Invalid, detail).at("/when/amount_max").below(&place).into());
            }
        }
        for (part, to) in rule.parts.iter().enumerate() {
            postable(&chart, &to.to()).map_err(|refused| refused.below(format_args!("{place}/parts/{part}")))?;
        }
    }
    Ok(())
}

/// Tries the rules on what is unexplained in a statement: they may have been adopted, or a period opened again, since it came in.
pub struct BookByRules {
    pub id: BankStatementId,
}

impl UseCase for BookByRules {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<BankStatement>(self.id).await?;
        book_by_rules(work, self.id).await
    }
}

/// Books what a rule fits; what stands in a rule's way is kept with the line. Nothing that a person took back is booked again.
pub(crate) async fn book_by_rules(work: &mut Work<'_>, id: BankStatementId) -> Result<(), Failure> {
    let statement = work.take::<BankStatement>(id).await?;
    let imported = statement.imported()?;
    let rules = work.load::<BankRules>(bank_rules_id(work.tenant())).await?;
    let (ready, own) = (rules.set.ready(), imported.import.bank_account_id);
    for line in imported.for_rules() {
        let Some((number, rule)) = ready.first_for(own, line) else { continue };
        if names_a_cheque(work, own, line).await? {
            continue;
        }
        let applied = AppliedRule { version: rules.version, rule: number, name: rule.name.clone() };
        let command = match posting(work, own, line, rule).await {
            Ok(posted) => {
                let (parts, reason) = (rule.parts_of(line.amount), rule.reason.clone());
                let booking = Booking { parts, reason, posted, by: None, rule: Some(applied) };
                BankStatementCommand::Book { line: line.line, booking: Box::new(booking) }
            }
            Err(Failure::Refused(refused)) => {
                let withheld = Withheld { rule: applied, code: refused.code.to_owned(), detail: refused.detail };
                BankStatementCommand::Withhold { line: line.line, withheld }
            }
            Err(failure) => return Err(failure),
        };
        work.decide::<BankStatement>(id, command).await?;
    }
    Ok(())
}

/// One of ours: its payment explains the line, or a person does.
async fn names_a_cheque(work: &mut Work<'_>, own: BankAccountId, line: &StatementLine) -> Result<bool, Failure> {
    Ok(!matches!(presented(work, own, line).await?, Presented::Nothing))
}

/// Where the line would count. A rule posts on the bank's own day or not at all: a closed period is for a person.
async fn posting(work: &mut Work<'_>, own: BankAccountId, line: &StatementLine, rule: &BankRule) -> Result<LinePosting, Failure> {
    let account_code = kept_on(work, own, line.booked_on).await?.ok_or_else(ledger_account_missing)?;
    let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
    rule.parts.iter().try_for_each(|part| postable(&chart, &part.to()))?;
    let calendar = work.load::<FiscalCalendar>(calendar_id(work.tenant())).await?;
    calendar.admits(line.booked_on, Posting::Document)?;
    Ok(LinePosting { account_code, effective_date: line.booked_on, clears: vec![] })
}

/// Holds lines against other rules. Nothing is stored.
pub struct ReplayBankRules {
    pub set: BankRuleSet,
    pub lines: Vec<(BankStatementId, u32)>,
}

/// What a rule would have booked.
#[derive(Clone, Debug)]
pub struct WouldBook {
    pub bank_statement_id: BankStatementId,
    pub line: StatementLine,
    /// Its number among those proposed, from 1.
    pub rule: u32,
    pub parts: Vec<BookedPart>,
    pub now: Standing,
    /// Of a line that is unexplained: why it would stay so all the same.
    pub withheld: Option<Refused>,
}

/// What has become of a line without these rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Unexplained,
    /// To the same accounts with the same amounts.
    BookedAlike,
    BookedOtherwise,
    /// A person has said which payment it is, or what else.
    Matched,
}

impl UseCase for ReplayBankRules {
    type Output = Vec<WouldBook>;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<Vec<WouldBook>, Failure> {
        check(work, &self.set).await?;
        let ready = self.set.ready();
        let mut found = Vec::new();
        for (id, line) in &self.lines {
            let statement = work.load::<BankStatement>(*id).await?;
            let imported = statement.imported()?;
            let (own, line) = (imported.import.bank_account_id, imported.line(*line)?);
            // The engine matches before rules are asked.
            if imported.matched.get(&line.line).is_some_and(|matching| matching.by.is_none()) {
                continue;
            }
            let Some((number, rule)) = ready.first_for(own, line) else { continue };
            if names_a_cheque(work, own, line).await? {
                continue;
            }
            let parts = rule.parts_of(line.amount);
            let now = standing(imported, line.line, &parts);
            let withheld = match posting(work, own, line, rule).await {
                Err(Failure::Refused(refused)) if now == Standing::Unexplained => Some(*refused),
                Err(Failure::Refused(_)) | Ok(_) => None,
                Err(failure) => return Err(failure),
            };
            found.push(WouldBook { bank_statement_id: *id, line: line.clone(), rule: number, parts, now, withheld });
        }
        Ok(found)
    }
}

fn standing(imported: &Imported, line: u32, parts: &[BookedPart]) -> Standing {
    match imported.booked.get(&line) {
        Some(booking) if booking.parts == parts => Standing::BookedAlike,
        Some(_) => Standing::BookedOtherwise,
        None if imported.matched.contains_key(&line) => Standing::Matched,
        None => Standing::Unexplained,
    }
}
