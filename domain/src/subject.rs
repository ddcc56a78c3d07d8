//! What a paper, a comment or a message is about: one document or party of the tenant, by its kind and its id.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Subject {
    pub kind: SubjectKind,
    pub id: Uuid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString, strum::VariantArray)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SubjectKind {
    Invoice,
    PurchaseOrder,
    GoodsReceipt,
    DespatchAdvice,
    Payment,
    PaymentRun,
    Vendor,
    Customer,
    Item,
    BankStatement,
    JournalEntry,
}

impl SubjectKind {
    /// The event that every log of such a thing begins with: an id is known to be of this kind by it.
    pub fn first_event(self) -> &'static str {
        match self {
            Self::Invoice => "InvoiceReceived",
            Self::PurchaseOrder => "PurchaseOrderPlaced",
            Self::GoodsReceipt => "GoodsReceiptPosted",
            Self::DespatchAdvice => "DespatchAdviceAnnounced",
            Self::Payment => "PaymentPlanned",
            Self::PaymentRun => "PaymentRunProposed",
            Self::Vendor => "VendorRegistered",
            Self::Customer => "CustomerRegistered",
            Self::Item => "ItemCreated",
            Self::BankStatement => "BankStatementImported",
            Self::JournalEntry => "JournalEntryPosted",
        }
    }
}
