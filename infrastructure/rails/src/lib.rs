//! Payment files that are no XML, as pure functions between facts and bytes: the same facts always give the same bytes.

pub mod amount_in_words;
pub mod nacha;
mod plain;
pub mod positive_pay;
