//! How the command line says things: numbers of things, and refusals under the names that REST gives them.

use std::fmt::Display;
use std::io::Write as _;

use quittance_application::Failure;

use crate::problem::{Problem, public_code};

/// `1 tenant`, `2 tenants`.
pub fn counted(count: impl Into<i128>, thing: &str) -> String {
    let count = count.into();
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{ending}")
}

/// As a shell counts a process that a closed pipe has ended.
pub const CLOSED_PIPE: i32 = 141;

/// What was asked for, to standard output. Who reads it may stop reading, as `head` does: that ends us quietly, and is no fault.
pub fn tell(bytes: &[u8]) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(CLOSED_PIPE),
        told => Ok(told?),
    }
}

/// A refusal as a person at a terminal wants it.
pub fn readable(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Refused(refused) => refusal(refused.code, &refused.detail),
        // Why the store is not available is said here, where nobody else listens.
        Failure::Unavailable(_) => anyhow::Error::new(failure),
        failure => problem(failure.into()),
    }
}

pub fn refusal(code: &str, detail: &dyn Display) -> anyhow::Error {
    anyhow::anyhow!("{detail} ({})", public_code(code))
}

/// An error with its causes, without those that it has told already: libraries often say their cause themselves.
pub fn with_causes(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match (told.is_empty(), told.contains(&cause)) {
        (true, _) => cause,
        (_, true) => told,
        _ => format!("{told}: {cause}"),
    })
}

/// A REST answer that says no, with what it points at.
pub fn problem(problem: Problem) -> anyhow::Error {
    let pointed: Vec<String> = problem.errors.iter().map(|error| format!("{}: {}", error.pointer, error.detail)).collect();
    let detail = if pointed.is_empty() { problem.detail } else { pointed.join("; ") };
    refusal(&problem.code, &detail)
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_thing_is_singular() {
        for (count, text) in [(0, "0 events"), (1, "1 event"), (2, "2 events")] {
            assert_eq!(counted(count, "event"), text);
        }
    }
}
