//! Matching a line of a statement by a person's word.

use quittance_domain::RefusalKind;
use quittance_domain::bank_statement::{BankStatement, BankStatementCommand, MatchTarget, Matching, PaymentEffect, StatementLine};
use quittance_domain::ids::{BankAccountId, BankStatementId, InvoiceId, PaymentId, ReceivableId};
use quittance_domain::payment::{ItemState, Payment};

use crate::bank_booking::posting_of;
use crate::calendar::counts_on;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::incoming;
use crate::refund;
use crate::work::Work;

/// What a person says a line is.
#[derive(Clone, Debug)]
pub enum Decision {
    Payment {
        payment_id: PaymentId,
        /// All that it pays where none is named.
        items: Vec<u32>,
    },
    /// Of a credit note or a prepayment.
    Refund(InvoiceId),
    /// A customer paid it, or has it back.
    Receivable(ReceivableId),
    Explained(String),
}

pub struct MatchLine {
    pub id: BankStatementId,
    pub line: u32,
    pub decision: Decision,
}

impl UseCase for MatchLine {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<BankStatement>(self.id).await?;
        let statement = work.take::<BankStatement>(self.id).await?;
        let imported = statement.imported()?;
        let line = imported.line(self.line)?.clone();
        let mut told = None;
        let target = match &self.decision {
            Decision::Explained(explanation) => MatchTarget::Explained { explanation: explanation.clone() },
            // The same said again.
            Decision::Refund(id) if imported.tells_of_refund(self.line, *id) => return Ok(()),
            Decision::Refund(id) => told.insert(refund::told_by(work, self.id, &line, *id, Some(work.ctx.actor)).await?).target.clone(),
            Decision::Receivable(id) if imported.tells_of_receivable(self.line, *id) => return Ok(()),
            Decision::Receivable(id) => {
                told.insert(incoming::told_by(work, self.id, &line, *id, Some(work.ctx.actor)).await?).target.clone()
            }
            Decision::Payment { payment_id, items } => of_payment(work, imported.import.bank_account_id, &line, *payment_id, items).await?,
        };
        let posted = posting_of(work, imported.import.bank_account_id, &line, &target).await?;
        let matching = Matching { target, score: 100, evidence: vec![], by: Some(work.ctx.actor), posted };
        work.decide::<BankStatement>(self.id, BankStatementCommand::Match { line: self.line, matching }).await?;
        match told {
            Some(told) => told.carry_out(work).await,
            None => Ok(()),
        }
    }
}

/// A person may know better than the score, but not than the amounts, nor than the file that named another account to take the money from.
async fn of_payment(
    work: &mut Work<'_>,
    account: BankAccountId,
    line: &StatementLine,
    payment_id: PaymentId,
    items: &[u32],
) -> Result<MatchTarget, Failure> {
    let payment = work.load::<Payment>(payment_id).await?;
    let plan = payment.plan()?;
    if plan.method.by_file() && plan.debtor_account_id.is_some_and(|debtor| debtor != account) {
        let detail = "the payment left in a file of another of the company's accounts: it is on the statement of that one";
        return Err(Refused::new("other_account", RefusalKind::Invalid, detail).at("/payment_id").into());
    }
    let whole: Vec<u32> = plan.items.iter().map(|item| item.line).collect();
    let (items, place) = if items.is_empty() { (whole.as_slice(), "/payment_id") } else { (items, "/items") };
    let named = plan.items.iter().filter(|item| items.contains(&item.line));
    let total = named.clone().try_fold(quittance_domain::Money::zero(plan.currency), |sum, item| sum.plus(item.amount));
    let negative = line.amount.amount().is_sign_negative();
    let paid = if negative { line.amount.negated() } else { line.amount };
    if named.count() != items.len() || total.ok() != Some(paid) {
        let detail = format!("what the payment pays by items {items:?} is not worth {} {}", paid.amount(), paid.currency());
        return Err(Refused::new("bank_amount_differs", RefusalKind::Invalid, detail).at(place).into());
    }
    if !items.iter().all(|item| in_hands_of_the_bank(&payment, *item)) {
        return Err(Refused::new("payment_not_sent", RefusalKind::State, "the payment has not left, or has come back already").into());
    }
    let effect = match negative {
        true => PaymentEffect::Settles,
        false => PaymentEffect::Returns { reason: line.return_reason.clone().unwrap_or_else(|| "returned by the bank".to_owned()) },
    };
    let value_date = counts_on(work, line.value_date()).await?;
    Ok(MatchTarget::Payment { payment_id, items: items.to_vec(), effect, value_date })
}

/// Also where it has come back by another word, or somebody said that it had failed: the bank's word is the later one.
fn in_hands_of_the_bank(payment: &Payment, item: u32) -> bool {
    matches!(payment.item_state(item), Some(ItemState::Sent | ItemState::Settled | ItemState::Returned)) || payment.may_be_late(item)
}
