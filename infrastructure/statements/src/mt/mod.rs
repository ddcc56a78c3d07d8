//! SWIFT MT940 and MT942 as banks really write them: whole messages, several in a file, with and without envelope, and single tags.
//!
//! Why not a crate: the ones published want every mandatory field in the standard's order and leave :86: as text, so half of the real files
//! are refused and the end-to-end id is not found in the others.

mod account;
mod german;
mod labels;
mod line;
mod message;
mod narrative;
mod tags;

pub(crate) use message::read;
pub(crate) use tags::starts_with_tag;
