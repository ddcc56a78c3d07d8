//! BAI2 cash reports (X9.121): file, groups, accounts, transactions and their continuations.
//!
//! Why not a crate: none on the registry reads it.

mod account;
mod codes;
mod funds;
mod read;
mod records;
mod transaction;

pub(crate) use read::read;
