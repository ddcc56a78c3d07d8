//! An invoice of ours that was issued: what has come in of it, and what is open.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::{IncomingPayment, ReceivableEvent};
use super::{ReceivableCommand, ReceivableDocument, ReceivableRefusal, ReceivableStatus, sum};
use crate::ids::{CustomerId, IncomingPaymentId};
use crate::money::Money;
use crate::terms::{AgreedTerms, Instalment};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outstanding {
    pub customer_id: CustomerId,
    pub document: ReceivableDocument,
    pub number: String,
    pub issue_date: NaiveDate,
    pub terms: AgreedTerms,
    /// Those that stand, the oldest first.
    pub payments: Vec<IncomingPayment>,
    /// How many there ever were, those that were taken back as well.
    pub payments_ever: u64,
    /// What nobody expects any more, and since when.
    pub written_off: Option<(Money, NaiveDate)>,
    /// What it sells has left our stocks.
    pub handed_over: bool,
}

impl Outstanding {
    pub(super) fn issued(
        customer_id: CustomerId,
        document: ReceivableDocument,
        number: String,
        issue_date: NaiveDate,
        terms: AgreedTerms,
    ) -> Self {
        let (payments, payments_ever, written_off, handed_over) = (vec![], 0, None, false);
        Self { customer_id, document, number, issue_date, terms, payments, payments_ever, written_off, handed_over }
    }

    pub fn status(&self) -> ReceivableStatus {
        match () {
            () if self.written_off.is_some() => ReceivableStatus::WrittenOff,
            () if self.open().is_zero() => ReceivableStatus::Paid,
            () if self.payments.is_empty() => ReceivableStatus::Issued,
            () => ReceivableStatus::PartiallyPaid,
        }
    }

    pub fn paid(&self) -> Money {
        sum(Money::zero(self.document.currency), self.payments.iter().map(|payment| payment.amount))
    }

    /// What the customer still owes.
    pub fn open(&self) -> Money {
        let given_up = self.written_off.map_or_else(|| Money::zero(self.document.currency), |(amount, _)| amount);
        self.document.payable().less(self.paid()).less(given_up)
    }

    /// Whether all that was asked for has come in: then what it sells is the customer's.
    pub fn is_paid(&self) -> bool {
        self.status() == ReceivableStatus::Paid
    }

    /// What is left of each part, numbered from 1.
    pub fn left_of_parts(&self) -> Vec<(u32, Instalment)> {
        self.terms.left_of_parts(self.document.payable().less(self.open()))
    }

    /// The day on which the first part that is left is, or was, due.
    pub fn due_date(&self) -> Option<NaiveDate> {
        self.left_of_parts().into_iter().filter(|(_, part)| part.amount.is_positive()).map(|(_, part)| part.due_date).min()
    }

    pub fn payment(&self, id: IncomingPaymentId) -> Option<&IncomingPayment> {
        self.payments.iter().find(|payment| payment.incoming_payment_id == id)
    }

    pub(super) fn decide(&self, command: ReceivableCommand) -> Result<Vec<ReceivableEvent>, ReceivableRefusal> {
        match command {
            // One invoice has one number.
            ReceivableCommand::Issue { .. } => Ok(vec![]),
            ReceivableCommand::Receive { payment, .. } if self.payments.contains(&payment) => Ok(vec![]),
            ReceivableCommand::Receive { payment, record, by } => {
                let open = self.left_after(&payment)?;
                Ok(vec![ReceivableEvent::PaymentReceived { payment, open, record, by }])
            }
            ReceivableCommand::TakePaymentBack { incoming_payment_id, effective_date, reason, by } => {
                let payment = self.payment(incoming_payment_id).ok_or(ReceivableRefusal::IncomingPaymentUnknown)?;
                if self.written_off.is_some() {
                    return Err(self.wrong("take a payment back of"));
                }
                if effective_date < payment.value_date {
                    return Err(ReceivableRefusal::BeforePayment { value_date: payment.value_date });
                }
                let amount = payment.amount;
                Ok(vec![ReceivableEvent::PaymentTakenBack { incoming_payment_id, amount, effective_date, reason, by }])
            }
            ReceivableCommand::HandOver { .. } if self.handed_over => Ok(vec![]),
            ReceivableCommand::HandOver { effective_date, by } => {
                self.not_before(effective_date)?;
                match (self.document.goods().is_empty(), self.written_off.is_some()) {
                    (true, _) => Err(ReceivableRefusal::NoGoods),
                    (_, true) => Err(self.wrong("hand over the goods of")),
                    _ => Ok(vec![ReceivableEvent::GoodsHandedOver { effective_date, by }]),
                }
            }
            ReceivableCommand::WriteOff { .. } if self.written_off.is_some() => Ok(vec![]),
            ReceivableCommand::WriteOff { .. } if self.open().is_zero() => Err(self.wrong("write off")),
            ReceivableCommand::WriteOff { effective_date, reason, by } => {
                self.not_before(effective_date)?;
                Ok(vec![ReceivableEvent::WrittenOff { amount: self.open(), effective_date, reason, by }])
            }
            ReceivableCommand::Reinstate { effective_date, reason, by } => match self.written_off {
                None => Ok(vec![]),
                Some((_, since)) if effective_date < since => Err(ReceivableRefusal::BeforePayment { value_date: since }),
                Some((amount, _)) => Ok(vec![ReceivableEvent::Reinstated { amount, effective_date, reason, by }]),
            },
            ReceivableCommand::Cancel { .. } if self.written_off.is_some() => Err(self.wrong("cancel")),
            ReceivableCommand::Cancel { .. } if !self.payments.is_empty() => Err(ReceivableRefusal::PaymentsStand),
            ReceivableCommand::Cancel { .. } if self.handed_over => Err(ReceivableRefusal::GoodsLeft),
            ReceivableCommand::Cancel { effective_date, reason, by } => {
                self.not_before(effective_date)?;
                Ok(vec![ReceivableEvent::Cancelled { effective_date, reason, by }])
            }
            other @ (ReceivableCommand::Draft { .. } | ReceivableCommand::Revise { .. }) => {
                Err(ReceivableRefusal::WrongState { state: self.status(), action: other.verb(), needed: other.needed() })
            }
        }
    }

    /// What is open once the payment is in.
    fn left_after(&self, payment: &IncomingPayment) -> Result<Money, ReceivableRefusal> {
        let (wanted, available) = (payment.amount, self.open());
        if wanted.currency() != available.currency() {
            let (payment, receivable) = (wanted.currency().to_string(), available.currency().to_string());
            return Err(ReceivableRefusal::CurrencyMismatch { payment, receivable });
        }
        if self.written_off.is_some() {
            return Err(self.wrong("receive a payment of"));
        }
        if available.is_zero() {
            return Err(ReceivableRefusal::NothingOpen);
        }
        if !wanted.is_positive() {
            return Err(ReceivableRefusal::AmountNotPositive);
        }
        if wanted.amount() > available.amount() {
            return Err(ReceivableRefusal::ExceedsOpenAmount { wanted, available });
        }
        self.not_before(payment.value_date)?;
        Ok(available.less(wanted))
    }

    fn not_before(&self, day: NaiveDate) -> Result<(), ReceivableRefusal> {
        if day < self.issue_date { Err(ReceivableRefusal::BeforeIssue { issue_date: self.issue_date }) } else { Ok(()) }
    }

    fn wrong(&self, action: &'static str) -> ReceivableRefusal {
        ReceivableRefusal::WrongState { state: self.status(), action, needed: "issued and open" }
    }

    pub(super) fn on(&mut self, event: ReceivableEvent) {
        match event {
            ReceivableEvent::PaymentReceived { payment, .. } => {
                self.payments.push(payment);
                self.payments_ever += 1;
            }
            ReceivableEvent::PaymentTakenBack { incoming_payment_id, .. } => {
                self.payments.retain(|payment| payment.incoming_payment_id != incoming_payment_id);
            }
            ReceivableEvent::GoodsHandedOver { .. } => self.handed_over = true,
            ReceivableEvent::WrittenOff { amount, effective_date, .. } => self.written_off = Some((amount, effective_date)),
            ReceivableEvent::Reinstated { .. } => self.written_off = None,
            ReceivableEvent::Drafted { .. }
            | ReceivableEvent::Revised { .. }
            | ReceivableEvent::Issued { .. }
            | ReceivableEvent::Cancelled { .. } => {}
        }
    }
}
