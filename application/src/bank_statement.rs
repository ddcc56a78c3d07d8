//! Importing bank statements and matching their lines to payments.
//!
//! A file is one write: its statements, and what their lines say for certain. The read model names payments that may be meant;
//! the payment itself decides whether it is.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use quittance_domain::Currency;
use quittance_domain::aggregate::derived_id;
use quittance_domain::bank_account::PaymentReference;
use quittance_domain::bank_statement::{
    BalanceProof, BankStatement, BankStatementCommand, Counted, Entry, EntryLine, Explanation, Import, IncomingProposal, MatchTarget,
    Matching, PaymentEffect, Proposal, RefundProposal, StatedBalance, StatementKind, StatementLine, best, propose,
};
use quittance_domain::ids::{BankAccountId, BankStatementId, InvoiceId, PaymentId, PaymentRunId, ReceivableId};
use quittance_domain::payment::{ItemState, Payment, PaymentCommand};
use quittance_domain::tenant::{Company, CompanyAccount, Tenant};

use crate::bank_booking::posting_of;
use crate::bank_cheque::{Presented, presented};
use crate::bank_entries::{read_otherwise, reads_alike};
use crate::bank_whose::{is_of, named_by_caller, of_statement, refused};
use crate::calendar::counts_on;
use crate::commands::UseCase;
use crate::failure::Failure;
use crate::incoming;
use crate::refund::{self, Told};
use crate::work::Work;

/// A statement as a file tells it, before it is known whose account it is.
#[derive(Clone, Debug)]
pub struct StatementDraft {
    pub iban: Option<String>,
    pub account_number: Option<String>,
    pub currency: Option<Currency>,
    pub format: String,
    pub kind: StatementKind,
    pub statement_id: Option<String>,
    pub sequence: Option<String>,
    pub page: Option<String>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub opening: Option<StatedBalance>,
    pub closing: Option<StatedBalance>,
    pub proof: BalanceProof,
    pub entries: Vec<Entry>,
    /// Entries that the file itself corrects: they never counted.
    pub taken_back: Vec<Entry>,
    pub pending: u32,
}

impl StatementDraft {
    /// The payments that its lines name by an id of ours.
    pub fn named_payments(&self) -> Vec<PaymentId> {
        let lines = self.entries.iter().flat_map(|entry| &entry.lines);
        let ids = lines.flat_map(|line| line.end_to_end_id.iter().chain(&line.references));
        ids.filter_map(|id| PaymentReference::parse(id).ok()?.payment()).map(PaymentId).collect()
    }

    /// The runs, or payments, whose file its lines name, or a block of it.
    pub fn named_files(&self) -> Vec<PaymentRunId> {
        let lines = self.entries.iter().flat_map(|entry| &entry.lines);
        let mut files: Vec<PaymentRunId> = lines.flat_map(EntryLine::files_named).map(PaymentRunId).collect();
        files.sort_unstable();
        files.dedup();
        files
    }
}

/// What the lines of statements may tell of.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    pub payments: Vec<PaymentId>,
    /// Credit notes, and prepayments that were paid, of which a vendor may have paid back what a line brings.
    pub refunds: Vec<InvoiceId>,
    /// Of which customers may have paid what a line brings.
    pub receivables: Vec<ReceivableId>,
}

pub struct ImportStatements {
    /// Where the file does not name one of the company's accounts in a way that is known.
    pub account: Option<BankAccountId>,
    pub statements: Vec<StatementDraft>,
    pub candidates: Candidates,
    /// Statements of other formats that brought something of the same days.
    pub told: Vec<BankStatementId>,
    pub sha256: String,
    /// Only tells again what was told when the log stood here.
    pub told_at: Option<i64>,
}

/// What became of one statement of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedStatement {
    pub id: BankStatementId,
    pub import: Import,
    pub matched: u32,
}

impl UseCase for ImportStatements {
    type Output = Vec<ImportedStatement>;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<Vec<ImportedStatement>, Failure> {
        let tenant = work.load::<Tenant>(work.tenant()).await?;
        let company = tenant.company()?;
        let mut imported = Vec::with_capacity(self.statements.len());
        let mut counted = HashMap::new();
        for (index, draft) in self.statements.iter().enumerate() {
            let before: Vec<BankStatementId> = imported.iter().map(|own: &ImportedStatement| own.id).collect();
            imported.push(self.import(work, company, index, draft, &before, &mut counted).await?);
        }
        Ok(imported)
    }

    /// Somebody imported an overlapping statement, or matched the same item, meanwhile.
    fn looks_again(&self, taken: &'static str) -> bool {
        matches!(
            taken,
            "bank_entry_known" | "bank_statement_known" | "payment_item_matched" | "refund_matched" | "incoming_payment_matched"
        )
    }
}

impl ImportStatements {
    /// The same import, to tell again what it told: nothing is matched, and what was imported stays.
    pub fn again(self, told_at: i64) -> Self {
        Self { candidates: Candidates::default(), told_at: Some(told_at), ..self }
    }

    async fn import(
        &self,
        work: &mut Work<'_>,
        company: &Company,
        index: usize,
        draft: &StatementDraft,
        before: &[BankStatementId],
        counted: &mut HashMap<BankAccountId, Counted>,
    ) -> Result<ImportedStatement, Failure> {
        let account = self.account_of(company, draft).map_err(|failure| of_statement(failure, index, draft, self.statements.len()))?;
        let (id, known) = self.place(work, account.id, index).await?;
        let mut divided = vec![];
        let import = match &*known {
            BankStatement::Withdrawn(import) => return Ok(ImportedStatement { id, import: (**import).clone(), matched: 0 }),
            BankStatement::Imported(known) if self.told_at.is_some() || reads_alike(&known.import, draft) => (*known.import).clone(),
            BankStatement::Imported(_) => return Err(of_statement(read_otherwise(), index, draft, self.statements.len())),
            BankStatement::NotImported => {
                self.new_lines(work, account, draft, counted.entry(account.id).or_default(), before, &mut divided).await?
            }
        };
        work.decide::<BankStatement>(id, BankStatementCommand::Import(Box::new(import.clone()))).await?;
        if self.told_at.is_none() {
            match_lines(work, id, &self.candidates).await?;
        }
        let statement = work.load::<BankStatement>(id).await?;
        let mut matched = statement.imported()?.matched.values().filter(|matching| matching.by.is_none()).count() as u32;
        for earlier in divided {
            matched += match_lines(work, earlier, &self.candidates).await?;
        }
        Ok(ImportedStatement { id, import, matched })
    }

    /// The same file is the same statement; once that was withdrawn it is another one.
    async fn place(
        &self,
        work: &mut Work<'_>,
        account: BankAccountId,
        index: usize,
    ) -> Result<(BankStatementId, Arc<BankStatement>), Failure> {
        let (tenant, index) = (work.tenant(), (index as u64).to_be_bytes());
        let file: [&[u8]; 5] = [b"bank statement", tenant.0.as_bytes(), account.0.as_bytes(), self.sha256.as_bytes(), &index];
        let mut id = BankStatementId(derived_id(&file));
        loop {
            let statement = work.take::<BankStatement>(id).await?;
            let BankStatement::Withdrawn(_) = &*statement else { return Ok((id, statement)) };
            let next = BankStatementId(derived_id(&[b"after", id.0.as_bytes()]));
            if let Some(told_at) = self.told_at
                && work.ports().log.version_at(tenant, next.0, told_at).await? == 0
            {
                return Ok((id, statement));
            }
            id = next;
        }
    }

    fn account_of<'c>(&self, company: &'c Company, draft: &StatementDraft) -> Result<&'c CompanyAccount, Failure> {
        let mut named: Vec<&CompanyAccount> = company.accounts.iter().filter(|own| is_of(&own.account, draft)).collect();
        if let (Some(currency), [_, _, ..]) = (draft.currency, named.as_slice()) {
            named.retain(|own| own.currency == currency);
        }
        let account = match (self.account, named.as_slice()) {
            (Some(id), [_, ..]) if named.iter().all(|own| own.id != id) => {
                return Err(refused("bank_account_differs", "the statement is of another of the company's accounts"));
            }
            (Some(id), _) => company.account(id).map_err(Failure::from).and_then(|own| named_by_caller(own, draft))?,
            (None, [named]) => named,
            (None, _) => {
                return Err(refused(
                    "bank_account_unmatched",
                    "the statement names no account of the company, or more than one: add the account, or say which one it is",
                ));
            }
        };
        match draft.currency {
            Some(currency) if currency != account.currency => {
                Err(refused("currency_mismatch", "the statement is not in the currency of the account"))
            }
            _ => Ok(account),
        }
    }
}

/// Tries again to find payments for the lines of a statement that nothing explains yet.
pub struct MatchAutomatically {
    pub id: BankStatementId,
    pub candidates: Candidates,
}

impl UseCase for MatchAutomatically {
    type Output = u32;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<u32, Failure> {
        work.answer_about::<BankStatement>(self.id).await?;
        match_lines(work, self.id, &self.candidates).await
    }

    fn looks_again(&self, taken: &'static str) -> bool {
        matches!(taken, "payment_item_matched" | "refund_matched" | "incoming_payment_matched")
    }
}

async fn match_lines(work: &mut Work<'_>, id: BankStatementId, candidates: &Candidates) -> Result<u32, Failure> {
    let statement = work.take::<BankStatement>(id).await?;
    let statement = statement.imported()?;
    let own = statement.import.bank_account_id;
    let mut matched = 0;
    for line in statement.unmatched() {
        let mut may_be = match presented(work, own, line).await? {
            Presented::Nothing => candidates.payments.clone(),
            Presented::Cheque(payment) => vec![payment],
            Presented::Exception(exception) => {
                work.decide::<BankStatement>(id, BankStatementCommand::TellChequeException { line: line.line, exception }).await?;
                continue;
            }
        };
        may_be.retain(|payment| !statement.is_dismissed(line.line, *payment));
        let payments = proposals(work, line, own, &may_be).await?.into_iter().map(Explanation::Payment);
        let mut refunds = candidates.refunds.clone();
        refunds.retain(|document| !statement.is_dismissed_refund(line.line, *document));
        let refunds = refund::proposals(work, line, &refunds).await?.into_iter().map(Explanation::Refund);
        let mut owed = candidates.receivables.clone();
        owed.retain(|receivable| !statement.is_dismissed_receivable(line.line, *receivable));
        let owed = incoming::proposals(work, line, &owed).await?.into_iter().map(Explanation::Receivable);
        let Some((first, true)) = best(payments.chain(refunds).chain(owed).collect()) else { continue };
        let (mut matching, told) = match first {
            Explanation::Payment(payment) => (payment.into_matching(counts_on(work, line.value_date()).await?), None),
            Explanation::Refund(RefundProposal { invoice_id, evidence, score, .. }) => {
                let told = refund::told_by(work, id, line, invoice_id, None).await?;
                (Matching { target: told.target.clone(), score, evidence, by: None, posted: None }, Some(told))
            }
            Explanation::Receivable(IncomingProposal { receivable_id, evidence, score, .. }) => {
                let told = incoming::told_by(work, id, line, receivable_id, None).await?;
                (Matching { target: told.target.clone(), score, evidence, by: None, posted: None }, Some(told))
            }
        };
        matching.posted = posting_of(work, own, line, &matching.target).await?;
        if is_free(work, &matching).await? && carried_out(work, told).await? {
            work.decide::<BankStatement>(id, BankStatementCommand::Match { line: line.line, matching }).await?;
            matched += 1;
        }
    }
    Ok(matched)
}

/// What the document refuses, because it is on hold, say, is for a person to match.
async fn carried_out(work: &mut Work<'_>, told: Option<Told>) -> Result<bool, Failure> {
    let Some(told) = told else { return Ok(true) };
    match told.carry_out(work).await {
        Ok(()) => Ok(true),
        Err(Failure::Refused(_)) => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// What was to leave from another of the company's accounts is for a person to match.
async fn proposals(
    work: &mut Work<'_>,
    line: &StatementLine,
    account: BankAccountId,
    candidates: &[PaymentId],
) -> Result<Vec<Proposal>, Failure> {
    let named = line.named_payments();
    // A line that names a payment is of no other.
    let wanted = candidates.iter().filter(|id| named.is_empty() || named.contains(id));
    let mut found = vec![];
    for id in wanted {
        let payment = work.load::<Payment>(*id).await?;
        if payment.plan().is_ok_and(|plan| plan.debtor_account_id.is_none_or(|debtor| debtor == account)) {
            found.extend(propose(line, *id, &payment));
        }
    }
    Ok(found)
}

async fn is_free(work: &Work<'_>, matching: &Matching) -> Result<bool, Failure> {
    Ok(work.holders(&matching.keys()).await?.iter().all(Option::is_none))
}

/// What a match makes the payment do; what it has done already is left as it is, and so is what a match does that was taken back.
pub(crate) async fn line_matched(work: &mut Work<'_>, id: BankStatementId, line: u32, target: &MatchTarget) -> Result<(), Failure> {
    let statement = work.load::<BankStatement>(id).await?;
    if statement.imported()?.matched.get(&line).is_none_or(|matching| matching.target != *target) {
        return Ok(());
    }
    let MatchTarget::Payment { payment_id, items, effect, value_date } = target else { return Ok(()) };
    let payment = work.take::<Payment>(*payment_id).await?;
    let left = |item: &u32| matches!(payment.item_state(*item), Some(ItemState::Sent | ItemState::Failed));
    let left: Vec<u32> = items.iter().copied().filter(left).collect();
    // What comes back had left, also where the bank told of its leaving in another statement.
    if !left.is_empty() {
        work.decide::<Payment>(*payment_id, PaymentCommand::SettleByBank { items: left, value_date: *value_date }).await?;
    }
    if let PaymentEffect::Returns { reason } = effect {
        let returned = PaymentCommand::Return { items: Some(items.clone()), value_date: *value_date, reason: reason.clone(), by: None };
        work.decide::<Payment>(*payment_id, returned).await?;
    }
    Ok(())
}
