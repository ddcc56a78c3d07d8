//! The kinds of exception, and how grave each is.

use chrono::TimeDelta;
use quittance_domain::invoice::ExceptionKind;
use quittance_domain::matching::Check;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum QueueKind {
    Totals,
    BankAccount,
    VendorBlocked,
    Rule,
    /// It looks like another invoice.
    Duplicate,
    MissingOrder,
    Vendor,
    Currency,
    OrderState,
    MissingOrderLine,
    Unit,
    Price,
    Quantity,
    MissingReceipt,
    LineTotal,
    Early,
    Charge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Severity {
    /// Money may go to the wrong place.
    High,
    /// The wrong amount may be paid.
    Medium,
    /// Something is still to come.
    Low,
}

impl From<ExceptionKind> for QueueKind {
    fn from(kind: ExceptionKind) -> Self {
        match kind {
            ExceptionKind::Totals => Self::Totals,
            ExceptionKind::BankAccount => Self::BankAccount,
            ExceptionKind::VendorBlocked => Self::VendorBlocked,
            ExceptionKind::Rule => Self::Rule,
        }
    }
}

impl From<Check> for QueueKind {
    fn from(check: Check) -> Self {
        match check {
            Check::Order => Self::MissingOrder,
            Check::Vendor => Self::Vendor,
            Check::Currency => Self::Currency,
            Check::OrderState => Self::OrderState,
            Check::OrderLine => Self::MissingOrderLine,
            Check::Unit => Self::Unit,
            Check::Price | Check::PriceBelow => Self::Price,
            Check::QuantityOrdered => Self::Quantity,
            Check::QuantityReceived => Self::MissingReceipt,
            Check::LineTotal => Self::LineTotal,
            Check::Early => Self::Early,
            Check::Charge => Self::Charge,
        }
    }
}

impl QueueKind {
    pub fn severity(self) -> Severity {
        match self {
            Self::BankAccount | Self::VendorBlocked | Self::Duplicate | Self::MissingOrder | Self::Vendor | Self::Currency => {
                Severity::High
            }
            Self::MissingReceipt | Self::Early => Severity::Low,
            _ => Severity::Medium,
        }
    }
}

impl Severity {
    pub(super) fn time_to_answer(self) -> TimeDelta {
        match self {
            Self::High => TimeDelta::days(1),
            Self::Medium => TimeDelta::days(3),
            Self::Low => TimeDelta::days(5),
        }
    }
}
