//! The bank's side: statements, their lines, what payments they tell of, status reports, reconciliation.

pub mod ach;
pub mod booking;
pub mod candidates;
pub mod division;
pub mod import;
pub mod ledger_account;
pub mod lines;
pub mod query;
pub mod rules;
pub mod rules_replay;
pub mod status;
pub mod withdrawal;
