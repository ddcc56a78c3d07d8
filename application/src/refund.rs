//! What a vendor pays back: recorded by a person, or told by the line of a statement.
//!
//! The document gives it up in the same write, so that no run sets off what has come back.

use chrono::NaiveDate;
use quittance_domain::bank_statement::{MatchTarget, RefundProposal, StatementLine, line_id, propose_refund, refund_key};
use quittance_domain::calendar::Posting;
use quittance_domain::ids::{AllocationId, BankStatementId, InvoiceId, ReceivableId, UserId};
use quittance_domain::incoming::{IncomingChannel, IncomingRecord};
use quittance_domain::invoice::{Against, Allocation, Invoice, InvoiceCommand, Payable};
use quittance_domain::receivable::{Receivable, ReceivableCommand};
use quittance_domain::vendor::Vendor;
use quittance_domain::{Money, RefusalKind};

use crate::allocation::next_allocation;
use crate::calendar::{admit, admit_at, counts_on};
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::incoming::counts_when;
use crate::work::Work;

/// A person says that the vendor has paid back a credit note, or what was left of a prepayment.
pub struct RecordRefund {
    pub id: InvoiceId,
    /// All that the vendor has to pay back where absent.
    pub amount: Option<Money>,
    /// Today where absent.
    pub received_on: Option<NaiveDate>,
    pub record: IncomingRecord,
}

impl UseCase for RecordRefund {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let document = work.take::<Invoice>(self.id).await?;
        let document = document.received()?;
        let effective_date = counts_when(work, &self.record, "/received_on", self.received_on).await?;
        let amount = self.amount.unwrap_or_else(|| document.refundable());
        let against = Against::Refund(self.record.channel());
        let allocation = Allocation { allocation_id: next_allocation(self.id, document), against, amount, effective_date };
        let by = Some(work.ctx.actor);
        let refund = InvoiceCommand::Refund { allocation, record: Some(Box::new(self.record.clone())), by };
        work.decide::<Invoice>(self.id, refund).await.map_err(|failure| {
            failure.told(|refused| if refused.pointer.as_deref() == Some("/effective_date") { refused.at("/received_on") } else { refused })
        })?;
        admit_at(work, "/received_on", effective_date, Posting::Document).await
    }
}

/// The line of a statement that is matched to what came in, and what the match does to the document.
pub(crate) struct Told {
    pub target: MatchTarget,
    effect: Effect,
}

enum Effect {
    /// A person has recorded it before.
    Nothing,
    Refunds(InvoiceId, Box<InvoiceCommand>),
    Pays(ReceivableId, ReceivableCommand),
}

impl Told {
    /// What a person has recorded before.
    pub fn known(target: MatchTarget) -> Self {
        Self { target, effect: Effect::Nothing }
    }

    /// A customer paid by it.
    pub fn paid(target: MatchTarget, id: ReceivableId, command: ReceivableCommand) -> Self {
        Self { target, effect: Effect::Pays(id, command) }
    }

    pub async fn carry_out(self, work: &mut Work<'_>) -> Result<(), Failure> {
        match self.effect {
            Effect::Nothing => Ok(()),
            Effect::Refunds(id, command) => work.decide::<Invoice>(id, *command).await.map(drop),
            Effect::Pays(id, command) => work.decide::<Receivable>(id, command).await.map(drop),
        }
    }
}

/// What a person recorded, and no other line tells of, is what the line tells of: the same money is not taken twice.
pub(crate) async fn told_by(
    work: &mut Work<'_>,
    statement: BankStatementId,
    line: &StatementLine,
    invoice_id: InvoiceId,
    by: Option<UserId>,
) -> Result<Told, Failure> {
    if !line.amount.is_positive() {
        return Err(Refused::new("bank_amount_differs", RefusalKind::Invalid, "money left by this line: nothing was paid back").into());
    }
    let document = work.load::<Invoice>(invoice_id).await?;
    let document = document.received().map_err(|refusal| Refused::from(refusal).at("/refund_of"))?;
    let told = told_of(work, document).await?;
    let target = |allocation_id, value_date| MatchTarget::Refund { invoice_id, allocation_id, value_date };
    if let Some(Allocation { allocation_id, effective_date, .. }) = document.awaited_refund(line, &told) {
        return Ok(Told::known(target(*allocation_id, *effective_date)));
    }
    let effective_date = counts_on(work, line.value_date().max(document.refundable_from(line.amount))).await?;
    let against = Against::Refund(IncomingChannel::BankLine(line_id(statement.0, line.line)));
    let allocation_id = next_allocation(invoice_id, document);
    let allocation = Allocation { allocation_id, against, amount: line.amount, effective_date };
    let command = InvoiceCommand::Refund { allocation, record: None, by };
    Ok(Told { target: target(allocation_id, effective_date), effect: Effect::Refunds(invoice_id, Box::new(command)) })
}

/// Its refunds of which lines of statements tell.
async fn told_of(work: &Work<'_>, document: &Payable) -> Result<Vec<AllocationId>, Failure> {
    let (refunds, keys): (Vec<AllocationId>, Vec<String>) =
        document.refunds().map(|refund| (refund.allocation_id, refund_key(refund.allocation_id))).unzip();
    let told = refunds.into_iter().zip(work.holders(&keys).await?).filter(|(_, line)| line.is_some());
    Ok(told.map(|(refund, _)| refund).collect())
}

/// Of these documents those whose refund the line may tell of without a person's word.
pub(crate) async fn proposals(work: &mut Work<'_>, line: &StatementLine, documents: &[InvoiceId]) -> Result<Vec<RefundProposal>, Failure> {
    let mut found = vec![];
    if !line.amount.is_positive() {
        return Ok(found);
    }
    for id in documents {
        let document = work.load::<Invoice>(*id).await?;
        let Ok(document) = document.received() else { continue };
        // Only the exact amount stands out enough, and a file has many lines.
        if document.refundable() != line.amount && document.refunds().next().is_none() {
            continue;
        }
        let vendor = work.load::<Vendor>(document.vendor_id).await?;
        let told = told_of(work, document).await?;
        found.extend(propose_refund(line, *id, document, vendor.profile().ok(), &told));
    }
    Ok(found)
}

/// A match is taken back: what it had said of the document no longer holds. What a person recorded stays recorded.
pub(crate) async fn withdrawn(
    work: &mut Work<'_>,
    line: uuid::Uuid,
    (id, allocation_id): (InvoiceId, AllocationId),
    effective_date: NaiveDate,
    reason: &str,
) -> Result<(), Failure> {
    let document = work.take::<Invoice>(id).await?;
    let told_by_line = |refund: &&Allocation| refund.against == Against::Refund(IncomingChannel::BankLine(line));
    let Some(refund) = document.received()?.allocation(allocation_id).ok().filter(told_by_line) else { return Ok(()) };
    let effective_date = effective_date.max(refund.effective_date);
    let (by, reason) = (work.ctx.actor, reason.to_owned());
    work.decide::<Invoice>(id, InvoiceCommand::ReverseAllocation { allocation_id, effective_date, by, reason }).await?;
    admit(work, [effective_date], Posting::Document).await
}

/// While the line of a statement tells of it, the money is there.
pub(crate) async fn on_no_statement(work: &Work<'_>, refund: AllocationId) -> Result<(), Failure> {
    match work.holder(&refund_key(refund)).await? {
        None => Ok(()),
        Some(_) => {
            let detail = "the line of a bank statement is matched to this refund: take that match back";
            Err(Refused::new("refund_on_statement", RefusalKind::State, detail).into())
        }
    }
}
