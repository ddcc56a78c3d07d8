//! What customers pay and have back, as the lines of statements tell of it: the receivable is paid, or the customer refunded, in the write
//! that matches the line.

use chrono::NaiveDate;
use quittance_domain::RefusalKind;
use quittance_domain::bank_statement::{
    BankStatementRefusal, IncomingProposal, MatchTarget, StatementLine, Told as ToldBefore, customer_refund_key, incoming_key, line_id,
    propose_incoming,
};
use quittance_domain::calendar::Posting;
use quittance_domain::chart::Chart;
use quittance_domain::customer::Customer;
use quittance_domain::ids::{BankStatementId, CustomerRefundId, IncomingPaymentId, ReceivableId, UserId};
use quittance_domain::incoming::{IncomingChannel, IncomingRecord};
use quittance_domain::invoice::Assignment;
use quittance_domain::receivable::{CustomerRefund, IncomingPayment, Outstanding, Receivable, ReceivableCommand};

use crate::calendar::{admit, counts_on};
use crate::coding::postable;
use crate::failure::{Failure, Refused};
use crate::receivable::{next_payment, next_refund};
use crate::refund::Told;
use crate::tenant::chart_id;
use crate::value_date::no_day_to_come;
use crate::work::Work;

/// When what a person records counts: today where nobody says it, and never in time to come. It is kept where the chart has an account.
pub(crate) async fn counts_when(
    work: &mut Work<'_>,
    record: &IncomingRecord,
    pointer: &'static str,
    said: Option<NaiveDate>,
) -> Result<NaiveDate, Failure> {
    if let Some(account_code) = record.account_code.clone() {
        let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
        postable(&chart, &Assignment::to(account_code))?;
    }
    let today = work.ctx.today();
    let day = said.unwrap_or(today);
    no_day_to_come(pointer, day, today)?;
    Ok(day)
}

/// What a person recorded, and no other line tells of, is what the line tells of: the same money is not taken twice.
pub(crate) async fn told_by(
    work: &mut Work<'_>,
    statement: BankStatementId,
    line: &StatementLine,
    receivable_id: ReceivableId,
    by: Option<UserId>,
) -> Result<Told, Failure> {
    let receivable = work.load::<Receivable>(receivable_id).await?;
    let outstanding = receivable.issued().map_err(|refusal| Refused::from(refusal).at("/receivable_id"))?;
    let told = told_of(work, outstanding).await?;
    if !line.amount.is_positive() {
        return match outstanding.returned_by(line, &told) {
            Some(payment) => returned(work, line, receivable_id, payment).await,
            None => refunded_by(work, statement, line, (receivable_id, outstanding), &told, by).await,
        };
    }
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

/// What the customer had paid went back by the line: it is owed again.
async fn returned(
    work: &mut Work<'_>,
    line: &StatementLine,
    receivable_id: ReceivableId,
    payment: &IncomingPayment,
) -> Result<Told, Failure> {
    let IncomingPayment { incoming_payment_id, value_date: paid_on, .. } = *payment;
    let value_date = counts_on(work, line.value_date().max(paid_on)).await?;
    let reason = line.return_reason.clone().unwrap_or_else(|| "returned by the bank".to_owned());
    let by = work.ctx.actor;
    let command = ReceivableCommand::TakePaymentBack { incoming_payment_id, effective_date: value_date, reason, by };
    let target = MatchTarget::IncomingReturned { receivable_id, incoming_payment_id, paid_on, value_date };
    Ok(Told::paid(target, receivable_id, command))
}

/// Money that left by the line went back to the customer.
async fn refunded_by(
    work: &mut Work<'_>,
    statement: BankStatementId,
    line: &StatementLine,
    (receivable_id, outstanding): (ReceivableId, &Outstanding),
    told: &ToldBefore,
    by: Option<UserId>,
) -> Result<Told, Failure> {
    let target = |refund_id, value_date| MatchTarget::CustomerRefund { receivable_id, refund_id, value_date };
    if let Some(CustomerRefund { refund_id, value_date, .. }) = outstanding.awaited_refund(line, told) {
        return Ok(Told::known(target(*refund_id, *value_date)));
    }
    let value_date = counts_on(work, line.value_date().max(outstanding.issue_date)).await?;
    let refund_id = next_refund(receivable_id, outstanding);
    let channel = IncomingChannel::BankLine(line_id(statement.0, line.line));
    let refund = CustomerRefund { refund_id, amount: line.amount.negated(), value_date, channel };
    let command = ReceivableCommand::Refund { refund, record: None, by };
    Ok(Told::paid(target(refund_id, value_date), receivable_id, command))
}

/// Its payments and refunds of which lines of statements tell.
async fn told_of(work: &Work<'_>, outstanding: &Outstanding) -> Result<ToldBefore, Failure> {
    let holders = work.holders(&ToldBefore::keys(outstanding)).await?;
    Ok(ToldBefore::of(outstanding, holders.iter().map(Option::is_some)))
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
        let closing = outstanding.settlement(None, line.value_date()).cash;
        if ![outstanding.open(), closing].contains(&line.amount)
            && !outstanding.payments.iter().any(|payment| payment.amount == line.amount)
        {
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
    (statement, line): (BankStatementId, u32),
    (id, incoming_payment_id): (ReceivableId, IncomingPaymentId),
    effective_date: NaiveDate,
    reason: &str,
) -> Result<(), Failure> {
    let receivable = work.take::<Receivable>(id).await?;
    // It has gone back by another line meanwhile.
    let payment = receivable.issued()?.payment(incoming_payment_id).ok_or(BankStatementRefusal::MatchMovedPayment { line })?;
    if payment.channel != IncomingChannel::BankLine(line_id(statement.0, line)) {
        return Ok(());
    }
    let effective_date = effective_date.max(payment.value_date);
    let (by, reason) = (work.ctx.actor, reason.to_owned());
    let back = ReceivableCommand::TakePaymentBack { incoming_payment_id, effective_date, reason, by };
    work.decide::<Receivable>(id, back).await?;
    admit(work, [effective_date], Posting::Document).await
}

/// The same of a refund.
pub(crate) async fn refund_withdrawn(
    work: &mut Work<'_>,
    line: uuid::Uuid,
    (id, refund_id): (ReceivableId, CustomerRefundId),
    effective_date: NaiveDate,
    reason: &str,
) -> Result<(), Failure> {
    let receivable = work.take::<Receivable>(id).await?;
    let told_by_line = |refund: &&CustomerRefund| refund.channel == IncomingChannel::BankLine(line);
    let Some(refund) = receivable.issued()?.refund(refund_id).filter(told_by_line) else { return Ok(()) };
    let effective_date = effective_date.max(refund.value_date);
    let (by, reason) = (work.ctx.actor, reason.to_owned());
    work.decide::<Receivable>(id, ReceivableCommand::TakeRefundBack { refund_id, effective_date, reason, by }).await?;
    admit(work, [effective_date], Posting::Document).await
}

/// While the line of a statement tells of it, the money has left.
pub(crate) async fn refund_on_no_statement(work: &Work<'_>, refund: CustomerRefundId) -> Result<(), Failure> {
    let detail = "the line of a bank statement tells of this refund: take that match back";
    on_no_line(work, &customer_refund_key(refund), Refused::new("refund_on_statement", RefusalKind::State, detail)).await
}

/// While the line of a statement tells of it, the money is there.
pub(crate) async fn on_no_statement(work: &Work<'_>, payment: IncomingPaymentId) -> Result<(), Failure> {
    let detail = "the line of a bank statement tells of this payment: take that match back";
    on_no_line(work, &incoming_key(payment), Refused::new("payment_on_statement", RefusalKind::State, detail)).await
}

async fn on_no_line(work: &Work<'_>, key: &str, refused: Refused) -> Result<(), Failure> {
    match work.holder(key).await? {
        None => Ok(()),
        Some(_) => Err(refused.into()),
    }
}
