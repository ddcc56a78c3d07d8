//! A line that tells a sum, divided by a person's word.

use quittance_application::Context;
use quittance_application::bank_divide::{DivideLine, LinePart};
use quittance_domain::ids::BankStatementId;
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::Id;

const PARTS_MAX: usize = 1_000;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DivisionBody {
    line: u32,
    /// Together the line's amount.
    parts: Vec<DivisionPartBody>,
    /// How it is known what the sum is made of.
    #[schema(example = "the bank's list of the collective order")]
    reason: String,
}

/// What is not said of a part is what the line says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DivisionPartBody {
    /// In the account's currency; money that left is below zero, as the line is.
    #[schema(value_type = String, example = "-60.00")]
    amount: Decimal,
    end_to_end_id: Option<String>,
    counterparty_name: Option<String>,
    #[schema(example = "Invoice 2026-0117")]
    text: Option<String>,
}

/// Divide a line that nothing explains into what it is made of: each part is a line then, to match or to book by itself. The first has the
/// number of the line, the others follow the statement's last. A file that lists an entry which an earlier one told as a sum does so by itself.
#[utoipa::path(post, path = "/v1/bank-statements/{id}/divide", tag = "bank", request_body = DivisionBody,
    params(("id" = BankStatementId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn divide_bank_line(Id(id): Id<BankStatementId>, order: KeyedOrder<DivisionBody>) -> Result<Committed, Problem> {
    order.on(id, divide_line).await
}

pub fn divide_line(id: BankStatementId, body: DivisionBody, _: &Context) -> Result<DivideLine, Problem> {
    let DivisionBody { line, parts, reason } = body;
    if parts.len() > PARTS_MAX {
        return Err(Problem::invalid("/parts", format!("{PARTS_MAX} at most")));
    }
    Ok(DivideLine { id, line, parts: parts.into_iter().map(LinePart::from).collect(), reason })
}

impl From<DivisionPartBody> for LinePart {
    fn from(DivisionPartBody { amount, end_to_end_id, counterparty_name, text }: DivisionPartBody) -> Self {
        Self { amount, end_to_end_id, counterparty_name, text }
    }
}
