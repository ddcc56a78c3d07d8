//! Every promise, end to end: a module per group.

mod event_store;
mod isolation;
