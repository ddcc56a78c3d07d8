//! A short fuzzing run on stable, the same on every machine: documents are broken in ways that keep most of their shape,
//! and each goes through everything that the crates do. A panic fails it, and so does a document that takes too long.
//!
//! The long run is `cargo +nightly fuzz run document` in `fuzz/`. `QUITTANCE_FUZZ_ROUNDS` makes this one longer.

#[path = "../conformance/data.rs"]
mod data;
#[path = "../../fuzz/src/lib.rs"]
mod drive;
mod mutation;
mod seeds;

use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use mutation::{Dice, mutated};
use seeds::Seed;

/// Two seconds as released. Without optimisation everything takes some five times as long.
const PATIENCE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 2 });
/// How often each seed is broken.
const ROUNDS: u64 = 40;

#[test]
fn broken_documents_are_read_or_refused() {
    let rounds = std::env::var("QUITTANCE_FUZZ_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    let seeds = seeds::all();
    let mut outcomes = BTreeMap::<&'static str, usize>::new();
    for (index, seed) in seeds.iter().enumerate() {
        for round in 0..rounds {
            let mut dice = Dice::new(index as u64, round);
            let other = &seeds[dice.below(seeds.len())];
            let document = mutated(&seed.bytes, &other.bytes, &mut dice);
            *outcomes.entry(judged(seed, round, &document)).or_default() += 1;
        }
    }
    // A run that only ever met the first check of the parser would prove nothing.
    for outcome in ["captured", "incomplete", "malformed"] {
        assert!(outcomes.get(outcome).is_some_and(|count| *count * 50 > seeds.len()), "{outcome} hardly occurs: {outcomes:?}");
    }
}

fn judged(seed: &Seed, round: u64, document: &[u8]) -> &'static str {
    let start = Instant::now();
    let outcome = catch_unwind(|| drive::drive(document));
    let took = start.elapsed();
    match outcome {
        Ok(outcome) if took < PATIENCE => outcome,
        Ok(_) => panic!("{} took {took:?}", kept(seed, round, document)),
        Err(_) => panic!("{} panicked", kept(seed, round, document)),
    }
}

/// Where the document lies that went wrong.
fn kept(seed: &Seed, round: u64, document: &[u8]) -> String {
    let path = std::env::temp_dir().join(format!("quittance-fuzz-{}-{round}", seed.name.replace(['/', ' '], "_")));
    match std::fs::write(&path, document) {
        Ok(()) => format!("{} round {round} ({})", seed.name, path.display()),
        Err(error) => format!("{} round {round} (not kept: {error})", seed.name),
    }
}

/// Whole seeds are read whole, else the run above would break what is broken already.
#[test]
fn the_seeds_of_our_own_are_whole() {
    for seed in seeds::own() {
        assert_eq!(drive::drive(&seed.bytes), "captured", "{}", seed.name);
    }
}

/// The roots that the fuzz targets put around a fuzzer's bytes are the ones that the readers know.
#[test]
fn the_roots_of_the_fuzz_targets_are_known() {
    for root in ["Invoice", "CreditNote", "Order", "DespatchAdvice"] {
        assert_eq!(drive::drive(&drive::ubl(root, b"")), "incomplete", "{root}");
    }
    let order = ["urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100", "urn:a", "urn:b"];
    assert_eq!(drive::drive(&drive::cefact("SCRDMCCBDACIOMessageStructure", order, b"")), "incomplete");
}
