//! The event store on Postgres: appending in shared commits, loading, finding.
//!
//! Appending: callers hand their writes to a lane; the lane appends whatever waits in one autocommit call (the running
//! commit is the linger, there is no timer). Order: per tenant, positions are dense and in commit order. Bounds: 512
//! writes or 4 MiB a batch, 4,096 waiting writes a lane, beyond that the caller is told to come back.

mod batch;
pub mod bell;
mod canonical;
mod committer;
mod cqrs;
mod feed;
mod log;
mod statements;

pub use canonical::{Leaf, content_digest, leaf_hash};
pub use committer::Committer;
pub use cqrs::{Loaded, TenantStore};
pub use feed::CommitFeed;
pub use log::PostgresLog;
pub(crate) use log::stream_of;
