//! Mappings under the company's own names: how the files of one source are read.

use quittance_application::Context;
use quittance_application::import_mapping::mapping_id;
use quittance_application::single::Single;
use quittance_domain::ids::ImportMappingId;
use quittance_domain::import_mapping::{ImportMapping, ImportMappingCommand};
use quittance_domain::invoice_import::SheetMapping;
use quittance_projections::import_mapping::{self, ImportMappingFilter, ImportMappingView};
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
pub struct ImportMappingBody {
    #[schema(example = "Council spend")]
    name: String,
    mapping: SheetMapping,
}

/// Save a mapping under a name, or give the name a new meaning: `If-Match` with its version replaces no other than that. Imports keep the
/// mapping that they were begun with.
#[utoipa::path(post, path = "/v1/import-mappings", tag = "imports", request_body = ImportMappingBody,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn save_import_mapping(order: Order<ImportMappingBody>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| save(body, ctx).map(|(_, save)| save)).await
}

pub fn save(body: ImportMappingBody, ctx: &Context) -> Result<(ImportMappingId, Single<ImportMapping>), Problem> {
    let ImportMappingBody { name, mapping } = body;
    let id = mapping_id(ctx.tenant, &name);
    Ok((id, Single::on(id, ImportMappingCommand::Save { name, mapping: Box::new(mapping), by: ctx.actor })))
}

/// Saved mappings, by name.
#[utoipa::path(get, path = "/v1/import-mappings", tag = "imports", params(ImportMappingFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<ImportMappingView>), Refusals))]
pub async fn list_import_mappings(
    mut read: Reading,
    Filter(filter): Filter<ImportMappingFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<ImportMappingView>>, Problem> {
    let found = import_mapping::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}
