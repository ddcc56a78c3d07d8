//! Planning and executing a payment. The open amounts are claimed in the transaction that plans it (pay once by
//! construction), and everything that was approved is compared again when it leaves.

use chrono::NaiveDate;
use quittance_domain::ids::{BankAccountId, InvoiceId, PaymentId, ProviderAccountId, VendorId};
use quittance_domain::invoice::{Invoice, InvoiceRefusal, Payable};
use quittance_domain::payment::{
    BankStatusReport, CreditorItem, International, ItemState, Method, Payment, PaymentCommand, PaymentPlan, TransferInstructions,
};
use quittance_domain::tenant::{Company, CompanyAccount, Tenant};
use quittance_domain::vendor::Vendor;
use quittance_domain::{Money, RefusalKind};

use crate::bank_file;
use crate::cheque;
use crate::claiming::{Claiming, claim, payable_account};
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::provider::admit_account;
use crate::value_date::moves_on;
use crate::work::Work;

/// What one payment pays of one invoice; without an amount, all that is open and unclaimed, less the discount that its
/// terms grant on the execution date.
#[derive(Clone, Debug)]
pub struct Paying {
    pub invoice_id: InvoiceId,
    pub amount: Option<Money>,
}

pub struct PlanPayment {
    pub id: PaymentId,
    pub method: Method,
    pub execution_date: NaiveDate,
    pub debtor_account_id: Option<BankAccountId>,
    /// For a payment that a provider makes.
    pub provider_account_id: Option<ProviderAccountId>,
    pub items: Vec<Paying>,
    /// Of an international credit transfer.
    pub instructions: Option<TransferInstructions>,
}

impl UseCase for PlanPayment {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        self.check_items()?;
        self.check_day(work.ctx.today())?;
        no_instructions_elsewhere(self.method, self.instructions.as_ref())?;
        work.reserve_primary::<Payment>(self.id);
        let tenant = work.load::<Tenant>(work.tenant()).await?;
        let company = tenant.company()?;
        let debtor = debtor(company, self.method, self.debtor_account_id)?;
        let value_date = moves_on(work, self.method, self.execution_date).await?;
        let mut items = Vec::with_capacity(self.items.len());
        for (index, paying) in self.items.iter().enumerate() {
            items.push(claim(work, &self.claiming(index, paying, value_date)).await.map_err(|f| at_item(f, index))?);
        }
        let plan = self.plan(work, company, debtor, items)?;
        carried(&plan)?;
        if plan.method == Method::Provider {
            admit_account(work, &plan).await?;
        }
        if plan.method == Method::Cheque {
            cheque::admit_account(work, debtor).await?;
        }
        work.create::<Payment>(self.id, PaymentCommand::Plan(Box::new(plan)))?;
        Ok(())
    }
}

impl PlanPayment {
    fn check_items(&self) -> Result<(), Refused> {
        for (index, item) in self.items.iter().enumerate() {
            if self.items[..index].iter().any(|earlier| earlier.invoice_id == item.invoice_id) {
                let detail = "an invoice stands once in a payment";
                return Err(Refused::new("invoice_repeated", RefusalKind::Invalid, detail).at(format!("/items/{index}/invoice_id")));
            }
        }
        Ok(())
    }

    /// A day in the past would decide about discounts whose last day has gone by. What was paid by other means was paid when it was:
    /// the record that follows is held against the day that decided.
    fn check_day(&self, today: NaiveDate) -> Result<(), Refused> {
        if self.execution_date >= today || self.method == Method::Manual {
            return Ok(());
        }
        let detail = format!("it is {today}: nothing is paid before");
        Err(Refused::new("day_passed", RefusalKind::Invalid, detail).at("/execution_date"))
    }

    fn claiming(&self, index: usize, paying: &Paying, value_date: NaiveDate) -> Claiming {
        let line = index as u32 + 1;
        let Paying { invoice_id, amount, .. } = *paying;
        Claiming { payment_id: self.id, line, invoice_id, method: self.method, amount, discount: None, value_date }
    }

    fn plan(
        &self,
        work: &Work<'_>,
        company: &Company,
        debtor: Option<&CompanyAccount>,
        items: Vec<CreditorItem>,
    ) -> Result<PaymentPlan, Failure> {
        let currency = items.first().map_or(company.base_currency, |i| i.amount.currency());
        let mut total = Money::zero(currency);
        for (index, item) in items.iter().enumerate() {
            total = total.plus(item.amount).map_err(|e| {
                Refused::new("currency_mismatch", RefusalKind::Invalid, e.to_string()).at(format!("/items/{index}/amount/currency"))
            })?;
        }
        let of_account = debtor.map(|debtor| debtor.currency).filter(|_| self.method == Method::Cheque);
        if self.method.currency().or(of_account).is_some_and(|only| only != currency) {
            return Err(other_currency(self.method).at("/method").into());
        }
        Ok(PaymentPlan {
            method: self.method,
            currency,
            total,
            execution_date: self.execution_date,
            debtor_name: company.name.clone(),
            debtor_account_id: debtor.map(|d| d.id),
            debtor_account: debtor.map(|d| d.account.clone()),
            provider_account_id: self.provider_account_id.filter(|_| self.method == Method::Provider),
            items,
            planned_by: work.ctx.actor,
            payment_run_id: None,
            set_off: vec![],
            international: international(company, debtor, self.method, self.instructions.as_ref()),
        })
    }
}

/// What is more than one transfer carries leaves in parts, or another way.
fn carried(plan: &PaymentPlan) -> Result<(), Refused> {
    let Some(most) = plan.method.most() else { return Ok(()) };
    let refused = |what: String| {
        let detail = format!("{what} is more than one transfer of this kind carries: {}", Money::rounded(most, plan.currency));
        Refused::new("amount_not_on_rail", RefusalKind::Invalid, detail)
    };
    if let Some(index) = plan.items.iter().position(|item| item.amount.amount() > most) {
        return Err(refused(plan.items[index].amount.to_string()).at(format!("/items/{index}/amount")));
    }
    match plan.ach_entries().iter().find(|entry| entry.amount.amount() > most) {
        Some(entry) => Err(refused(format!("{}, which one account is sent,", entry.amount)).at("/items")),
        None => Ok(()),
    }
}

/// The account that a payment leaves from; a bank file cannot do without.
pub(crate) fn debtor(company: &Company, method: Method, id: Option<BankAccountId>) -> Result<Option<&CompanyAccount>, Failure> {
    let known = |id| company.account(id).map_err(|refusal| Refused::from(refusal).at("/debtor_account_id"));
    let debtor = id.map(known).transpose()?;
    if let Some(debtor) = debtor
        && method == Method::AchCreditTransfer
        && debtor.account.is_us()
        && company.ach_origination(debtor.id).is_none()
    {
        return Err(bank_file::origination_missing().at("/debtor_account_id").into());
    }
    let detail = match method {
        _ if debtor.is_some_and(|debtor| method.reaches(&debtor.account)) => return Ok(debtor),
        Method::Manual | Method::Provider => return Ok(None),
        Method::SepaCreditTransfer => "a SEPA credit transfer leaves from one of the company's accounts that has an IBAN",
        Method::InternationalCreditTransfer => {
            "an international credit transfer leaves from one of the company's accounts whose bank has a BIC or a clearing number, or from an IBAN"
        }
        Method::AchCreditTransfer => "an ACH credit leaves from one of the company's American accounts",
        Method::Cheque => "a cheque is drawn on one of the company's accounts",
    };
    Err(Refused::new("debtor_account_missing", RefusalKind::Invalid, detail).at("/debtor_account_id").into())
}

/// What a transfer abroad says of us; nothing for any other method.
pub(crate) fn international(
    company: &Company,
    debtor: Option<&CompanyAccount>,
    method: Method,
    instructions: Option<&TransferInstructions>,
) -> Option<Box<International>> {
    let debtor = debtor.filter(|_| method == Method::InternationalCreditTransfer)?;
    let instructions = instructions.cloned().unwrap_or_default();
    Some(Box::new(International { debtor_address: company.address.clone(), debtor_currency: debtor.currency, instructions }))
}

pub(crate) fn no_instructions_elsewhere(method: Method, instructions: Option<&TransferInstructions>) -> Result<(), Refused> {
    if instructions.is_none() || method == Method::InternationalCreditTransfer {
        return Ok(());
    }
    let detail = "only an international credit transfer takes instructions to the bank";
    Err(Refused::new("instructions_not_taken", RefusalKind::Invalid, detail).at("/instructions"))
}

pub(crate) fn other_currency(method: Method) -> Refused {
    match method {
        Method::Cheque => {
            Refused::new("cheque_currency", RefusalKind::Invalid, "a cheque is in the currency of the account that it is drawn on")
        }
        Method::AchCreditTransfer => Refused::new("ach_needs_dollars", RefusalKind::Invalid, "an ACH credit is in US dollars"),
        _ => Refused::new("sepa_needs_euro", RefusalKind::Invalid, "a SEPA credit transfer is in euros"),
    }
}

fn at_item(failure: Failure, index: usize) -> Failure {
    failure.told(|refused| refused.below(format_args!("/items/{index}")))
}

/// Of an item as it was planned, which the request does not name.
fn of_item(failure: Failure, index: usize) -> Failure {
    failure.told(|refused| Refused { detail: format!("item {}: {}", index + 1, refused.detail), pointer: None, ..refused })
}

/// Starts a provider's transfer, or writes the bank file of an authorised payment: `Started` and the file's facts are one
/// write, before the first byte leaves. A pain.001's bytes follow from both, so they can be asked for again at any time.
pub struct ExecutePayment {
    pub id: PaymentId,
    /// Of the bank file; the usual one of the payment's method where absent.
    pub format: Option<String>,
}

impl UseCase for ExecutePayment {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let payment = work.take::<Payment>(self.id).await?;
        if payment.plan()?.payment_run_id.is_some() {
            let detail = "the payment is part of a run: it leaves in the run's file";
            return Err(Refused::new("part_of_run", RefusalKind::State, detail).into());
        }
        let method = payment.plan()?.method;
        if method == Method::Cheque {
            return self.write_cheque(work, &payment).await;
        }
        let format = bank_file::format_of(method, self.format.as_deref())?;
        if let Payment::Sent(sent) = &*payment
            && sent.file.as_ref().is_some_and(|f| f.format == format)
        {
            return work.answer_about::<Payment>(self.id).await;
        }
        if let Payment::Authorised { plan, .. } = &*payment {
            let value_date = plan.execution_date.max(work.ctx.today());
            still_holds(work, self.id, plan, value_date).await?;
        }
        let (by, at) = (work.ctx.actor, work.ctx.now);
        if method == Method::Provider {
            return start_transfer(work, self.id, &payment).await;
        }
        work.decide::<Payment>(self.id, PaymentCommand::Start { by, at }).await?;
        let file = bank_file::write(work, self.id.0, &[payment.plan()?], at, &format).await?;
        work.decide::<Payment>(self.id, PaymentCommand::RecordFile { file: file.facts.clone() }).await?;
        bank_file::keep(work, file);
        Ok(())
    }

    fn looks_again(&self, taken: &'static str) -> bool {
        taken == bank_file::NAME_TAKEN
    }
}

impl ExecutePayment {
    async fn write_cheque(&self, work: &mut Work<'_>, payment: &Payment) -> Result<(), Failure> {
        if payment.cheque().is_some() {
            return work.answer_about::<Payment>(self.id).await;
        }
        if let Payment::Authorised { plan, .. } = payment {
            still_holds(work, self.id, plan, plan.execution_date.max(work.ctx.today())).await?;
        }
        cheque::write(work, self.id).await
    }
}

/// What leaves, leaves later: whoever works on started payments finds this one in the log.
async fn start_transfer(work: &mut Work<'_>, id: PaymentId, payment: &Payment) -> Result<(), Failure> {
    if let Payment::Authorised { plan, .. } = payment {
        // The request names none.
        admit_account(work, plan).await.map_err(|failure| failure.told(|refused| Refused { pointer: None, ..refused }))?;
    }
    let (by, at) = (work.ctx.actor, work.ctx.now);
    work.decide::<Payment>(id, PaymentCommand::StartTransfer { by, at }).await.map(drop)
}

/// Between approval and execution nothing that was approved may have changed.
pub(crate) async fn still_holds(work: &mut Work<'_>, id: PaymentId, plan: &PaymentPlan, leaves_on: NaiveDate) -> Result<(), Failure> {
    let value_date = moves_on(work, plan.method, leaves_on).await?;
    for (index, item) in plan.items.iter().enumerate() {
        item_still_holds(work, id, plan.method, item, value_date).await.map_err(|f| of_item(f, index))?;
    }
    Ok(())
}

async fn item_still_holds(
    work: &mut Work<'_>,
    id: PaymentId,
    method: Method,
    item: &CreditorItem,
    value_date: NaiveDate,
) -> Result<(), Failure> {
    let invoice = work.load::<Invoice>(item.invoice_id).await?;
    let payable = invoice.received()?;
    let vendor = work.load::<Vendor>(VendorId(item.vendor_id.0)).await?;
    payable_account(payable, vendor.profile()?, method, work.ctx.now)?;
    payable.may_leave(&item.version_hash).map_err(|refusal| named(refusal, payable))?;
    Ok(payable.discount_still_granted(id, value_date)?)
}

/// What is open on the invoice, by its kind in the queue of exceptions.
fn named(refusal: InvoiceRefusal, payable: &Payable) -> Refused {
    let open: Vec<String> = payable.open_exceptions().iter().map(|open| open.kind.to_string()).collect();
    match refusal {
        InvoiceRefusal::InException => {
            let detail = format!("{refusal}: {}", open.join(", "));
            Refused { detail, ..Refused::from(refusal) }
        }
        refusal => refusal.into(),
    }
}

/// What a bank says became of a payment's items. Reports come twice, so what has ended stays as it is; but what the bank moved after it
/// had failed is the vendor's credit, as on a statement. What the bank rejected does not come to life because the rest of its block settles.
pub struct RecordBankStatus {
    pub id: PaymentId,
    pub report: BankStatusReport,
    pub verdicts: Vec<(u32, BankVerdict)>,
    pub value_date: NaiveDate,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankVerdict {
    Settled,
    /// As its block or file has, without being named.
    SettledWithTheRest,
    Failed(String),
}

impl BankVerdict {
    /// Whether it is so that the item ended: a settled one may have come back since.
    pub fn agrees_with(&self, state: ItemState) -> bool {
        match self {
            Self::Settled | Self::SettledWithTheRest => {
                matches!(state, ItemState::Settled | ItemState::OnAccount | ItemState::Returned)
            }
            Self::Failed(_) => state == ItemState::Failed,
        }
    }
}

impl UseCase for RecordBankStatus {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<Payment>(self.id).await?;
        let before = work.take::<Payment>(self.id).await?;
        let is_not_meant =
            |line: u32, verdict: &BankVerdict| *verdict == BankVerdict::SettledWithTheRest && before.was_rejected_by_bank(line);
        let (left_out, verdicts): (Vec<_>, Vec<_>) = self.verdicts.iter().partition(|(line, verdict)| is_not_meant(*line, verdict));
        if let Payment::Sent(_) = &*before {
            let mut report = self.report.clone();
            report.items.retain(|item| left_out.iter().all(|(line, _)| *line != item.line));
            work.decide::<Payment>(self.id, PaymentCommand::ReportBankStatus { report }).await?;
        }
        for (line, verdict) in verdicts {
            let payment = work.take::<Payment>(self.id).await?;
            let command = match (verdict, payment.item_state(*line)) {
                (BankVerdict::Settled | BankVerdict::SettledWithTheRest, Some(ItemState::Sent | ItemState::Failed)) => {
                    PaymentCommand::SettleByBank { items: vec![*line], value_date: self.value_date }
                }
                (BankVerdict::Failed(reason), Some(ItemState::Sent)) => {
                    PaymentCommand::Fail { items: Some(vec![*line]), reason: reason.clone(), by: None }
                }
                _ => continue,
            };
            work.decide::<Payment>(self.id, command).await?;
        }
        Ok(())
    }
}
