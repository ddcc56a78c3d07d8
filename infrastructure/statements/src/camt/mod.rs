//! ISO 20022 camt.052, .053 and .054, every version: elements are told by their local name, since versions only add and wrap them.

mod detail;
mod entry;
mod statement;
mod tree;

pub(crate) use statement::{MESSAGES, read};
