//! A receivable: what a customer owes for an invoice of ours, from the draft to the last payment.
//!
//! A draft has no number and posts nothing. Once it is issued it has one for ever and its document never changes; what is wrong is
//! cancelled, which takes the posting back and keeps the number, or credited, in part or in whole. The goods that it sells are set aside when
//! it is issued and leave when all of it is paid, or before by a person's word: once, whatever its payments do afterwards. They come back
//! with the credit note that says so.

mod credit;
mod discount;
mod document;
mod event;
mod number_series;
mod outstanding;
mod refusal;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use credit::{CreditNote, CreditRequest, CreditedAdjustment, CreditedLine, LineCredit};
pub use discount::GrantedDiscount;
pub use document::{ReceivableDocument, ReceivableLine, SoldGoods};
pub use event::{CustomerRefund, IncomingPayment, ReceivableEvent};
pub use number_series::{NumberSeries, NumberSeriesCommand, NumberSeriesEvent, NumberSeriesRefusal};
pub use outstanding::Outstanding;
pub use refusal::ReceivableRefusal;

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::{CustomerId, CustomerRefundId, IncomingPaymentId, UserId};
use crate::incoming::IncomingRecord;
use crate::money::Money;
use crate::terms::AgreedTerms;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receivable {
    #[default]
    NotDrafted,
    Draft {
        customer_id: CustomerId,
        document: Box<ReceivableDocument>,
    },
    Issued(Box<Outstanding>),
    Cancelled {
        customer_id: CustomerId,
        document: Box<ReceivableDocument>,
    },
}

/// Where a receivable stands, in one word. Overdue is what it is when a part of it is due and not paid: that depends on the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ReceivableStatus {
    Draft,
    Issued,
    PartiallyPaid,
    Paid,
    /// All of it was credited before anything was paid.
    Credited,
    WrittenOff,
    Cancelled,
}

#[derive(Clone, Debug)]
pub enum ReceivableCommand {
    Draft {
        customer_id: CustomerId,
        document: Box<ReceivableDocument>,
        by: UserId,
    },
    /// Replaces all that the draft says.
    Revise {
        customer_id: CustomerId,
        document: Box<ReceivableDocument>,
        by: UserId,
    },
    Issue {
        number: String,
        issue_date: NaiveDate,
        terms: AgreedTerms,
        by: UserId,
    },
    Receive {
        payment: IncomingPayment,
        record: Option<Box<IncomingRecord>>,
        by: Option<UserId>,
    },
    TakePaymentBack {
        incoming_payment_id: IncomingPaymentId,
        effective_date: NaiveDate,
        reason: String,
        by: UserId,
    },
    /// Takes part of it back, or all that is left.
    Credit {
        number: String,
        issue_date: NaiveDate,
        request: Box<CreditRequest>,
        by: UserId,
    },
    Refund {
        refund: CustomerRefund,
        record: Option<Box<IncomingRecord>>,
        by: Option<UserId>,
    },
    TakeRefundBack {
        refund_id: CustomerRefundId,
        effective_date: NaiveDate,
        reason: String,
        by: UserId,
    },
    /// What is sold leaves the stocks where it is set aside.
    HandOver {
        effective_date: NaiveDate,
        by: UserId,
    },
    /// Nobody expects the rest any more.
    WriteOff {
        effective_date: NaiveDate,
        reason: String,
        by: UserId,
    },
    /// It is expected after all.
    Reinstate {
        effective_date: NaiveDate,
        reason: String,
        by: UserId,
    },
    Cancel {
        effective_date: NaiveDate,
        reason: String,
        by: UserId,
    },
}

aggregate!(Receivable, "receivable", "Receivable", ReceivableCommand, ReceivableEvent, ReceivableRefusal, {
    Drafted = 1, Revised = 1, Issued = 1, PaymentReceived = 1, PaymentTakenBack = 1, DiscountGranted = 1, DiscountTakenBack = 1, Credited = 1, Refunded = 1, RefundTakenBack = 1,
    GoodsHandedOver = 1, WrittenOff = 1, Reinstated = 1, Cancelled = 1,
});

impl Root for Receivable {
    aggregate!(@names ReceivableEvent);

    fn decide(&self, command: ReceivableCommand) -> Result<Vec<ReceivableEvent>, ReceivableRefusal> {
        match (self, command) {
            (Self::NotDrafted, ReceivableCommand::Draft { customer_id, document, by }) => {
                document.check()?;
                Ok(vec![ReceivableEvent::Drafted { customer_id, document, by }])
            }
            (Self::NotDrafted, _) => Err(ReceivableRefusal::ReceivableUnknown),
            (_, ReceivableCommand::Draft { .. }) => Err(ReceivableRefusal::AlreadyDrafted),
            (Self::Draft { customer_id, document }, command) => drafted(*customer_id, document, command),
            (Self::Issued(outstanding), command) => outstanding.decide(command),
            (Self::Cancelled { .. }, ReceivableCommand::Cancel { .. }) => Ok(vec![]),
            (Self::Cancelled { .. }, command) => Err(self.wrong(command.verb(), "issued")),
        }
    }
}

fn drafted(
    customer: CustomerId,
    known: &ReceivableDocument,
    command: ReceivableCommand,
) -> Result<Vec<ReceivableEvent>, ReceivableRefusal> {
    let event = match command {
        ReceivableCommand::Revise { customer_id, document, .. } if customer_id == customer && *document == *known => return Ok(vec![]),
        ReceivableCommand::Revise { customer_id, document, by } => {
            document.check()?;
            ReceivableEvent::Revised { customer_id, document, by }
        }
        ReceivableCommand::Issue { number, issue_date, terms, by } => {
            ReceivableEvent::Issued { number, customer_id: customer, amount: known.payable(), issue_date, terms, by }
        }
        ReceivableCommand::Cancel { effective_date, reason, by } => ReceivableEvent::Cancelled { effective_date, reason, by },
        other => {
            return Err(ReceivableRefusal::WrongState { state: ReceivableStatus::Draft, action: other.verb(), needed: "issued" });
        }
    };
    Ok(vec![event])
}

impl Receivable {
    pub fn status(&self) -> Option<ReceivableStatus> {
        match self {
            Self::NotDrafted => None,
            Self::Draft { .. } => Some(ReceivableStatus::Draft),
            Self::Issued(outstanding) => Some(outstanding.status()),
            Self::Cancelled { .. } => Some(ReceivableStatus::Cancelled),
        }
    }

    /// What it says as long as nobody has received it.
    pub fn draft(&self) -> Result<(CustomerId, &ReceivableDocument), ReceivableRefusal> {
        match self {
            Self::NotDrafted => Err(ReceivableRefusal::ReceivableUnknown),
            Self::Draft { customer_id, document } => Ok((*customer_id, document)),
            _ => Err(self.wrong("issue it", "a draft")),
        }
    }

    pub fn issued(&self) -> Result<&Outstanding, ReceivableRefusal> {
        match self {
            Self::NotDrafted => Err(ReceivableRefusal::ReceivableUnknown),
            Self::Issued(outstanding) => Ok(outstanding),
            _ => Err(self.wrong("settle it", "issued")),
        }
    }

    fn wrong(&self, action: &'static str, needed: &'static str) -> ReceivableRefusal {
        let state = self.status().unwrap_or(ReceivableStatus::Draft);
        ReceivableRefusal::WrongState { state, action, needed }
    }

    fn on(&mut self, event: ReceivableEvent) {
        match (&mut *self, event) {
            (_, ReceivableEvent::Drafted { customer_id, document, .. } | ReceivableEvent::Revised { customer_id, document, .. }) => {
                *self = Self::Draft { customer_id, document };
            }
            (Self::Draft { customer_id, document }, ReceivableEvent::Issued { number, issue_date, terms, .. }) => {
                *self = Self::Issued(Box::new(Outstanding::issued(*customer_id, (**document).clone(), number, issue_date, terms)));
            }
            (Self::Draft { customer_id, document }, ReceivableEvent::Cancelled { .. }) => {
                *self = Self::Cancelled { customer_id: *customer_id, document: document.clone() };
            }
            (Self::Issued(outstanding), ReceivableEvent::Cancelled { .. }) => {
                *self = Self::Cancelled { customer_id: outstanding.customer_id, document: Box::new(outstanding.document.clone()) };
            }
            (Self::Issued(outstanding), event) => outstanding.on(event),
            _ => {}
        }
    }
}

impl ReceivableCommand {
    fn verb(&self) -> &'static str {
        match self {
            Self::Draft { .. } => "draft it",
            Self::Revise { .. } => "revise it",
            Self::Issue { .. } => "issue",
            Self::Receive { .. } => "receive a payment of it",
            Self::TakePaymentBack { .. } => "take a payment of it back",
            Self::Credit { .. } => "credit it",
            Self::Refund { .. } => "pay back what was paid beyond it",
            Self::TakeRefundBack { .. } => "take a refund of it back",
            Self::HandOver { .. } => "hand over its goods",
            Self::WriteOff { .. } => "write it off",
            Self::Reinstate { .. } => "reinstate it",
            Self::Cancel { .. } => "cancel it",
        }
    }

    fn needed(&self) -> &'static str {
        match self {
            Self::Draft { .. } => "new",
            Self::Revise { .. } | Self::Issue { .. } => "a draft",
            _ => "issued",
        }
    }
}

/// Whole sums of one currency, by construction.
fn sum(zero: Money, amounts: impl Iterator<Item = Money>) -> Money {
    amounts.fold(zero, |sum, amount| sum.less(amount.negated()))
}
