//! Receivables: drafted, issued under the next number of the year, paid, written off or cancelled; with the goods that they sell.
//!
//! Issuing takes the number and sets the goods aside in one write: no invoice promises what another has taken. The numbers of a year are
//! one aggregate, so a company issues its invoices one after the other.

mod credit;
mod draft;

use chrono::{Datelike, NaiveDate};
use quittance_domain::aggregate::derived_id;
use quittance_domain::calendar::Posting;
use quittance_domain::customer::{Customer, CustomerRefusal, Profile};
use quittance_domain::ids::{CustomerId, IncomingPaymentId, NumberSeriesId, ReceivableId, TenantId};
use quittance_domain::incoming::IncomingRecord;
use quittance_domain::receivable::{
    IncomingPayment, NumberSeries, NumberSeriesCommand, Outstanding, Receivable, ReceivableCommand, ReceivableDocument, SoldGoods,
};
use quittance_domain::stock::StockAction;
use quittance_domain::terms::{AgreedTerms, Dates, PaymentTerms, TermsRule};
use quittance_domain::{Money, RefusalKind};

pub(crate) use credit::next_refund;
pub use credit::{CreditReceivable, RecordCustomerRefund, TakeCustomerRefundBack};
pub use draft::{Draft, DraftLine, DraftReceivable, ReviseReceivable};

use crate::calendar::{admit_at, counts_on};
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::incoming;
use crate::stock::move_stock;
use crate::terms::{discounts_correct_tax, terms_id};
use crate::value_date::no_day_to_come;
use crate::work::Work;

/// The numbers that a company's invoices of one year take.
fn numbers_id(tenant: TenantId, series: &str) -> NumberSeriesId {
    NumberSeriesId(derived_id(&[b"receivable numbers", tenant.0.as_bytes(), series.as_bytes()]))
}

/// Who may be sold to now.
async fn buyer(work: &mut Work<'_>, id: CustomerId) -> Result<Profile, Failure> {
    let customer = work.load::<Customer>(id).await?;
    let at = |refusal: CustomerRefusal| Refused::from(refusal).at("/customer_id");
    let unknown = |_| Refused::new("customer_unknown", RefusalKind::Invalid, "there is no such customer").at("/customer_id");
    let profile = customer.profile().map_err(unknown)?;
    if let Some(into) = profile.merged_into() {
        return Err(at(CustomerRefusal::CustomerMerged { into }).into());
    }
    match profile.blocked() {
        Some(reason) => Err(at(CustomerRefusal::CustomerBlocked(reason.to_owned())).into()),
        None => Ok(profile.clone()),
    }
}

/// From now on the customer owes it.
pub struct IssueReceivable {
    pub id: ReceivableId,
    /// Today where absent.
    pub issue_date: Option<NaiveDate>,
}

impl UseCase for IssueReceivable {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<Receivable>(self.id).await?;
        let receivable = work.take::<Receivable>(self.id).await?;
        if receivable.issued().is_ok() {
            return Ok(());
        }
        let (customer_id, document) = receivable.draft()?;
        buyer(work, customer_id).await?;
        let today = work.ctx.today();
        let issue_date = self.issue_date.unwrap_or(today);
        no_day_to_come("/issue_date", issue_date, today)?;
        let terms = agreed(work, document, issue_date).await?;
        let number = next_number(work, self.id, &issue_date.year().to_string()).await?;
        set_aside(work, &document.goods(), document, &number, issue_date).await?;
        let issue = ReceivableCommand::Issue { number, issue_date, terms, by: work.ctx.actor };
        work.decide::<Receivable>(self.id, issue).await?;
        admit_at(work, "/issue_date", issue_date, Posting::Document).await
    }
}

async fn next_number(work: &mut Work<'_>, id: ReceivableId, series: &str) -> Result<String, Failure> {
    let numbers = numbers_id(work.tenant(), series);
    work.decide::<NumberSeries>(numbers, NumberSeriesCommand::Take { series: series.to_owned(), receivable_id: id }).await?;
    Ok(work.load::<NumberSeries>(numbers).await?.written(series))
}

/// What its terms come to; what goes out without any is due at once.
async fn agreed(work: &mut Work<'_>, document: &ReceivableDocument, issue_date: NaiveDate) -> Result<AgreedTerms, Failure> {
    let dates = Dates { invoice: issue_date, received: issue_date, of_order: false };
    let at_once = TermsRule::net(0);
    let known;
    let (code, version, rule) = match document.payment_terms.as_deref() {
        None => ("", 0, &at_once),
        Some(code) => {
            known = work.load::<PaymentTerms>(terms_id(work.tenant(), code)).await?;
            match &*known {
                PaymentTerms::Adopted { code, version, rule } => (code.as_str(), *version, rule),
                PaymentTerms::NotAdopted => ("", 0, &at_once),
            }
        }
    };
    let mut agreed = AgreedTerms::of(code, version, rule, dates, &document.totals, document.payable());
    if discounts_correct_tax(work).await? {
        agreed = agreed.map(|agreed| agreed.correcting_output_tax(rule, document));
    }
    Ok(agreed.ok_or_else(|| Refused::new("amounts_too_large", RefusalKind::Invalid, "the amounts are too large to add up").at("/lines"))?)
}

/// What it sells is nobody else's from now on.
async fn set_aside(
    work: &mut Work<'_>,
    goods: &[(usize, SoldGoods)],
    document: &ReceivableDocument,
    number: &str,
    on: NaiveDate,
) -> Result<(), Failure> {
    let by = work.ctx.actor;
    for (index, goods) in goods {
        let action = StockAction::Reserve { reference: number.to_owned(), quantity: goods.quantity, by };
        let line = &document.lines[*index].line.id;
        let of_line = |refused: Refused| Refused { detail: format!("line {line}: {}", refused.detail), pointer: None, ..refused };
        let reserved = move_stock(work, goods.item_id, &goods.location, on, action).await;
        reserved.map_err(|failure| failure.told(of_line))?;
    }
    Ok(())
}

/// What it does not sell after all is free again.
async fn set_free(work: &mut Work<'_>, outstanding: &Outstanding, on: NaiveDate) -> Result<(), Failure> {
    if outstanding.handed_over.is_some() {
        return Ok(());
    }
    let by = work.ctx.actor;
    for (_, goods) in outstanding.goods_left() {
        let action = StockAction::Release { reference: outstanding.number.clone(), by };
        move_stock(work, goods.item_id, &goods.location, on, action).await?;
    }
    Ok(())
}

/// A person says that the customer has paid.
pub struct RecordIncomingPayment {
    pub id: ReceivableId,
    /// All that is open where absent.
    pub amount: Option<Money>,
    /// Today where absent.
    pub value_date: Option<NaiveDate>,
    pub record: IncomingRecord,
}

impl UseCase for RecordIncomingPayment {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let receivable = work.take::<Receivable>(self.id).await?;
        let outstanding = receivable.issued()?;
        let value_date = incoming::counts_when(work, &self.record, "/value_date", self.value_date).await?;
        let amount = self.amount.unwrap_or_else(|| outstanding.open());
        let payment =
            IncomingPayment { incoming_payment_id: next_payment(self.id, outstanding), amount, value_date, channel: self.record.channel() };
        let (record, by) = (Some(Box::new(self.record.clone())), Some(work.ctx.actor));
        work.decide::<Receivable>(self.id, ReceivableCommand::Receive { payment, record, by }).await?;
        admit_at(work, "/value_date", value_date, Posting::Document).await
    }
}

/// The next payment of a receivable has one id, whoever tells of it.
pub(crate) fn next_payment(id: ReceivableId, outstanding: &Outstanding) -> IncomingPaymentId {
    IncomingPaymentId(derived_id(&[b"incoming payment", id.0.as_bytes(), &outstanding.payments_ever.to_be_bytes()]))
}

/// It bounced, or was never this customer's.
pub struct TakePaymentBack {
    pub id: ReceivableId,
    pub incoming_payment_id: IncomingPaymentId,
    /// Today where absent.
    pub effective_date: Option<NaiveDate>,
    pub reason: String,
}

impl UseCase for TakePaymentBack {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.take::<Receivable>(self.id).await?.issued()?;
        incoming::on_no_statement(work, self.incoming_payment_id).await?;
        let (effective_date, by) = (self.effective_date.unwrap_or(work.ctx.today()), work.ctx.actor);
        let (incoming_payment_id, reason) = (self.incoming_payment_id, self.reason.clone());
        no_day_to_come("/effective_date", effective_date, work.ctx.today())?;
        let back = ReceivableCommand::TakePaymentBack { incoming_payment_id, effective_date, reason, by };
        work.decide::<Receivable>(self.id, back).await?;
        admit_at(work, "/effective_date", effective_date, Posting::Document).await
    }
}

/// What it sells leaves the stocks, by a person's word: before it is paid, say.
pub struct HandOver {
    pub id: ReceivableId,
    /// Today where absent.
    pub effective_date: Option<NaiveDate>,
}

impl UseCase for HandOver {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let effective_date = self.effective_date.unwrap_or(work.ctx.today());
        no_day_to_come("/effective_date", effective_date, work.ctx.today())?;
        hand_over(work, self.id, effective_date).await?;
        admit_at(work, "/effective_date", effective_date, Posting::Document).await
    }
}

/// Nothing leaves twice: the receivable says whether it has.
async fn hand_over(work: &mut Work<'_>, id: ReceivableId, effective_date: NaiveDate) -> Result<(), Failure> {
    let by = work.ctx.actor;
    if work.decide::<Receivable>(id, ReceivableCommand::HandOver { effective_date, by }).await? == 0 {
        return Ok(());
    }
    let receivable = work.take::<Receivable>(id).await?;
    let outstanding = receivable.issued()?;
    for (_, goods) in outstanding.goods_left() {
        let (reference, reason) = (Some(outstanding.number.clone()), format!("sold on {}", outstanding.number));
        let action = StockAction::Issue { quantity: goods.quantity, reference, reason, by };
        move_stock(work, goods.item_id, &goods.location, effective_date, action).await?;
    }
    Ok(())
}

/// All of a receivable has come in: what it sells leaves, if it has not. A payment that was taken back meanwhile hands nothing over.
pub(crate) async fn paid(work: &mut Work<'_>, id: ReceivableId) -> Result<(), Failure> {
    let receivable = work.take::<Receivable>(id).await?;
    let Ok(outstanding) = receivable.issued() else { return Ok(()) };
    if !outstanding.is_paid() || outstanding.goods_left().is_empty() {
        return Ok(());
    }
    let day = counts_on(work, work.ctx.today()).await?;
    hand_over(work, id, day).await
}

/// How a receivable ends other than by money, or begins again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    WriteOff,
    Reinstate,
    Cancel,
}

pub struct EndReceivable {
    pub id: ReceivableId,
    pub ending: Ending,
    /// Today where absent.
    pub effective_date: Option<NaiveDate>,
    pub reason: String,
}

impl UseCase for EndReceivable {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let before = work.take::<Receivable>(self.id).await?;
        let (effective_date, reason, by) = (self.effective_date.unwrap_or(work.ctx.today()), self.reason.clone(), work.ctx.actor);
        no_day_to_come("/effective_date", effective_date, work.ctx.today())?;
        let command = match self.ending {
            Ending::WriteOff => ReceivableCommand::WriteOff { effective_date, reason, by },
            Ending::Reinstate => ReceivableCommand::Reinstate { effective_date, reason, by },
            Ending::Cancel => ReceivableCommand::Cancel { effective_date, reason, by },
        };
        if work.decide::<Receivable>(self.id, command).await? == 0 {
            return Ok(());
        }
        if let Ok(outstanding) = before.issued() {
            match self.ending {
                Ending::Reinstate if outstanding.handed_over.is_some() => {}
                Ending::Reinstate => {
                    set_aside(work, &outstanding.goods_left(), &outstanding.document, &outstanding.number, effective_date).await?
                }
                Ending::WriteOff | Ending::Cancel => set_free(work, outstanding, effective_date).await?,
            }
            admit_at(work, "/effective_date", effective_date, Posting::Document).await?;
        }
        Ok(())
    }
}
