//! Payment terms by their codes.

use quittance_domain::ids::PaymentTermsId;
use quittance_domain::terms::{PaymentTerms, TermsEvent, TermsRule};
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
    pub struct PaymentTermsRow in "payment_terms" {
        payment_terms_id: Uuid,
        version: i64,
        position: i64,
        code: String,
        rule: Json<TermsRule>,
    }
}

aggregate_row!(PaymentTermsRow, PaymentTerms, PaymentTerms);

impl PaymentTermsRow {
    fn began(event: &TermsEvent, at: &Recorded) -> Option<Self> {
        let TermsEvent::Adopted { code, rule, .. } = event;
        Some(Self { payment_terms_id: at.aggregate_id, version: 0, position: 0, code: code.clone(), rule: Json(rule.clone()) })
    }

    fn on(&mut self, event: &TermsEvent, _: &Recorded) {
        let TermsEvent::Adopted { rule, .. } = event;
        self.rule = Json(rule.clone());
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PaymentTermsView {
    pub id: PaymentTermsId,
    pub version: i64,
    pub code: String,
    pub rule: TermsRule,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PaymentTermsFilter {
    pub code: Option<String>,
}

const SORTS: &[Sort<PaymentTermsRow>] = &[Sort { name: "code", column: "code", cast: "text", key: |row| row.code.clone() }];

pub async fn list(tx: &mut TenantTx, filter: &PaymentTermsFilter, page: &Page) -> Result<PageOf<PaymentTermsView>, QueryError> {
    let found = Listing::<PaymentTermsRow>::of(tx).when("code = ?", filter.code.as_deref()).page(tx, SORTS, filter, page).await?;
    Ok(found.map(|row| PaymentTermsView {
        id: PaymentTermsId(row.payment_terms_id),
        version: row.version,
        code: row.code,
        rule: row.rule.0,
    }))
}
