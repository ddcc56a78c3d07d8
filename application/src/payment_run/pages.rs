//! What follows from a run's decisions, one page a write: planning its payments, recording their file, giving them up.
//!
//! Each step is caused by the event of the one before, and its command's id follows from that event: a crash repeats nothing.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::Money;
use quittance_domain::calendar::Posting;
use quittance_domain::ids::{PaymentRunId, PaymentRunPageId, UserId};
use quittance_domain::invoice::{Invoice, InvoiceRefusal};
use quittance_domain::payment::{CreditSetOff, CreditorItem, Method, Payment, PaymentCommand, PaymentPlan};
use quittance_domain::payment_run::{
    Dropped, KeptBack, PageItem, PageStage, Payee, PaymentRun, PaymentRunCommand, PaymentRunPage, PaymentRunPageCommand, RunProposal,
    RunStage, SetOff, Sums, page_id,
};
use quittance_domain::tenant::{Company, CompanyAccount, Tenant};
use quittance_domain::terms::Settlement;
use quittance_domain::vendor::Vendor;

use crate::allocation::{self, Credit};
use crate::authorisation::releasable;
use crate::calendar::admit;
use crate::cheque;
use crate::claiming::{Claiming, claim};
use crate::failure::Failure;
use crate::payment::{debtor, international};
use crate::value_date::moves_on;
use crate::work::Work;

/// The step that an event asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum PageStep {
    Plan { run_id: PaymentRunId },
    PlanNext { page: PaymentRunPageId, so_far: Sums },
    RecordFile { run_id: PaymentRunId },
    RecordFileNext { page: PaymentRunPageId },
    Release { run_id: PaymentRunId },
    ReleaseNext { page: PaymentRunPageId },
}

pub(crate) async fn take_step(work: &mut Work<'_>, step: &PageStep) -> Result<(), Failure> {
    match step {
        PageStep::Plan { run_id } => plan_page(work, *run_id, 1, &Sums::default()).await,
        PageStep::PlanNext { page, so_far } => {
            let (run_id, page) = after(work, *page).await?;
            plan_page(work, run_id, page, so_far).await
        }
        PageStep::RecordFile { run_id } => record_file(work, *run_id, 1).await,
        PageStep::RecordFileNext { page } => {
            let (run_id, page) = after(work, *page).await?;
            record_file(work, run_id, page).await
        }
        PageStep::Release { run_id } => release(work, *run_id, 1).await,
        PageStep::ReleaseNext { page } => {
            let (run_id, page) = after(work, *page).await?;
            release(work, run_id, page).await
        }
    }
}

async fn after(work: &mut Work<'_>, page: PaymentRunPageId) -> Result<(PaymentRunId, u32), Failure> {
    let listed = work.load::<PaymentRunPage>(page).await?;
    let selected = listed.selected()?;
    Ok((selected.run_id, selected.page + 1))
}

/// Plans what is on a page, or says that the last one was.
async fn plan_page(work: &mut Work<'_>, run_id: PaymentRunId, page: u32, so_far: &Sums) -> Result<(), Failure> {
    let run = work.take::<PaymentRun>(run_id).await?;
    let run = run.proposed()?;
    if page > run.proposal.pages {
        return work.decide::<PaymentRun>(run_id, PaymentRunCommand::RecordPlanned { sums: so_far.clone() }).await.map(drop);
    }
    let (authorised_by, started_by, started_at) = run.started()?;
    let id = page_id(run_id, page);
    let listed = work.take::<PaymentRunPage>(id).await?;
    let listed = listed.selected()?;
    if listed.stage != PageStage::Reserved {
        return Ok(());
    }
    let tenant = work.load::<Tenant>(work.tenant()).await?;
    let company = tenant.company()?;
    let debtor = debtor(company, run.proposal.method, run.proposal.debtor_account_id)?;
    let planning = Planning { run_id, proposal: &run.proposal, company, debtor, authorised_by, started_by, started_at };
    let (mut sums, mut payments, mut dropped, mut withheld) = (so_far.clone(), Vec::new(), Vec::new(), Vec::new());
    for payee in &listed.payees {
        let settled = planning.settle_all(work, payee, &mut dropped).await?;
        settled.amounts.iter().for_each(|(leaves, tax)| sums.put_in(*leaves, *tax));
        withheld.extend(settled.kept_back());
        if !settled.items.is_empty() {
            sums.payments += 1;
            planning.pay(work, payee, settled).await?;
            payments.push(payee.payment_id);
        }
    }
    if listed.payees.iter().flat_map(|payee| &payee.items).any(|item| !item.set_off.is_empty()) {
        admit(work, [planning.value_date(work)], Posting::Document).await?;
    }
    let planned = PaymentRunPageCommand::RecordPlanned { payments, dropped, so_far: sums, withheld };
    work.decide::<PaymentRunPage>(id, planned).await.map(drop)
}

/// What became of a payee's items.
#[derive(Default)]
struct Settled {
    /// In money.
    items: Vec<CreditorItem>,
    set_off: Vec<CreditSetOff>,
    /// What leaves for each item, nothing for those that credits cover whole; and the tax that is kept back of it.
    amounts: Vec<(Money, Option<Money>)>,
}

impl Settled {
    fn kept_back(&self) -> impl Iterator<Item = KeptBack> {
        self.items.iter().filter_map(|item| Some(KeptBack { line: item.line, tax: item.withheld.as_ref()?.tax }))
    }
}

struct Planning<'a> {
    run_id: PaymentRunId,
    proposal: &'a RunProposal,
    company: &'a Company,
    debtor: Option<&'a CompanyAccount>,
    authorised_by: UserId,
    started_by: UserId,
    started_at: DateTime<Utc>,
}

impl Planning<'_> {
    /// What was true at the proposal is asked again of each invoice: what no longer is drops the item, never the page.
    async fn settle_all(&self, work: &mut Work<'_>, payee: &Payee, dropped: &mut Vec<Dropped>) -> Result<Settled, Failure> {
        let mut settled = Settled::default();
        for item in &payee.items {
            let before = work.mark();
            match self.settle(work, payee, item, &mut settled).await {
                Ok(amount) => settled.amounts.push(amount),
                Err(Failure::Refused(refused)) => {
                    // Credits that were set off for it alone are free again.
                    work.return_to(before);
                    settled.set_off.retain(|set_off| set_off.invoice_id != item.instalment.invoice_id);
                    dropped.push(Dropped { line: item.line, code: refused.code.to_owned(), detail: refused.detail });
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(settled)
    }

    fn value_date(&self, work: &Work<'_>) -> NaiveDate {
        self.proposal.execution_date().max(work.ctx.today())
    }

    /// Credits first: what they leave open is paid in money. Answers what leaves, and the tax that is kept back.
    async fn settle(
        &self,
        work: &mut Work<'_>,
        payee: &Payee,
        item: &PageItem,
        settled: &mut Settled,
    ) -> Result<(Money, Option<Money>), Failure> {
        self.judge_vendor(work, payee).await?;
        for set_off in &item.set_off {
            settled.set_off.push(self.set_off(work, item, set_off).await?);
        }
        if !item.amount.is_positive() {
            return Ok((item.amount, None));
        }
        let paid = self.claim(work, payee, item).await?;
        let leaves = (paid.amount, paid.withheld.as_ref().map(|withheld| withheld.tax));
        settled.items.push(paid);
        Ok(leaves)
    }

    async fn set_off(&self, work: &mut Work<'_>, item: &PageItem, set_off: &SetOff) -> Result<CreditSetOff, Failure> {
        let (invoice_id, amount) = (item.instalment.invoice_id, set_off.amount);
        let credit = match set_off.left_by() {
            Some((payment_id, item)) => Credit::OnAccount { payment_id, item },
            None => Credit::Note(set_off.credit.invoice_id),
        };
        allocation::set_off(work, invoice_id, credit, amount, self.value_date(work)).await?;
        let invoice = work.take::<Invoice>(invoice_id).await?;
        let invoice_number = invoice.received()?.document.number.clone();
        let (credit_note_number, credit_note_date) = named(work, credit).await?;
        let (credit_note_id, payment_id) = match credit {
            Credit::Note(id) => (Some(id), None),
            Credit::OnAccount { payment_id, .. } => (None, Some(payment_id)),
        };
        Ok(CreditSetOff { credit_note_id, payment_id, credit_note_number, credit_note_date, invoice_id, invoice_number, amount })
    }

    /// Of what credits cover whole as of what is paid.
    async fn judge_vendor(&self, work: &mut Work<'_>, payee: &Payee) -> Result<(), Failure> {
        let vendor = work.load::<Vendor>(payee.vendor_id).await?;
        vendor.profile()?.payable()?;
        releasable(work, payee.vendor_id, self.authorised_by).await
    }

    async fn claim(&self, work: &mut Work<'_>, payee: &Payee, item: &PageItem) -> Result<CreditorItem, Failure> {
        let value_date = moves_on(work, self.proposal.method, self.value_date(work)).await?;
        let invoice = work.take::<Invoice>(item.instalment.invoice_id).await?;
        let proposed = Settlement { cash: item.amount, discount: item.discount };
        if !invoice.received()?.grants(proposed, value_date) {
            return Err(InvoiceRefusal::DiscountExpired.into());
        }
        let claiming = Claiming {
            payment_id: payee.payment_id,
            line: item.line,
            invoice_id: item.instalment.invoice_id,
            method: self.proposal.method,
            amount: Some(item.amount),
            discount: Some(item.discount),
            value_date,
        };
        claim(work, &claiming).await
    }

    async fn pay(&self, work: &mut Work<'_>, payee: &Payee, settled: Settled) -> Result<(), Failure> {
        let Settled { items, set_off, .. } = settled;
        let currency = items.first().map_or(self.company.base_currency, |item| item.amount.currency());
        let total = items.iter().map(|item| item.amount.amount()).sum();
        let plan = PaymentPlan {
            method: self.proposal.method,
            currency,
            total: Money::rounded(total, currency),
            execution_date: self.proposal.execution_date(),
            debtor_name: self.company.name.clone(),
            debtor_account_id: self.debtor.map(|debtor| debtor.id),
            debtor_account: self.debtor.map(|debtor| debtor.account.clone()),
            provider_account_id: None,
            items,
            planned_by: self.proposal.proposed_by,
            payment_run_id: Some(self.run_id),
            set_off,
            international: international(self.company, self.debtor, self.proposal.method, self.proposal.instructions.as_ref()),
        };
        let id = payee.payment_id;
        work.create::<Payment>(id, PaymentCommand::Plan(Box::new(plan)))?;
        work.decide::<Payment>(id, PaymentCommand::Authorise { by: self.authorised_by }).await?;
        if self.proposal.method.by_file() {
            // Recorded before the first byte of the file exists.
            work.decide::<Payment>(id, PaymentCommand::Start { by: self.started_by, at: self.started_at }).await?;
        }
        if self.proposal.method == Method::Cheque {
            cheque::write(work, id).await?;
        }
        Ok(())
    }
}

async fn record_file(work: &mut Work<'_>, run_id: PaymentRunId, page: u32) -> Result<(), Failure> {
    let run = work.load::<PaymentRun>(run_id).await?;
    let run = run.proposed()?;
    let RunStage::FileWritten { file, .. } = &run.stage else { return Ok(()) };
    if page > run.proposal.pages {
        return Ok(());
    }
    let id = page_id(run_id, page);
    let listed = work.take::<PaymentRunPage>(id).await?;
    for payment in listed.selected()?.payments() {
        let state = work.take::<Payment>(*payment).await?;
        // What somebody ended before the file was written is not in it.
        if matches!(&*state, Payment::Started { .. }) {
            work.decide::<Payment>(*payment, PaymentCommand::RecordFile { file: file.clone() }).await?;
        }
    }
    work.decide::<PaymentRunPage>(id, PaymentRunPageCommand::RecordFile).await.map(drop)
}

async fn release(work: &mut Work<'_>, run_id: PaymentRunId, page: u32) -> Result<(), Failure> {
    let run = work.load::<PaymentRun>(run_id).await?;
    if page > run.proposed()?.proposal.pages {
        return Ok(());
    }
    work.decide::<PaymentRunPage>(page_id(run_id, page), PaymentRunPageCommand::Release).await.map(drop)
}

/// What the vendor knows a credit by: its number, or the id under which its bank told of the payment; and its day.
async fn named(work: &mut Work<'_>, credit: Credit) -> Result<(String, NaiveDate), Failure> {
    match credit {
        Credit::Note(id) => {
            let note = work.take::<Invoice>(id).await?;
            let document = &note.received()?.document;
            Ok((document.number.clone(), document.issue_date))
        }
        Credit::OnAccount { payment_id, item } => {
            let payment = work.take::<Payment>(payment_id).await?;
            let left_on = payment.credit(item)?.value_date;
            let of_item = payment.plan()?.items.iter().find(|own| item.is_none_or(|item| own.line == item));
            Ok((of_item.map_or_else(|| payment_id.to_string(), |own| own.end_to_end_id.clone()), left_on))
        }
    }
}
