//! What is wrong with an invoice so that a person must look before it goes on. Stored in events: kinds are added, never renamed.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ExceptionKind {
    /// What the document states does not add up.
    Totals,
    /// The account on the document is not one of the vendor's.
    BankAccount,
    /// The vendor is blocked.
    VendorBlocked,
    /// A fatal rule of the document's standard is broken.
    Rule,
    /// Tax is asked for at a rate that is not in force, or is another country's.
    Tax,
    /// By its type (BT-3) it is nothing that is owed: a proforma, say.
    DocumentType,
    /// It is addressed to somebody else.
    Buyer,
    /// Somebody else is to be paid than its seller.
    Payee,
    /// It says more of when how much is paid than can be read.
    PaymentTerms,
}

/// Why an invoice needs a person before it can go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct InvoiceException {
    pub kind: ExceptionKind,
    pub findings: Vec<Finding>,
}

/// One broken rule, with what was stated and what it should have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Finding {
    /// The rule's id, such as `BR-CO-15`.
    pub rule: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
}
