//! Ports to everything outside the process. Each has one implementation in `infrastructure`.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use quittance_domain::approval::Deed;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::chequebook::PositivePayLayout;
use quittance_domain::ids::{InvoiceId, InvoiceImportId, TenantId, UserId, VendorId};
use quittance_domain::invoice::Fingerprint;
use quittance_domain::invoice_import::ImportSheet;
use quittance_domain::payment::{PaymentPlan, SentFile};
use quittance_domain::role::Role;
use quittance_domain::tenant::AchOrigination;
use quittance_domain::time_zone::TimeZone;
use quittance_domain::{Claim, Currency, Money};
use uuid::Uuid;

use crate::invoice_import::SheetDocument;

pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a port answers that can be away.
pub type Asked<'a, T> = Later<'a, Result<T, Unavailable>>;

/// What lies outside the process could not be asked, or its answer not be read: why, for the log. Any error may be the cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable(pub String);

impl<E: std::error::Error> From<E> for Unavailable {
    fn from(cause: E) -> Self {
        Self(cause.to_string())
    }
}

/// Time and ids enter here.
pub trait Edge: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
    /// A time-ordered id (UUIDv7).
    fn new_id(&self) -> Uuid;
}

/// One event that a write appends.
#[derive(Clone, Debug)]
pub struct NewEvent {
    pub aggregate_type: &'static str,
    pub aggregate_id: Uuid,
    /// From 1, dense within the aggregate.
    pub sequence: i64,
    pub event_type: &'static str,
    pub event_version: i16,
    /// JSON text; stored and hashed as these bytes.
    pub payload: String,
}

/// A claim and the aggregate that takes or frees it.
#[derive(Clone, Debug)]
pub struct HeldClaim {
    pub claim: Claim,
    pub holder: Uuid,
}

/// Everything one command appends: all of it or nothing.
#[derive(Clone, Debug)]
pub struct Write {
    pub tenant: TenantId,
    pub command_id: Option<Uuid>,
    pub actor: UserId,
    pub correlation_id: Uuid,
    pub causation_id: Option<Uuid>,
    /// JSON of the first event: context, and the answer that a repeat gets.
    pub first_metadata: String,
    /// JSON of the other events: the context alone.
    pub metadata: String,
    pub events: Vec<NewEvent>,
    /// Aggregates that the command looked at without changing them, each with the sequence that must still be its last.
    pub reads: Vec<(Uuid, i64)>,
    pub release: Vec<HeldClaim>,
    pub take: Vec<HeldClaim>,
    /// Documents that came in with the command, kept byte for byte.
    pub originals: Vec<Original>,
    /// States to keep beside long streams.
    pub snapshots: Vec<NewSnapshot>,
}

#[derive(Clone, Debug)]
pub struct NewSnapshot {
    pub aggregate_id: Uuid,
    pub state_version: i32,
    pub sequence: i64,
    pub state: String,
}

/// Where a write landed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    pub first_position: i64,
    pub last_position: i64,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// An aggregate has moved on since it was read.
    #[error("an aggregate has moved on")]
    Conflict,
    #[error("{} is held by {holder}", .claim.key)]
    Claimed { claim: Claim, holder: Uuid },
    /// The command was carried out before.
    #[error("the command is known")]
    CommandKnown,
    #[error("the tenant is unknown")]
    TenantUnknown,
    #[error("too much is waiting")]
    Overloaded,
    #[error("{0}")]
    Unavailable(String),
}

/// An aggregate's stream as stored: a snapshot where there is one, and the events after it.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    pub snapshot: Option<StoredSnapshot>,
    pub events: Vec<StoredEvent>,
}

#[derive(Clone, Debug)]
pub struct StoredSnapshot {
    pub sequence: i64,
    pub position: i64,
    pub state: String,
}

#[derive(Clone, Debug)]
pub struct StoredEvent {
    pub sequence: i64,
    pub position: i64,
    pub event_type: String,
    pub event_version: i16,
    pub payload: String,
}

/// What a command answered the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAnswer {
    pub id: Uuid,
    pub version: i64,
    pub position: i64,
    pub request_hash: Option<String>,
}

/// The truth: append-only, ordered and dense per tenant.
pub trait EventLog: Send + Sync {
    fn load(&self, tenant: TenantId, aggregate_id: Uuid, state_version: i32) -> Asked<'_, Stream>;
    /// The version that an aggregate had when the log was at `position`.
    fn version_at(&self, tenant: TenantId, aggregate_id: Uuid, position: i64) -> Asked<'_, i64>;
    /// Whether each of these aggregates is still at its sequence.
    fn still_at(&self, tenant: TenantId, sequences: Vec<(Uuid, i64)>) -> Asked<'_, bool>;
    fn append(&self, write: Write) -> Later<'_, Result<Appended, AppendError>>;
    fn first_answer(&self, tenant: TenantId, command_id: Uuid) -> Asked<'_, Option<FirstAnswer>>;
    /// Who holds an undated claim now.
    fn holder<'a>(&'a self, tenant: TenantId, key: &'a str) -> Asked<'a, Option<Uuid>>;
    /// Who holds each of these facts, or one that collides with it.
    fn holders(&self, tenant: TenantId, claims: Vec<Claim>) -> Asked<'_, Vec<Option<Uuid>>>;
    /// Who caused the events of these aggregates, in order.
    fn deeds(&self, tenant: TenantId, aggregates: Vec<Uuid>) -> Asked<'_, Vec<Deed>>;
    /// Opens an empty log for a new tenant. Opening it twice changes nothing.
    fn open_tenant(&self, tenant: TenantId) -> Asked<'_, ()>;
}

/// Who works here now, and what is known of the vendors they deal with.
pub trait Directory: Send + Sync {
    /// The active users with this role.
    fn users_with_role(&self, tenant: TenantId, role: Role) -> Asked<'_, Vec<Colleague>>;
    /// Those of `users` that there are, active or not.
    fn users(&self, tenant: TenantId, users: Vec<UserId>) -> Asked<'_, Vec<Colleague>>;
    /// What the invoices of a vendor say. `complete` waits until every invoice that was ever received is counted.
    fn vendor_record(&self, tenant: TenantId, of: VendorPeriod, complete: bool) -> Asked<'_, VendorRecord>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colleague {
    pub user_id: UserId,
    pub active: bool,
    /// Has a role with which people decide.
    pub decides: bool,
    pub manager: Option<UserId>,
    pub approval_limit: Option<Money>,
}

/// A vendor's invoices dated from `first` to `last`, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorPeriod {
    /// All that the vendor is known as.
    pub names: Vec<VendorId>,
    pub first: NaiveDate,
    pub last: NaiveDate,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VendorRecord {
    /// The invoices that were ever approved, and are not void; at most two are named.
    pub approved: Vec<InvoiceId>,
    /// The invoices of the period that are neither rejected nor void.
    pub recent: Vec<RecentInvoice>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecentInvoice {
    pub invoice_id: InvoiceId,
    pub issue_date: NaiveDate,
    pub gross: Money,
}

/// An invoice with what it is compared by.
pub type Printed = (InvoiceId, Fingerprint);

/// Invoices by what others are compared with. `None` as long as not everything before `position` is known.
pub trait Lookalikes: Send + Sync {
    /// Live invoices that share a key with this one and were as they are before `position`, those of the nearest dates first.
    fn sharing<'a>(
        &'a self,
        tenant: TenantId,
        invoice: InvoiceId,
        print: &'a Fingerprint,
        position: i64,
    ) -> Asked<'a, Option<Vec<Printed>>>;
    /// The position of the document as it is now; an invoice is compared with those that were stated before it.
    fn stated_at(&self, tenant: TenantId, invoice: InvoiceId, position: i64) -> Asked<'_, Option<i64>>;
    /// Invoices that are suspected of duplicating this one.
    fn suspected_of(&self, tenant: TenantId, invoice: InvoiceId, position: i64) -> Asked<'_, Option<Vec<InvoiceId>>>;
}

/// When a file is written, and where: a bank is not asked for a day that has passed there.
#[derive(Clone, Copy, Debug)]
pub struct FileMoment {
    pub at: DateTime<Utc>,
    pub zone: TimeZone,
}

/// The pain.001 file of a payment, or of a run's payments. The same plans and moment always give the same bytes.
pub trait BankFiles: Send + Sync {
    /// `id` is the payment's or the run's: the message and its blocks are named by it.
    fn write(&self, id: Uuid, plans: &[&PaymentPlan], moment: FileMoment, format: &str) -> Result<BankFile, BankFileRefusal>;
}

/// The ACH file of payments from one account. The same order always gives the same bytes.
pub trait AchFiles: Send + Sync {
    fn write(&self, order: &AchOrder<'_>) -> Result<BankFile, BankFileRefusal>;
}

/// The list of an account's cheques by which its bank recognises them. The same order always gives the same bytes.
pub trait PositivePayFiles: Send + Sync {
    fn write(&self, order: &PositivePayOrder<'_>) -> Result<BankFile, BankFileRefusal>;
}

#[derive(Clone, Copy, Debug)]
pub struct PositivePayOrder<'a> {
    pub account: &'a BankAccount,
    pub message_id: &'a str,
    pub cheques: &'a [ListedCheque],
    /// The last day whose cheques are listed.
    pub last_day: NaiveDate,
    pub layout: &'a PositivePayLayout,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ListedCheque {
    pub number: u64,
    pub amount: Money,
    pub issued_on: NaiveDate,
    pub payee: String,
    /// The bank must not pay it.
    pub void: bool,
}

impl ListedCheque {
    /// A form that was spoiled before anything was written on it.
    pub fn blank(number: u64, voided_on: NaiveDate, currency: Currency) -> Self {
        Self { number, amount: Money::zero(currency), issued_on: voided_on, payee: "VOID".to_owned(), void: true }
    }
}

/// What an ACH file is written from.
#[derive(Clone, Copy, Debug)]
pub struct AchOrder<'a> {
    pub origination: &'a AchOrigination,
    pub account: &'a BankAccount,
    pub name: &'a AchFileName,
    /// By the clocks where the company is.
    pub at: NaiveDateTime,
    pub plans: &'a [&'a PaymentPlan],
}

/// What tells a sender's files apart: its number at the bank, the day, and one character of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AchFileName {
    pub message_id: String,
    pub modifier: char,
}

#[derive(Clone, Debug)]
pub struct BankFile {
    pub facts: SentFile,
    pub bytes: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BankFileRefusal {
    #[error("{0} is not a format we write")]
    UnknownFormat(String),
    #[error("{0}")]
    NotExpressible(String),
}

/// A document by the SHA-256 of its bytes. Keeping it twice changes nothing.
#[derive(Clone, Debug)]
pub struct Original {
    pub sha256: [u8; 32],
    pub bytes: Arc<[u8]>,
}

/// The documents that the file of an import states.
pub trait Sheets: Send + Sync {
    /// From the document `first` on, at most `most` and no more than one write should hold; never none where there is one.
    fn documents<'a>(
        &'a self,
        tenant: TenantId,
        import: InvoiceImportId,
        sheet: &'a ImportSheet,
        first: u32,
        most: usize,
    ) -> Asked<'a, Vec<SheetDocument>>;
}

/// All ports together, as the process wires them.
#[derive(Clone)]
pub struct Ports {
    pub log: Arc<dyn EventLog>,
    pub directory: Arc<dyn Directory>,
    pub lookalikes: Arc<dyn Lookalikes>,
    pub bank_files: Arc<dyn BankFiles>,
    pub ach_files: Arc<dyn AchFiles>,
    pub positive_pay: Arc<dyn PositivePayFiles>,
    pub sheets: Arc<dyn Sheets>,
    pub edge: Arc<dyn Edge>,
}
