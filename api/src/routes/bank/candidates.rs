//! `GET /v1/bank-lines/{id}/candidates`: the payments, refunds and receivables that a line may tell of, and why.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use quittance_application::bank_line::{
    Candidate, IncomingCandidate, RefundCandidate, candidates, incoming_candidates, line_of, refund_candidates,
};
use quittance_domain::Money;
use quittance_domain::bank_statement::{AUTOMATIC_FROM, Evidence, PaymentEffect};
use quittance_domain::ids::{AllocationId, CustomerId, IncomingPaymentId, InvoiceId, PaymentId, ReceivableId, VendorId};
use quittance_domain::invoice::DocumentKind;
use quittance_domain::payment::{CreditorItem, PaymentStatus};
use quittance_projections::{bank_line, invoice, payment, receivable};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::Refusals;
use crate::problem::Problem;
use crate::reading::{Fresh, Id, MinPosition, Reading};

#[derive(Debug, Serialize, ToSchema)]
pub struct LineCandidates {
    /// The likeliest first.
    data: Vec<LineCandidate>,
    /// What a vendor may have paid back by it, the likeliest first; of a line by which money left none.
    refunds: Vec<LineRefund>,
    /// What a customer may have paid by it, or may have back where money left, the likeliest first.
    receivables: Vec<LineReceivable>,
    /// From this score on the engine matches by itself, unless another is as likely.
    automatic_from: u8,
}

/// With its `payment_id` and `items` a person matches the line: `POST /v1/bank-statements/{id}/match`.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineCandidate {
    payment_id: PaymentId,
    /// The lines of its plan that the line tells of.
    items: Vec<u32>,
    /// How much more moved than they are worth, or, negative, less, where the line names them by our id: a bank's charges, say. The line is
    /// divided before it is matched: `POST /v1/bank-statements/{id}/divide`.
    differs_by: Option<Money>,
    status: PaymentStatus,
    total: Money,
    execution_date: NaiveDate,
    creditor_names: Vec<String>,
    invoice_numbers: Vec<String>,
    /// What a match would say: the money left, or came back.
    effect: PaymentEffect,
    /// 0 to 100.
    score: u8,
    /// What speaks for it.
    evidence: Vec<Evidence>,
}

/// With its `invoice_id` as `refund_of` a person matches the line.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineRefund {
    /// A credit note, or a prepayment that was paid.
    invoice_id: InvoiceId,
    kind: DocumentKind,
    number: String,
    vendor_id: VendorId,
    vendor_name: String,
    /// What the vendor has still to pay back.
    refundable: Money,
    /// The refund that a person has recorded, and that the line tells of.
    recorded: Option<AllocationId>,
    /// 0 to 100.
    score: u8,
    evidence: Vec<Evidence>,
}

/// With its `receivable_id` a person matches the line.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineReceivable {
    receivable_id: ReceivableId,
    number: String,
    customer_id: CustomerId,
    customer_name: Option<String>,
    /// What the customer still owes of it.
    open: Money,
    /// What the customer is owed: a line by which money left may tell of it.
    owed_back: Money,
    /// The payment that a person has recorded, and that the line tells of.
    recorded: Option<IncomingPaymentId>,
    /// The payment that goes back by the line: a direct debit that was returned, say.
    returned: Option<IncomingPaymentId>,
    /// 0 to 100.
    score: u8,
    evidence: Vec<Evidence>,
}

impl From<IncomingCandidate> for LineReceivable {
    fn from(IncomingCandidate { proposal, outstanding, customer_name }: IncomingCandidate) -> Self {
        Self {
            receivable_id: proposal.receivable_id,
            open: outstanding.open(),
            owed_back: outstanding.owed_back(),
            number: outstanding.number,
            customer_id: outstanding.customer_id,
            customer_name,
            recorded: proposal.recorded,
            returned: proposal.returned,
            score: proposal.score,
            evidence: proposal.evidence,
        }
    }
}

impl From<RefundCandidate> for LineRefund {
    fn from(RefundCandidate { proposal, document }: RefundCandidate) -> Self {
        Self {
            invoice_id: proposal.invoice_id,
            kind: document.document.kind,
            number: document.document.number.clone(),
            vendor_id: document.vendor_id,
            vendor_name: document.document.seller.name.clone(),
            refundable: document.refundable(),
            recorded: proposal.recorded,
            score: proposal.score,
            evidence: proposal.evidence,
        }
    }
}

impl LineCandidate {
    fn of(candidate: Candidate, paid: Money) -> Option<Self> {
        let Candidate { proposal, payment } = candidate;
        let plan = payment.plan().ok()?;
        let of_items = |told: fn(&CreditorItem) -> &String| {
            let mut told: Vec<String> =
                plan.items.iter().filter(|item| proposal.items.contains(&item.line)).map(|item| told(item).clone()).collect();
            told.dedup();
            told
        };
        let mut items = plan.items.iter().filter(|item| proposal.items.contains(&item.line));
        let differs_by = items.try_fold(paid, |left, item| left.minus(item.amount)).ok()?;
        Some(Self {
            payment_id: proposal.payment_id,
            differs_by: (!differs_by.is_zero()).then_some(differs_by),
            status: payment.status()?,
            total: plan.total,
            execution_date: plan.execution_date,
            creditor_names: of_items(|item| &item.creditor_name),
            invoice_numbers: of_items(|item| &item.invoice_number),
            items: proposal.items,
            effect: proposal.effect,
            score: proposal.score,
            evidence: proposal.evidence,
        })
    }
}

/// The payments that a line may tell of, what a vendor may have paid back and what a customer may have paid or have back by it,
/// each with its score and what speaks for it. What
/// another line tells of is not among them.
#[utoipa::path(get, path = "/v1/bank-lines/{id}/candidates", tag = "bank", params(("id" = Uuid, Path), MinPosition),
    responses((status = 200, body = LineCandidates), Refusals))]
pub async fn list_bank_line_candidates(Id(id): Id<Uuid>, mut read: Reading) -> Result<Fresh<LineCandidates>, Problem> {
    let row = bank_line::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    let (commands, tenant) = (&read.app.system.commands, read.caller.tenant);
    let line = line_of(commands, tenant, row.bank_statement_id, row.line.unsigned_abs()).await?;
    let paid = if row.amount.amount().is_sign_negative() { row.amount.negated() } else { row.amount };
    let payments = payment::may_be_worth(&mut read.tx, row.bank_account_id, paid, &line.named_payments()).await?;
    let found = candidates(commands, tenant, &line, &payments).await?;
    let data = found.into_iter().filter_map(|candidate| LineCandidate::of(candidate, paid)).collect();
    let documents = match paid == row.amount {
        true => invoice::may_be_refunded(&mut read.tx, paid, line.text.as_deref().unwrap_or_default()).await?,
        false => vec![],
    };
    let refunds = refund_candidates(commands, tenant, &line, &documents).await?.into_iter().map(LineRefund::from).collect();
    let owed = match paid == row.amount {
        true => receivable::may_be_paid(&mut read.tx, paid, line.text.as_deref().unwrap_or_default()).await?,
        false => {
            let back = receivable::may_be_refunded(&mut read.tx, paid, line.text.as_deref().unwrap_or_default()).await?;
            let gone_back = receivable::may_have_gone_back(&mut read.tx, row.bank_account_id, row.booked_on, paid).await?;
            back.into_iter().chain(gone_back).collect::<BTreeSet<_>>().into_iter().collect()
        }
    };
    let receivables = incoming_candidates(commands, tenant, &line, &owed).await?.into_iter().map(LineReceivable::from).collect();
    Ok(read.answer(LineCandidates { data, refunds, receivables, automatic_from: AUTOMATIC_FROM }))
}
