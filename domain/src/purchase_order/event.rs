//! What can be asked of an order, and what happened to it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::line::{AgreedCharge, JudgedLine, OrderLine, ReceivedLine, ReturnedLine};
use crate::ids::{GoodsReceiptId, InvoiceId, UserId, VendorId};
use crate::money::Currency;

#[derive(Clone, Debug)]
pub enum PurchaseOrderCommand {
    Place {
        vendor_id: VendorId,
        number: String,
        currency: Currency,
        lines: Vec<OrderLine>,
        charges: Vec<AgreedCharge>,
        by: UserId,
    },
    /// Agrees other lines: a new revision, which nobody has approved yet.
    Amend {
        lines: Vec<OrderLine>,
        charges: Vec<AgreedCharge>,
        reason: String,
        by: UserId,
    },
    Approve {
        by: UserId,
    },
    Receive {
        receipt_id: GoodsReceiptId,
        lines: Vec<ReceivedLine>,
        over_receipt_allowed: bool,
        approval_needed: bool,
    },
    /// What the receipt has checked against itself.
    Inspect {
        receipt_id: GoodsReceiptId,
        lines: Vec<JudgedLine>,
    },
    /// What the receipt has checked against itself.
    Return {
        receipt_id: GoodsReceiptId,
        lines: Vec<ReturnedLine>,
    },
    /// What an invoice takes of the order, be it nothing yet.
    Bill {
        billing: Billing,
    },
    /// The invoice is void or rejected from a day on, or names another order and never took any of this one.
    Withdraw {
        invoice_id: InvoiceId,
        effective_date: Option<NaiveDate>,
    },
    Close {
        by: UserId,
    },
    Cancel {
        by: UserId,
        reason: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PurchaseOrderEvent {
    Placed {
        vendor_id: VendorId,
        number: String,
        currency: Currency,
        lines: Vec<OrderLine>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        charges: Vec<AgreedCharge>,
        by: UserId,
    },
    Amended {
        revision: u32,
        lines: Vec<OrderLine>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        charges: Vec<AgreedCharge>,
        reason: String,
        by: UserId,
    },
    Approved {
        revision: u32,
        by: UserId,
    },
    Received {
        receipt_id: GoodsReceiptId,
        lines: Vec<ReceivedLine>,
    },
    Inspected {
        receipt_id: GoodsReceiptId,
        lines: Vec<JudgedLine>,
    },
    Returned {
        receipt_id: GoodsReceiptId,
        lines: Vec<ReturnedLine>,
    },
    /// An invoice takes its part of the order, whether or not it is right: the next one counts it.
    Billed(Billing),
    /// The invoice was voided, rejected or changed: what it took is given back.
    BillingWithdrawn(Billing),
    Closed {
        by: UserId,
    },
    Cancelled {
        by: UserId,
        reason: String,
    },
}

/// What one invoice takes, in review or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billing {
    pub invoice_id: InvoiceId,
    pub lines: Vec<BilledSum>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<AgreedCharge>,
    pub currency: Currency,
    /// The invoice's, in the books; of what is withdrawn the day from which it is not taken any more.
    pub effective_date: NaiveDate,
    /// BT-2, where that is another day than the one from which it counted: what it states is worth what the rates of this day say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_date: Option<NaiveDate>,
    /// Absent where it gives nothing back, and in what was billed before this was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relief: Option<Relief>,
    /// What a prepayment asks for ahead, without tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepayment: Option<Decimal>,
}

/// Whether what a document gives back of the order makes room for others: a credit note that nobody has approved does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Relief {
    InReview,
    Approved,
}

impl Billing {
    pub(super) fn of(&self, line: u32) -> impl Iterator<Item = &BilledSum> {
        self.lines.iter().filter(move |sum| sum.line == line)
    }

    /// How many of a line it takes.
    pub(super) fn of_line(&self, line: u32) -> Decimal {
        self.of(line).map(|sum| sum.quantity).fold(Decimal::ZERO, Decimal::saturating_add)
    }

    /// What others find of an amount of it. Bills stand in the way of those after them, wherever they are in review; what is
    /// given back makes room for all, once it is approved.
    pub(super) fn counted(&self, amount: Decimal, came_before: bool) -> Decimal {
        let counts = match self.relief {
            Some(relief) if amount < Decimal::ZERO => relief == Relief::Approved,
            _ => came_before,
        };
        if counts { amount } else { Decimal::ZERO }
    }
}

/// What one invoice takes of one line: in the order's unit, negative for a credit note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BilledSum {
    pub line: u32,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub quantity: Decimal,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub net: Decimal,
    /// The order's price then; of goods that had come in before, the one that they came in at.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub unit_price: Decimal,
    /// How many more a credit note names that it does not give back: it corrects their price alone.
    #[serde(default, skip_serializing_if = "Decimal::is_zero")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub repriced: Decimal,
}
