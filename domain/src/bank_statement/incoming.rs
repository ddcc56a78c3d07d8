//! Which receivable a line tells of: what a customer paid of an invoice of ours.

use super::event::StatementLine;
use super::matching::{Evidence, Known, score_of};
use crate::customer::Profile;
use crate::ids::{IncomingPaymentId, ReceivableId};
use crate::incoming::IncomingChannel;
use crate::receivable::{IncomingPayment, Outstanding};

#[derive(Clone, Debug, PartialEq)]
pub struct IncomingProposal {
    pub receivable_id: ReceivableId,
    /// That a person has recorded before.
    pub recorded: Option<IncomingPaymentId>,
    pub evidence: Vec<Evidence>,
    pub score: u8,
}

/// How the line fits what a customer owes; none if it cannot tell of it. Payments of `told` another line tells of already. What names a
/// payment of ours, or is called a return by the bank, is money of ours that comes back. A number of ours is on no other invoice: with the
/// amount it is enough.
pub fn propose_incoming(
    line: &StatementLine,
    receivable_id: ReceivableId,
    outstanding: &Outstanding,
    customer: Option<&Profile>,
    told: &[IncomingPaymentId],
) -> Option<IncomingProposal> {
    if !line.amount.is_positive() || line.amount.currency() != outstanding.document.currency {
        return None;
    }
    if line.is_return || !line.named_payments().is_empty() {
        return None;
    }
    let recorded = outstanding.awaited_payment(line, told);
    let amount = recorded.map_or_else(|| outstanding.open(), |payment| payment.amount);
    if amount.amount() < line.amount.amount() {
        return None;
    }
    let names: Vec<&str> = customer.into_iter().flat_map(names_of).collect();
    let known = Known {
        end_to_end_id: None,
        amount,
        number: &outstanding.number,
        accounts: &[],
        names: &names,
        day: recorded.map(|payment| payment.value_date),
    };
    let ours = |evidence| if evidence == Evidence::InvoiceNumber { Evidence::OwnInvoiceNumber } else { evidence };
    let evidence: Vec<Evidence> = known.speaks_for(line).into_iter().map(ours).collect();
    let score = score_of(&evidence);
    let recorded = recorded.map(|payment| payment.incoming_payment_id);
    (score > 0).then_some(IncomingProposal { receivable_id, recorded, evidence, score })
}

fn names_of(customer: &Profile) -> impl Iterator<Item = &str> {
    std::iter::once(&customer.details.party.name).chain(&customer.details.other_names).map(String::as_str)
}

impl Outstanding {
    /// A payment of just this amount that a person recorded and no line has told of.
    pub fn awaited_payment(&self, line: &StatementLine, told: &[IncomingPaymentId]) -> Option<&IncomingPayment> {
        let awaited = |payment: &&IncomingPayment| payment.channel == IncomingChannel::Recorded && payment.amount == line.amount;
        self.payments.iter().filter(awaited).find(|payment| !told.contains(&payment.incoming_payment_id))
    }
}
