//! ACH files: real ones are taken or refused by the format's rules, ours are read back, and single faults are named.

mod answers;
mod faults;
mod real_files;
mod remittance;
mod written;

use std::path::PathBuf;

/// A real document that is not part of the project.
fn data(path: &str) -> PathBuf {
    let root = std::env::var_os("QUITTANCE_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let path = root.join(path);
    assert!(path.exists(), "{} is missing; set QUITTANCE_DATA to the folder of real documents", path.display());
    path
}

/// What a broken file is broken in, by code.
fn faults(bytes: &[u8]) -> Vec<&'static str> {
    let reading = quittance_rails::nacha::read(bytes);
    reading.faults().map(|finding| finding.rule.code()).collect()
}
