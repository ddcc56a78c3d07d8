//! What an invoice's lines were spent on.

use quittance_application::Context;
use quittance_application::coding::CodeInvoice;
use quittance_domain::chart::Code;
use quittance_domain::ids::InvoiceId;
use quittance_domain::invoice::{Assignment, Share, Split};
use quittance_projections::invoice::{self, CodingView};
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use super::body::lines_within;
use crate::committed::{CommandAnswer, Committed};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::{Fresh, Id, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodingBody {
    /// Lines that are not named keep what they have.
    lines: Vec<SplitBody>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitBody {
    /// The line's id on the document.
    #[schema(example = "1")]
    line: String,
    /// None: the line goes back to the default expense account.
    parts: Vec<PartBody>,
}

/// A part of a line: an amount, a percentage of what amounts leave, or the rest.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartBody {
    account_code: Code,
    cost_centre: Option<Code>,
    project: Option<Code>,
    /// Must fit the line's tax category and rate; found by them where absent.
    tax_code: Option<Code>,
    #[schema(value_type = Option<String>, example = "60")]
    percent: Option<Decimal>,
    /// Without tax, in the document's currency.
    #[schema(value_type = Option<String>)]
    amount: Option<Decimal>,
}

/// As many parts as a line of a large cost distribution has.
const PARTS_MAX: usize = 1_000;

impl SplitBody {
    fn split(self, index: usize) -> Result<Split, Problem> {
        let at = |part: usize| format!("/lines/{index}/parts/{part}");
        if self.parts.len() > PARTS_MAX {
            return Err(Problem::invalid(format!("/lines/{index}/parts"), format!("at most {PARTS_MAX}")));
        }
        let parts = self.parts.into_iter().enumerate().map(|(part, body)| body.part().map_err(|detail| Problem::invalid(at(part), detail)));
        Ok(Split::by_hand(self.line, parts.collect::<Result<_, _>>()?))
    }
}

impl PartBody {
    fn part(self) -> Result<(Assignment, Share), &'static str> {
        let share = match (self.percent, self.amount) {
            (Some(_), Some(_)) => return Err("a part is a percentage or an amount"),
            (Some(percent), None) if percent <= Decimal::ZERO => return Err("a percentage is above zero"),
            (Some(percent), None) => Share::Percent(percent),
            (None, Some(amount)) => Share::Amount(amount),
            (None, None) => Share::Rest,
        };
        let to =
            Assignment { account_code: self.account_code, cost_centre: self.cost_centre, project: self.project, tax_code: self.tax_code };
        Ok((to, share))
    }
}

/// Say what lines were spent on: accounts, cost centres, projects and tax codes, by amount or percentage. The parts come to
/// the line exactly. A change voids approvals; who codes cannot approve.
#[utoipa::path(post, path = "/v1/invoices/{id}/coding", tag = "invoices", request_body = CodingBody, params(("id" = InvoiceId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn code_invoice(Id(id): Id<InvoiceId>, order: Order<CodingBody>) -> Result<Committed, Problem> {
    order.on(id, code).await
}

pub fn code(id: InvoiceId, body: CodingBody, _: &Context) -> Result<CodeInvoice, Problem> {
    lines_within("/lines", body.lines.len())?;
    let splits = body.lines.into_iter().enumerate().map(|(index, split)| split.split(index)).collect::<Result<_, _>>()?;
    Ok(CodeInvoice { id, splits })
}

/// What the lines were spent on, and which lines nobody has coded.
#[utoipa::path(get, path = "/v1/invoices/{id}/coding", tag = "invoices", params(("id" = InvoiceId, Path), MinPosition),
    responses((status = 200, body = CodingView), Refusals))]
pub async fn get_invoice_coding(Id(id): Id<InvoiceId>, mut read: Reading) -> Result<Fresh<CodingView>, Problem> {
    let found = invoice::coding(&mut read.tx, id).await?;
    read.found(found)
}
