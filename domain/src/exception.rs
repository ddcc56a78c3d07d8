//! What keeps an invoice from going on, as people see it in a queue: what it is about, how grave it is, and how soon
//! somebody is to have answered.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::aggregate::derived_id;
use crate::ids::{DisputeId, HoldId, InvoiceId};
use crate::invoice::ExceptionKind;
use crate::matching::Check;

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, strum::Display, strum::EnumString, strum::VariantArray,
)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum QueueKind {
    Totals,
    BankAccount,
    VendorBlocked,
    Rule,
    /// Tax is asked for at a rate that is not in force, or is another country's.
    Tax,
    /// By its type it is nothing that is owed.
    DocumentType,
    /// It is addressed to somebody else.
    Buyer,
    /// Somebody else is to be paid than its seller.
    Payee,
    /// It says more of when how much is paid than can be read.
    PaymentTerms,
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
    /// A person has put it on hold.
    OnHold,
    /// The vendor and we do not agree on it.
    Dispute,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
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
            ExceptionKind::Tax => Self::Tax,
            ExceptionKind::DocumentType => Self::DocumentType,
            ExceptionKind::Buyer => Self::Buyer,
            ExceptionKind::Payee => Self::Payee,
            ExceptionKind::PaymentTerms => Self::PaymentTerms,
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
            Check::LineTotal | Check::Prepayment => Self::LineTotal,
            Check::Early => Self::Early,
            Check::Charge => Self::Charge,
        }
    }
}

impl QueueKind {
    pub fn severity(self) -> Severity {
        match self {
            Self::BankAccount
            | Self::VendorBlocked
            | Self::DocumentType
            | Self::Buyer
            | Self::Duplicate
            | Self::MissingOrder
            | Self::Vendor
            | Self::Currency => Severity::High,
            Self::MissingReceipt | Self::Early => Severity::Low,
            _ => Severity::Medium,
        }
    }
}

impl Severity {
    fn usual_hours(self) -> u16 {
        match self {
            Self::High => 24,
            Self::Medium => 72,
            Self::Low => 120,
        }
    }
}

/// One thing that keeps an invoice from going on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionOf {
    pub kind: QueueKind,
    /// The invoice's line, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// The charge's code, where it is about a charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_id: Option<HoldId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute_id: Option<DisputeId>,
}

impl ExceptionOf {
    pub fn whole(kind: QueueKind) -> Self {
        Self { kind, line: None, code: None, hold_id: None, dispute_id: None }
    }

    /// The same for as long as the invoice is there, however often it opens and closes.
    pub fn id(&self, invoice: InvoiceId) -> Uuid {
        let place = match self {
            Self { hold_id: Some(hold), .. } => hold.to_string(),
            Self { dispute_id: Some(dispute), .. } => dispute.to_string(),
            Self { line: None, code: None, .. } => String::new(),
            Self { line, code, .. } => format!("{}|{}", line.as_deref().unwrap_or_default(), code.as_deref().unwrap_or_default()),
        };
        derived_id(&[b"exception", invoice.0.as_bytes(), self.kind.to_string().as_bytes(), place.as_bytes()])
    }
}

/// How soon a company wants its exceptions answered, in hours by kind. Kinds that are not named have the usual time: a day
/// where money may go to the wrong place, three where the amount may be wrong, five where something is still to come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerTimes {
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::HashMap<String, u16>, example = json!({ "price": 48 })))]
    pub hours: BTreeMap<QueueKind, u16>,
}

impl AnswerTimes {
    /// A quarter of a year: who means longer means never.
    pub const HOURS_MAX: u16 = 24 * 92;

    pub fn time_for(&self, kind: QueueKind) -> TimeDelta {
        let hours = self.hours.get(&kind).copied().unwrap_or_else(|| kind.severity().usual_hours());
        TimeDelta::hours(i64::from(hours))
    }

    /// A kind whose time nobody can keep, or nobody would call one.
    pub fn outlandish(&self) -> Option<QueueKind> {
        self.hours.iter().find(|(_, hours)| !(1..=Self::HOURS_MAX).contains(*hours)).map(|(kind, _)| *kind)
    }
}
