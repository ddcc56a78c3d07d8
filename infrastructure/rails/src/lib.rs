//! Payment files that are no XML, as pure functions between facts and bytes: the same facts always give the same bytes.

pub mod nacha;
