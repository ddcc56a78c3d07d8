//! Who works here, and what a vendor's invoices say: from the read models.

use std::time::Duration;

use quittance_application::ports::{Asked, Colleague, Directory, RecentInvoice, Unavailable, VendorPeriod, VendorRecord};
use quittance_domain::Money;
use quittance_domain::ids::{InvoiceId, TenantId, UserId};
use quittance_domain::role::Role;
use rust_decimal::Decimal;
use sqlx::Row;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use uuid::Uuid;

use crate::database::Database;

/// How often the read models are asked whether they have caught up, and how often at most.
const ASK_EVERY: Duration = Duration::from_millis(10);
const ASKED_MAX: u32 = 300;

pub struct UserDirectory(pub Database);

impl Directory for UserDirectory {
    fn users_with_role(&self, tenant: TenantId, role: Role) -> Asked<'_, Vec<Colleague>> {
        Box::pin(async move {
            let query = "select user_id, active, roles, manager_id, approval_limit from users \
                         where tenant_id = $1 and active and roles ? $2 order by user_id";
            let mut tx = self.0.read(tenant).await?;
            let rows = sqlx::query(query).bind(tenant.0).bind(role.to_string()).fetch_all(&mut *tx).await?;
            Ok(rows.iter().map(colleague).collect::<sqlx::Result<_>>()?)
        })
    }

    fn users(&self, tenant: TenantId, users: Vec<UserId>) -> Asked<'_, Vec<Colleague>> {
        Box::pin(async move {
            let ids: Vec<Uuid> = users.iter().map(|user| user.0).collect();
            let query = "select user_id, active, roles, manager_id, approval_limit from users where tenant_id = $1 and user_id = any ($2)";
            let mut tx = self.0.read(tenant).await?;
            let rows = sqlx::query(query).bind(tenant.0).bind(ids).fetch_all(&mut *tx).await?;
            Ok(rows.iter().map(colleague).collect::<sqlx::Result<_>>()?)
        })
    }

    fn vendor_record(&self, tenant: TenantId, of: VendorPeriod, complete: bool) -> Asked<'_, VendorRecord> {
        Box::pin(async move {
            if complete {
                self.invoices_are_complete(tenant).await?;
            }
            Ok(self.record(tenant, of).await?)
        })
    }
}

impl UserDirectory {
    /// Waits until the invoices' read model has every event that there is now.
    async fn invoices_are_complete(&self, tenant: TenantId) -> Result<(), Unavailable> {
        let query = "select h.position, coalesce((select c.position from ops.checkpoints c \
                       where c.tenant_id = h.tenant_id and c.projector = 'invoices'), 0) from es.log_heads h where h.tenant_id = $1";
        let mut wanted = None;
        for _ in 0..ASKED_MAX {
            let mut tx = self.0.read(tenant).await?;
            let found: Option<(i64, i64)> = sqlx::query_as(query).bind(tenant.0).fetch_optional(&mut *tx).await?;
            drop(tx);
            let (head, reached) = found.unwrap_or_default();
            if reached >= *wanted.get_or_insert(head) {
                return Ok(());
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
        Err(Unavailable("the read model of invoices has not caught up: how much a vendor sent lately is not known".to_owned()))
    }

    async fn record(&self, tenant: TenantId, of: VendorPeriod) -> sqlx::Result<VendorRecord> {
        let names: Vec<Uuid> = of.names.iter().map(|name| name.0).collect();
        let mut tx = self.0.read(tenant).await?;
        let query = "select invoice_id from invoices where tenant_id = $1 and vendor_id = any ($2) \
                     and stage = 'approved' limit 2";
        let approved: Vec<Uuid> = sqlx::query_scalar(query).bind(tenant.0).bind(&names).fetch_all(&mut *tx).await?;
        let query = "select invoice_id, issue_date, currency, greatest(abs(gross), abs(payable)) as gross from invoices \
                     where tenant_id = $1 and vendor_id = any ($2) and issue_date between $3 and $4 and status not in ('rejected', 'voided')";
        let rows = sqlx::query(query).bind(tenant.0).bind(&names).bind(of.first).bind(of.last).fetch_all(&mut *tx).await?;
        let recent = rows.iter().map(recent).collect::<sqlx::Result<_>>()?;
        Ok(VendorRecord { approved: approved.into_iter().map(InvoiceId).collect(), recent })
    }
}

fn recent(row: &PgRow) -> sqlx::Result<RecentInvoice> {
    let currency = row.try_get::<String, _>("currency")?.parse().map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
    let gross = Money::rounded(row.try_get::<Decimal, _>("gross")?, currency);
    Ok(RecentInvoice { invoice_id: InvoiceId(row.try_get("invoice_id")?), issue_date: row.try_get("issue_date")?, gross })
}

fn colleague(row: &PgRow) -> sqlx::Result<Colleague> {
    let roles: Json<Vec<Role>> = row.try_get("roles")?;
    Ok(Colleague {
        user_id: UserId(row.try_get("user_id")?),
        decides: roles.iter().any(|role| role.decides()),
        active: row.try_get("active")?,
        manager: row.try_get::<Option<Uuid>, _>("manager_id")?.map(UserId),
        approval_limit: row.try_get::<Option<Json<Money>>, _>("approval_limit")?.map(|limit| limit.0),
    })
}
