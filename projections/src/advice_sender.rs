//! Sends remittance advice that was asked for, and records what became of it.
//!
//! That it is to be sent is in the log before this looks, so a crash anywhere leaves something to find. A crash after the mail server has
//! taken a mail and before that is recorded sends it once more: at least once, under one Message-ID, by which a repeat can be recognised.
//! A lease keeps two nodes from doing so at once.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use quittance_application::mail::{Mail, MailTrouble, Mailer};
use quittance_application::remittance::{AdviseRemittance, RemittanceAdvice};
use quittance_application::remittance_mail::{POSTMAN, RecordRemittanceAdvice};
use quittance_application::{Channel, Commands, Context, Failure};
use quittance_domain::ids::{PaymentId, TenantId};
use quittance_domain::payment::{AdviceOutcome, AdviceRequest, Payment};
use quittance_infrastructure::database::{Database, Due};
use quittance_infrastructure::remittance_letters::{Account, pdf, text};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::lease::{Leases, Next, backoff};
use crate::projector::ProjectionError;
use crate::worker::{each_tenant, every};

const NAME: &str = "advice sender";
const LEASED_AS: &str = "remittance_advice";
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Longer than a mail server may take over one mail.
const LEASE: TimeDelta = TimeDelta::minutes(3);
const WAIT_FIRST: TimeDelta = TimeDelta::seconds(5);
const WAIT_MAX: TimeDelta = TimeDelta::minutes(15);
/// A mail that no server has taken by then has failed, and says so.
const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(2);
/// Payments of one tenant that one look works on.
const PAYMENTS_MAX: i64 = 100;

pub struct AdviceSender {
    pub database: Database,
    pub commands: Arc<Commands>,
    pub mailer: Arc<dyn Mailer>,
}

impl AdviceSender {
    pub fn start(self, stop: CancellationToken) -> JoinHandle<()> {
        every(NAME, LOOK_EVERY, Arc::new(self), stop, |sender| async move { sender.look().await })
    }

    /// Works on everything that is due.
    pub async fn look(&self) -> sqlx::Result<()> {
        let tenants = self.database.tenants_with(Due::Mail).await?;
        each_tenant(NAME, tenants, 1, |tenant| self.look_at(tenant)).await;
        Ok(())
    }

    async fn look_at(&self, tenant: TenantId) -> Result<(), ProjectionError> {
        for (payment, since) in self.due(tenant).await? {
            self.work_on(tenant, payment, since).await?;
        }
        Ok(())
    }

    async fn due(&self, tenant: TenantId) -> sqlx::Result<Vec<(PaymentId, DateTime<Utc>)>> {
        let query = "select p.payment_id, p.due_at from payments p \
                       left join ops.leases l on l.tenant_id = p.tenant_id and l.kind = $4 and l.id = p.payment_id \
                      where p.tenant_id = $1 and p.due_at is not null and coalesce(l.next_at <= $2, true) order by p.due_at limit $3";
        let mut tx = self.database.read(tenant).await?;
        let query = sqlx::query_as(query).bind(tenant.0).bind(self.now()).bind(PAYMENTS_MAX).bind(LEASED_AS);
        let due: Vec<(Uuid, DateTime<Utc>)> = query.fetch_all(&mut *tx).await?;
        Ok(due.into_iter().map(|(payment, since)| (PaymentId(payment), since)).collect())
    }

    async fn work_on(&self, tenant: TenantId, payment: PaymentId, since: DateTime<Utc>) -> Result<(), ProjectionError> {
        let Some(tried_times) = self.leases().take(tenant, payment.0, self.now()).await? else { return Ok(()) };
        let trouble = match self.send_all(tenant, payment, since).await {
            Ok(trouble) => trouble,
            Err(failure) => Some(failure.to_string()),
        };
        if let Some(trouble) = &trouble {
            tracing::warn!(%tenant, %payment, trouble, "remittance advice could not be sent");
            metrics::counter!("quittance_mails_delayed_total").increment(1);
        }
        // A mail that went begins anew for the next one.
        let (wait, tries) = match trouble {
            Some(_) => (backoff(WAIT_FIRST, tried_times, WAIT_MAX), tried_times + 1),
            None => (TimeDelta::zero(), 0),
        };
        Ok(self.leases().give_back(tenant, payment.0, Next { at: self.now() + wait, tries, trouble }).await?)
    }

    /// What keeps one of them waiting.
    async fn send_all(&self, tenant: TenantId, id: PaymentId, since: DateTime<Utc>) -> Result<Option<String>, Failure> {
        let (payment, _) = self.commands.state_of::<Payment>(tenant, id.0).await?;
        let mut waits = None;
        for request in payment.open_advices() {
            let ctx = self.commands.context(tenant, POSTMAN, Channel::ProcessManager, self.commands.ports().edge.new_id()).await?;
            let outcome = match self.send(&ctx, id, &payment, request).await? {
                Ok(message_id) => AdviceOutcome::Sent { message_id },
                Err(MailTrouble::Refused(reason)) => AdviceOutcome::Failed { reason },
                Err(MailTrouble::NotNow(reason)) if self.now() - since > GIVE_UP_AFTER => AdviceOutcome::Failed { reason },
                Err(MailTrouble::NotNow(reason)) => {
                    waits = Some(reason);
                    continue;
                }
            };
            self.commands.run(&ctx, &RecordRemittanceAdvice { payment_id: id, id: request.id, outcome }).await?;
        }
        Ok(waits)
    }

    async fn send(
        &self,
        ctx: &Context,
        id: PaymentId,
        payment: &Payment,
        request: &AdviceRequest,
    ) -> Result<Result<String, MailTrouble>, Failure> {
        // What failed or came back meanwhile is told to nobody as paid.
        if let Err(refusal) = payment.may_advise(request.vendor_id) {
            return Ok(Err(MailTrouble::Refused(refusal.to_string())));
        }
        let advices = self.commands.run(ctx, &AdviseRemittance(id)).await?.output.unwrap_or_default();
        let own = advices.into_iter().filter(|advice| advice.vendor_id == request.vendor_id).collect();
        let Some(advice) = RemittanceAdvice::joined(own) else {
            return Ok(Err(MailTrouble::Refused("the payment pays this vendor nothing".to_owned())));
        };
        let mail = mail(request, &advice, ctx.now).await?;
        Ok(self.mailer.send(&mail).await)
    }

    fn leases(&self) -> Leases<'_> {
        Leases { database: &self.database, kind: LEASED_AS, for_at_most: LEASE }
    }

    fn now(&self) -> DateTime<Utc> {
        self.commands.ports().edge.now()
    }
}

/// The account stands masked: a mail may be read on its way.
async fn mail(request: &AdviceRequest, advice: &RemittanceAdvice, now: DateTime<Utc>) -> Result<Mail, Failure> {
    let (body, drawn) = (text(advice, Account::Masked), advice.clone());
    let written = tokio::task::spawn_blocking(move || pdf(&drawn, Account::Masked)).await;
    let written = written.map_err(|e| Failure::Unavailable(e.to_string()))?.map_err(|e| Failure::Unavailable(e.to_string()))?;
    Ok(Mail {
        id: format!("remittance-advice.{}", request.id),
        written_at: now,
        from: advice.payer.clone(),
        to: request.to.clone(),
        subject: format!("Remittance advice: {} from {}", advice.paid, advice.payer),
        text: body,
        pdf: (format!("remittance-advice-{}.pdf", advice.payment_date), written),
    })
}
