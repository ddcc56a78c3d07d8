//! OFX: version 1 in SGML, whose elements need no end, and version 2 in XML; QFX is OFX with a bank's number in it.
//!
//! Why not a crate: those on the registry map one version's schema strictly, and banks mix the two (XML headers over unclosed elements).

mod correction;
mod date;
mod header;
mod statement;
mod transaction;
mod tree;

pub(crate) use statement::read;
