//! The harness of the end-to-end tests and benchmarks: one real Postgres a test process, one database a test.

pub mod accounting;
pub mod app;
pub mod browser;
pub mod data;
pub mod days;
pub mod dice;
pub mod json_schema;
pub mod judge;
pub mod manners;
pub mod pooler;
pub mod postgres;
pub mod program;
pub mod provider;
pub mod proxy;
pub mod smtp;
pub mod store;

pub use days::{day, today};
pub use dice::Dice;
pub use postgres::{TestDatabase, durable_database, fresh_database};
pub use proxy::{Lost, Proxy};
pub use store::{Store, eur, item_card, party};
