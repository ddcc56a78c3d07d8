//! Crates point inward: domain ← application ← infrastructure ← projections ← api.

use std::collections::BTreeSet;
use std::fs;

use crate::tree::{CRATES, root};

/// A crate's folder, and which of our crates it may name.
const MAY_USE: [(&str, &[&str]); 9] = [
    ("domain/einvoice", &[]),
    ("domain", &["quittance-einvoice"]),
    ("application", &["quittance-domain", "quittance-einvoice"]),
    ("infrastructure/einvoice", &["quittance-einvoice"]),
    ("infrastructure/rails", &["quittance-domain"]),
    ("infrastructure/statements", &[]),
    (
        "infrastructure",
        &[
            "quittance-domain",
            "quittance-einvoice",
            "quittance-application",
            "quittance-einvoice-formats",
            "quittance-statements",
            "quittance-rails",
        ],
    ),
    ("projections", &["quittance-domain", "quittance-einvoice", "quittance-application", "quittance-infrastructure"]),
    (
        "api",
        &[
            "quittance-domain",
            "quittance-einvoice",
            "quittance-application",
            "quittance-infrastructure",
            "quittance-einvoice-formats",
            "quittance-statements",
            "quittance-rails",
            "quittance-projections",
        ],
    ),
];

/// What the pure crates may use from outside: values, errors and serialisation; nothing that reaches out.
const PURE: [&str; 17] = [
    "cqrs-es",
    "serde",
    "serde_json",
    "rust_decimal",
    "uuid",
    "chrono",
    "chrono-tz",
    "thiserror",
    "iso_currency",
    "unicode-normalization",
    "unicode-security",
    "strsim",
    "strum",
    "sha2",
    "hex",
    "foldhash",
    "utoipa",
];

/// The names in `[dependencies]` (tests may use more).
fn dependencies(folder: &str) -> BTreeSet<String> {
    let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("a manifest");
    let manifest: toml::Table = manifest.parse().expect("a readable manifest");
    assert!(
        !manifest.contains_key("target") && !manifest.contains_key("build-dependencies"),
        "{folder}: dependencies that this test does not see"
    );
    manifest["dependencies"].as_table().expect("dependencies").keys().cloned().collect()
}

#[test]
fn crates_point_inward() {
    for (folder, allowed) in MAY_USE {
        let ours = dependencies(folder).into_iter().filter(|d| d.starts_with("quittance-"));
        let wrong: Vec<String> = ours.filter(|d| !allowed.contains(&d.as_str())).collect();
        assert!(wrong.is_empty(), "{folder} may not depend on {wrong:?}");
    }
}

#[test]
fn every_crate_of_the_workspace_has_its_place() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
    let manifest: toml::Table = manifest.parse().expect("a readable manifest");
    let members = manifest["workspace"]["members"].as_array().expect("members").iter().filter_map(|m| m.as_str());
    let shipped: BTreeSet<&str> = members.filter(|member| !member.starts_with("tests")).collect();
    assert_eq!(shipped, BTreeSet::from(CRATES));
    assert_eq!(shipped, MAY_USE.iter().map(|(folder, _)| *folder).collect());
}

#[test]
fn the_domain_uses_nothing_that_reaches_out() {
    for folder in ["domain", "domain/einvoice"] {
        let wrong: Vec<String> =
            dependencies(folder).into_iter().filter(|d| !d.starts_with("quittance-") && !PURE.contains(&d.as_str())).collect();
        assert!(wrong.is_empty(), "{folder} depends on {wrong:?}");
    }
}
