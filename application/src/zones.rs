//! Where companies keep their calendars, in memory: what day it is somewhere is asked by every command and query.
//!
//! A company hardly ever moves. Where it did, the node that wrote so knows at once, and any other within a minute.

use std::time::Duration;

use moka::sync::Cache;
use quittance_domain::ids::{TenantId, UserId};
use quittance_domain::tenant::Tenant;
use quittance_domain::time_zone::TimeZone;
use uuid::Uuid;

use crate::commands::Commands;
use crate::context::{Channel, Context};
use crate::failure::Failure;

const REMEMBERED_FOR: Duration = Duration::from_secs(60);
const REMEMBERED_MAX: u64 = 100_000;

pub(crate) struct Zones(Cache<TenantId, TimeZone>);

impl Default for Zones {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(REMEMBERED_MAX).time_to_live(REMEMBERED_FOR).build())
    }
}

impl Zones {
    pub fn forget(&self, tenant: TenantId) {
        self.0.invalidate(&tenant);
    }
}

impl Commands {
    /// Somebody's command at this moment, which is of one day where the company is and may be of another elsewhere.
    pub async fn context(&self, tenant: TenantId, actor: UserId, channel: Channel, correlation: Uuid) -> Result<Context, Failure> {
        let zone = self.zone_of(tenant).await?;
        Ok(Context::new(tenant, actor, self.ports().edge.now(), zone, channel, correlation))
    }

    /// Where the company keeps its calendar.
    pub async fn zone_of(&self, tenant: TenantId) -> Result<TimeZone, Failure> {
        if let Some(zone) = self.zones.0.get(&tenant) {
            return Ok(zone);
        }
        let (company, _) = self.state_of::<Tenant>(tenant, tenant.0).await?;
        let zone = company.company().map_or_else(|_| TimeZone::default(), |company| company.time_zone);
        self.zones.0.insert(tenant, zone);
        Ok(zone)
    }
}
