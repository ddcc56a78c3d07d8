//! Everything derived from the log: read models, process managers, relays, rebuild and verify.
//!
//! Read models of one tenant move together: one read of the events, one transaction for all rows and checkpoints.
//! Only when one of them fails do they part, so that a poisoned event stops that one alone.

use std::sync::Arc;

pub mod checkpoint;
pub mod fact;
pub mod progress;
pub mod projector;
pub mod reactions;
pub mod rebuild;
pub mod refused;
pub mod relay;
pub mod replay;
pub mod rows;
pub mod runtime;
pub mod source;
pub mod standstill;
pub mod verify;

pub mod aggregate_row;
mod aggregates;
mod known_name;
mod lease;
mod listing;
pub mod logged;
pub mod originals;
pub mod page;
pub mod word;
pub mod worker;

pub mod advice_sender;
pub mod ageing;
pub mod api_key;
pub mod approval;
pub mod approval_policy;
pub mod attachment;
pub mod audit;
pub mod bank_line;
pub mod bank_rules;
pub mod bank_statement;
pub mod calendar;
pub mod chart;
pub mod cheque;
pub mod chequebook;
pub mod clock;
pub mod comment;
pub mod company;
pub mod customer;
pub mod dashboard;
pub mod delegation;
pub mod despatch_advice;
pub mod exception;
pub mod feed;
pub mod fingerprint;
pub mod goods_receipt;
pub mod grni;
pub mod history;
pub mod import_mapping;
pub mod invoice;
pub mod invoice_import;
pub mod item;
pub mod ledger;
pub mod location;
pub mod mention;
pub mod message;
pub mod order_document;
pub mod past;
pub mod payment;
pub mod payment_calendar;
pub mod payment_proof;
pub mod payment_run;
pub mod provider_account;
pub mod published;
pub mod purchase_order;
pub mod receivable;
pub mod reconciler;
pub mod reconciliation;
pub mod recurring_invoice;
pub mod report;
pub mod stock;
pub mod terms;
pub mod tolerance;
pub mod transfer;
mod unique_facts;
pub mod user;
pub mod vendor;
pub mod verdict;
pub mod withholding;

pub use fact::{Fact, Recorded};
pub use page::{OrderedPage, Page, PageOf, QueryError};
pub use progress::Progress;
pub use projector::{Memory, ProjectionError, Projector};

use aggregate_row::PerAggregate;

/// Every read model of this version.
pub fn read_models() -> Arc<[Arc<dyn Projector>]> {
    Arc::new([
        Arc::new(PerAggregate::<user::UserRow>::default()),
        Arc::new(api_key::ApiKeys),
        Arc::new(PerAggregate::<company::CompanyRow>::default()),
        Arc::new(company::CompanyAccounts),
        Arc::new(PerAggregate::<approval_policy::ApprovalPolicyRow>::default()),
        Arc::new(delegation::DelegationList),
        Arc::new(PerAggregate::<chart::ChartRow>::default()),
        Arc::new(PerAggregate::<calendar::CalendarRow>::default()),
        Arc::new(PerAggregate::<vendor::VendorRow>::default()),
        Arc::new(PerAggregate::<customer::CustomerRow>::default()),
        Arc::new(PerAggregate::<terms::PaymentTermsRow>::default()),
        Arc::new(PerAggregate::<chequebook::ChequebookRow>::default()),
        Arc::new(PerAggregate::<withholding::WithholdingTaxRow>::default()),
        Arc::new(PerAggregate::<item::ItemRow>::default()),
        Arc::new(location::LocationList),
        Arc::new(PerAggregate::<purchase_order::PurchaseOrderRow>::default()),
        Arc::new(PerAggregate::<order_document::OrderDocumentRow>::default()),
        Arc::new(PerAggregate::<despatch_advice::DespatchAdviceRow>::default()),
        Arc::new(PerAggregate::<goods_receipt::GoodsReceiptRow>::default()),
        Arc::new(invoice::Invoices),
        Arc::new(PerAggregate::<recurring_invoice::RecurringInvoiceRow>::default()),
        Arc::new(PerAggregate::<import_mapping::ImportMappingRow>::default()),
        Arc::new(PerAggregate::<invoice_import::InvoiceImportRow>::default()),
        Arc::new(receivable::Receivables),
        Arc::new(verdict::Verdicts),
        Arc::new(fingerprint::Fingerprints),
        Arc::new(PerAggregate::<approval::ApprovalRow>::default()),
        Arc::new(PerAggregate::<attachment::AttachmentRow>::default()),
        Arc::new(PerAggregate::<comment::CommentRow>::default()),
        Arc::new(mention::Mentions),
        Arc::new(PerAggregate::<message::MessageRow>::default()),
        Arc::new(PerAggregate::<payment::PaymentRow>::default()),
        Arc::new(PerAggregate::<provider_account::ProviderAccountRow>::default()),
        Arc::new(transfer::Transfers),
        Arc::new(PerAggregate::<payment_run::PaymentRunRow>::default()),
        Arc::new(payment_run::PaymentRunItems),
        Arc::new(PerAggregate::<bank_statement::BankStatementRow>::default()),
        Arc::new(PerAggregate::<bank_rules::BankRulesRow>::default()),
        Arc::new(bank_line::BankLines),
        Arc::new(bank_line::BankMoves),
        Arc::new(stock::StockLevels),
        Arc::new(PerAggregate::<tolerance::TolerancesRow>::default()),
        Arc::new(grni::OrderLineFacts),
        Arc::new(ledger::Ledger),
    ])
}
