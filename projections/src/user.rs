//! Users and their roles.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use quittance_domain::Money;
use quittance_domain::ids::UserId;
use quittance_domain::role::Role;
use quittance_domain::user::{User, UserEvent};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::{aggregate_row, row};

row! {
    pub struct UserRow in "users" {
        user_id: Uuid,
        version: i64,
        position: i64,
        email: String,
        name: String,
        roles: Json<Vec<Role>>,
        active: bool,
        added_at: DateTime<Utc>,
        manager_id: Option<Uuid>,
        approval_limit: Option<Json<Money>>,
    }
}

aggregate_row!(UserRow, User, User);

impl UserRow {
    fn began(event: &UserEvent, at: &Recorded) -> Option<Self> {
        let UserEvent::Added { email, name, roles } = event else { return None };
        Some(Self {
            user_id: at.aggregate_id,
            version: 0,
            position: 0,
            email: email.clone(),
            name: name.clone(),
            roles: Json(roles.clone()),
            active: true,
            added_at: at.recorded_at,
            manager_id: None,
            approval_limit: None,
        })
    }

    fn on(&mut self, event: &UserEvent, _: &Recorded) {
        match event {
            UserEvent::RolesChanged { roles, .. } => self.roles = Json(roles.clone()),
            UserEvent::AuthoritySet { manager, approval_limit, .. } => {
                (self.manager_id, self.approval_limit) = (manager.map(Uuid::from), approval_limit.map(Json));
            }
            UserEvent::Deactivated { .. } => self.active = false,
            // Keys have a read model of their own.
            UserEvent::Added { .. } | UserEvent::KeyIssued { .. } | UserEvent::KeyRevoked { .. } => {}
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct UserView {
    pub id: UserId,
    pub version: i64,
    pub email: String,
    pub name: String,
    pub roles: Vec<Role>,
    pub active: bool,
    pub added_at: DateTime<Utc>,
    /// Who is asked where the policy asks this person's manager.
    pub manager_id: Option<UserId>,
    /// The largest amount that this person may approve; any where absent.
    pub approval_limit: Option<Money>,
}

impl From<UserRow> for UserView {
    fn from(row: UserRow) -> Self {
        Self {
            id: UserId(row.user_id),
            version: row.version,
            email: row.email,
            name: row.name,
            roles: row.roles.0,
            active: row.active,
            added_at: row.added_at,
            manager_id: row.manager_id.map(UserId),
            approval_limit: row.approval_limit.map(|limit| limit.0),
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserFilter {
    pub email: Option<String>,
    pub role: Option<Role>,
    pub active: Option<bool>,
}

const SORTS: &[Sort<UserRow>] = &[Sort { name: "email", column: "email", cast: "text", key: |row| row.email.clone() }];

pub async fn list(tx: &mut TenantTx, filter: &UserFilter, page: &Page) -> Result<PageOf<UserView>, QueryError> {
    let found = Listing::<UserRow>::of(tx)
        .when("email = lower(?)", filter.email.as_deref())
        .when("roles @> ?", filter.role.map(|role| Json([role])))
        .when("active = ?", filter.active)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(UserView::from))
}

/// By what these people are called.
pub async fn names(tx: &mut TenantTx, ids: &[UserId]) -> sqlx::Result<HashMap<UserId, String>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let query = "select user_id, name from users where tenant_id = $1 and user_id = any ($2)";
    let rows: Vec<(Uuid, String)> = sqlx::query_as(query).bind(tx.tenant().0).bind(ids).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(|(id, name)| (UserId(id), name)).collect())
}

pub async fn get(tx: &mut TenantTx, id: UserId) -> sqlx::Result<Option<UserView>> {
    Ok(find::<UserRow>(tx, id.0).await?.map(UserView::from))
}
