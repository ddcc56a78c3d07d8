//! Our rules against the official ones in an engine of other people, on the official tests, on whole documents and on mutants.

mod cii;
mod compare;
mod coverage;
#[path = "../conformance/data.rs"]
mod data;
mod extended;
mod insertions;
mod mutants;
mod official;
mod pieces;
#[allow(dead_code, reason = "what a test expects is compared elsewhere")]
#[path = "../conformance/rule_tests.rs"]
mod rule_tests;
mod ubl;
mod xrechnung;
