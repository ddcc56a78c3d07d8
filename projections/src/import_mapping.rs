//! Saved ways to read files of invoices, by their names.

use chrono::{DateTime, Utc};
use quittance_domain::ids::{ImportMappingId, UserId};
use quittance_domain::import_mapping::{ImportMapping, ImportMappingEvent};
use quittance_domain::invoice_import::SheetMapping;
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::{aggregate_row, row};

row! {
    pub struct ImportMappingRow in "import_mappings" {
        import_mapping_id: Uuid,
        version: i64,
        position: i64,
        name: String,
        mapping: Json<SheetMapping>,
        saved_by: Uuid,
        saved_at: DateTime<Utc>,
    }
}

aggregate_row!(ImportMappingRow, ImportMapping, ImportMapping);

impl ImportMappingRow {
    fn began(event: &ImportMappingEvent, at: &Recorded) -> Option<Self> {
        let ImportMappingEvent::Saved { name, mapping, by, .. } = event;
        Some(Self {
            import_mapping_id: at.aggregate_id,
            version: 0,
            position: 0,
            name: name.clone(),
            mapping: Json(mapping.as_ref().clone()),
            saved_by: by.0,
            saved_at: at.recorded_at,
        })
    }

    fn on(&mut self, event: &ImportMappingEvent, at: &Recorded) {
        let ImportMappingEvent::Saved { mapping, by, .. } = event;
        (self.mapping, self.saved_by, self.saved_at) = (Json(mapping.as_ref().clone()), by.0, at.recorded_at);
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ImportMappingView {
    pub id: ImportMappingId,
    /// Saving under the name again makes the next one; `If-Match` names the one that is meant to be replaced.
    pub version: i64,
    pub name: String,
    pub mapping: SheetMapping,
    /// Who saved this version.
    pub saved_by: UserId,
    pub saved_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportMappingFilter {
    pub name: Option<String>,
}

const SORTS: &[Sort<ImportMappingRow>] = &[Sort { name: "name", column: "name", cast: "text", key: |row| row.name.clone() }];

pub async fn list(tx: &mut TenantTx, filter: &ImportMappingFilter, page: &Page) -> Result<PageOf<ImportMappingView>, QueryError> {
    let found = Listing::<ImportMappingRow>::of(tx).when("name = ?", filter.name.as_deref()).page(tx, SORTS, filter, page).await?;
    Ok(found.map(|row| ImportMappingView {
        id: ImportMappingId(row.import_mapping_id),
        version: row.version,
        name: row.name,
        mapping: row.mapping.0,
        saved_by: UserId(row.saved_by),
        saved_at: row.saved_at,
    }))
}
