//! How and when to pay.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalPayment {
    /// BT-83.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// BT-20.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<String>,
    /// Only where the document states more than one due date.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instalments: Vec<Instalment>,
    /// What paying early is worth, where it is stated in elements of its own (Factur-X EXTENDED).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<CanonicalDiscount>,
    /// Why more is said of when how much is paid than stands here.
    #[serde(skip)]
    pub unread_terms: Vec<String>,
    /// BG-16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub means: Vec<CanonicalPaymentMeans>,
    /// BT-89.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<String>,
    /// BT-90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_identifier: Option<String>,
    /// BG-DEX-09.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub third_party: Vec<CanonicalThirdPartyPayment>,
    /// Factur-X EXTENDED.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prepayments: Vec<CanonicalPrepayment>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Instalment {
    pub due_date: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalDiscount {
    /// The last day on which it is granted.
    pub until: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Decimal>,
    /// What it is of, where that is not all that is due (BT-115).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalPaymentMeans {
    /// BT-81.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// BT-82.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// BG-17.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<CanonicalAccount>,
    /// BG-18.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CanonicalCard>,
    /// BT-91.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debited_account: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalAccount {
    /// BT-84, without blanks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// BT-85.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// BT-86, without blanks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalCard {
    /// BT-87.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// BT-88.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalThirdPartyPayment {
    /// BT-DEX-001.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// BT-DEX-002.
    pub amount: Decimal,
    /// BT-DEX-003.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanonicalPrepayment {
    pub amount: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<NaiveDate>,
}
