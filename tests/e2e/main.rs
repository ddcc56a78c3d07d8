//! Every promise, end to end: a module per group.

mod cancellation;
mod cqrs_es;
mod event_store;
mod isolation;
