//! The published contract: what leaves this engine as events, apart from what is stored.
//!
//! Each stored type has one row in [`CONTRACT`] with its public name and the version of its data, and one arm in the
//! mapping of its aggregate. Every field is taken or left by name, so that a new one does not compile until somebody
//! decides. Data changes by a new version in its row and a new golden file (`domain/tests/published`), never in place.
//!
//! Never published: bank accounts in clear (masked only), names and mail addresses of people, keys and their hashes,
//! free texts of documents (notes, terms, remittance: people write account numbers there), and what only the engine
//! understands. Who may know more asks the REST API by id, where roles decide.

mod approval;
mod bank;
mod books;
mod cheque;
mod documents;
mod goods;
mod invoice;
mod matching;
mod paper;
mod parties;
mod payment;
mod payment_run;
mod provider;
mod recurring_invoice;
mod terms;
mod withholding;

use serde_json::Value;

use crate::fact::Fact;

/// `data! { round, total: plan.total }` is a JSON object with these members; absent options are null.
macro_rules! data {
    (@value $field:ident) => { $field };
    (@value $field:ident $value:expr) => { $value };
    ($($field:ident $(: $value:expr)?),* $(,)?) => {
        ::serde_json::json!({ $((stringify!($field)): $crate::published::data!(@value $field $($value)?)),* })
    };
}
use data;

/// The stored type, the public type, and the version of the public data.
pub const CONTRACT: &[(&str, &str, u16)] = &[
    ("ApprovalRequested", "quittance.approval.requested", 1),
    ("ApprovalAppraised", "quittance.approval.appraised", 1),
    ("ApprovalStageOpened", "quittance.approval.stage_opened", 2),
    ("ApprovalGiven", "quittance.approval.given", 2),
    ("ApprovalStuck", "quittance.approval.stuck", 1),
    ("ApprovalReresolved", "quittance.approval.reresolved", 2),
    ("ApprovalGranted", "quittance.approval.granted", 1),
    ("ApprovalDenied", "quittance.approval.denied", 2),
    ("ApprovalWithdrawn", "quittance.approval.withdrawn", 1),
    ("ApprovalRebound", "quittance.approval.rebound", 1),
    ("ApprovalReassigned", "quittance.approval.reassigned", 1),
    ("ApprovalReminded", "quittance.approval.reminded", 1),
    ("ApprovalEscalated", "quittance.approval.escalated", 1),
    ("ApprovalExpired", "quittance.approval.expired", 1),
    ("ApprovalCommented", "quittance.approval.commented", 1),
    ("ApprovalInformationAsked", "quittance.approval.information_asked", 1),
    ("ApprovalInformationGiven", "quittance.approval.information_given", 1),
    ("ApprovalPolicyAdopted", "quittance.approval_policy.adopted", 2),
    ("AttachmentAdded", "quittance.attachment.added", 1),
    ("AttachmentDetached", "quittance.attachment.detached", 1),
    ("CommentWritten", "quittance.comment.written", 1),
    ("CommentRead", "quittance.comment.read", 1),
    ("MessageWritten", "quittance.message.written", 1),
    ("MessageRead", "quittance.message.read", 1),
    ("DelegationGranted", "quittance.delegations.granted", 1),
    ("DelegationRevoked", "quittance.delegations.revoked", 1),
    ("GoodsReceiptPosted", "quittance.goods_receipt.posted", 2),
    ("GoodsReceiptInspected", "quittance.goods_receipt.inspected", 1),
    ("GoodsReceiptReturned", "quittance.goods_receipt.returned", 1),
    ("CalendarFiscalYearSet", "quittance.fiscal_calendar.fiscal_year_set", 1),
    ("CalendarHolidaysDeclared", "quittance.fiscal_calendar.holidays_declared", 1),
    ("CalendarPeriodClosed", "quittance.fiscal_calendar.period_closed", 1),
    ("CalendarPeriodReopened", "quittance.fiscal_calendar.period_reopened", 1),
    ("ChartAdopted", "quittance.chart.adopted", 1),
    ("ChartAccountDefined", "quittance.chart.account_defined", 1),
    ("ChartCostCentreDefined", "quittance.chart.cost_centre_defined", 1),
    ("ChartProjectDefined", "quittance.chart.project_defined", 1),
    ("ChartTaxCodeDefined", "quittance.chart.tax_code_defined", 1),
    ("ChartPostingAccountsAssigned", "quittance.chart.posting_accounts_assigned", 1),
    ("ChartBankAccountAssigned", "quittance.chart.bank_account_assigned", 1),
    ("ExchangeRatesQuoted", "quittance.exchange_rates.quoted", 1),
    ("DespatchAdviceAnnounced", "quittance.despatch_advice.announced", 1),
    ("DespatchAdviceReceived", "quittance.despatch_advice.received", 1),
    ("BankStatementImported", "quittance.bank_statement.imported", 1),
    ("BankStatementMatched", "quittance.bank_statement.matched", 1),
    ("BankStatementUnmatched", "quittance.bank_statement.unmatched", 1),
    ("BankStatementBooked", "quittance.bank_statement.booked", 1),
    ("BankStatementBookingTakenBack", "quittance.bank_statement.booking_taken_back", 1),
    ("InvoiceReceived", "quittance.invoice.received", 1),
    ("InvoiceAmended", "quittance.invoice.amended", 1),
    ("InvoiceExceptionRaised", "quittance.invoice.exception_raised", 1),
    ("InvoiceExceptionResolved", "quittance.invoice.exception_resolved", 1),
    ("InvoiceSubmitted", "quittance.invoice.submitted", 1),
    ("InvoiceApprovalKept", "quittance.invoice.approval_kept", 1),
    ("InvoiceApprovalReset", "quittance.invoice.approval_reset", 1),
    ("InvoiceApproved", "quittance.invoice.approved", 1),
    ("InvoiceRejected", "quittance.invoice.rejected", 1),
    ("InvoiceValidated", "quittance.invoice.validated", 1),
    ("InvoiceCoded", "quittance.invoice.coded", 1),
    ("InvoiceMatchEvaluated", "quittance.invoice.match_evaluated", 1),
    ("InvoiceHoldReleased", "quittance.invoice.hold_released", 1),
    ("InvoiceDuplicatesSuspected", "quittance.invoice.duplicates_suspected", 1),
    ("InvoiceDuplicateDismissed", "quittance.invoice.duplicate_dismissed", 1),
    ("InvoicePaymentClaimed", "quittance.invoice.payment_claimed", 1),
    ("InvoiceClaimReleased", "quittance.invoice.claim_released", 1),
    ("InvoicePaymentSettled", "quittance.invoice.payment_settled", 1),
    ("InvoicePaymentReturned", "quittance.invoice.payment_returned", 1),
    ("InvoiceTermsAgreed", "quittance.invoice.terms_agreed", 1),
    ("InvoiceDiscountClaimed", "quittance.invoice.discount_claimed", 1),
    ("InvoiceDiscountMissed", "quittance.invoice.discount_missed", 1),
    ("InvoiceDiscountTaken", "quittance.invoice.discount_taken", 1),
    ("InvoiceDiscountReversed", "quittance.invoice.discount_reversed", 1),
    ("InvoiceWithholdingClaimed", "quittance.invoice.withholding_claimed", 1),
    ("InvoiceTaxWithheld", "quittance.invoice.tax_withheld", 1),
    ("InvoiceWithholdingReversed", "quittance.invoice.withholding_reversed", 1),
    ("InvoiceAllocated", "quittance.invoice.allocated", 1),
    ("InvoiceAllocationReversed", "quittance.invoice.allocation_reversed", 1),
    ("InvoicePrepaymentApplied", "quittance.invoice.prepayment_applied", 1),
    ("InvoicePrepaymentTakenBack", "quittance.invoice.prepayment_taken_back", 1),
    ("InvoiceVoided", "quittance.invoice.voided", 1),
    ("InvoicePutOnHold", "quittance.invoice.put_on_hold", 1),
    ("InvoiceTakenOffHold", "quittance.invoice.taken_off_hold", 1),
    ("InvoiceExceptionAssigned", "quittance.invoice.exception_assigned", 1),
    ("InvoiceDisputeOpened", "quittance.invoice.dispute_opened", 1),
    ("InvoiceDisputeResolved", "quittance.invoice.dispute_resolved", 1),
    ("ImportMappingSaved", "quittance.import_mapping.saved", 1),
    ("InvoiceImportBegun", "quittance.invoice_import.begun", 1),
    ("InvoiceImportChunkTaken", "quittance.invoice_import.chunk_taken", 1),
    ("InvoiceImportFinished", "quittance.invoice_import.finished", 1),
    ("InvoiceImportCancelled", "quittance.invoice_import.cancelled", 1),
    ("InvoiceImportResumed", "quittance.invoice_import.resumed", 1),
    ("ItemCreated", "quittance.item.created", 2),
    ("ItemChanged", "quittance.item.changed", 2),
    ("JournalEntryPosted", "quittance.journal_entry.posted", 1),
    ("JournalEntryReversed", "quittance.journal_entry.reversed", 1),
    ("OrderDocumentKept", "quittance.order_document.kept", 1),
    ("PaymentPlanned", "quittance.payment.planned", 1),
    ("PaymentAuthorised", "quittance.payment.authorised", 1),
    ("PaymentStarted", "quittance.payment.started", 1),
    ("PaymentFileSent", "quittance.payment.file_sent", 1),
    ("PaymentRecordedManually", "quittance.payment.recorded_manually", 1),
    ("PaymentTransferSent", "quittance.payment.transfer_sent", 1),
    ("PaymentChequeWritten", "quittance.payment.cheque_written", 1),
    ("PaymentCreditedOnAccount", "quittance.payment.credited_on_account", 1),
    ("PaymentCreditReturned", "quittance.payment.credit_returned", 1),
    ("PaymentOutcomeFound", "quittance.payment.outcome_found", 1),
    ("PaymentOutcomeConfirmed", "quittance.payment.outcome_confirmed", 1),
    ("PaymentSettled", "quittance.payment.settled", 1),
    ("PaymentSettlementWithdrawn", "quittance.payment.settlement_withdrawn", 1),
    ("PaymentFailed", "quittance.payment.failed", 1),
    ("PaymentReturned", "quittance.payment.returned", 1),
    ("PaymentVoided", "quittance.payment.voided", 1),
    ("ProviderAccountOpened", "quittance.provider_account.opened", 1),
    ("ProviderAccountConfirmed", "quittance.provider_account.confirmed", 1),
    ("ProviderAccountCredentialReplaced", "quittance.provider_account.credential_replaced", 1),
    ("ProviderAccountWebhookSecretAdded", "quittance.provider_account.webhook_secret_added", 1),
    ("ProviderAccountWebhookSecretRetired", "quittance.provider_account.webhook_secret_retired", 1),
    ("ProviderAccountClosed", "quittance.provider_account.closed", 1),
    ("PaymentRunProposed", "quittance.payment_run.proposed", 1),
    ("PaymentRunItemRemoved", "quittance.payment_run.item_removed", 1),
    ("PaymentRunAuthorised", "quittance.payment_run.authorised", 1),
    ("PaymentRunStarted", "quittance.payment_run.started", 1),
    ("PaymentRunPlanned", "quittance.payment_run.planned", 1),
    ("PaymentRunFileWritten", "quittance.payment_run.file_written", 1),
    ("PaymentRunCancelled", "quittance.payment_run.cancelled", 1),
    ("PaymentRunPageSelected", "quittance.payment_run_page.selected", 1),
    ("PaymentRunPageExcluded", "quittance.payment_run_page.excluded", 1),
    ("PaymentRunPageItemRemoved", "quittance.payment_run_page.item_removed", 1),
    ("PaymentRunPagePlanned", "quittance.payment_run_page.planned", 1),
    ("PaymentRunPageFileRecorded", "quittance.payment_run_page.file_recorded", 1),
    ("PaymentRunPageReleased", "quittance.payment_run_page.released", 1),
    ("PaymentTermsAdopted", "quittance.payment_terms.adopted", 1),
    ("ChequebookOpened", "quittance.chequebook.opened", 1),
    ("ChequebookNumberTaken", "quittance.chequebook.number_taken", 1),
    ("ChequebookNumberVoided", "quittance.chequebook.number_voided", 1),
    ("ChequebookPositivePayWritten", "quittance.chequebook.positive_pay_written", 1),
    ("WithholdingTaxAdopted", "quittance.withholding_tax.adopted", 1),
    ("PurchaseOrderPlaced", "quittance.purchase_order.placed", 2),
    ("PurchaseOrderAmended", "quittance.purchase_order.amended", 1),
    ("PurchaseOrderApproved", "quittance.purchase_order.approved", 1),
    ("PurchaseOrderReceived", "quittance.purchase_order.received", 2),
    ("PurchaseOrderInspected", "quittance.purchase_order.inspected", 1),
    ("PurchaseOrderReturned", "quittance.purchase_order.returned", 1),
    ("PurchaseOrderBilled", "quittance.purchase_order.billed", 2),
    ("PurchaseOrderBillingWithdrawn", "quittance.purchase_order.billing_withdrawn", 2),
    ("PurchaseOrderClosed", "quittance.purchase_order.closed", 1),
    ("PurchaseOrderCancelled", "quittance.purchase_order.cancelled", 1),
    ("RecurringInvoiceArranged", "quittance.recurring_invoice.arranged", 1),
    ("RecurringInvoiceMade", "quittance.recurring_invoice.made", 1),
    ("RecurringInvoicePaused", "quittance.recurring_invoice.paused", 1),
    ("RecurringInvoiceResumed", "quittance.recurring_invoice.resumed", 1),
    ("RecurringInvoiceEnded", "quittance.recurring_invoice.ended", 1),
    ("StockOpened", "quittance.stock.opened", 2),
    ("StockReceived", "quittance.stock.received", 2),
    ("StockIssued", "quittance.stock.issued", 2),
    ("StockReturned", "quittance.stock.returned", 2),
    ("StockAdjusted", "quittance.stock.adjusted", 1),
    ("StockCounted", "quittance.stock.counted", 1),
    ("StockReserved", "quittance.stock.reserved", 1),
    ("StockReservationReleased", "quittance.stock.reservation_released", 1),
    ("StockSentAway", "quittance.stock.sent_away", 1),
    ("StockTakenIn", "quittance.stock.taken_in", 1),
    ("StockRevalued", "quittance.stock.revalued", 1),
    ("StockRanLow", "quittance.stock.ran_low", 2),
    ("StockRecovered", "quittance.stock.recovered", 2),
    ("TenantCreated", "quittance.tenant.created", 1),
    ("TenantAccountAdded", "quittance.tenant.account_added", 1),
    ("TenantBankChangeControlSet", "quittance.tenant.bank_change_control_set", 1),
    ("TenantAchOriginationSet", "quittance.tenant.ach_origination_set", 1),
    ("TenantStockRulesSet", "quittance.tenant.stock_rules_set", 1),
    ("TenantAnswerTimesSet", "quittance.tenant.answer_times_set", 1),
    ("TenantTimeZoneSet", "quittance.tenant.time_zone_set", 1),
    ("TolerancesAdopted", "quittance.tolerances.adopted", 1),
    ("UserAdded", "quittance.user.added", 1),
    ("UserRolesChanged", "quittance.user.roles_changed", 1),
    ("UserAuthoritySet", "quittance.user.authority_set", 1),
    ("UserDeactivated", "quittance.user.deactivated", 1),
    ("UserKeyIssued", "quittance.user.key_issued", 1),
    ("UserKeyRevoked", "quittance.user.key_revoked", 1),
    ("VendorRegistered", "quittance.vendor.registered", 1),
    ("VendorChanged", "quittance.vendor.changed", 1),
    ("VendorDescribed", "quittance.vendor.described", 1),
    ("VendorBankAccountAdded", "quittance.vendor.bank_account_added", 1),
    ("VendorBankAccountProposed", "quittance.vendor.bank_account_proposed", 1),
    ("VendorBankAccountVerified", "quittance.vendor.bank_account_verified", 1),
    ("VendorBankAccountRejected", "quittance.vendor.bank_account_rejected", 1),
    ("VendorBankAccountRemoved", "quittance.vendor.bank_account_removed", 1),
    ("VendorVerified", "quittance.vendor.verified", 1),
    ("VendorBlocked", "quittance.vendor.blocked", 1),
    ("VendorUnblocked", "quittance.vendor.unblocked", 1),
];

/// `InvoicePaymentClaimed` gives `quittance.invoice.payment_claimed.v1`; `None` where the type is not ours to publish.
pub fn published_type(stored: &str) -> Option<String> {
    let (_, public, version) = CONTRACT.iter().find(|(name, ..)| *name == stored)?;
    Some(format!("{public}.v{version}"))
}

/// The one mapping from what is stored to what is published.
pub fn published_data(fact: &Fact) -> Value {
    match fact {
        Fact::Approval(event) => approval::approval(event),
        Fact::Attachment(event) => paper::attachment(event),
        Fact::Comment(event) => paper::comment(event),
        Fact::Message(event) => paper::message(event),
        Fact::Delegation(event) => approval::delegation(event),
        Fact::BankStatement(event) => bank::statement(event),
        Fact::Policy(event) => approval::policy(event),
        Fact::Calendar(event) => books::calendar(event),
        Fact::Chart(event) => books::chart(event),
        Fact::ExchangeRates(event) => books::rates(event),
        Fact::GoodsReceipt(event) => goods::receipt(event),
        Fact::Invoice(event) => invoice::invoice(event),
        Fact::ImportMapping(event) => documents::import_mapping(event),
        Fact::InvoiceImport(event) => documents::invoice_import(event),
        Fact::Item(event) => goods::item(event),
        Fact::PaymentTerms(event) => terms::terms(event),
        Fact::Chequebook(event) => cheque::book(event),
        Fact::WithholdingTax(event) => withholding::adopted(event),
        Fact::JournalEntry(event) => books::journal(event),
        Fact::DespatchAdvice(event) => documents::despatch_advice(event),
        Fact::OrderDocument(event) => documents::order_document(event),
        Fact::Payment(event) => payment::payment(event),
        Fact::ProviderAccount(event) => provider::account(event),
        Fact::PaymentRun(event) => payment_run::run(event),
        Fact::PaymentRunPage(event) => payment_run::page(event),
        Fact::PurchaseOrder(event) => goods::order(event),
        Fact::RecurringInvoice(event) => recurring_invoice::recurring_invoice(event),
        Fact::Stock(event) => goods::stock(event),
        Fact::Tenant(event) => parties::tenant(event),
        Fact::Tolerances(event) => matching::tolerances(event),
        Fact::User(event) => parties::user(event),
        Fact::Vendor(event) => parties::vendor(event),
    }
}
