//! The document level.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{CanonicalAddress, CanonicalLine, CanonicalParty, CanonicalPayment, Identifier};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct CanonicalInvoice {
    /// BT-1.
    pub number: String,
    /// BT-3.
    pub type_code: String,
    /// BT-2.
    pub issue_date: NaiveDate,
    /// BT-9. Of several, the earliest; `payment.instalments` then has them all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<NaiveDate>,
    /// BT-7.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_point_date: Option<NaiveDate>,
    /// BT-8 as UNTDID 2005.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_point_code: Option<String>,
    /// BT-5.
    pub currency: String,
    /// BT-6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_currency: Option<String>,
    /// BT-24.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specification: Option<String>,
    /// BT-23.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_process: Option<String>,
    pub references: CanonicalReferences,
    /// BG-3.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preceding_invoices: Vec<PrecedingNumber>,
    /// BG-1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<CanonicalNote>,
    /// BG-4.
    pub seller: CanonicalParty,
    /// BG-7.
    pub buyer: CanonicalParty,
    /// BG-10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<CanonicalParty>,
    /// BG-11.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_representative: Option<CanonicalParty>,
    /// BG-13.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<CanonicalDelivery>,
    /// BG-14.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<CanonicalPeriod>,
    pub payment: CanonicalPayment,
    /// BG-20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowances: Vec<CanonicalAdjustment>,
    /// BG-21.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<CanonicalAdjustment>,
    /// BG-22.
    pub totals: CanonicalTotals,
    /// BG-23.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tax_breakdown: Vec<CanonicalTax>,
    /// BG-24.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<CanonicalAttachment>,
    /// BG-25.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<CanonicalLine>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalReferences {
    /// BT-10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<String>,
    /// BT-11.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// BT-12.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// BT-13.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_order: Option<String>,
    /// BT-14.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_order: Option<String>,
    /// BT-15.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiving_advice: Option<String>,
    /// BT-16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub despatch_advice: Option<String>,
    /// BT-17.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tender_or_lot: Option<String>,
    /// BT-18.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoiced_object: Option<Identifier>,
    /// BT-19.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_accounting: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrecedingNumber {
    /// BT-25.
    pub number: String,
    /// BT-26.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_date: Option<NaiveDate>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalNote {
    /// BT-21.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// BT-22.
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalDelivery {
    /// BT-72.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    /// BT-70.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// BT-71.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Identifier>,
    /// BG-15.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<CanonicalAddress>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalPeriod {
    /// BT-73, BT-134.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<NaiveDate>,
    /// BT-74, BT-135.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<NaiveDate>,
}

/// An allowance or a charge; which of the two is said by the list that it stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalAdjustment {
    /// BT-92, BT-99, BT-136, BT-141.
    pub amount: Decimal,
    /// BT-93, BT-100, BT-137, BT-142.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_amount: Option<Decimal>,
    /// BT-94, BT-101, BT-138, BT-143.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage: Option<Decimal>,
    /// BT-95, BT-102.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<String>,
    /// BT-96, BT-103.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_rate: Option<Decimal>,
    /// BT-97, BT-104, BT-139, BT-144.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// BT-98, BT-105, BT-140, BT-145.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
}

/// BG-23.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalTax {
    /// BT-118.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// BT-119.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Decimal>,
    /// BT-116.
    pub taxable_amount: Decimal,
    /// BT-117.
    pub tax_amount: Decimal,
    /// BT-120.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption_reason: Option<String>,
    /// BT-121.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption_code: Option<String>,
}

/// BG-22. Terms that a document may leave out are 0 then, as in the standard's sums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalTotals {
    /// BT-106; the smallest profiles do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Decimal>,
    /// BT-107.
    pub allowances: Decimal,
    /// BT-108.
    pub charges: Decimal,
    /// BT-109.
    pub without_vat: Decimal,
    /// BT-110.
    pub vat: Decimal,
    /// BT-111.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_in_tax_currency: Option<Decimal>,
    /// BT-112.
    pub with_vat: Decimal,
    /// BT-113.
    pub prepaid: Decimal,
    /// BT-114.
    pub rounding: Decimal,
    /// BT-115.
    pub payable: Decimal,
}

/// BG-24.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalAttachment {
    /// BT-122.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// BT-123.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// BT-124.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// BT-125-1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_code: Option<String>,
    /// BT-125-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// BT-125 in Base64 without blanks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}
