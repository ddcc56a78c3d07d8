//! Taking a match back: the line is unexplained again, the payment that it had settled is under way again, and what it had said was
//! paid back is owed to us again.

use chrono::NaiveDate;
use quittance_domain::bank_statement::{BankStatement, BankStatementCommand, BankStatementRefusal, MatchTarget, line_id};
use quittance_domain::calendar::Posting;
use quittance_domain::ids::{BankStatementId, PaymentId};
use quittance_domain::payment::{ItemState, Payment, PaymentCommand};

use crate::calendar::admit;
use crate::commands::UseCase;
use crate::failure::Failure;
use crate::incoming;
use crate::refund;
use crate::work::Work;

pub struct UnmatchLine {
    pub id: BankStatementId,
    pub line: u32,
    pub reason: String,
    /// When the settlement is taken out of the books; the day on which it was put in where absent.
    pub effective_date: Option<NaiveDate>,
    /// The payment is settled all the same: only the line tells of something else.
    pub stays_settled: bool,
}

impl UseCase for UnmatchLine {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let statement = work.take::<BankStatement>(self.id).await?;
        let matching = statement.imported()?.matched.get(&self.line);
        let target = matching.map(|matching| matching.target.clone());
        // The bank's side of the books was moved no sooner than it is moved back.
        let posted_on = matching.and_then(|matching| matching.posted.as_ref()).map(|posted| posted.effective_date);
        let effective_date = posted_on.map(|day| self.effective_date.unwrap_or(day).max(day));
        let (line, by, reason) = (self.line, work.ctx.actor, self.reason.clone());
        work.decide::<BankStatement>(self.id, BankStatementCommand::Unmatch { line, by, reason, effective_date }).await?;
        admit(work, effective_date, Posting::Document).await?;
        match target {
            Some(MatchTarget::Payment { payment_id, items, value_date, .. }) if !self.stays_settled => {
                self.withdraw(work, payment_id, items, value_date).await
            }
            Some(MatchTarget::Refund { invoice_id, allocation_id, value_date }) if !self.stays_settled => {
                let (line, day) = (line_id(self.id.0, self.line), self.effective_date.unwrap_or(value_date));
                refund::withdrawn(work, line, (invoice_id, allocation_id), day, &self.reason).await
            }
            Some(MatchTarget::Receivable { receivable_id, incoming_payment_id, value_date }) if !self.stays_settled => {
                let day = self.effective_date.unwrap_or(value_date);
                incoming::withdrawn(work, (self.id, self.line), (receivable_id, incoming_payment_id), day, &self.reason).await
            }
            Some(MatchTarget::CustomerRefund { receivable_id, refund_id, value_date }) if !self.stays_settled => {
                let (line, day) = (line_id(self.id.0, self.line), self.effective_date.unwrap_or(value_date));
                incoming::refund_withdrawn(work, line, (receivable_id, refund_id), day, &self.reason).await
            }
            _ => Ok(()),
        }
    }
}

impl UnmatchLine {
    /// What has not been settled by the match yet will not be: whoever does that looks at the statement first.
    async fn withdraw(&self, work: &mut Work<'_>, payment_id: PaymentId, items: Vec<u32>, value_date: NaiveDate) -> Result<(), Failure> {
        let payment = work.take::<Payment>(payment_id).await?;
        let is_under_way = |item: &u32| payment.item_state(*item) == Some(ItemState::Sent);
        if !items.iter().all(|item| is_under_way(item) || payment.item_state(*item) == Some(ItemState::Settled)) {
            return Err(BankStatementRefusal::MatchMovedPayment { line: self.line }.into());
        }
        if items.iter().all(is_under_way) {
            return Ok(());
        }
        let (effective_date, by, reason) = (self.effective_date.unwrap_or(value_date), work.ctx.actor, self.reason.clone());
        let withdraw = PaymentCommand::WithdrawSettlement { items, effective_date, by, reason };
        work.decide::<Payment>(payment_id, withdraw).await?;
        admit(work, [effective_date], Posting::Document).await
    }
}
