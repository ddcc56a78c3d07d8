//! Which document's refund a line tells of: a credit note that the vendor pays back, or the rest of a prepayment.

use super::event::StatementLine;
use super::matching::{Evidence, Known, score_of};
use crate::bank_account::BankAccount;
use crate::ids::{AllocationId, InvoiceId};
use crate::invoice::{Against, Allocation, Payable, Stage};
use crate::vendor::Profile;

#[derive(Clone, Debug, PartialEq)]
pub struct RefundProposal {
    pub invoice_id: InvoiceId,
    /// That a person has recorded before.
    pub recorded: Option<AllocationId>,
    pub evidence: Vec<Evidence>,
    pub score: u8,
}

/// How the line fits what the vendor has to pay back; none if it cannot tell of it. Refunds of `told` another line tells of already.
/// What names a payment of ours, or is called a return by the bank, is money of ours that comes back.
pub fn propose_refund(
    line: &StatementLine,
    invoice_id: InvoiceId,
    document: &Payable,
    vendor: Option<&Profile>,
    told: &[AllocationId],
) -> Option<RefundProposal> {
    let approved = matches!(document.stage, Stage::Approved { .. });
    if !approved || !line.amount.is_positive() || line.amount.currency() != document.payable.currency() {
        return None;
    }
    if line.is_return || !line.named_payments().is_empty() {
        return None;
    }
    let recorded = document.awaited_refund(line, told);
    let amount = recorded.map_or_else(|| document.refundable(), |refund| refund.amount);
    if amount.amount() < line.amount.amount() {
        return None;
    }
    let accounts: Vec<BankAccount> = vendor.into_iter().flat_map(Profile::live_accounts).map(|own| own.account.clone()).collect();
    let names: Vec<&str> =
        std::iter::once(document.document.seller.name.as_str()).chain(vendor.map(|vendor| vendor.party.name.as_str())).collect();
    let known = Known {
        end_to_end_id: None,
        amount,
        number: &document.document.number,
        accounts: &accounts,
        names: &names,
        day: recorded.map(|refund| refund.effective_date),
    };
    let evidence = known.speaks_for(line);
    let score = score_of(&evidence);
    (score > 0).then_some(RefundProposal { invoice_id, recorded: recorded.map(|refund| refund.allocation_id), evidence, score })
}

impl Payable {
    /// A refund of just this amount that a person recorded and no line has told of.
    pub fn awaited_refund(&self, line: &StatementLine, told: &[AllocationId]) -> Option<&Allocation> {
        let awaited = |refund: &&Allocation| refund.against == Against::RECORDED_REFUND && refund.amount == line.amount;
        self.refunds().filter(awaited).find(|refund| !told.contains(&refund.allocation_id))
    }
}
