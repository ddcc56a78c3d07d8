//! The rules in force for bank lines, and every version that was.

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_application::bank_rules::bank_rules_id;
use quittance_domain::bank_rules::{BankRule, BankRuleSet, BankRules, BankRulesEvent};
use quittance_domain::ids::UserId;
use quittance_infrastructure::database::TenantTx;
use serde::Serialize;
use sqlx::types::Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::find;
use crate::logged;
use crate::logged::Logged;
use crate::page::QueryError;
use crate::{aggregate_row, row};

row! {
    pub struct BankRulesRow in "bank_rules" {
        bank_rules_id: Uuid,
        version: i64,
        position: i64,
        rule_set: Json<BankRuleSet>,
        adopted_by: Uuid,
        adopted_at: DateTime<Utc>,
    }
}

aggregate_row!(BankRulesRow, BankRules, BankRules);

impl BankRulesRow {
    fn began(event: &BankRulesEvent, at: &Recorded) -> Option<Self> {
        let BankRulesEvent::Adopted { set, by, .. } = event;
        let (bank_rules_id, adopted_at) = (at.aggregate_id, at.recorded_at);
        Some(Self { bank_rules_id, version: 0, position: 0, rule_set: Json(set.clone()), adopted_by: by.0, adopted_at })
    }

    fn on(&mut self, event: &BankRulesEvent, at: &Recorded) {
        let BankRulesEvent::Adopted { set, by, .. } = event;
        (self.rule_set, self.adopted_by, self.adopted_at) = (Json(set.clone()), by.0, at.recorded_at);
    }
}

/// One version of the rules; 0 is what holds before anybody adopted any: no line books itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct BankRulesView {
    pub version: i64,
    pub rules: Vec<BankRule>,
    pub adopted_by: Option<UserId>,
    pub adopted_at: Option<DateTime<Utc>>,
}

/// The version in force.
pub async fn get(tx: &mut TenantTx) -> sqlx::Result<BankRulesView> {
    let id = bank_rules_id(tx.tenant());
    let row = find::<BankRulesRow>(tx, id.0).await?;
    Ok(row.map_or_else(BankRulesView::default, |row| BankRulesView {
        version: row.version,
        rules: row.rule_set.0.rules,
        adopted_by: Some(UserId(row.adopted_by)),
        adopted_at: Some(row.adopted_at),
    }))
}

/// Every version, the newest first, from the log itself.
pub async fn versions(tx: &mut TenantTx) -> Result<Vec<BankRulesView>, QueryError> {
    let query = logged!("aggregate_id = $2 and aggregate_type = $3 order by sequence desc");
    let tenant = tx.tenant();
    let query = sqlx::query_as(query).bind(tenant.0).bind(bank_rules_id(tenant).0).bind(BankRules::TYPE);
    let events: Vec<Logged> = query.fetch_all(&mut **tx).await?;
    let version = |event: &Logged| {
        let BankRulesEvent::Adopted { set, by, .. } = event.read::<BankRules>()?;
        Ok(BankRulesView { version: event.sequence, rules: set.rules, adopted_by: Some(by), adopted_at: Some(event.recorded_at) })
    };
    events.iter().map(version).collect()
}
