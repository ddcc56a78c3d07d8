//! An invoice of ours as a REST client states it. What follows from the lines is computed.

use chrono::NaiveDate;
use quittance_application::receivable::{Draft, DraftLine};
use quittance_domain::Currency;
use quittance_domain::ids::{CustomerId, ItemId};
use quittance_domain::invoice::{Adjustment, Assignment, References};
use quittance_domain::limits::LINES_MAX;
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::routes::invoice::body::{LineBody, plausible};

/// Amounts are decimals in the invoice's currency, as strings.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceivableBody {
    pub customer_id: CustomerId,
    pub currency: Currency,
    /// The code of payment terms; the customer's where absent, and due at once where it has none.
    #[schema(example = "NET30")]
    pub payment_terms: Option<String>,
    #[serde(default)]
    pub references: References,
    /// When it was delivered or performed (BT-72).
    pub delivered_on: Option<NaiveDate>,
    pub lines: Vec<ReceivableLineBody>,
    /// Document-level allowances and charges (BG-20, BG-21).
    #[serde(default)]
    pub adjustments: Vec<Adjustment>,
    #[serde(default)]
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ReceivableLineBody {
    #[serde(flatten)]
    pub line: LineBody,
    /// Where its revenue is booked; where the customer's usually is where absent, then on the account for revenue.
    pub coding: Option<Assignment>,
    /// What lies in a stock of ours: set aside when the invoice is issued, and gone when it is paid.
    pub goods: Option<GoodsBody>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoodsBody {
    pub item_id: ItemId,
    #[schema(example = "main")]
    pub location: String,
}

impl ReceivableBody {
    pub fn draft(self) -> Result<Draft, Problem> {
        let Self { customer_id, currency, payment_terms, references, delivered_on, lines, adjustments, notes } = self;
        if lines.is_empty() || lines.len() > LINES_MAX {
            return Err(Problem::invalid("/lines", format!("an invoice has 1 to {LINES_MAX} lines")));
        }
        plausible("/delivered_on", delivered_on)?;
        if let Some(index) = adjustments.iter().position(|a| a.tax.is_none() || a.amount < Decimal::ZERO) {
            let detail = "an allowance or charge has a tax category and an amount not below zero";
            return Err(Problem::invalid(format!("/adjustments/{index}"), detail));
        }
        let line = |(index, ReceivableLineBody { line, coding, goods }): (usize, ReceivableLineBody)| {
            let goods = goods.map(|GoodsBody { item_id, location }| (item_id, location));
            Ok(DraftLine { line: line.complete(index, currency)?, coding, goods })
        };
        let lines = lines.into_iter().enumerate().map(line).collect::<Result<Vec<_>, Problem>>()?;
        Ok(Draft { customer_id, currency, payment_terms, references, delivered_on, lines, adjustments, notes })
    }
}
