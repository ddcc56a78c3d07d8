//! The approval policy in force, and every version before it.

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_application::commands::read_event;
use quittance_application::ports::StoredEvent;
use quittance_application::tenant::policy_id;
use quittance_domain::Root;
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
        adopted_by: Uuid,
        adopted_at: DateTime<Utc>,
        state: Json<ApprovalPolicy>,
    }
}

aggregate_row!(ApprovalPolicyRow, ApprovalPolicy, Policy);

impl ApprovalPolicyRow {
    fn began(event: &PolicyEvent, at: &Recorded) -> Option<Self> {
        let PolicyEvent::Adopted { by, .. } = event else { return None };
        let state = Json(ApprovalPolicy::replay([event.clone()]));
        Some(Self { policy_id: at.aggregate_id, version: 0, position: 0, adopted_by: by.0, adopted_at: at.recorded_at, state })
    }

    fn on(&mut self, event: &PolicyEvent, at: &Recorded) {
        if let PolicyEvent::Adopted { by, .. } = event {
            (self.adopted_by, self.adopted_at) = (by.0, at.recorded_at);
        }
        self.state.apply(event.clone());
    }
}

/// One version of the policy.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PolicyView {
    /// The version of the policy as a thing that changes, for `If-Match`: of a version that was, the one that it came with.
    pub version: i64,
    /// Which version of the rules this is: approvals name the one that they started under, and this is what is confirmed.
    pub policy_version: u32,
    pub rules: PolicyRules,
    pub adopted_by: UserId,
    pub adopted_at: DateTime<Utc>,
    /// Who adopted it does not decide under it, until somebody else confirms it.
    pub awaits_confirmation: bool,
}

/// The version in force.
pub async fn get(tx: &mut TenantTx) -> sqlx::Result<Option<PolicyView>> {
    let id = policy_id(tx.tenant());
    let Some(ApprovalPolicyRow { version, adopted_by, adopted_at, state, .. }) = find::<ApprovalPolicyRow>(tx, id.0).await? else {
        return Ok(None);
    };
    let policy_version = state.version;
    let awaits_confirmation = state.adopter_of(policy_version).is_some();
    let view = |rules| PolicyView { version, policy_version, rules, adopted_by: UserId(adopted_by), adopted_at, awaits_confirmation };
    Ok(state.0.rules.map(view))
}

/// Every version, the newest first, from the log itself.
pub async fn versions(tx: &mut TenantTx) -> Result<Vec<PolicyView>, QueryError> {
    let query = "select sequence, position, event_type, event_version, payload::text as payload, recorded_at from es.events \
                 where tenant_id = $1 and aggregate_id = $2 and aggregate_type = $3 order by sequence";
    let tenant = tx.tenant();
    let rows: Vec<(i64, i64, String, i16, String, DateTime<Utc>)> =
        sqlx::query_as(query).bind(tenant.0).bind(policy_id(tenant).0).bind(ApprovalPolicy::TYPE).fetch_all(&mut **tx).await?;
    let (mut policy, mut views) = (ApprovalPolicy::default(), Vec::new());
    for (sequence, position, event_type, event_version, payload, adopted_at) in rows {
        let stored = StoredEvent { sequence, position, event_type, event_version, payload };
        let event = read_event::<ApprovalPolicy>(&stored).map_err(|e| QueryError::Corrupt(e.to_string()))?;
        policy.apply(event.clone());
        if let PolicyEvent::Adopted { version: policy_version, rules, by: adopted_by } = event {
            views.push(PolicyView { version: sequence, policy_version, rules, adopted_by, adopted_at, awaits_confirmation: false });
        }
    }
    views.iter_mut().for_each(|view| view.awaits_confirmation = policy.adopter_of(view.policy_version).is_some());
    views.reverse();
    Ok(views)
}
