//! Orders and despatch advices as an engine takes them: complete, typed, owned, the same whatever syntax they came in.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::OrderKind;
use crate::canonical::{
    CanonicalAdjustment, CanonicalDelivery, CanonicalItem, CanonicalNote, CanonicalParty, CanonicalPeriod, CanonicalPrice,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalOrder {
    pub number: String,
    pub kind: OrderKind,
    /// UNTDID 1001.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_code: Option<String>,
    pub issue_date: NaiveDate,
    pub currency: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_process: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specification: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<CanonicalNote>,
    pub references: CanonicalOrderReferences,
    /// As long as the order may be accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<CanonicalPeriod>,
    pub buyer: CanonicalParty,
    pub seller: CanonicalParty,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<CanonicalDelivery>,
    /// When the buyer wants the goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested: Option<CanonicalPeriod>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terms: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowances: Vec<CanonicalAdjustment>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<CanonicalAdjustment>,
    pub totals: CanonicalOrderTotals,
    /// None only in an answer, a change or a cancellation.
    pub lines: Vec<CanonicalOrderLine>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalOrderReferences {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_order: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_order: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quotation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_order: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blanket_order: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requisition: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_accounting: Option<String>,
}

/// Anticipated totals; an order may state none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalOrderTotals {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_vat: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_vat: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payable: Option<Decimal>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalOrderLine {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub quantity: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What the seller agreed to, in a response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed_quantity: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_amount: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_accounting: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested: Option<CanonicalPeriod>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowances: Vec<CanonicalAdjustment>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<CanonicalAdjustment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<CanonicalPrice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_rate: Option<Decimal>,
    pub item: CanonicalItem,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalDespatchAdvice {
    pub number: String,
    pub issue_date: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_process: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specification: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<CanonicalNote>,
    /// The order that all of it answers to; lines may name others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_order: Option<String>,
    /// Parties that are named; one that only has a number stays in the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<CanonicalParty>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CanonicalParty>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<CanonicalParty>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<CanonicalParty>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub despatch_date: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_delivery: Option<CanonicalPeriod>,
    /// Never none.
    pub lines: Vec<CanonicalDespatchLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalDespatchLine {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What was sent.
    pub quantity: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What is still to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outstanding: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outstanding_reason: Option<String>,
    /// The line's own order, or the document's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_line: Option<String>,
    pub item: CanonicalItem,
}
