//! The document that a purchase order was made from: what it states beyond the order's lines, kept once beside the order.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root};
use crate::ids::{PurchaseOrderId, UserId};
use crate::invoice::Source;
use crate::party::Party;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderDocument {
    #[default]
    NotKept,
    Kept(Box<StatedOrder>),
}

/// What the document states, in its own words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StatedOrder {
    pub purchase_order_id: PurchaseOrderId,
    pub issue_date: NaiveDate,
    pub buyer: Party,
    pub seller: Party,
    /// The seller's quotation that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quotation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terms: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_from: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_until: Option<NaiveDate>,
    /// Allowances and charges of the whole order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<StatedAdjustment>,
    /// The total that the buyer expects to pay, where the document states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub payable: Option<Decimal>,
    pub lines: Vec<StatedLine>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    pub source: Source,
    pub kept_by: UserId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StatedAdjustment {
    pub is_charge: bool,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub amount: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How the document names a line of the order: despatch advices and invoices will name it so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StatedLine {
    /// The order's line.
    pub line: u32,
    pub stated_id: String,
    /// UN/ECE Recommendation 20 code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The line's total with its allowances and charges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub net: Option<Decimal>,
}

#[derive(Clone, Debug)]
pub enum OrderDocumentCommand {
    Keep(Box<StatedOrder>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum OrderDocumentEvent {
    Kept(StatedOrder),
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum OrderDocumentRefusal {
    #[error("the document is kept already")]
    OrderDocumentExists,
}

impl Refusal for OrderDocumentRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        RefusalKind::State
    }
    fn pointer(&self) -> Option<String> {
        None
    }
}

aggregate!(OrderDocument, "order_document", "OrderDocument", OrderDocumentCommand, OrderDocumentEvent, OrderDocumentRefusal, { Kept = 1 });

impl Root for OrderDocument {
    aggregate!(@names OrderDocumentEvent);

    fn decide(&self, command: OrderDocumentCommand) -> Result<Vec<OrderDocumentEvent>, OrderDocumentRefusal> {
        let OrderDocumentCommand::Keep(stated) = command;
        match self {
            Self::NotKept => Ok(vec![OrderDocumentEvent::Kept(*stated)]),
            Self::Kept(kept) if *kept == stated => Ok(vec![]),
            Self::Kept(_) => Err(OrderDocumentRefusal::OrderDocumentExists),
        }
    }

    fn claims(&self, event: &OrderDocumentEvent) -> Vec<ClaimChange> {
        let OrderDocumentEvent::Kept(stated) = event;
        let order = Claim::of(order_key(stated.purchase_order_id), "order_document_exists");
        let file = stated.source.sha256().map(|sha256| Claim::of(file_key(sha256), "duplicate_order"));
        file.into_iter().chain([order]).map(ClaimChange::Take).collect()
    }
}

/// The unique fact that one order of the tenant was made from these bytes.
pub fn file_key(sha256: &str) -> String {
    format!("order_document|sha256|{sha256}")
}

/// Who keeps the document of an order.
pub fn order_key(order: PurchaseOrderId) -> String {
    format!("order_document|purchase_order|{order}")
}

impl OrderDocument {
    pub fn stated(&self) -> Option<&StatedOrder> {
        match self {
            Self::NotKept => None,
            Self::Kept(stated) => Some(stated),
        }
    }

    fn on(&mut self, event: OrderDocumentEvent) {
        let OrderDocumentEvent::Kept(stated) = event;
        *self = Self::Kept(Box::new(stated));
    }
}

impl StatedOrder {
    /// The order's line that the document calls so.
    pub fn line_called(&self, id: &str) -> Option<u32> {
        self.lines.iter().find(|line| line.stated_id == id).map(|line| line.line)
    }
}
