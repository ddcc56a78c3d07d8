//! Cheques: written in the order of their numbers, listed for the bank, printed from what was planned.
//!
//! A number is taken in the very write that issues its cheque, so a crash leaves no gap and no number twice.

use chrono::NaiveDate;
use quittance_domain::RefusalKind;
use quittance_domain::aggregate::derived_id;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::chequebook::{Chequebook, ChequebookCommand, PositivePayFile};
use quittance_domain::ids::{BankAccountId, ChequebookId, PaymentId, PaymentRunId};
use quittance_domain::payment::{Cheque, ItemState, Payment, PaymentCommand, PaymentRefusal};
use quittance_domain::tenant::{CompanyAccount, Tenant};

use crate::bank_file;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::ports::{BankFileRefusal, ListedCheque, PositivePayOrder};
use crate::work::Work;

/// An account has one chequebook.
pub fn chequebook_id(account: BankAccountId) -> ChequebookId {
    ChequebookId(derived_id(&[b"chequebook", account.0.as_bytes()]))
}

/// Begins the series of one of the company's accounts.
pub struct OpenChequebook {
    pub bank_account_id: BankAccountId,
    pub first_number: u64,
}

impl UseCase for OpenChequebook {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let tenant = work.load::<Tenant>(work.tenant()).await?;
        tenant.company()?.account(self.bank_account_id)?;
        let open = ChequebookCommand::Open { bank_account_id: self.bank_account_id, first_number: self.first_number, by: work.ctx.actor };
        work.decide::<Chequebook>(chequebook_id(self.bank_account_id), open).await.map(drop)
    }
}

/// What stands in the way of cheques on this account, before anything is planned.
pub(crate) async fn admit_account(work: &mut Work<'_>, account: Option<&CompanyAccount>) -> Result<(), Failure> {
    let Some(account) = account else { return Err(PaymentRefusal::ChequeUndrawable.into()) };
    let book = work.load::<Chequebook>(chequebook_id(account.id)).await?;
    book.opened().map(drop).map_err(|_| {
        let detail = "nobody has said with which number the account's cheques begin: open its chequebook first";
        Refused::new("chequebook_missing", RefusalKind::State, detail).at("/debtor_account_id").into()
    })
}

/// Takes the account's next number for an authorised payment.
pub(crate) async fn write(work: &mut Work<'_>, id: PaymentId) -> Result<(), Failure> {
    let payment = work.take::<Payment>(id).await?;
    if payment.cheque().is_some() {
        return Ok(());
    }
    let bank_account_id = payment.plan()?.debtor_account_id.ok_or(PaymentRefusal::ChequeUndrawable)?;
    let book_id = chequebook_id(bank_account_id);
    let number = work.take::<Chequebook>(book_id).await?.opened()?.next_number;
    work.decide::<Chequebook>(book_id, ChequebookCommand::TakeNumber { payment_id: id }).await?;
    let cheque = Cheque { bank_account_id, number, issued_on: work.ctx.today() };
    let (by, at) = (work.ctx.actor, work.ctx.now);
    work.decide::<Payment>(id, PaymentCommand::WriteCheque { by, at, cheque }).await.map(drop)
}

/// A number on which nothing was ever written.
#[derive(Clone, Debug)]
pub struct VoidedNumber {
    pub number: u64,
    pub voided_on: NaiveDate,
}

/// The list by which the bank recognises the account's cheques of some days, or of a run: those issued, and those that it must not pay.
pub struct WritePositivePay {
    pub id: ChequebookId,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub payment_run_id: Option<PaymentRunId>,
    /// As the read models have them, complete up to now; each payment says itself what its cheque is.
    pub payments: Vec<PaymentId>,
    pub voided: Vec<VoidedNumber>,
}

impl UseCase for WritePositivePay {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<Chequebook>(self.id).await?;
        let book = work.take::<Chequebook>(self.id).await?;
        let book = book.opened()?;
        let tenant = work.load::<Tenant>(work.tenant()).await?;
        let account = tenant.company()?.account(book.bank_account_id)?;
        let mut cheques = Vec::with_capacity(self.payments.len() + self.voided.len());
        for id in &self.payments {
            let payment = work.load::<Payment>(*id).await?;
            cheques.extend(listed(&payment)?.filter(|_| payment.cheque().is_some_and(|c| c.bank_account_id == book.bank_account_id)));
        }
        let blank = |void: &VoidedNumber| ListedCheque::blank(void.number, void.voided_on, account.currency);
        cheques.extend(self.voided.iter().map(blank));
        cheques.sort_by_key(|cheque| cheque.number);
        let message_id = format!("POSITIVE-PAY-{}-{}", self.id.0.simple(), book.files + 1);
        let (account, layout) = (&account.account, &book.layout());
        let order = PositivePayOrder { account, message_id: &message_id, cheques: &cheques, last_day: self.to, layout };
        let file = work.ports().positive_pay.write(&order).map_err(refused)?;
        let (by, facts) = (work.ctx.actor, file.facts.clone());
        let written = PositivePayFile { from: self.from, to: self.to, payment_run_id: self.payment_run_id, file: facts };
        work.decide::<Chequebook>(self.id, ChequebookCommand::RecordPositivePay { file: Box::new(written), by }).await?;
        bank_file::keep(work, file);
        Ok(())
    }
}

/// The payment's cheque as the bank is to know it.
fn listed(payment: &Payment) -> Result<impl Iterator<Item = ListedCheque>, Failure> {
    let plan = payment.plan()?;
    // What came back is not to be cashed once more either: the invoices are open again.
    let ended = |state| matches!(state, ItemState::Failed | ItemState::Returned);
    let void = matches!(payment, Payment::Sent(sent) if sent.items.iter().all(|item| ended(item.state)));
    let cheque = payment.cheque().zip(plan.items.first()).map(|(cheque, first)| ListedCheque {
        number: cheque.number,
        amount: plan.total,
        issued_on: cheque.issued_on,
        payee: first.creditor_name.clone(),
        void,
    });
    Ok(cheque.into_iter())
}

fn refused(refusal: BankFileRefusal) -> Failure {
    Refused::new("positive_pay_inexpressible", RefusalKind::State, refusal.to_string()).into()
}

/// A cheque and its stub, as they are printed.
#[derive(Clone, Debug)]
pub struct ChequePrint {
    pub cheque: Cheque,
    pub account: BankAccount,
    pub account_name: String,
    pub void: bool,
    pub advice: crate::remittance::RemittanceAdvice,
}

/// The cheques of payments, in the order of their numbers.
pub struct PrintCheques(pub Vec<PaymentId>);

impl UseCase for PrintCheques {
    type Output = Vec<ChequePrint>;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<Vec<ChequePrint>, Failure> {
        let tenant = work.load::<Tenant>(work.tenant()).await?;
        let mut prints = Vec::with_capacity(self.0.len());
        for id in &self.0 {
            let payment = work.load::<Payment>(*id).await?;
            let Some(cheque) = payment.cheque().copied() else { continue };
            let account = tenant.company()?.account(cheque.bank_account_id)?;
            let void = listed(&payment)?.any(|listed| listed.void);
            let advices = crate::remittance::AdviseRemittance(*id).attempt(work).await?;
            let Some(advice) = crate::remittance::RemittanceAdvice::joined(advices) else { continue };
            prints.push(ChequePrint { cheque, account: account.account.clone(), account_name: account.name.clone(), void, advice });
        }
        prints.sort_by_key(|print| print.cheque.number);
        Ok(prints)
    }
}
