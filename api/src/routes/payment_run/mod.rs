//! Payment runs: proposed, trimmed, authorised by a second person, planned, written as one file.

pub mod life;
pub mod propose;
pub mod query;
