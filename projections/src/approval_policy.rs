//! The approval policy in force, and every version before it.

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_application::commands::read_event;
use quittance_application::ports::StoredEvent;
use quittance_application::tenant::policy_id;
use quittance_domain::ids::UserId;
use quittance_domain::policy::{ApprovalPolicy, PolicyEvent, PolicyRules};
use quittance_infrastructure::database::TenantTx;
use serde::Serialize;
use sqlx::types::Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::find;
use crate::page::QueryError;
use crate::{aggregate_row, row};

row! {
    pub struct ApprovalPolicyRow in "approval_policy" {
        policy_id: Uuid,
        version: i64,
        position: i64,
        rules: Json<PolicyRules>,
        adopted_by: Uuid,
        adopted_at: DateTime<Utc>,
    }
}

aggregate_row!(ApprovalPolicyRow, ApprovalPolicy, Policy);

impl ApprovalPolicyRow {
    fn began(event: &PolicyEvent, at: &Recorded) -> Option<Self> {
        let PolicyEvent::Adopted { rules, by, .. } = event;
        let (policy_id, adopted_at) = (at.aggregate_id, at.recorded_at);
        Some(Self { policy_id, version: 0, position: 0, rules: Json(rules.clone()), adopted_by: by.0, adopted_at })
    }

    fn on(&mut self, event: &PolicyEvent, at: &Recorded) {
        let PolicyEvent::Adopted { rules, by, .. } = event;
        (self.rules, self.adopted_by, self.adopted_at) = (Json(rules.clone()), by.0, at.recorded_at);
    }
}

/// One version of the policy: each is one event, so the number of both is the same.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PolicyView {
    pub version: i64,
    pub rules: PolicyRules,
    pub adopted_by: UserId,
    pub adopted_at: DateTime<Utc>,
}

/// The version in force.
pub async fn get(tx: &mut TenantTx) -> sqlx::Result<Option<PolicyView>> {
    let id = policy_id(tx.tenant());
    let row = find::<ApprovalPolicyRow>(tx, id.0).await?;
    Ok(row.map(|row| PolicyView {
        version: row.version,
        rules: row.rules.0,
        adopted_by: UserId(row.adopted_by),
        adopted_at: row.adopted_at,
    }))
}

/// Every version, the newest first, from the log itself.
pub async fn versions(tx: &mut TenantTx) -> Result<Vec<PolicyView>, QueryError> {
    let query = "select sequence, position, event_type, event_version, payload::text as payload, recorded_at from es.events \
                 where tenant_id = $1 and aggregate_id = $2 and aggregate_type = $3 order by sequence desc";
    let tenant = tx.tenant();
    let rows: Vec<(i64, i64, String, i16, String, DateTime<Utc>)> =
        sqlx::query_as(query).bind(tenant.0).bind(policy_id(tenant).0).bind(ApprovalPolicy::TYPE).fetch_all(&mut **tx).await?;
    rows.into_iter()
        .map(|(sequence, position, event_type, event_version, payload, adopted_at)| {
            let stored = StoredEvent { sequence, position, event_type, event_version, payload };
            let event = read_event::<ApprovalPolicy>(&stored).map_err(|e| QueryError::Corrupt(e.to_string()))?;
            let PolicyEvent::Adopted { rules, by, .. } = event;
            Ok(PolicyView { version: sequence, rules, adopted_by: by, adopted_at })
        })
        .collect()
}
