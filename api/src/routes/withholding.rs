//! Withholding taxes under the company's own codes, and what they came to.

use axum::response::Response;
use quittance_application::Context;
use quittance_application::withholding::{AdoptWithholdingTax, withholding_id};
use quittance_domain::ids::WithholdingTaxId;
use quittance_domain::withholding::WithholdingRule;
use quittance_projections::report::withholding::{self as certificates, WithholdingFilter, WithholdingReport};
use quittance_projections::withholding::{self, WithholdingTaxFilter, WithholdingTaxView};
use quittance_projections::{Page, PageOf};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, MinPosition, Reading};
use crate::table::{Format, FormatParameter, Table};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithholdingTaxBody {
    #[schema(example = "WHT-10")]
    code: String,
    rule: WithholdingRule,
}

/// Adopt a withholding tax under a code, or give the code a new meaning. Payments that are planned keep what they were reckoned with.
#[utoipa::path(post, path = "/v1/withholding-taxes", tag = "withholding taxes", request_body = WithholdingTaxBody,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn adopt_withholding_tax(order: Order<WithholdingTaxBody>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| adopt(body, ctx).map(|(_, adopt)| adopt)).await
}

pub fn adopt(body: WithholdingTaxBody, ctx: &Context) -> Result<(WithholdingTaxId, AdoptWithholdingTax), Problem> {
    let WithholdingTaxBody { code, rule } = body;
    Ok((withholding_id(ctx.tenant, &code), AdoptWithholdingTax { code, rule }))
}

/// Withholding taxes, by code. A vendor's payments keep back the one that stands in its details.
#[utoipa::path(get, path = "/v1/withholding-taxes", tag = "withholding taxes", params(WithholdingTaxFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<WithholdingTaxView>), Refusals))]
pub async fn list_withholding_taxes(
    mut read: Reading,
    Filter(filter): Filter<WithholdingTaxFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<WithholdingTaxView>>, Problem> {
    let found = withholding::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

pub const CERTIFICATES: Table = Table {
    name: "withholding-tax",
    rows: "/certificates",
    columns: &[
        ("vendor_id", "/vendor_id"),
        ("vendor_name", "/vendor_name"),
        ("code", "/code"),
        ("name", "/name"),
        ("percent", "/percent"),
        ("currency", "/tax/currency"),
        ("settled", "/settled/amount"),
        ("base", "/base/amount"),
        ("tax", "/tax/amount"),
        ("movements", "/movements"),
    ],
};

/// What was kept back from each vendor in a period, by code and rate, as its certificate states it. Of one vendor with every payment.
#[utoipa::path(get, path = "/v1/reports/withholding-tax", tag = "reports", params(WithholdingFilter, FormatParameter, MinPosition),
    responses((status = 200, content((WithholdingReport = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn withholding_report(format: Format, mut read: Reading, Filter(filter): Filter<WithholdingFilter>) -> Result<Response, Problem> {
    let found = certificates::withholding(&mut read.tx, &filter).await?;
    CERTIFICATES.answer(format, read.answer(found))
}
