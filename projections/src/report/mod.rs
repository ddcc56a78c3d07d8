//! Reports over what is owed, what the ledger posted and how the work went: each as it was known at a moment.

pub mod accrual;
pub mod approval_queue;
pub mod cash_requirement;
mod cash_withholding;
pub mod cycle_time;
pub mod days_payable;
pub mod discount_opportunity;
pub mod duplicates;
pub mod holding;
pub mod missed_discount;
pub mod open_item;
pub mod payable_fact;
pub mod revaluation;
pub mod spend;
pub mod tax;
pub mod vendor_statement;
pub mod why_not_paid;
pub mod withholding;
