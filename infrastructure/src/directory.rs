//! Who has which role, from the read model of users.

use quittance_application::ports::{Directory, Later};
use quittance_domain::ids::{TenantId, UserId};
use quittance_domain::role::Role;
use uuid::Uuid;

use crate::database::Database;

pub struct UserDirectory(pub Database);

impl Directory for UserDirectory {
    fn users_with_role(&self, tenant: TenantId, role: Role) -> Later<'_, Result<Vec<UserId>, String>> {
        Box::pin(async move { self.query(tenant, role).await.map_err(|e| e.to_string()) })
    }
}

impl UserDirectory {
    async fn query(&self, tenant: TenantId, role: Role) -> sqlx::Result<Vec<UserId>> {
        let mut tx = self.0.read(tenant).await?;
        let query = "select user_id from users where tenant_id = $1 and active and roles ? $2 order by user_id";
        let ids: Vec<Uuid> = sqlx::query_scalar(query).bind(tenant.0).bind(role.to_string()).fetch_all(&mut *tx).await?;
        Ok(ids.into_iter().map(UserId).collect())
    }
}
