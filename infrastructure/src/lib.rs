//! Adapters: everything outside the process, behind the application's ports.

pub mod database;
pub mod directory;
pub mod edge;
pub mod embedded;
pub mod event_store;
