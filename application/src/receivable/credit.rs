//! Credit notes of ours, with the goods that come back or are set aside no more, and what customers have back.

use chrono::{Datelike, NaiveDate};
use quittance_domain::Money;
use quittance_domain::aggregate::derived_id;
use quittance_domain::calendar::Posting;
use quittance_domain::ids::{CustomerRefundId, ReceivableId};
use quittance_domain::incoming::IncomingRecord;
use quittance_domain::receivable::{CreditNote, CreditRequest, CustomerRefund, Outstanding, Receivable, ReceivableCommand, SoldGoods};
use quittance_domain::stock::StockAction;

use super::next_number;
use crate::calendar::admit_at;
use crate::commands::UseCase;
use crate::failure::Failure;
use crate::incoming;
use crate::stock::move_stock;
use crate::value_date::no_day_to_come;
use crate::work::Work;

/// Part of a receivable, or all that is left of it, is not owed after all.
pub struct CreditReceivable {
    pub id: ReceivableId,
    /// Today where absent.
    pub issue_date: Option<NaiveDate>,
    pub request: CreditRequest,
}

impl UseCase for CreditReceivable {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<Receivable>(self.id).await?;
        let before = work.take::<Receivable>(self.id).await?;
        let before = before.issued()?;
        let (today, by) = (work.ctx.today(), work.ctx.actor);
        let issue_date = self.issue_date.unwrap_or(today);
        no_day_to_come("/issue_date", issue_date, today)?;
        let number = next_number(work, self.id, &format!("CN-{}", issue_date.year())).await?;
        let request = Box::new(self.request.clone());
        let credit = ReceivableCommand::Credit { number, issue_date, request, by };
        work.decide::<Receivable>(self.id, credit).await?;
        let after = work.take::<Receivable>(self.id).await?;
        let after = after.issued()?;
        match after.credit_notes.last() {
            Some(note) if note.goods_returned => take_in(work, note, before).await?,
            _ if before.handed_over.is_none() => set_aside_less(work, before, after, issue_date).await?,
            _ => {}
        }
        admit_at(work, "/issue_date", issue_date, Posting::Document).await
    }
}

/// They are worth again what they left at.
async fn take_in(work: &mut Work<'_>, note: &CreditNote, outstanding: &Outstanding) -> Result<(), Failure> {
    let by = work.ctx.actor;
    for (_, SoldGoods { item_id, location, quantity }) in note.goods() {
        let (reference, reason) = (outstanding.number.clone(), format!("credited by {}", note.number));
        let back = StockAction::BringBack { reference, quantity: *quantity, reason, by };
        move_stock(work, *item_id, location, note.issue_date, back).await?;
    }
    Ok(())
}

/// What is not sold after all is free again.
async fn set_aside_less(work: &mut Work<'_>, before: &Outstanding, after: &Outstanding, on: NaiveDate) -> Result<(), Failure> {
    let (left, by) = (after.goods_left(), work.ctx.actor);
    for (_, known) in before.goods_left() {
        let still = left.iter().find(|(_, goods)| (goods.item_id, &goods.location) == (known.item_id, &known.location));
        let reference = before.number.clone();
        let action = match still {
            Some((_, goods)) if goods.quantity == known.quantity => continue,
            Some((_, goods)) => StockAction::Reserve { reference, quantity: goods.quantity, by },
            None => StockAction::Release { reference, by },
        };
        move_stock(work, known.item_id, &known.location, on, action).await?;
    }
    Ok(())
}

/// A person says that a customer has money back.
pub struct RecordCustomerRefund {
    pub id: ReceivableId,
    /// All that the customer is owed where absent.
    pub amount: Option<Money>,
    /// Today where absent.
    pub value_date: Option<NaiveDate>,
    pub record: IncomingRecord,
}

impl UseCase for RecordCustomerRefund {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let receivable = work.take::<Receivable>(self.id).await?;
        let outstanding = receivable.issued()?;
        let value_date = incoming::counts_when(work, &self.record, "/value_date", self.value_date).await?;
        let amount = self.amount.unwrap_or_else(|| outstanding.owed_back());
        let refund = CustomerRefund { refund_id: next_refund(self.id, outstanding), amount, value_date, channel: self.record.channel() };
        let (record, by) = (Some(Box::new(self.record.clone())), Some(work.ctx.actor));
        work.decide::<Receivable>(self.id, ReceivableCommand::Refund { refund, record, by }).await?;
        admit_at(work, "/value_date", value_date, Posting::Document).await
    }
}

/// The next refund of a receivable has one id, whoever tells of it.
pub(crate) fn next_refund(id: ReceivableId, outstanding: &Outstanding) -> CustomerRefundId {
    CustomerRefundId(derived_id(&[b"customer refund", id.0.as_bytes(), &outstanding.refunds_ever.to_be_bytes()]))
}

/// It never arrived, or was another's.
pub struct TakeCustomerRefundBack {
    pub id: ReceivableId,
    pub refund_id: CustomerRefundId,
    /// Today where absent.
    pub effective_date: Option<NaiveDate>,
    pub reason: String,
}

impl UseCase for TakeCustomerRefundBack {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.take::<Receivable>(self.id).await?.issued()?;
        incoming::refund_on_no_statement(work, self.refund_id).await?;
        let (effective_date, by) = (self.effective_date.unwrap_or(work.ctx.today()), work.ctx.actor);
        let (refund_id, reason) = (self.refund_id, self.reason.clone());
        no_day_to_come("/effective_date", effective_date, work.ctx.today())?;
        work.decide::<Receivable>(self.id, ReceivableCommand::TakeRefundBack { refund_id, effective_date, reason, by }).await?;
        admit_at(work, "/effective_date", effective_date, Posting::Document).await
    }
}
