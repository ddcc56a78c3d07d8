//! Payments, with the fate of each item.

use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::Aggregate;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::ids::{BankAccountId, InvoiceId, PaymentId, ProviderAccountId, RemittanceAdviceId, UserId, VendorId};
use quittance_domain::payment::{
    AdviceOutcome, AdviceRequest, Cheque, CreditorItem, ItemState, MailedAdvice, ManualRecord, Method, OutcomeFinding, Payment,
    PaymentEvent, PaymentPlan, PaymentStatus, SentFile, Transfer,
};
use quittance_domain::withholding::Withholding;
use quittance_domain::{Currency, Money, Root};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct PaymentRow in "payments" {
        payment_id: Uuid,
        version: i64,
        position: i64,
        status: Word<PaymentStatus>,
        method: Word<Method>,
        currency: Word<Currency>,
        total: Decimal,
        items: i32,
        execution_date: NaiveDate,
        value_date: Option<NaiveDate>,
        planned_by: Uuid,
        planned_at: DateTime<Utc>,
        authorised_by: Option<Uuid>,
        reason: Option<String>,
        state: Json<Payment>,
        cheque_account_id: Option<Uuid>,
        cheque_number: Option<i64>,
        cheque_issued_on: Option<NaiveDate>,
        cheque_voided_on: Option<NaiveDate>,
        /// Since when a mail waits to be sent.
        due_at: Option<DateTime<Utc>>,
    }
}

aggregate_row!(PaymentRow, Payment, Payment);

impl PaymentRow {
    fn began(event: &PaymentEvent, at: &Recorded) -> Option<Self> {
        let PaymentEvent::Planned(plan) = event else { return None };
        Some(Self {
            payment_id: at.aggregate_id,
            version: 0,
            position: 0,
            status: Word(PaymentStatus::Planned),
            method: Word(plan.method),
            currency: Word(plan.currency),
            total: plan.total.amount(),
            items: i32::try_from(plan.items.len()).ok()?,
            execution_date: plan.execution_date,
            value_date: None,
            planned_by: plan.planned_by.0,
            planned_at: at.recorded_at,
            authorised_by: None,
            reason: None,
            state: Json(Payment::replay([event.clone()])),
            cheque_account_id: None,
            cheque_number: None,
            cheque_issued_on: None,
            cheque_voided_on: None,
            due_at: None,
        })
    }

    fn on(&mut self, event: &PaymentEvent, at: &Recorded) {
        match event {
            PaymentEvent::Authorised { by } => self.authorised_by = Some(by.0),
            PaymentEvent::Settled { value_date, .. } => self.value_date = Some(*value_date),
            PaymentEvent::CreditedOnAccount { value_date, .. } => self.value_date = Some(*value_date),
            PaymentEvent::Returned { value_date, reason, .. } | PaymentEvent::CreditReturned { value_date, reason, .. } => {
                (self.value_date, self.reason) = (Some(*value_date), Some(reason.clone()));
                self.void_cheque(at);
            }
            PaymentEvent::SettlementWithdrawn { reason, .. } => (self.value_date, self.reason) = (None, Some(reason.clone())),
            PaymentEvent::Failed { reason, .. } => {
                self.reason = Some(reason.clone());
                self.void_cheque(at);
            }
            PaymentEvent::Voided { reason, .. } => self.reason = Some(reason.clone()),
            PaymentEvent::ChequeWritten { cheque } => {
                self.cheque_account_id = Some(cheque.bank_account_id.0);
                self.cheque_number = i64::try_from(cheque.number).ok();
                self.cheque_issued_on = Some(cheque.issued_on);
            }
            // Where money on account is, its payment's state says.
            PaymentEvent::CreditApplied { .. } | PaymentEvent::CreditTakenBack { .. } => {}
            PaymentEvent::Planned(_)
            | PaymentEvent::Started { .. }
            | PaymentEvent::FileSent { .. }
            | PaymentEvent::RecordedManually { .. }
            | PaymentEvent::TransferSent { .. }
            | PaymentEvent::BankStatusReported { .. }
            | PaymentEvent::RemittanceAdviceRequested { .. }
            | PaymentEvent::RemittanceAdviceSent { .. }
            | PaymentEvent::RemittanceAdviceFailed { .. }
            | PaymentEvent::OutcomeFound { .. }
            | PaymentEvent::OutcomeConfirmed { .. } => {}
        }
        self.state.apply(event.clone());
        self.status = Word(self.state.status().unwrap_or(self.status.0));
        let waiting = self.state.open_advices().next().is_some();
        self.due_at = waiting.then(|| self.due_at.unwrap_or(at.recorded_at));
    }

    /// From this day on its bank is told not to pay it.
    fn void_cheque(&mut self, at: &Recorded) {
        self.cheque_voided_on = self.cheque_number.map(|_| at.recorded_on());
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PaymentSummary {
    pub id: PaymentId,
    pub version: i64,
    pub status: PaymentStatus,
    pub method: Method,
    pub total: Money,
    /// How many invoices it pays.
    pub items: i32,
    pub execution_date: NaiveDate,
    /// Of the last settlement or return.
    pub value_date: Option<NaiveDate>,
    pub planned_by: UserId,
    pub planned_at: DateTime<Utc>,
    pub authorised_by: Option<UserId>,
    /// Of the last failure, return or void, or why it is not settled after all.
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PaymentDetail {
    #[serde(flatten)]
    pub summary: PaymentSummary,
    pub debtor_name: String,
    pub debtor_account_id: Option<BankAccountId>,
    pub debtor_account: Option<BankAccount>,
    /// Where the provider is reached that makes the transfer.
    pub provider_account_id: Option<ProviderAccountId>,
    pub started_at: Option<DateTime<Utc>>,
    pub file: Option<SentFile>,
    pub record: Option<ManualRecord>,
    /// Once the provider has it.
    pub transfer: Option<Transfer>,
    /// Once it is written.
    pub cheque: Option<Cheque>,
    /// What somebody found out about it, because the provider says nothing any more.
    pub finding: Option<OutcomeFinding>,
    /// What its vendors were, or are to be, sent by e-mail.
    pub remittance_advices: Vec<MailedAdviceView>,
    pub lines: Vec<PaymentLine>,
}

/// An advice that was asked to be sent.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MailedAdviceView {
    pub id: RemittanceAdviceId,
    pub vendor_id: VendorId,
    pub to: String,
    pub requested_by: UserId,
    pub status: MailStatus,
    /// Once a mail server has taken it.
    pub message_id: Option<String>,
    /// Why it was not sent.
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailStatus {
    /// It is to be sent, and tried again until a mail server takes it.
    Requested,
    Sent,
    Failed,
}

impl From<&MailedAdvice> for MailedAdviceView {
    fn from(advice: &MailedAdvice) -> Self {
        let AdviceRequest { id, vendor_id, to, by } = advice.request.clone();
        let (status, message_id, reason) = match advice.outcome.clone() {
            None => (MailStatus::Requested, None, None),
            Some(AdviceOutcome::Sent { message_id }) => (MailStatus::Sent, Some(message_id), None),
            Some(AdviceOutcome::Failed { reason }) => (MailStatus::Failed, None, Some(reason)),
        };
        Self { id, vendor_id, to, requested_by: by, status, message_id, reason }
    }
}

/// What one invoice gets out of a payment.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PaymentLine {
    pub line: u32,
    pub state: PaymentLineState,
    pub invoice_id: InvoiceId,
    pub invoice_number: String,
    pub vendor_id: VendorId,
    pub creditor_name: String,
    pub creditor_account: Option<BankAccount>,
    /// What leaves.
    pub amount: Money,
    /// Kept back from the vendor beside that.
    pub withheld: Option<Withholding>,
    pub end_to_end_id: String,
    pub remittance: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentLineState {
    /// The payment has not left.
    Pending,
    Sent,
    Settled,
    Failed,
    /// Went through after it had failed: the vendor owes it.
    OnAccount,
    Returned,
    Voided,
}

impl From<ItemState> for PaymentLineState {
    fn from(state: ItemState) -> Self {
        match state {
            ItemState::Sent => Self::Sent,
            ItemState::Settled => Self::Settled,
            ItemState::Failed => Self::Failed,
            ItemState::OnAccount => Self::OnAccount,
            ItemState::Returned => Self::Returned,
        }
    }
}

impl From<&PaymentRow> for PaymentSummary {
    fn from(row: &PaymentRow) -> Self {
        Self {
            id: PaymentId(row.payment_id),
            version: row.version,
            status: row.status.0,
            method: row.method.0,
            total: Money::rounded(row.total, row.currency.0),
            items: row.items,
            execution_date: row.execution_date,
            value_date: row.value_date,
            planned_by: UserId(row.planned_by),
            planned_at: row.planned_at,
            authorised_by: row.authorised_by.map(UserId),
            reason: row.reason.clone(),
        }
    }
}

impl PaymentDetail {
    fn of(row: &PaymentRow) -> Option<Self> {
        let state = &row.state.0;
        let PaymentPlan { debtor_name, debtor_account_id, debtor_account, provider_account_id, items, .. } = &**state.plan().ok()?;
        let sent = if let Payment::Sent(sent) = state { Some(sent) } else { None };
        let started_at = if let Payment::Started { at, .. } = state { Some(*at) } else { sent.map(|s| s.started_at) };
        Some(Self {
            summary: PaymentSummary::from(row),
            debtor_name: debtor_name.clone(),
            debtor_account_id: *debtor_account_id,
            debtor_account: debtor_account.clone(),
            provider_account_id: *provider_account_id,
            started_at,
            file: sent.and_then(|s| s.file.as_deref().cloned()),
            record: sent.and_then(|s| s.record.as_deref().cloned()),
            transfer: sent.and_then(|s| s.transfer.clone()),
            cheque: sent.and_then(|s| s.cheque),
            finding: state.finding().cloned(),
            remittance_advices: state.advices().iter().map(MailedAdviceView::from).collect(),
            lines: items.iter().map(|item| PaymentLine::of(item, state_of(state, item.line))).collect(),
        })
    }
}

impl PaymentLine {
    fn of(item: &CreditorItem, state: PaymentLineState) -> Self {
        Self {
            line: item.line,
            state,
            invoice_id: item.invoice_id,
            invoice_number: item.invoice_number.clone(),
            vendor_id: item.vendor_id,
            creditor_name: item.creditor_name.clone(),
            creditor_account: item.creditor_account.clone(),
            amount: item.amount,
            withheld: item.withheld.clone(),
            end_to_end_id: item.end_to_end_id.clone(),
            remittance: item.remittance.clone(),
        }
    }
}

fn state_of(payment: &Payment, line: u32) -> PaymentLineState {
    match payment {
        Payment::Sent(sent) => sent.items.iter().find(|i| i.line == line).map_or(PaymentLineState::Sent, |i| i.state.into()),
        Payment::Voided { .. } => PaymentLineState::Voided,
        _ => PaymentLineState::Pending,
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PaymentFilter {
    pub status: Option<PaymentStatus>,
    pub method: Option<Method>,
    pub currency: Option<Currency>,
    pub planned_by: Option<UserId>,
    pub execution_from: Option<NaiveDate>,
    /// Inclusive.
    pub execution_to: Option<NaiveDate>,
}

/// The youngest of them: a person chooses from a few.
const CANDIDATES_MAX: i64 = 100;

const SORTS: &[Sort<PaymentRow>] = &[
    Sort { name: "planned_at", column: "planned_at", cast: "timestamptz", key: |row| row.planned_at.to_rfc3339() },
    Sort { name: "execution_date", column: "execution_date", cast: "date", key: |row| row.execution_date.to_string() },
    Sort { name: "total", column: "total", cast: "numeric", key: |row| row.total.to_string() },
];

pub async fn list(tx: &mut TenantTx, filter: &PaymentFilter, page: &Page) -> Result<PageOf<PaymentSummary>, QueryError> {
    let found = Listing::<PaymentRow>::of(tx)
        .when("status = ?", filter.status.map(Word))
        .when("method = ?", filter.method.map(Word))
        .when("currency = ?", filter.currency.map(Word))
        .when("planned_by = ?", filter.planned_by.map(Uuid::from))
        .when("execution_date >= ?", filter.execution_from)
        .when("execution_date <= ?", filter.execution_to)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(|row| PaymentSummary::from(&row)))
}

pub async fn get(tx: &mut TenantTx, id: PaymentId) -> sqlx::Result<Option<PaymentDetail>> {
    Ok(find::<PaymentRow>(tx, id.0).await?.as_ref().and_then(PaymentDetail::of))
}

/// Payments that a bank's line may tell of: those in the bank's hands, and those named by an id of ours.
pub async fn may_be_on_statement(tx: &mut TenantTx, named: &[PaymentId]) -> sqlx::Result<Vec<PaymentId>> {
    let sql = "select payment_id from payments where tenant_id = $1 \
               and (status in ('started', 'sent', 'partially_settled') or payment_id = any ($2)) order by planned_at";
    let (tenant, named) = (tx.tenant(), named.iter().map(|id| id.0).collect::<Vec<_>>());
    let found: Vec<Uuid> = sqlx::query_scalar(sql).bind(tenant.0).bind(named).fetch_all(&mut **tx).await?;
    Ok(found.into_iter().map(PaymentId).collect())
}

/// Payments of which one item, or all together, are worth what moved through an account; and those named by an id of ours.
pub async fn may_be_worth(tx: &mut TenantTx, account: BankAccountId, amount: Money, named: &[PaymentId]) -> sqlx::Result<Vec<PaymentId>> {
    // An array, because a join would be planned while the tables are empty.
    let sql = "select payment_id from payments where tenant_id = $1 and payment_id = any (array( \
                 select payment_id from bank_moves where tenant_id = $1 and bank_account_id = $2 and amount = $3 and currency = $4 \
                 union select payment_id from payments \
                        where tenant_id = $1 and status in ('started', 'sent', 'partially_settled') and total = $3 and currency = $4 \
                 union select unnest($5::uuid[]))) order by planned_at desc, payment_id limit $6";
    let (tenant, named) = (tx.tenant(), named.iter().map(|id| id.0).collect::<Vec<_>>());
    let found = sqlx::query_scalar(sql).bind(tenant.0).bind(account.0).bind(amount.amount()).bind(Word(amount.currency())).bind(named);
    let found: Vec<Uuid> = found.bind(CANDIDATES_MAX).fetch_all(&mut **tx).await?;
    Ok(found.into_iter().map(PaymentId).collect())
}
