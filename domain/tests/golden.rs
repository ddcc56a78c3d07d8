//! Stored events are a contract: each version of each type that was ever released has a golden file that must always load.
//!
//! `QUITTANCE_BLESS=1` writes the files that are missing and never changes one: a released event changes by a new version
//! and an upcaster. Files are named `<EventType>.v<N>.json`, or `<EventType>.v<N>.<case>.json` for further shapes of one type.

mod fixtures;
mod samples;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::PathBuf;

use quittance_domain::approval::{Approval, ApprovalEvent};
use quittance_domain::attachment::{Attachment, AttachmentEvent};
use quittance_domain::bank_rules::{BankRules, BankRulesEvent};
use quittance_domain::bank_statement::{BankStatement, BankStatementEvent};
use quittance_domain::calendar::{CalendarEvent, FiscalCalendar};
use quittance_domain::chart::{Chart, ChartEvent};
use quittance_domain::chequebook::{Chequebook, ChequebookEvent};
use quittance_domain::comment::{Comment, CommentEvent};
use quittance_domain::customer::{Customer, CustomerEvent};
use quittance_domain::delegation::{DelegationEvent, Delegations};
use quittance_domain::despatch_advice::{DespatchAdvice, DespatchAdviceEvent};
use quittance_domain::exchange_rate::{ExchangeRates, RatesEvent};
use quittance_domain::goods_receipt::{GoodsReceipt, GoodsReceiptEvent};
use quittance_domain::import_mapping::{ImportMapping, ImportMappingEvent};
use quittance_domain::invoice::{Invoice, InvoiceEvent};
use quittance_domain::invoice_import::{InvoiceImport, InvoiceImportEvent};
use quittance_domain::item::{Item, ItemEvent};
use quittance_domain::journal::{JournalEntry, JournalEvent};
use quittance_domain::location::{LocationEvent, Locations};
use quittance_domain::message::{Message, MessageEvent};
use quittance_domain::order_document::{OrderDocument, OrderDocumentEvent};
use quittance_domain::payment::{Payment, PaymentEvent};
use quittance_domain::payment_run::{PaymentRun, PaymentRunEvent, PaymentRunPage, PaymentRunPageEvent};
use quittance_domain::policy::{ApprovalPolicy, PolicyEvent};
use quittance_domain::provider::{ProviderAccount, ProviderAccountEvent};
use quittance_domain::purchase_order::{PurchaseOrder, PurchaseOrderEvent};
use quittance_domain::receivable::{NumberSeries, NumberSeriesEvent, Receivable, ReceivableEvent};
use quittance_domain::recurring_invoice::{RecurringInvoice, RecurringInvoiceEvent};
use quittance_domain::refused_reaction::{RefusedReaction, RefusedReactionEvent};
use quittance_domain::stock::{Stock, StockEvent};
use quittance_domain::tenant::{Tenant, TenantEvent};
use quittance_domain::terms::{PaymentTerms, TermsEvent};
use quittance_domain::tolerance::{Tolerances, TolerancesEvent};
use quittance_domain::user::{User, UserEvent};
use quittance_domain::vendor::{Vendor, VendorEvent};
use quittance_domain::vouching::{Vouching, VouchingEvent};
use quittance_domain::withholding::{WithholdingEvent, WithholdingTax};
use samples::{Contract, Written};

fn contracts() -> Vec<Contract> {
    vec![
        Contract::of::<Approval>(ApprovalEvent::TYPES, samples::approvals()),
        Contract::of::<ApprovalPolicy>(PolicyEvent::TYPES, samples::policies()),
        Contract::of::<Delegations>(DelegationEvent::TYPES, samples::delegations()),
        Contract::of::<Attachment>(AttachmentEvent::TYPES, samples::attachments()),
        Contract::of::<Comment>(CommentEvent::TYPES, samples::comments()),
        Contract::of::<Message>(MessageEvent::TYPES, samples::messages()),
        Contract::of::<Chart>(ChartEvent::TYPES, samples::charts()),
        Contract::of::<ExchangeRates>(RatesEvent::TYPES, samples::exchange_rates()),
        Contract::of::<FiscalCalendar>(CalendarEvent::TYPES, samples::calendars()),
        Contract::of::<BankStatement>(BankStatementEvent::TYPES, samples::bank_statements()),
        Contract::of::<GoodsReceipt>(GoodsReceiptEvent::TYPES, samples::goods_receipts()),
        Contract::of::<ImportMapping>(ImportMappingEvent::TYPES, samples::import_mappings()),
        Contract::of::<Invoice>(InvoiceEvent::TYPES, samples::invoices()),
        Contract::of::<InvoiceImport>(InvoiceImportEvent::TYPES, samples::invoice_imports()),
        Contract::of::<Locations>(LocationEvent::TYPES, samples::locations()),
        Contract::of::<Item>(ItemEvent::TYPES, samples::items()),
        Contract::of::<JournalEntry>(JournalEvent::TYPES, samples::journal_entries()),
        Contract::of::<DespatchAdvice>(DespatchAdviceEvent::TYPES, samples::despatch_advices()),
        Contract::of::<OrderDocument>(OrderDocumentEvent::TYPES, samples::order_documents()),
        Contract::of::<Payment>(PaymentEvent::TYPES, samples::payments()),
        Contract::of::<ProviderAccount>(ProviderAccountEvent::TYPES, samples::provider_accounts()),
        Contract::of::<PaymentRun>(PaymentRunEvent::TYPES, samples::payment_runs()),
        Contract::of::<PaymentRunPage>(PaymentRunPageEvent::TYPES, samples::payment_run_pages()),
        Contract::of::<PaymentTerms>(TermsEvent::TYPES, samples::terms()),
        Contract::of::<BankRules>(BankRulesEvent::TYPES, samples::bank_rules()),
        Contract::of::<Chequebook>(ChequebookEvent::TYPES, samples::chequebooks()),
        Contract::of::<WithholdingTax>(WithholdingEvent::TYPES, samples::withholding_taxes()),
        Contract::of::<PurchaseOrder>(PurchaseOrderEvent::TYPES, samples::purchase_orders()),
        Contract::of::<NumberSeries>(NumberSeriesEvent::TYPES, samples::number_series()),
        Contract::of::<Receivable>(ReceivableEvent::TYPES, samples::receivables()),
        Contract::of::<RecurringInvoice>(RecurringInvoiceEvent::TYPES, samples::recurring_invoices()),
        Contract::of::<Stock>(StockEvent::TYPES, samples::stocks()),
        Contract::of::<Tenant>(TenantEvent::TYPES, samples::tenants()),
        Contract::of::<Tolerances>(TolerancesEvent::TYPES, samples::tolerances()),
        Contract::of::<User>(UserEvent::TYPES, samples::users()),
        Contract::of::<Vendor>(VendorEvent::TYPES, samples::vendors()),
        Contract::of::<Customer>(CustomerEvent::TYPES, samples::customers()),
        Contract::of::<RefusedReaction>(RefusedReactionEvent::TYPES, samples::refused_reactions()),
        Contract::of::<Vouching>(VouchingEvent::TYPES, samples::vouchings()),
    ]
}

/// What a golden file's name says.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    event_type: String,
    version: u16,
    case: String,
}

impl Name {
    fn of(sample: &Written) -> Self {
        Self { event_type: sample.event_type.to_owned(), version: sample.version, case: sample.case.to_owned() }
    }

    fn parse(file: &str) -> Option<Self> {
        let (event_type, rest) = file.strip_suffix(".json")?.split_once(".v")?;
        let (version, case) = rest.split_once('.').unwrap_or((rest, ""));
        Some(Self { event_type: event_type.to_owned(), version: version.parse().ok()?, case: case.to_owned() })
    }

    fn path(&self) -> PathBuf {
        let case = if self.case.is_empty() { String::new() } else { format!(".{}", self.case) };
        folder().join(format!("{}.v{}{case}.json", self.event_type, self.version))
    }
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden"))
}

fn golden_files() -> BTreeMap<Name, String> {
    let files = fs::read_dir(folder()).expect("the folder of golden files");
    files
        .map(|file| {
            let path = file.expect("a golden file").path();
            let name = path.file_name().and_then(|n| n.to_str()).and_then(Name::parse);
            let name = name.unwrap_or_else(|| panic!("{} is not named as a golden file", path.display()));
            (name, fs::read_to_string(&path).expect("a golden file"))
        })
        .collect()
}

#[test]
fn every_event_is_stored_as_its_golden_file_says() {
    let bless = std::env::var_os("QUITTANCE_BLESS").is_some();
    for sample in contracts().iter().flat_map(|contract| &contract.samples) {
        let path = Name::of(sample).path();
        if bless && !path.exists() {
            fs::write(&path, &sample.json).expect("the folder of golden files");
        }
        let golden = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}; QUITTANCE_BLESS=1 writes it", path.display()));
        assert_eq!(sample.json, golden, "{}: a stored event changes by a new version only", path.display());
    }
}

#[test]
fn every_version_of_every_type_has_its_golden_file() {
    let golden = golden_files();
    for (event_type, newest) in contracts().iter().flat_map(|contract| contract.types) {
        for version in 1..=*newest {
            let name = Name { event_type: (*event_type).to_owned(), version, case: String::new() };
            assert!(golden.contains_key(&name), "{} is missing", name.path().display());
        }
    }
}

#[test]
fn every_golden_file_loads_and_the_newest_are_written_as_they_were_read() {
    let contracts = contracts();
    for (name, written) in golden_files() {
        let known = |contract: &&Contract| contract.types.iter().any(|(event_type, _)| *event_type == name.event_type);
        let contract = contracts.iter().find(known).unwrap_or_else(|| panic!("{name:?}: no aggregate knows this event any more"));
        let newest = contract.types.iter().find(|(t, _)| *t == name.event_type).map(|(_, version)| *version);
        let payload = serde_json::from_str(&written).unwrap_or_else(|e| panic!("{name:?}: {e}"));
        let reread = (contract.reread)(&name.event_type, name.version, payload).unwrap_or_else(|e| panic!("{name:?}: {e}"));
        assert!(Some(name.version) <= newest, "{name:?} is newer than the code");
        if Some(name.version) == newest {
            assert_eq!(reread, written, "{name:?}");
        }
    }
}

#[test]
fn event_types_are_unique_across_aggregates() {
    let mut seen = HashSet::new();
    for (event_type, _) in contracts().iter().flat_map(|contract| contract.types) {
        assert!(seen.insert(*event_type), "{event_type} belongs to two aggregates");
    }
}

#[test]
fn every_amount_is_a_decimal_string() {
    for (name, written) in golden_files() {
        let payload: serde_json::Value = serde_json::from_str(&written).expect("JSON");
        let fractions = numbers(&payload).into_iter().filter(|n| !n.is_u64()).collect::<Vec<_>>();
        assert!(fractions.is_empty(), "{name:?} holds {fractions:?} as numbers");
    }
}

/// Whole numbers count lines, versions and stages; everything with a fraction or a sign is an amount.
fn numbers(value: &serde_json::Value) -> Vec<&serde_json::Number> {
    match value {
        serde_json::Value::Number(number) => vec![number],
        serde_json::Value::Array(values) => values.iter().flat_map(numbers).collect(),
        serde_json::Value::Object(fields) => fields.values().flat_map(numbers).collect(),
        _ => vec![],
    }
}
