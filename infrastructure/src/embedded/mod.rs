//! Real Postgres and NATS servers that run beside this process, so that one command is a whole system.
//!
//! A server is found or installed ([`Search`]), started as an unprivileged account if we are root, and reached over
//! loopback or a private socket. Nothing here serves a production database: `DATABASE_URL` and `NATS_URL` do.

mod account;
mod binaries;
mod cluster;
mod directories;
mod error;
mod locks;
mod nats;
mod package;
mod pins;
mod postgres;
mod postmaster;
mod process;
mod search;
mod supervisor;
mod watchdog;

pub use binaries::PostgresBinaries;
pub use directories::default_state;
pub use error::EmbeddedError;
pub use nats::{EmbeddedNats, NatsSettings};
pub use postgres::{Durability, EmbeddedPostgres, PostgresSettings, SUPERUSER};
pub use search::Search;
