//! An invoice of ours that was issued: what has come in of it, and what is open.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::event::{CustomerRefund, IncomingPayment, ReceivableEvent};
use super::{CreditNote, GrantedDiscount, ReceivableCommand, ReceivableDocument, ReceivableRefusal, ReceivableStatus, sum};
use crate::day_balance::DayBalance;
use crate::ids::{CustomerId, CustomerRefundId, IncomingPaymentId};
use crate::incoming::IncomingChannel;
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
    /// What was not paid because the rest was in time.
    pub discounts: Vec<GrantedDiscount>,
    /// The oldest first. They stand for ever.
    pub credit_notes: Vec<CreditNote>,
    /// What the customer has back, as far as that stands.
    pub refunds: Vec<CustomerRefund>,
    pub refunds_ever: u64,
    /// What nobody expects any more, and since when.
    pub written_off: Option<(Money, NaiveDate)>,
    /// When what it sells left our stocks.
    pub handed_over: Option<NaiveDate>,
    /// What the customer owes, or below zero is owed, by day.
    pub(super) balance_by_day: DayBalance,
}

impl Outstanding {
    pub(super) fn issued(
        customer_id: CustomerId,
        document: ReceivableDocument,
        number: String,
        issue_date: NaiveDate,
        terms: AgreedTerms,
    ) -> Self {
        let mut balance_by_day = DayBalance::default();
        balance_by_day.change(issue_date, document.payable().amount());
        Self {
            customer_id,
            document,
            number,
            issue_date,
            terms,
            payments: vec![],
            payments_ever: 0,
            discounts: vec![],
            credit_notes: vec![],
            refunds: vec![],
            refunds_ever: 0,
            written_off: None,
            handed_over: None,
            balance_by_day,
        }
    }

    pub fn status(&self) -> ReceivableStatus {
        match () {
            () if self.written_off.is_some() => ReceivableStatus::WrittenOff,
            () if self.open().is_zero() && self.payments.is_empty() => ReceivableStatus::Credited,
            () if self.open().is_zero() => ReceivableStatus::Paid,
            () if self.payments.is_empty() => ReceivableStatus::Issued,
            () => ReceivableStatus::PartiallyPaid,
        }
    }

    pub fn paid(&self) -> Money {
        sum(Money::zero(self.document.currency), self.payments.iter().map(|payment| payment.amount))
    }

    pub fn credited(&self) -> Money {
        let currency = self.document.currency;
        sum(Money::zero(currency), self.credit_notes.iter().map(|note| note.amount(currency)))
    }

    /// What the customer still owes.
    pub fn open(&self) -> Money {
        above_zero(self.balance())
    }

    /// What the customer is owed: more was paid than is asked for.
    pub fn owed_back(&self) -> Money {
        above_zero(self.balance().negated())
    }

    /// Since the last credit note, or the last payment of which there are more than are asked for.
    pub fn owed_back_since(&self) -> Option<NaiveDate> {
        let credited = self.credit_notes.last().map(|note| note.issue_date);
        let paid = self.payments.last().map(|payment| payment.value_date);
        credited.max(paid).filter(|_| self.owed_back().is_positive())
    }

    /// Below zero where the customer is owed.
    pub fn balance(&self) -> Money {
        Money::rounded(self.balance_by_day.total(), self.document.currency)
    }

    /// Whether all that was asked for has come in: then what it sells is the customer's.
    pub fn is_paid(&self) -> bool {
        self.status() == ReceivableStatus::Paid
    }

    /// What is left of each part, numbered from 1. What was credited is nobody's to pay: the first part goes first.
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

    pub fn refund(&self, id: CustomerRefundId) -> Option<&CustomerRefund> {
        self.refunds.iter().find(|refund| refund.refund_id == id)
    }

    pub(super) fn decide(&self, command: ReceivableCommand) -> Result<Vec<ReceivableEvent>, ReceivableRefusal> {
        match command {
            // One invoice has one number.
            ReceivableCommand::Issue { .. } => Ok(vec![]),
            ReceivableCommand::Receive { payment, .. } if self.payments.contains(&payment) => Ok(vec![]),
            ReceivableCommand::Receive { payment, record, by } => {
                let left = self.left_after(&payment)?;
                let granted = self.granted(&payment);
                let open = granted.as_ref().map_or(left, |discount| left.less(discount.amount));
                let granted = granted.map(|discount| ReceivableEvent::DiscountGranted { discount, value_date: payment.value_date });
                Ok(granted.into_iter().chain([ReceivableEvent::PaymentReceived { payment, open, record, by }]).collect())
            }
            ReceivableCommand::TakePaymentBack { incoming_payment_id, effective_date, reason, by } => {
                let payment = self.payment(incoming_payment_id).ok_or(ReceivableRefusal::IncomingPaymentUnknown)?;
                if self.written_off.is_some() {
                    return Err(self.wrong("take a payment of it back"));
                }
                if effective_date < payment.value_date {
                    return Err(ReceivableRefusal::BeforePayment { value_date: payment.value_date, field: "effective_date" });
                }
                let amount = payment.amount;
                let back = ReceivableEvent::PaymentTakenBack { incoming_payment_id, amount, effective_date, reason, by };
                Ok(std::iter::once(back).chain(self.taken_back_with(incoming_payment_id, effective_date)).collect())
            }
            ReceivableCommand::Credit { number, issue_date, request, by } => {
                let credit_note = Box::new(self.credited_by(self.credit_note(number, issue_date, *request)?)?);
                let mut events = self.taken_back_by(&credit_note);
                let mut after = self.clone();
                events.iter().cloned().for_each(|event| after.on(event));
                let balance = after.balance().less(credit_note.amount(self.document.currency));
                let (open, owed_back) = (above_zero(balance), above_zero(balance.negated()));
                events.push(ReceivableEvent::Credited { credit_note, open, owed_back, by });
                Ok(events)
            }
            ReceivableCommand::Refund { refund, .. } if self.refunds.contains(&refund) => Ok(vec![]),
            ReceivableCommand::Refund { refund, record, by } => {
                let owed_back = self.owed_after(&refund)?;
                Ok(vec![ReceivableEvent::Refunded { refund, owed_back, record, by }])
            }
            ReceivableCommand::TakeRefundBack { refund_id, effective_date, reason, by } => {
                let refund = self.refund(refund_id).ok_or(ReceivableRefusal::RefundUnknown)?;
                if self.written_off.is_some() {
                    return Err(self.wrong("take a refund of it back"));
                }
                if effective_date < refund.value_date {
                    return Err(ReceivableRefusal::BeforePayment { value_date: refund.value_date, field: "effective_date" });
                }
                Ok(vec![ReceivableEvent::RefundTakenBack { refund_id, amount: refund.amount, effective_date, reason, by }])
            }
            ReceivableCommand::HandOver { .. } if self.handed_over.is_some() => Ok(vec![]),
            ReceivableCommand::HandOver { effective_date, by } => {
                self.not_before("effective_date", effective_date)?;
                match (self.goods_left().is_empty(), self.written_off.is_some()) {
                    (true, _) => Err(ReceivableRefusal::NoGoods),
                    (_, true) => Err(self.wrong("hand over its goods")),
                    _ => Ok(vec![ReceivableEvent::GoodsHandedOver { effective_date, by }]),
                }
            }
            ReceivableCommand::WriteOff { .. } if self.written_off.is_some() => Ok(vec![]),
            ReceivableCommand::WriteOff { .. } if self.open().is_zero() => Err(self.wrong("write it off")),
            ReceivableCommand::WriteOff { effective_date, reason, by } => {
                self.not_before("effective_date", effective_date)?;
                self.open_on(effective_date)?;
                Ok(vec![ReceivableEvent::WrittenOff { amount: self.open(), effective_date, reason, by }])
            }
            ReceivableCommand::Reinstate { effective_date, reason, by } => match self.written_off {
                None => Ok(vec![]),
                Some((_, since)) if effective_date < since => {
                    Err(ReceivableRefusal::BeforePayment { value_date: since, field: "effective_date" })
                }
                Some((amount, _)) => Ok(vec![ReceivableEvent::Reinstated { amount, effective_date, reason, by }]),
            },
            ReceivableCommand::Cancel { .. } if self.written_off.is_some() => Err(self.wrong("cancel it")),
            ReceivableCommand::Cancel { .. } if !self.payments.is_empty() => Err(ReceivableRefusal::PaymentsStand),
            ReceivableCommand::Cancel { .. } if !self.credit_notes.is_empty() => Err(ReceivableRefusal::CreditNotesStand),
            ReceivableCommand::Cancel { .. } if self.handed_over.is_some() => Err(ReceivableRefusal::GoodsLeft),
            ReceivableCommand::Cancel { effective_date, reason, by } => {
                self.not_before("effective_date", effective_date)?;
                self.open_on(effective_date)?;
                Ok(vec![ReceivableEvent::Cancelled { effective_date, reason, by }])
            }
            other @ (ReceivableCommand::Draft { .. } | ReceivableCommand::Revise { .. }) => {
                Err(ReceivableRefusal::WrongState { state: self.status(), action: other.verb(), needed: other.needed() })
            }
        }
    }

    /// What is open once the payment is in. What a statement tells of has come in, however much it is: beyond what is open it is the
    /// customer's. What a person records is held against what is open, so that nothing is recorded twice.
    fn left_after(&self, payment: &IncomingPayment) -> Result<Money, ReceivableRefusal> {
        let (wanted, available) = (payment.amount, self.open());
        if wanted.currency() != available.currency() {
            let (payment, receivable) = (wanted.currency().to_string(), available.currency().to_string());
            return Err(ReceivableRefusal::CurrencyMismatch { payment, receivable });
        }
        if self.written_off.is_some() {
            return Err(self.wrong("receive a payment of it"));
        }
        let is_told = matches!(payment.channel, IncomingChannel::BankLine(_));
        if available.is_zero() && !is_told {
            return Err(ReceivableRefusal::NothingOpen);
        }
        if !wanted.is_positive() {
            return Err(ReceivableRefusal::AmountNotPositive);
        }
        if wanted.amount() > available.amount() && !is_told {
            return Err(ReceivableRefusal::ExceedsOpenAmount { wanted, available });
        }
        self.not_before("value_date", payment.value_date)?;
        Ok(above_zero(available.less(wanted)))
    }

    /// Nothing comes back before it left, and no more is credited than was asked for.
    fn credited_by(&self, note: CreditNote) -> Result<CreditNote, ReceivableRefusal> {
        if self.written_off.is_some() {
            return Err(self.wrong("credit it"));
        }
        self.not_before("issue_date", note.issue_date)?;
        if let Some(handed_over) = self.handed_over.filter(|day| note.goods_returned && note.issue_date < *day) {
            return Err(ReceivableRefusal::BeforeHandOver { handed_over });
        }
        let (wanted, available) = (note.amount(self.document.currency), self.document.payable().less(self.credited()));
        if !wanted.is_positive() {
            return Err(ReceivableRefusal::NothingCredited);
        }
        if wanted.amount() > available.amount() {
            return Err(ReceivableRefusal::ExceedsReceivable { wanted, available });
        }
        Ok(note)
    }

    /// What the customer is still owed once the refund is out.
    fn owed_after(&self, refund: &CustomerRefund) -> Result<Money, ReceivableRefusal> {
        let (wanted, available) = (refund.amount, self.owed_back());
        if wanted.currency() != available.currency() {
            let (payment, receivable) = (wanted.currency().to_string(), available.currency().to_string());
            return Err(ReceivableRefusal::CurrencyMismatch { payment, receivable });
        }
        if available.is_zero() {
            return Err(ReceivableRefusal::NothingOwedBack);
        }
        if !wanted.is_positive() {
            return Err(ReceivableRefusal::AmountNotPositive);
        }
        if wanted.amount() > available.amount() {
            return Err(ReceivableRefusal::ExceedsOwedBack { wanted, available });
        }
        self.not_before("value_date", refund.value_date)?;
        let owed_from = self.balance_by_day.at_most_from(-wanted.amount());
        let is_told = matches!(refund.channel, IncomingChannel::BankLine(_));
        match owed_from.filter(|from| refund.value_date < *from && !is_told) {
            Some(value_date) => Err(ReceivableRefusal::BeforePayment { value_date, field: "value_date" }),
            None => Ok(available.less(wanted)),
        }
    }

    /// What is given up was open then, and ever since: a payment that came back later was ours meanwhile.
    fn open_on(&self, day: NaiveDate) -> Result<(), ReceivableRefusal> {
        match self.balance_by_day.at_least_from(self.open().amount()).filter(|from| day < *from) {
            Some(value_date) => Err(ReceivableRefusal::BeforePayment { value_date, field: "effective_date" }),
            None => Ok(()),
        }
    }

    fn not_before(&self, field: &'static str, day: NaiveDate) -> Result<(), ReceivableRefusal> {
        let issue_date = self.issue_date;
        if day < issue_date { Err(ReceivableRefusal::BeforeIssue { issue_date, field }) } else { Ok(()) }
    }

    fn wrong(&self, action: &'static str) -> ReceivableRefusal {
        ReceivableRefusal::WrongState { state: self.status(), action, needed: "issued and open" }
    }

    pub(super) fn on(&mut self, event: ReceivableEvent) {
        if let Some((day, by)) = self.moved_by(&event) {
            self.balance_by_day.change(day, by);
        }
        match event {
            ReceivableEvent::PaymentReceived { payment, .. } => {
                self.payments.push(payment);
                self.payments_ever += 1;
            }
            ReceivableEvent::PaymentTakenBack { incoming_payment_id, .. } => {
                self.payments.retain(|payment| payment.incoming_payment_id != incoming_payment_id);
            }
            ReceivableEvent::DiscountGranted { discount, .. } => self.discounts.push(discount),
            ReceivableEvent::DiscountTakenBack { discount, .. } => self.on_discount_taken_back(&discount),
            ReceivableEvent::Credited { credit_note, .. } => self.credit_notes.push(*credit_note),
            ReceivableEvent::Refunded { refund, .. } => {
                self.refunds.push(refund);
                self.refunds_ever += 1;
            }
            ReceivableEvent::RefundTakenBack { refund_id, .. } => self.refunds.retain(|refund| refund.refund_id != refund_id),
            ReceivableEvent::GoodsHandedOver { effective_date, .. } => self.handed_over = Some(effective_date),
            ReceivableEvent::WrittenOff { amount, effective_date, .. } => self.written_off = Some((amount, effective_date)),
            ReceivableEvent::Reinstated { .. } => self.written_off = None,
            ReceivableEvent::Drafted { .. }
            | ReceivableEvent::Revised { .. }
            | ReceivableEvent::Issued { .. }
            | ReceivableEvent::Cancelled { .. } => {}
        }
    }
}

impl Outstanding {
    /// What the event adds to what the customer owes, and from when on.
    fn moved_by(&self, event: &ReceivableEvent) -> Option<(NaiveDate, Decimal)> {
        let (day, owed) = match event {
            ReceivableEvent::PaymentReceived { payment, .. } => (payment.value_date, payment.amount.negated()),
            ReceivableEvent::PaymentTakenBack { amount, effective_date, .. } => (*effective_date, *amount),
            ReceivableEvent::DiscountGranted { discount, value_date } => (*value_date, discount.amount.negated()),
            ReceivableEvent::DiscountTakenBack { discount, effective_date } => (*effective_date, discount.amount),
            ReceivableEvent::Credited { credit_note, .. } => (credit_note.issue_date, credit_note.amount(self.document.currency).negated()),
            ReceivableEvent::Refunded { refund, .. } => (refund.value_date, refund.amount),
            ReceivableEvent::RefundTakenBack { amount, effective_date, .. } => (*effective_date, amount.negated()),
            ReceivableEvent::WrittenOff { amount, effective_date, .. } => (*effective_date, amount.negated()),
            ReceivableEvent::Reinstated { amount, effective_date, .. } => (*effective_date, *amount),
            ReceivableEvent::Drafted { .. }
            | ReceivableEvent::Revised { .. }
            | ReceivableEvent::Issued { .. }
            | ReceivableEvent::GoodsHandedOver { .. }
            | ReceivableEvent::Cancelled { .. } => return None,
        };
        Some((day, owed.amount()))
    }
}

fn above_zero(amount: Money) -> Money {
    if amount.is_positive() { amount } else { Money::zero(amount.currency()) }
}
