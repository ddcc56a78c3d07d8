//! What happened to a receivable. Stored for ever: change only by a new version and an upcaster.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{CreditNote, GrantedDiscount, ReceivableDocument};
use crate::ids::{CustomerId, CustomerRefundId, IncomingPaymentId, UserId};
use crate::incoming::{IncomingChannel, IncomingRecord};
use crate::money::Money;
use crate::terms::AgreedTerms;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ReceivableEvent {
    Drafted {
        customer_id: CustomerId,
        document: Box<ReceivableDocument>,
        by: UserId,
    },
    /// All that the draft says is replaced.
    Revised {
        customer_id: CustomerId,
        document: Box<ReceivableDocument>,
        by: UserId,
    },
    /// From now on the customer owes it: the document is what the draft said, and counts from `issue_date`.
    Issued {
        /// BT-1, of the company's series of the year.
        number: String,
        customer_id: CustomerId,
        /// What the customer owes from now on (BT-115).
        amount: Money,
        /// BT-2.
        issue_date: NaiveDate,
        terms: AgreedTerms,
        by: UserId,
    },
    PaymentReceived {
        payment: IncomingPayment,
        /// What is open of the receivable afterwards.
        open: Money,
        /// How a person says that it came in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        record: Option<Box<IncomingRecord>>,
        /// None where the line of a statement told of it by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
    /// It bounced, or was never this customer's: the receivable is open again by so much.
    PaymentTakenBack {
        incoming_payment_id: IncomingPaymentId,
        amount: Money,
        effective_date: NaiveDate,
        reason: String,
        by: UserId,
    },
    /// By its terms, for a payment in time: in the same write, before it.
    DiscountGranted {
        discount: GrantedDiscount,
        value_date: NaiveDate,
    },
    /// With its payment, or in part with a credit note: so much of it is owed again.
    DiscountTakenBack {
        discount: GrantedDiscount,
        effective_date: NaiveDate,
    },
    /// Part of it is not owed after all. Its goods are back, or set aside no more, in the same write.
    Credited {
        credit_note: Box<CreditNote>,
        /// What the customer owes afterwards.
        open: Money,
        /// What the customer is owed afterwards: more was paid than is asked for by now.
        owed_back: Money,
        by: UserId,
    },
    /// The customer has it back.
    Refunded {
        refund: CustomerRefund,
        /// What the customer is still owed.
        owed_back: Money,
        /// How a person says that it went out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        record: Option<Box<IncomingRecord>>,
        /// None where the line of a statement told of it by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
    /// It never arrived, or was another's.
    RefundTakenBack {
        refund_id: CustomerRefundId,
        amount: Money,
        effective_date: NaiveDate,
        reason: String,
        by: UserId,
    },
    /// The goods that were set aside left the stocks, in the same write.
    GoodsHandedOver {
        effective_date: NaiveDate,
        by: UserId,
    },
    /// Nobody expects what was open any more.
    WrittenOff {
        amount: Money,
        effective_date: NaiveDate,
        reason: String,
        by: UserId,
    },
    /// What was written off is expected after all.
    Reinstated {
        amount: Money,
        effective_date: NaiveDate,
        reason: String,
        by: UserId,
    },
    /// A draft is dropped; what was issued is taken back, and keeps its number.
    Cancelled {
        effective_date: NaiveDate,
        reason: String,
        by: UserId,
    },
}

/// Money that a customer has back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CustomerRefund {
    pub refund_id: CustomerRefundId,
    pub amount: Money,
    /// When it was ours no more.
    pub value_date: NaiveDate,
    pub channel: IncomingChannel,
}

/// Money of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct IncomingPayment {
    pub incoming_payment_id: IncomingPaymentId,
    pub amount: Money,
    /// When it was ours.
    pub value_date: NaiveDate,
    pub channel: IncomingChannel,
}
