//! Transfers that a provider makes over HTTP: what it is asked, and what it may answer.
//!
//! Nothing is asked before `Started` is stored. Whoever works on a started payment asks first whether the provider has its
//! transfer and sends only what it has not, under the one key of that payment; so it does not matter who crashed when.

use chrono::NaiveDate;
use quittance_domain::Money;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::calendar::FiscalCalendar;
use quittance_domain::ids::{PaymentId, UserId};
use quittance_domain::payment::{Payment, PaymentCommand, PaymentPlan, PaymentRefusal, TransferReport, transfer_key};
use quittance_domain::provider::ProviderAccount;
use uuid::Uuid;

use crate::calendar::calendar_id;
use crate::commands::UseCase;
use crate::failure::{Failure, Refused};
use crate::ports::Later;
use crate::work::Work;

/// Who records what a provider says.
pub const PROVIDER: UserId = UserId(Uuid::from_u128(0x7175_6974_7461_6e63_8000_0000_0000_0003));

/// Where a provider is reached, and what we sign in with.
#[derive(Clone)]
pub struct Door {
    pub endpoint: String,
    pub credential: String,
}

/// One transfer, exactly as it was approved.
#[derive(Clone, Debug, PartialEq)]
pub struct TransferOrder {
    /// The same for as long as the payment lives.
    pub key: Uuid,
    /// Ours; the provider finds the transfer by it.
    pub reference: String,
    pub amount: Money,
    pub execution_date: NaiveDate,
    pub debtor_name: String,
    pub creditor_name: String,
    pub creditor_account: BankAccount,
    pub remittance: String,
}

/// Moves money when asked. Asking twice with one key moves it once.
pub trait Rail: Send + Sync {
    /// Has the provider this transfer?
    fn find<'a>(&'a self, door: &'a Door, order: &'a TransferOrder) -> Later<'a, Result<Option<TransferReport>, RailTrouble>>;
    fn transfer<'a>(&'a self, door: &'a Door, order: &'a TransferOrder) -> Later<'a, Result<TransferReport, RailTrouble>>;
}

/// Why it is not known how a transfer stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RailTrouble {
    /// No answer, or none that says anything: it may have happened.
    #[error("the provider's answer is not known: {0}")]
    Unknown(String),
    /// The address is not one that we may talk to: nothing was sent.
    #[error("the provider may not be reached there: {0}")]
    Forbidden(String),
    /// The provider has something under our reference that is not what was asked for.
    #[error("the provider has another transfer under this reference: {0}")]
    Mismatch(String),
}

impl TransferOrder {
    /// `None` if the plan is not one of a provider payment.
    pub fn of(payment: PaymentId, plan: &PaymentPlan) -> Option<Self> {
        let first = plan.items.first()?;
        let remittance: Vec<&str> = plan.items.iter().map(|item| item.remittance.as_str()).collect();
        Some(Self {
            key: transfer_key(payment),
            reference: first.end_to_end_id.clone(),
            amount: plan.total,
            execution_date: plan.execution_date,
            debtor_name: plan.debtor_name.clone(),
            creditor_name: first.creditor_name.clone(),
            creditor_account: first.creditor_account.clone()?,
            remittance: remittance.join(", "),
        })
    }
}

/// P10: without an account at the provider nothing is tried.
pub(crate) async fn admit_account(work: &mut Work<'_>, plan: &PaymentPlan) -> Result<(), Failure> {
    let Some(id) = plan.provider_account_id else { return Err(PaymentRefusal::ProviderAccountMissing.into()) };
    let account = work.load::<ProviderAccount>(id).await?;
    if account.active().is_some() {
        return Ok(());
    }
    let detail = "the provider account does not exist, is not confirmed, or is closed";
    let missing = Refused::from(PaymentRefusal::ProviderAccountMissing);
    Err(Refused { detail: detail.to_owned(), ..missing }.into())
}

/// What a provider says of a transfer. Money that moved in a period that is closed counts on the first open day after it.
pub struct HearTransfer {
    pub id: PaymentId,
    pub report: TransferReport,
}

impl UseCase for HearTransfer {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let calendar = work.load::<FiscalCalendar>(calendar_id(work.tenant())).await?;
        let TransferReport { provider_reference, outcome } = self.report.clone();
        let report = TransferReport { provider_reference, outcome: outcome.counting_on(|day| calendar.first_open_day(day)) };
        work.decide::<Payment>(self.id, PaymentCommand::RecordTransfer { report }).await.map(drop)
    }
}
