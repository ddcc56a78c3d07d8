//! What settled part of an invoice, and by which means.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entry::{Line, Reason};
use crate::chart::Code;
use crate::invoice::{Against, Allocation, TaxSubtotal};

/// What settled part of it, as posted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Settlement {
    /// The payment, or the allocation.
    pub(super) by: Uuid,
    pub(super) means: Means,
    pub(super) value_date: NaiveDate,
    pub(super) lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Means {
    Money,
    /// By tax category, where it corrects the tax.
    Discount {
        tax_breakdown: Vec<TaxSubtotal>,
    },
    /// Kept back from the vendor, and owed to the tax authority on this account.
    Withholding {
        account: Code,
    },
    /// A credit note, or credit on account, on the invoice's side, and the invoice on the other.
    SetOff,
    WriteOff,
    Retention,
    /// Paid back by the vendor: on its way to a bank account, or kept on this one.
    Refund {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<Code>,
    },
}

impl Means {
    pub(super) fn reason(&self) -> Reason {
        match self {
            Self::Money => Reason::PaymentSettled,
            Self::Discount { .. } => Reason::DiscountTaken,
            Self::Withholding { .. } => Reason::TaxWithheld,
            Self::SetOff => Reason::CreditApplied,
            Self::WriteOff => Reason::WrittenOff,
            Self::Retention => Reason::Retained,
            Self::Refund { .. } => Reason::VendorRefunded,
        }
    }

    pub(super) fn reversal(&self) -> Reason {
        match self {
            Self::Money => Reason::PaymentReturned,
            Self::Discount { .. } => Reason::DiscountReversed,
            Self::Withholding { .. } => Reason::WithholdingReversed,
            Self::SetOff => Reason::CreditReversed,
            Self::WriteOff => Reason::WriteOffReversed,
            Self::Retention => Reason::RetentionReleased,
            Self::Refund { .. } => Reason::RefundReversed,
        }
    }
}

impl From<&Allocation> for Means {
    fn from(allocation: &Allocation) -> Self {
        match allocation.against {
            Against::CreditNote(_)
            | Against::Invoice(_)
            | Against::Prepayment(_)
            | Against::StatedPrepayment(_)
            | Against::StatedBy(_)
            | Against::OnAccount { .. } => Self::SetOff,
            Against::Retention { .. } => Self::Retention,
            Against::SmallDifference => Self::WriteOff,
            Against::Refund(_) => Self::Refund { account: None },
        }
    }
}
