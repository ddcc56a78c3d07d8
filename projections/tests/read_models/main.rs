//! Read models against the domain, on a real PostgreSQL.

mod ages;
mod agreement;
mod documents;
mod engine;
mod histories;
mod journey;
mod late_rates;
mod ledger;
mod lists;
mod receivables;
mod reports;
mod sheets;
mod trail;
mod verification;
mod workers;
