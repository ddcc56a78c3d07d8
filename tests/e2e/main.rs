//! Every promise, end to end: a module per group.

mod bank_change;
mod cancellation;
mod conformance;
mod console;
mod cqrs_es;
mod duplicates;
mod einvoices;
mod event_store;
mod event_store_edges;
mod event_store_stress;
mod events_out;
mod isolation;
mod journey;
mod journey_payment_files;
mod payment_terms;
mod readme;
mod rest_batches;
mod rest_client;
mod rest_decisions;
mod rest_idempotency;
mod rest_isolation;
mod rest_load;
mod rest_permissions;
mod rest_requests;
mod rest_story;
