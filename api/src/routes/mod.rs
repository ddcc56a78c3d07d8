//! The index of the API: every operation.

mod accrual;
mod approval;
mod attachment;
mod bank;
mod batch;
mod calendar;
mod chart;
pub mod cheque;
mod comment;
mod company;
mod console;
mod conversion;
mod customer;
mod decision_link;
mod delegation;
pub mod despatch_advice;
mod einvoice;
mod events;
mod exception;
mod exchange_rate;
mod goods_receipt;
mod health;
mod history;
mod import_mapping;
mod import_progress;
mod invoice;
pub mod invoice_import;
mod item;
mod journal;
mod ledger_export;
mod location;
mod message;
pub mod order_import;
mod original;
pub mod payment;
mod payment_calendar;
pub mod payment_run;
mod policy;
mod policy_preview;
mod problems;
pub mod provider;
mod purchase_order;
mod receivable;
mod recurring_invoice;
mod refusals;
mod refused_reaction;
pub mod report;
pub mod revaluation;
mod router;
mod signing_keys;
mod stock;
mod terms;
mod tolerance;
mod tolerance_replay;
mod user;
pub mod vendor;
mod vouching;
pub mod withholding;

use axum::extract::DefaultBodyLimit;
use quittance_domain::limits::DOCUMENT_BYTES_MAX;
use serde_json::Value;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use refusals::Refusals;
pub use router::{probes, router};

use crate::app::App;
use crate::description;
use crate::limits::FILE_FORM_BYTES_MAX;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Quittance",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Bearer),
    security(("api_key" = []))
)]
struct Api;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, api: &mut Document) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("qk_live_…").build();
        api.components.get_or_insert_default().add_security_scheme("api_key", SecurityScheme::Http(scheme));
    }
}

fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(vendor::register_vendor, vendor::list_vendors))
        .routes(routes!(vendor::get_vendor, vendor::change_vendor))
        .routes(routes!(vendor::bank_account::add_vendor_bank_account, vendor::bank_account::list_vendor_bank_accounts))
        .routes(routes!(vendor::bank_account::approve_vendor_bank_account))
        .routes(routes!(vendor::bank_account::reject_vendor_bank_account))
        .routes(routes!(vendor::bank_account::remove_vendor_bank_account))
        .routes(routes!(vendor::bank_account::list_unpaid_invoices_of_bank_account))
        .routes(routes!(vendor::describe_vendor))
        .routes(routes!(vendor::verify_vendor))
        .routes(routes!(vendor::block_vendor))
        .routes(routes!(vendor::unblock_vendor))
        .routes(routes!(vendor::merge::merge_vendor))
        .routes(routes!(customer::register_customer, customer::list_customers))
        .routes(routes!(customer::get_customer, customer::change_customer))
        .routes(routes!(customer::block_customer))
        .routes(routes!(customer::unblock_customer))
        .routes(routes!(customer::merge_customer))
        .routes(routes!(terms::adopt_payment_terms, terms::list_payment_terms))
        .routes(routes!(withholding::adopt_withholding_tax, withholding::list_withholding_taxes))
        .routes(routes!(item::create_item, item::list_items))
        .routes(routes!(item::get_item, item::change_item))
        .routes(routes!(location::register_location, location::list_locations))
        .routes(routes!(location::get_location, location::change_location))
        .routes(routes!(location::close_location))
        .routes(routes!(location::reopen_location))
        .routes(routes!(purchase_order::place_purchase_order, purchase_order::list_purchase_orders))
        .routes(routes!(purchase_order::get_purchase_order))
        .routes(routes!(purchase_order::amend_purchase_order))
        .routes(routes!(purchase_order::approve_purchase_order))
        .routes(routes!(purchase_order::close_purchase_order))
        .routes(routes!(purchase_order::cancel_purchase_order))
        .merge(OpenApiRouter::new().routes(routes!(order_import::import_purchase_order)).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)))
        .routes(routes!(order_import::get_purchase_order_original))
        .routes(routes!(goods_receipt::post_goods_receipt, goods_receipt::list_goods_receipts))
        .routes(routes!(goods_receipt::get_goods_receipt))
        .routes(routes!(goods_receipt::inspect_goods_receipt))
        .routes(routes!(goods_receipt::return_goods))
        .routes(routes!(tolerance::get_tolerances, tolerance::adopt_tolerances))
        .routes(routes!(tolerance::confirm_tolerances))
        .routes(routes!(tolerance::list_tolerances_versions))
        .routes(routes!(tolerance_replay::replay_tolerances))
        .merge(OpenApiRouter::new().routes(routes!(despatch_advice::import_goods_receipt)).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)))
        .routes(routes!(despatch_advice::list_despatch_advices))
        .routes(routes!(despatch_advice::get_despatch_advice))
        .routes(routes!(despatch_advice::get_despatch_advice_original))
        .routes(routes!(despatch_advice::receive_despatch_advice))
        .routes(routes!(invoice::create::create_invoice, invoice::query::list_invoices))
        .merge(OpenApiRouter::new().routes(routes!(invoice::import::import_invoice)).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)))
        .merge(OpenApiRouter::new().routes(routes!(einvoice::validate_einvoice)).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)))
        .merge(OpenApiRouter::new().routes(routes!(conversion::convert_einvoice)).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)))
        .routes(routes!(einvoice::list_verdicts))
        .routes(routes!(einvoice::list_verdict_changes))
        .routes(routes!(einvoice::get_invoice_verdict))
        .routes(routes!(einvoice::revalidate_invoice))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(invoice_import::begin_import, invoice_import::list_imports))
                .layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)),
        )
        .merge(OpenApiRouter::new().routes(routes!(invoice_import::preview_import)).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)))
        .routes(routes!(import_mapping::save_import_mapping, import_mapping::list_import_mappings))
        .routes(routes!(invoice_import::get_import))
        .routes(routes!(import_progress::stream_import_progress))
        .routes(routes!(invoice_import::list_import_set_aside))
        .routes(routes!(invoice_import::cancel_import))
        .routes(routes!(invoice::query::get_invoice))
        .routes(routes!(invoice::query::get_invoice_original))
        .routes(routes!(invoice::create::amend_invoice))
        .routes(routes!(invoice::namesake::receive_namesake))
        .merge(OpenApiRouter::new().routes(routes!(invoice::namesake::import_namesake)).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)))
        .routes(routes!(invoice::allocate::apply_credit))
        .routes(routes!(invoice::allocate::apply_prepayment))
        .routes(routes!(invoice::retain::retain_part))
        .routes(routes!(invoice::retain::release_retention))
        .routes(routes!(invoice::allocate::write_off_invoice))
        .routes(routes!(invoice::refund::record_refund))
        .routes(routes!(invoice::allocate::reverse_allocation))
        .routes(routes!(invoice::coding::code_invoice, invoice::coding::get_invoice_coding))
        .routes(routes!(invoice::matching::get_invoice_match, invoice::matching::match_invoice))
        .routes(routes!(invoice::hold::hold_invoice))
        .routes(routes!(invoice::hold::release_invoice_hold))
        .routes(routes!(invoice::hold::assign_exception))
        .routes(routes!(invoice::dispute::dispute_invoice))
        .routes(routes!(invoice::dispute::resolve_dispute))
        .routes(routes!(exception::list_exceptions))
        .routes(routes!(refused_reaction::list_refused_reactions))
        .routes(routes!(refused_reaction::retry_refused_reactions))
        .routes(routes!(refused_reaction::dismiss_refused_reactions))
        .routes(routes!(receivable::draft::draft_receivable, receivable::query::list_receivables))
        .routes(routes!(receivable::query::get_receivable))
        .routes(routes!(receivable::draft::revise_receivable))
        .routes(routes!(receivable::draft::issue_receivable))
        .routes(routes!(receivable::payment::record_incoming_payment))
        .routes(routes!(receivable::payment::take_incoming_payment_back))
        .routes(routes!(receivable::ending::hand_over_goods))
        .routes(routes!(receivable::ending::write_off_receivable))
        .routes(routes!(receivable::ending::reinstate_receivable))
        .routes(routes!(receivable::ending::cancel_receivable))
        .routes(routes!(recurring_invoice::arrange_recurring_invoice, recurring_invoice::list_recurring_invoices))
        .routes(routes!(recurring_invoice::get_recurring_invoice))
        .routes(routes!(recurring_invoice::pause_recurring_invoice))
        .routes(routes!(recurring_invoice::resume_recurring_invoice))
        .routes(routes!(recurring_invoice::end_recurring_invoice))
        .routes(routes!(invoice::decide::submit_invoice))
        .routes(routes!(invoice::decide::resolve_invoice_exceptions))
        .routes(routes!(invoice::decide::dismiss_invoice_duplicate))
        .routes(routes!(invoice::decide::approve_invoice))
        .routes(routes!(invoice::decide::reject_invoice))
        .routes(routes!(invoice::decide::resolve_invoice_approvers))
        .routes(routes!(invoice::discuss::reassign_invoice_approver))
        .routes(routes!(invoice::discuss::comment_on_approval))
        .routes(routes!(invoice::discuss::ask_about_invoice))
        .routes(routes!(invoice::discuss::answer_about_invoice))
        .routes(routes!(invoice::decide::void_invoice))
        .routes(routes!(decision_link::make_decision_link))
        .routes(routes!(approval::list_approvals))
        .routes(routes!(approval::approvals_inbox))
        .routes(routes!(approval::get_approval))
        .routes(routes!(delegation::grant_delegation, delegation::list_delegations))
        .routes(routes!(delegation::revoke_delegation))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(attachment::attach_file, attachment::list_attachments))
                .layer(DefaultBodyLimit::max(FILE_FORM_BYTES_MAX)),
        )
        .routes(routes!(attachment::get_attachment))
        .routes(routes!(attachment::download_attachment))
        .routes(routes!(attachment::detach_file))
        .routes(routes!(comment::write_comment, comment::list_comments))
        .routes(routes!(comment::mark_comment_read))
        .routes(routes!(comment::list_mentions))
        .routes(routes!(comment::count_unread))
        .routes(routes!(message::write_message, message::list_messages))
        .routes(routes!(message::record_message))
        .routes(routes!(message::mark_message_read))
        .routes(routes!(payment::plan::plan_payment, payment::query::list_payments))
        .routes(routes!(payment_calendar::replay_payment_calendar))
        .routes(routes!(payment::query::get_payment))
        .routes(routes!(payment::query::get_payment_file))
        .routes(routes!(payment::remittance::get_remittance_advice))
        .routes(routes!(payment::send_advice::send_remittance_advice))
        .routes(routes!(payment::proof::get_payment_proof))
        .routes(routes!(payment::life::authorise_payment))
        .routes(routes!(payment::life::execute_payment))
        .routes(routes!(payment::life::record_payment))
        .routes(routes!(payment::life::settle_payment))
        .routes(routes!(payment::life::fail_payment))
        .routes(routes!(payment::outcome::find_transfer_outcome))
        .routes(routes!(payment::outcome::confirm_transfer_outcome))
        .routes(routes!(payment::life::return_payment))
        .routes(routes!(payment::life::void_payment))
        .routes(routes!(cheque::book::open_chequebook, cheque::book::list_chequebooks))
        .routes(routes!(cheque::book::void_cheque_number))
        .routes(routes!(cheque::book::list_cheques))
        .routes(routes!(cheque::print::get_cheque))
        .routes(routes!(cheque::print::get_payment_run_cheques))
        .routes(routes!(cheque::positive_pay::write_positive_pay))
        .routes(routes!(cheque::positive_pay::get_positive_pay_file))
        .routes(routes!(payment_run::propose::propose_payment_run, payment_run::query::list_payment_runs))
        .routes(routes!(payment_run::query::get_payment_run))
        .routes(routes!(payment_run::query::list_payment_run_items))
        .routes(routes!(payment_run::query::list_payment_runs_of_invoice))
        .routes(routes!(payment_run::query::get_payment_run_file))
        .routes(routes!(payment_run::life::remove_payment_run_item))
        .routes(routes!(payment_run::life::authorise_payment_run))
        .routes(routes!(payment_run::life::execute_payment_run))
        .routes(routes!(payment_run::life::write_payment_run_file))
        .routes(routes!(payment_run::life::cancel_payment_run))
        .merge(OpenApiRouter::new().routes(routes!(bank::import::import_bank_statement)).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)))
        .merge(OpenApiRouter::new().routes(routes!(bank::status::import_payment_status)).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)))
        .merge(OpenApiRouter::new().routes(routes!(bank::ach::import_ach_returns)).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)))
        .merge(OpenApiRouter::new().routes(routes!(bank::ach::import_ach_changes)).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)))
        .routes(routes!(bank::query::list_bank_statements))
        .routes(routes!(bank::query::get_bank_statement))
        .routes(routes!(bank::query::list_bank_lines))
        .routes(routes!(bank::candidates::list_bank_line_candidates))
        .routes(routes!(bank::query::get_bank_reconciliation))
        .routes(routes!(bank::lines::match_bank_line))
        .routes(routes!(bank::lines::unmatch_bank_line))
        .routes(routes!(bank::division::divide_bank_line))
        .routes(routes!(bank::booking::book_bank_line))
        .routes(routes!(bank::booking::unbook_bank_line))
        .routes(routes!(bank::ledger_account::assign_ledger_account))
        .routes(routes!(bank::ledger_account::open_bank_account))
        .routes(routes!(bank::lines::match_bank_statement))
        .routes(routes!(bank::rules::book_bank_statement))
        .routes(routes!(bank::rules::get_bank_rules, bank::rules::adopt_bank_rules))
        .routes(routes!(bank::rules::list_bank_rules_versions))
        .routes(routes!(bank::rules_replay::replay_bank_rules))
        .routes(routes!(stock::list_stock))
        .routes(routes!(stock::list_stock_movements))
        .routes(routes!(stock::issue_stock))
        .routes(routes!(stock::adjust_stock))
        .routes(routes!(stock::count_stock))
        .routes(routes!(stock::reserve_stock))
        .routes(routes!(stock::release_stock))
        .routes(routes!(stock::transfer_stock))
        .routes(routes!(stock::spread_landed_cost))
        .routes(routes!(stock::get_stock))
        .routes(routes!(stock::replay_stock))
        .routes(routes!(user::add_user, user::list_users))
        .routes(routes!(user::who_am_i))
        .routes(routes!(user::get_user))
        .routes(routes!(user::change_user_roles))
        .routes(routes!(user::set_user_authority))
        .routes(routes!(user::deactivate_user))
        .routes(routes!(vouching::vouch_for_user))
        .routes(routes!(vouching::list_unvouched_users))
        .routes(routes!(user::issue_key, user::list_keys))
        .routes(routes!(user::revoke_key))
        .routes(routes!(provider::account::open_provider_account, provider::account::list_provider_accounts))
        .routes(routes!(provider::account::get_provider_account))
        .routes(routes!(provider::account::confirm_provider_account))
        .routes(routes!(provider::secret::replace_provider_credential))
        .routes(routes!(provider::secret::add_provider_webhook_secret))
        .routes(routes!(provider::secret::retire_provider_webhook_secret))
        .routes(routes!(provider::account::close_provider_account))
        .routes(routes!(provider::account::list_transfers))
        .routes(routes!(company::get_company))
        .routes(routes!(company::add_company_bank_account))
        .routes(routes!(company::set_bank_change_control))
        .routes(routes!(company::confirm_bank_change_control))
        .routes(routes!(company::decline_bank_change_control))
        .routes(routes!(company::set_stock_rules))
        .routes(routes!(company::set_ach_origination))
        .routes(routes!(company::set_answer_times))
        .routes(routes!(company::set_time_zone))
        .routes(routes!(company::change_company_identity))
        .routes(routes!(company::set_discount_tax))
        .routes(routes!(policy::get_approval_policy, policy::adopt_approval_policy))
        .routes(routes!(policy::list_approval_policy_versions))
        .routes(routes!(policy::confirm_approval_policy))
        .routes(routes!(policy_preview::preview_approval))
        .routes(routes!(policy_preview::replay_approval_policy))
        .routes(routes!(chart::get_chart))
        .routes(routes!(chart::define_account))
        .routes(routes!(chart::define_cost_centre))
        .routes(routes!(chart::define_project))
        .routes(routes!(chart::define_tax_code))
        .routes(routes!(chart::assign_posting_accounts))
        .routes(routes!(journal::get_account_statement))
        .routes(routes!(journal::list_journal_lines))
        .routes(routes!(journal::post_journal_entry))
        .routes(routes!(journal::reverse_journal_entry))
        .routes(routes!(accrual::accrue_costs))
        .routes(routes!(calendar::get_fiscal_calendar))
        .routes(routes!(calendar::set_fiscal_year))
        .routes(routes!(calendar::declare_holidays))
        .routes(routes!(calendar::get_period_checklist))
        .routes(routes!(calendar::close_period))
        .routes(routes!(calendar::reopen_period))
        .routes(routes!(exchange_rate::quote_exchange_rates, exchange_rate::list_exchange_rates))
        .merge(OpenApiRouter::new().routes(routes!(exchange_rate::import_exchange_rates)).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)))
        .routes(routes!(exchange_rate::get_conversion))
        .routes(routes!(ledger_export::export_ledger))
        .routes(routes!(report::trial_balance))
        .routes(routes!(report::payables::ap_ageing))
        .routes(routes!(report::payables::open_items))
        .routes(routes!(report::payables::vendor_statement))
        .routes(routes!(report::payables::cash_requirements))
        .routes(routes!(report::payables::discount_opportunities))
        .routes(routes!(report::payables::missed_discounts))
        .routes(routes!(report::payables::list_payable_facts))
        .routes(routes!(report::books::spend))
        .routes(routes!(report::books::tax_report))
        .routes(routes!(report::books::accruals))
        .routes(routes!(report::books::days_payable))
        .routes(routes!(withholding::withholding_report))
        .routes(routes!(revaluation::get_revaluation))
        .routes(routes!(revaluation::revalue_payables))
        .routes(routes!(report::process::cycle_times))
        .routes(routes!(report::process::duplicates_report))
        .routes(routes!(report::process::approval_queue))
        .routes(routes!(report::process::why_not_paid))
        .routes(routes!(report::stock_value))
        .routes(routes!(report::list_stock_value_facts))
        .routes(routes!(report::grni))
        .routes(routes!(report::list_grni_facts))
        .routes(routes!(report::dashboard))
        .routes(routes!(history::list_audit_trail))
        .routes(routes!(history::get_audit_entry))
        .routes(routes!(history::get_aggregate))
        .routes(routes!(history::diff_aggregate))
        .routes(routes!(events::list_events))
        .routes(routes!(events::stream_events))
        .routes(routes!(batch::run_commands))
}

/// The OpenAPI 3.1 document, made from the handlers.
pub fn openapi() -> anyhow::Result<Value> {
    described(&operations().split_for_parts().1)
}

fn described(api: &Document) -> anyhow::Result<Value> {
    let mut document = serde_json::to_value(api)?;
    description::complete(&mut document)?;
    Ok(document)
}
