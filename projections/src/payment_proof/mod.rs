//! The proof of a payment: one chain from the order's lines over the transfer to the bank statement's entry.
//!
//! It is read off the log itself, as far as one position of it, so that every part of it was true at the same moment. That the
//! money has left is said only where the bank, its statement or the provider says so; a person's word is told as one.

mod chain;
mod document;
mod steps;

use std::collections::BTreeMap;

use quittance_domain::Money;
use quittance_domain::ids::{BankStatementId, PaymentId};
use quittance_domain::invoice::{Invoice, Payable};
use quittance_domain::payment::{CreditSetOff, CreditorItem, Payment, PaymentPlan};
use quittance_domain::purchase_order::{Order, PurchaseOrder};
use quittance_domain::tenant::Tenant;
use quittance_infrastructure::database::TenantTx;
use uuid::Uuid;

use chain::Chain;
pub use document::{
    PaymentProof, ProofIssuer, ProofState, ProofStep, ProvenBy, ProvenFile, ProvenInvoice, ProvenOrder, ProvenOrderLine, ProvenSetOff,
    ProvenTransfer, ProvenWithholding, StatementEntry, StepKind,
};

use crate::logged::as_at;
use crate::page::QueryError;
use crate::source::head;

/// Which of a payment's transfers are asked about, and where the bank's word of them may be found.
pub struct Asked {
    pub payment_id: PaymentId,
    /// Lines of its plan, to one vendor.
    pub lines: Vec<u32>,
    /// Statements that tell of one of them. One that is missing here proves nothing.
    pub statements: Vec<BankStatementId>,
    /// The moment at which it is asked, in seconds since 1970.
    pub at: i64,
}

/// `None` while nothing has left: what is only planned proves nothing.
pub async fn of(tx: &mut TenantTx, asked: &Asked) -> Result<Option<PaymentProof>, QueryError> {
    let position = head(tx).await?;
    let chain = Chain::read(tx, asked, position).await?;
    let Some(plan) = chain.left() else { return Ok(None) };
    let items: Vec<&CreditorItem> = plan.items.iter().filter(|item| asked.lines.contains(&item.line)).collect();
    let Some(first) = items.first() else { return Ok(None) };
    let invoices: BTreeMap<Uuid, Invoice> = as_at(tx, items.iter().map(|item| item.invoice_id.0).collect(), position).await?;
    let orders: BTreeMap<Uuid, PurchaseOrder> = as_at(tx, invoices.values().filter_map(order_of).collect(), position).await?;
    let tenant = tx.tenant();
    let company: Tenant = as_at(tx, vec![tenant.0], position).await?.remove(&tenant.0).unwrap_or_default();
    let mut transfers = Vec::with_capacity(items.len());
    for item in &items {
        let invoice = invoices.get(&item.invoice_id.0).and_then(|invoice| invoice.received().ok());
        let payable = invoice.ok_or_else(|| QueryError::Corrupt(format!("invoice {} of a payment is missing", item.invoice_id)))?;
        transfers.push(chain.transfer(item, proven_invoice(asked.payment_id, item, payable, &orders)));
    }
    let sum = items.iter().fold(Money::zero(plan.currency), |sum, item| Money::rounded(sum.amount() + item.amount.amount(), plan.currency));
    let sent = if let Payment::Sent(sent) = &chain.payment { Some(sent) } else { None };
    Ok(Some(PaymentProof {
        iat: asked.at,
        issuer: ProofIssuer { tenant_id: tenant, name: company.company().map(|company| company.name.clone()).unwrap_or_default() },
        position,
        payment_id: asked.payment_id,
        method: plan.method,
        payer: plan.debtor_name.clone(),
        payer_account: plan.debtor_account.as_ref().map(|account| account.masked()),
        vendor_id: first.vendor_id,
        payee: first.creditor_name.clone(),
        execution_date: plan.execution_date,
        amount: sum,
        state: common(&transfers),
        file: sent.and_then(|sent| sent.file.as_deref()).map(|file| ProvenFile {
            format: file.format.clone(),
            message_id: file.message_id.clone(),
            sha256: file.sha256.clone(),
        }),
        cheque_number: chain.payment.cheque().map(|cheque| cheque.number),
        provider_reference: sent.and_then(|sent| sent.transfer.as_ref()).map(|transfer| transfer.provider_reference.clone()),
        record: sent.and_then(|sent| sent.record.as_deref().cloned()),
        set_off: set_off(plan, &items),
        transfers,
        steps: chain.steps(),
    }))
}

fn common(transfers: &[ProvenTransfer]) -> ProofState {
    let mut states = transfers.iter().map(|transfer| transfer.state);
    let first = states.next().unwrap_or(ProofState::Mixed);
    if states.all(|state| state == first) { first } else { ProofState::Mixed }
}

/// Those against invoices that are asked about.
fn set_off(plan: &PaymentPlan, items: &[&CreditorItem]) -> Vec<ProvenSetOff> {
    let told = plan.set_off.iter().filter(|credit| items.iter().any(|item| item.invoice_id == credit.invoice_id));
    told.map(|credit| {
        let CreditSetOff { credit_note_id, payment_id, credit_note_number, credit_note_date, invoice_id, invoice_number, amount } =
            credit.clone();
        ProvenSetOff { credit_note_id, payment_id, credit_note_number, credit_note_date, invoice_id, invoice_number, amount }
    })
    .collect()
}

fn order_of(invoice: &Invoice) -> Option<Uuid> {
    invoice.received().ok()?.matching.as_ref()?.purchase_order_id.map(|id| id.0)
}

fn proven_invoice(payment: PaymentId, item: &CreditorItem, payable: &Payable, orders: &BTreeMap<Uuid, PurchaseOrder>) -> ProvenInvoice {
    let order = payable.matching.as_ref().and_then(|matching| matching.purchase_order_id);
    let order = order.and_then(|id| Some((id, orders.get(&id.0)?.order().ok()?)));
    ProvenInvoice {
        invoice_id: item.invoice_id,
        number: item.invoice_number.clone(),
        date: payable.document.issue_date,
        amount: payable.payable,
        discount: payable.discount_of(payment),
        withheld: item.withheld.as_ref().map(|withheld| ProvenWithholding {
            name: withheld.name.clone(),
            percent: withheld.percent,
            base: withheld.base,
            tax: withheld.tax,
        }),
        order: order.map(|(id, order)| ProvenOrder { purchase_order_id: id, number: order.number.clone(), lines: billed(order, item) }),
    }
}

/// What the invoice takes of the order, line by line.
fn billed(order: &Order, item: &CreditorItem) -> Vec<ProvenOrderLine> {
    let sums = order.billings.iter().filter(|billing| billing.invoice_id == item.invoice_id).flat_map(|billing| &billing.lines);
    sums.map(|sum| ProvenOrderLine {
        line: sum.line,
        description: order.line(sum.line).map(|line| line.description.clone()).unwrap_or_default(),
        quantity: sum.quantity,
        net: sum.net,
    })
    .collect()
}
