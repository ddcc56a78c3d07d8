//! Withholding taxes by their codes.

use quittance_domain::ids::WithholdingTaxId;
use quittance_domain::withholding::{WithholdingEvent, WithholdingRule, WithholdingTax};
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
    pub struct WithholdingTaxRow in "withholding_taxes" {
        withholding_tax_id: Uuid,
        version: i64,
        position: i64,
        code: String,
        rule: Json<WithholdingRule>,
    }
}

aggregate_row!(WithholdingTaxRow, WithholdingTax, WithholdingTax);

impl WithholdingTaxRow {
    fn began(event: &WithholdingEvent, at: &Recorded) -> Option<Self> {
        let WithholdingEvent::Adopted { code, rule, .. } = event;
        Some(Self { withholding_tax_id: at.aggregate_id, version: 0, position: 0, code: code.clone(), rule: Json(rule.clone()) })
    }

    fn on(&mut self, event: &WithholdingEvent, _: &Recorded) {
        let WithholdingEvent::Adopted { rule, .. } = event;
        self.rule = Json(rule.clone());
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WithholdingTaxView {
    pub id: WithholdingTaxId,
    pub version: i64,
    pub code: String,
    pub rule: WithholdingRule,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WithholdingTaxFilter {
    pub code: Option<String>,
}

const SORTS: &[Sort<WithholdingTaxRow>] = &[Sort { name: "code", column: "code", cast: "text", key: |row| row.code.clone() }];

pub async fn list(tx: &mut TenantTx, filter: &WithholdingTaxFilter, page: &Page) -> Result<PageOf<WithholdingTaxView>, QueryError> {
    let found = Listing::<WithholdingTaxRow>::of(tx).when("code = ?", filter.code.as_deref()).page(tx, SORTS, filter, page).await?;
    Ok(found.map(|row| WithholdingTaxView {
        id: WithholdingTaxId(row.withholding_tax_id),
        version: row.version,
        code: row.code,
        rule: row.rule.0,
    }))
}
