//! Everything derived from the log: read models, process managers, relays, rebuild and verify.
//!
//! Read models of one tenant move together: one read of the events, one transaction for all rows and checkpoints.
//! Only when one of them fails do they part, so that a poisoned event stops that one alone.

pub mod checkpoint;
pub mod fact;
pub mod progress;
pub mod projector;
pub mod reactions;
pub mod rebuild;
pub mod replay;
pub mod rows;
pub mod runtime;
pub mod source;
pub mod verify;

pub use fact::{Fact, Recorded};
pub use progress::Progress;
pub use projector::{Memory, ProjectionError, Projector};
