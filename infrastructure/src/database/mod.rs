//! The only way to the database: one pool per role, and one tenant per transaction.
//!
//! Nothing outside this folder and the event store's committer runs SQL on a pool; `tests/architecture` says so.

mod audit;
mod connect;
mod migrate;
mod pools;
mod router;
mod tenant_tx;

pub use audit::{Finding, audit};
pub use connect::{Database, Role, Sizes};
pub use migrate::{is_up_to_date, migrate, migrator_pool};
pub use pools::keep_role_settings;
pub use router::{Due, Lag};
pub use tenant_tx::TenantTx;
