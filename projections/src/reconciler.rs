//! Brings started transfers to their end: asks the provider whether it has one, sends what it has not, records what it says.
//!
//! `Started` is in the log before this looks, so a crash anywhere leaves something to find. Asking comes before sending, each
//! time, and one payment has one key for ever: two of these at once, on two nodes, still make one transfer. A lease only
//! spares the provider the second question.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use quittance_application::provider::{Door, HearTransfer, PROVIDER, Rail, RailTrouble, TransferOrder};
use quittance_application::{Channel, Commands, Failure};
use quittance_domain::ids::{PaymentId, ProviderAccountId, TenantId};
use quittance_domain::payment::{Payment, PaymentPlan, TransferOutcome, TransferReport};
use quittance_domain::provider::{AccountState, ProviderAccount};
use quittance_infrastructure::database::{Database, Due};
use quittance_infrastructure::sealed_secrets::SealedSecrets;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::lease::{Leases, Next, backoff};
use crate::projector::ProjectionError;
use crate::worker::{each_tenant, every};

const NAME: &str = "reconciler";
pub(crate) const LEASED_AS: &str = "transfer";
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Longer than one question and one order may take, connection included.
const LEASE: TimeDelta = TimeDelta::seconds(90);
/// A transfer that the provider has is asked about this often; its webhook is usually sooner.
const ASK_PENDING_EVERY: TimeDelta = TimeDelta::seconds(60);
const WAIT_FIRST: TimeDelta = TimeDelta::seconds(1);
const WAIT_MAX: TimeDelta = TimeDelta::minutes(5);
/// Transfers of one tenant that one look works on.
const TRANSFERS_MAX: i64 = 100;
const TENANTS_AT_ONCE: usize = 16;
/// After so many troubles the tenant's other transfers wait for the next look.
const TROUBLES_MAX: usize = 3;

pub struct Reconciler {
    pub database: Database,
    pub commands: Arc<Commands>,
    pub rail: Arc<dyn Rail>,
    pub secrets: Arc<SealedSecrets>,
}

/// What one round of questions came to.
#[derive(Debug)]
enum Told {
    /// The payment needs nothing more from here.
    Nothing,
    Report(TransferReport),
    Trouble(String),
}

impl Reconciler {
    pub fn start(self, stop: CancellationToken) -> JoinHandle<()> {
        every(NAME, LOOK_EVERY, Arc::new(self), stop, |reconciler| async move { reconciler.look().await })
    }

    /// Works on every transfer that is due. A provider that does not answer keeps only its own tenant waiting.
    pub async fn look(&self) -> sqlx::Result<()> {
        let tenants = self.database.tenants_with(Due::Transfers).await?;
        each_tenant(NAME, tenants, TENANTS_AT_ONCE, |tenant| self.look_at(tenant)).await;
        Ok(())
    }

    async fn look_at(&self, tenant: TenantId) -> Result<(), ProjectionError> {
        let mut troubles = 0;
        for payment in self.due(tenant).await? {
            troubles += usize::from(self.work_on(tenant, payment).await?);
            if troubles == TROUBLES_MAX {
                break;
            }
        }
        Ok(())
    }

    async fn due(&self, tenant: TenantId) -> sqlx::Result<Vec<PaymentId>> {
        let query = "select t.payment_id from transfers t \
                       left join ops.leases l on l.tenant_id = t.tenant_id and l.kind = $4 and l.id = t.payment_id \
                      where t.tenant_id = $1 and t.due_at is not null and coalesce(l.next_at <= $2, true) order by t.due_at limit $3";
        let mut tx = self.database.read(tenant).await?;
        let now = self.now();
        let query = sqlx::query_scalar(query).bind(tenant.0).bind(now).bind(TRANSFERS_MAX).bind(LEASED_AS);
        let due: Vec<Uuid> = query.fetch_all(&mut *tx).await?;
        Ok(due.into_iter().map(PaymentId).collect())
    }

    /// Whether it is still not known how the transfer stands.
    async fn work_on(&self, tenant: TenantId, payment: PaymentId) -> Result<bool, ProjectionError> {
        let Some(asked_times) = self.leases().take(tenant, payment.0, self.now()).await? else { return Ok(false) };
        let told = match self.ask_or_send(tenant, payment).await {
            Ok(told) => told,
            Err(failure) => Told::Trouble(failure.to_string()),
        };
        let pending = matches!(&told, Told::Report(report) if report.outcome == TransferOutcome::Pending);
        let trouble = match told {
            Told::Nothing => None,
            Told::Report(report) => self.record(tenant, payment, report).await.err().map(|failure| failure.to_string()),
            Told::Trouble(trouble) => Some(trouble),
        };
        if let Some(trouble) = &trouble {
            tracing::warn!(%tenant, %payment, trouble, "it is not known how a transfer stands");
            metrics::counter!("quittance_transfers_unknown_total").increment(1);
        }
        let wait = if pending { ASK_PENDING_EVERY } else { backoff(WAIT_FIRST, asked_times, WAIT_MAX) };
        let unknown = trouble.is_some();
        let next = Next { at: self.now() + wait, tries: asked_times + 1, trouble };
        self.leases().give_back(tenant, payment.0, next).await?;
        Ok(unknown)
    }

    async fn ask_or_send(&self, tenant: TenantId, id: PaymentId) -> Result<Told, Failure> {
        let (payment, _) = self.commands.state_of::<Payment>(tenant, id.0).await?;
        let Some(plan) = payment.awaits_provider() else { return Ok(Told::Nothing) };
        let order = TransferOrder::of(id, plan).ok_or_else(|| Failure::Unavailable("the plan has no creditor's account".to_owned()))?;
        let (door, state) = self.door(tenant, plan).await?;
        Ok(match self.rail.find(&door, &order).await {
            Err(trouble) => Told::from(trouble),
            Ok(Some(report)) => Told::Report(report),
            Ok(None) if matches!(*payment, Payment::Sent(_)) => {
                Told::Trouble("the provider no longer knows a transfer that it took on".to_owned())
            }
            Ok(None) if state != AccountState::Active => Told::Trouble("the provider account is closed: nothing is sent".to_owned()),
            Ok(None) => self.rail.transfer(&door, &order).await.map_or_else(Told::from, Told::Report),
        })
    }

    async fn door(&self, tenant: TenantId, plan: &PaymentPlan) -> Result<(Door, AccountState), Failure> {
        let ProviderAccountId(id) =
            plan.provider_account_id.ok_or_else(|| Failure::Unavailable("the plan names no provider".to_owned()))?;
        let (account, _) = self.commands.state_of::<ProviderAccount>(tenant, id).await?;
        let account = account.account()?;
        let credential = self.secrets.open(tenant, account.credential).await.map_err(|e| Failure::Unavailable(e.to_string()))?;
        Ok((Door { endpoint: account.endpoint.clone(), credential }, account.state))
    }

    /// What was recorded meanwhile, by a webhook or another node, makes this nothing new.
    async fn record(&self, tenant: TenantId, id: PaymentId, report: TransferReport) -> Result<(), Failure> {
        let correlation = self.commands.ports().edge.new_id();
        let ctx = self.commands.context(tenant, PROVIDER, Channel::ProcessManager, correlation).await?;
        self.commands.run(&ctx, &HearTransfer { id, report }).await.map(drop)
    }

    fn leases(&self) -> Leases<'_> {
        Leases { database: &self.database, kind: LEASED_AS, for_at_most: LEASE }
    }

    fn now(&self) -> DateTime<Utc> {
        self.commands.ports().edge.now()
    }
}

impl From<RailTrouble> for Told {
    fn from(trouble: RailTrouble) -> Self {
        Self::Trouble(trouble.to_string())
    }
}
