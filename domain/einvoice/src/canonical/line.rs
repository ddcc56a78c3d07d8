//! Lines.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{CanonicalAdjustment, CanonicalPeriod, Identifier};

/// BG-25. Lines that detail another line stand behind it and name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalLine {
    /// BT-126.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The line that this one details (extensions).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// Factur-X EXTENDED: `GROUP` and `INFORMATION` lines add nothing to the sums.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// BT-127.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// BT-128.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Identifier>,
    /// BT-129.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Decimal>,
    /// BT-130.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// BT-131.
    pub net_amount: Decimal,
    /// The purchase order of this line, where it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// BT-132.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_line: Option<String>,
    /// BT-133.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_accounting: Option<String>,
    /// BG-26.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<CanonicalPeriod>,
    /// BG-27.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowances: Vec<CanonicalAdjustment>,
    /// BG-28.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<CanonicalAdjustment>,
    /// BG-29.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<CanonicalPrice>,
    /// BT-151.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<String>,
    /// BT-152.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_rate: Option<Decimal>,
    /// BG-31.
    pub item: CanonicalItem,
}

/// BG-29.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalPrice {
    /// BT-146.
    pub net: Decimal,
    /// BT-149; 1 where the document is silent.
    pub base_quantity: Decimal,
    /// BT-150, where it is not the line's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_unit: Option<String>,
    /// BT-148, where a discount makes it differ from the net price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross: Option<Decimal>,
    /// BT-147.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Decimal>,
}

/// BG-31.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalItem {
    /// BT-153.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// BT-154.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// BT-155.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller_id: Option<String>,
    /// BT-156.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_id: Option<String>,
    /// BT-157.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_id: Option<Identifier>,
    /// BT-158.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classifications: Vec<CanonicalClassification>,
    /// BT-159.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin_country: Option<String>,
    /// BG-32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<CanonicalAttribute>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CanonicalClassification {
    /// BT-158.
    pub code: String,
    /// BT-158-1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// BT-158-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_version: Option<String>,
}

/// BG-32.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalAttribute {
    /// BT-160.
    pub name: String,
    /// BT-161.
    pub value: String,
}
