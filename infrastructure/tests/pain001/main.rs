//! Payment files: what we write validates, adds up, is refused with a reason, and says what others' files say for the same facts.

mod characters;
mod control;
mod example;
mod formats;
mod generated;
mod refusals;
mod samples;
mod schema;

use std::path::PathBuf;

/// A real document that is not part of the project.
fn data(path: &str) -> PathBuf {
    let root = std::env::var_os("QUITTANCE_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from);
    let path = root.join(path);
    assert!(path.exists(), "{} is missing; set QUITTANCE_DATA to the folder of real documents", path.display());
    path
}
