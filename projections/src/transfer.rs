//! Transfers that a provider makes: what was asked for, how it stands, and what is still to be found out.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use quittance_application::ports::Later;
use quittance_domain::ids::{PaymentId, ProviderAccountId, VendorId};
use quittance_domain::payment::{Method, PaymentEvent, PaymentPlan};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::aggregate_row::begun_before;
use crate::fact::{Fact, Recorded};
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::reconciler::LEASED_AS;
use crate::row;
use crate::rows::Rows;
use crate::word::Word;

/// A provider that has not said how a transfer ended after this long is worth a telephone call.
const OVERDUE_AFTER: TimeDelta = TimeDelta::hours(24);

row! {
    pub struct TransferRow in "transfers" {
        payment_id: Uuid,
        position: i64,
        provider_account_id: Uuid,
        vendor_id: Uuid,
        reference: String,
        amount: Decimal,
        currency: Word<Currency>,
        status: Word<TransferStatus>,
        provider_reference: Option<String>,
        started_at: Option<DateTime<Utc>>,
        /// Since when it is not known how it ends; none before it started and after it ended.
        due_at: Option<DateTime<Utc>>,
        reason: Option<String>,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TransferStatus {
    /// Not started: nothing has left.
    Planned,
    Started,
    /// The provider has it.
    Sent,
    Settled,
    Failed,
    /// Went through after it had failed.
    OnAccount,
    Returned,
    Voided,
}

pub struct Transfers;

impl Projector for Transfers {
    fn name(&self) -> &'static str {
        "transfers"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["transfers"]
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let rows = memory.rows::<TransferRow>();
            rows.fetch(tx, begun_before(events, |fact| matches!(fact, Fact::Payment(_)))).await?;
            for at in events {
                if let Fact::Payment(event) = &at.fact {
                    fold(rows, event, at);
                }
            }
            rows.flush(tx).await
        })
    }
}

/// Payments by other methods have no row.
fn fold(rows: &mut Rows<TransferRow>, event: &PaymentEvent, at: &Recorded) {
    if let PaymentEvent::Planned(plan) = event {
        TransferRow::planned(plan, at).into_iter().for_each(|row| rows.put(row));
    } else if let Some(row) = rows.change(&at.aggregate_id) {
        row.position = at.position;
        row.on(event);
    }
}

impl TransferRow {
    fn planned(plan: &PaymentPlan, at: &Recorded) -> Option<Self> {
        let (Method::Provider, Some(account), Some(first)) = (plan.method, plan.provider_account_id, plan.items.first()) else {
            return None;
        };
        Some(Self {
            payment_id: at.aggregate_id,
            position: at.position,
            provider_account_id: account.0,
            vendor_id: first.vendor_id.0,
            reference: first.end_to_end_id.clone(),
            amount: plan.total.amount(),
            currency: Word(plan.currency),
            status: Word(TransferStatus::Planned),
            provider_reference: None,
            started_at: None,
            due_at: None,
            reason: None,
        })
    }

    fn on(&mut self, event: &PaymentEvent) {
        match event {
            PaymentEvent::Started { at, .. } => {
                (self.started_at, self.due_at) = (Some(*at), Some(*at));
                self.status = Word(TransferStatus::Started);
            }
            PaymentEvent::TransferSent { transfer } => {
                self.provider_reference = Some(transfer.provider_reference.clone());
                self.status = Word(TransferStatus::Sent);
            }
            PaymentEvent::Settled { .. } => self.ended(TransferStatus::Settled, None),
            PaymentEvent::SettlementWithdrawn { .. } => {
                (self.status, self.due_at) = (Word(TransferStatus::Sent), self.started_at);
            }
            PaymentEvent::Failed { reason, .. } => self.ended(TransferStatus::Failed, Some(reason)),
            PaymentEvent::CreditedOnAccount { .. } => self.ended(TransferStatus::OnAccount, None),
            PaymentEvent::Returned { reason, .. } | PaymentEvent::CreditReturned { reason, .. } => {
                self.ended(TransferStatus::Returned, Some(reason));
            }
            PaymentEvent::Voided { reason, .. } => self.ended(TransferStatus::Voided, Some(reason)),
            PaymentEvent::CreditApplied { .. }
            | PaymentEvent::CreditTakenBack { .. }
            | PaymentEvent::Planned(_)
            | PaymentEvent::Authorised { .. }
            | PaymentEvent::FileSent { .. }
            | PaymentEvent::RecordedManually { .. }
            | PaymentEvent::ChequeWritten { .. }
            | PaymentEvent::BankStatusReported { .. }
            | PaymentEvent::RemittanceAdviceRequested { .. }
            | PaymentEvent::RemittanceAdviceSent { .. }
            | PaymentEvent::RemittanceAdviceFailed { .. }
            | PaymentEvent::OutcomeFound { .. }
            | PaymentEvent::OutcomeConfirmed { .. } => {}
        }
    }

    fn ended(&mut self, status: TransferStatus, reason: Option<&String>) {
        (self.status, self.due_at) = (Word(status), None);
        self.reason = reason.cloned().or(self.reason.take());
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TransferView {
    pub payment_id: PaymentId,
    pub status: TransferStatus,
    pub provider_account_id: ProviderAccountId,
    pub vendor_id: VendorId,
    /// Ours; the provider finds the transfer by it.
    pub reference: String,
    pub amount: Money,
    pub provider_reference: Option<String>,
    pub started_at: Option<DateTime<Utc>>,
    /// Of the failure or the return.
    pub reason: Option<String>,
    /// It has been under way for more than a day.
    pub overdue: bool,
    /// How often the provider was asked without an end.
    pub asked_times: i32,
    pub asked_next_at: Option<DateTime<Utc>>,
    /// Why the last time told nothing.
    pub trouble: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TransferFilter {
    pub status: Option<TransferStatus>,
    /// Only those under way for more than a day.
    pub overdue: Option<bool>,
}

/// Those under way first, the longest first.
const SORTS: &[Sort<TransferRow>] = &[Sort {
    name: "under_way",
    column: "coalesce(due_at, 'infinity')",
    cast: "timestamptz",
    key: |row| row.due_at.map_or_else(|| "infinity".to_owned(), |since| since.to_rfc3339()),
}];

/// How often the provider was asked, when it is asked next, and why the last time told nothing.
type Asked = (i32, DateTime<Utc>, Option<String>);

/// Two round trips: a page of transfers, and what is known of asking for them.
pub async fn list(tx: &mut TenantTx, filter: &TransferFilter, page: &Page, now: DateTime<Utc>) -> Result<PageOf<TransferView>, QueryError> {
    let found = Listing::<TransferRow>::of(tx)
        .when("status = ?", filter.status.map(Word))
        .when("due_at < ?", filter.overdue.unwrap_or_default().then_some(now - OVERDUE_AFTER))
        .page(tx, SORTS, filter, page)
        .await?;
    let mut asked = asked(tx, found.rows.iter().map(|row| row.payment_id).collect()).await?;
    Ok(found.map(|row| {
        let asked = asked.remove(&row.payment_id);
        TransferView::of(row, asked, now)
    }))
}

async fn asked(tx: &mut TenantTx, payments: Vec<Uuid>) -> sqlx::Result<HashMap<Uuid, Asked>> {
    let query = "select id, tries, next_at, trouble from ops.leases where tenant_id = $1 and kind = $2 and id = any ($3)";
    let tenant = tx.tenant();
    let rows: Vec<(Uuid, i32, DateTime<Utc>, Option<String>)> =
        sqlx::query_as(query).bind(tenant.0).bind(LEASED_AS).bind(payments).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(|(id, tries, next_at, trouble)| (id, (tries, next_at, trouble))).collect())
}

impl TransferView {
    fn of(row: TransferRow, asked: Option<Asked>, now: DateTime<Utc>) -> Self {
        let open = row.due_at.is_some();
        let (tries, next_at, trouble) = asked.map_or((0, None, None), |(tries, next_at, trouble)| (tries, Some(next_at), trouble));
        Self {
            payment_id: PaymentId(row.payment_id),
            status: row.status.0,
            provider_account_id: ProviderAccountId(row.provider_account_id),
            vendor_id: VendorId(row.vendor_id),
            reference: row.reference,
            amount: Money::rounded(row.amount, row.currency.0),
            provider_reference: row.provider_reference,
            started_at: row.started_at,
            reason: row.reason,
            overdue: row.due_at.is_some_and(|since| now - since > OVERDUE_AFTER),
            asked_times: tries,
            asked_next_at: next_at.filter(|_| open),
            trouble: trouble.filter(|_| open),
        }
    }
}
