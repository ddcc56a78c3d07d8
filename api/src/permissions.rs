//! Who may do what: one row an operation. A route without a row, or a row without a route, does not start.

use quittance_domain::role::Role::{self, Admin, Analyst, ApClerk, Approver, Auditor, Owner, Treasurer, Viewer};

/// Everybody who works in a tenant.
const ANYBODY: &[Role] = &[Owner, Admin, ApClerk, Approver, Treasurer, Analyst, Auditor, Viewer];
const CLERKS: &[Role] = &[Owner, Admin, ApClerk];
const DECIDERS: &[Role] = &[Owner, Admin, Approver];
const MONEY: &[Role] = &[Owner, Treasurer];
const ADMINS: &[Role] = &[Owner, Admin];
const CONTROL: &[Role] = &[Owner, Admin, Auditor];

/// Operation id (as in the OpenAPI document) and the roles that may call it.
pub const PERMISSIONS: &[(&str, &[Role])] = &[
    ("register_vendor", CLERKS),
    ("change_vendor", CLERKS),
    ("add_vendor_bank_account", CLERKS),
    ("remove_vendor_bank_account", CLERKS),
    ("verify_vendor", &[Owner, Admin, Approver, Treasurer]),
    ("block_vendor", &[Owner, Admin, Approver, Treasurer]),
    ("unblock_vendor", &[Owner, Admin, Approver, Treasurer]),
    ("list_vendors", ANYBODY),
    ("get_vendor", ANYBODY),
    ("create_item", CLERKS),
    ("change_item", CLERKS),
    ("list_items", ANYBODY),
    ("get_item", ANYBODY),
    ("place_purchase_order", CLERKS),
    ("close_purchase_order", CLERKS),
    ("cancel_purchase_order", CLERKS),
    ("list_purchase_orders", ANYBODY),
    ("get_purchase_order", ANYBODY),
    ("post_goods_receipt", CLERKS),
    ("list_goods_receipts", ANYBODY),
    ("get_goods_receipt", ANYBODY),
    ("create_invoice", CLERKS),
    ("import_invoice", CLERKS),
    ("amend_invoice", CLERKS),
    ("submit_invoice", CLERKS),
    ("resolve_invoice_exceptions", &[Owner, Admin, ApClerk, Approver]),
    ("approve_invoice", DECIDERS),
    ("reject_invoice", DECIDERS),
    ("resolve_invoice_approvers", ADMINS),
    ("void_invoice", CLERKS),
    ("list_invoices", ANYBODY),
    ("get_invoice", ANYBODY),
    ("get_invoice_original", ANYBODY),
    ("validate_einvoice", ANYBODY),
    ("list_verdicts", ANYBODY),
    ("list_verdict_changes", ANYBODY),
    ("get_invoice_verdict", ANYBODY),
    ("revalidate_invoice", &[Owner, Admin, ApClerk, Auditor]),
    ("list_approvals", ANYBODY),
    ("get_approval", ANYBODY),
    ("approvals_inbox", ANYBODY),
    ("plan_payment", MONEY),
    ("authorise_payment", MONEY),
    ("execute_payment", MONEY),
    ("record_payment", MONEY),
    ("settle_payment", MONEY),
    ("fail_payment", MONEY),
    ("return_payment", MONEY),
    ("void_payment", MONEY),
    ("list_payments", ANYBODY),
    ("get_payment", ANYBODY),
    ("get_payment_file", &[Owner, Treasurer, Auditor]),
    ("issue_stock", CLERKS),
    ("adjust_stock", CLERKS),
    ("count_stock", CLERKS),
    ("list_stock", ANYBODY),
    ("list_stock_movements", ANYBODY),
    ("get_stock", ANYBODY),
    ("add_user", ADMINS),
    ("change_user_roles", ADMINS),
    ("deactivate_user", ADMINS),
    ("issue_key", ADMINS),
    ("revoke_key", ADMINS),
    ("list_users", CONTROL),
    ("get_user", CONTROL),
    ("list_keys", CONTROL),
    ("who_am_i", ANYBODY),
    ("get_company", ANYBODY),
    ("add_company_bank_account", &[Owner, Admin, Treasurer]),
    ("get_approval_policy", ANYBODY),
    ("list_approval_policy_versions", ANYBODY),
    ("adopt_approval_policy", ADMINS),
    ("ap_ageing", ANYBODY),
    ("dashboard", ANYBODY),
    ("list_audit_trail", CONTROL),
    ("get_audit_entry", CONTROL),
    ("get_aggregate", CONTROL),
    ("diff_aggregate", CONTROL),
    ("list_events", &[Owner, Admin, Auditor, Analyst]),
    ("stream_events", &[Owner, Admin, Auditor, Analyst]),
    ("run_commands", ANYBODY),
];

/// The row of an operation.
pub fn roles_for(operation: &str) -> Option<&'static [Role]> {
    PERMISSIONS.iter().find(|(name, _)| *name == operation).map(|(_, roles)| *roles)
}
