//! A stored event, decoded once for all that read it.

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_application::Failure;
use quittance_application::commands::read_event;
use quittance_application::ports::StoredEvent;
use quittance_domain::approval::{Approval, ApprovalEvent};
use quittance_domain::bank_statement::{BankStatement, BankStatementEvent};
use quittance_domain::calendar::{CalendarEvent, FiscalCalendar};
use quittance_domain::chart::{Chart, ChartEvent};
use quittance_domain::delegation::{DelegationEvent, Delegations};
use quittance_domain::despatch_advice::{DespatchAdvice, DespatchAdviceEvent};
use quittance_domain::exchange_rate::{ExchangeRates, RatesEvent};
use quittance_domain::goods_receipt::{GoodsReceipt, GoodsReceiptEvent};
use quittance_domain::invoice::{Invoice, InvoiceEvent};
use quittance_domain::invoice_import::{InvoiceImport, InvoiceImportEvent};
use quittance_domain::item::{Item, ItemEvent};
use quittance_domain::journal::{JournalEntry, JournalEvent};
use quittance_domain::order_document::{OrderDocument, OrderDocumentEvent};
use quittance_domain::payment::{Payment, PaymentEvent};
use quittance_domain::payment_run::{PaymentRun, PaymentRunEvent, PaymentRunPage, PaymentRunPageEvent};
use quittance_domain::policy::{ApprovalPolicy, PolicyEvent};
use quittance_domain::provider::{ProviderAccount, ProviderAccountEvent};
use quittance_domain::purchase_order::{PurchaseOrder, PurchaseOrderEvent};
use quittance_domain::stock::{Stock, StockEvent};
use quittance_domain::tenant::{Tenant, TenantEvent};
use quittance_domain::terms::{PaymentTerms, TermsEvent};
use quittance_domain::tolerance::{Tolerances, TolerancesEvent};
use quittance_domain::user::{User, UserEvent};
use quittance_domain::vendor::{Vendor, VendorEvent};
use uuid::Uuid;

/// One event of one tenant, where and when it was recorded and by whom.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub position: i64,
    pub recorded_at: DateTime<Utc>,
    pub aggregate_id: Uuid,
    pub sequence: i64,
    pub actor: Uuid,
    pub fact: Fact,
}

impl Recorded {
    /// Whether this event began its aggregate: nothing of it can have been projected before.
    pub fn is_first(&self) -> bool {
        self.sequence == 1
    }
}

macro_rules! facts {
    ($($variant:ident($root:ty, $event:ty)),+ $(,)?) => {
        /// What happened, by aggregate.
        #[derive(Clone, Debug)]
        pub enum Fact { $($variant($event)),+ }

        impl Fact {
            /// An aggregate type that this build does not know is an error: nothing is ever skipped silently.
            pub fn decode(aggregate_type: &str, stored: &StoredEvent) -> Result<Self, Failure> {
                match aggregate_type {
                    $(<$root>::TYPE => read_event::<$root>(stored).map(Self::$variant),)+
                    unknown => Err(Failure::Unavailable(format!("{unknown} is not an aggregate of this version"))),
                }
            }
        }
    };
}

facts! {
    Approval(Approval, ApprovalEvent),
    Delegation(Delegations, DelegationEvent),
    Calendar(FiscalCalendar, CalendarEvent),
    Chart(Chart, ChartEvent),
    ExchangeRates(ExchangeRates, RatesEvent),
    BankStatement(BankStatement, BankStatementEvent),
    GoodsReceipt(GoodsReceipt, GoodsReceiptEvent),
    Invoice(Invoice, InvoiceEvent),
    InvoiceImport(InvoiceImport, InvoiceImportEvent),
    Item(Item, ItemEvent),
    JournalEntry(JournalEntry, JournalEvent),
    DespatchAdvice(DespatchAdvice, DespatchAdviceEvent),
    OrderDocument(OrderDocument, OrderDocumentEvent),
    Payment(Payment, PaymentEvent),
    PaymentRun(PaymentRun, PaymentRunEvent),
    PaymentRunPage(PaymentRunPage, PaymentRunPageEvent),
    Policy(ApprovalPolicy, PolicyEvent),
    ProviderAccount(ProviderAccount, ProviderAccountEvent),
    PaymentTerms(PaymentTerms, TermsEvent),
    PurchaseOrder(PurchaseOrder, PurchaseOrderEvent),
    Stock(Stock, StockEvent),
    Tenant(Tenant, TenantEvent),
    Tolerances(Tolerances, TolerancesEvent),
    User(User, UserEvent),
    Vendor(Vendor, VendorEvent),
}
