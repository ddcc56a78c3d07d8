//! The payments, refunds and receivables that a statement's line may tell of, with a score and what speaks for each: what a person chooses from.

use std::collections::HashSet;
use std::sync::Arc;

use quittance_domain::Claim;
use quittance_domain::bank_statement::{
    BankStatement, IncomingProposal, Proposal, RefundProposal, StatementLine, Told, payment_item_key, propose, propose_incoming,
    propose_part, propose_refund, refund_key,
};
use quittance_domain::customer::Customer;
use quittance_domain::ids::{AllocationId, BankStatementId, InvoiceId, PaymentId, ReceivableId, TenantId};
use quittance_domain::invoice::{Invoice, Payable};
use quittance_domain::payment::Payment;
use quittance_domain::receivable::{Outstanding, Receivable};
use quittance_domain::vendor::Vendor;

use crate::commands::Commands;
use crate::failure::Failure;

pub struct Candidate {
    pub proposal: Proposal,
    pub payment: Arc<Payment>,
}

/// A line as its statement has it.
pub async fn line_of(commands: &Commands, tenant: TenantId, id: BankStatementId, line: u32) -> Result<StatementLine, Failure> {
    let (statement, _) = commands.state_of::<BankStatement>(tenant, id.0).await?;
    Ok(statement.imported()?.line(line)?.clone())
}

/// Statements of which a line tells that one of these lines of the payment's plan has left or come back.
pub async fn statements_telling_of(
    commands: &Commands,
    tenant: TenantId,
    payment: PaymentId,
    lines: &[u32],
) -> Result<Vec<BankStatementId>, Failure> {
    let key = |line: u32| ["settles", "returns"].map(|effect| Claim::of(payment_item_key(payment, line, effect), "payment_item_matched"));
    let claims = lines.iter().copied().flat_map(key).collect();
    let mut found = commands.ports().log.holders(tenant, claims).await?;
    found.sort_unstable();
    found.dedup();
    Ok(found.into_iter().flatten().map(BankStatementId).collect())
}

/// Of `payments` those that fit the line, the likeliest first. What another line tells of already is left out.
pub async fn candidates(
    commands: &Commands,
    tenant: TenantId,
    line: &StatementLine,
    payments: &[PaymentId],
) -> Result<Vec<Candidate>, Failure> {
    let mut found = vec![];
    for id in payments {
        let (payment, _) = commands.state_of::<Payment>(tenant, id.0).await?;
        found.extend(
            propose(line, *id, &payment).or_else(|| propose_part(line, *id, &payment)).map(|proposal| Candidate { proposal, payment }),
        );
    }
    let claims: Vec<Claim> = found.iter().flat_map(|candidate| candidate.claims(line)).collect();
    let holders = commands.ports().log.holders(tenant, claims.clone()).await?;
    let held: HashSet<String> =
        claims.into_iter().zip(holders).filter(|(_, holder)| holder.is_some()).map(|(claim, _)| claim.key).collect();
    found.retain(|candidate| candidate.claims(line).all(|claim| !held.contains(&claim.key)));
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.proposal.score));
    Ok(found)
}

/// A document of which the vendor may have paid back what a line brings.
pub struct RefundCandidate {
    pub proposal: RefundProposal,
    pub document: Payable,
}

/// Of `documents` those whose refund the line may tell of, the likeliest first.
pub async fn refund_candidates(
    commands: &Commands,
    tenant: TenantId,
    line: &StatementLine,
    documents: &[InvoiceId],
) -> Result<Vec<RefundCandidate>, Failure> {
    let mut found = vec![];
    for id in documents {
        let (invoice, _) = commands.state_of::<Invoice>(tenant, id.0).await?;
        let Ok(document) = invoice.received() else { continue };
        let (vendor, _) = commands.state_of::<Vendor>(tenant, document.vendor_id.0).await?;
        let refunds: Vec<AllocationId> = document.refunds().map(|refund| refund.allocation_id).collect();
        let claims = refunds.iter().map(|refund| Claim::of(refund_key(*refund), "refund_matched")).collect();
        let holders = commands.ports().log.holders(tenant, claims).await?;
        let told: Vec<AllocationId> =
            refunds.into_iter().zip(holders).filter(|(_, holder)| holder.is_some()).map(|(refund, _)| refund).collect();
        let proposal = propose_refund(line, *id, document, vendor.profile().ok(), &told);
        found.extend(proposal.map(|proposal| RefundCandidate { proposal, document: document.clone() }));
    }
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.proposal.score));
    Ok(found)
}

/// A receivable of which a customer may have paid what a line brings.
pub struct IncomingCandidate {
    pub proposal: IncomingProposal,
    pub outstanding: Outstanding,
    pub customer_name: Option<String>,
}

/// Of `receivables` those that the line may tell of, the likeliest first.
pub async fn incoming_candidates(
    commands: &Commands,
    tenant: TenantId,
    line: &StatementLine,
    receivables: &[ReceivableId],
) -> Result<Vec<IncomingCandidate>, Failure> {
    let mut found = vec![];
    for id in receivables {
        let (receivable, _) = commands.state_of::<Receivable>(tenant, id.0).await?;
        let Ok(outstanding) = receivable.issued() else { continue };
        let (customer, _) = commands.state_of::<Customer>(tenant, outstanding.customer_id.0).await?;
        let claims = Told::keys(outstanding).into_iter().map(|key| Claim::of(key, "incoming_payment_matched")).collect();
        let holders = commands.ports().log.holders(tenant, claims).await?;
        let told = Told::of(outstanding, holders.iter().map(Option::is_some));
        let customer = customer.profile().ok();
        let customer_name = customer.map(|customer| customer.details.party.name.clone());
        let proposal = propose_incoming(line, *id, outstanding, customer, &told);
        found.extend(proposal.map(|proposal| IncomingCandidate { proposal, outstanding: outstanding.clone(), customer_name }));
    }
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.proposal.score));
    Ok(found)
}

impl Candidate {
    /// What a match of the line to this payment would claim.
    fn claims(&self, line: &StatementLine) -> impl Iterator<Item = Claim> {
        self.proposal.clone().into_matching(line.value_date()).claims().into_iter()
    }
}
