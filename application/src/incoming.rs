//! What customers pay, as the lines of statements tell of it: the receivable is paid in the write that matches the line.

use chrono::NaiveDate;
use quittance_domain::RefusalKind;
use quittance_domain::bank_statement::{IncomingProposal, MatchTarget, StatementLine, incoming_key, line_id, propose_incoming};
use quittance_domain::calendar::Posting;
use quittance_domain::customer::Customer;
use quittance_domain::ids::{BankStatementId, IncomingPaymentId, ReceivableId, UserId};
use quittance_domain::incoming::IncomingChannel;
use quittance_domain::receivable::{IncomingPayment, Outstanding, Receivable, ReceivableCommand};

use crate::calendar::{admit, counts_on};
use crate::failure::{Failure, Refused};
use crate::receivable::next_payment;
use crate::refund::Told;
use crate::work::Work;

/// What a person recorded, and no other line tells of, is what the line tells of: the same money is not taken twice.
pub(crate) async fn told_by(
    work: &mut Work<'_>,
    statement: BankStatementId,
    line: &StatementLine,
    receivable_id: ReceivableId,
    by: Option<UserId>,
) -> Result<Told, Failure> {
    if !line.amount.is_positive() {
        return Err(Refused::new("bank_amount_differs", RefusalKind::Invalid, "money left by this line: no customer paid").into());
    }
    let receivable = work.load::<Receivable>(receivable_id).await?;
    let outstanding = receivable.issued().map_err(|refusal| Refused::from(refusal).at("/receivable_id"))?;
    let told = told_of(work, outstanding).await?;
    let target = |incoming_payment_id, value_date| MatchTarget::Receivable { receivable_id, incoming_payment_id, value_date };
    if let Some(IncomingPayment { incoming_payment_id, value_date, .. }) = outstanding.awaited_payment(line, &told) {
        return Ok(Told::known(target(*incoming_payment_id, *value_date)));
    }
    let value_date = counts_on(work, line.value_date().max(outstanding.issue_date)).await?;
    let incoming_payment_id = next_payment(receivable_id, outstanding);
    let channel = IncomingChannel::BankLine(line_id(statement.0, line.line));
    let payment = IncomingPayment { incoming_payment_id, amount: line.amount, value_date, channel };
    let command = ReceivableCommand::Receive { payment, record: None, by };
    Ok(Told::paid(target(incoming_payment_id, value_date), receivable_id, command))
}

/// Its payments of which lines of statements tell.
async fn told_of(work: &Work<'_>, outstanding: &Outstanding) -> Result<Vec<IncomingPaymentId>, Failure> {
    let ids = outstanding.payments.iter().map(|payment| payment.incoming_payment_id);
    let (payments, keys): (Vec<IncomingPaymentId>, Vec<String>) = ids.map(|id| (id, incoming_key(id))).unzip();
    let told = payments.into_iter().zip(work.holders(&keys).await?).filter(|(_, line)| line.is_some());
    Ok(told.map(|(payment, _)| payment).collect())
}

/// Of these receivables those that the line may tell of without a person's word.
pub(crate) async fn proposals(
    work: &mut Work<'_>,
    line: &StatementLine,
    receivables: &[ReceivableId],
) -> Result<Vec<IncomingProposal>, Failure> {
    let mut found = vec![];
    if !line.amount.is_positive() {
        return Ok(found);
    }
    for id in receivables {
        let receivable = work.load::<Receivable>(*id).await?;
        let Ok(outstanding) = receivable.issued() else { continue };
        // Only the exact amount stands out enough, and a file has many lines.
        if outstanding.open() != line.amount && !outstanding.payments.iter().any(|payment| payment.amount == line.amount) {
            continue;
        }
        let customer = work.load::<Customer>(outstanding.customer_id).await?;
        let told = told_of(work, outstanding).await?;
        found.extend(propose_incoming(line, *id, outstanding, customer.profile().ok(), &told));
    }
    Ok(found)
}

/// A match is taken back: what it had said of the receivable no longer holds. What a person recorded stays recorded.
pub(crate) async fn withdrawn(
    work: &mut Work<'_>,
    line: uuid::Uuid,
    (id, incoming_payment_id): (ReceivableId, IncomingPaymentId),
    effective_date: NaiveDate,
    reason: &str,
) -> Result<(), Failure> {
    let receivable = work.take::<Receivable>(id).await?;
    let told_by_line = |payment: &&IncomingPayment| payment.channel == IncomingChannel::BankLine(line);
    let Some(payment) = receivable.issued()?.payment(incoming_payment_id).filter(told_by_line) else { return Ok(()) };
    let effective_date = effective_date.max(payment.value_date);
    let (by, reason) = (work.ctx.actor, reason.to_owned());
    let back = ReceivableCommand::TakePaymentBack { incoming_payment_id, effective_date, reason, by };
    work.decide::<Receivable>(id, back).await?;
    admit(work, [effective_date], Posting::Document).await
}

/// While the line of a statement tells of it, the money is there.
pub(crate) async fn on_no_statement(work: &Work<'_>, payment: IncomingPaymentId) -> Result<(), Failure> {
    match work.holder(&incoming_key(payment)).await? {
        None => Ok(()),
        Some(_) => {
            let detail = "the line of a bank statement tells of this payment: take that match back";
            Err(Refused::new("payment_on_statement", RefusalKind::State, detail).into())
        }
    }
}
