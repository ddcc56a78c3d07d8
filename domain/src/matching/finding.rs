//! What matching found: one fact a check, with what was expected, what is, the limit and whose limit it is.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ids::{GoodsReceiptId, PurchaseOrderId, UserId};
use crate::tolerance::LimitSource;

/// What an invoice was compared with, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Evaluation {
    /// Absent where the document names an order that is none of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_order_id: Option<PurchaseOrderId>,
    /// Who ordered, and so answers for price and quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<UserId>,
    pub inputs: Inputs,
    pub findings: Vec<MatchFinding>,
}

/// The versions of everything that the findings follow from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Inputs {
    /// The order's, with all that was received, returned and invoiced against it.
    pub order_version: u64,
    /// How often the order's lines were agreed; 1 as placed.
    pub order_revision: u32,
    pub receipts: Vec<GoodsReceiptId>,
    pub tolerances_version: u32,
}

/// One check of one line, or of the invoice as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MatchFinding {
    pub check: Check,
    /// The invoice's line (BT-126); absent where the check is about the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// The charge's code, where the check is about a charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    pub outcome: Outcome,
    /// Whether it keeps the invoice from being approved and paid.
    pub holds: bool,
    pub expected: String,
    pub actual: String,
    /// The most that would have passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<LimitSource>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Check {
    /// The document names an order that there is not.
    Order,
    /// The order is another vendor's.
    Vendor,
    /// Amounts in two currencies are never compared.
    Currency,
    /// The order is cancelled, or nobody has approved it; of a line that it was closed before this came in.
    OrderState,
    /// The line names no line of the order.
    OrderLine,
    /// The line is in a unit that the order has no factor for.
    Unit,
    Price,
    PriceBelow,
    QuantityOrdered,
    QuantityReceived,
    LineTotal,
    Early,
    Charge,
    /// More is asked for ahead than the order comes to.
    Prepayment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    Pass,
    WithinTolerance,
    Fail,
}

/// What a check is about, apart from how it came out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckOf {
    pub check: Check,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl MatchFinding {
    /// A check that has nothing to measure: what should be said is not what is said.
    pub fn mismatch(check: Check, line: Option<&str>, expected: impl ToString, actual: impl ToString) -> Self {
        Self {
            check,
            line: line.map(str::to_owned),
            code: None,
            outcome: Outcome::Fail,
            holds: true,
            expected: expected.to_string(),
            actual: actual.to_string(),
            limit: None,
            source: None,
        }
    }

    /// A check that came out as it should.
    pub(super) fn passed(check: Check, line: Option<&str>, expected: Decimal, actual: Decimal) -> Self {
        Self { outcome: Outcome::Pass, holds: false, ..Self::mismatch(check, line, shown(expected), shown(actual)) }
    }

    /// The same check, which came out beyond what was expected.
    pub(super) fn beyond(self, limit: Option<Decimal>, source: LimitSource, tolerated: bool) -> Self {
        let outcome = if tolerated { Outcome::WithinTolerance } else { Outcome::Fail };
        Self { outcome, holds: !tolerated, limit: limit.map(shown), source: Some(source), ..self }
    }

    pub fn of(&self) -> CheckOf {
        CheckOf { check: self.check, line: self.line.clone(), code: self.code.clone() }
    }

    /// Failed, and somebody must look at it.
    pub fn is_hold(&self) -> bool {
        self.outcome == Outcome::Fail && self.holds
    }
}

impl Evaluation {
    /// Whether anything came out otherwise. What passes may pass with other numbers: that is no news.
    pub fn differs_from(&self, before: &Self) -> bool {
        let told = |finding: &&MatchFinding| finding.outcome != Outcome::Pass;
        self.purchase_order_id != before.purchase_order_id
            || self.findings.len() != before.findings.len()
            || !self.findings.iter().filter(told).eq(before.findings.iter().filter(told))
            || !self.findings.iter().map(MatchFinding::of).eq(before.findings.iter().map(MatchFinding::of))
    }

    /// Whether a line of the invoice takes from the order: it names a line and a unit of it, and vendor and currency are the order's.
    pub fn bills_order(&self, line: &str) -> bool {
        let keeps_out = |finding: &MatchFinding| match finding.check {
            Check::Order | Check::Vendor | Check::Currency => true,
            Check::OrderLine | Check::Unit => finding.line.as_deref() == Some(line),
            _ => false,
        };
        self.purchase_order_id.is_some() && !self.findings.iter().any(keeps_out)
    }

    pub fn holds(&self) -> impl Iterator<Item = &MatchFinding> {
        self.findings.iter().filter(|finding| finding.is_hold())
    }
}

/// A number as it stands in a finding: exact where it can be, else with ten decimals.
fn shown(number: Decimal) -> String {
    crate::money::round_half_up(number, 10).normalize().to_string()
}
