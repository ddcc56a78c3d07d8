//! Our rules against the official ones in an engine of other people, on the official tests, on whole documents and on mutants.

mod cii;
mod compare;
#[path = "../conformance/data.rs"]
mod data;
mod mutants;
mod official;
#[path = "../conformance/rule_tests.rs"]
mod rule_tests;
mod ubl;
