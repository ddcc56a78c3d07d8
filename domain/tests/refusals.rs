//! Refusal codes are part of the interface: programs branch on them, so they are listed here and never reworded.

use std::collections::HashSet;

use quittance_domain::approval::ApprovalRefusal;
use quittance_domain::attachment::AttachmentRefusal;
use quittance_domain::bank_rules::BankRulesRefusal;
use quittance_domain::bank_statement::BankStatementRefusal;
use quittance_domain::calendar::CalendarRefusal;
use quittance_domain::chart::ChartRefusal;
use quittance_domain::chequebook::ChequebookRefusal;
use quittance_domain::comment::CommentRefusal;
use quittance_domain::customer::CustomerRefusal;
use quittance_domain::delegation::DelegationRefusal;
use quittance_domain::despatch_advice::DespatchAdviceRefusal;
use quittance_domain::exchange_rate::RatesRefusal;
use quittance_domain::goods_receipt::GoodsReceiptRefusal;
use quittance_domain::import_mapping::ImportMappingRefusal;
use quittance_domain::invoice::InvoiceRefusal;
use quittance_domain::invoice_import::InvoiceImportRefusal;
use quittance_domain::item::ItemRefusal;
use quittance_domain::journal::JournalRefusal;
use quittance_domain::location::LocationRefusal;
use quittance_domain::message::MessageRefusal;
use quittance_domain::order_document::OrderDocumentRefusal;
use quittance_domain::payment::PaymentRefusal;
use quittance_domain::payment_calendar::PaymentCalendarRefusal;
use quittance_domain::payment_run::{PaymentRunPageRefusal, PaymentRunRefusal};
use quittance_domain::policy::PolicyRefusal;
use quittance_domain::provider::ProviderAccountRefusal;
use quittance_domain::purchase_order::PurchaseOrderRefusal;
use quittance_domain::receivable::{NumberSeriesRefusal, ReceivableRefusal};
use quittance_domain::recurring_invoice::RecurringInvoiceRefusal;
use quittance_domain::refused_reaction::RefusedReactionRefusal;
use quittance_domain::stock::StockRefusal;
use quittance_domain::tenant::TenantRefusal;
use quittance_domain::terms::TermsRefusal;
use quittance_domain::tolerance::TolerancesRefusal;
use quittance_domain::user::UserRefusal;
use quittance_domain::vendor::VendorRefusal;
use quittance_domain::vouching::VouchingRefusal;
use quittance_domain::withholding::WithholdingRefusal;
use strum::VariantNames;

const CODES: &[(&str, &[&str], &[&str])] = &[
    (
        "approval",
        ApprovalRefusal::VARIANTS,
        &[
            "approval_unknown",
            "already_requested",
            "not_running",
            "approval_stuck",
            "rate_missing",
            "self_approval",
            "bank_account_editor",
            "vendor_editor",
            "not_vouched_for",
            "goods_receiver",
            "policy_adopter",
            "tolerances_adopter",
            "rate_stater",
            "already_acted",
            "own_voice_needed",
            "not_eligible",
            "not_delegated",
            "already_eligible",
            "reassignment_of_another",
            "stage_not_current",
            "reason_missing",
            "text_missing",
            "nothing_asked",
            "no_matching_rule",
        ],
    ),
    (
        "attachment",
        AttachmentRefusal::VARIANTS,
        &[
            "attachment_unknown",
            "attachment_exists",
            "file_empty",
            "file_too_large",
            "file_name_missing",
            "media_type_invalid",
            "reason_missing",
        ],
    ),
    ("comment", CommentRefusal::VARIANTS, &["comment_unknown", "comment_exists", "text_missing", "too_many_mentions", "not_mentioned"]),
    ("message", MessageRefusal::VARIANTS, &["message_unknown", "message_exists", "text_missing", "author_invalid", "message_of_reader"]),
    ("number_series", NumberSeriesRefusal::VARIANTS, &["series_exhausted"]),
    (
        "receivable",
        ReceivableRefusal::VARIANTS,
        &[
            "receivable_unknown",
            "already_drafted",
            "wrong_state",
            "lines_missing",
            "sold_quantity_not_positive",
            "tax_category_unfit",
            "totals_do_not_hold",
            "nothing_asked_for",
            "amount_not_positive",
            "currency_mismatch",
            "nothing_open",
            "exceeds_open_amount",
            "before_issue",
            "before_payment",
            "incoming_payment_unknown",
            "payments_stand",
            "credit_notes_stand",
            "credited_line_unknown",
            "exceeds_line_quantity",
            "exceeds_line_amount",
            "exceeds_adjustment",
            "nothing_credited",
            "exceeds_receivable",
            "goods_not_left",
            "before_hand_over",
            "nothing_owed_back",
            "exceeds_owed_back",
            "refund_unknown",
            "goods_left",
            "no_goods",
        ],
    ),
    (
        "recurring_invoice",
        RecurringInvoiceRefusal::VARIANTS,
        &[
            "recurring_invoice_unknown",
            "recurring_invoice_exists",
            "number_missing",
            "amount_not_positive",
            "day_invalid",
            "schedule_empty",
            "reason_missing",
            "recurring_invoice_ended",
        ],
    ),
    (
        "delegation",
        DelegationRefusal::VARIANTS,
        &[
            "delegation_unknown",
            "delegation_exists",
            "self_delegation",
            "self_granted",
            "delegation_empty",
            "delegation_cycle",
            "delegation_chain_too_long",
            "delegation_of_another",
        ],
    ),
    (
        "goods_receipt",
        GoodsReceiptRefusal::VARIANTS,
        &[
            "goods_receipt_unknown",
            "goods_receipt_exists",
            "location_missing",
            "no_lines",
            "line_repeated",
            "receipt_line_unknown",
            "quantity_not_positive",
            "not_waiting_for_inspection",
            "return_exceeds_receipt",
            "before_receipt",
        ],
    ),
    (
        "fiscal_calendar",
        CalendarRefusal::VARIANTS,
        &[
            "period_closed",
            "period_not_over",
            "soft_close_first",
            "period_open",
            "month_invalid",
            "holiday_outside_year",
            "holiday_repeated",
            "name_missing",
            "reason_missing",
        ],
    ),
    (
        "chart",
        ChartRefusal::VARIANTS,
        &[
            "chart_unknown",
            "chart_exists",
            "name_missing",
            "account_repeated",
            "account_unknown",
            "account_inactive",
            "account_controlled",
            "account_kind_fixed",
            "account_in_use",
            "account_holds_no_money",
            "tax_category_missing",
            "tax_rates_invalid",
            "posting_role_missing",
            "posting_account_kind",
            "posting_account_shared",
            "cost_centre_unknown",
            "project_unknown",
            "tax_code_unknown",
        ],
    ),
    (
        "exchange_rates",
        RatesRefusal::VARIANTS,
        &["source_missing", "currencies_equal", "rate_not_positive", "rate_repeated", "rate_outside_year"],
    ),
    (
        "despatch_advice",
        DespatchAdviceRefusal::VARIANTS,
        &[
            "despatch_advice_unknown",
            "despatch_advice_exists",
            "despatch_advice_received",
            "number_missing",
            "nothing_despatched",
            "line_repeated",
            "line_amounts",
        ],
    ),
    ("import_mapping", ImportMappingRefusal::VARIANTS, &["mapping_name_invalid", "mapping_incomplete"]),
    ("invoice_import", InvoiceImportRefusal::VARIANTS, &["import_unknown", "import_empty", "mapping_incomplete", "chunk_inconsistent"]),
    ("order_document", OrderDocumentRefusal::VARIANTS, &["order_document_exists"]),
    (
        "bank_statement",
        BankStatementRefusal::VARIANTS,
        &[
            "bank_statement_unknown",
            "bank_statement_withdrawn",
            "bank_statement_in_use",
            "bank_line_unknown",
            "bank_line_matched",
            "bank_line_not_matched",
            "match_moved_payment",
            "explanation_missing",
            "division_of_one",
            "division_differs",
            "bank_line_booked",
            "bank_line_not_booked",
            "reason_missing",
            "part_invalid",
            "booking_unbalanced",
            "reversal_too_early",
        ],
    ),
    (
        "invoice",
        InvoiceRefusal::VARIANTS,
        &[
            "invoice_unknown",
            "already_received",
            "wrong_state",
            "in_exception",
            "payment_in_progress",
            "self_resolution",
            "version_changed",
            "exceeds_open_amount",
            "nothing_open",
            "amount_not_positive",
            "currency_mismatch",
            "credit_note_not_payable",
            "no_document",
            "hold_unknown",
            "on_hold",
            "exception_unknown",
            "already_disputed",
            "disputed",
            "not_disputed",
            "duplicate_not_suspected",
            "not_a_namesake",
            "coding_line_unknown",
            "coding_unbalanced",
            "coded_by_order",
            "not_set_off",
            "retention_over",
            "retention_not_due",
            "not_a_prepayment",
            "prepayment_not_coded",
            "exceeds_prepaid",
            "exceeds_stated_prepaid",
            "not_refundable",
            "exceeds_refundable",
            "other_vendors_document",
            "allocation_too_early",
            "allocation_unknown",
            "write_off_too_large",
            "bank_account_missing",
            "paid_otherwise",
            "discount_expired",
            "exceeds_discount",
        ],
    ),
    (
        "item",
        ItemRefusal::VARIANTS,
        &[
            "item_unknown",
            "item_exists",
            "sku_missing",
            "name_missing",
            "reorder_level_negative",
            "unit_weight_not_positive",
            "conversion_unsound",
            "unit_volume_not_positive",
            "list_price_negative",
            "list_price_base_not_positive",
            "unit_fixed",
        ],
    ),
    (
        "location",
        LocationRefusal::VARIANTS,
        &[
            "location_unknown",
            "location_exists",
            "location_code_missing",
            "name_missing",
            "country_unknown",
            "location_code_fixed",
            "location_not_registered",
            "location_closed",
        ],
    ),
    (
        "journal_entry",
        JournalRefusal::VARIANTS,
        &[
            "journal_entry_unknown",
            "journal_entry_exists",
            "too_few_lines",
            "amount_zero",
            "entry_unbalanced",
            "reason_missing",
            "already_reversed",
            "reversal_too_early",
        ],
    ),
    (
        "payment",
        PaymentRefusal::VARIANTS,
        &[
            "payment_unknown",
            "already_planned",
            "wrong_state",
            "self_authorisation",
            "own_payment",
            "no_items",
            "item_repeated",
            "amount_not_positive",
            "total_mismatch",
            "wrong_method",
            "several_creditors",
            "provider_account_missing",
            "cheque_undrawable",
            "cheque_is_whole",
            "transfer_undecided",
            "transfer_under_way",
            "outcome_not_found",
            "own_finding",
            "outcome_reference_missing",
            "outcome_reason_missing",
            "outcome_evidence_missing",
            "provider_account_open",
            "vendor_not_paid",
            "nothing_to_advise",
            "recipient_invalid",
            "advice_unknown",
            "nothing_on_account",
            "credit_in_other_currency",
            "credit_not_positive",
            "exceeds_credit",
            "credit_too_early",
            "no_such_item",
            "item_not_in_flight",
        ],
    ),
    ("payment_calendar", PaymentCalendarRefusal::VARIANTS, &["day_invalid", "hurdle_rate_negative", "no_payment_run"]),
    (
        "provider_account",
        ProviderAccountRefusal::VARIANTS,
        &[
            "provider_account_unknown",
            "provider_account_exists",
            "provider_account_closed",
            "name_missing",
            "self_confirmation",
            "too_many_webhook_secrets",
            "webhook_secret_unknown",
            "last_webhook_secret",
        ],
    ),
    (
        "policy",
        PolicyRefusal::VARIANTS,
        &[
            "no_rules",
            "no_steps",
            "quorum_impossible",
            "band_empty",
            "window_invalid",
            "deadlines_invalid",
            "stage_without_step",
            "immaterial_change_invalid",
            "self_adopted",
            "version_not_adopted",
        ],
    ),
    (
        "purchase_order",
        PurchaseOrderRefusal::VARIANTS,
        &[
            "purchase_order_unknown",
            "purchase_order_exists",
            "number_missing",
            "no_lines",
            "line_repeated",
            "line_amounts",
            "unit_price_missing",
            "list_price_in_other_currency",
            "list_price_endless",
            "charge_unsound",
            "line_unknown",
            "quantity_exceeds_order",
            "line_in_use",
            "purchase_order_not_open",
            "purchase_order_not_approved",
            "own_order",
            "goods_received",
            "order_invoiced",
        ],
    ),
    (
        "payment_run",
        PaymentRunRefusal::VARIANTS,
        &["payment_run_unknown", "run_already_proposed", "wrong_state", "self_authorisation", "nothing_to_pay"],
    ),
    (
        "payment_run_page",
        PaymentRunPageRefusal::VARIANTS,
        &["run_page_unknown", "run_page_listed", "run_item_unknown", "run_page_moved_on"],
    ),
    (
        "stock",
        StockRefusal::VARIANTS,
        &[
            "insufficient_stock",
            "stock_reserved",
            "reservation_unknown",
            "reservation_exceeded",
            "reference_missing",
            "too_many_reservations",
            "same_place",
            "quantity_not_positive",
            "no_difference",
            "count_negative",
            "quantity_too_large",
            "location_missing",
        ],
    ),
    (
        "tenant",
        TenantRefusal::VARIANTS,
        &[
            "tenant_unknown",
            "tenant_exists",
            "name_missing",
            "vat_id_invalid",
            "country_unknown",
            "account_exists",
            "company_account_unknown",
            "account_not_american",
            "ach_origination_invalid",
            "cooling_off_too_long",
            "loosening_not_proposed",
            "self_loosening",
            "answer_time_outlandish",
            "time_zone_unknown",
        ],
    ),
    (
        "tolerances",
        TolerancesRefusal::VARIANTS,
        &["tolerance_negative", "rule_repeated", "write_off_negative", "write_off_repeated", "self_adopted", "version_not_adopted"],
    ),
    (
        "bank_rules",
        BankRulesRefusal::VARIANTS,
        &["bank_rule_unnamed", "bank_rule_too_wide", "bank_rule_pattern_invalid", "bank_rule_limit_invalid", "bank_rule_parts_invalid"],
    ),
    (
        "chequebook",
        ChequebookRefusal::VARIANTS,
        &[
            "chequebook_unknown",
            "chequebook_opened",
            "cheque_number_invalid",
            "cheque_number_not_next",
            "cheque_numbers_used_up",
            "positive_pay_layout_invalid",
        ],
    ),
    (
        "withholding_tax",
        WithholdingRefusal::VARIANTS,
        &["withholding_unknown", "withholding_code_invalid", "withholding_rates_disordered", "withholding_rate_out_of_range"],
    ),
    (
        "payment_terms",
        TermsRefusal::VARIANTS,
        &[
            "terms_unknown",
            "terms_code_invalid",
            "instalments_incomplete",
            "discount_out_of_range",
            "discounts_out_of_order",
            "terms_too_long",
        ],
    ),
    (
        "user",
        UserRefusal::VARIANTS,
        &[
            "user_unknown",
            "user_exists",
            "email_invalid",
            "no_roles",
            "user_deactivated",
            "key_unknown",
            "key_expired",
            "self_promotion",
            "manager_cycle",
            "manager_unknown",
            "limit_not_positive",
            "rights_lacking",
            "key_in_force",
            "key_revoker",
            "owner_left",
        ],
    ),
    (
        "customer",
        CustomerRefusal::VARIANTS,
        &[
            "customer_unknown",
            "customer_exists",
            "name_missing",
            "other_name_missing",
            "contact_name_missing",
            "vat_id_invalid",
            "electronic_address_invalid",
            "country_invalid",
            "customer_number_invalid",
            "customer_blocked",
            "customer_merged",
            "merged_into_itself",
        ],
    ),
    (
        "vendor",
        VendorRefusal::VARIANTS,
        &[
            "vendor_unknown",
            "vendor_exists",
            "name_missing",
            "bank_account_exists",
            "bank_account_unknown",
            "replaced_account_unknown",
            "bank_account_unverified",
            "bank_account_cooling_off",
            "bank_account_replaced",
            "bank_account_not_proposed",
            "self_verification",
            "bank_account_editor",
            "vendor_blocked",
            "vendor_unverified",
            "vendor_change_unconfirmed",
            "vendor_merged",
            "merged_into_itself",
            "vat_id_invalid",
            "vendor_number_invalid",
            "reason_missing",
        ],
    ),
    ("refused_reaction", RefusedReactionRefusal::VARIANTS, &["reason_missing"]),
    ("vouching", VouchingRefusal::VARIANTS, &["self_vouching", "handed_key_in_force", "not_vouched_for"]),
];

#[test]
fn the_codes_of_every_aggregate_are_the_listed_ones() {
    for (aggregate, codes, listed) in CODES {
        assert_eq!(codes, listed, "{aggregate}");
    }
}

#[test]
fn codes_are_snake_case_and_unique_within_their_aggregate() {
    for (aggregate, codes, _) in CODES {
        let unique: HashSet<_> = codes.iter().collect();
        assert_eq!(unique.len(), codes.len(), "{aggregate}");
        for code in codes.iter() {
            let words = code.split('_').all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase()));
            assert!(words, "{aggregate}: {code}");
        }
    }
}

/// The list is what a refusal really answers: a code made by hand would drift from its variant's name.
#[test]
fn a_refusal_answers_with_its_listed_code() {
    use quittance_domain::Refusal;
    use quittance_domain::refusal::RefusalKind;
    let table: [(&dyn Refusal, &str, RefusalKind); 6] = [
        (&InvoiceRefusal::SelfResolution, "self_resolution", RefusalKind::Person),
        (&ApprovalRefusal::NotRunning { state: "denied" }, "not_running", RefusalKind::State),
        (&PaymentRefusal::NoSuchItem { line: 1 }, "no_such_item", RefusalKind::Invalid),
        (&VendorRefusal::BankAccountUnknown, "bank_account_unknown", RefusalKind::Unknown),
        (&PurchaseOrderRefusal::GoodsReceived, "goods_received", RefusalKind::State),
        (&StockRefusal::NoDifference, "no_difference", RefusalKind::Invalid),
    ];
    for (refusal, code, kind) in table {
        assert_eq!((refusal.code(), refusal.kind()), (code, kind));
    }
}
