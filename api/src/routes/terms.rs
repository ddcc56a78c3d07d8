//! Payment terms under the company's own codes.

use quittance_application::Context;
use quittance_application::single::Single;
use quittance_application::terms::terms_id;
use quittance_domain::ids::PaymentTermsId;
use quittance_domain::terms::{PaymentTerms, TermsCommand, TermsRule};
use quittance_projections::terms::{self, PaymentTermsFilter, PaymentTermsView};
use quittance_projections::{Page, PageOf};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentTermsBody {
    #[schema(example = "2-10-N30")]
    code: String,
    rule: TermsRule,
}

/// Adopt payment terms under a code, or give the code a new meaning. Invoices keep what was agreed when they came in.
#[utoipa::path(post, path = "/v1/payment-terms", tag = "payment terms", request_body = PaymentTermsBody,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn adopt_payment_terms(order: Order<PaymentTermsBody>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| adopt(body, ctx).map(|(_, adopt)| adopt)).await
}

pub fn adopt(body: PaymentTermsBody, ctx: &Context) -> Result<(PaymentTermsId, Single<PaymentTerms>), Problem> {
    let PaymentTermsBody { code, rule } = body;
    let id = terms_id(ctx.tenant, &code);
    Ok((id, Single::on(id, TermsCommand::Adopt { code, rule, by: ctx.actor })))
}

/// Payment terms, by code.
#[utoipa::path(get, path = "/v1/payment-terms", tag = "payment terms", params(PaymentTermsFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<PaymentTermsView>), Refusals))]
pub async fn list_payment_terms(
    mut read: Reading,
    Filter(filter): Filter<PaymentTermsFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<PaymentTermsView>>, Problem> {
    let found = terms::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}
