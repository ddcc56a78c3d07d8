//! Which read models each query reads: it waits for those and for no others, and says when one of them stands still. A query
//! without a row waits for all.

/// Operation id and the read models, by the names of their projectors.
pub const READS: &[(&str, &[&str])] = &[
];

/// The row of an operation.
pub fn of(operation: &str) -> Option<&'static [&'static str]> {
    READS.iter().find(|(name, _)| *name == operation).map(|(_, models)| *models)
}
