//! Which receivable a line tells of: what a customer paid of an invoice of ours, or has back.

use super::event::StatementLine;
use super::identity::{customer_refund_key, incoming_key};
use super::matching::{Evidence, Known, score_of};
use crate::customer::Profile;
use crate::ids::{CustomerRefundId, IncomingPaymentId, ReceivableId};
use crate::incoming::IncomingChannel;
use crate::money::Money;
use crate::receivable::{CustomerRefund, IncomingPayment, Outstanding};

#[derive(Clone, Debug, PartialEq)]
pub struct IncomingProposal {
    pub receivable_id: ReceivableId,
    /// That a person has recorded before.
    pub recorded: Option<IncomingPaymentId>,
    /// The payment that goes back by the line.
    pub returned: Option<IncomingPaymentId>,
    pub evidence: Vec<Evidence>,
    pub score: u8,
}

/// What lines tell of already.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub payments: Vec<IncomingPaymentId>,
    pub refunds: Vec<CustomerRefundId>,
}

impl Told {
    /// The unique facts that lines tell of its payments and refunds.
    pub fn keys(outstanding: &Outstanding) -> Vec<String> {
        let payments = outstanding.payments.iter().map(|payment| incoming_key(payment.incoming_payment_id));
        payments.chain(outstanding.refunds.iter().map(|refund| customer_refund_key(refund.refund_id))).collect()
    }

    /// `held` says of each of its keys whether a line holds it.
    pub fn of(outstanding: &Outstanding, held: impl IntoIterator<Item = bool>) -> Self {
        let mut held = held.into_iter();
        let mut is_held = || held.next().unwrap_or_default();
        let payments = outstanding.payments.iter().map(|payment| payment.incoming_payment_id).filter(|_| is_held()).collect();
        let refunds = outstanding.refunds.iter().map(|refund| refund.refund_id).filter(|_| is_held()).collect();
        Self { payments, refunds }
    }
}

/// How the line fits what a customer owes, or is owed; none if it cannot tell of it. Payments of `told` another line tells of already. What names a
/// payment of ours, or is called a return by the bank, is money of ours that comes back. A number of ours is on no other invoice: with the
/// amount it is enough.
pub fn propose_incoming(
    line: &StatementLine,
    receivable_id: ReceivableId,
    outstanding: &Outstanding,
    customer: Option<&Profile>,
    told: &Told,
) -> Option<IncomingProposal> {
    if line.amount.is_zero() || line.amount.currency() != outstanding.document.currency {
        return None;
    }
    let returned = outstanding.returned_by(line, told);
    if (line.is_return && returned.is_none()) || !line.named_payments().is_empty() {
        return None;
    }
    let recorded = outstanding.awaited_payment(line, told);
    let amount = match (line.amount.is_positive(), returned) {
        (true, _) => recorded.map_or_else(|| outstanding.asked_by(line), |payment| payment.amount),
        (false, Some(payment)) => payment.amount,
        (false, None) => outstanding.awaited_refund(line, told).map_or_else(|| outstanding.owed_back(), |refund| refund.amount),
    };
    let is_more = amount.amount().abs() < line.amount.amount().abs();
    let names: Vec<&str> = customer.into_iter().flat_map(names_of).collect();
    let known = Known {
        end_to_end_id: None,
        amount,
        number: &outstanding.number,
        accounts: &[],
        names: &names,
        day: recorded.or(returned).map(|payment| payment.value_date),
    };
    let ours = |evidence| if evidence == Evidence::InvoiceNumber { Evidence::OwnInvoiceNumber } else { evidence };
    let evidence: Vec<Evidence> = known.speaks_for(line).into_iter().map(ours).collect();
    // More than is open is this customer's only where it is called so.
    if is_more && !(line.amount.is_positive() && evidence.contains(&Evidence::OwnInvoiceNumber)) {
        return None;
    }
    let score = score_of(&evidence);
    let (recorded, returned) = (recorded.map(|payment| payment.incoming_payment_id), returned.map(|payment| payment.incoming_payment_id));
    (score > 0).then_some(IncomingProposal { receivable_id, recorded, returned, evidence, score })
}

fn names_of(customer: &Profile) -> impl Iterator<Item = &str> {
    std::iter::once(&customer.details.party.name).chain(&customer.details.other_names).map(String::as_str)
}

impl Outstanding {
    /// A payment of just this amount that a person recorded and no line has told of.
    pub fn awaited_payment(&self, line: &StatementLine, told: &Told) -> Option<&IncomingPayment> {
        let awaited = |payment: &&IncomingPayment| payment.channel == IncomingChannel::Recorded && payment.amount == line.amount;
        self.payments.iter().filter(awaited).find(|payment| !told.payments.contains(&payment.incoming_payment_id))
    }

    /// The payment of just this amount that goes back by the line, the latest of them. Where the bank does not call it a return, what the
    /// customer is owed goes out first.
    pub fn returned_by(&self, line: &StatementLine, told: &Told) -> Option<&IncomingPayment> {
        let gone = line.amount.negated();
        let is_refund = self.awaited_refund(line, told).is_some() || self.owed_back().amount() >= gone.amount();
        let went_in = |payment: &&IncomingPayment| payment.amount == gone && payment.value_date <= line.value_date();
        let went_back = self.payments.iter().filter(went_in).max_by_key(|payment| payment.value_date);
        went_back.filter(|_| gone.is_positive() && (line.is_return || !is_refund))
    }

    /// What is open, or what closes it with the discount that its terms grant on the line's day where just that came in.
    fn asked_by(&self, line: &StatementLine) -> Money {
        let closing = self.settlement(None, line.value_date()).cash;
        if closing == line.amount { closing } else { self.open() }
    }

    /// The same of a refund.
    pub fn awaited_refund(&self, line: &StatementLine, told: &Told) -> Option<&CustomerRefund> {
        let awaited = |refund: &&CustomerRefund| refund.channel == IncomingChannel::Recorded && refund.amount == line.amount.negated();
        self.refunds.iter().filter(awaited).find(|refund| !told.refunds.contains(&refund.refund_id))
    }
}
